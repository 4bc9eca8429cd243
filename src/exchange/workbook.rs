//! Tables that people saved as XLSX (ECMA-376): the first sheet, its cells as text. A number reads as it stands in the cell, without
//! the digits that a binary number adds.
//!
//! What would make a cell say something else than what is seen, or stand for several, is refused: formulas, merged cells, macros.
//! Memory is bounded before anything is unfolded: by what the archive announces, which our zip reader holds it to.

use std::collections::HashMap;
use std::io::{Cursor, Read as _};

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::table::Row;
use super::zip::{ZipFault, ZipReader};
use crate::domain::acts::Refusal;

/// Unfolded bytes of a workbook at most, pictures and all.
const MOST_UNFOLDED: u64 = 16 * 1024 * 1024;
const MOST_MEMBERS: usize = 500;
/// Columns that are looked at; what stands further to the right is refused.
const MOST_COLUMNS: usize = 64;

type Zip<'b> = ZipReader<Cursor<&'b [u8]>>;

pub fn is_workbook(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK")
}

/// Lines of the first sheet that say anything, at most `most`; one more is refused.
pub fn lines(bytes: &[u8], most: usize) -> Result<Vec<Row>, Refusal> {
    let mut zip = ZipReader::open(Cursor::new(bytes)).map_err(|fault| broken(&fault))?;
    let unfolded = zip.entries().iter().fold(0_u64, |sum, entry| sum.saturating_add(entry.size));
    if unfolded > MOST_UNFOLDED || zip.entries().len() > MOST_MEMBERS {
        return Err(Refusal::new("table-too-large").at("table", size(unfolded)).expected(size(MOST_UNFOLDED)));
    }
    if zip.entries().iter().any(|entry| entry.name.ends_with("vbaProject.bin")) {
        return Err(unreadable("macros"));
    }
    let place = first_sheet(&mut zip)?;
    let shared = member(&mut zip, "xl/sharedStrings.xml")?.map_or_else(|| Ok(Vec::new()), |text| texts(&text))?;
    let sheet = member(&mut zip, &place)?.ok_or_else(|| unreadable("zip"))?;
    Sheet { shared: &shared, most, lines: Vec::new(), line: 0, column: 0, cells: Vec::new() }.read(&sheet)
}

fn broken(fault: &ZipFault) -> Refusal {
    unreadable(if matches!(fault, ZipFault::Encrypted(_)) { "locked" } else { "zip" })
}

fn unreadable(what: &str) -> Refusal {
    Refusal::new("table-unreadable").at("table", what)
}

fn size(bytes: u64) -> String {
    format!("{} MiB", bytes.div_ceil(1024 * 1024))
}

fn member(zip: &mut Zip<'_>, name: &str) -> Result<Option<String>, Refusal> {
    let Some(entry) = zip.entries().iter().find(|entry| entry.name == name).cloned() else { return Ok(None) };
    let mut text = String::new();
    zip.read(&entry).map_err(|fault| broken(&fault))?.read_to_string(&mut text).map_err(|_| unreadable("zip"))?;
    Ok(Some(text))
}

/// Where the sheet lies that stands first in the book.
fn first_sheet(zip: &mut Zip<'_>) -> Result<String, Refusal> {
    let missing = || unreadable("zip");
    let book = member(zip, "xl/workbook.xml")?.ok_or_else(missing)?;
    let relations = member(zip, "xl/_rels/workbook.xml.rels")?.ok_or_else(missing)?;
    let mut wanted = None;
    each(&book, |event| {
        if let Event::Start(start) | Event::Empty(start) = event
            && start.local_name().into_inner() == "sheet"
            && wanted.is_none()
        {
            wanted = attribute(start, "id");
        }
        Ok(())
    })?;
    let mut targets = HashMap::new();
    each(&relations, |event| {
        if let Event::Start(start) | Event::Empty(start) = event
            && let (Some(id), Some(target)) = (attribute(start, "Id"), attribute(start, "Target"))
        {
            targets.insert(id, target);
        }
        Ok(())
    })?;
    let target = wanted.and_then(|id| targets.remove(&id)).ok_or_else(missing)?;
    Ok(target.strip_prefix('/').map_or_else(|| format!("xl/{target}"), str::to_owned))
}

/// Texts that cells name by their number.
fn texts(xml: &str) -> Result<Vec<String>, Refusal> {
    let (mut all, mut text, mut inside, mut aloud) = (Vec::new(), String::new(), false, false);
    each(xml, |event| {
        match event {
            Event::Start(start) => match start.local_name().into_inner() {
                "t" => inside = true,
                // How a text is read out stands beside it.
                "rPh" => aloud = true,
                _ => {}
            },
            Event::Empty(start) if start.local_name().into_inner() == "si" => all.push(String::new()),
            Event::End(end) => match end.local_name().into_inner() {
                "t" => inside = false,
                "rPh" => aloud = false,
                "si" => all.push(std::mem::take(&mut text)),
                _ => {}
            },
            other if inside && !aloud => text.push_str(&said(other)),
            _ => {}
        }
        Ok(())
    })?;
    Ok(all)
}

/// A sheet while it is read.
struct Sheet<'s> {
    shared: &'s [String],
    most: usize,
    lines: Vec<Row>,
    line: u64,
    column: usize,
    cells: Vec<Option<String>>,
}

