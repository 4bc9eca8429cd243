//! What somebody typed, on its way to the JSON of an act: every field by its kind, all faults at once.

use serde_json::{Map, Value};

use super::kit::{Field, Form, Group, Kind, Signing};
use crate::domain::acts::Refusal;
use crate::domain::decimal::Decimal;
use crate::domain::gs1::{Gtin, Lot};
use crate::domain::invalid::Invalid;
use crate::domain::quantity::{PositivePieces, Unit, typed};
use crate::domain::text::Code;
use crate::domain::time::{CivilDate, Instant};
use crate::http::problem::Problem;
use crate::i18n::{Locale, format, t, t_args};
use crate::web::words::Words;

/// Names and values of a form that was sent, or of the address that asked for it.
#[derive(Debug, Clone, Default)]
pub struct Typed {
    pairs: Vec<(String, String)>,
    sent: bool,
}

/// Rows of one list at most: as many as a report may have results.
const MOST_ROWS: usize = 300;

impl Typed {
    pub fn asked(query: &str) -> Self {
        Self { pairs: pairs(query.as_bytes()), sent: false }
    }

    pub fn sent(pairs: Vec<(String, String)>) -> Self {
        Self { pairs, sent: true }
    }

    pub fn is_sent(&self) -> bool {
        self.sent
    }

    pub fn get(&self, name: &str) -> Option<String> {
        self.pairs.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone())
    }

    /// The list that shall have one more row.
    pub fn more(&self) -> Option<String> {
        self.get("more")
    }

    pub fn forget(&mut self, names: &[&str]) {
        self.pairs.retain(|(name, _)| !names.contains(&name.as_str()));
    }

    /// Leaves out rows from the `most`-th on.
    pub fn cut_rows(&mut self, list: &str, most: usize) {
        self.pairs.retain(|(name, _)| index(list, name).is_none_or(|index| index < most));
    }

    /// Rows of a list: as many as came, one more where that was asked for.
    pub fn rows(&self, list: &str, least: usize) -> usize {
        let came =
            self.pairs.iter().filter_map(|(name, _)| index(list, name)).max().map_or(0, |last| last.saturating_add(1));
        let more = usize::from(self.more().as_deref() == Some(list));
        // Who took all rows of a list away wants one to write in; a list that begins with none stays so.
        let count = if self.sent { came.saturating_add(more).max(least.min(1)) } else { came.max(least) };
        count.min(MOST_ROWS)
    }
}

/// The row that `also[3].path` stands in.
fn index(list: &str, name: &str) -> Option<usize> {
    name.strip_prefix(list)?.strip_prefix('[')?.split(']').next()?.parse().ok()
}

/// `a=b&c=d`, percent-decoded.
pub fn pairs(encoded: &[u8]) -> Vec<(String, String)> {
    let text = String::from_utf8_lossy(encoded);
    actix_web::web::Query::<Vec<(String, String)>>::from_query(&text)
        .map(|query| query.into_inner())
        .unwrap_or_default()
}

/// The act's JSON; where a field cannot be read, nothing, and the form has the errors.
pub fn json(form: &mut Form, w: &Words, offset_minutes: i32) -> Option<Value> {
    let mut act = Value::Object(Map::new());
    let mut refused = Vec::new();
    for group in &mut form.groups {
        match group {
            Group::Fields(fields) | Group::Folded(fields) | Group::Ticks { fields, .. } => {
                for field in fields {
                    put(&mut act, field, &field.name.clone(), w, offset_minutes, &mut refused);
                }
            }
            Group::Rows { list, decided_by, rows } => {
                let used = rows.iter_mut().filter(|row| is_used(row, decided_by));
                for (place, row) in used.enumerate() {
                    for field in &mut row.fields {
                        let name = format!("{list}[{place}].{}", last(&field.name));
                        put(&mut act, field, &name, w, offset_minutes, &mut refused);
                    }
                }
            }
        }
    }
    if let Some(signing) = form.signing.as_mut().filter(|signing| signing.prepared.is_some()) {
        put(&mut act, &mut signing.statement, Signing::STATEMENT, w, offset_minutes, &mut refused);
    }
    form.errors.extend(refused.iter().cloned());
    refused.is_empty().then_some(act)
}

fn last(name: &str) -> &str {
    name.split_once("].").map_or(name, |(_, last)| last)
}

fn is_used(row: &super::kit::Row, decided_by: &str) -> bool {
    row.fields.iter().zip(&row.offered).any(|(field, offered)| match last(&field.name) == decided_by {
        true => !field.value.trim().is_empty(),
        // What is empty makes no row used, though something was offered there.
        false => {
            let text = field.value.trim();
            !text.is_empty() && text != offered && !matches!(field.kind, Kind::Pick(_))
        }
    })
}

type Refused = Vec<(Option<String>, String)>;

