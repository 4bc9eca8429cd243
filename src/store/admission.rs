//! Who asks to be admitted, and who may not write for a while: the port. Operational rows.

use serde::{Deserialize, Serialize};

use super::StoreError;
use crate::domain::kinds::organisations::OrganisationKind;
use crate::domain::people::MemberId;
use crate::domain::record::Handle;
use crate::domain::time::{CivilDate, Instant};

/// What somebody applied for, as it was typed and found to be well-formed. Nothing of it is public.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Application {
    pub id: Handle,
    pub kind: OrganisationKind,
    pub name_zh: String,
    /// May be empty.
    pub name_en: String,
    pub uscc: String,
    pub place: String,
    pub contact: String,
    /// Of a laboratory, where it named one.
    pub cma: Option<(String, CivilDate)>,
    pub manager_name: String,
    pub manager_login: String,
    pub created_at: Instant,
    pub decision: Option<Decision>,
}

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decision {
    pub at: Instant,
    /// Member of the operator.
    pub by: Option<MemberId>,
    /// The organisation that it became; `None` where it was refused.
    pub organisation: Option<Handle>,
    /// Why it was refused.
    pub refusal: Option<String>,
}

/// An organisation may read and not write. One that was lifted stays, as what happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Suspension {
    pub home: Handle,
    pub since: Instant,
    pub reason: String,
    /// Member of the operator.
    pub by: Option<MemberId>,
    pub lifted_at: Option<Instant>,
    pub lifted_by: Option<MemberId>,
}

/// How many may wait, and since when whatever waits counts.
#[derive(Debug, Clone, Copy)]
pub struct Room {
    pub most: u64,
    /// What was sent before has lapsed, if nobody decided it.
    pub since: Instant,
}

pub trait Admission {
    /// Adds an application as it is, on its way from another database.
    fn add_application(&self, application: &Application) -> Result<(), StoreError>;

    /// Takes an application from a network and removes those that lapsed: they hold names and telephones of people. Where no more
    /// may wait, the oldest of the network that sent most makes room, if it sent several; `false` where none did: every one that
    /// waits is the only one of its network then, and none is worth less than another.
    fn take_application(&self, application: &Application, source: &[u8], room: Room) -> Result<bool, StoreError>;

    fn application(&self, id: Handle) -> Result<Option<Application>, StoreError>;

    /// Newest first: those from `skip` on, `limit` of them.
    fn applications(&self, skip: u64, limit: u32) -> Result<Vec<Application>, StoreError>;

    /// How many wait for a decision that were sent at this moment or later.
    fn open_applications(&self, since: Instant) -> Result<u64, StoreError>;

    /// Decides one that nobody has decided; `false` for any other. An organisation that was registered is there to stay, so who
    /// approves has the last word over who refused at the same moment.
    fn decide_application(&self, id: Handle, decision: &Decision) -> Result<bool, StoreError>;

    /// The suspension that holds now.
    fn suspension(&self, home: Handle) -> Result<Option<Suspension>, StoreError>;

    /// All there ever were, of one organisation or of all, newest first.
    fn suspensions(&self, home: Option<Handle>) -> Result<Vec<Suspension>, StoreError>;

    /// Nothing where it is there already.
    fn add_suspension(&self, suspension: &Suspension) -> Result<(), StoreError>;

    /// Ends the one that holds; `false` where none does.
    fn lift_suspension(&self, home: Handle, at: Instant, by: Option<MemberId>) -> Result<bool, StoreError>;
}
