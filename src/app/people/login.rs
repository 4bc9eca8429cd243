//! Logging in: the password, then, where there is one, the code.

use crate::app::{App, AppError};
use crate::auth::password::Password;
use crate::auth::session::Secret;
use crate::domain::people::Login;
use crate::domain::record::Digest;
use crate::store::Member;
use crate::store::people::Step;

use super::PeopleError;
use super::door::Turn;
use super::sessions::{self, Present};
use super::throttle::Admitted;

/// What somebody showed who is in.
pub struct Entered {
    pub secret: Secret,
    pub step: Step,
    /// By which his device is known again, when he logs in by this name.
    pub mark: String,
    pub login: String,
}

/// What was typed at the door.
pub struct Typed {
    pub login: String,
    pub password: String,
    pub agent: String,
}

/// The name by which attempts are counted: of what cannot be a login, the beginning of what was typed.
pub fn counted_as(typed: &str) -> String {
    typed.parse::<Login>().map_or_else(|_| typed.chars().take(60).collect(), |login| login.to_string())
}

/// Judges a login. Unknown, disabled and wrong are one answer after the same work.
pub fn enter(app: &App, typed: &Typed, admitted: &Admitted, turn: Turn) -> Result<Entered, PeopleError> {
    let member = match typed.login.parse::<Login>() {
        Ok(login) => app.store.member_by_login(&login)?.filter(|member| member.disabled_at.is_none()),
        Err(_) => None,
    };
    let fits = Password::typed(&typed.password).fits(member.as_ref().map(|member| member.password.as_str()));
    drop(turn);
    let Some(member) = member.filter(|_| fits) else {
        tracing::info!("a login was refused");
        return Err(PeopleError::Wrong);
    };
    app.door.throttle.take_back(admitted);
    begin(app, &member, &typed.agent)
}

/// A session for somebody whose password was right, or who has just set it.
pub fn begin(app: &App, member: &Member, agent: &str) -> Result<Entered, PeopleError> {
    let Some(sessions::House { role, .. }) = sessions::organisation(app, member.home)? else {
        return Err(PeopleError::Wrong);
    };
    let step = sessions::step_of(app, member, role);
    let secret = sessions::open(app, member, step, agent, None)?;
    tracing::info!(member = %member.id, organisation = %member.home, step = step.as_str(), "logged in");
    let mark = app.door.marks.make(&*app.random, member.login.as_str());
    Ok(Entered { secret, step, mark, login: member.login.to_string() })
}

/// Whether somebody who is logged in gave his password again.
pub fn prove(app: &App, present: &Present, typed: &str, admitted: &Admitted, turn: Turn) -> Result<(), PeopleError> {
    let fits = Password::typed(typed).fits(Some(&present.member.password));
    drop(turn);
    if !fits {
        tracing::info!(member = %present.member.id, "a password that was asked again was wrong");
        return Err(PeopleError::Wrong);
    }
    app.door.throttle.take_back(admitted);
    app.store.prove_session(present.session.token_hash, app.now())?;
    Ok(())
}

/// Ends the session that is being used.
pub fn leave(app: &App, token_hash: Digest) -> Result<(), AppError> {
    if let Some((session, _)) = app.store.session(token_hash)? {
        sessions::end(app, session.home, session.member, Some(token_hash))?;
    }
    Ok(())
}
