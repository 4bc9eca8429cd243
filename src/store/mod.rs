//! Where records are kept. Writing is one verb, [`Store::submit`]; reading is one small port per resource. Everything above
//! works on these ports; diesel and the engines stay below.
//!
//! Obligations of an engine: an answer to `submit` comes only after the records are durable; a refused act leaves nothing;
//! `log_index` has no gap and each chain no fork, whoever else writes.

pub mod admission;
mod admission_rows;
mod error;
mod log;
mod migrate;
mod moving;
mod notice_rows;
pub mod notices;
pub mod people;
mod people_rows;
#[cfg(feature = "postgres")]
pub mod postgres;
mod projection;
pub mod reads;
mod reports;
mod rows;
mod schema;
mod seen;
mod sequencer;
pub mod sqlite;

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::sync::oneshot;

use crate::domain::acts::{Act, Known, UniqueName};
use crate::domain::consent::Consent;
use crate::domain::entities::BatchStage;
use crate::domain::gs1::{Gtin, Lot};
use crate::domain::kinds::MediaType;
use crate::domain::record::{Actor, Digest, Handle, Subject, SubjectKind, sealed};
use crate::domain::time::{CivilDate, Instant};

pub use crate::domain::merkle::{Published, TreeHead};
pub use admission::{Admission, Application, Suspension};
pub use error::{Damaged, StoreError};
pub use log::{Entries, Log, Publisher, Source};
pub use moving::{KeptAnswer, Moving, Stretch};
pub use notices::Notices;
pub use people::{Invitation, Member, People, Session};
pub use reads::{DataRead, DataReads};
pub use reports::{ProblemReport, Reports};

/// Everything a service asks of its store.
pub trait Store:
    PublicReads + Log + Openings + Access + People + Admission + DataReads + Notices + Reports + Moving
{
    /// Hands an act to the writer. The receiver is answered once the act is durable or refused.
    fn submit(&self, submission: Submission) -> oneshot::Receiver<Result<Receipt, StoreError>>;

    /// Whether reads and writes work: what `/readyz` says.
    fn check(&self) -> Result<(), StoreError>;

    /// Calls `listener` with the subjects of each group that was committed, here or by another instance.
    fn on_commit(&self, listener: Listener);

    /// Makes the projections anew. `progress` is told how many records are done; answers how many there are.
    fn rebuild(&self, progress: &mut dyn FnMut(u64)) -> Result<u64, StoreError>;

    /// Has every group published before it is answered. To be told once, before the first act.
    fn publish_by(&self, publisher: Arc<dyn Publisher>);

    /// Looks at the log past what is kept of it in memory, as far as that is ours to do; answers how far it was. What a database
    /// server keeps is its own affair (data checksums). `look` is called once, or not at all where the database cannot be reached.
    fn past_memory(&self, look: &mut LookThrough<'_>) -> Result<Source, StoreError>;

    /// The standbys of the server, where the engine is one.
    fn standbys(&self) -> Result<Standbys, StoreError>;
}

/// Reads entries and may fail at that.
pub type LookThrough<'l> = dyn FnMut(&dyn Entries) -> Result<(), StoreError> + 'l;

/// All that pages ask: what anybody may read, and no way to write.
pub trait PublicReads: Records + Subjects + Listings + Attachments + Consented + Send + Sync {
    /// Everything that `look` reads is of one moment, whatever is recorded meanwhile. `look` is called once, or not at all
    /// where the database cannot be reached.
    fn at_one_moment(&self, look: &mut dyn FnMut(&dyn PublicReads)) -> Result<(), StoreError>;
}

/// Sealed values that whom they are about agreed to show.
pub trait Consented {
    /// `None` where the opening was destroyed.
    fn consented(&self, consent: &Consent) -> Result<Option<sealed::Opening>, StoreError>;
}

/// A copy of the database that follows it, for pages and for looking through the log. It is no [`Store`]: nothing that decides a write can be given one.
pub trait Replica: PublicReads + Entries {
    /// How it stands now. Asks nobody: it is looked after twice a second.
    fn standing(&self) -> Standing;
}

/// How a replica stands to the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It has every record that the database had this long ago.
    Following { behind: Duration },
    /// It has less than the database had when the service started: from when its data is cannot be told.
    CatchingUp,
    /// It does not answer.
    Away,
    /// Its log begins with another record.
    Foreign,
}

