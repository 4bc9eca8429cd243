//! Use cases, one file each. The first parameter is the [`App`]: store, files, clock, randomness. Knows nothing of HTTP.

pub mod admission;
pub mod attachments;
pub mod audit_pack;
pub mod backup;
pub mod batches;
pub mod clock;
pub mod desk;
pub mod erase;
pub mod exported;
pub mod founding;
pub mod import;
pub mod keys;
pub mod log;
pub mod lookup;
pub mod moving;
pub mod notices;
pub mod people;
pub mod plots;
pub mod prepare;
pub mod public;
pub mod randomness;
pub mod readiness;
pub mod reads;
pub mod records;
pub mod reports;
pub mod results;
pub mod scan;
pub mod sift;
pub mod subjects;
pub mod trace;
pub mod witness;

use std::sync::Arc;

use crate::auth::policy;
use crate::auth::scope::Scope;
use crate::auth::token::Tokens;
use crate::domain::acts::{Act, Refusal};
use crate::domain::people::{MemberId, MemberKind};
use crate::domain::ports::{Clock, Randomness};
use crate::domain::record::{Actor, Digest, Handle, Role};
use crate::domain::time::{CivilDate, Instant};
use crate::files::Files;
use crate::outgoing::reach::Reach;
use crate::store::{Store, StoreError, Submission, Suspension};

pub use public::{Pages, Visit};

/// What use cases take and give: callers need not know the store.
pub use crate::store::{BatchFilter, Cursor, IdempotencyKey, Receipt, Slice};

/// What every use case works with.
pub struct App {
    pub store: Arc<dyn Store>,
    /// What pages read from: the store, or a replica of it.
    pub pages: Pages,
    pub files: Files,
    pub clock: Arc<dyn Clock>,
    pub random: Arc<dyn Randomness>,
    pub tokens: Tokens,
    /// Where people come in.
    pub door: people::door::Door,
    /// Where the log of this instance is published.
    pub log: Option<Arc<log::PublishedLog>>,
    /// Host of printed labels, such as `https://sy.example`; no slash at the end.
    pub public_url: String,
    /// Minutes east of UTC of civil dates.
    pub utc_offset_minutes: i32,
    /// Where webhooks may lead.
    pub reach: Reach,
}

/// Who is doing something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caller {
    pub organisation: Handle,
    pub role: Role,
    /// The member, where a person acts; `None` for a key.
    pub member: Option<Acting>,
    /// What a key is narrowed to.
    pub scope: Scope,
    /// The organisation reads, and writes nothing for a while.
    pub suspended: bool,
}

/// The person in a caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Acting {
    pub id: MemberId,
    pub kind: MemberKind,
}

impl Caller {
    /// An organisation by its key, or the program itself in its name.
    pub const fn of(organisation: Handle, role: Role) -> Self {
        Self { organisation, role, member: None, scope: Scope::ALL, suspended: false }
    }

    pub fn actor(self) -> Actor {
        Actor { key: None, org: self.organisation, role: self.role }
    }

    /// Refuses what the caller's role may not do at all, or this member, or this key.
    pub fn may(self, operation: &'static str) -> Result<(), AppError> {
        if !policy::may(self.role, operation) {
            return Err(AppError::Forbidden { role: self.role.as_str(), operation });
        }
        if !self.scope.holds(operation) {
            return Err(AppError::OutOfScope { operation });
        }
        match self.member {
            Some(member) if !policy::member_may(member.kind, operation) => {
                Err(AppError::NotYours { kind: member.kind.as_str(), operation })
            }
            _ => Ok(()),
        }
    }
}

