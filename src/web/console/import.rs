//! Tables that people keep of their plots, treatments and harvests, taken in at once: the act of `POST /api/v1/imports/{kind}`, under
//! heads in the words of the forms, with weights, areas and days as people write them. One row that cannot be refuses the whole.

use actix_web::http::StatusCode;
use actix_web::web::Payload;
use actix_web::{FromRequest as _, HttpRequest, HttpResponse, ResponseError as _};
use askama::Template;
use sha2::{Digest as _, Sha256};

use super::kit::Kind;
use super::lists::File;
use super::page::{self, Asked};
use super::read;
use super::sheet::data::new_key;
use super::sheet::files::row_sentence;
use super::shell::Shell;
use crate::app::desk::sheet::Cell;
use crate::app::import::{self, MAX_ROWS, Table};
use crate::app::{App, AppError, Conditions, IdempotencyKey};
use crate::domain::acts::Refusal;
use crate::domain::acts::import::ImportRows;
use crate::domain::record::Digest;
use crate::http::extract::State;
use crate::http::parts::{self, Limits};
use crate::http::problem::Problem;
use crate::web::map::{Map, Who};
use crate::web::people::{Person, is_ours, see_other};
use crate::web::words::Words;

/// Bytes of a table, as over REST; no file beside it.
const LIMITS: Limits = Limits { file: 0, table: 8 * 1024 * 1024, keeps: true };

/// A kind of table: where its page stands, where one goes from there, what a row needs, and the columns that it may have.
struct Plan {
    table: import::Kind,
    path: &'static str,
    back: &'static str,
    operation: &'static str,
    needs: &'static [&'static str],
}

const PLANS: &[Plan] = &[
    Plan {
        table: import::Kind::Plots,
        path: "/console/plots/import",
        back: "/console/plots",
        operation: "plot.register",
        needs: &["code", "place_zh", "area_m2", "crop_zh", "lat", "lon"],
    },
    Plan {
        table: import::Kind::Treatments,
        path: "/console/plots/treatments/import",
        back: "/console/plots",
        operation: "plot.treat",
        needs: &["plot", "product", "active", "dose", "on", "interval_days"],
    },
    Plan {
        table: import::Kind::Batches,
        path: "/console/batches/import",
        back: "/console/batches",
        operation: "batch.open",
        needs: &["gtin", "lot", "quantity", "plots", "picked_from", "picked_to"],
    },
    Plan {
        table: import::Kind::Organisations,
        path: "/console/organisations/import",
        back: "/console/organisations",
        operation: "organisation.register",
        needs: &["kind", "name_zh"],
    },
];

pub fn configure(map: &mut Map<'_>) {
    for plan in PLANS {
        map.form(plan.path, Who::May(plan.operation), show, sent);
        for ending in ["csv", "xlsx"] {
            map.get(&format!("{}.{ending}", plan.path), Who::May(plan.operation), template);
        }
    }
}

fn plan(path: &str) -> Result<&'static Plan, Problem> {
    PLANS.iter().find(|plan| path.starts_with(plan.path)).ok_or_else(|| Problem::new("not-found").at("path", path))
}

/// What a cell of the column is read as; what is none of these is text.
fn kind(column: &str) -> Kind {
    match column {
        "quantity" => Kind::Weight,
        "area_m2" => Kind::Area,
        "on" | "picked_from" | "picked_to" => Kind::Day,
        "altitude_m" | "interval_days" | "most_per_season" => Kind::Whole("unit-days"),
        "lat" | "lon" => Kind::Figure(""),
        _ => Kind::Line,
    }
}

fn head(w: &Words, column: &str) -> String {
    w.t(&format!("import-{}", column.replace('_', "-")))
}

#[derive(Template)]
#[template(path = "console/import.html")]
struct ImportPage<'a> {
    s: &'a Shell,
    w: &'a Words,
    heading: String,
    back: &'static str,
    key: String,
    errors: Vec<String>,
    /// What stands over it, whether each row needs it, what goes into it.
    columns: Vec<(String, bool, String)>,
}

