//! The ports that only read, for whatever has connections to read on: the store of the engine, and a replica where the engine
//! has replicas.

/// Each read is one query, by the type's own `read`.
macro_rules! reading_ports {
    ($reader:ty) => {
        impl Records for $reader {
            fn chain(&self, subject: Handle, from: u64, to: u64) -> Result<Vec<StoredRecord>, StoreError> {
                self.read(|conn| read::chain(conn, subject, from, to))
            }

            fn log(&self, from: u64, limit: u32) -> Result<Vec<StoredRecord>, StoreError> {
                self.read(|conn| read::log(conn, from, limit))
            }
        }

        impl crate::store::Consented for $reader {
            fn consented(
                &self,
                consent: &crate::domain::consent::Consent,
            ) -> Result<Option<crate::domain::record::sealed::Opening>, StoreError> {
                self.read(|conn| read::opening_at(conn, &consent.place()))
            }
        }

        impl Subjects for $reader {
            fn subject(&self, handle: Handle) -> Result<Option<Known>, StoreError> {
                self.read(|conn| read::subject(conn, handle))
            }

            fn subjects(&self, handles: &[Handle]) -> Result<Vec<Known>, StoreError> {
                self.read(|conn| read::subjects_of(conn, handles))
            }

            fn named(&self, name: &UniqueName) -> Result<Option<Handle>, StoreError> {
                self.read(|conn| read::named(conn, name))
            }
        }

        impl Listings for $reader {
            fn of_home(
                &self,
                home: Handle,
                kind: SubjectKind,
                after: Option<Cursor>,
                limit: u32,
            ) -> Result<Slice, StoreError> {
                self.read(|conn| read::of_home(conn, home, kind, after, limit))
            }

            fn of_kind(&self, kind: SubjectKind, after: Option<Cursor>, limit: u32) -> Result<Slice, StoreError> {
                self.read(|conn| read::of_kind(conn, kind, after, limit))
            }

            fn granted(
                &self,
                organisation: Handle,
                view: &str,
                after: Option<Cursor>,
                limit: u32,
            ) -> Result<Slice, StoreError> {
                self.read(|conn| read::granted(conn, organisation, view, after, limit))
            }

            fn has_grant(&self, organisation: Handle, subject: Handle) -> Result<bool, StoreError> {
                self.read(|conn| read::has_grant(conn, organisation, subject))
            }

            fn batches(
                &self,
                home: Handle,
                filter: &BatchFilter,
                after: Option<Cursor>,
                limit: u32,
            ) -> Result<Slice, StoreError> {
                self.read(|conn| read::batches_of_home(conn, home, filter, after, limit))
            }

            fn stages_in_stock(&self, home: Handle, limit: u32) -> Result<Vec<(Handle, BatchStage)>, StoreError> {
                self.read(|conn| read::stages_in_stock(conn, home, limit))
            }

            fn batches_of_product(&self, product: Handle, limit: u32) -> Result<Vec<Known>, StoreError> {
                self.read(|conn| read::batches_of_product(conn, product, limit))
            }

            fn batches_of_lot(&self, lot: &Lot, limit: u32) -> Result<Vec<Known>, StoreError> {
                self.read(|conn| read::batches_of_lot(conn, lot, limit))
            }

            fn children(&self, parents: &[Handle]) -> Result<Vec<Edge>, StoreError> {
                self.read(|conn| read::children(conn, parents))
            }

            fn parents(&self, children: &[Handle]) -> Result<Vec<Edge>, StoreError> {
                self.read(|conn| read::parents(conn, children))
            }
        }

        impl Attachments for $reader {
            fn attachment(&self, sha256: Digest) -> Result<Option<StoredFile>, StoreError> {
                self.read(|conn| access::attachment(conn, sha256))
            }
        }
    };
}

/// The log's entries, likewise.
macro_rules! entries_port {
    ($reader:ty) => {
        impl Entries for $reader {
            fn tile(&self, level: u8, number: u64, width: u16) -> Result<Option<Vec<Digest>>, StoreError> {
                self.read(|conn| tree::tile(conn, level, number, width))
            }

            fn leaves(&self, from: u64, limit: u32) -> Result<Vec<Leaf>, StoreError> {
                self.read(|conn| tree::leaves(conn, from, limit))
            }
        }
    };
}