/// The standbys that a server sends its log to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Standbys {
    /// Commits wait for a standby.
    pub synchronous: bool,
    pub attached: Vec<Standby>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standby {
    pub name: String,
    /// `sync`, `quorum`, `potential` or `async`; `None` where we may not see it.
    pub state: Option<String>,
}

impl Standbys {
    /// Commits wait, and nobody is there for whom. Where the states may not be seen, any standby counts.
    pub fn block_writes(&self) -> bool {
        let counts = |it: &Standby| it.state.as_deref().is_none_or(|state| matches!(state, "sync" | "quorum"));
        self.synchronous && !self.attached.iter().any(counts)
    }
}

/// Where a PostgreSQL database is, and how it is spoken to.
#[derive(Clone, PartialEq, Eq)]
pub struct PostgresSettings {
    /// May hold a password: never printed.
    pub url: String,
    /// Connections for reading; one more writes.
    pub connections: u32,
    /// Off behind a pooler that hands each transaction to another connection (PgBouncer).
    pub prepared_statements: bool,
}

#[cfg(feature = "postgres")]
impl PostgresSettings {
    /// Whether what is set for a session may meet another session's transactions.
    fn is_pooled(&self) -> bool {
        !self.prepared_statements
    }
}

/// Told of the subjects that each commit changed.
pub type Listener = Box<dyn Fn(&[Handle]) + Send + Sync>;

/// An act with who does it and how it is told apart from a repetition.
#[derive(Debug, Clone)]
pub struct Submission {
    pub act: Arc<dyn Act>,
    pub actor: Actor,
    pub idempotency: Option<IdempotencyKey>,
    /// The head that the actor saw; another one refuses the act as stale.
    pub expected_head: Option<(Handle, Digest)>,
}

/// A key that makes a repetition harmless.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyKey {
    pub key: String,
    /// SHA-256 of operation, address and body.
    pub request_hash: Digest,
}

/// What an act wrote. The same for the first answer and for every repetition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Receipt {
    /// Handle of the subject that the act is about.
    pub id: Handle,
    #[schema(value_type = String, example = "batch:00112233445566778899aabbccddeeff")]
    pub subject: Subject,
    /// Hash of that subject's newest record after the act.
    pub head: Digest,
    /// Index of the act's last record in the instance's log.
    pub log_index: u64,
    pub records: Vec<ReceiptRecord>,
}

/// One record of a receipt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ReceiptRecord {
    pub log_index: u64,
    #[schema(value_type = String)]
    pub subject: Subject,
    pub seq: u64,
    #[schema(example = "batch.opened")]
    pub kind: String,
    pub hash: Digest,
}

/// A stored record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredRecord {
    pub log_index: u64,
    pub hash: Digest,
    pub bytes: Vec<u8>,
}

/// Record bytes.
pub trait Records {
    /// Records of a chain from `from` to `to`, both included, in order; fewer where the chain is shorter.
    fn chain(&self, subject: Handle, from: u64, to: u64) -> Result<Vec<StoredRecord>, StoreError>;

    /// Records in log order from `from` on, at most `limit`.
    fn log(&self, from: u64, limit: u32) -> Result<Vec<StoredRecord>, StoreError>;
}

/// What opens the sealed fields of records. Pages never ask it.
pub trait Openings {
    /// Openings of one chain that still exist, with their class.
    fn openings(&self, subject: Subject) -> Result<Vec<(String, sealed::Opening)>, StoreError>;

    /// As [`Openings::openings`], of several chains by one question; each chain's in order.
    fn openings_of(&self, subjects: &[Subject]) -> Result<Vec<(String, sealed::Opening)>, StoreError>;

    /// Destroys openings, and what projections and kept answers hold of them; durable when it returns. Those that are not
    /// there are left at that. Writes no record: for an act that says it too, [`Store::submit`].
    fn destroy(&self, places: &[sealed::Place]) -> Result<(), StoreError>;

    /// Takes the bytes of what was deleted off the disk, as far as that is ours to do.
    fn scrub(&self) -> Result<Scrubbed, StoreError>;
}

/// What became of bytes that were deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scrubbed {
    /// They are in none of the database's files.
    Gone,
    /// The server keeps them until its operator has it rewrite its tables.
    LeftToServer,
}

/// The state of subjects.
pub trait Subjects {
    fn subject(&self, handle: Handle) -> Result<Option<Known>, StoreError>;

    fn subjects(&self, handles: &[Handle]) -> Result<Vec<Known>, StoreError>;

    fn named(&self, name: &UniqueName) -> Result<Option<Handle>, StoreError>;
}

