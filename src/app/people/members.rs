//! Members: how somebody becomes one, and what becomes of him. Whoever acts here is a manager of the same organisation; of another's
//! members he learns nothing.

use crate::app::{App, AppError, Caller};
use crate::auth::password::Password;
use crate::auth::session::Secret;
use crate::domain::kinds::Name;
use crate::domain::people::{Login, MemberId, MemberKind, MemberName};
use crate::domain::record::{Digest, Handle};
use crate::store::people::{Change, Changed, Joined};
use crate::store::{Invitation, Member};

use super::door::Turn;
use super::sessions::{self, Present};
use super::{PeopleError, parsed};

/// Operation that manages people, in the table of who may do what.
pub const MANAGE: &str = "members.manage";

/// Minutes for which a link is good: to join, to set a password anew, and one from the server's terminal.
const TO_JOIN: i64 = 7 * 24 * 60;
const TO_RESET: i64 = 24 * 60;
const FROM_TERMINAL: i64 = 24 * 60;
/// Members and open invitations of one organisation.
const MOST: usize = 300;

/// A member without an invitation: the demo's. The password is not judged.
pub fn add(
    app: &App,
    home: Handle,
    login: &str,
    name: &str,
    kind: MemberKind,
    password: &str,
) -> Result<(), PeopleError> {
    let (login, name): (Login, MemberName) = (parsed("login", login)?, parsed("name", name)?);
    let hash = hashed(app, &Password::typed(password))?;
    Ok(app.store.add_member(&made(app, home, login, name, kind, hash), &[])?)
}

/// Members of the caller's organisation, oldest first.
pub fn list(app: &App, caller: Caller) -> Result<Vec<Member>, PeopleError> {
    caller.may(MANAGE)?;
    Ok(app.store.members(Some(caller.organisation))?)
}

/// Its links that are still good, newest first.
pub fn invitations(app: &App, caller: Caller) -> Result<Vec<Invitation>, PeopleError> {
    caller.may(MANAGE)?;
    let now = app.now();
    let mut all = app.store.invitations(caller.organisation)?;
    all.retain(|link| link.expires_at > now);
    Ok(all)
}

/// A link by which somebody becomes a member. It is answered once and kept nowhere.
pub fn invite(app: &App, caller: Caller, name: &str, kind: MemberKind) -> Result<Secret, PeopleError> {
    app.may(caller, MANAGE)?;
    let open = invitations(app, caller)?.len();
    if open + list(app, caller)?.len() >= MOST {
        return Err(PeopleError::TooMany { most: MOST });
    }
    let by = caller.member.map(|member| member.id);
    link(app, caller.organisation, parsed("name", name)?, kind, (None, by), TO_JOIN)
}

/// The same from the server's terminal: the way in for the first manager of an organisation.
pub fn invite_from_terminal(app: &App, home: Handle, name: &str, kind: MemberKind) -> Result<Secret, PeopleError> {
    if sessions::organisation(app, home)?.is_none() {
        return Err(AppError::Refused(crate::domain::acts::Refusal::not_found("organisation", home)).into());
    }
    link(app, home, parsed("name", name)?, kind, (None, None), FROM_TERMINAL)
}

/// The same for the first manager of an organisation that was admitted; links made before are good no more.
pub fn invite_first(
    app: &App,
    home: Handle,
    name: &str,
    kind: MemberKind,
    by: Option<MemberId>,
) -> Result<Secret, PeopleError> {
    for link in app.store.invitations(home)? {
        app.store.withdraw_invitation(home, link.token_hash)?;
    }
    link(app, home, parsed("name", name)?, kind, (None, by), TO_JOIN)
}

fn link(
    app: &App,
    home: Handle,
    name: MemberName,
    kind: MemberKind,
    (member, invited_by): (Option<MemberId>, Option<MemberId>),
    minutes: i64,
) -> Result<Secret, PeopleError> {
    let (secret, now) = (Secret::new(&*app.random), app.now());
    let expires_at = now.plus_minutes(minutes);
    let token_hash = secret.hash();
    let link = Invitation { token_hash, home, member, kind, name, invited_by, created_at: now, expires_at };
    app.store.add_invitation(&link)?;
    tracing::info!(organisation = %home, kind = kind.as_str(), resets = member.is_some(), "a link was made");
    Ok(secret)
}

/// A link that is still good, with the organisation it leads into.
pub fn find_link(app: &App, secret: Secret, resets: bool) -> Result<(Invitation, Name), PeopleError> {
    let found = app.store.invitation(secret.hash())?.filter(|link| link.expires_at > app.now());
    let link = found.filter(|link| link.member.is_some() == resets).ok_or(PeopleError::LinkGone)?;
    let name = sessions::organisation(app, link.home)?.ok_or(PeopleError::LinkGone)?.name;
    Ok((link, name))
}

/// What somebody chose who follows a link.
pub struct Chosen {
    pub name: String,
    pub login: String,
    pub password: String,
}

/// Becomes a member.
pub fn join(app: &App, secret: Secret, chosen: &Chosen, turn: Turn) -> Result<Member, PeopleError> {
    let (link, organisation) = find_link(app, secret, false)?;
    app.may_grow(link.home)?;
    let (name, login): (MemberName, Login) = (parsed("name", &chosen.name)?, parsed("login", &chosen.login)?);
    let hash = judged(app, &chosen.password, &[login.as_str(), name.as_str()], &organisation)?;
    drop(turn);
    let member = made(app, link.home, login, name, link.kind, hash);
    match app.store.join(&member, link.token_hash)? {
        Joined::Done => {}
        Joined::LoginTaken => return Err(PeopleError::LoginTaken),
        Joined::Gone => return Err(PeopleError::LinkGone),
    }
    tracing::info!(member = %member.id, organisation = %member.home, kind = member.kind.as_str(), "a member joined");
    Ok(member)
}

