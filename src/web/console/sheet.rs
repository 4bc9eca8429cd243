//! One form a sheet: what it asks, which act it fills, where its sender goes afterwards. The two handlers of all sheets are here.

pub mod data;
pub mod files;
mod folded;
mod meanwhile;
mod signing;

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::http::header::LOCATION;
use actix_web::web::Payload;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::de::DeserializeOwned;
use sha2::{Digest as _, Sha256};

use super::kit::{FileField, Form, Group, TableField};
use super::lists::encoded;
use super::page::{self, Asked};
use super::read::Typed;
use super::shell::Shell;
use super::{home, proof};
use crate::app::prepare::Prepared;
use crate::app::{App, AppError, Caller, Conditions, IdempotencyKey, Receipt, attachments, results, subjects};
use crate::domain::acts::{Act, Known, Refusal};
use crate::domain::json;
use crate::domain::record::{Digest, Handle, Subject, SubjectKind};
use crate::http::extract::State;
use crate::http::problem::Problem;
use crate::web::words::Words;

/// What a sheet looks at while it is drawn up.
pub struct Desk<'a> {
    pub app: &'a App,
    pub shell: &'a Shell,
    /// The subject that the form is about; of another organisation it is not there.
    pub subject: Option<Known>,
}

impl Desk<'_> {
    pub fn w(&self) -> &Words {
        &self.shell.w
    }

    pub fn subject(&self) -> Result<&Known, AppError> {
        self.subject.as_ref().ok_or_else(|| Refusal::not_found("id", "").into())
    }
}

