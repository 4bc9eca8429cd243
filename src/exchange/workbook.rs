//! Tables that people saved as XLSX (ECMA-376): the first sheet that is seen, its cells as text. A number reads as it stands in the
//! cell, without the digits that a binary number adds.
//!
//! What would make a cell say something else than what is seen, or stand for several, is refused: formulas, merged cells, macros,
//! formats that show a number as something else. What is hidden is not read, and told. Memory is bounded before anything is
//! unfolded, by what the archive announces, which our zip reader holds it to; and by what cells take of texts that they share.

use std::collections::{BTreeSet, HashMap};
use std::io::{Cursor, Read as _};

use quick_xml::events::Event;

use self::cells::Sheet;
use self::formats::Formats;
use self::xml::{attribute, each, said};
use super::table::{MOST_COLUMNS, Row};
use super::zip::{ZipFault, ZipReader};
use crate::domain::acts::Refusal;

mod cells;
mod formats;
mod xml;

/// Unfolded bytes of a workbook at most, pictures and all.
const MOST_UNFOLDED: u64 = 16 * 1024 * 1024;
const MOST_MEMBERS: usize = 500;
/// Texts that cells share, and styles of cells.
const MOST_TEXTS: usize = 65_536;
/// Characters of a cell: more than the longest field of a result takes.
const MOST_LETTERS: usize = 400;
/// Bytes of all cells together. One text may stand in every cell, and is kept once in the file.
const MOST_COPIED: usize = 4 * 1024 * 1024;

type Zip<'b> = ZipReader<Cursor<&'b [u8]>>;

/// What of a workbook was not read, though something stands there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Unread {
    /// Names of further sheets.
    pub sheets: Vec<String>,
    /// Hidden rows and columns, by their number from 1.
    pub rows: BTreeSet<u64>,
    pub columns: BTreeSet<usize>,
}

impl Unread {
    /// As the spreadsheet calls the columns.
    pub fn letters(&self) -> Vec<String> {
        self.columns.iter().map(|column| cells::letters(*column)).collect()
    }
}

pub fn is_workbook(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK")
}

/// Lines of the first sheet that say anything, at most `most`; one more is refused.
pub fn read(bytes: &[u8], most: usize) -> Result<(Vec<Row>, Unread), Refusal> {
    let mut zip = ZipReader::open(Cursor::new(bytes)).map_err(|fault| broken(&fault))?;
    let unfolded = zip.entries().iter().fold(0_u64, |sum, entry| sum.saturating_add(entry.size));
    if unfolded > MOST_UNFOLDED {
        return Err(too_large("size", size(unfolded), size(MOST_UNFOLDED)));
    }
    if zip.entries().len() > MOST_MEMBERS {
        return Err(too_large("members", zip.entries().len(), MOST_MEMBERS));
    }
    if zip.entries().iter().any(|entry| entry.name.ends_with("vbaProject.bin")) {
        return Err(unreadable("macros"));
    }
    let Book { sheet, styles, texts: shared, others } = book(&mut zip)?;
    let shared = member(&mut zip, &shared)?.map_or_else(|| Ok(Vec::new()), |text| texts(&text))?;
    let formats = member(&mut zip, &styles)?.map_or_else(|| Ok(Formats::default()), |text| Formats::read(&text))?;
    let sheet = member(&mut zip, &sheet)?.ok_or_else(|| unreadable("zip"))?;
    let (lines, mut unread) = Sheet::new(&shared, &formats, most).read(&sheet)?;
    unread.sheets = others;
    Ok((lines, unread))
}

fn broken(fault: &ZipFault) -> Refusal {
    unreadable(if matches!(fault, ZipFault::Encrypted(_)) { "locked" } else { "zip" })
}

fn unreadable(what: &str) -> Refusal {
    Refusal::new("table-unreadable").at("table", what)
}

/// Too much of what.
pub(super) fn too_large(what: &str, value: impl ToString, most: impl ToString) -> Refusal {
    Refusal::new("table-too-large").at("table", value.to_string()).expected(most.to_string()).detail("what", what)
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

/// Where the parts of a workbook lie.
struct Book {
    sheet: String,
    styles: String,
    texts: String,
    /// Names of the sheets that are not read.
    others: Vec<String>,
}

/// The first sheet that is seen is read; a drawing on a sheet of its own is none.
fn book(zip: &mut Zip<'_>) -> Result<Book, Refusal> {
    let missing = || unreadable("zip");
    let book = member(zip, "xl/workbook.xml")?.ok_or_else(missing)?;
    let relations = member(zip, "xl/_rels/workbook.xml.rels")?.ok_or_else(missing)?;
    let mut targets = HashMap::new();
    let (mut styles, mut texts) = ("xl/styles.xml".to_owned(), "xl/sharedStrings.xml".to_owned());
    each(&relations, |event| {
        if let Event::Start(start) | Event::Empty(start) = event
            && let (Some(id), Some(target)) = (attribute(start, "Id"), attribute(start, "Target"))
        {
            let place = target.strip_prefix('/').map_or_else(|| format!("xl/{target}"), str::to_owned);
            match attribute(start, "Type").unwrap_or_default().rsplit('/').next().unwrap_or_default() {
                "styles" => styles = place,
                "sharedStrings" => texts = place,
                "chartsheet" | "dialogsheet" => {}
                _ => drop(targets.insert(id, place)),
            }
        }
        Ok(())
    })?;
    let (mut wanted, mut others) = (None, Vec::new());
    each(&book, |event| {
        let (Event::Start(start) | Event::Empty(start)) = event else { return Ok(()) };
        if start.local_name().into_inner() == "sheet" {
            let is_seen = attribute(start, "state").is_none_or(|state| state == "visible");
            let place = attribute(start, "id").and_then(|id| targets.remove(&id));
            match place {
                Some(place) if is_seen && wanted.is_none() => wanted = Some(place),
                _ => others.push(attribute(start, "name").unwrap_or_default()),
            }
        }
        Ok(())
    })?;
    Ok(Book { sheet: wanted.ok_or_else(missing)?, styles, texts, others })
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
        if all.len() > MOST_TEXTS {
            return Err(too_large("texts", all.len(), MOST_TEXTS));
        }
        Ok(())
    })?;
    Ok(all)
}

/// Digits that a result takes.
const MOST_DIGITS: usize = 15;

/// `5.8000000000000003E-2`, as spreadsheets write what was typed as 0.058: at most 15 digits, of which a spreadsheet shows no more.
/// What would become nothing by that, or has more before its point, stays as it is written and is refused as a figure.
fn number(text: &str) -> String {
    let rounded = |value: f64| format!("{value:.14e}").parse::<f64>().unwrap_or(value);
    let Some(value) = text.parse::<f64>().ok().filter(|value| value.is_finite()).map(rounded) else {
        return text.to_owned();
    };
    if value == 0.0 {
        return "0".to_owned();
    }
    let whole = format!("{:.0}", value.abs().trunc()).len();
    let Some(decimals) = MOST_DIGITS.checked_sub(whole) else { return text.to_owned() };
    let shortest = value.to_string();
    let is_short = shortest.split_once('.').is_none_or(|(_, fraction)| fraction.len() <= decimals);
    let figure = if is_short { shortest } else { format!("{value:.decimals$}") };
    let figure = if figure.contains('.') { figure.trim_end_matches('0').trim_end_matches('.') } else { &figure };
    if figure.bytes().any(|byte| (b'1'..=b'9').contains(&byte)) { figure.to_owned() } else { text.to_owned() }
}

#[cfg(test)]
mod tests;
