//! The form kit: a form is data, rendered by one template. A field is named like the JSON path of the act that it fills
//! (`picked.from`, `outputs[0].lot`), so that whatever refuses a value says at which field.

mod field;
mod file;
mod rows;
mod signing;

pub use field::Field;
pub use file::{FileField, TableField};
pub use signing::Signing;

use super::read::{self, Typed};
use super::warnings::Warning;
use crate::domain::acts::Head;
use crate::domain::quantity::Unit;
use crate::http::problem::Problem;
use crate::i18n::Locale;
use crate::web::words::Words;

/// What stands in a field, and how it is read.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    Line,
    Lines,
    /// Latin letters and digits: no keyboard corrects it.
    Code,
    /// Kilograms, or any unit that is typed behind the number.
    Weight,
    /// A whole number of packs or pieces.
    Pieces,
    /// 亩, or any unit that is typed behind the number.
    Area,
    Day,
    /// A moment on the clock of the instance.
    Moment,
    /// A decimal, its unit beside it.
    Figure(&'static str),
    /// A whole number, its unit (key of its text) beside it.
    Whole(&'static str),
    Pick(Vec<Choice>),
    Tick,
}

/// One line of a select.
#[derive(Debug, Clone, PartialEq)]
pub struct Choice {
    pub value: String,
    pub label: String,
}

impl Choice {
    pub fn new(value: impl ToString, label: impl Into<String>) -> Self {
        Self { value: value.to_string(), label: label.into() }
    }
}

/// Stands in a field that nobody told anything, until the form is complete.
const NOTHING: &str = "\u{0}";

pub fn id_of(name: &str) -> String {
    let plain = name.replace(|c: char| !c.is_ascii_alphanumeric(), "-");
    format!("f-{}", plain.trim_end_matches('-'))
}

/// Fields that stand together.
#[derive(Debug)]
pub enum Group {
    Fields(Vec<Field>),
    /// A list of the act: one row an entry. A row whose `decided_by` is empty, and that is otherwise as it was offered, is none.
    Rows {
        list: &'static str,
        decided_by: &'static str,
        rows: Vec<Row>,
    },
    /// Boxes of one question, any of which may be ticked.
    Ticks {
        legend: String,
        fields: Vec<Field>,
        more: Option<More>,
    },
    /// What most people leave alone, behind a summary.
    Folded(Vec<Field>),
}

/// A button among the fields, after which the form comes back with more to choose from.
#[derive(Debug)]
pub struct More {
    pub value: &'static str,
    pub label: String,
}

#[derive(Debug)]
pub struct Row {
    pub fields: Vec<Field>,
    /// What was offered before anybody typed.
    pub offered: Vec<String>,
}

/// Own plots beside a new one.
#[derive(Debug)]
pub struct Neighbours {
    /// A line a plot, for the script that compares.
    pub outlines: String,
    /// What is no overlap yet, of the smaller plot.
    pub tolerated_percent: u64,
}

/// A form on its way to the page, or back from it.
#[derive(Debug)]
pub struct Form {
    pub heading: String,
    pub go: String,
    pub lead: Vec<String>,
    /// What is to be thought of first, in the colour of attention.
    pub warnings: Vec<Warning>,
    /// Where what is missing is registered.
    pub ways: Vec<(&'static str, String)>,
    /// Where a table of many is taken in at once.
    pub many: Option<&'static str>,
    pub facts: Vec<(String, String)>,
    /// Why its subject stands still.
    pub stops: Vec<String>,
    pub groups: Vec<Group>,
    /// There is nothing to fill in or to send: what stands above says why.
    pub is_closed: bool,
    /// What it does cannot be taken back.
    pub is_final: bool,
    /// The one file that may stand beside the fields.
    pub file: Option<FileField>,
    /// The table that may fill its list.
    pub table: Option<TableField>,
    /// What its sender may sign of it.
    pub signing: Option<Signing>,
    /// What was done with the form before it came back.
    pub notices: Vec<String>,
    /// Id of the field, where it is one, and the sentence.
    pub errors: Vec<(Option<String>, String)>,
    /// What the outline that is drawn on it may lie over.
    pub neighbours: Option<Neighbours>,
    /// Whether a phone keeps it, and what was filled in where there is no network.
    pub is_kept: bool,
    /// Makes a double click one act.
    pub idempotency: String,
    /// What the sender saw of the subject.
    pub seen: Option<Head>,
    /// What others recorded since the form was opened.
    pub meanwhile: Vec<String>,
    /// Where "cancel" leads.
    pub back: String,
    /// In which amounts are told in sentences.
    pub unit: Unit,
    typed: Typed,
    w: Words,
}

/// Refusals that ask whether it is really so, and the field that answers: only there is the doubt dispelled.
const ANSWERS: &[(&str, &str)] = &[("implausible-yield", "confirm_yield")];

impl Form {
    /// `key` names its texts: `form-{key}`, `form-{key}-go`.
    pub fn new(key: &str, w: &Words, typed: Typed) -> Self {
        Self {
            heading: w.t(&format!("form-{key}")),
            go: w.t(&format!("form-{key}-go")),
            lead: Vec::new(),
            warnings: Vec::new(),
            ways: Vec::new(),
            many: None,
            facts: Vec::new(),
            stops: Vec::new(),
            groups: Vec::new(),
            is_closed: false,
            is_final: false,
            file: None,
            table: None,
            signing: None,
            notices: Vec::new(),
            errors: Vec::new(),
            neighbours: None,
            is_kept: false,
            idempotency: String::new(),
            seen: None,
            meanwhile: Vec::new(),
            back: "/console".to_owned(),
            unit: Unit::Grams,
            typed,
            w: w.clone(),
        }
    }

    /// A field that is needed.
    pub fn field(&mut self, name: &str, kind: Kind) -> &mut Field {
        let field = made(&self.typed, &self.w, name, kind);
        if !matches!(self.groups.last(), Some(Group::Fields(_))) {
            self.groups.push(Group::Fields(Vec::new()));
        }
        match self.groups.last_mut() {
            Some(Group::Fields(fields)) => pushed(fields, field),
            _ => unreachable!("a group of fields was pushed"),
        }
    }

    /// A field that most people leave alone.
    pub fn folded(&mut self, name: &str, kind: Kind) -> &mut Field {
        let field = made(&self.typed, &self.w, name, kind);
        if !matches!(self.groups.last(), Some(Group::Folded(_))) {
            self.groups.push(Group::Folded(Vec::new()));
        }
        match self.groups.last_mut() {
            Some(Group::Folded(fields)) => pushed(fields, field).optional(),
            _ => unreachable!("a folded group was pushed"),
        }
    }

    /// Boxes to tick, each with its name and what stands beside it.
    pub fn ticks(&mut self, legend: &str, boxes: impl IntoIterator<Item = (String, String)>, more: Option<More>) {
        let field = |(name, label): (String, String)| {
            let mut field = made(&self.typed, &self.w, &name, Kind::Tick);
            field.label(label);
            field
        };
        let fields = boxes.into_iter().map(field).collect();
        self.groups.push(Group::Ticks { legend: self.w.t(legend), fields, more });
    }

    /// When it happened and a public remark: what every act may tell.
    pub fn told(&mut self) {
        let [when, note] = ["h-occurred_at", "h-note"].map(|key| self.w.t(key));
        self.folded("occurred_at", Kind::Moment).hint(when);
        self.folded("note", Kind::Lines).hint(note);
    }

    /// The form is complete: fields that nobody told anything are empty.
    pub fn finish(&mut self) {
        for field in self.fields_mut() {
            if field.value == NOTHING {
                field.value.clear();
            }
        }
    }

    pub fn fields_mut(&mut self) -> impl Iterator<Item = &mut Field> {
        let statement = self.signing.iter_mut().map(|signing| &mut signing.statement);
        let of_groups = self.groups.iter_mut().flat_map(|group| -> Box<dyn Iterator<Item = &mut Field>> {
            match group {
                Group::Fields(fields) | Group::Folded(fields) | Group::Ticks { fields, .. } => {
                    Box::new(fields.iter_mut())
                }
                Group::Rows { rows, .. } => Box::new(rows.iter_mut().flat_map(|row| row.fields.iter_mut())),
            }
        });
        of_groups.chain(statement)
    }

    /// The JSON of the act, or errors at the fields.
    pub fn read(&mut self, offset_minutes: i32) -> Option<serde_json::Value> {
        let w = self.w.clone();
        read::json(self, &w, offset_minutes)
    }

    /// The file is what the form is for, and stands above what most people leave alone.
    pub fn file_is_shown(&self) -> bool {
        self.file.as_ref().is_some_and(|file| file.is_main)
    }

    pub fn locale(&self) -> Locale {
        self.w.locale
    }

    /// It was sent, and stands before its sender again.
    pub fn came_back(&self) -> bool {
        self.typed.is_sent()
    }

    /// The position of the newest record that the sender saw.
    pub fn sent_seq(&self) -> Option<u64> {
        self.typed.get("seq")?.parse().ok()
    }

    /// What was typed or asked for, where it was.
    pub fn told_value(&self, name: &str) -> Option<String> {
        self.typed.get(name).filter(|value| !value.is_empty())
    }

    /// Puts a refusal to its field, and into the list on top, in words of the field.
    pub fn refuse(&mut self, mut problem: Problem) {
        let locale = self.w.locale;
        if let Some((id, error)) = self.file_error(&problem.field) {
            let sentence = problem.detail(locale);
            *error = Some(sentence.clone());
            self.errors.push((Some(id.to_owned()), sentence));
            return;
        }
        let answer = ANSWERS.iter().find(|(slug, _)| *slug == problem.slug).map(|(_, answer)| (*answer).to_owned());
        let name = answer.unwrap_or_else(|| read::row_of(&self.groups, &problem.field));
        read::in_units(&mut problem, self.unit);
        let (pieces, unit) = (self.w.t("unit-pieces"), self.unit);
        let is_field = self.fields_mut().any(|field| field.name == name);
        let found = match read::in_row(&self.groups, &name, problem.slug) {
            _ if is_field => Some(name),
            Some(in_row) => Some(in_row),
            // A refusal of a list as a whole, or of what a field is a part of.
            None => read::nearest(self.fields_mut().map(|field| field.name.clone()), &name),
        };
        let Some(field) = found.and_then(|name| self.fields_mut().find(|field| field.name == name)) else {
            self.errors.push((None, read::sentence(&problem, locale)));
            return;
        };
        problem.field = field.label.clone();
        if field.kind == Kind::Pieces && read::is_amount(problem.slug) && !field.value.is_empty() {
            if unit == Unit::Pieces {
                problem.expected = format!("{} {pieces}", problem.expected);
            }
            // What was typed, and what it comes to where that is something else.
            let typed = field.value.trim();
            problem.value = match problem.value == typed.replace(',', "") {
                true => format!("{typed} {pieces}"),
                false => format!("{typed} {pieces} ({})", problem.value),
            };
        }
        let (name, sentence) = (field.name.clone(), read::sentence_at(&field.name, &problem, locale));
        self.refuse_at(&name, sentence);
    }

    /// Where it is said what is wrong with a file: the element, and its sentence.
    fn file_error(&mut self, name: &str) -> Option<(&'static str, &mut Option<String>)> {
        match name {
            FileField::NAME => self.file.as_mut().map(|file| (FileField::ID, &mut file.error)),
            TableField::NAME => self.table.as_mut().map(|table| (TableField::ID, &mut table.error)),
            _ => None,
        }
    }

    /// Says what has to be there first, and leads to it.
    pub fn needs_first(&mut self, says: &str, href: &'static str, verb: &str) {
        self.lead.push(self.w.t(says));
        self.ways.push((href, self.w.t(verb)));
    }

    /// Nothing can be done here now; `why` says what it takes.
    pub fn closed(&mut self, why: &str) {
        self.lead.push(self.w.t(why));
        self.is_closed = true;
    }

    pub fn refuse_at(&mut self, name: &str, sentence: String) {
        let Some(field) = self.fields_mut().find(|field| field.name == name) else { return };
        field.error = Some(sentence.clone());
        let id = field.id();
        self.errors.push((Some(id), sentence));
    }
}

fn made(typed: &Typed, w: &Words, name: &str, kind: Kind) -> Field {
    let value = typed.get(name).unwrap_or_else(|| if typed.is_sent() { String::new() } else { NOTHING.to_owned() });
    let need = kind != Kind::Tick;
    Field {
        name: name.to_owned(),
        label: w.t(&label_key(name)),
        kind,
        value,
        need,
        hint: None,
        error: None,
        is_marked: true,
        is_answer: false,
        taken: String::new(),
    }
}

/// `outputs[2].lot` → `f-outputs-lot`.
fn label_key(name: &str) -> String {
    let mut key = String::from("f-");
    let mut inside = false;
    for c in name.chars() {
        match c {
            '[' => inside = true,
            ']' => inside = false,
            '.' => key.push('-'),
            _ if !inside => key.push(c),
            _ => {}
        }
    }
    key
}

fn pushed(fields: &mut Vec<Field>, field: Field) -> &mut Field {
    fields.push(field);
    match fields.last_mut() {
        Some(last) => last,
        None => unreachable!("a field was pushed"),
    }
}
