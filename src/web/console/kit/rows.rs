//! Drawing up one row of a list.

use super::{Field, Kind, Row, made, pushed};
use crate::web::console::read::Typed;
use crate::web::words::Words;

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
