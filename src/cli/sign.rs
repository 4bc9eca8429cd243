//! Signing with a key of one's own, on one's own machine: makes keys, and signs what `?prepare=true` answered. Speaks to
//! nobody; the private key stays in its file.

use std::fs::OpenOptions;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::Args;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::say;
use crate::app::randomness::SystemRandomness;
use crate::domain::ed25519::SecretKey;
use crate::domain::ports::Randomness as _;
use crate::domain::record::statement::{Statement, bytes_to_sign};
use crate::domain::record::{Digest, Handle, Nonce, PublicKey, Signature};

#[derive(Debug, Args)]
pub struct Arguments {
    /// File of the key that signs
    #[arg(long, required_unless_present = "new_key", conflicts_with = "new_key")]
    key: Option<PathBuf>,
    /// Make a key, write it into this new file, readable by you alone, and print its handle and public half
    #[arg(long)]
    new_key: Option<PathBuf>,
    /// With --new-key: the file of the key that the new one is to replace; it keeps the handle
    #[arg(long, requires = "new_key")]
    replaces: Option<PathBuf>,
    /// What to sign, as the service answered to `prepare=true`; standard input if left out
    #[arg(conflicts_with = "new_key")]
    file: Option<PathBuf>,
}

/// A key file. What is secret in it is the seed (RFC 8032).
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct KeyFile {
    alg: String,
    pub key: Handle,
    pub public: PublicKey,
    seed: Digest,
}

impl KeyFile {
    /// A new key, under the handle of the one that it is to replace.
    pub fn draw(replaces: Option<Handle>) -> anyhow::Result<Self> {
        let seed: [u8; 32] = drawn();
        let public = PublicKey::from_bytes(SecretKey::from_seed(&seed).public()).context("the key that was drawn")?;
        let key = replaces.unwrap_or_else(|| Handle::from_bytes(drawn()));
        Ok(Self { alg: "ed25519".to_owned(), key, public, seed: Digest::from_bytes(seed) })
    }

    fn read(path: &Path) -> anyhow::Result<Self> {
        let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
        let key: Self = serde_json::from_str(&text)
            .with_context(|| format!("{} is not a key file of `suyuan sign --new-key`", path.display()))?;
        if key.alg != "ed25519" || key.secret().public() != *key.public.as_bytes() {
            bail!("{}: the public key is not that of the seed; the file is damaged", path.display());
        }
        Ok(key)
    }

    fn secret(&self) -> SecretKey {
        SecretKey::from_seed(self.seed.as_bytes())
    }

    /// Writes a new file that nobody else may read; one that is there stays as it is.
    pub fn write(&self, path: &Path) -> anyhow::Result<()> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(path).with_context(|| path.display().to_string())?;
        file.write_all(serde_json::to_string_pretty(self)?.as_bytes())?;
        file.write_all(b"\n")?;
        Ok(file.sync_all()?)
    }

    /// The statement over what is said.
    pub fn sign(&self, said: &Value) -> anyhow::Result<Statement> {
        let nonce: Option<Nonce> = said.get("nonce").and_then(|nonce| serde_json::from_value(nonce.clone()).ok());
        let (Some(nonce), Some(1)) = (nonce, said.get("v").and_then(Value::as_u64)) else {
            bail!("this is not what a statement says: it has \"v\": 1 and a nonce of 32 digits 0-9 a-f");
        };
        let sig = self.secret().sign(&bytes_to_sign(said)?);
        Ok(Statement { key: self.key, nonce, sig: Signature::from_bytes(sig) })
    }
}

pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    match (&arguments.new_key, &arguments.key) {
        (Some(path), _) => make(path, arguments.replaces.as_deref()),
        (None, Some(path)) => sign(path, arguments.file.as_deref()),
        (None, None) => bail!("--key names the file of the key that signs, --new-key makes one"),
    }
}

fn make(path: &Path, replaces: Option<&Path>) -> anyhow::Result<()> {
    let old = replaces.map(KeyFile::read).transpose()?;
    let key = KeyFile::draw(old.map(|old| old.key))?;
    key.write(path)?;
    say(serde_json::to_string_pretty(&json!({"id": key.key, "public": key.public}))?);
    Ok(())
}

fn sign(path: &Path, file: Option<&Path>) -> anyhow::Result<()> {
    let key = KeyFile::read(path)?;
    let mut text = String::new();
    match file {
        Some(file) => text = std::fs::read_to_string(file).with_context(|| file.display().to_string())?,
        None => drop(std::io::stdin().read_to_string(&mut text).context("standard input")?),
    }
    let prepared: Value = serde_json::from_str(&text).context("what to sign is not JSON")?;
    // The whole answer, or only what is to be signed of it.
    say(serde_json::to_string(&key.sign(prepared.get("to_sign").unwrap_or(&prepared))?)?);
    Ok(())
}

fn drawn<const BYTES: usize>() -> [u8; BYTES] {
    let mut bytes = [0; BYTES];
    SystemRandomness.fill(&mut bytes);
    bytes
}
