//! One field of a form.

use super::{Choice, Kind, NOTHING, id_of};
use crate::web::words::Words;

/// One input with its label, and what is wrong with it.
#[derive(Debug, Clone)]
pub struct Field {
    pub name: String,
    pub label: String,
    pub kind: Kind,
    pub value: String,
    pub need: bool,
    pub hint: Option<String>,
    pub error: Option<String>,
    /// Whether it may say that it can be left out: where one of two is needed, neither does.
    pub is_marked: bool,
    /// Stands on the page only once it is asked: the answer to a doubt.
    pub is_answer: bool,
    /// Codes that another one has already, with spaces between them: a script that proposes one looks here.
    pub taken: String,
}

impl Field {
    /// What is asked is asked with an error at the field.
    pub fn is_hidden(&self) -> bool {
        self.is_answer && self.error.is_none() && self.value.is_empty()
    }

    /// For `id` and `for`: a name has brackets.
    pub fn id(&self) -> String {
        id_of(&self.name)
    }

    pub fn suggest(&mut self, value: impl ToString) -> &mut Self {
        if !self.is_told() {
            self.value = value.to_string();
        }
        self
    }

    /// Somebody typed here, or a link brought a value; an empty one counts where the form was sent.
    fn is_told(&self) -> bool {
        self.value != NOTHING
    }

    pub fn optional(&mut self) -> &mut Self {
        self.need = false;
        self
    }

    /// One of two, of which one is needed.
    pub fn either(&mut self) -> &mut Self {
        self.need = false;
        self.is_marked = false;
        self
    }

    /// The answer to a doubt, that nobody is asked for before.
    pub fn answer(&mut self) -> &mut Self {
        self.is_answer = true;
        self
    }

    pub fn hint(&mut self, hint: impl Into<String>) -> &mut Self {
        self.hint = Some(hint.into());
        self
    }

    pub fn label(&mut self, label: impl Into<String>) -> &mut Self {
        self.label = label.into();
        self
    }

    /// The attribute `type` of an input.
    pub fn input_type(&self) -> &'static str {
        match self.kind {
            Kind::Day => "date",
            Kind::Moment => "datetime-local",
            _ => "text",
        }
    }

    /// Which keyboard a phone shows: for amounts one that has units too.
    pub fn input_mode(&self) -> Option<&'static str> {
        match self.kind {
            Kind::Figure(_) => Some("decimal"),
            Kind::Whole(_) | Kind::Pieces => Some("numeric"),
            _ => None,
        }
    }

    /// What the script converts beside the field.
    pub fn converts(&self) -> Option<&'static str> {
        match self.kind {
            Kind::Weight => Some("weight"),
            Kind::Area => Some("area"),
            _ => None,
        }
    }

    pub fn choices(&self) -> &[Choice] {
        match &self.kind {
            Kind::Pick(choices) => choices,
            _ => &[],
        }
    }

    pub fn is(&self, what: &str) -> bool {
        match self.kind {
            Kind::Pick(_) => what == "pick",
            Kind::Tick => what == "tick",
            Kind::Lines => what == "lines",
            _ => what == "input",
        }
    }

    pub fn unit(&self, w: &Words) -> String {
        match self.kind {
            Kind::Weight => "kg".to_owned(),
            Kind::Area => w.t("unit-mu"),
            Kind::Pieces => w.t("unit-pieces"),
            Kind::Figure(unit) => unit.to_owned(),
            Kind::Whole(key) => w.t(key),
            _ => String::new(),
        }
    }
}
