//! Drawing up the rows of a list.

use super::{Field, Form, Group, Kind, Row, made, pushed};
use crate::web::console::read::Typed;
use crate::web::words::Words;

impl Form {
    /// Rows of a list: as many as were sent, at least `least`. `row` fills one with its fields.
    pub fn rows(
        &mut self,
        list: &'static str,
        decided_by: &'static str,
        least: usize,
        row: impl Fn(&mut RowMaker<'_>, usize),
    ) {
        let count = self.typed.rows(list, least);
        let rows = (0..count).map(|index| {
            let mut maker = RowMaker::new(&self.typed, &self.w, list, index);
            row(&mut maker, index);
            maker.finish()
        });
        let rows = rows.collect();
        self.groups.push(Group::Rows { list, decided_by, rows });
    }

    /// Draws `most` rows of a list at most.
    pub fn cut_rows(&mut self, list: &str, most: usize) {
        self.typed.cut_rows(list, most);
    }

    /// Rows that a list has, before they are drawn.
    pub fn count(&self, list: &str, least: usize) -> usize {
        self.typed.rows(list, least)
    }
}

/// The fields of one row.
pub struct RowMaker<'f> {
    typed: &'f Typed,
    w: &'f Words,
    list: &'static str,
    index: usize,
    fields: Vec<Field>,
    offered: Vec<String>,
}

impl<'f> RowMaker<'f> {
    pub(super) fn new(typed: &'f Typed, w: &'f Words, list: &'static str, index: usize) -> Self {
        Self { typed, w, list, index, fields: Vec::new(), offered: Vec::new() }
    }

    pub(super) fn finish(self) -> Row {
        Row { fields: self.fields, offered: self.offered }
    }

    pub fn field(&mut self, name: &str, kind: Kind, offered: impl ToString) -> &mut Field {
        let full = format!("{}[{}].{name}", self.list, self.index);
        let mut field = made(self.typed, self.w, &full, kind);
        field.suggest(offered.to_string());
        self.offered.push(offered.to_string());
        pushed(&mut self.fields, field)
    }
}
