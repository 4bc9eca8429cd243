//! Home: what waits, each line one verb away from done; and the first steps of who has just begun.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;

use super::lists::done;
use super::page::{self, Asked};
use super::read::Typed;
use super::shell::Shell;
use super::warnings;
use crate::app::desk::{self, Home, Names, Waiting};
use crate::app::{App, AppError};
use crate::domain::entities::{Batch, Why};
use crate::domain::quantity::Unit;
use crate::domain::record::Role;
use crate::http::extract::{State, blocking};
use crate::i18n::format;
use crate::web::words::Words;

/// One thing that waits, in words.
struct Line {
    tone: &'static str,
    what: String,
    about: String,
    /// The page of what it is about.
    href: Option<String>,
    verb: Option<(String, String)>,
}

/// One of the first steps.
struct Step {
    is_done: bool,
    /// The one to take now.
    is_next: bool,
    text: String,
    href: &'static str,
    verb: String,
}

#[derive(Template)]
#[template(path = "console/home.html")]
struct HomePage<'a> {
    s: &'a Shell,
    w: &'a Words,
    lines: Vec<Line>,
    steps: Vec<Step>,
    verbs: Vec<(&'static str, String)>,
    /// What is said where nothing waits, and where to look instead.
    nothing: (String, Vec<(&'static str, String)>),
    cut: bool,
    done: Option<String>,
}

pub async fn show(app: State, asked: Asked) -> HttpResponse {
    let typed = Typed::asked(&asked.query);
    page::answer(&app, asked, move |app, shell| {
        let home = desk::home(app, shell.caller)?;
        let steps = steps(shell, &home);
        let page = HomePage {
            s: shell,
            w: &shell.w,
            lines: lines(app, shell, &home)?,
            verbs: if steps.is_empty() { verbs(shell) } else { Vec::new() },
            nothing: nothing(shell),
            steps,
            cut: home.cut,
            done: done(&shell.w, &typed),
        };
        Ok((StatusCode::OK, page::render(&page)))
    })
    .await
}

/// Where nothing waits: who sends what will wait, and what can be looked at meanwhile.
fn nothing(shell: &Shell) -> (String, Vec<(&'static str, String)>) {
    let w = &shell.w;
    let (says, ways): (_, &[(&'static str, &str)]) = match shell.caller.role {
        Role::Cooperative => {
            ("home-nothing", &[("/console/batches/board", "board-title"), ("/console/shipments", "nav-shipments")])
        }
        Role::Laboratory => ("home-nothing-laboratory", &[("/console/samples", "home-samples")]),
        Role::Association => ("home-nothing", &[("/console/licences", "nav-licences")]),
        Role::Regulator => ("home-nothing-regulator", &[]),
        Role::Operator => (
            "home-nothing",
            &[
                ("/console/applications", "nav-applications"),
                ("/console/organisations", "nav-organisations"),
                ("/console/health", "nav-health"),
            ],
        ),
    };
    let mut ways: Vec<_> = ways.iter().map(|(href, key)| (*href, w.t(key))).collect();
    if shell.unseen > 0 {
        ways.insert(0, ("/console/notices", w.tn("home-notices", &shell.unseen)));
    }
    (w.t(says), ways)
}

/// What one comes for most often.
fn verbs(shell: &Shell) -> Vec<(&'static str, String)> {
    if shell.is_trader {
        return Vec::new();
    }
    let all = [
        ("batch.open", "/console/batches/new", "verb-batch-new"),
        ("plot.register", "/console/plots/new", "verb-plot-new"),
        ("licence.grant", "/console/licences/new", "verb-licence-new"),
    ];
    all.iter().filter(|(operation, ..)| shell.may(operation)).map(|(_, href, key)| (*href, shell.w.t(key))).collect()
}

fn steps(shell: &Shell, home: &Home) -> Vec<Step> {
    // Whom goods are on their way to takes them in first.
    let awaits = home.waiting.iter().any(|waiting| matches!(waiting, Waiting::Arriving { .. }));
    if shell.caller.role != Role::Cooperative || home.has_batches || awaits {
        return Vec::new();
    }
    let step = |is_done, key: &str, href, verb: &str| Step {
        is_done,
        is_next: false,
        text: shell.w.t(key),
        href,
        verb: shell.w.t(verb),
    };
    let mut steps = vec![
        step(home.has_products, "first-product", "/console/products/new?form=loose", "verb-product-new"),
        step(home.has_packs, "first-pack", "/console/products/new?form=pack", "verb-product-new"),
        step(home.has_plots, "first-plot", "/console/plots/new", "verb-plot-new"),
        step(home.has_batches, "first-batch", "/console/batches/new", "verb-batch-new"),
    ];
    if let Some(next) = steps.iter_mut().find(|step| !step.is_done) {
        next.is_next = true;
    }
    steps
}

/// Whoever has just begun comes back to the first steps, until there is a batch.
pub async fn first_steps(app: &State, asked: &Asked, operation: &str) -> Option<String> {
    if !["product.register", "plot.register"].contains(&operation) {
        return None;
    }
    let caller = asked.person.actor;
    let has_begun = blocking(app, move |app| desk::has_batches(app, caller)).await.ok()?;
    (!has_begun).then(|| "/console".to_owned())
}

fn lines(app: &App, shell: &Shell, home: &Home) -> Result<Vec<Line>, AppError> {
    let named = home.waiting.iter().map(|waiting| match waiting {
        Waiting::Held(_, batch) | Waiting::Recalled(_, batch) => vec![batch.product],
        Waiting::IntervalBroken(_, batch, _) | Waiting::ToCertify(_, batch) => vec![batch.product],
        Waiting::ToGrade(_, batch) | Waiting::ToPack(_, batch) => vec![batch.product],
        Waiting::Arriving { from, product, .. } => [*from].into_iter().chain(*product).collect(),
        Waiting::SampleOut { batch, .. } => vec![*batch],
        Waiting::LicenceEnds { licensee, .. } => vec![*licensee],
        _ => Vec::new(),
    });
    let names = Names::of(app, shell.caller, named.flatten())?;
    Ok(home.waiting.iter().map(|waiting| line(shell, &names, waiting)).collect())
}

fn amount(shell: &Shell, amount: u64, unit: Unit) -> String {
    let whole = i64::try_from(amount).unwrap_or(i64::MAX);
    match unit {
        Unit::Grams => format::net_content(shell.w.locale, whole),
        Unit::Pieces => shell.w.packs(&amount),
    }
}

/// `SF26P011116 · 脐橙 · 特级`
fn of_batch(shell: &Shell, names: &Names, batch: &Batch) -> String {
    let product = names.product(batch.product).map(|it| shell.name(&it.name).to_owned());
    let grade = batch.grade.as_ref().map(|grade| shell.w.term(grade));
    [Some(batch.lot.to_string()), product, grade].into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

fn line(shell: &Shell, names: &Names, waiting: &Waiting) -> Line {
    let w = &shell.w;
    let page = |handle| format!("/console/batches/{handle}");
    let say = |tone, what: String, about: String| Line { tone, what, about, href: None, verb: None };
    match waiting {
        Waiting::Held(handle, batch) => {
            let reason = batch.holds.first().map_or("under_enquiry", |hold| hold.reason.as_str());
            let report = batch.holds.first().and_then(|hold| hold.report_no.as_deref()).unwrap_or_default();
            let what = w.t2("wait-held", "reason", w.t(&format!("held-{reason}")), "report", report);
            let verb = shell.may("sample.draw").then(|| (format!("{}/sample", page(handle)), w.t("verb-sample-again")));
            Line { href: Some(page(handle)), verb, ..say("stop", what, of_batch(shell, names, batch)) }
        }
        Waiting::IntervalBroken(handle, batch, broken) => {
            let verb = shell.may("sample.draw").then(|| (format!("{}/sample", page(handle)), w.t("verb-sample")));
            Line {
                href: Some(page(handle)),
                verb,
                ..say("stop", warnings::not_kept(w, broken), of_batch(shell, names, batch))
            }
        }
        Waiting::Recalled(handle, batch) => {
            let what = w.t1("wait-recalled", "amount", amount(shell, batch.rest(), batch.unit));
            let verb = shell.may("batch.lose").then(|| (format!("{}/lose", page(handle)), w.t("verb-lose")));
            Line { href: Some(page(handle)), verb, ..say("stop", what, of_batch(shell, names, batch)) }
        }
        Waiting::ToGrade(handle, batch) => {
            let what = w.t1("wait-grade", "amount", amount(shell, batch.rest(), batch.unit));
            let verb = Some((format!("{}/grade", page(handle)), w.t("verb-grade")));
            Line { href: Some(page(handle)), verb, ..say("ok", what, of_batch(shell, names, batch)) }
        }
        Waiting::ToPack(handle, batch) => {
            let what = w.t1("wait-pack", "amount", amount(shell, batch.rest(), batch.unit));
            let verb = Some((format!("{}/pack", page(handle)), w.t("verb-pack")));
            Line { href: Some(page(handle)), verb, ..say("ok", what, of_batch(shell, names, batch)) }
        }
        Waiting::ToCertify(handle, batch) => {
            let verb = shell.may("batch.certify").then(|| (format!("{}/certify", page(handle)), w.t("verb-certify")));
            let what = w.t1("wait-certify", "amount", amount(shell, batch.rest(), batch.unit));
            Line { href: Some(page(handle)), verb, ..say("attention", what, of_batch(shell, names, batch)) }
        }
        Waiting::Arriving { shipment, from, product, lot, unit, quantity } => {
            let from =
                names.acquaintance(*from, Why::ItCame).map(|name| shell.name(name).to_owned()).unwrap_or_default();
            let what = w.t2("wait-arriving", "amount", amount(shell, *quantity, *unit), "from", from);
            let verb = Some((format!("/console/shipments/{shipment}/receive"), w.t("verb-take-in")));
            let product = product.and_then(|product| names.product(product)).map(|it| shell.name(&it.name).to_owned());
            let about = [Some(lot.clone()), product].into_iter().flatten().collect::<Vec<_>>().join(" · ");
            Line { verb, ..say("coming", what, about) }
        }
        Waiting::SampleOut { code, batch, drawn_at, .. } => {
            let lot = names.batch(*batch).map(|batch| batch.lot.to_string()).unwrap_or_default();
            let what = w.t1("wait-sample-out", "at", format::instant(&drawn_at.to_string()));
            Line { href: Some(page(batch)), ..say("attention", what, format!("{code} · {lot}")) }
        }
        Waiting::SampleToReceive { sample, code, drawn_at } => {
            let what = w.t1("wait-receive", "at", format::instant(&drawn_at.to_string()));
            let verb = Some((format!("/console/samples/{sample}/receive"), w.t("verb-receive")));
            Line { verb, ..say("attention", what, code.clone()) }
        }
        Waiting::SampleToReport { sample, code, due, late } => {
            let (key, tone) = if *late { ("wait-report-late", "stop") } else { ("wait-report", "ok") };
            let what = w.t1(key, "due", format::instant(&due.to_string()));
            let verb = Some((format!("/console/samples/{sample}/report"), w.t("verb-report")));
            Line { verb, ..say(tone, what, code.clone()) }
        }
        Waiting::Applications(n) => {
            let href = "/console/applications".to_owned();
            let verb = Some((href.clone(), w.t("verb-decide")));
            Line { href: Some(href), verb, ..say("attention", w.tn("wait-applications", n), w.t("nav-applications")) }
        }
        Waiting::LicenceEnds { licence, number, licensee, last_day } => {
            let name = names.organisation(*licensee).map(|name| shell.name(name).to_owned()).unwrap_or_default();
            let what = w.t1("wait-licence-ends", "day", last_day);
            Line {
                href: Some(format!("/console/licences/{licence}")),
                ..say("attention", what, format!("{number} · {name}"))
            }
        }
    }
}
