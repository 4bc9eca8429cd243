//! The ports, for the store of the engine that mounts this folder: every read is one query on a reading connection, every
//! row beside the records one statement on a writing one.

use tokio::sync::oneshot;

use super::super::Database;
use super::{access, load, moving, read, rebuild};
use crate::domain::acts::{Known, UniqueName};
use crate::domain::gs1::Lot;
use crate::domain::record::{Digest, Handle, Subject, SubjectKind, sealed};
use crate::domain::time::Instant;
use crate::store::{
    Access, ApiKey, BatchFilter, Cursor, Edge, KeptAnswer, Listener, Listings, Moving, ProblemReport, Receipt, Records,
    Reports, Slice, Store, StoreError, StoredFile, StoredRecord, Stretch, Subjects, Submission,
};

impl Store for Database {
    fn submit(&self, submission: Submission) -> oneshot::Receiver<Result<Receipt, StoreError>> {
        self.sequencer.submit(submission)
    }

    fn check(&self) -> Result<(), StoreError> {
        self.read(read::first_subject)?;
        self.check_writable()
    }

    fn on_commit(&self, listener: Listener) {
        self.sequencer.listen(listener);
    }

    fn rebuild(&self, progress: &mut dyn FnMut(u64)) -> Result<u64, StoreError> {
        self.write_alone(|conn| rebuild::run(conn, progress))
    }
}

impl Records for Database {
    fn chain(&self, subject: Handle, from: u64, to: u64) -> Result<Vec<StoredRecord>, StoreError> {
        self.read(|conn| read::chain(conn, subject, from, to))
    }

    fn log(&self, from: u64, limit: u32) -> Result<Vec<StoredRecord>, StoreError> {
        self.read(|conn| read::log(conn, from, limit))
    }

    fn openings(&self, subject: Subject) -> Result<Vec<(String, sealed::Opening)>, StoreError> {
        self.read(|conn| read::openings_of(conn, subject))
    }
}

impl Subjects for Database {
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

impl Listings for Database {
    fn of_home(&self, home: Handle, kind: SubjectKind, after: Option<Cursor>, limit: u32) -> Result<Slice, StoreError> {
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

impl Access for Database {
    fn add_api_key(&self, key: &ApiKey) -> Result<(), StoreError> {
        self.write(|conn| access::add_api_key(conn, key))
    }

    fn api_key(&self, secret_hash: Digest) -> Result<Option<ApiKey>, StoreError> {
        self.read(|conn| access::api_key(conn, secret_hash))
    }

    fn api_keys(&self, organisation: Option<Handle>) -> Result<Vec<ApiKey>, StoreError> {
        self.read(|conn| access::api_keys(conn, organisation))
    }

    fn revoke_api_key(&self, id: Handle, at: Instant) -> Result<bool, StoreError> {
        self.write(|conn| access::revoke_api_key(conn, id, at))
    }

    fn add_attachment(&self, file: &StoredFile) -> Result<(), StoreError> {
        self.write(|conn| access::add_attachment(conn, file))
    }

    fn attachment(&self, sha256: Digest) -> Result<Option<StoredFile>, StoreError> {
        self.read(|conn| access::attachment(conn, sha256))
    }
}

impl Reports for Database {
    fn add_problem_report(&self, report: &ProblemReport) -> Result<(), StoreError> {
        self.write(|conn| access::add_problem_report(conn, report))
    }
}

impl Moving for Database {
    fn log_end(&self) -> Result<u64, StoreError> {
        self.read(load::log_end)
    }

    fn stretch(&self, from: u64, limit: u32) -> Result<Stretch, StoreError> {
        self.read(|conn| moving::stretch(conn, from, limit))
    }

    fn take(&self, stretch: &Stretch) -> Result<(), StoreError> {
        self.write_alone(|conn| moving::take(conn, stretch))
    }

    fn answers(&self, after: Option<(Handle, &str)>, limit: u32) -> Result<Vec<KeptAnswer>, StoreError> {
        self.read(|conn| moving::answers(conn, after, limit))
    }

    fn take_answers(&self, answers: &[KeptAnswer]) -> Result<(), StoreError> {
        self.write_alone(|conn| moving::take_answers(conn, answers))
    }

    fn attachments(&self) -> Result<Vec<StoredFile>, StoreError> {
        self.read(moving::attachments)
    }

    fn problem_reports(&self) -> Result<Vec<ProblemReport>, StoreError> {
        self.read(moving::problem_reports)
    }
}
