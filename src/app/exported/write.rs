//! Writing an export: read in stretches, so that an instance of any size fits.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use serde::Serialize;
use sha2::{Digest as _, Sha256};

use super::{
    ADMISSION, ANSWERS, ATTACHMENTS, CONTENTS, Contents, FILES, FORMAT, KEYS, LOG, MEMBERS, NOTICES, Part, RECORDS,
    REPORTS, openings_of,
};
use crate::app::backup::{Copied, copy_files};
use crate::app::erase::Forbidden;
use crate::app::moving::{Source, answers_of, records_of};
use crate::app::{App, AppError};
use crate::domain::record::Digest;
use crate::files::Files;
use crate::store::{Store, StoredFile};

/// Exports into an empty folder. `progress` is told how many records are written, of how many. The instance may be written to
/// meanwhile; what comes after is not in it.
pub fn write(
    app: &App,
    folder: &Path,
    forbidden: &Forbidden,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<Contents, AppError> {
    let store = &*app.store;
    let mut parts = Parts { folder, open: BTreeMap::new() };
    // There even where they stay empty, so that a reader need not ask.
    for name in [RECORDS, KEYS, MEMBERS, ADMISSION, NOTICES, ANSWERS, ATTACHMENTS, REPORTS, LOG] {
        parts.part(name)?;
    }
    let end = records(store, &mut parts, forbidden, progress)?;
    lines(&mut parts, KEYS, &Source::api_keys(store)?)?;
    lines(&mut parts, MEMBERS, &Source::members(store)?)?;
    lines(&mut parts, ADMISSION, &Source::admission(store)?)?;
    lines(&mut parts, NOTICES, &Source::told(store)?)?;
    lines(&mut parts, REPORTS, &Source::problem_reports(store)?)?;
    answers_of(store, end, &mut |answers| lines(&mut parts, ANSWERS, answers))?;
    lines(&mut parts, LOG, Source::note(store, end)?.as_slice())?;
    let names = Source::attachments(store)?;
    lines(&mut parts, ATTACHMENTS, &names)?;
    let copied = files(app, &names, &folder.join(FILES))?;
    let contents = Contents {
        format: FORMAT.to_owned(),
        program: format!("suyuan {}", env!("CARGO_PKG_VERSION")),
        made_at: app.now(),
        parts: parts.finish()?,
        files: copied.files,
        missing: copied.missing,
    };
    let text = serde_json::to_vec_pretty(&contents).map_err(|error| AppError::Failed(error.to_string()))?;
    let mut file = created(&folder.join(CONTENTS))?;
    file.write_all(&text).and_then(|()| file.sync_all()).map_err(|error| failed(CONTENTS, &error))?;
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(|error| failed("the folder", &error))?;
    Ok(contents)
}

fn records(
    store: &dyn Store,
    parts: &mut Parts<'_>,
    forbidden: &Forbidden,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<u64, AppError> {
    records_of(store, 0, &mut |stretch, done, of| {
        for record in &stretch.records {
            parts.part(RECORDS)?.line(&record.bytes)?;
        }
        for (class, opening) in stretch.openings.iter().filter(|(_, opening)| !forbidden.forbids(opening)) {
            let line = opening.to_bytes().map_err(|error| AppError::Failed(error.to_string()))?;
            parts.part(&openings_of(class))?.line(&line)?;
        }
        progress(done, of);
        Ok(())
    })
}

fn lines<T: Serialize>(parts: &mut Parts<'_>, name: &str, rows: &[T]) -> Result<(), AppError> {
    for row in rows {
        let line = serde_json::to_vec(row).map_err(|error| AppError::Failed(error.to_string()))?;
        parts.part(name)?.line(&line)?;
    }
    Ok(())
}

fn files(app: &App, names: &[StoredFile], folder: &Path) -> Result<Copied, AppError> {
    let to = Files::open(folder).map_err(|error| failed(FILES, &error))?;
    copy_files(names, &app.files, &to, &*app.random, &mut |_| {})
}

/// The parts that were begun.
struct Parts<'f> {
    folder: &'f Path,
    open: BTreeMap<String, Writing>,
}

struct Writing {
    name: String,
    file: BufWriter<File>,
    hash: Sha256,
    lines: u64,
    bytes: u64,
}

impl Parts<'_> {
    fn part(&mut self, name: &str) -> Result<&mut Writing, AppError> {
        if !self.open.contains_key(name) {
            let file = BufWriter::new(created(&self.folder.join(name))?);
            let new = Writing { name: name.to_owned(), file, hash: Sha256::new(), lines: 0, bytes: 0 };
            self.open.insert(name.to_owned(), new);
        }
        self.open.get_mut(name).ok_or_else(|| AppError::Failed(format!("{name} was not begun")))
    }

    fn finish(self) -> Result<BTreeMap<String, Part>, AppError> {
        self.open.into_iter().map(|(name, writing)| Ok((name, writing.finish()?))).collect()
    }
}

impl Writing {
    fn line(&mut self, line: &[u8]) -> Result<(), AppError> {
        let written = self.file.write_all(line).and_then(|()| self.file.write_all(b"\n"));
        written.map_err(|error| failed(&self.name, &error))?;
        self.hash.update(line);
        self.hash.update(b"\n");
        self.lines += 1;
        self.bytes += line.len() as u64 + 1;
        Ok(())
    }

    fn finish(self) -> Result<Part, AppError> {
        let Self { name, file, hash, lines, bytes } = self;
        let file = file.into_inner().map_err(|error| failed(&name, error.error()))?;
        file.sync_all().map_err(|error| failed(&name, &error))?;
        Ok(Part { lines, bytes, sha256: Digest::from_bytes(hash.finalize().into()) })
    }
}

fn created(path: &Path) -> Result<File, AppError> {
    File::create_new(path).map_err(|error| failed(&path.display().to_string(), &error))
}

fn failed(what: &str, error: &std::io::Error) -> AppError {
    AppError::Failed(format!("{what}: {error}"))
}
