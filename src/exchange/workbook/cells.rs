//! The cells of one sheet.

use quick_xml::events::{BytesStart, Event};

use super::formats::Formats;
use super::xml::{attribute, each, is_set, said};
use super::{MOST_COLUMNS, MOST_COPIED, MOST_LETTERS, Unread, number, size, too_large, unreadable};
use crate::domain::acts::Refusal;
use crate::exchange::table::Row;

/// A sheet while it is read.
pub struct Sheet<'s> {
    shared: &'s [String],
    formats: &'s Formats,
    most: usize,
    lines: Vec<Row>,
    line: u64,
    column: usize,
    cells: Vec<Option<String>>,
    /// Bytes of text that cells took so far.
    copied: usize,
    is_row_hidden: bool,
    hidden: [bool; MOST_COLUMNS],
    unread: Unread,
}

/// The cell that is being read.
#[derive(Default)]
struct Cell {
    kind: String,
    style: usize,
    text: String,
}

impl<'s> Sheet<'s> {
    pub fn new(shared: &'s [String], formats: &'s Formats, most: usize) -> Self {
        Self {
            shared,
            formats,
            most,
            lines: Vec::new(),
            line: 0,
            column: 0,
            cells: Vec::new(),
            copied: 0,
            is_row_hidden: false,
            hidden: [false; MOST_COLUMNS],
            unread: Unread::default(),
        }
    }

    /// Lines that say anything, and what is hidden.
    pub fn read(mut self, xml: &str) -> Result<(Vec<Row>, Unread), Refusal> {
        let (mut cell, mut inside, mut aloud) = (None::<Cell>, false, false);
        each(xml, |event| {
            match event {
                Event::Start(start) | Event::Empty(start) => {
                    let is_open = matches!(event, Event::Start(_));
                    match start.local_name().into_inner() {
                        "col" => self.hide(start),
                        "row" => self.row(start),
                        "c" => cell = Some(self.cell(start)).filter(|_| is_open),
                        "v" | "t" => inside = is_open && cell.is_some(),
                        "rPh" => aloud = is_open,
                        // Lists to choose from have formulas too; they stand outside of cells.
                        "f" if cell.is_some() && !self.is_hidden() => {
                            return Err(Refusal::new("table-formula").at("table", self.place()));
                        }
                        "mergeCell" => {
                            let cells = attribute(start, "ref").unwrap_or_default();
                            return Err(Refusal::new("table-merged").at("table", cells));
                        }
                        _ => {}
                    }
                }
                Event::End(end) => match end.local_name().into_inner() {
                    "v" | "t" => inside = false,
                    "rPh" => aloud = false,
                    "c" => cell.take().map_or(Ok(()), |cell| self.put(cell))?,
                    "row" => self.finish()?,
                    _ => {}
                },
                other if inside && !aloud => {
                    if let Some(cell) = &mut cell {
                        cell.text.push_str(&said(other));
                    }
                }
                _ => {}
            }
            Ok(())
        })?;
        Ok((self.lines, self.unread))
    }

    /// Columns that are not seen.
    fn hide(&mut self, start: &BytesStart<'_>) {
        let end = |name: &str| attribute(start, name).and_then(|column| column.parse::<usize>().ok()).unwrap_or(0);
        if is_set(start, "hidden") || is_nought(start, "width") {
            let hidden = self.hidden.iter_mut().enumerate();
            hidden.filter(|(index, _)| (end("min")..=end("max")).contains(&(index + 1))).for_each(|(_, it)| *it = true);
        }
    }

    fn row(&mut self, start: &BytesStart<'_>) {
        self.line = attribute(start, "r").and_then(|line| line.parse().ok()).unwrap_or(self.line.saturating_add(1));
        self.column = 0;
        self.is_row_hidden = is_set(start, "hidden") || is_nought(start, "ht");
    }

    fn is_hidden(&self) -> bool {
        let column = self.column.checked_sub(1).and_then(|index| self.hidden.get(index));
        self.is_row_hidden || column.copied().unwrap_or_default()
    }

    /// Where the cell stands, and of what kind it is.
    fn cell(&mut self, start: &BytesStart<'_>) -> Cell {
        let named = attribute(start, "r").map(|place| column(&place));
        self.column = named.unwrap_or(self.column.saturating_add(1));
        let style = attribute(start, "s").and_then(|style| style.parse().ok()).unwrap_or(0);
        Cell { kind: attribute(start, "t").unwrap_or_default(), style, text: String::new() }
    }

    fn put(&mut self, cell: Cell) -> Result<(), Refusal> {
        let text = match cell.kind.as_str() {
            "s" => {
                let index = cell.text.trim().parse::<usize>();
                index.ok().and_then(|index| self.shared.get(index)).ok_or_else(|| unreadable("zip"))?.trim()
            }
            _ => cell.text.trim(),
        };
        if text.is_empty() {
            return Ok(());
        }
        let Some(index) = self.column.checked_sub(1).filter(|index| *index < MOST_COLUMNS) else {
            return Err(too_large("columns", self.place(), MOST_COLUMNS));
        };
        if self.is_hidden() {
            self.pass_over(index);
            return Ok(());
        }
        if text.chars().nth(MOST_LETTERS).is_some() {
            return Err(Refusal::new("table-long").at("table", self.place()).expected(MOST_LETTERS));
        }
        let text = match cell.kind.as_str() {
            "" | "n" if !text.parse().is_ok_and(|value| self.formats.is_plain(cell.style, value)) => {
                return Err(Refusal::new("table-format").at("table", self.place()));
            }
            "" | "n" => number(text),
            "b" => if text == "0" { "FALSE" } else { "TRUE" }.to_owned(),
            _ => text.to_owned(),
        };
        self.copied = self.copied.saturating_add(text.len());
        if self.copied > MOST_COPIED {
            return Err(too_large("size", size(self.copied as u64), size(MOST_COPIED as u64)));
        }
        if self.cells.len() <= index {
            self.cells.resize(index + 1, None);
        }
        self.cells[index] = Some(text);
        Ok(())
    }

    fn pass_over(&mut self, index: usize) {
        if self.is_row_hidden {
            self.unread.rows.insert(self.line);
        } else {
            self.unread.columns.insert(index + 1);
        }
    }

    fn finish(&mut self) -> Result<(), Refusal> {
        let cells = std::mem::take(&mut self.cells);
        if cells.is_empty() {
            return Ok(());
        }
        if self.lines.len() >= self.most {
            return Err(too_large("rows", self.line, self.most));
        }
        self.lines.push(Row { line: self.line, cells });
        Ok(())
    }

    /// As the spreadsheet names the cell: `C7`.
    fn place(&self) -> String {
        format!("{}{}", letters(self.column), self.line)
    }
}

fn is_nought(start: &BytesStart<'_>, name: &str) -> bool {
    attribute(start, name).and_then(|size| size.parse::<f64>().ok()).is_some_and(|size| size == 0.0)
}

/// 28 → `AB`.
pub fn letters(column: usize) -> String {
    let (mut letters, mut left) = (String::new(), column);
    while let Some(index) = left.checked_sub(1) {
        letters.insert(0, char::from(b'A' + (index % 26) as u8));
        left = index / 26;
    }
    letters
}

/// `AB12` → 28.
fn column(place: &str) -> usize {
    let letters = place.bytes().take_while(u8::is_ascii_alphabetic).map(|byte| byte.to_ascii_uppercase() - b'A');
    letters.fold(0_usize, |column, letter| column.saturating_mul(26).saturating_add(usize::from(letter) + 1))
}
