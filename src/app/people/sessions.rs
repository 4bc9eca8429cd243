//! Sessions: a browser in which somebody is logged in. It holds a secret, we keep the secret's hash.

use crate::app::{Acting, App, AppError, Caller};
use crate::auth::policy;
use crate::auth::session::Secret;
use crate::domain::entities::{Entity, Why};
use crate::domain::kinds::Name;
use crate::domain::people::MemberId;
use crate::domain::record::{Digest, Handle, Role};
use crate::domain::time::Instant;
use crate::store::people::Step;
use crate::store::{Member, Session};

use super::door::SecondFactor;

/// Minutes after which a session that nobody uses has ended.
const IDLE: i64 = 12 * 60;
/// Minutes after which it ends, used or not.
const LONGEST: i64 = 30 * 24 * 60;
/// Minutes to show a code or set up an authenticator after the password was right.
const HALF_WAY: i64 = 15;
/// Minutes from one note that a session is used to the next: not each page is a write.
const NOTED_EVERY: i64 = 5;
/// Minutes for which a password that was given again counts.
const PROVEN: i64 = 30;
/// Characters of a browser's name that are kept.
const AGENT: usize = 200;

/// Who is there.
#[derive(Debug, Clone)]
pub struct Present {
    pub session: Session,
    pub member: Member,
    pub role: Role,
    pub organisation: Name,
    /// It deals in what others grow.
    pub is_trader: bool,
    /// It reads, and writes nothing for a while.
    pub suspended: bool,
    /// How far he has come, by today's rules.
    pub step: Step,
}

impl Present {
    pub fn caller(&self) -> Caller {
        let acting = Acting { id: self.member.id, kind: self.member.kind };
        let of_house = Caller::of(self.member.home, self.role);
        Caller { member: Some(acting), suspended: self.suspended, ..of_house }
    }

    /// Whether the password was given of late.
    pub fn is_proven(&self, now: Instant) -> bool {
        self.session.proven_at.plus_minutes(PROVEN) > now
    }
}

/// What a member still has to show after his password.
pub fn step_of(app: &App, member: &Member, role: Role) -> Step {
    let needed = policy::needs_second_factor(role, member.kind) && app.door.second_factor == SecondFactor::Required;
    match &member.totp_secret {
        Some(_) => Step::Password,
        None if needed => Step::SetUp,
        None => Step::Whole,
    }
}

/// Begins a session, in place of another where one is named. The secret goes to the browser and nowhere else.
pub fn open(
    app: &App,
    member: &Member,
    step: Step,
    agent: &str,
    instead_of: Option<Digest>,
) -> Result<Secret, AppError> {
    let (secret, now) = (Secret::new(&*app.random), app.now());
    let session = Session {
        token_hash: secret.hash(),
        home: member.home,
        member: member.id,
        step,
        agent: agent.chars().filter(|c| !c.is_control()).take(AGENT).collect(),
        created_at: now,
        used_at: now,
        proven_at: now,
        ends_at: now.plus_minutes(if step == Step::Whole { IDLE } else { HALF_WAY }),
    };
    app.store.add_session(&session, instead_of, now)?;
    Ok(secret)
}

/// Whose session this is; `None` for one that has ended, or whose member may no longer act.
pub fn find(app: &App, token_hash: Digest) -> Result<Option<Present>, AppError> {
    let Some((session, member)) = app.store.session(token_hash)? else { return Ok(None) };
    let now = app.now();
    if session.ends_at <= now || member.disabled_at.is_some() {
        return Ok(None);
    }
    let Some(House { role, name: organisation, is_trader }) = organisation(app, member.home)? else { return Ok(None) };
    note_use(app, &session, now)?;
    let step = match (session.step, step_of(app, &member, role)) {
        // Whoever became a signer since has to set one up first.
        (Step::Whole, Step::SetUp) => Step::SetUp,
        // Somebody else, or he on another device, has set one up since: it is not replaced from here.
        (Step::SetUp, Step::Password) => Step::Password,
        (step, _) => step,
    };
    let suspended = app.store.suspension(member.home)?.is_some();
    Ok(Some(Present { session, member, role, organisation, is_trader, suspended, step }))
}

/// An organisation, for its own people.
pub struct House {
    pub role: Role,
    /// Its handle where the name was erased.
    pub name: Name,
    pub is_trader: bool,
}

pub fn organisation(app: &App, handle: Handle) -> Result<Option<House>, AppError> {
    let Some(Entity::Organisation(it)) = app.store.subject(handle)?.map(|known| known.entity) else { return Ok(None) };
    let name = it.name_for(Why::Own).cloned().or_else(|| nameless(handle));
    Ok(name.map(|name| House { role: it.role, name, is_trader: it.kind.only_trades() }))
}

fn nameless(handle: Handle) -> Option<Name> {
    let zh = handle.to_string().parse().ok()?;
    Some(Name { zh, en: None })
}

fn note_use(app: &App, session: &Session, now: Instant) -> Result<(), AppError> {
    if session.step != Step::Whole || session.used_at.plus_minutes(NOTED_EVERY) > now {
        return Ok(());
    }
    let ends_at = now.plus_minutes(IDLE).min(session.created_at.plus_minutes(LONGEST));
    // A database that takes no writes shows its pages still.
    if let Err(error) = app.store.touch_session(session.token_hash, now, ends_at) {
        tracing::warn!(%error, "a session's use could not be noted");
    }
    Ok(())
}

/// Sessions of a member that have not ended, the one used last first.
pub fn list(app: &App, home: Handle, member: MemberId) -> Result<Vec<Session>, AppError> {
    let now = app.now();
    let mut all = app.store.sessions(home, member)?;
    all.retain(|session| session.ends_at > now);
    Ok(all)
}

/// Ends all sessions of a member but this.
pub fn end_others(app: &App, home: Handle, member: MemberId, this: Digest) -> Result<(), AppError> {
    for session in app.store.sessions(home, member)?.iter().filter(|session| session.token_hash != this) {
        app.store.end_sessions(home, member, Some(session.token_hash))?;
    }
    Ok(())
}

/// Ends one session of a member, or all of his.
pub fn end(app: &App, home: Handle, member: MemberId, which: Option<Digest>) -> Result<usize, AppError> {
    Ok(app.store.end_sessions(home, member, which)?)
}
