//! Who acts for the organisation: inviting, disabling, helping who forgot a password. For managers.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;

use super::account::problem;
use super::handing::Handed;
use super::login::{checking, status_of};
use super::{Form, Person, Said, TypedForm, own, own_page, see_other};
use crate::app::people::members::{self, MANAGE, Of};
use crate::app::people::{Invitation, Member, PeopleError};
use crate::auth::policy;
use crate::auth::session::Secret;
use crate::domain::people::{MemberId, MemberKind};
use crate::http::extract::{State, locale};
use crate::http::problem::Problem;
use crate::web::words::Words;

own_page!(MembersPage, "people/members.html", HERE, MembersView);

const HERE: &str = "/console/members";

struct MembersView {
    person: Person,
    members: Vec<Line>,
    links: Vec<Open>,
    kinds: Vec<&'static str>,
    /// The password was given of late: forms are there.
    proven: bool,
    name: String,
    kind: String,
    /// A link that was just made, for passing on.
    made: Option<Made>,
    error: Option<Said>,
}

struct Line {
    id: String,
    name: String,
    login: String,
    kind: &'static str,
    since: String,
    disabled: bool,
    has_second_factor: bool,
    is_self: bool,
}

struct Open {
    id: String,
    name: String,
    kind: &'static str,
    until: String,
    resets: bool,
}

struct Made {
    handed: Handed,
    name: String,
    resets: bool,
}

/// What a page is shown with beside the lists.
#[derive(Default)]
struct Beside {
    name: String,
    kind: String,
    made: Option<Made>,
    error: Option<Said>,
}

pub async fn page(app: State, request: HttpRequest, person: Person) -> Result<HttpResponse, Problem> {
    show(&app, &request, person, StatusCode::OK, Beside::default()).await
}

async fn show(
    app: &State,
    request: &HttpRequest,
    person: Person,
    status: StatusCode,
    beside: Beside,
) -> Result<HttpResponse, Problem> {
    let caller = person.actor;
    let read = checking(app, move |app| Ok((members::list(app, caller)?, members::invitations(app, caller)?)));
    let (all, links) = read.await.map_err(problem)?;
    let view = MembersView {
        members: all.iter().map(|member| line(member, person.member)).collect(),
        links: links.iter().map(open).collect(),
        kinds: kinds(&person),
        proven: person.present.is_proven(app.now()),
        name: beside.name,
        kind: beside.kind,
        made: beside.made,
        error: beside.error,
        person,
    };
    Ok(own(request, status, &MembersPage::of(&view, app, request)))
}

/// Kinds that differ in what they may do in such an organisation.
fn kinds(person: &Person) -> Vec<&'static str> {
    let signs = policy::may(person.role(), "sample.report");
    let apart = |kind: &&MemberKind| signs || **kind != MemberKind::Signer;
    MemberKind::ALL.iter().filter(apart).map(|kind| kind.as_str()).collect()
}

fn line(member: &Member, own: MemberId) -> Line {
    Line {
        id: member.id.to_string(),
        name: member.name.to_string(),
        login: member.login.to_string(),
        kind: member.kind.as_str(),
        since: member.created_at.to_string(),
        disabled: member.disabled_at.is_some(),
        has_second_factor: member.totp_secret.is_some(),
        is_self: member.id == own,
    }
}

fn open(link: &Invitation) -> Open {
    Open {
        id: link.token_hash.to_string(),
        name: link.name.to_string(),
        kind: link.kind.as_str(),
        until: link.expires_at.to_string(),
        resets: link.member.is_some(),
    }
}

#[derive(Deserialize)]
pub struct Invited {
    #[serde(default)]
    name: String,
    #[serde(default)]
    kind: String,
}

/// Makes a link by which somebody joins, and shows it once.
pub async fn invite(app: State, request: HttpRequest, form: TypedForm<Invited>) -> Result<HttpResponse, Problem> {
    let TypedForm { person, fields: Invited { name, kind }, is_handed_on, typed } = form;
    if let Some(away) = typed.proves_again(&app, &request, &person, MANAGE, HERE)? {
        return Ok(away);
    }
    if is_handed_on {
        return show(&app, &request, person, StatusCode::OK, Beside { name, kind, ..Beside::default() }).await;
    }
    let (caller, typed, chosen) = (person.actor, name.clone(), kind.parse::<MemberKind>());
    let made = match chosen {
        Ok(kind) => checking(&app, move |app| members::invite(app, caller, &typed, kind)).await,
        Err(invalid) => Err(PeopleError::Invalid { field: "kind", invalid }),
    };
    match made {
        Ok(secret) => {
            let link = address(&app, "invitation", secret);
            let handed = handed(&person, &request, link, "link-says-join");
            let made = Some(Made { handed, name, resets: false });
            show(&app, &request, person, StatusCode::OK, Beside { made, ..Beside::default() }).await
        }
        Err(error) => {
            let (status, error) = (status_of(&error).0, Some(Said::of(error, "name")?));
            show(&app, &request, person, status, Beside { name, kind, error, made: None }).await
        }
    }
}

/// With a sentence that says whose link it is and how long it holds.
fn handed(person: &Person, request: &HttpRequest, link: String, key: &str) -> Handed {
    let w = Words::new(locale(request), "");
    let says = w.t1(key, "organisation", w.house(&person.organisation));
    Handed::new(link, &says)
}

fn address(app: &State, way: &str, secret: Secret) -> String {
    format!("{}/{way}/{}", app.public_url, secret.reveal())
}

#[derive(Deserialize)]
pub struct Changed {
    /// Of a member, or of a link.
    #[serde(default)]
    id: String,
    #[serde(default)]
    act: String,
}

/// Changes a member, or withdraws a link.
pub async fn change(app: State, request: HttpRequest, form: Form<Changed>) -> Result<HttpResponse, Problem> {
    let Form { person, fields } = form;
    if let Some(away) = person.proves_again(&app, MANAGE, HERE)? {
        return Ok(away);
    }
    let missing = || Problem::new("not-found").at("id", &fields.id);
    let caller = person.actor;
    if fields.act == "withdraw" {
        let link = fields.id.parse().map_err(|_| missing())?;
        checking(&app, move |app| members::withdraw(app, caller, link)).await.map_err(problem)?;
        return Ok(see_other(HERE));
    }
    let id: MemberId = fields.id.parse().map_err(|_| missing())?;
    if fields.act == "reset" {
        return reset(app, request, person, id).await;
    }
    let what = match fields.act.as_str() {
        "disable" => Of::Disabled,
        "enable" => Of::Enabled,
        "no_second_factor" => Of::NoSecondFactor,
        kind => Of::Kind(kind.parse().map_err(|_| Problem::new("bad-parameter").at("act", kind))?),
    };
    match checking(&app, move |app| members::change(app, caller, id, what)).await {
        Ok(()) => Ok(see_other(HERE)),
        Err(error) => {
            let (status, error) = (status_of(&error).0, Some(Said::of(error, "members")?));
            show(&app, &request, person, status, Beside { error, ..Beside::default() }).await
        }
    }
}

async fn reset(app: State, request: HttpRequest, person: Person, id: MemberId) -> Result<HttpResponse, Problem> {
    let caller = person.actor;
    let secret = checking(&app, move |app| members::reset_link(app, caller, id)).await.map_err(problem)?;
    let handed = handed(&person, &request, address(&app, "reset", secret), "link-says-reset");
    let made = Some(Made { handed, name: String::new(), resets: true });
    show(&app, &request, person, StatusCode::OK, Beside { made, ..Beside::default() }).await
}