fn put(act: &mut Value, field: &mut Field, path: &str, w: &Words, offset_minutes: i32, refused: &mut Refused) {
    let text = field.value.trim();
    if text.is_empty() {
        if field.need {
            let sentence = w.t1("form-missing", "field", &field.label);
            field.error = Some(sentence.clone());
            refused.push((Some(field.id()), sentence));
        }
        return;
    }
    let checked = if field.kind == Kind::Code { check_code(field, text) } else { Ok(()) };
    match checked.and_then(|()| value(&field.kind, text, offset_minutes)) {
        Ok(value) => set(act, path, value),
        Err(invalid) => {
            let problem = Problem::from(Refusal::invalid(field.label.as_str(), &invalid));
            let mut sentence = self::sentence(&problem, w.locale);
            if field.name.starts_with("results[") && is_no_figure(text) {
                sentence = w.t2("form-not-detected", "value", text, "finding", w.t("f-results-qualifier"));
            }
            field.error = Some(sentence.clone());
            refused.push((Some(field.id()), sentence));
        }
    }
}

/// What was typed, by the kind of its field.
pub fn value(kind: &Kind, text: &str, offset_minutes: i32) -> Result<Value, Invalid> {
    Ok(match kind {
        Kind::Weight => typed::weight(text)?.into(),
        Kind::Area => typed::area(text)?.into(),
        Kind::Pieces => text.replace(',', "").parse::<PositivePieces>()?.get().into(),
        Kind::Whole(_) => whole(text)?.into(),
        Kind::Day => day(text)?.to_string().into(),
        Kind::Moment => moment(text, offset_minutes)?.to_string().into(),
        Kind::Figure(_) => text.parse::<Decimal>()?.to_string().into(),
        Kind::Tick => true.into(),
        Kind::Line | Kind::Lines | Kind::Code | Kind::Pick(_) => text.into(),
    })
}

/// What laboratories write where a figure is not given.
fn is_no_figure(text: &str) -> bool {
    let plain: String =
        text.to_lowercase().chars().filter(|c| c.is_alphanumeric() || *c == '<' || *c == '＜').collect();
    plain.starts_with(['<', '＜'])
        || ["未检出", "nd", "notdetected", "小于定量限", "低于定量限"].contains(&plain.as_str())
}

/// A day as people and their spreadsheets write it: `2026-11-16`, `2026/11/6`, `2026.11.16`, `2026年11月16日`.
fn day(text: &str) -> Result<CivilDate, Invalid> {
    let plain = text.trim().trim_end_matches('日').replace(['/', '.', '年', '月'], "-");
    let parts: Vec<&str> = plain.split('-').collect();
    match parts[..] {
        [year, month, day] if year.len() == 4 && month.len() <= 2 && day.len() <= 2 => {
            format!("{year}-{month:0>2}-{day:0>2}").parse().or_else(|_| text.parse())
        }
        _ => text.parse(),
    }
}

fn whole(text: &str) -> Result<i64, Invalid> {
    text.replace(',', "").parse().map_err(|_| Invalid::new("whole-typed", text, "14"))
}

/// What `datetime-local` sends: `2026-11-18T14:00`, on the clock of the instance. A phone that was without a network tells the
/// instant itself.
fn moment(text: &str, offset_minutes: i32) -> Result<Instant, Invalid> {
    if text.ends_with('Z') {
        return text.parse();
    }
    let full = if text.len() == 16 { format!("{text}:00.000Z") } else { format!("{text}.000Z") };
    let local: Instant = full.parse().map_err(|_| Invalid::new("moment-typed", text, "2026-11-18T14:00"))?;
    Ok(local.plus_minutes(-i64::from(offset_minutes)))
}

/// Puts a value at `a.b[0].c`, making what is on the way.
fn set(root: &mut Value, path: &str, value: Value) {
    let mut here = root;
    for part in path.split('.') {
        let (name, index) = match part.split_once('[') {
            Some((name, rest)) => (name, rest.trim_end_matches(']').parse::<usize>().ok()),
            None => (part, None),
        };
        if !here.is_object() {
            *here = Value::Object(Map::new());
        }
        here = &mut here[name];
        if let Some(index) = index {
            if !here.is_array() {
                *here = Value::Array(Vec::new());
            }
            let Some(list) = here.as_array_mut() else { return };
            // Rows come in order: at most one is missing.
            if index == list.len() {
                list.push(Value::Null);
            }
            match list.get_mut(index) {
                Some(place) => here = place,
                None => return,
            }
        }
    }
    *here = value;
}

/// The act counts only the rows that say something: `outputs[1]` of the act may be row 3 of the form.
pub fn row_of(groups: &[Group], path: &str) -> String {
    let Some((list, rest)) = path.split_once('[') else { return path.to_owned() };
    let Some((index, rest)) = rest.split_once(']') else { return path.to_owned() };
    let Ok(index) = index.parse::<usize>() else { return path.to_owned() };
    for group in groups {
        if let Group::Rows { list: name, decided_by, rows } = group
            && *name == list
        {
            let mut used = rows.iter().enumerate().filter(|(_, row)| is_used(row, decided_by));
            if let Some((row, _)) = used.nth(index) {
                return format!("{list}[{row}]{rest}");
            }
        }
    }
    path.to_owned()
}