/// Position in a list: the log index at which the last one shown was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor(pub u64);

/// One page of a list, newest first.
#[derive(Debug, Clone)]
pub struct Slice {
    pub items: Vec<Known>,
    /// `None` on the last page.
    pub next: Option<Cursor>,
}

/// Which batches are listed.
#[derive(Debug, Clone, Default)]
pub struct BatchFilter {
    pub stage: Option<BatchStage>,
    pub gtin: Option<Gtin>,
    pub lot: Option<Lot>,
    pub opened_from: Option<CivilDate>,
    pub opened_to: Option<CivilDate>,
    /// Only those of which something is left.
    pub in_stock: bool,
}

/// An amount between two batches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Edge {
    pub child: Handle,
    pub parent: Handle,
    /// In the parent's unit.
    pub quantity: u64,
}

/// Lists and lineage.
pub trait Listings {
    /// Subjects of one kind whose home is `home`.
    fn of_home(&self, home: Handle, kind: SubjectKind, after: Option<Cursor>, limit: u32) -> Result<Slice, StoreError>;

    /// Subjects of one kind in the whole instance: for what the public may browse, and for the operator.
    fn of_kind(&self, kind: SubjectKind, after: Option<Cursor>, limit: u32) -> Result<Slice, StoreError>;

    /// Subjects that an act gave `organisation` a right to see: `laboratory`, `receiver`, `licensee`.
    fn granted(&self, organisation: Handle, view: &str, after: Option<Cursor>, limit: u32)
    -> Result<Slice, StoreError>;

    fn has_grant(&self, organisation: Handle, subject: Handle) -> Result<bool, StoreError>;

    fn batches(
        &self,
        home: Handle,
        filter: &BatchFilter,
        after: Option<Cursor>,
        limit: u32,
    ) -> Result<Slice, StoreError>;

    /// Batches of which something is left and the stage of each, the oldest first, `limit` at most.
    fn stages_in_stock(&self, home: Handle, limit: u32) -> Result<Vec<(Handle, BatchStage)>, StoreError>;

    /// Batches of a product, newest first, for the public.
    fn batches_of_product(&self, product: Handle, limit: u32) -> Result<Vec<Known>, StoreError>;

    /// Batches with this lot code, of any product.
    fn batches_of_lot(&self, lot: &Lot, limit: u32) -> Result<Vec<Known>, StoreError>;

    /// What was made from these batches.
    fn children(&self, parents: &[Handle]) -> Result<Vec<Edge>, StoreError>;

    /// What these batches were made from.
    fn parents(&self, children: &[Handle]) -> Result<Vec<Edge>, StoreError>;
}

/// A key by which a device or program acts for an organisation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ApiKey {
    pub id: Handle,
    pub organisation: Handle,
    pub name: String,
    /// SHA-256 of the secret; the secret itself is shown once and never stored.
    pub secret_hash: Digest,
    pub created_at: Instant,
    pub expires_at: Option<Instant>,
    pub revoked_at: Option<Instant>,
    /// When it last let somebody in, to an hour.
    #[serde(default)]
    pub used_at: Option<Instant>,
    /// Operations that it is narrowed to, a space between; `None`: all that its organisation may.
    #[serde(default)]
    pub scope: Option<String>,
}

/// Names of stored files.
pub trait Attachments {
    fn attachment(&self, sha256: Digest) -> Result<Option<StoredFile>, StoreError>;
}

/// Keys and attachments: operational rows and named files.
pub trait Access {
    fn add_api_key(&self, key: &ApiKey) -> Result<(), StoreError>;

    fn api_key(&self, secret_hash: Digest) -> Result<Option<ApiKey>, StoreError>;

    /// Keys of one organisation or of all, revoked and expired ones too, oldest first.
    fn api_keys(&self, organisation: Option<Handle>) -> Result<Vec<ApiKey>, StoreError>;

    /// Marks a key as revoked. `false` where no key has this id, or where it was revoked before.
    fn revoke_api_key(&self, id: Handle, at: Instant) -> Result<bool, StoreError>;

    /// Notes that a key let somebody in.
    fn touch_api_key(&self, id: Handle, at: Instant) -> Result<(), StoreError>;

    /// Notes a file that is already durable in the blob folder; the same file twice is one row.
    fn add_attachment(&self, file: &StoredFile) -> Result<(), StoreError>;
}

/// A stored file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoredFile {
    pub sha256: Digest,
    pub media_type: MediaType,
    pub size: u64,
    pub stored_at: Instant,
}
