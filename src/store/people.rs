//! Members, their sessions, links and codes: the port. Operational rows; whatever needs two of them to agree is one call, and
//! one transaction.

use serde::{Deserialize, Serialize};

use super::StoreError;
use crate::domain::people::{Login, MemberId, MemberKind, MemberName};
use crate::domain::record::{Digest, Handle};
use crate::domain::time::Instant;

/// Somebody who acts for an organisation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Member {
    pub home: Handle,
    pub id: MemberId,
    pub login: Login,
    pub name: MemberName,
    pub kind: MemberKind,
    /// Argon2id, as a PHC string.
    pub password: String,
    pub password_at: Instant,
    /// Of the authenticator: whoever reads it can make its codes.
    pub totp_secret: Option<Vec<u8>>,
    /// The last step whose code was accepted.
    pub totp_step: Option<u64>,
    pub created_at: Instant,
    pub disabled_at: Option<Instant>,
}

/// A member on his way to another database, with the hashes of the codes that stand in for his authenticator. Sessions and links
/// stay behind: people log in again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Enrolled {
    pub member: Member,
    pub recovery_codes: Vec<Digest>,
}

/// How far somebody has come at the door.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The password was right; the code of the authenticator is still to come.
    Password,
    /// The password was right; an authenticator has to be set up first.
    SetUp,
    /// Nothing is left to show.
    Whole,
}

impl Step {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::SetUp => "setup",
            Self::Whole => "whole",
        }
    }

    pub(super) fn of(text: &str) -> Option<Self> {
        [Self::Password, Self::SetUp, Self::Whole].into_iter().find(|step| step.as_str() == text)
    }
}

/// A browser in which somebody is logged in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// SHA-256 of what the browser holds.
    pub token_hash: Digest,
    pub home: Handle,
    pub member: MemberId,
    pub step: Step,
    pub agent: String,
    pub created_at: Instant,
    pub used_at: Instant,
    /// When the password was last given.
    pub proven_at: Instant,
    /// Unless it is used before.
    pub ends_at: Instant,
}

/// A link that is good once: to become a member, or to set a password anew.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// SHA-256 of what stands in the link.
    pub token_hash: Digest,
    pub home: Handle,
    /// Whose password is set anew; `None` where somebody is to join.
    pub member: Option<MemberId>,
    pub kind: MemberKind,
    /// Whom it is for, as the inviter wrote it.
    pub name: MemberName,
    /// `None` from the server's terminal.
    pub invited_by: Option<MemberId>,
    pub created_at: Instant,
    pub expires_at: Instant,
}

/// What became of an invitation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Joined {
    Done,
    /// Somebody else logs in by this name; the invitation stands.
    LoginTaken,
    /// It was used or withdrawn meanwhile.
    Gone,
}

/// What changes of a member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    Kind(MemberKind),
    /// Ends all sessions too.
    Disabled(Option<Instant>),
    /// Ends all sessions but the one named.
    Password {
        hash: String,
        at: Instant,
        keep: Option<Digest>,
    },
    /// An authenticator with the codes that stand in for it; all that was before is gone. Ends all sessions but the one named.
    SecondFactor {
        secret: Vec<u8>,
        step: u64,
        codes: Vec<Digest>,
        keep: Digest,
    },
    /// Neither authenticator nor codes; ends all sessions too.
    NoSecondFactor,
}

impl Change {
    /// Whether a manager may be none afterwards.
    pub fn ends_a_manager(&self) -> bool {
        match self {
            Self::Kind(kind) => *kind != MemberKind::Manager,
            Self::Disabled(at) => at.is_some(),
            _ => false,
        }
    }
}

/// What became of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Changed {
    Done,
    /// There is no such member.
    Nobody,
    /// Nothing was changed: no manager would be left.
    LastManager,
}

/// Members, sessions, links.
pub trait People {
    fn member(&self, home: Handle, id: MemberId) -> Result<Option<Member>, StoreError>;

    fn member_by_login(&self, login: &Login) -> Result<Option<Member>, StoreError>;

    /// Members of one organisation or of all, disabled ones too, oldest first.
    fn members(&self, home: Option<Handle>) -> Result<Vec<Member>, StoreError>;

    /// Adds a member as he is, without an invitation; one with this id or login that is there already stays.
    fn add_member(&self, member: &Member, codes: &[Digest]) -> Result<(), StoreError>;

    /// Adds a member and uses up his invitation, both or neither.
    fn join(&self, member: &Member, invitation: Digest) -> Result<Joined, StoreError>;

    fn change_member(&self, home: Handle, id: MemberId, change: &Change) -> Result<Changed, StoreError>;

    /// Sets a password anew by a link, and ends all sessions. `false` where the link was used or withdrawn meanwhile.
    fn reset_password(&self, link: &Invitation, hash: &str, at: Instant) -> Result<bool, StoreError>;

    /// Notes the step of an accepted code; `false` where this or a later one was accepted before.
    fn accept_step(&self, home: Handle, id: MemberId, step: u64) -> Result<bool, StoreError>;

    /// Uses up a recovery code; `false` where there is none such.
    fn use_recovery_code(&self, home: Handle, id: MemberId, code: Digest) -> Result<bool, StoreError>;

    fn recovery_codes(&self, home: Handle, id: MemberId) -> Result<Vec<Digest>, StoreError>;

    /// Adds a session, in place of another where one is named, and sweeps away those that ended before `now`.
    fn add_session(&self, session: &Session, instead_of: Option<Digest>, now: Instant) -> Result<(), StoreError>;

    /// A session with its member.
    fn session(&self, token_hash: Digest) -> Result<Option<(Session, Member)>, StoreError>;

    /// Sessions of a member, the one used last first.
    fn sessions(&self, home: Handle, member: MemberId) -> Result<Vec<Session>, StoreError>;

    /// Notes that a session is used.
    fn touch_session(&self, token_hash: Digest, used_at: Instant, ends_at: Instant) -> Result<(), StoreError>;

    /// Notes that the password was given again.
    fn prove_session(&self, token_hash: Digest, at: Instant) -> Result<(), StoreError>;

    /// Ends one session of a member, or all of his; answers how many.
    fn end_sessions(&self, home: Handle, member: MemberId, which: Option<Digest>) -> Result<usize, StoreError>;

    /// Adds a link; others for the same member's password are withdrawn.
    fn add_invitation(&self, invitation: &Invitation) -> Result<(), StoreError>;

    fn invitation(&self, token_hash: Digest) -> Result<Option<Invitation>, StoreError>;

    /// Links of one organisation, newest first.
    fn invitations(&self, home: Handle) -> Result<Vec<Invitation>, StoreError>;

    /// `false` where there is none such.
    fn withdraw_invitation(&self, home: Handle, token_hash: Digest) -> Result<bool, StoreError>;
}