fn drawn(app: &App, shell: &Shell, plan: &'static Plan, errors: Vec<String>) -> String {
    let w = &shell.w;
    let hint = |column: &str| match kind(column) {
        Kind::Weight => w.t("import-weight"),
        Kind::Area => w.t("import-area"),
        Kind::Day => w.t("import-day"),
        _ => match column {
            "kind" => {
                KINDS.iter().map(|code| format!("{} ({code})", kind_name(w, code))).collect::<Vec<_>>().join(w.comma())
            }
            "plots" | "confirm_yield" | "gln" | "region" => w.t(&format!("import-h-{}", column.replace('_', "-"))),
            _ => String::new(),
        },
    };
    let columns = plan.table.columns().iter();
    page::render(&ImportPage {
        s: shell,
        w,
        heading: w.t(&format!("import-of-{}", plan.operation.replace('.', "-"))),
        back: plan.back,
        key: new_key(app),
        errors,
        columns: columns.map(|column| (head(w, column), plan.needs.contains(column), hint(column))).collect(),
    })
}

async fn show(app: State, asked: Asked) -> HttpResponse {
    let path = asked.path.clone();
    page::answer(&app, asked, move |app, shell| {
        let plan = plan(&path).map_err(|_| AppError::from(Refusal::not_found("path", &path)))?;
        Ok((StatusCode::OK, drawn(app, shell, plan, Vec::new())))
    })
    .await
}

/// The empty table, with its head in the language of the page.
async fn template(app: State, asked: Asked) -> Result<HttpResponse, Problem> {
    let (plan, file) = (plan(&asked.path)?, File::of(&asked.path));
    let made = page::look(&app, &asked, move |_, shell| {
        let heads: Vec<String> = plan.table.columns().iter().map(|column| head(&shell.w, column)).collect();
        let none: &[Vec<Cell>] = &[];
        file.write(&shell.w.t("f-table"), &heads, none)
    });
    Ok(made.await.map_or_else(|problem| problem.error_response(), |bytes| file.answer("import", bytes)))
}

async fn sent(app: State, request: HttpRequest, payload: Payload) -> Result<HttpResponse, Problem> {
    let person = Person::extract(&request).await?;
    let plan = plan(request.path())?;
    person.must(plan.operation)?;
    let sent = if is_ours(&request) { parts::read(&request, payload, LIMITS).await? } else { Default::default() };
    let field = |wanted: &str| sent.fields.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.clone());
    if !field("csrf").is_some_and(|csrf| person.csrf.is(&csrf)) {
        return Err(Problem::new("form-expired"));
    }
    let (asked, key) = (Asked::of(&request, person), field("key"));
    let Some(file) = sent.table else {
        return Ok(again(&app, asked, plan, |w| vec![w.t("table-choose")]).await);
    };
    let request_hash = Digest::from_bytes(Sha256::digest(&file.bytes).into());
    let idempotency = key.map(|key| IdempotencyKey { key, request_hash });
    let act = page::look(&app, &asked, move |app, shell| Ok(act(app, shell, plan, &file.bytes))).await?;
    let outcome = match act {
        Ok(act) => {
            let conditions = Conditions { idempotency, ..Conditions::default() };
            app.perform(asked.person.actor, std::sync::Arc::new(act), conditions).await
        }
        Err(error) => Err(error),
    };
    match outcome {
        Ok(_) => Ok(see_other(&format!("{}?done=import", plan.back))),
        Err(AppError::Refused(refusal)) => Ok(again(&app, asked, plan, move |w| sentences(w, refusal)).await),
        Err(error) => Err(error.into()),
    }
}

async fn again(
    app: &State,
    asked: Asked,
    plan: &'static Plan,
    errors: impl FnOnce(&Words) -> Vec<String> + Send + 'static,
) -> HttpResponse {
    page::answer(app, asked, move |app, shell| {
        Ok((StatusCode::UNPROCESSABLE_ENTITY, drawn(app, shell, plan, errors(&shell.w))))
    })
    .await
}

fn act(app: &App, shell: &Shell, plan: &Plan, bytes: &[u8]) -> Result<ImportRows, AppError> {
    let table = Table::of_file(bytes, MAX_ROWS)?;
    let hidden: Vec<String> = table.unread.rows.iter().map(u64::to_string).chain(table.unread.letters()).collect();
    if !hidden.is_empty() {
        return Err(Refusal::new("table-hidden").at("table", hidden.join(" ")).into());
    }
    let heads = heads(plan, table.head())?;
    let offset = app.utc_offset_minutes;
    let cell = |column: &str, text: &str| match read::value(&kind(column), text, offset) {
        Ok(serde_json::Value::String(text)) if column == "kind" => Ok(kind_code(&text)),
        Ok(serde_json::Value::String(text)) => Ok(text),
        Ok(other) => Ok(other.to_string()),
        Err(invalid) => Err(Refusal::invalid(column, &invalid)),
    };
    let table = table.translated(heads, cell).map_err(Refusal::of_rows)?;
    import::of_table(app, shell.caller, plan.table, &table)
}

