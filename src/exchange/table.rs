//! Tables that people made in a spreadsheet and saved as CSV: UTF-8 with or without a mark, UTF-16, or GB18030 as Chinese
//! office programs write it, between commas, semicolons or tabs. Gives cells as text, by the names of the head; judges no value.

use super::workbook::{self, Unread};
use crate::domain::acts::{Refusal, RefusedRow};

/// Rows of one file at most.
pub const MAX_ROWS: usize = 10_000;
/// Columns of one file at most.
pub(super) const MOST_COLUMNS: usize = 64;

/// A row: its line in the file and its cells, in the order of the head; empty cells count as absent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Line of the file; the first is 1.
    pub line: u64,
    pub(super) cells: Vec<Option<String>>,
}

/// A head and its rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    head: Vec<String>,
    pub rows: Vec<Row>,
    /// What stands in a workbook and was not read.
    pub unread: Unread,
}

impl Table {
    /// Reads a file. `known` are the columns that may stand in it; a column that is not known is refused, so that a
    /// misspelt one is not silently dropped.
    pub fn read(bytes: &[u8], known: &[&str]) -> Result<Self, Refusal> {
        let table = Self::of_lines(lines(bytes, MAX_ROWS)?, Unread::default())?;
        check_head(&table.head, known)?;
        Ok(table)
    }

    /// Reads a file as it came, CSV or XLSX, with whatever columns it has; the one who asks says which he takes.
    pub fn of_file(bytes: &[u8], most: usize) -> Result<Self, Refusal> {
        let unreadable = |what: &str| Refusal::new("table-unreadable").at("table", what);
        for (magic, what) in STRANGERS {
            if bytes.starts_with(magic) {
                return Err(unreadable(what));
            }
        }
        if !workbook::is_workbook(bytes) {
            return Self::of_lines(lines(bytes, most)?, Unread::default());
        }
        let (lines, unread) = workbook::read(bytes, most + 1)?;
        Self::of_lines(lines, unread)
    }

    fn of_lines(mut lines: Vec<Row>, unread: Unread) -> Result<Self, Refusal> {
        if lines.len() < 2 {
            return Err(Refusal::new("bad-import").at("file", "0").expected(format!("1–{MAX_ROWS}")));
        }
        let head = lines.remove(0).cells.into_iter().map(Option::unwrap_or_default).collect();
        Ok(Self { head, rows: lines, unread })
    }

    /// The same rows under other names, their cells as `read` makes them of what stands in a column; or every row that cannot be.
    pub fn translated(
        self,
        head: Vec<String>,
        read: impl Fn(&str, &str) -> Result<String, Refusal>,
    ) -> Result<Self, Vec<RefusedRow>> {
        let (mut rows, mut refused) = (Vec::with_capacity(self.rows.len()), Vec::new());
        for Row { line, cells } in self.rows {
            let cells = cells.into_iter().zip(&head);
            let cells = cells.map(|(cell, column)| cell.map(|text| read(column, &text)).transpose());
            match cells.collect() {
                Ok(cells) => rows.push(Row { line, cells }),
                Err(refusal) => refused.push(RefusedRow { line, refusal }),
            }
        }
        if refused.is_empty() { Ok(Self { head, rows, ..self }) } else { Err(refused) }
    }

    /// Names of the columns, as they stand in the file.
    pub fn head(&self) -> &[String] {
        &self.head
    }

    /// A cell of a row, `None` where it is empty or the column does not stand in the file.
    pub fn cell<'t>(&self, row: &'t Row, column: &str) -> Option<&'t str> {
        let index = self.head.iter().position(|name| name == column)?;
        row.cells.get(index)?.as_deref()
    }
}

/// What people send for a table, by how it begins.
const STRANGERS: &[(&[u8], &str)] = &[
    (b"%PDF", "pdf"),
    (b"\xff\xd8\xff", "picture"),
    (b"\x89PNG", "picture"),
    (b"GIF8", "picture"),
    (b"RIFF", "picture"),
    // Excel before 2007; and any workbook with a password.
    (b"\xd0\xcf\x11\xe0", "old"),
];

/// The head and the lines below it that say anything, at most `most`.
fn lines(bytes: &[u8], most: usize) -> Result<Vec<Row>, Refusal> {
    let text = decode(bytes)?;
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .delimiter(delimiter(&text))
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let mut lines = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| {
            let line = error.position().map_or(1, csv::Position::line);
            Refusal::new("bad-import").at("file", format!("line {line}")).expected("CSV")
        })?;
        let line = record.position().map_or(0, csv::Position::line);
        if record.len() > MOST_COLUMNS {
            return Err(workbook::too_large("columns", record.len(), MOST_COLUMNS));
        }
        let cells: Vec<Option<String>> =
            record.iter().map(|cell| (!cell.is_empty()).then(|| cell.to_owned())).collect();
        if cells.iter().all(Option::is_none) {
            continue;
        }
        if lines.len() > most {
            return Err(Refusal::new("bad-import").at("file", format!("> {most}")).expected(most));
        }
        lines.push(Row { line, cells });
    }
    Ok(lines)
}

