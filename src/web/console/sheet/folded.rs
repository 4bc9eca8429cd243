//! What a form keeps behind a summary, and what the summary says.

use super::FormPage;
use crate::web::console::kit::{Field, Row};

impl FormPage<'_> {
    /// A fault is not hidden behind a summary.
    pub(super) fn is_wrong(fields: &[Field]) -> bool {
        fields.iter().any(|field| field.error.is_some())
    }

    /// What is behind a summary: the first two of it, by their labels without what stands in brackets.
    pub(super) fn folded(&self, fields: &[Field]) -> String {
        let short = |field: &Field| {
            let label = field.label.split(['（', '(', '，', ',']).next().unwrap_or_default().trim();
            self.w.inside(label)
        };
        let mut all: Vec<String> = fields.iter().map(short).collect();
        // Lowest and highest are of one thing.
        all.dedup();
        let names: Vec<String> = all.iter().take(2).cloned().collect();
        let more = if all.len() > names.len() { "…" } else { "" };
        format!("{}{more}", names.join(self.w.comma()))
    }

    /// Rows in which somebody wrote, or something is wrong.
    pub(super) fn is_any_filled(rows: &[Row]) -> bool {
        let mut fields = rows.iter().flat_map(|row| &row.fields);
        fields.any(|field| field.error.is_some() || !field.value.is_empty())
    }
}
