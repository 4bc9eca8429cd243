//! Looking for what is to be erased.

use std::collections::BTreeMap;

use serde_json::Value;

use super::Found;
use crate::app::{App, AppError};
use crate::domain::record::{Digest, Handle, Subject, SubjectKind, sealed};

/// Which sealed fields; what is given narrows it down.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    pub subjects: Vec<Subject>,
    /// What is sealed of it itself, everything personal in what is at home with it, and every field that names it.
    pub organisation: Option<Handle>,
    /// A value that is exactly this text, or holds it as one of its texts.
    pub person: Option<String>,
    pub field: Option<String>,
}

/// Records that are read at once.
const PAGE: u32 = 1_000;

/// Openings that exist and are wanted, in the order of the log.
pub fn find(app: &App, wanted: &Wanted) -> Result<Vec<Found>, AppError> {
    let mut looking = Looking { app, wanted, homes: BTreeMap::new(), found: Vec::new() };
    if !wanted.subjects.is_empty() {
        for subject in &wanted.subjects {
            for (class, opening) in app.store.openings(*subject)? {
                looking.look_at(&class, opening)?;
            }
        }
        return Ok(looking.found);
    }
    let mut next = 0;
    loop {
        let stretch = app.store.stretch(next, PAGE)?;
        let Some(last) = stretch.records.last() else { return Ok(looking.found) };
        next = last.log_index + 1;
        for (class, opening) in stretch.openings {
            looking.look_at(&class, opening)?;
        }
    }
}

struct Looking<'a> {
    app: &'a App,
    wanted: &'a Wanted,
    homes: BTreeMap<Handle, Option<Handle>>,
    found: Vec<Found>,
}

impl Looking<'_> {
    fn look_at(&mut self, class: &str, opening: sealed::Opening) -> Result<(), AppError> {
        let wanted = self.wanted;
        let fits = wanted.field.as_ref().is_none_or(|field| *field == opening.field)
            && wanted.person.as_ref().is_none_or(|person| holds(&opening.value, person))
            && match wanted.organisation {
                None => true,
                Some(organisation) => self.concerns(organisation, class, &opening)?,
            };
        if fits {
            let commitment = opening.commitment().map_err(|error| AppError::Failed(error.to_string()))?;
            self.found.push(Found { place: opening.place(), commitment, files: files(&opening.value) });
        }
        Ok(())
    }

    fn concerns(&mut self, organisation: Handle, class: &str, opening: &sealed::Opening) -> Result<bool, AppError> {
        let subject = opening.subject;
        if subject == Subject::new(SubjectKind::Organisation, organisation)
            || holds(&opening.value, &organisation.to_string())
        {
            return Ok(true);
        }
        if class != "personal" {
            return Ok(false);
        }
        if !self.homes.contains_key(&subject.handle) {
            let home = self.app.store.subject(subject.handle)?.map(|known| known.entity.home());
            self.homes.insert(subject.handle, home);
        }
        Ok(self.homes.get(&subject.handle) == Some(&Some(organisation)))
    }
}

fn holds(value: &Value, text: &str) -> bool {
    texts(value).contains(&text)
}

/// Whatever looks like the hash of a file counts: one that is none is in no folder.
fn files(value: &Value) -> Vec<Digest> {
    texts(value).into_iter().filter_map(|text| text.parse().ok()).collect()
}

fn texts(value: &Value) -> Vec<&str> {
    match value {
        Value::String(text) => vec![text],
        Value::Array(values) => values.iter().flat_map(texts).collect(),
        Value::Object(fields) => fields.values().flat_map(texts).collect(),
        _ => Vec::new(),
    }
}
