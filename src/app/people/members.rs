//! Members: how somebody becomes one, and what becomes of him.

use crate::app::App;
use crate::auth::password::Password;
use crate::domain::people::{Login, MemberId, MemberKind, MemberName};
use crate::domain::record::Handle;
use crate::store::Member;

use super::{PeopleError, parsed};

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
    let member = made(app, home, login, name, kind, password)?;
    Ok(app.store.add_member(&member, &[])?)
}

fn made(
    app: &App,
    home: Handle,
    login: Login,
    name: MemberName,
    kind: MemberKind,
    password: &str,
) -> Result<Member, PeopleError> {
    let now = app.now();
    Ok(Member {
        home,
        id: new_id(app),
        login,
        name,
        kind,
        password: hashed(app, password)?,
        password_at: now,
        totp_secret: None,
        totp_step: None,
        created_at: now,
        disabled_at: None,
    })
}

fn new_id(app: &App) -> MemberId {
    let mut id = [0; 16];
    app.random.fill(&mut id);
    Handle::from_bytes(id)
}

fn hashed(app: &App, password: &str) -> Result<String, PeopleError> {
    let hash = Password::typed(password).hash(&*app.random);
    Ok(hash.ok_or_else(|| crate::app::AppError::Failed("a password could not be hashed".into()))?)
}