/// Why a use case did not come to its end.
#[derive(Debug, Clone, thiserror::Error)]
pub enum AppError {
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The caller's role may not do this at all.
    #[error("{role} may not perform {operation}")]
    Forbidden { role: &'static str, operation: &'static str },
    /// The organisation may, this kind of member may not.
    #[error("a {kind} may not perform {operation}")]
    NotYours { kind: &'static str, operation: &'static str },
    /// The organisation may, this key is narrowed to something else.
    #[error("this key may not perform {operation}")]
    OutOfScope { operation: &'static str },
    /// The operator suspended the organisation.
    #[error("suspended since {since}: {reason}")]
    Suspended { since: CivilDate, reason: String },
    #[error("the writer is busy")]
    Busy,
    /// No room to write; reading goes on.
    #[error("the storage is full: {0}")]
    Full(String),
    /// The database does not answer at the moment.
    #[error("{0}")]
    Unavailable(String),
    /// Nobody knows yet whether it was done; asking again with the same key tells.
    #[error("{0}")]
    Unresolved(String),
    /// Nothing may be recorded until the operator has looked; reading goes on.
    #[error("{0}")]
    LogStopped(String),
    /// Recorded, but not published yet; asking again with the same key tells.
    #[error("{0}")]
    Unpublished(String),
    /// Something of ours failed; the cause is logged, not told.
    #[error("{0}")]
    Failed(String),
}

impl From<StoreError> for AppError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Refused(refusal) => Self::Refused(refusal),
            StoreError::Busy => Self::Busy,
            StoreError::Full(cause) => Self::Full(cause),
            StoreError::Unavailable(cause) => Self::Unavailable(cause),
            StoreError::Unresolved(cause) => Self::Unresolved(cause),
            StoreError::LogStopped(cause) => Self::LogStopped(cause),
            StoreError::Unpublished(cause) => Self::Unpublished(cause),
            other => Self::Failed(other.to_string()),
        }
    }
}

/// How an act is told apart from a repetition, and what its actor saw.
#[derive(Debug, Clone, Default)]
pub struct Conditions {
    pub idempotency: Option<IdempotencyKey>,
    pub expected_head: Option<(Handle, Digest)>,
}

impl App {
    pub fn now(&self) -> Instant {
        self.clock.now()
    }

    /// Whether people reach us by https.
    pub fn is_secure(&self) -> bool {
        self.public_url.starts_with("https://")
    }

    /// The civil day of now.
    pub fn today(&self) -> CivilDate {
        self.now().civil_date(self.utc_offset_minutes)
    }

    /// The suspension of an organisation that holds now.
    pub fn suspension(&self, home: Handle) -> Result<Option<Suspension>, AppError> {
        Ok(self.store.suspension(home)?)
    }

    /// Refuses what the caller may not do, and of one that is suspended whatever changes anything.
    pub fn may(&self, caller: Caller, operation: &'static str) -> Result<(), AppError> {
        caller.may(operation)?;
        if !(caller.suspended && policy::writes(operation)) {
            return Ok(());
        }
        match self.store.suspension(caller.organisation)? {
            Some(it) => Err(self.suspended(it)),
            // Lifted a moment ago.
            None => Ok(()),
        }
    }

    /// Refuses where an organisation is suspended: it gets no new members then.
    pub fn may_grow(&self, organisation: Handle) -> Result<(), AppError> {
        match self.store.suspension(organisation)? {
            Some(it) => Err(self.suspended(it)),
            None => Ok(()),
        }
    }

    fn suspended(&self, it: Suspension) -> AppError {
        AppError::Suspended { since: it.since.civil_date(self.utc_offset_minutes), reason: it.reason }
    }

    /// Performs an act: judged by role here, by state in the writer. Answers once it is durable.
    pub async fn perform(
        &self,
        caller: Caller,
        act: Arc<dyn Act>,
        conditions: Conditions,
    ) -> Result<Receipt, AppError> {
        let answer = self.submit(caller, act, conditions)?;
        answer.await.map_err(|_| AppError::Failed("the writer has stopped".into()))?.map_err(AppError::from)
    }

    /// As [`App::perform`], for callers without an async runtime.
    pub fn perform_blocking(
        &self,
        caller: Caller,
        act: Arc<dyn Act>,
        conditions: Conditions,
    ) -> Result<Receipt, AppError> {
        let answer = self.submit(caller, act, conditions)?;
        answer.blocking_recv().map_err(|_| AppError::Failed("the writer has stopped".into()))?.map_err(AppError::from)
    }

    fn submit(
        &self,
        caller: Caller,
        act: Arc<dyn Act>,
        conditions: Conditions,
    ) -> Result<tokio::sync::oneshot::Receiver<Result<Receipt, StoreError>>, AppError> {
        self.may(caller, act.operation())?;
        Ok(self.store.submit(Submission {
            act,
            actor: caller.actor(),
            idempotency: conditions.idempotency,
            expected_head: conditions.expected_head,
        }))
    }
}
