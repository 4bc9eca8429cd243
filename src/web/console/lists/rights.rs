//! Marks and licences; and the page of one licence with what was packed under it.

use std::collections::HashMap;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;

use super::{Found, Lines, List, Row, Shown, done, lines};
use crate::app::batches::MarkUse;
use crate::app::desk::Names;
use crate::app::{App, AppError, Cursor, Slice, batches, notices, subjects};
use crate::domain::acts::{Known, Refusal};
use crate::domain::entities::{Batch, Entity, Licence};
use crate::domain::gs1::DigitalLink;
use crate::domain::kinds::licences::LicenceUsed;
use crate::domain::notices::NoticeKind;
use crate::domain::record::{Handle, SubjectKind};
use crate::domain::time::CivilDate;
use crate::http::extract::State;
use crate::i18n::format;
use crate::web::console::batch::state::held_by;
use crate::web::console::page::{self, Asked};
use crate::web::console::read::Typed;
use crate::web::console::shell::Shell;
use crate::web::map::{Map, Who};

pub fn configure(map: &mut Map<'_>) {
    lines::<Marks>(map);
    lines::<Licences>(map);
    lines::<Packed>(map);
    map.get("/console/licences/{id}", Who::May("page.licences"), licence);
}

pub struct Marks;

impl List for Marks {
    const HREF: &'static str = "/console/marks";
    const OPERATION: &'static str = "page.marks";
    const KEY: &'static str = "nav-marks";

    fn columns() -> &'static [(&'static str, bool)] {
        &[("col-mark", false), ("col-mark-en", false)]
    }

    fn slice(app: &App, shell: &Shell, _: &Typed, after: Option<Cursor>, limit: u32) -> Result<Slice, AppError> {
        Ok(app.store.of_home(shell.caller.organisation, SubjectKind::Mark, after, limit)?)
    }

    fn row(_: &Shell, _: &Names, known: &Known) -> Option<Row> {
        let Entity::Mark(mark) = &known.entity else { return None };
        let en = mark.name.en.as_ref().map(ToString::to_string).unwrap_or_default();
        Some(Row { href: None, cells: vec![Shown::text(mark.name.zh.as_str()), Shown::text(en)], verb: None })
    }

    fn verb(shell: &Shell) -> Option<(&'static str, String)> {
        shell.may("mark.register").then(|| ("/console/marks/new", shell.w.t("verb-mark-new")))
    }
}

pub struct Licences;

impl List for Licences {
    const HREF: &'static str = "/console/licences";
    const OPERATION: &'static str = "page.licences";
    const KEY: &'static str = "nav-licences";

    fn columns() -> &'static [(&'static str, bool)] {
        &[
            ("col-licence", false),
            ("col-mark", false),
            ("col-licensee", false),
            ("col-state", false),
            ("col-until", false),
            ("col-used", true),
            ("col-quota", true),
        ]
    }

    fn slice(app: &App, shell: &Shell, _: &Typed, after: Option<Cursor>, limit: u32) -> Result<Slice, AppError> {
        subjects::list(app, shell.caller, SubjectKind::Licence, after, limit)
    }

    fn names(known: &Known) -> Vec<Handle> {
        match &known.entity {
            Entity::Licence(licence) => vec![licence.licensee],
            _ => Vec::new(),
        }
    }

    fn row(shell: &Shell, names: &Names, known: &Known) -> Option<Row> {
        let Entity::Licence(it) = &known.entity else { return None };
        let standing = Standing::of(it, shell.today);
        let licensee = names.organisation(it.licensee).map(|name| shell.name(name).to_owned()).unwrap_or_default();
        Some(Row {
            href: Some(format!("/console/licences/{}", known.subject.handle)),
            cells: vec![
                Shown::text(it.number.as_str()),
                Shown::text(shell.name(&it.mark_name)),
                Shown::text(licensee),
                Shown::text(shell.w.t(standing.key())).toned(standing.tone()),
                Shown::text(it.until.plus_days(-1).to_string()),
                Shown::number(count(it.used), it.used),
                Shown::number(count(it.packs), it.packs),
            ],
            verb: None,
        })
    }

    fn verb(shell: &Shell) -> Option<(&'static str, String)> {
        shell.may("licence.grant").then(|| ("/console/licences/new", shell.w.t("verb-licence-new")))
    }
}

