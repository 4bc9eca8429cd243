//! Rows of a form.

use super::super::read::Typed;
use super::{Field, Kind, made, pushed};
use crate::web::words::Words;

/// The fields of one row.
pub struct RowMaker<'f> {
    pub(super) typed: &'f Typed,
    pub(super) w: &'f Words,
    pub(super) list: &'static str,
    pub(super) index: usize,
    pub(super) fields: Vec<Field>,
    pub(super) offered: Vec<String>,
}

impl RowMaker<'_> {
    pub fn field(&mut self, name: &str, kind: Kind, offered: impl ToString) -> &mut Field {
        let full = format!("{}[{}].{name}", self.list, self.index);
        let mut field = made(self.typed, self.w, &full, kind);
        field.suggest(offered.to_string());
        self.offered.push(offered.to_string());
        pushed(&mut self.fields, field)
    }
}