/// Field in which it is answered, and its words.
pub type Question = (&'static str, String);

/// A form of the console.
pub trait Sheet: Send + Sync + 'static {
    type Act: Act + DeserializeOwned + 'static;
    /// In the table of who may do what; the act says the same.
    const OPERATION: &'static str;
    /// Who has the page, where those are fewer than may the act.
    const PAGE: &'static str = Self::OPERATION;
    /// Of its texts.
    const KEY: &'static str;
    /// Where it stands; `{id}` is the subject.
    const PATH: &'static str;
    /// What it is about; a new subject is about none.
    const ABOUT: Option<SubjectKind> = None;

    /// Puts the fields in, with what is most likely right.
    fn draw(desk: &Desk<'_>, form: &mut Form) -> Result<(), AppError>;

    /// Last touches to the JSON of the act.
    fn adjust(_: &App, _: &Form, _: &mut serde_json::Value) -> Result<(), AppError> {
        Ok(())
    }

    /// Asks before it is recorded, where something is likely not meant: the field to answer in, and the question.
    fn ask(_: &Desk<'_>, _: &mut serde_json::Value) -> Result<Option<Question>, AppError> {
        Ok(None)
    }

    /// Whether the caller may fill it for this subject: its home, unless the sheet says otherwise.
    fn concerns(known: &Known, caller: Caller) -> bool {
        known.entity.home() == caller.organisation
    }

    /// Names the subject in the act.
    fn about(_: &mut Self::Act, _: Handle) {}

    /// Whether a file may stand beside the fields.
    const TAKES_FILE: bool = false;

    /// The list whose rows may come from a table, and how it is read.
    const TABLE: Option<ReadTable> = None;

    /// Whether a phone keeps it for places without a network, and sends what was filled there later.
    const KEPT: bool = false;

    /// What its sender may sign of it with a key of his own, told before it is recorded.
    fn prepare(_: &App, _: Caller, _: Self::Act) -> Result<Option<Prepared>, AppError> {
        Ok(None)
    }

    /// Where the sender goes when it is recorded.
    fn then(receipt: &Receipt) -> String;
}

/// Name of the list, and who reads it from the bytes of a file, for the sample of this code.
pub type ReadTable = (&'static str, fn(&[u8], &str) -> Result<results::Read, AppError>);

/// Reads the JSON of an act, and names the subject that it is about.
type ReadAct = fn(&[u8], Option<Handle>) -> Result<Arc<dyn Act>, Refusal>;

/// A sheet as data: what is done with all of them is compiled once, not once a sheet.
struct Plan {
    operation: &'static str,
    key: &'static str,
    about: Option<SubjectKind>,
    takes_file: bool,
    table: Option<ReadTable>,
    is_kept: bool,
    concerns: fn(&Known, Caller) -> bool,
    draw: fn(&Desk<'_>, &mut Form) -> Result<(), AppError>,
    adjust: fn(&App, &Form, &mut serde_json::Value) -> Result<(), AppError>,
    ask: fn(&Desk<'_>, &mut serde_json::Value) -> Result<Option<Question>, AppError>,
    act: ReadAct,
    prepare: signing::Prepare,
    then: fn(&Receipt) -> String,
}

impl Plan {
    const fn of<S: Sheet>() -> Self {
        Self {
            operation: S::OPERATION,
            key: S::KEY,
            about: S::ABOUT,
            takes_file: S::TAKES_FILE,
            table: S::TABLE,
            is_kept: S::KEPT,
            concerns: S::concerns,
            draw: S::draw,
            adjust: S::adjust,
            ask: S::ask,
            act: act::<S>,
            prepare: signing::prepare::<S>,
            then: S::then,
        }
    }
}

fn act<S: Sheet>(body: &[u8], about: Option<Handle>) -> Result<Arc<dyn Act>, Refusal> {
    Ok(Arc::new(parsed::<S>(body, about)?))
}

fn parsed<S: Sheet>(body: &[u8], about: Option<Handle>) -> Result<S::Act, Refusal> {
    let mut act: S::Act = json::parse(body)?;
    about.into_iter().for_each(|id| S::about(&mut act, id));
    Ok(act)
}

#[derive(Template)]
#[template(path = "console/form.html")]
struct FormPage<'a> {
    s: &'a Shell,
    w: &'a Words,
    f: &'a Form,
}

/// The form, empty but for what is offered.
pub async fn show<S: Sheet>(app: State, asked: Asked) -> HttpResponse {
    shown(app, asked, const { &Plan::of::<S>() }).await
}

async fn shown(app: State, asked: Asked, plan: &'static Plan) -> HttpResponse {
    if let Some(away) = proof::before(&app, &asked, plan.operation) {
        return away;
    }
    let about = asked.id.clone();
    let typed = Typed::asked(&asked.query);
    page::answer(&app, asked, move |app, shell| {
        let mut form = drawn(plan, app, shell, about.as_deref(), typed)?;
        form.finish();
        Ok((StatusCode::OK, render(shell, &form)))
    })
    .await
}

/// Takes a form: the act is performed, or the form comes back with everything that was typed.
async fn send(plan: &'static Plan, app: State, asked: Asked, pairs: Vec<(String, String)>) -> HttpResponse {
    if let Some(away) = proof::between(&app, &asked, plan.operation, &pairs) {
        return away;
    }
    let typed = Typed::sent(pairs);
    let (about, kept) = (asked.id.clone(), asked.clone());
    let target = asked.path.clone();
    let read = {
        let typed = typed.clone();
        let way = Way { target, by_script: asked.by_script };
        move |app: &App, shell: &Shell| read(plan, app, shell, about.as_deref(), typed, &way)
    };
    let ready = match page::look(&app, &asked, read).await {
        Ok(Read::Ready(act, conditions)) => Ok((act, conditions)),
        Ok(Read::Again(status, text)) => return page::finished(asked.by_script, status, text),
        Err(problem) => Err(problem),
    };
    let outcome = match ready {
        Ok((act, conditions)) => app.perform(asked.person.actor, act, conditions).await.map_err(Problem::from),
        Err(problem) => Err(problem),
    };
    match outcome {
        Ok(receipt) => {
            let first = home::first_steps(&app, &kept, plan.operation).await;
            let to = first.unwrap_or_else(|| (plan.then)(&receipt));
            let joint = if to.contains('?') { '&' } else { '?' };
            let location = format!("{to}{joint}done={}", plan.key);
            if kept.by_script {
                let about = kept.id.and_then(|id| id.parse().ok());
                return data::done(&location, &receipt, about);
            }
            // The page knows by the key which of the forms that it keeps has arrived.
            let key = typed.get("key").map_or_else(String::new, |key| format!("&key={}", encoded(&key)));
            HttpResponse::SeeOther().insert_header((LOCATION, format!("{location}{key}"))).finish()
        }
        Err(problem) => refused(plan, app, kept, typed, problem).await,
    }
}

/// The form again, with the refusal at its field and everything that was typed.
async fn refused(plan: &'static Plan, app: State, asked: Asked, typed: Typed, problem: Problem) -> HttpResponse {
    let (about, by_script) = (asked.id.clone(), asked.by_script);
    page::answer(&app, asked, move |app, shell| {
        let status = StatusCode::from_u16(problem.entry().status).unwrap_or(StatusCode::BAD_REQUEST);
        let mut form = drawn(plan, app, shell, about.as_deref(), typed)?;
        if problem.slug == "stale" {
            let since = form.sent_seq().map_or(0, |seq| seq.saturating_add(1));
            if let (Some(kind), Some(id)) = (plan.about, about.as_deref().and_then(|id| id.parse().ok())) {
                form.meanwhile = meanwhile::since(app, shell, Subject::new(kind, id), since)?;
            }
        } else {
            form.refuse(problem);
        }
        form.finish();
        Ok((status, answered(by_script, shell, &form)))
    })
    .await
}

/// How a form came, and to where.
struct Way {
    target: String,
    by_script: bool,
}

enum Read {
    Ready(Arc<dyn Act>, Conditions),
    Again(StatusCode, String),
}

fn read(
    plan: &Plan,
    app: &App,
    shell: &Shell,
    about: Option<&str>,
    mut typed: Typed,
    way: &Way,
) -> Result<Read, AppError> {
    let signs = signing::is_asked(&mut typed);
    let more = typed.more().is_some() && !signs;
    let (key, seen) = (typed.get("key").filter(|key| is_key(key)), typed.get("head"));
    let mut form = drawn(plan, app, shell, about, typed)?;
    let again = |mut form: Form, status| {
        form.finish();
        Ok(Read::Again(status, answered(way.by_script, shell, &form)))
    };
    if more {
        return again(form, StatusCode::OK);
    }
    let Some(mut value) = form.read(app.utc_offset_minutes) else {
        return again(form, StatusCode::UNPROCESSABLE_ENTITY);
    };
    if let Err(error) = (plan.adjust)(app, &form, &mut value) {
        form.refuse(error.into());
        return again(form, StatusCode::UNPROCESSABLE_ENTITY);
    }
    let desk = Desk { app, shell, subject: subject(plan, app, shell, about)? };
    if let Some((field, question)) = (plan.ask)(&desk, &mut value)? {
        form.refuse_at(field, question);
        return again(form, StatusCode::CONFLICT);
    }
    if let Some(attached) = form.file.as_ref().and_then(|file| file.attached.clone()) {
        attachments::check_named(app, std::slice::from_ref(&attached))?;
        value["attachments"] = serde_json::json!([attached]);
    }
    let body = value.to_string();
    let id: Option<Handle> = about.and_then(|id| id.parse().ok());
    if signs {
        let status = signing::tell((plan.prepare)(app, shell.caller, body.as_bytes(), id), &mut form, shell)?;
        return again(form, status);
    }
    let act = match (plan.act)(body.as_bytes(), id) {
        Ok(act) => act,
        Err(refusal) => {
            form.refuse(refusal.into());
            return again(form, StatusCode::UNPROCESSABLE_ENTITY);
        }
    };
    debug_assert_eq!(act.operation(), plan.operation);
    let request_hash = Digest::from_bytes(Sha256::digest(format!("{}\n{body}", way.target).as_bytes()).into());
    let conditions = Conditions {
        idempotency: key.map(|key| IdempotencyKey { key, request_hash }),
        expected_head: id.zip(seen.and_then(|head| head.parse().ok())),
    };
    Ok(Read::Ready(act, conditions))
}

fn is_key(key: &str) -> bool {
    (1..=64).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic())
}

/// What the form is about, for whom it may be.
fn subject(plan: &Plan, app: &App, shell: &Shell, about: Option<&str>) -> Result<Option<Known>, AppError> {
    let Some(kind) = plan.about else { return Ok(None) };
    let missing = || AppError::from(Refusal::not_found("id", about.unwrap_or_default()));
    let handle = about.and_then(|id| id.parse().ok()).ok_or_else(missing)?;
    let known = subjects::get(app, shell.caller, kind, handle)?;
    Some(known).filter(|known| (plan.concerns)(known, shell.caller)).ok_or_else(missing).map(Some)
}

fn drawn(plan: &Plan, app: &App, shell: &Shell, about: Option<&str>, typed: Typed) -> Result<Form, AppError> {
    shell.caller.may(plan.operation)?;
    let subject = subject(plan, app, shell, about)?;
    // A double click has one effect; who comes back to a form that was recorded gets a new one.
    let key = typed.get("key").filter(|key| typed.is_sent() && is_key(key)).unwrap_or_else(|| data::new_key(app));
    let mut form = Form::new(plan.key, &shell.w, typed);
    form.idempotency = key;
    form.seen = subject.as_ref().map(|known| known.head);
    form.is_kept = plan.is_kept;
    if plan.takes_file {
        let attached = form.told_value(files::ATTACHED).and_then(|attached| serde_json::from_str(&attached).ok());
        form.file = Some(FileField { attached, is_photo: plan.is_kept, is_main: false });
    }
    form.table = plan.table.map(|_| TableField::of(&shell.path));
    let desk = Desk { app, shell, subject };
    (plan.draw)(&desk, &mut form)?;
    Ok(form)
}

/// `batch.opened` in words.
pub fn kind_name(w: &Words, kind: &str) -> String {
    let key = format!("kind-{}", kind.replace('.', "-"));
    let name = w.t(&key);
    if name == key { kind.to_owned() } else { name }
}

/// The form as the page for an organisation's phone to keep; nothing of a session stands in it.
pub fn kept<S: Sheet>(app: &App, shell: &Shell, about: Option<Handle>) -> Result<(String, String), AppError> {
    let about = about.map(|id| id.to_string());
    let path = S::PATH.replace("{id}", about.as_deref().unwrap_or_default());
    let shell = Shell { path: path.clone(), here: path.clone(), ..shell.clone() };
    let mut form = drawn(const { &Plan::of::<S>() }, app, &shell, about.as_deref(), Typed::asked(""))?;
    form.finish();
    Ok((path, render(&shell, &form)))
}

fn answered(by_script: bool, shell: &Shell, form: &Form) -> String {
    if by_script { data::Again::of(form).text() } else { render(shell, form) }
}

fn render(shell: &Shell, form: &Form) -> String {
    page::render(&FormPage { s: shell, w: &shell.w, f: form })
}

/// A form that was sent, by whom it was handed to and with the token of his session.
pub async fn posted<S: Sheet>(app: State, request: HttpRequest, payload: Payload) -> Result<HttpResponse, Problem> {
    files::taken(app, request, payload, const { &Plan::of::<S>() }).await
}
