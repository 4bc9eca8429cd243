//! Tables out, for spreadsheets: CSV and XLSX. A text stays a text: no cell of it is run as a formula, and a lot of digits keeps its
//! zeros in XLSX, where a cell says what it is. CSV cannot say that; what could be run begins with an apostrophe there.
//!
//! Own code on our zip writer: a table without styles is five small files, and a library for it would bring a hundred kinds of cell.

use std::cmp::Ordering;
use std::io::{self, Write};

use super::zip::ZipWriter;

/// One cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    Text(String),
    /// A plain decimal: digits, one point, perhaps a minus.
    Number(String),
}

impl Cell {
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    pub fn number(number: impl ToString) -> Self {
        Self::Number(number.to_string())
    }

    /// Numbers by their value, before texts; texts by their characters.
    pub fn compare(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Number(a), Self::Number(b)) => {
                let value = |text: &str| text.parse::<f64>().unwrap_or(f64::MIN);
                value(a).total_cmp(&value(b))
            }
            (Self::Number(_), Self::Text(_)) => Ordering::Less,
            (Self::Text(_), Self::Number(_)) => Ordering::Greater,
            (Self::Text(a), Self::Text(b)) => a.cmp(b),
        }
    }
}

/// UTF-8 with a mark in front, by which spreadsheets know that it is UTF-8.
pub fn csv(head: &[String], rows: &[Vec<Cell>]) -> Vec<u8> {
    let mut out = String::from("\u{feff}");
    let head: Vec<Cell> = head.iter().map(Cell::text).collect();
    for row in std::iter::once(&head).chain(rows) {
        let cells: Vec<String> = row.iter().map(csv_cell).collect();
        out.push_str(&cells.join(","));
        out.push_str("\r\n");
    }
    out.into_bytes()
}

fn csv_cell(cell: &Cell) -> String {
    match cell {
        Cell::Number(number) => number.clone(),
        Cell::Text(text) => {
            let runs = text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']);
            let safe = if runs { format!("'{text}") } else { text.clone() };
            format!("\"{}\"", safe.replace('"', "\"\""))
        }
    }
}

const TYPES: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>"#;
const RELATIONS: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;
const BOOK_RELATIONS: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#;

/// One sheet, its first row the head.
pub fn xlsx(name: &str, head: &[String], rows: &[Vec<Cell>]) -> io::Result<Vec<u8>> {
    let mut zip = ZipWriter::new(Vec::new());
    let mut member = |name: &str, text: &str| zip.deflated(name, |out| out.write_all(text.as_bytes()));
    member("[Content_Types].xml", TYPES)?;
    member("_rels/.rels", RELATIONS)?;
    member("xl/workbook.xml", &book(name))?;
    member("xl/_rels/workbook.xml.rels", BOOK_RELATIONS)?;
    zip.deflated("xl/worksheets/sheet1.xml", |out| sheet(out, head, rows))?;
    zip.finish()
}

fn book(name: &str) -> String {
    // A sheet's name has at most 31 characters, and none of these.
    let name: String = name.chars().filter(|c| !"[]:*?/\\'".contains(*c)).take(31).collect();
    format!(
        r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="{}" sheetId="1" r:id="rId1"/></sheets></workbook>"#,
        escaped(&name)
    )
}

fn sheet(out: &mut dyn Write, head: &[String], rows: &[Vec<Cell>]) -> io::Result<()> {
    out.write_all(br#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><sheetData>"#)?;
    let head: Vec<Cell> = head.iter().map(Cell::text).collect();
    for row in std::iter::once(&head).chain(rows) {
        out.write_all(b"<row>")?;
        for cell in row {
            match cell {
                Cell::Number(number) => write!(out, "<c><v>{}</v></c>", escaped(number))?,
                Cell::Text(text) => {
                    write!(out, r#"<c t="inlineStr"><is><t xml:space="preserve">{}</t></is></c>"#, escaped(text))?
                }
            }
        }
        out.write_all(b"</row>")?;
    }
    out.write_all(b"</sheetData></worksheet>")
}

/// Characters that XML cannot hold are left out.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\t' | '\n' | '\r' => safe.push(c),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => {}
            c => safe.push(c),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::zip::ZipReader;
    use std::io::{Cursor, Read as _};

    fn rows() -> Vec<Vec<Cell>> {
        vec![
            vec![Cell::text("00123"), Cell::number("9592.8")],
            vec![Cell::text("=1+1"), Cell::number(-5)],
            vec![Cell::text("甲 \"乙\" <丙> & 丁\u{1}"), Cell::number(0)],
        ]
    }

    #[test]
    fn no_text_of_a_csv_is_run_as_a_formula() {
        let text = String::from_utf8(csv(&["批号".into(), "kg".into()], &rows())).unwrap();
        assert!(text.starts_with("\u{feff}\"批号\",\"kg\"\r\n\"00123\",9592.8\r\n"), "{text}");
        assert!(text.contains("\"'=1+1\",-5\r\n"), "{text}");
        assert!(text.contains("\"甲 \"\"乙\"\" <丙> & 丁"), "{text}");
        for first in ["+1", "-1", "@SUM(A1)", "\tx", "\rx"] {
            assert_eq!(csv_cell(&Cell::text(first)), format!("\"'{first}\""));
        }
    }

    #[test]
    fn an_xlsx_has_texts_that_stay_texts() {
        let bytes = xlsx("批次/2026", &["批号".into(), "kg".into()], &rows()).unwrap();
        let mut zip = ZipReader::open(Cursor::new(bytes)).unwrap();
        let mut found = Vec::new();
        for entry in zip.entries().to_vec() {
            let mut text = String::new();
            zip.read(&entry).unwrap().read_to_string(&mut text).unwrap();
            found.push((entry.name, text));
        }
        let text = |wanted: &str| &found.iter().find(|(name, _)| name == wanted).unwrap().1;
        assert!(text("xl/workbook.xml").contains("name=\"批次2026\""));
        let sheet = text("xl/worksheets/sheet1.xml");
        assert!(
            sheet.contains(r#"<c t="inlineStr"><is><t xml:space="preserve">00123</t></is></c><c><v>9592.8</v></c>"#),
            "{sheet}"
        );
        assert!(sheet.contains(">=1+1</t>") && !sheet.contains("<f>"), "{sheet}");
        assert!(sheet.contains("甲 &quot;乙&quot; &lt;丙&gt; &amp; 丁</t>"), "{sheet}");
    }
}