impl Sheet<'_> {
    fn read(mut self, xml: &str) -> Result<Vec<Row>, Refusal> {
        let (mut kind, mut text, mut inside) = (String::new(), String::new(), false);
        each(xml, |event| {
            match event {
                Event::Start(start) => match start.local_name().into_inner() {
                    "row" => self.row(start),
                    "c" => kind = self.cell(start),
                    "v" | "t" => inside = true,
                    "f" => return Err(Refusal::new("table-formula").at("table", self.place())),
                    _ => {}
                },
                Event::Empty(start) => match start.local_name().into_inner() {
                    "row" => self.row(start),
                    "c" => drop(self.cell(start)),
                    "f" => return Err(Refusal::new("table-formula").at("table", self.place())),
                    "mergeCell" => {
                        let cells = attribute(start, "ref").unwrap_or_default();
                        return Err(Refusal::new("table-merged").at("table", cells));
                    }
                    _ => {}
                },
                Event::End(end) => match end.local_name().into_inner() {
                    "v" | "t" => inside = false,
                    "c" => self.put(&kind, std::mem::take(&mut text))?,
                    "row" => self.finish()?,
                    _ => {}
                },
                other if inside => text.push_str(&said(other)),
                _ => {}
            }
            Ok(())
        })?;
        Ok(self.lines)
    }

    fn row(&mut self, start: &BytesStart<'_>) {
        self.line = attribute(start, "r").and_then(|line| line.parse().ok()).unwrap_or(self.line.saturating_add(1));
        self.column = 0;
    }

    /// Where the cell stands; answers of what kind it is.
    fn cell(&mut self, start: &BytesStart<'_>) -> String {
        let named = attribute(start, "r").map(|place| column(&place));
        self.column = named.unwrap_or(self.column.saturating_add(1));
        attribute(start, "t").unwrap_or_default()
    }

    fn put(&mut self, kind: &str, text: String) -> Result<(), Refusal> {
        let text = match kind {
            "s" => {
                let named = text.trim().parse::<usize>().ok().and_then(|index| self.shared.get(index));
                named.cloned().ok_or_else(|| unreadable("zip"))?
            }
            "" | "n" => number(&text),
            _ => text,
        };
        let text = text.trim();
        if text.is_empty() {
            return Ok(());
        }
        let Some(index) = self.column.checked_sub(1).filter(|index| *index < MOST_COLUMNS) else {
            return Err(Refusal::new("table-too-large").at("table", self.place()).expected(MOST_COLUMNS));
        };
        if self.cells.len() <= index {
            self.cells.resize(index + 1, None);
        }
        self.cells[index] = Some(text.to_owned());
        Ok(())
    }

    fn finish(&mut self) -> Result<(), Refusal> {
        let cells = std::mem::take(&mut self.cells);
        if cells.is_empty() {
            return Ok(());
        }
        if self.lines.len() >= self.most {
            return Err(Refusal::new("table-too-large").at("table", self.line).expected(self.most));
        }
        self.lines.push(Row { line: self.line, cells });
        Ok(())
    }

    /// As the spreadsheet names the cell: `C7`.
    fn place(&self) -> String {
        let (mut letters, mut left) = (String::new(), self.column);
        while let Some(index) = left.checked_sub(1) {
            letters.insert(0, char::from(b'A' + (index % 26) as u8));
            left = index / 26;
        }
        format!("{letters}{}", self.line)
    }
}

/// `AB12` → 28.
fn column(place: &str) -> usize {
    let letters = place.bytes().take_while(u8::is_ascii_alphabetic).map(|byte| byte.to_ascii_uppercase() - b'A');
    letters.fold(0_usize, |column, letter| column.saturating_mul(26).saturating_add(usize::from(letter) + 1))
}

/// `5.8000000000000003E-2`, as spreadsheets write what was typed as 0.058.
fn number(text: &str) -> String {
    let value = text.trim().parse::<f64>().ok().filter(|value| value.is_finite() && value.abs() < 1e15);
    value.map_or_else(|| text.to_owned(), |value| value.to_string())
}

/// What an event says: texts, and characters that have a name or a number. Entities of the file's own are not known.
fn said(event: &Event<'_>) -> String {
    match event {
        Event::Text(text) => text.xml10_content().into_owned(),
        Event::CData(text) => text.xml10_content().into_owned(),
        Event::GeneralRef(named) => match (named.resolve_char_ref(), &**named) {
            (Ok(Some(c)), _) => c.to_string(),
            (_, "amp") => "&".to_owned(),
            (_, "lt") => "<".to_owned(),
            (_, "gt") => ">".to_owned(),
            (_, "quot") => "\"".to_owned(),
            (_, "apos") => "'".to_owned(),
            _ => String::new(),
        },
        _ => String::new(),
    }
}

fn attribute(start: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = start.attributes().flatten().find(|it| it.key.local_name().into_inner() == name);
    found.map(|it| it.value.into_owned())
}

/// Every event of a document. One that declares entities is none that a spreadsheet writes.
fn each(xml: &str, mut with: impl FnMut(&Event<'_>) -> Result<(), Refusal>) -> Result<(), Refusal> {
    let mut reader = Reader::from_str(xml.trim_start_matches('\u{feff}'));
    loop {
        match reader.read_event() {
            Ok(Event::Eof) => return Ok(()),
            Ok(Event::DocType(_)) | Err(_) => return Err(unreadable("zip")),
            Ok(event) => with(&event)?,
        }
    }
}

#[cfg(test)]
mod tests;
