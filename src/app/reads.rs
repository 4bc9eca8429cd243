//! Who read what of somebody else's that is not public. It is noted before it is shown, and whose it is sees it; nothing is denied
//! here. What the server's own terminal reads (exports, backups, erasure) leaves no line: it is the operator's machine.

use super::admission::Application;
use super::{App, AppError, Caller};
use crate::domain::acts::Known;
use crate::domain::entities::Entity;
use crate::domain::record::{Handle, Role};
use crate::store::DataRead;

/// Reads of the own organisation's data, in the table of who may do what.
const READ: &str = "page.reads";

/// What was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// Sealed fields of a batch and of what it rests on.
    Openings,
    /// A pack, with whatever of it is not public.
    AuditPack,
    /// Name and code that public records withhold.
    SealedName,
    /// The application by which it was admitted.
    Application,
}

impl What {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Openings => "openings",
            Self::AuditPack => "audit_pack",
            Self::SealedName => "sealed_name",
            Self::Application => "application",
        }
    }
}

/// Notes a look at something of `home`; one at one's own is none.
pub fn note(app: &App, caller: Caller, home: Handle, what: What, subject: Option<Handle>) -> Result<(), AppError> {
    note_all(app, caller, what, &[(home, subject)])
}

fn note_all(app: &App, caller: Caller, what: What, seen: &[(Handle, Option<Handle>)]) -> Result<(), AppError> {
    let foreign = seen.iter().filter(|(home, _)| *home != caller.organisation);
    let line = |(home, subject): &(Handle, Option<Handle>)| {
        let mut id = [0; 16];
        app.random.fill(&mut id);
        DataRead {
            home: *home,
            at: app.now(),
            id: Handle::from_bytes(id),
            reader: caller.organisation,
            member: caller.member.map(|member| member.id),
            what: what.as_str().to_owned(),
            subject: *subject,
        }
    };
    let lines: Vec<DataRead> = foreign.map(line).collect();
    if lines.is_empty() {
        return Ok(());
    }
    Ok(app.store.add_reads(&lines)?)
}

/// Notes that the operator sees the names that public records of these withhold; nobody else is shown them. Where it cannot be
/// noted, on a disk that is full, reading goes on without those names.
pub fn of_organisations(app: &App, caller: Caller, known: &mut [Known]) {
    if caller.role != Role::Operator {
        return;
    }
    let withheld = known.iter().filter_map(|known| match &known.entity {
        Entity::Organisation(it) if it.sealed_name.is_some() || it.sealed_uscc.is_some() => {
            Some((known.subject.handle, Some(known.subject.handle)))
        }
        _ => None,
    });
    if let Err(error) = note_all(app, caller, What::SealedName, &withheld.collect::<Vec<_>>()) {
        tracing::warn!(%error, "names are withheld: who reads them cannot be noted");
        for known in known {
            if let Entity::Organisation(it) = &mut known.entity {
                (it.sealed_name, it.sealed_uscc) = (None, None);
            }
        }
    }
}

/// Notes that the operator sees the applications of those that public records do not name; where it cannot be noted, their names
/// and codes are left out.
pub fn of_applications(app: &App, caller: Caller, shown: &mut [Application]) {
    let unnamed = |it: &Application| {
        let organisation = it.decision.as_ref().and_then(|decision| decision.organisation);
        organisation.filter(|_| it.kind.is_unnamed_in_public())
    };
    let of: Vec<_> = shown.iter().filter_map(unnamed).map(|home| (home, Some(home))).collect();
    if let Err(error) = note_all(app, caller, What::Application, &of) {
        tracing::warn!(%error, "applications are withheld: who reads them cannot be noted");
        for it in shown.iter_mut().filter(|it| unnamed(it).is_some()) {
            (it.name_zh, it.name_en, it.uscc, it.contact) = Default::default();
        }
    }
}

/// Who read what of the caller's organisation, newest first.
pub fn own(app: &App, caller: Caller, skip: u64, limit: u32) -> Result<Vec<DataRead>, AppError> {
    caller.may(READ)?;
    Ok(app.store.reads(caller.organisation, skip, limit)?)
}
