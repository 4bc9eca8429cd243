//! Reading an export back. All parts are held against their SHA-256 before a line is used.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader, ErrorKind, Read};
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use sha2::{Digest as _, Sha256};

use super::{
    ADMISSION, ANSWERS, ATTACHMENTS, CONTENTS, Contents, FILES, FORMAT, KEYS, LOG, MEMBERS, NOTICES, Part, RECORDS,
    REPORTS, class_of, openings_of,
};
use crate::app::AppError;
use crate::app::moving::{Kept, KeptNote, Source};
use crate::domain::record::sealed::Opening;
use crate::domain::record::{Digest, Handle, Record, record_hash};
use crate::files::Files;
use crate::store::notices::Told;
use crate::store::people::Enrolled;
use crate::store::{ApiKey, KeptAnswer, ProblemReport, StoredFile, StoredRecord, Stretch};

/// The folder of an export, whole and as it was written.
pub struct Export {
    folder: PathBuf,
    contents: Contents,
    log: RefCell<Log>,
    answers: RefCell<Lines>,
}

impl Export {
    /// Refuses a folder that is no export, one of a form that this program does not know, and one of which a byte changed.
    pub fn open(folder: &Path) -> Result<Self, AppError> {
        let contents = std::fs::read(folder.join(CONTENTS)).map_err(|error| {
            let why =
                if error.kind() == ErrorKind::NotFound { "it is not there".to_owned() } else { error.to_string() };
            AppError::Failed(format!(
                "{}: {why}; {} is no export, or one that broke off",
                folder.join(CONTENTS).display(),
                folder.display()
            ))
        })?;
        let contents: Contents = serde_json::from_slice(&contents).map_err(|error| damaged(CONTENTS, error))?;
        if contents.format != FORMAT {
            return Err(damaged(CONTENTS, format!("its form is {:?}, this program reads {FORMAT:?}", contents.format)));
        }
        for (name, part) in &contents.parts {
            check(folder, name, part)?;
        }
        let log = RefCell::new(Log::open(folder, &contents)?);
        let answers = RefCell::new(Lines::open(folder, ANSWERS)?);
        Ok(Self { folder: folder.to_owned(), contents, log, answers })
    }

    pub fn contents(&self) -> &Contents {
        &self.contents
    }

    /// The files that records name.
    pub fn files(&self) -> Result<Files, AppError> {
        Files::open(&self.folder.join(FILES)).map_err(|error| damaged(FILES, error))
    }

    fn all<T: DeserializeOwned>(&self, name: &'static str) -> Result<Vec<T>, AppError> {
        let mut lines = Lines::open(&self.folder, name)?;
        let mut rows = Vec::new();
        while let Some(row) = lines.next_row()? {
            rows.push(row);
        }
        Ok(rows)
    }
}

impl Source for Export {
    fn log_end(&self) -> Result<u64, AppError> {
        Ok(self.contents.records())
    }

    fn stretch(&self, from: u64, limit: u32) -> Result<Stretch, AppError> {
        let mut log = self.log.borrow_mut();
        if from < log.next {
            *log = Log::open(&self.folder, &self.contents)?;
        }
        while log.next < from && log.record()?.is_some() {}
        let mut stretch = Stretch::default();
        while stretch.records.len() < limit as usize
            && let Some((record, openings)) = log.record()?
        {
            stretch.records.push(record);
            stretch.openings.extend(openings);
        }
        Ok(stretch)
    }

    fn api_keys(&self) -> Result<Vec<ApiKey>, AppError> {
        self.all(KEYS)
    }

    /// They lie in order: what comes after the last that was read is what comes next.
    fn answers(&self, after: Option<(Handle, &str)>, limit: u32) -> Result<Vec<KeptAnswer>, AppError> {
        let mut lines = self.answers.borrow_mut();
        if after.is_none() {
            *lines = Lines::open(&self.folder, ANSWERS)?;
        }
        let mut rows = Vec::new();
        while rows.len() < limit as usize
            && let Some(row) = lines.next_row()?
        {
            rows.push(row);
        }
        Ok(rows)
    }

    fn attachments(&self) -> Result<Vec<StoredFile>, AppError> {
        self.all(ATTACHMENTS)
    }

    fn problem_reports(&self) -> Result<Vec<ProblemReport>, AppError> {
        self.all(REPORTS)
    }

    fn members(&self) -> Result<Vec<Enrolled>, AppError> {
        if self.contents.parts.contains_key(MEMBERS) { self.all(MEMBERS) } else { Ok(Vec::new()) }
    }

    fn admission(&self) -> Result<Vec<Kept>, AppError> {
        if self.contents.parts.contains_key(ADMISSION) { self.all(ADMISSION) } else { Ok(Vec::new()) }
    }

    fn told(&self) -> Result<Vec<Told>, AppError> {
        if self.contents.parts.contains_key(NOTICES) { self.all(NOTICES) } else { Ok(Vec::new()) }
    }