/// A link by which a member sets his password anew; those made before are good no more.
pub fn reset_link(app: &App, caller: Caller, id: MemberId) -> Result<Secret, PeopleError> {
    app.may(caller, MANAGE)?;
    let member = of_house(app, caller, id)?;
    if member.disabled_at.is_some() {
        return Err(PeopleError::NoSuchMember);
    }
    let by = caller.member.map(|member| member.id);
    link(app, member.home, member.name, member.kind, (Some(id), by), TO_RESET)
}

/// The same from the server's terminal.
pub fn reset_from_terminal(app: &App, login: &str) -> Result<Secret, PeopleError> {
    let login: Login = parsed("login", login)?;
    let member = app.store.member_by_login(&login)?.filter(|member| member.disabled_at.is_none());
    let member = member.ok_or(PeopleError::NoSuchMember)?;
    link(app, member.home, member.name, member.kind, (Some(member.id), None), FROM_TERMINAL)
}

/// Sets a password anew by a link; all sessions end. A second factor stays: the link stands for the password alone.
pub fn reset(app: &App, secret: Secret, password: &str, turn: Turn) -> Result<Member, PeopleError> {
    let (link, organisation) = find_link(app, secret, true)?;
    let id = link.member.ok_or(PeopleError::LinkGone)?;
    let found = app.store.member(link.home, id)?.filter(|member| member.disabled_at.is_none());
    let member = found.ok_or(PeopleError::LinkGone)?;
    let hash = judged(app, password, &[member.login.as_str(), member.name.as_str()], &organisation)?;
    drop(turn);
    if !app.store.reset_password(&link, &hash, app.now())? {
        return Err(PeopleError::LinkGone);
    }
    tracing::info!(member = %id, organisation = %member.home, "a password was set anew by a link");
    Ok(member)
}

/// Changes one's own password; his other sessions end. The one he has now is proven by whoever calls.
pub fn change_password(app: &App, present: &Present, new: &str, turn: Turn) -> Result<(), PeopleError> {
    let member = &present.member;
    let hash = judged(app, new, &[member.login.as_str(), member.name.as_str()], &present.organisation)?;
    drop(turn);
    let keep = Some(present.session.token_hash);
    let change = Change::Password { hash, at: app.now(), keep };
    app.store.change_member(member.home, member.id, &change)?;
    tracing::info!(member = %member.id, "a password was changed");
    Ok(())
}

/// Withdraws a link.
pub fn withdraw(app: &App, caller: Caller, link: Digest) -> Result<(), PeopleError> {
    caller.may(MANAGE)?;
    let gone = app.store.withdraw_invitation(caller.organisation, link)?;
    if gone { Ok(()) } else { Err(PeopleError::LinkGone) }
}

/// What a manager changes of another member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Of {
    Kind(MemberKind),
    /// He may log in no more, and is logged out.
    Disabled,
    Enabled,
    /// For whoever lost his authenticator and his codes: he sets up another at the next login.
    NoSecondFactor,
}

/// Changes another member of the house. Nobody changes himself, and a manager is always left, whoever else changes at the moment.
pub fn change(app: &App, caller: Caller, id: MemberId, what: Of) -> Result<(), PeopleError> {
    // Taking rights away is open to whoever is suspended too.
    if !matches!(what, Of::Disabled) {
        app.may(caller, MANAGE)?;
    }
    of_house(app, caller, id)?;
    if caller.member.is_some_and(|acting| acting.id == id) {
        return Err(PeopleError::Himself);
    }
    let change = match what {
        Of::Kind(kind) => Change::Kind(kind),
        Of::Disabled => Change::Disabled(Some(app.now())),
        Of::Enabled => Change::Disabled(None),
        Of::NoSecondFactor => Change::NoSecondFactor,
    };
    match app.store.change_member(caller.organisation, id, &change)? {
        Changed::Done => {}
        Changed::Nobody => return Err(PeopleError::NoSuchMember),
        Changed::LastManager => return Err(PeopleError::Himself),
    }
    tracing::info!(member = %id, by = ?caller.member.map(|it| it.id), ?what, "a member was changed");
    Ok(())
}

/// A member of the caller's organisation; one of another is none.
fn of_house(app: &App, caller: Caller, id: MemberId) -> Result<Member, PeopleError> {
    caller.may(MANAGE)?;
    app.store.member(caller.organisation, id)?.ok_or(PeopleError::NoSuchMember)
}

fn made(app: &App, home: Handle, login: Login, name: MemberName, kind: MemberKind, password: String) -> Member {
    let (now, mut id) = (app.now(), [0; 16]);
    app.random.fill(&mut id);
    Member {
        home,
        id: Handle::from_bytes(id),
        login,
        name,
        kind,
        password,
        password_at: now,
        totp_secret: None,
        totp_step: None,
        created_at: now,
        disabled_at: None,
    }
}

/// A password that is good enough, as it is kept.
fn judged(app: &App, typed: &str, own: &[&str], organisation: &Name) -> Result<String, PeopleError> {
    let password = Password::typed(typed);
    let house = [organisation.zh.as_str(), organisation.english()];
    password.judge(&[own, &house].concat()).map_err(PeopleError::Weak)?;
    hashed(app, &password)
}

fn hashed(app: &App, password: &Password) -> Result<String, PeopleError> {
    let failed = || AppError::Failed("a password could not be hashed".into());
    Ok(password.hash(&*app.random).ok_or_else(failed)?)
}
