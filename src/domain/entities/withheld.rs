//! A value that public records withhold: the name and the code of a buyer or a household. It is not read by the way: whoever reads
//! it says why its reader may know it, and every place that does is found by searching for [`Why`].

use std::fmt;

use serde::{Deserialize, Serialize};

/// Stored and exported as the value itself; never printed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Withheld<T>(T);

/// Why its reader may know it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// Its own people read it.
    Own,
    /// It dealt with the reader by an act of its own: it sent goods there, or read what is the reader's.
    ItCame,
    /// The reader told its credit code when goods were shipped to it.
    ReaderToldIt,
    /// The operator reads it, and a line that its owner sees says so.
    Noted,
    /// Nobody reads it yet: it is compared with what is looked for.
    Compared,
}

impl<T> Withheld<T> {
    pub fn open(&self, _: Why) -> &T {
        &self.0
    }
}

impl<T> fmt::Debug for Withheld<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(withheld)")
    }
}
