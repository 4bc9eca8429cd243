//! A list as it is drawn: heads that put it in order, filters above, sums, where it goes on.

use askama::Template;

use super::{NeedsFirst, Row, Shown};
use crate::web::console::kit::Choice;
use crate::web::console::shell::Shell;
use crate::web::words::Words;

/// A small table above the list.
pub struct Sums {
    pub heading: String,
    pub columns: Vec<(String, bool)>,
    pub rows: Vec<Vec<Shown>>,
    /// Where not everything was summed.
    pub note: Option<String>,
}

/// A choice above the table.
pub struct Filter {
    pub name: &'static str,
    pub label: String,
    /// Empty for a field that is typed into.
    pub choices: Vec<Choice>,
    pub value: String,
    /// Typed as a day.
    pub is_day: bool,
    /// What is wrong with what was typed, which then finds nothing.
    pub error: Option<String>,
}

impl Filter {
    pub fn choice(name: &'static str, label: String, choices: Vec<Choice>, value: String) -> Self {
        Self { name, label, choices, value, is_day: false, error: None }
    }

    pub fn typed(name: &'static str, label: String, value: String) -> Self {
        Self::choice(name, label, Vec::new(), value)
    }

    pub fn day(name: &'static str, label: String, value: String) -> Self {
        Self { is_day: true, ..Self::typed(name, label, value) }
    }

    pub fn wrong(self, error: Option<String>) -> Self {
        Self { error, ..self }
    }

    /// A browser shows nothing in a field of days that is no day.
    fn input(&self) -> &'static str {
        if self.is_day && self.error.is_none() { "date" } else { "text" }
    }
}

/// The head of a column: pressed, it orders the list.
pub struct Head {
    pub label: String,
    pub is_number: bool,
    pub href: String,
    /// `ascending` or `descending`, where the list is in its order.
    pub order: Option<&'static str>,
}

pub struct Table {
    pub heading: String,
    pub columns: Vec<Head>,
    /// Where only the newest rows were put in order.
    pub note: Option<String>,
    pub rows: Vec<Row>,
    pub verb: Option<(&'static str, String)>,
    pub other_look: Option<(String, String)>,
    pub needs_first: Option<NeedsFirst>,
    pub filters: Vec<Filter>,
    /// The order that was asked for, as an address says it.
    pub sort: String,
    pub sums: Option<Sums>,
    pub older: Option<String>,
    pub newest: Option<String>,
    pub csv: String,
    pub xlsx: String,
    pub empty: String,
    pub done: Option<String>,
}

impl Table {
    /// Where nothing was ever there, there is nothing to look for.
    fn has_filters(&self) -> bool {
        let is_asked = self.filters.iter().any(|filter| !filter.value.is_empty());
        !self.filters.is_empty() && (is_asked || !self.rows.is_empty() || self.older.is_some())
    }

    /// What a narrow screen, which has no heads to press, offers in their place: by each column, up and down.
    fn orders(&self) -> Vec<(String, String)> {
        let of = |(index, head): (usize, &Head)| {
            let number = index + 1;
            [(number.to_string(), format!("{} ↑", head.label)), (format!("-{number}"), format!("{} ↓", head.label))]
        };
        self.columns.iter().enumerate().flat_map(of).collect()
    }

    fn has_verbs(&self) -> bool {
        self.rows.iter().any(|row| row.verb.is_some())
    }
}

#[derive(Template)]
#[template(path = "console/list.html")]
pub struct ListPage<'a> {
    pub s: &'a Shell,
    pub w: &'a Words,
    pub t: &'a Table,
}