/// The field that a path means most nearly: the first of a list or group that is refused as a whole, or the whole of a part.
pub fn nearest(names: impl Iterator<Item = String>, path: &str) -> Option<String> {
    if path.is_empty() {
        return None;
    }
    let part_of = |whole: &str, part: &str| part.strip_prefix(whole).is_some_and(|rest| rest.starts_with(['.', '[']));
    names.into_iter().find(|name| part_of(path, name) || part_of(name, path))
}

/// For a refusal of a list, or of what no field of its row is called: the field of the row that decides whether it says
/// anything, and for amounts the one in which an amount was typed.
pub fn in_row(groups: &[Group], path: &str, slug: &str) -> Option<String> {
    let (list, index) = match path.split_once('[') {
        Some((list, rest)) => (list, rest.split(']').next()?.parse().ok()?),
        None => (path, 0),
    };
    let (decided_by, row) = groups.iter().find_map(|group| match group {
        Group::Rows { list: name, decided_by, rows } if *name == list => Some((*decided_by, rows.get(index)?)),
        _ => None,
    })?;
    let is_amount = |field: &&Field| matches!(field.kind, Kind::Pieces | Kind::Weight) && !field.value.is_empty();
    let amount = row.fields.iter().find(is_amount).filter(|_| AMOUNTS.contains(&slug));
    let field = amount.or_else(|| row.fields.iter().find(|field| last(&field.name) == decided_by))?;
    Some(field.name.clone())
}

/// Whether the value of such a refusal is an amount.
pub fn is_amount(slug: &str) -> bool {
    AMOUNTS.contains(&slug)
}

/// Refusals whose value and expectation are amounts.
const AMOUNTS: &[&str] =
    &["overdrawn", "outputs-exceed-input", "implausible-yield", "shares-differ", "batch-not-empty", "correct-first"];

/// Amounts of a refusal as people read them: records count grams.
pub fn in_units(problem: &mut Problem, unit: Unit) {
    if !AMOUNTS.contains(&problem.slug) || unit == Unit::Pieces {
        return;
    }
    let shown = |text: &str| text.parse().map_or_else(|_| text.to_owned(), format::weight);
    problem.value = shown(&problem.value);
    problem.expected = shown(&problem.expected);
    for (name, value) in &mut problem.details {
        if matches!(*name, "left" | "discrepancy") {
            *value = shown(value);
        }
    }
}

/// The sentence of a refusal at a field: of what was signed, for who prepares it by a button.
pub fn sentence_at(name: &str, problem: &Problem, locale: Locale) -> String {
    match problem.slug {
        "bad-signature" | "nonce-used" | "wrong-shape" if name == Signing::STATEMENT => {
            t(locale, &format!("form-statement-{}", problem.slug))
        }
        _ => sentence(problem, locale),
    }
}

/// The sentence of a refusal; a few speak of the JSON that programs send, and have another one for people.
pub fn sentence(problem: &Problem, locale: Locale) -> String {
    match problem.slug {
        "implausible-yield" => {
            let plot = problem.details.iter().find(|(name, _)| *name == "plot").map_or("", |(_, plot)| plot);
            let args = [
                ("plot", plot.into()),
                ("value", problem.value.as_str().into()),
                ("expected", problem.expected.as_str().into()),
            ];
            t_args(locale, "form-implausible-yield", &args)
        }
        "correct-first" => {
            let detail =
                |wanted: &str| problem.details.iter().find(|(name, _)| *name == wanted).map_or("", |(_, text)| text);
            let args = [
                ("lot", detail("lot").into()),
                ("value", problem.value.as_str().into()),
                ("expected", problem.expected.as_str().into()),
                ("discrepancy", detail("discrepancy").trim_start_matches('-').into()),
            ];
            t_args(locale, "form-correct-first", &args)
        }
        "net-content-required" => t(locale, "form-net-content"),
        _ if matches!(problem.rule.as_str(), "code-character" | "lot-character") => {
            let character = if problem.value == "U+0020" { t(locale, "form-space") } else { as_read(&problem.value) };
            let args = [("field", problem.field.as_str().into()), ("value", character.as_str().into())];
            t_args(locale, &format!("form-{}", problem.rule), &args)
        }
        _ => problem.detail(locale),
    }
}

/// `U+4E1C` → `东`; a character that cannot be seen keeps its number.
fn as_read(value: &str) -> String {
    let number = value.split_once("U+").map_or("", |(_, rest)| rest.trim_end_matches(')'));
    let character = u32::from_str_radix(number, 16).ok().and_then(char::from_u32);
    character.filter(|c| c.is_alphanumeric()).map_or_else(|| value.to_owned(), String::from)
}

/// Codes are read where they are typed, so that a form has all its faults at once.
fn check_code(field: &Field, text: &str) -> Result<(), Invalid> {
    match last(&field.name) {
        "gtin" => text.parse::<Gtin>().map(drop),
        "lot" => text.parse::<Lot>().map(drop),
        "code" => text.parse::<Code<64>>().map(drop),
        _ => Ok(()),
    }
}
