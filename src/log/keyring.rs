//! The log's secret keys in a file, one a line, the newest last. Keys of earlier epochs stay: they sign that a new one began.

use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;

use zeroize::Zeroizing;

use super::{CosigningKey, KeyError, SigningKey};

/// Why keys cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum KeyringError {
    #[error("{path} can be read by others (mode {mode:o}); a log's key is its operator's alone: chmod 600 {path}")]
    Open { path: String, mode: u32 },
    #[error("{path} cannot be read or written: {cause}")]
    File { path: String, cause: io::Error },
    #[error("line {line} of {place} is no key: {cause}")]
    Key { place: String, line: usize, cause: KeyError },
    #[error("{place} holds no key")]
    Empty { place: String },
}

/// The keys in a file; `None` where there is no file.
pub fn read(path: &Path) -> Result<Option<Vec<SigningKey>>, KeyringError> {
    let place = path.display().to_string();
    read_secret(path)?.map(|text| parse(&text, &place)).transpose()
}

/// A witness' key in a file; `None` where there is no file.
pub fn read_cosigning(path: &Path) -> Result<Option<CosigningKey>, KeyringError> {
    let Some(text) = read_secret(path)? else { return Ok(None) };
    let place = path.display().to_string();
    let key = CosigningKey::parse(text.trim());
    key.map(Some).map_err(|cause| KeyringError::Key { place, line: 1, cause })
}

/// A file that nobody else may read.
fn read_secret(path: &Path) -> Result<Option<Zeroizing<String>>, KeyringError> {
    let failed = |cause| KeyringError::File { path: path.display().to_string(), cause };
    let text = match std::fs::read_to_string(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        read => Zeroizing::new(read.map_err(failed)?),
    };
    let mode = std::fs::metadata(path).map_err(failed)?.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(KeyringError::Open { path: path.display().to_string(), mode });
    }
    Ok(Some(text))
}

/// The keys of a text; empty lines are none. `place` is told where a line is wrong, the line itself never.
pub fn parse(text: &str, place: &str) -> Result<Vec<SigningKey>, KeyringError> {
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let key = |(at, line): (usize, &str)| {
        SigningKey::parse(line.trim()).map_err(|cause| KeyringError::Key {
            place: place.to_owned(),
            line: at + 1,
            cause,
        })
    };
    let keys: Vec<SigningKey> = lines.map(key).collect::<Result<_, _>>()?;
    if keys.is_empty() {
        return Err(KeyringError::Empty { place: place.to_owned() });
    }
    Ok(keys)
}

/// Writes all keys in the place of what stood there; readable by the service's own account alone.
pub fn write(path: &Path, keys: &[SigningKey]) -> Result<(), KeyringError> {
    write_secret(path, &keys.iter().map(SigningKey::to_secret_text).collect::<Vec<_>>())
}

/// As [`write`], of a witness' key.
pub fn write_cosigning(path: &Path, key: &CosigningKey) -> Result<(), KeyringError> {
    write_secret(path, &[key.to_secret_text()])
}

fn write_secret(path: &Path, lines: &[Zeroizing<String>]) -> Result<(), KeyringError> {
    let failed = |cause| KeyringError::File { path: path.display().to_string(), cause };
    let new = path.with_extension("new");
    let write = || -> io::Result<()> {
        let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&new)?;
        for line in lines {
            writeln!(file, "{}", &**line)?;
        }
        file.sync_all()?;
        std::fs::rename(&new, path)?;
        File::open(path.parent().unwrap_or(Path::new(".")))?.sync_all()
    };
    write().map_err(failed)
}
