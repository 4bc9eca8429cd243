//! Files beside the fields of a form: one that is kept, and a table whose rows fill the form. What a table says is looked over by the
//! sender before it is recorded: a form that brings one always comes back.

use actix_web::http::StatusCode;
use actix_web::web::Payload;
use actix_web::{FromRequest as _, HttpRequest, HttpResponse};

use super::{Plan, ReadTable, drawn, refused, render, send};
use crate::app::{App, AppError, attachments, results, subjects};
use crate::domain::acts::{Known, Refusal, RefusedRow};
use crate::domain::entities::Entity;
use crate::domain::record::SubjectKind;
use crate::http::extract::{State, blocking};
use crate::http::parts::{self, Limits};
use crate::http::problem::Problem;
use crate::i18n::t_args;
use crate::web::console::kit::{FileField, Form, TableField};
use crate::web::console::page::{self, Asked};
use crate::web::console::read::Typed;
use crate::web::console::shell::Shell;
use crate::web::people::typed::{self, Pairs};
use crate::web::people::{Person, TypedForm, is_ours};
use crate::web::words::Words;

/// The hidden field that names a file that was sent before.
pub const ATTACHED: &str = "attached";
/// The field of the button that asks for one more row.
const MORE: &str = "more";

const LIMITS: Limits = Limits { file: attachments::MAX_BYTES, table: results::MAX_BYTES, keeps: true };

pub(super) async fn taken(
    app: State,
    request: HttpRequest,
    payload: Payload,
    plan: &'static Plan,
) -> Result<HttpResponse, Problem> {
    if !(plan.takes_file && parts::is_multipart(&request)) {
        let sent = TypedForm::<Pairs>::from_request(&request, &mut payload.into_inner()).await?;
        let mut fields = sent.fields;
        if sent.is_handed_on {
            // It comes back as one that asks for more rows does.
            fields.retain(|(name, _)| name != MORE);
            fields.push((MORE.to_owned(), String::new()));
        }
        return Ok(send(plan, app, Asked::of(&request, sent.person), fields).await);
    }
    let person = match Person::extract(&request).await {
        Ok(person) => person,
        Err(problem) => {
            if typed::is_kept(&request, &problem) {
                // A stranger's files are read past; what he typed comes back.
                let sent = parts::read(&request, payload, Limits { keeps: false, ..LIMITS }).await?;
                typed::keep(&request, sent.fields);
            }
            return Err(problem);
        }
    };
    // Who may not do it at all uploads nothing.
    person.must(plan.operation)?;
    if !is_ours(&request) {
        return Err(Problem::new("form-expired"));
    }
    let mut sent = parts::read(&request, payload, LIMITS).await?;
    if !sent.fields.iter().any(|(name, value)| name == "csrf" && person.csrf.is(value)) {
        return Err(Problem::new("form-expired"));
    }
    let asked = Asked::of(&request, person);
    if let Some(problem) = sent.too_large {
        return Ok(refused(plan, app, asked, Typed::sent(sent.fields), problem).await);
    }
    if let Some(file) = sent.file {
        let caller = asked.person.actor;
        match blocking(&app, move |app| attachments::upload(app, caller, &file.media_type, file.bytes)).await {
            // Kept under its name, so that a form that comes back has it still.
            Ok(stored) => {
                sent.fields.retain(|(name, _)| name != ATTACHED);
                sent.fields.push((ATTACHED.to_owned(), serde_json::json!(stored).to_string()));
            }
            Err(mut problem) => {
                problem.field = FileField::NAME.to_owned();
                return Ok(refused(plan, app, asked, Typed::sent(sent.fields), problem).await);
            }
        }
    }
    let wanted = sent.fields.iter().any(|(name, value)| name == "more" && value == "table");
    match (plan.table, sent.table) {
        (Some(table), Some(file)) => Ok(filled(plan, app, asked, sent.fields, table, Some(file.bytes)).await),
        (Some(table), None) if wanted => Ok(filled(plan, app, asked, sent.fields, table, None).await),
        _ => Ok(send(plan, app, asked, sent.fields).await),
    }
}