/// What was packed under one licence.
struct Packed;

impl Lines for Packed {
    const HREF: &'static str = "/console/licences/{id}/packed";
    const OPERATION: &'static str = "page.licences";
    const KEY: &'static str = "licence-uses";

    fn heading(app: &App, shell: &Shell) -> Result<String, AppError> {
        let (known, _, _) = batches::last_packed_under(app, shell.caller, licence_of(shell)?, None, 1)?;
        let Entity::Licence(licence) = &known.entity else { return Ok(String::new()) };
        Ok(shell.w.t1("licence-packed", "number", licence.number.as_str()))
    }

    fn columns() -> &'static [(&'static str, bool)] {
        &[
            ("col-lot", false),
            ("col-gtin", false),
            ("f-packed_on", false),
            ("f-outputs-packs", true),
            ("col-state", false),
        ]
    }

    fn found(app: &App, shell: &Shell, _: &Typed, after: u64, limit: u32) -> Result<Found, AppError> {
        let before = Some(after).filter(|after| *after > 0);
        let (_, uses, next) = batches::last_packed_under(app, shell.caller, licence_of(shell)?, before, limit)?;
        let stopped = stopped(app, &uses)?;
        let state = |used: &LicenceUsed| match stopped.get(&used.batch) {
            Some(source) => Shown::text(stop(shell, source)).toned("stop"),
            None => Shown::text(""),
        };
        let row = |MarkUse { used, .. }: &MarkUse| Row {
            href: Some(public(used)),
            cells: vec![
                Shown::text(used.lot.to_string()),
                Shown::text(used.gtin.to_string()),
                Shown::text(used.packed_on.to_string()),
                Shown::number(count(used.packs.get()), used.packs),
                state(used),
            ],
            verb: None,
        };
        Ok(Found { rows: uses.iter().map(row).collect(), next })
    }

    fn other_look(shell: &Shell) -> Option<(String, String)> {
        Some((format!("/console/licences/{}", shell.id()), shell.w.t("licence-back")))
    }
}

fn licence_of(shell: &Shell) -> Result<Handle, AppError> {
    Ok(shell.id().parse().map_err(|_| Refusal::not_found("id", shell.id()))?)
}

fn stopped(app: &App, uses: &[MarkUse]) -> Result<HashMap<Handle, Batch>, AppError> {
    batches::stopped(app, &uses.iter().map(|one| one.used.batch).collect::<Vec<_>>())
}

/// Why goods stand still, in a word or two.
fn stop(shell: &Shell, source: &Batch) -> String {
    shell.w.t(if source.recalled { "stage-recalled" } else { "stage-held" })
}

/// Page of the lot, which anybody may see.
fn public(used: &LicenceUsed) -> String {
    DigitalLink::lot(used.gtin, used.lot.clone()).path()
}

pub(super) fn count(n: u64) -> String {
    format::thousands(i64::try_from(n).unwrap_or(i64::MAX))
}

#[derive(Template)]
#[template(path = "console/licence.html")]
struct LicencePage<'a> {
    s: &'a Shell,
    w: &'a crate::web::words::Words,
    l: &'a Licence,
    id: String,
    licensee: String,
    state: Standing,
    used_permille: u32,
    used: String,
    quota: String,
    uses: Vec<(String, String, String, String)>,
    failures: Vec<Failure>,
    /// The form that grants it anew, filled with what it says, for whom may.
    anew: Option<String>,
    is_more: bool,
    done: Option<String>,
}

/// A lot under it that failed a test, or is recalled.
struct Failure {
    tone: &'static str,
    href: String,
    lot: String,
    why: String,
}

/// Whether one may pack under it today.
enum Standing {
    InForce,
    NotYet,
    RanOut,
    Revoked,
}

impl Standing {
    fn of(licence: &Licence, today: CivilDate) -> Self {
        match licence.revoked_on {
            Some(_) => Self::Revoked,
            None if licence.in_force_on(today) => Self::InForce,
            None if today < licence.from => Self::NotYet,
            None => Self::RanOut,
        }
    }