    fn note(&self, _end: u64) -> Result<Option<KeptNote>, AppError> {
        let is_there = self.contents.parts.contains_key(LOG);
        Ok(if is_there { self.all(LOG)?.pop() } else { None })
    }
}

/// Records in order, each with its openings out of the files of their classes.
struct Log {
    next: u64,
    records: Lines,
    openings: BTreeMap<String, Openings>,
}

/// One class; the next opening waits for its record.
struct Openings {
    lines: Lines,
    next: Option<Opening>,
}

impl Log {
    fn open(folder: &Path, contents: &Contents) -> Result<Self, AppError> {
        let classes = contents.parts.keys().filter_map(|part| class_of(part));
        let open = |class: &str| Ok((class.to_owned(), Openings::open(folder, class)?));
        let openings = classes.map(open).collect::<Result<_, AppError>>()?;
        Ok(Self { next: 0, records: Lines::open(folder, RECORDS)?, openings })
    }

    #[expect(clippy::type_complexity, reason = "a record with its openings and their classes, as in a stretch")]
    fn record(&mut self) -> Result<Option<(StoredRecord, Vec<(String, Opening)>)>, AppError> {
        let Some(bytes) = self.records.next_line()? else {
            // Openings that are left belong to no record, or stand in another order than the records.
            let left = self.openings.values().find(|openings| openings.next.is_some());
            return left.map_or(Ok(None), |left| Err(left.lines.damaged("it opens no record")));
        };
        let record = Record::parse(&bytes).map_err(|error| self.records.damaged(error))?;
        let mut found = Vec::new();
        for (class, openings) in &mut self.openings {
            while let Some(opening) =
                openings.next.take_if(|next| (next.subject, next.seq) == (record.subject, record.seq))
            {
                opening.check(&record).map_err(|error| openings.lines.damaged(error))?;
                found.push((class.clone(), opening));
                openings.advance()?;
            }
        }
        let stored = StoredRecord { log_index: self.next, hash: record_hash(&bytes), bytes };
        self.next += 1;
        Ok(Some((stored, found)))
    }
}

impl Openings {
    fn open(folder: &Path, class: &str) -> Result<Self, AppError> {
        let mut openings = Self { lines: Lines::open(folder, &openings_of(class))?, next: None };
        openings.advance()?;
        Ok(openings)
    }

    fn advance(&mut self) -> Result<(), AppError> {
        let line = self.lines.next_line()?;
        self.next = line.map(|line| Opening::parse(&line)).transpose().map_err(|error| self.lines.damaged(error))?;
        Ok(())
    }
}

/// The lines of one part, counted for messages.
struct Lines {
    name: String,
    number: u64,
    file: BufReader<File>,
}

impl Lines {
    fn open(folder: &Path, name: &str) -> Result<Self, AppError> {
        let file = File::open(folder.join(name)).map_err(|error| damaged(name, error))?;
        Ok(Self { name: name.to_owned(), number: 0, file: BufReader::new(file) })
    }

    fn next_line(&mut self) -> Result<Option<Vec<u8>>, AppError> {
        let mut line = Vec::new();
        self.file.read_until(b'\n', &mut line).map_err(|error| damaged(&self.name, error))?;
        if line.is_empty() {
            return Ok(None);
        }
        self.number += 1;
        match line.pop() {
            Some(b'\n') => Ok(Some(line)),
            _ => Err(self.damaged("the line has no end")),
        }
    }

    fn next_row<T: DeserializeOwned>(&mut self) -> Result<Option<T>, AppError> {
        let Some(line) = self.next_line()? else { return Ok(None) };
        serde_json::from_slice(&line).map(Some).map_err(|error| self.damaged(error))
    }

    fn damaged(&self, why: impl std::fmt::Display) -> AppError {
        damaged(&format!("{}, line {}", self.name, self.number), why)
    }
}

/// Whether a part is, byte for byte, what `export.json` says.
fn check(folder: &Path, name: &str, part: &Part) -> Result<(), AppError> {
    let mut file = File::open(folder.join(name)).map_err(|error| damaged(name, error))?;
    let (mut hash, mut bytes, mut buffer) = (Sha256::new(), 0, vec![0; 1 << 16]);
    loop {
        let read = file.read(&mut buffer).map_err(|error| damaged(name, error))?;
        if read == 0 {
            break;
        }
        hash.update(&buffer[..read]);
        bytes += read as u64;
    }
    let sha256 = Digest::from_bytes(hash.finalize().into());
    if (bytes, sha256) != (part.bytes, part.sha256) {
        let why = format!(
            "{CONTENTS} says {} bytes with SHA-256 {}, these are {bytes} with {sha256}",
            part.bytes, part.sha256
        );
        return Err(damaged(name, why));
    }
    Ok(())
}

fn damaged(place: &str, why: impl std::fmt::Display) -> AppError {
    AppError::Failed(format!("the export is damaged: {place}: {why}"))
}