/// Heads under which tables were handed out before they had the words of the forms.
const FORMER: &[(&str, &[&str])] = &[
    ("note", &["说明", "Note"]),
    ("place_en", &["地点（英文）"]),
    ("altitude_m", &["Altitude in m"]),
    ("product", &["药品名称", "Product used"]),
    ("active", &["Active substance"]),
    ("interval_days", &["Waiting time in days"]),
    ("most_per_season", &["每季最多次数", "Times a season at most"]),
    ("worker", &["Applied by"]),
    ("picked_from", &["开始采收", "Picked from"]),
    ("picked_to", &["采收结束", "Picked to"]),
    ("confirm_yield", &["产量确认", "Yield confirmed"]),
    ("uscc", &["Credit code"]),
];

/// Kinds of organisations, as REST calls them.
const KINDS: &[&str] = &[
    "cooperative",
    "family_farm",
    "company",
    "packhouse",
    "processor",
    "laboratory",
    "association",
    "logistics",
    "buyer",
    "regulator",
];

fn kind_name(w: &Words, code: &str) -> String {
    w.t(&format!("org-{code}"))
}

/// A kind in the words of either language as REST calls it; what is none stays, and is refused by name.
fn kind_code(text: &str) -> String {
    let is_told = |code: &&&str| languages().iter().any(|w| plain(&kind_name(w, code)) == plain(text));
    KINDS.iter().find(is_told).map_or_else(|| text.to_owned(), |code| (*code).to_owned())
}

fn languages() -> [Words; 2] {
    [crate::i18n::Locale::ZhCn, crate::i18n::Locale::En].map(|locale| Words::new(locale, ""))
}

/// Without what people write in one way or another.
fn plain(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace() && !"()（）".contains(*c)).collect::<String>().to_lowercase()
}

/// The label of the field in the form.
fn label(column: &str) -> String {
    match column {
        "lat" | "lon" => format!("f-point-{column}"),
        "place_zh" | "place_en" | "crop_zh" | "crop_en" | "variety_zh" | "variety_en" | "picked_from" | "picked_to" => {
            format!("f-{}", column.replace('_', "-"))
        }
        _ => format!("f-{column}"),
    }
}

/// The columns that stand over the cells, told in either language or by their names over REST.
fn heads(plan: &Plan, told: &[String]) -> Result<Vec<String>, Refusal> {
    let columns = plan.table.columns();
    let languages = languages();
    let is_told = |column: &str, told: &str| {
        let is = |name: &str| plain(name) == plain(told);
        let is_former = || FORMER.iter().any(|(of, heads)| *of == column && heads.iter().any(|head| is(head)));
        let in_words = |w: &Words| is(&head(w, column)) || is(&w.t(&label(column)));
        is(column) || languages.iter().any(in_words) || is_former()
    };
    let mut found: Vec<String> = Vec::new();
    for told in told {
        let column = columns.iter().find(|column| is_told(column, told)).map(|column| (*column).to_owned());
        let column = column.ok_or_else(|| Refusal::new("table-strange-column").at("table", told))?;
        if found.contains(&column) {
            return Err(Refusal::new("duplicate-field").at(told, told));
        }
        found.push(column);
    }
    match plan.needs.iter().find(|needed| !found.iter().any(|column| column == *needed)) {
        Some(missing) => Err(Refusal::new("table-column").at("table", missing).expected(told.join("、"))),
        None => Ok(found),
    }
}

fn sentences(w: &Words, mut refusal: Refusal) -> Vec<String> {
    if refusal.rows.is_empty() {
        if refusal.code == "table-column" {
            refusal.value = head(w, &refusal.value);
        }
        return vec![Problem::from(refusal).detail(w.locale)];
    }
    // `plots[0].plot` and `place.zh` are the columns `plots` and `place_zh`.
    let column = |field: &str| field.split('[').next().unwrap_or(field).replace(['.', '_'], "-");
    let rows = std::mem::take(&mut refusal.rows).into_iter();
    rows.map(|row| row_sentence(w, row, |field| format!("import-{}", column(field)))).collect()
}