/// What stands most often in the head, outside of quotes.
fn delimiter(text: &str) -> u8 {
    let (mut quoted, mut counts) = (false, [0; 3]);
    for byte in text.lines().next().unwrap_or_default().bytes() {
        quoted ^= byte == b'"';
        if let Some(which) = DELIMITERS.iter().position(|it| *it == byte && !quoted) {
            counts[which] += 1;
        }
    }
    // The first of equals: a head of one column has none, and is read as any.
    let best = (0..counts.len()).rev().max_by_key(|which| counts[*which]).unwrap_or(0);
    DELIMITERS[best]
}

const DELIMITERS: [u8; 3] = *b",;\t";

fn check_head(head: &[String], known: &[&str]) -> Result<(), Refusal> {
    for (index, column) in head.iter().enumerate() {
        if !known.contains(&column.as_str()) {
            return Err(Refusal::new("unknown-field").at(column, column).expected(known.join(", ")));
        }
        if head[..index].contains(column) {
            return Err(Refusal::new("duplicate-field").at(column, column));
        }
    }
    Ok(())
}

/// UTF-16 by its mark, UTF-8 where it is valid, else GB18030.
fn decode(bytes: &[u8]) -> Result<String, Refusal> {
    let encoding = match encoding_rs::Encoding::for_bom(bytes) {
        Some((encoding, _)) => encoding,
        None if std::str::from_utf8(bytes).is_ok() => encoding_rs::UTF_8,
        None => encoding_rs::GB18030,
    };
    let (text, _, broken) = encoding.decode(bytes);
    if broken || text.contains('\0') {
        return Err(Refusal::new("bad-import").at("file", encoding.name()).expected("UTF-8, UTF-16, GB18030"));
    }
    // The reader counts a line end of two characters late; lines are what refused rows are found by.
    Ok(text.replace("\r\n", "\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: &[&str] = &["code", "name"];

    fn cells(bytes: &[u8]) -> Vec<(u64, Option<String>)> {
        let table = Table::read(bytes, KNOWN).unwrap();
        table.rows.iter().map(|row| (row.line, table.cell(row, "name").map(str::to_owned))).collect()
    }

    #[test]
    fn a_table_is_read_in_every_encoding_that_spreadsheets_write() {
        let text = "code,name\r\nP1,东坡\r\n,\r\nP2,\r\n";
        let expected = vec![(2, Some("东坡".to_owned())), (4, None)];
        let (gb, _, _) = encoding_rs::GB18030.encode(text);
        let utf16: Vec<u8> = [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
        let with_mark = [&[0xef, 0xbb, 0xbf], text.as_bytes()].concat();
        for bytes in [text.as_bytes(), &gb, &utf16, &with_mark] {
            assert_eq!(cells(bytes), expected);
        }
    }

    #[test]
    fn an_unknown_or_double_column_is_refused() {
        assert_eq!(Table::read(b"code,nmae\nP1,x\n", KNOWN).unwrap_err().code, "unknown-field");
        assert_eq!(Table::read(b"code,code\nP1,x\n", KNOWN).unwrap_err().code, "duplicate-field");
    }

    #[test]
    fn a_file_without_rows_with_ragged_rows_or_binary_is_refused() {
        for bytes in [&b"code,name\n"[..], b"code,name\nP1\n", b"code,name\nP1,\0\n", b""] {
            assert!(Table::read(bytes, KNOWN).is_err(), "{bytes:?}");
        }
        let long = format!("code,name\n{}", "a,b\n".repeat(MAX_ROWS + 1));
        assert_eq!(Table::read(long.as_bytes(), KNOWN).unwrap_err().code, "bad-import");
    }
    #[test]
    fn a_table_has_no_more_columns_than_a_workbook() {
        let wide = |columns: usize| format!("a{}\n1{}\n", ",".repeat(columns - 1), ",".repeat(columns - 1));
        assert!(Table::of_file(wide(64).as_bytes(), 9).is_ok());
        for columns in [65, 2_000_000] {
            assert_eq!(Table::of_file(wide(columns).as_bytes(), 9).unwrap_err().code, "table-too-large");
        }
    }
}