    fn key(&self) -> &'static str {
        match self {
            Self::InForce => "licence-now",
            Self::NotYet => "licence-not-yet",
            Self::RanOut => "licence-out",
            Self::Revoked => "licence-revoked",
        }
    }

    fn tone(&self) -> &'static str {
        match self {
            Self::InForce => "ok",
            Self::NotYet => "attention",
            Self::RanOut | Self::Revoked => "stop",
        }
    }
}

/// Uses that stand on the page of the licence; its list has all.
const USES: u32 = 10;
/// Of so many, the last, it says which stand still.
const WATCHED: u32 = 200;

/// What stands still; then what was told of goods that go on again. Each with its tone.
fn failures(app: &App, shell: &Shell, licence: Handle) -> Result<Vec<Failure>, AppError> {
    let (_, uses, _) = batches::last_packed_under(app, shell.caller, licence, None, WATCHED)?;
    let stopped = stopped(app, &uses)?;
    let failure = |tone, used: &LicenceUsed, why| Failure { tone, href: public(used), lot: used.lot.to_string(), why };
    let mut failures: Vec<Failure> = uses
        .iter()
        .filter_map(|MarkUse { used, .. }| Some(failure("stop", used, held_by(&shell.w, stopped.get(&used.batch)?)?)))
        .collect();
    let told = notices::list(app, shell.caller, None, WATCHED)?.rows;
    for notice in told.iter().filter(|it| it.kind == NoticeKind::LicensedFailed && it.subject == licence) {
        let Some((lot, report)) = notice.about.split_once(" · ") else { continue };
        let used = uses.iter().map(|one| &one.used).find(|used| used.lot.as_str() == lot);
        if let Some(used) = used.filter(|used| !stopped.contains_key(&used.batch)) {
            failures.push(failure("attention", used, shell.w.t1("licence-failed-before", "no", report)));
        }
    }
    Ok(failures)
}

/// Another year of the same.
fn anew(shell: &Shell, licence: &Licence) -> Option<String> {
    let from = licence.until.max(shell.today);
    let mut fields = vec![
        ("mark".to_owned(), licence.mark.to_string()),
        ("licensee".to_owned(), licence.licensee.to_string()),
        ("packs".to_owned(), licence.packs.to_string()),
        ("from".to_owned(), from.to_string()),
        ("until".to_owned(), from.plus_days(364).to_string()),
    ];
    fields.extend(licence.gtins.iter().map(|gtin| (format!("products.{gtin}"), "true".to_owned())));
    let fields: Vec<String> = fields.iter().map(|(name, value)| format!("{name}={value}")).collect();
    shell.may("licence.grant").then(|| format!("/console/licences/new?{}", fields.join("&")))
}

async fn licence(app: State, asked: Asked) -> HttpResponse {
    let typed = Typed::asked(&asked.query);
    let id = asked.id.clone().unwrap_or_default();
    page::answer(&app, asked, move |app, shell| {
        let missing = || AppError::from(Refusal::not_found("id", &id));
        let handle = id.parse().map_err(|_| missing())?;
        let (known, uses, next) = batches::last_packed_under(app, shell.caller, handle, None, USES)?;
        let Entity::Licence(licence) = &known.entity else { return Err(missing()) };
        let names = Names::of(app, shell.caller, [licence.licensee])?;
        let page = LicencePage {
            s: shell,
            w: &shell.w,
            l: licence,
            id: id.clone(),
            licensee: names.organisation(licence.licensee).map(|name| shell.name(name).to_owned()).unwrap_or_default(),
            state: Standing::of(licence, app.today()),
            used_permille: u32::try_from(licence.used.saturating_mul(1000) / licence.packs.max(1))
                .unwrap_or(1000)
                .min(1000),
            used: count(licence.used),
            quota: count(licence.packs),
            uses: uses
                .iter()
                .map(|MarkUse { used, .. }| {
                    (used.packed_on.to_string(), used.lot.to_string(), public(used), count(used.packs.get()))
                })
                .collect(),
            is_more: next.is_some(),
            failures: failures(app, shell, handle)?,
            anew: anew(shell, licence)
                .filter(|_| licence.home == shell.caller.organisation && licence.revoked_on.is_none()),
            done: done(&shell.w, &typed),
        };
        Ok((StatusCode::OK, page::render(&page)))
    })
    .await
}
