//! Several reads of one moment: on one connection, in one transaction that only reads.

use std::sync::{Mutex, PoisonError};

use super::super::read_only;
use super::{Conn, access, read};
use crate::domain::acts::{Known, UniqueName};
use crate::domain::entities::BatchStage;
use crate::domain::gs1::Lot;
use crate::domain::record::{Digest, Handle, SubjectKind};
use crate::store::{
    Attachments, BatchFilter, Cursor, Edge, Listings, PublicReads, Records, Slice, StoreError, StoredFile,
    StoredRecord, Subjects,
};

struct OneMoment<'c> {
    /// Never waited for: whoever looks does one thing after the other.
    conn: Mutex<&'c mut Conn>,
}

impl OneMoment<'_> {
    fn read<T>(&self, query: impl FnOnce(&mut Conn) -> Result<T, StoreError>) -> Result<T, StoreError> {
        query(&mut self.conn.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

reading_ports!(OneMoment<'_>);

impl PublicReads for OneMoment<'_> {
    fn at_one_moment(&self, look: &mut dyn FnMut(&dyn PublicReads)) -> Result<(), StoreError> {
        look(self);
        Ok(())
    }
}

pub fn look(conn: &mut Conn, look: &mut dyn FnMut(&dyn PublicReads)) -> Result<(), StoreError> {
    read_only(conn, |conn| {
        look(&OneMoment { conn: Mutex::new(conn) });
        Ok(())
    })
}
