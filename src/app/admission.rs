//! Admission: an organisation asks, the operator decides. Approving registers it by the act that REST performs too, and makes the
//! link for its first manager. Suspending takes an organisation's right to write, and gives it back.
//!
//! The operator alone decides: `organisation.registered` is his record. Whoever an association trusts is told by its licences.

use sha2::Digest as _;

use super::people::members;
use super::people::throttle::Network;
use super::people::{PeopleError, parsed, sessions};
use super::sift::{Wanted, sift};
use super::{App, AppError, Caller, Conditions, IdempotencyKey, reads};
use crate::auth::session::Secret;
use crate::domain::acts::organisations::RegisterOrganisation;
use crate::domain::acts::{Refusal, Told};
use crate::domain::kinds::Name;
use crate::domain::kinds::organisations::{Accreditation, OrganisationKind};
use crate::domain::people::{Login, MemberKind, MemberName};
use crate::domain::record::{Digest, Handle, Role, SubjectKind};
use crate::domain::text::Text;
use crate::domain::time::{CivilDate, Instant};
use crate::domain::uscc::Uscc;
use crate::store::admission::{Decision, Room};

pub use crate::store::{Application, Suspension};

/// Deciding on applications, and suspending, in the table of who may do what.
pub const DECIDE: &str = "application.decide";
pub const SUSPEND: &str = "organisation.suspend";
const READ: &str = "page.applications";

/// Applications that wait at most: more than an operator looks through. Then the network that sent most makes room.
const MOST: u64 = 1_000;

/// After so long without an answer an application lapses: a quarter of a year is longer than an operator is away, and names and
/// telephones of people are not kept for nobody. Whoever still wants to come in applies again.
const LAPSES_AFTER_DAYS: i64 = 90;

/// Kinds that apply: not the operator, who is there, and not households, who have no code.
pub const KINDS: &[OrganisationKind] = &[
    OrganisationKind::Cooperative,
    OrganisationKind::FamilyFarm,
    OrganisationKind::Company,
    OrganisationKind::Packhouse,
    OrganisationKind::Processor,
    OrganisationKind::Laboratory,
    OrganisationKind::Association,
    OrganisationKind::Logistics,
    OrganisationKind::Buyer,
    OrganisationKind::Regulator,
];

/// What was typed into the form.
#[derive(Debug, Clone, Default, serde::Deserialize)]
#[serde(default)]
pub struct Typed {
    pub kind: String,
    pub name_zh: String,
    pub name_en: String,
    pub uscc: String,
    pub place: String,
    pub contact: String,
    pub cma: String,
    pub cma_until: String,
    pub manager_name: String,
    pub manager_login: String,
}

/// Takes an application; answers its number, for asking after it. Nothing is told of who is registered already.
pub fn apply(app: &App, typed: &Typed, from: Network) -> Result<String, PeopleError> {
    let mut application = read(app, typed)?;
    let mut id = [0; 16];
    app.random.fill(&mut id);
    application.id = Handle::from_bytes(id);
    if !app.store.take_application(&application, from.as_bytes(), Room { most: MOST, since: counted_since(app) })? {
        return Err(AppError::Busy.into());
    }
    tracing::info!(application = %application.id, "an organisation applied");
    Ok(number(application.id))
}

/// Whatever was sent before and waits still has lapsed.
fn counted_since(app: &App) -> Instant {
    app.now().plus_minutes(-LAPSES_AFTER_DAYS * 24 * 60)
}

/// Whether nobody answered it in time. Until another one comes it is still there, and may be decided.
pub fn has_lapsed(app: &App, it: &Application) -> bool {
    it.decision.is_none() && it.created_at < counted_since(app)
}

/// As it is told on the telephone.
pub fn number(id: Handle) -> String {
    id.to_string()[..8].to_uppercase()
}

/// Whether everything is well-formed.
pub fn check(app: &App, typed: &Typed) -> Result<(), PeopleError> {
    read(app, typed).map(|_| ())
}

