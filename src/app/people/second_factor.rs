//! The second factor: setting up an authenticator, and the code at the door. Each code is accepted once.

use crate::app::App;
use crate::auth::session::Secret;
use crate::auth::totp;
use crate::store::people::{Change, Step};

use super::PeopleError;
use super::door::Knock;
use super::sessions::{self, Present};

/// A secret for an authenticator that is to be set up, as it is typed and as a symbol holds it.
pub struct Offered {
    pub text: String,
    pub address: String,
}

/// Offers a secret. It counts once a code of it was shown.
pub fn offer(app: &App, present: &Present) -> Offered {
    let secret = totp::new_secret(&*app.random);
    offered(&secret, present)
}

/// The same secret again, after a code that was not right. `None` for what we did not offer.
pub fn offer_again(text: &str, present: &Present) -> Option<Offered> {
    let secret = totp::from_base32(text).filter(|secret| secret.len() == 20)?;
    Some(offered(&secret, present))
}

fn offered(secret: &[u8], present: &Present) -> Offered {
    let text = totp::base32(secret);
    Offered { address: totp::address(secret, "溯源 Suyuan", present.member.login.as_str()), text }
}

/// What somebody gets who set up an authenticator.
pub struct SetUp {
    /// Shown once.
    pub recovery_codes: Vec<String>,
    /// A session in place of the one that was waiting for this.
    pub secret: Option<Secret>,
    /// By which this device is known when it shows a code again.
    pub mark: String,
}

/// Sets up an authenticator, in place of any before. Wherever else he is logged in ends: somebody may be in who knew the old one.
pub fn set_up(app: &App, present: &Present, text: &str, code: &str, agent: &str) -> Result<SetUp, PeopleError> {
    let secret = totp::from_base32(text).filter(|secret| secret.len() == 20).ok_or(PeopleError::WrongCode)?;
    let step = totp::step_of(&secret, code, app.now()).ok_or(PeopleError::WrongCode)?;
    let recovery_codes = totp::new_recovery_codes(&*app.random);
    let codes = recovery_codes.iter().filter_map(|code| totp::recovery_hash(code)).collect();
    let (member, keep) = (&present.member, present.session.token_hash);
    app.store.change_member(member.home, member.id, &Change::SecondFactor { secret, step, codes, keep })?;
    tracing::info!(member = %member.id, "an authenticator was set up");
    let secret = match present.step {
        Step::Whole => None,
        _ => Some(sessions::open(app, member, Step::Whole, agent, Some(present.session.token_hash))?),
    };
    Ok(SetUp { recovery_codes, secret, mark: mark(app, present) })
}

/// The name by which codes of a member are counted, and devices marked that showed one. A device that knew the password is none of
/// them: whoever has it and no more would be a new device each time he guesses.
pub fn counted_as(present: &Present) -> String {
    format!("code {}", present.member.id)
}

fn mark(app: &App, present: &Present) -> String {
    app.door.marks.make(&*app.random, &counted_as(present))
}

/// What somebody shows whose code was right.
pub struct Checked {
    pub secret: Secret,
    pub mark: String,
}

/// Takes the code of an authenticator, or a recovery code, from somebody whose password was right; answers his session. Devices that
/// showed one before are counted each for itself, all others of a member together, wherever they are.
pub fn check(app: &App, present: &Present, typed: &str, knock: Knock<'_>, agent: &str) -> Result<Checked, PeopleError> {
    let member = &present.member;
    let device = knock.device.or(Some("any other"));
    let admitted = app.door.throttle.admit(app.now(), knock.login, knock.from, device);
    let admitted = admitted.map_err(|seconds| PeopleError::Wait { seconds })?;
    if !is_right(app, present, typed)? {
        tracing::info!(member = %member.id, "a code was refused");
        return Err(PeopleError::WrongCode);
    }
    app.door.throttle.take_back(&admitted);
    let secret = sessions::open(app, member, Step::Whole, agent, Some(present.session.token_hash))?;
    Ok(Checked { secret, mark: mark(app, present) })
}

fn is_right(app: &App, present: &Present, typed: &str) -> Result<bool, PeopleError> {
    let member = &present.member;
    let Some(secret) = &member.totp_secret else { return Ok(false) };
    if let Some(step) = totp::step_of(secret, typed, app.now()) {
        return Ok(app.store.accept_step(member.home, member.id, step)?);
    }
    match totp::recovery_hash(typed) {
        Some(hash) => Ok(app.store.use_recovery_code(member.home, member.id, hash)?),
        None => Ok(false),
    }
}

/// How many recovery codes are left.
pub fn codes_left(app: &App, present: &Present) -> Result<usize, PeopleError> {
    Ok(app.store.recovery_codes(present.member.home, present.member.id)?.len())
}
