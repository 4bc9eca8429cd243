//! What stands in a cell of a list.

use crate::app::desk::sheet;

/// One cell: as it is shown, and as it is exported.
pub struct Shown {
    pub text: String,
    pub sub: Option<String>,
    /// Class of a state; the words say the same.
    pub tone: Option<&'static str>,
    pub raw: sheet::Cell,
    /// Of a figure that is exported without it; all figures of a row have the same.
    pub unit: Option<String>,
    /// The first cell of a row says the same as that above it.
    pub is_again: bool,
}

impl Shown {
    pub fn text(text: impl Into<String>) -> Self {
        let text = text.into();
        Self { raw: sheet::Cell::text(text.as_str()), text, sub: None, tone: None, unit: None, is_again: false }
    }

    pub fn number(text: impl Into<String>, raw: impl ToString) -> Self {
        Self { text: text.into(), sub: None, tone: None, raw: sheet::Cell::number(raw), unit: None, is_again: false }
    }

    /// Whether it fits on one line of any column; a number of a licence or a lot, a day and its time are never broken.
    pub fn is_short(&self) -> bool {
        let is_code = self.text.len() <= 20 && self.text.bytes().all(|byte| byte.is_ascii_graphic());
        let is_moment = self.text.len() <= 16 && self.text.bytes().all(|c| c.is_ascii_digit() || b"-: ".contains(&c));
        is_code || is_moment || self.text.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum::<usize>() <= 14
    }

    pub fn unit(mut self, unit: impl Into<String>) -> Self {
        self.unit = Some(unit.into());
        self
    }

    pub fn toned(mut self, tone: &'static str) -> Self {
        self.tone = Some(tone);
        self
    }

    pub fn sub(mut self, sub: impl Into<String>) -> Self {
        self.sub = Some(sub.into());
        self
    }
}