/// A kind as it stands in records and forms.
pub fn word(kind: OrganisationKind) -> String {
    serde_json::to_value(kind).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

fn read(app: &App, typed: &Typed) -> Result<Application, PeopleError> {
    let needed = [
        ("name_zh", &typed.name_zh),
        ("uscc", &typed.uscc),
        ("place", &typed.place),
        ("contact", &typed.contact),
        ("manager_name", &typed.manager_name),
        ("manager_login", &typed.manager_login),
    ];
    if let Some((field, _)) = needed.into_iter().find(|(_, text)| text.trim().is_empty()) {
        return Err(PeopleError::Missing { field });
    }
    let kind = KINDS.iter().copied().find(|kind| word(*kind) == typed.kind);
    let uscc: Uscc = parsed("uscc", typed.uscc.trim())?;
    let manager_login: Login = parsed("manager_login", &typed.manager_login)?;
    let optional = |field, text: &str| match text.trim() {
        "" => Ok(String::new()),
        text => parsed::<Text<120>>(field, text).map(|text| text.to_string()),
    };
    let cma = match (typed.cma.trim(), typed.cma_until.trim()) {
        ("", "") => None,
        (number, until) => Some((parsed::<Text<60>>("cma", number)?, parsed::<CivilDate>("cma_until", until)?)),
    };
    Ok(Application {
        id: Handle::from_bytes([0; 16]),
        kind: kind.ok_or(PeopleError::Missing { field: "kind" })?,
        name_zh: parsed::<Text<120>>("name_zh", &typed.name_zh)?.to_string(),
        name_en: optional("name_en", &typed.name_en)?,
        uscc: uscc.to_string(),
        place: parsed::<Text<120>>("place", &typed.place)?.to_string(),
        contact: parsed::<Text<120>>("contact", &typed.contact)?.to_string(),
        cma: cma.map(|(number, until)| (number.to_string(), until)),
        manager_name: parsed::<MemberName>("manager_name", &typed.manager_name)?.to_string(),
        manager_login: manager_login.to_string(),
        created_at: app.now(),
        decision: None,
    })
}

/// Applications that hold what is wanted, newest first, from `after` on, and where the list goes on. Only those that are answered count as
/// read.
pub fn list(
    app: &App,
    caller: Caller,
    wanted: Option<&Wanted>,
    (after, limit): (u64, u32),
) -> Result<(Vec<Application>, Option<u64>), AppError> {
    caller.may(READ)?;
    let read = |skip, count: u32| {
        let mut stretch = app.store.applications(skip, count + 1)?;
        let goes_on = stretch.len() > count as usize;
        stretch.truncate(count as usize);
        Ok((stretch, goes_on.then(|| skip + u64::from(count))))
    };
    let (mut shown, next) = match wanted {
        None => read(after, limit)?,
        Some(wanted) => {
            let fits = |it: &Application| {
                [&it.name_zh, &it.name_en, &it.uscc, &it.place].iter().any(|text| wanted.is_in(text))
                    || wanted.is_in(&number(it.id))
            };
            let sifted = sift((after, limit), read, fits)?;
            (sifted.items, sifted.next)
        }
    };
    reads::of_applications(app, caller, &mut shown);
    Ok((shown, next))
}

/// Applications with this credit code among the newest. Only their numbers are shown, so that nobody's are read by it.
pub fn of_code(app: &App, caller: Caller, uscc: &str) -> Result<Vec<Application>, AppError> {
    caller.may(READ)?;
    let newest = app.store.applications(0, MOST as u32)?;
    Ok(newest.into_iter().filter(|it| it.uscc == uscc).collect())
}

/// How many wait for the operator.
pub fn waiting(app: &App, caller: Caller) -> Result<u64, AppError> {
    if caller.may(READ).is_err() {
        return Ok(0);
    }
    Ok(app.store.open_applications(counted_since(app))?)
}

/// One application.
pub fn get(app: &App, caller: Caller, id: Handle) -> Result<Application, AppError> {
    caller.may(READ)?;
    app.store.application(id)?.ok_or_else(|| Refusal::not_found("id", id).into())
}

/// Registers the organisation and makes the link by which its first manager joins; answered once, and passed on by the operator.
/// Asked again, it makes another link for the same organisation until somebody joined.
pub fn approve(app: &App, caller: Caller, id: Handle) -> Result<Secret, PeopleError> {
    app.may(caller, DECIDE)?;
    let application = get(app, caller, id)?;
    let home = match &application.decision {
        None => register(app, caller, &application)?,
        Some(Decision { organisation: Some(home), .. }) if app.store.members(Some(*home))?.is_empty() => *home,
        Some(_) => return Err(PeopleError::Decided),
    };
    members::invite_first(app, home, &application.manager_name, MemberKind::Manager, caller.member.map(|it| it.id))
}

/// Whether nobody has joined it yet.
pub fn is_awaited(app: &App, home: Handle) -> Result<bool, AppError> {
    Ok(app.store.members(Some(home))?.is_empty())
}

fn register(app: &App, caller: Caller, application: &Application) -> Result<Handle, PeopleError> {
    let act = act(application)?;
    // Twice is once, also where the program ended between the record and the row.
    let request_hash = Digest::from_bytes(sha2::Sha256::digest(application.id.as_bytes()).into());
    let key = IdempotencyKey { key: format!("application-{}", application.id), request_hash };
    let conditions = Conditions { idempotency: Some(key), expected_head: None };
    let home = app.perform_blocking(caller, std::sync::Arc::new(act), conditions)?.id;
    let by = caller.member.map(|it| it.id);
    let decision = Decision { at: app.now(), by, organisation: Some(home), refusal: None };
    if !app.store.decide_application(application.id, &decision)? {
        return Err(PeopleError::Decided);
    }
    tracing::info!(application = %application.id, organisation = %home, "an application was approved");
    Ok(home)
}

fn act(application: &Application) -> Result<RegisterOrganisation, PeopleError> {
    let name = |zh: &str, en: &str| {
        Ok::<_, PeopleError>(Name {
            zh: parsed("name_zh", zh)?,
            en: if en.is_empty() { None } else { Some(parsed("name_en", en)?) },
        })
    };
    let laboratory = application.kind == OrganisationKind::Laboratory;
    let cma = application.cma.as_ref().filter(|_| laboratory);
    let accreditation =
        cma.map(|(number, until)| Ok::<_, PeopleError>(Accreditation { cma: parsed("cma", number)?, until: *until }));
    Ok(RegisterOrganisation {
        kind: application.kind,
        name: name(&application.name_zh, &application.name_en)?,
        uscc: Some(parsed("uscc", &application.uscc)?),
        gln: None,
        place: Some(name(&application.place, "")?),
        region: None,
        phone: None,
        accreditation: accreditation.transpose()?,
        contact: Some(parsed("contact", &application.contact)?),
        utc_offset_minutes: None,
        told: Told::default(),
    })
}

/// Refuses an application; why is kept, for whoever asks.
pub fn refuse(app: &App, caller: Caller, id: Handle, reason: &str) -> Result<(), PeopleError> {
    app.may(caller, DECIDE)?;
    get(app, caller, id)?;
    let reason: Text<400> = parsed("reason", reason)?;
    let by = caller.member.map(|it| it.id);
    let decision = Decision { at: app.now(), by, organisation: None, refusal: Some(reason.to_string()) };
    if !app.store.decide_application(id, &decision)? {
        return Err(PeopleError::Decided);
    }
    tracing::info!(application = %id, "an application was refused");
    Ok(())
}

/// Suspends an organisation: it reads and exports, and writes nothing; its public pages stay. The operator is not suspended.
pub fn suspend(app: &App, caller: Caller, home: Handle, reason: &str) -> Result<(), PeopleError> {
    app.may(caller, SUSPEND)?;
    known(app, home)?;
    let reason: Text<400> = parsed("reason", reason)?;
    if app.store.suspension(home)?.is_some() {
        return Ok(());
    }
    let by = caller.member.map(|it| it.id);
    let (since, reason) = (app.now(), reason.to_string());
    app.store.add_suspension(&Suspension { home, since, reason, by, lifted_at: None, lifted_by: None })?;
    tracing::warn!(organisation = %home, "an organisation was suspended");
    Ok(())
}

/// Lets it write again.
pub fn lift(app: &App, caller: Caller, home: Handle) -> Result<(), PeopleError> {
    app.may(caller, SUSPEND)?;
    known(app, home)?;
    app.store.lift_suspension(home, app.now(), caller.member.map(|it| it.id))?;
    tracing::warn!(organisation = %home, "a suspension was lifted");
    Ok(())
}

/// Suspensions of an organisation, newest first; of all where none is named.
pub fn suspensions(app: &App, caller: Caller, home: Option<Handle>) -> Result<Vec<Suspension>, AppError> {
    caller.may("page.organisations")?;
    Ok(app.store.suspensions(home)?)
}

/// An organisation that can be suspended.
fn known(app: &App, home: Handle) -> Result<(), AppError> {
    match sessions::organisation(app, home)? {
        Some(house) if house.role != Role::Operator => Ok(()),
        _ => Err(Refusal::not_found("id", home).into()),
    }
}

/// The organisation as the operator sees it.
pub fn organisation(app: &App, caller: Caller, id: Handle) -> Result<crate::domain::acts::Known, AppError> {
    caller.may("page.organisations")?;
    super::subjects::get(app, caller, SubjectKind::Organisation, id)
}
