//! What an accepted act leaves behind: everything that is then written at once.

use super::{Known, UniqueName};
use crate::domain::kinds::SealClass;
use crate::domain::record::{Digest, Handle, Record, sealed};

/// What an accepted act leaves behind.
#[derive(Debug, Default)]
pub struct Effects {
    pub records: Vec<NewRecord>,
    pub openings: Vec<NewOpening>,
    /// Openings that are destroyed.
    pub erased: Vec<sealed::Place>,
    pub names: Vec<(UniqueName, Handle)>,
    pub changed: Vec<Known>,
}

/// A record with its bytes and its place.
#[derive(Debug, Clone)]
pub struct NewRecord {
    pub log_index: u64,
    pub hash: Digest,
    pub bytes: Vec<u8>,
    pub record: Record,
}

/// Salt and value of a sealed field.
#[derive(Debug, Clone)]
pub struct NewOpening {
    pub class: SealClass,
    pub opening: sealed::Opening,
}
