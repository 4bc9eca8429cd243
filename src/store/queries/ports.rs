//! The ports, for the store of the engine that mounts this folder: every read is one query on a reading connection, every
//! row beside the records one statement on a writing one.

use std::sync::Arc;

use tokio::sync::oneshot;

use super::super::Database;
use super::{access, erase, load, moving, one_moment, read, rebuild, tree};
use crate::domain::acts::{Known, UniqueName};
use crate::domain::entities::BatchStage;
use crate::domain::gs1::Lot;
use crate::domain::merkle::Leaf;
use crate::domain::record::{Digest, Handle, Subject, SubjectKind, sealed};
use crate::domain::time::Instant;
use crate::store::{
    Access, ApiKey, Attachments, BatchFilter, Cursor, Edge, Entries, KeptAnswer, Listener, Listings, Log, LookThrough,
    Moving, Openings, ProblemReport, PublicReads, Published, Publisher, Receipt, Records, Reports, Scrubbed, Slice,
    Source, Standbys, Store, StoreError, StoredFile, StoredRecord, Stretch, Subjects, Submission, TreeHead,
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

    fn publish_by(&self, publisher: Arc<dyn Publisher>) {
        self.sequencer.publish_by(publisher);
    }

    fn past_memory(&self, look: &mut LookThrough<'_>) -> Result<Source, StoreError> {
        self.look_past_memory(look)
    }

    fn standbys(&self) -> Result<Standbys, StoreError> {
        self.attached_standbys()
    }
}

reading_ports!(Database);
entries_port!(Database);

impl PublicReads for Database {
    fn at_one_moment(&self, look: &mut dyn FnMut(&dyn PublicReads)) -> Result<(), StoreError> {
        self.read(|conn| one_moment::look(conn, look))
    }
}

impl Log for Database {
    fn tree(&self) -> Result<TreeHead, StoreError> {
        self.read(|conn| {
            let end = load::log_end(conn)?;
            Ok(TreeHead::of(&tree::edge(conn, None, end)?))
        })
    }

    fn checkpoint(&self, epoch: u64, size: u64) -> Result<Option<String>, StoreError> {
        self.read(|conn| tree::checkpoint(conn, epoch, size))
    }

    fn checkpoints(&self, epoch: u64, below: u64, limit: u32) -> Result<Vec<(u64, String)>, StoreError> {
        self.read(|conn| tree::checkpoints(conn, epoch, below, limit))
    }

    fn keep_checkpoint(&self, signed: &Published) -> Result<(), StoreError> {
        self.write(|conn| tree::keep_checkpoint(conn, signed))
    }

    fn keep_cosigned(&self, signed: &Published) -> Result<(), StoreError> {
        self.write(|conn| tree::keep_cosigned(conn, signed))
    }
}

impl Openings for Database {
    fn openings(&self, subject: Subject) -> Result<Vec<(String, sealed::Opening)>, StoreError> {
        self.read(|conn| read::openings_of(conn, subject))
    }

    fn openings_of(&self, subjects: &[Subject]) -> Result<Vec<(String, sealed::Opening)>, StoreError> {
        self.read(|conn| read::openings_of_all(conn, subjects))
    }

    fn destroy(&self, places: &[sealed::Place]) -> Result<(), StoreError> {
        self.write_alone(|conn| erase::run(conn, places))
    }

    fn scrub(&self) -> Result<Scrubbed, StoreError> {
        self.scrub_files()
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

    fn touch_api_key(&self, id: Handle, at: Instant) -> Result<(), StoreError> {
        self.write(|conn| access::touch_api_key(conn, id, at))
    }

    fn add_attachment(&self, file: &StoredFile) -> Result<(), StoreError> {
        self.write(|conn| access::add_attachment(conn, file))
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