/// The form again, its list as the table says it, or with what is wrong in the table and the list as it was.
async fn filled(
    plan: &'static Plan,
    app: State,
    asked: Asked,
    mut fields: Vec<(String, String)>,
    (list, read): ReadTable,
    bytes: Option<Vec<u8>>,
) -> HttpResponse {
    let about = asked.id.clone();
    page::answer(&app, asked, move |app, shell| {
        let w = &shell.w;
        let sample = sample_code(plan, app, shell, about.as_deref())?;
        let told = match bytes.map(|bytes| read(&bytes, &sample)) {
            Some(Ok(read)) => {
                fields.retain(|(name, _)| !name.starts_with(&format!("{list}[")));
                let named = |(row, (name, text)): (usize, (&str, String))| (format!("{list}[{row}].{name}"), text);
                let notice = notice(w, &read);
                let rows = read.rows.into_iter().enumerate();
                fields.extend(rows.flat_map(|(row, cells)| cells.into_iter().map(move |cell| (row, cell))).map(named));
                Ok(notice)
            }
            Some(Err(AppError::Refused(refusal))) if !refusal.rows.is_empty() => {
                Err(refusal.rows.into_iter().map(|row| of_row(w, list, row)).collect())
            }
            Some(Err(AppError::Refused(refusal))) => Err(vec![of_table(w, list, refusal)]),
            Some(Err(failed)) => return Err(failed),
            None => Err(vec![w.t("table-choose")]),
        };
        let mut form = drawn(plan, app, shell, about.as_deref(), Typed::sent(fields))?;
        let status = match told {
            Ok(notice) => {
                form.notices = notice;
                StatusCode::OK
            }
            Err(sentences) => {
                refuse(&mut form, sentences);
                StatusCode::UNPROCESSABLE_ENTITY
            }
        };
        form.finish();
        Ok((status, render(shell, &form)))
    })
    .await
}

/// What stands on the bag of the sample that the form is about.
fn sample_code(plan: &Plan, app: &App, shell: &Shell, about: Option<&str>) -> Result<String, AppError> {
    let missing = || AppError::from(Refusal::not_found("id", about.unwrap_or_default()));
    let handle = about.and_then(|id| id.parse().ok()).ok_or_else(missing)?;
    match subjects::get(app, shell.caller, SubjectKind::Sample, handle)? {
        known if !(plan.concerns)(&known, shell.caller) => Err(missing()),
        Known { entity: Entity::Sample(sample), .. } => Ok(sample.code),
        _ => Err(missing()),
    }
}

fn notice(w: &Words, read: &results::Read) -> Vec<String> {
    let mut lines = vec![w.tn("table-filled", &read.rows.len())];
    if read.unsaid > 0 {
        lines.push(w.tn("table-unsaid", &read.unsaid));
    }
    if read.others > 0 {
        lines.push(w.tn("table-others", &read.others));
    }
    if !read.unread.sheets.is_empty() {
        lines.push(w.t1("table-sheets", "sheets", some(&read.unread.sheets)));
    }
    if !read.unread.rows.is_empty() {
        let rows: Vec<String> = read.unread.rows.iter().map(u64::to_string).collect();
        lines.push(w.t1("table-hidden-rows", "rows", some(&rows)));
    }
    if !read.unread.columns.is_empty() {
        lines.push(w.t1("table-hidden-columns", "columns", some(&read.unread.letters())));
    }
    if !read.left_out.is_empty() {
        lines.push(w.t1("table-left-out", "columns", read.left_out.join("、")));
    }
    lines
}

/// As many as a sentence holds.
fn some(names: &[String]) -> String {
    const MOST: usize = 20;
    let named = names.iter().take(MOST).map(String::as_str).collect::<Vec<_>>().join("、");
    if names.len() > MOST { format!("{named} …") } else { named }
}

/// A column that is missing is named as the grid and the template call it.
fn of_table(w: &Words, list: &str, mut refusal: Refusal) -> String {
    if refusal.code == "table-column" {
        refusal.value = w.t(&format!("f-{list}-{}", refusal.value));
    }
    Problem::from(refusal).detail(w.locale)
}

/// `Row 4: …`, with the column as the file calls it.
fn of_row(w: &Words, list: &str, row: RefusedRow) -> String {
    row_sentence(w, row, |field| format!("f-{list}-{field}"))
}

/// The same of any table: `label` names the text that stands over the column of a field.
pub fn row_sentence(w: &Words, RefusedRow { line, refusal }: RefusedRow, label: impl Fn(&str) -> String) -> String {
    let mut problem = Problem::from(refusal);
    let label = label(&problem.field);
    let named = w.t(&label);
    if named != label {
        problem.field = named;
    }
    t_args(w.locale, "table-row", &[("line", line.into()), ("text", problem.detail(w.locale).into())])
}

fn refuse(form: &mut Form, sentences: Vec<String>) {
    if let Some(table) = &mut form.table {
        table.error = sentences.first().cloned();
    }
    form.errors.extend(sentences.into_iter().map(|sentence| (Some(TableField::ID.to_owned()), sentence)));
}
