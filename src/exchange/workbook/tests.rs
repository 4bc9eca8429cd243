use super::*;
use crate::exchange::sheet::{Cell, xlsx};
use crate::exchange::zip::ZipWriter;

/// A workbook as spreadsheets write it, with this sheet and these shared texts.
fn book(sheet: &str, shared: &str, more: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Vec::new());
    let mut put = |name: &str, bytes: &[u8]| zip.deflated(name, |out| out.write_all(bytes)).unwrap();
    put("xl/workbook.xml", br#"<x:workbook xmlns:x="m" xmlns:r="r"><x:sheets><x:sheet name="A" sheetId="1" r:id="rId7"/><x:sheet name="B" r:id="rId8"/></x:sheets></x:workbook>"#);
    put(
        "xl/_rels/workbook.xml.rels",
        br#"<Relationships><Relationship Id="rId8" Target="worksheets/other.xml"/><Relationship Id="rId7" Target="/xl/worksheets/first.xml"/></Relationships>"#,
    );
    put("xl/worksheets/first.xml", format!("<worksheet><sheetData>{sheet}</worksheet>").as_bytes());
    put("xl/sharedStrings.xml", format!("<sst>{shared}</sst>").as_bytes());
    for (name, bytes) in more {
        put(name, bytes);
    }
    zip.finish().unwrap()
}

fn cells(bytes: &[u8]) -> Vec<(u64, Vec<Option<String>>)> {
    lines(bytes, 100).unwrap().into_iter().map(|line| (line.line, line.cells)).collect()
}

fn refused(bytes: &[u8]) -> (&'static str, String) {
    let refusal = lines(bytes, 3).unwrap_err();
    (refusal.code, refusal.value)
}

#[test]
fn cells_read_as_they_are_seen_each_in_its_column() {
    let sheet = r#"<row r="2"><c r="A2" t="s"><v>1</v></c><c r="C2" s="3"><v>5.8000000000000003E-2</v></c><c r="D2"/></row>
<row r="3"/><row r="5"><c t="inlineStr"><is><t>甲 &amp; &#20057;</t></is></c><c t="b"><v>1</v></c><c><v>42</v></c></row></sheetData>"#;
    let shared = "<si/><si><r><t>联苯</t></r><r><t>菊酯</t></r><rPh><t>lian</t></rPh></si>";
    let text = |text: &str| Some(text.to_owned());
    let expected =
        vec![(2, vec![text("联苯菊酯"), None, text("0.058")]), (5, vec![text("甲 & 乙"), text("1"), text("42")])];
    assert_eq!(cells(&book(sheet, shared, &[])), expected);
}

#[test]
fn what_we_write_is_read_back() {
    let rows = vec![vec![Cell::text("00123"), Cell::number("9592.8")]];
    let bytes = xlsx("批次", &["批号".into(), "kg".into()], &rows).unwrap();
    let read: Vec<Vec<Option<String>>> = cells(&bytes).into_iter().map(|(_, cells)| cells).collect();
    assert_eq!(read[1], [Some("00123".to_owned()), Some("9592.8".to_owned())]);
}

#[test]
fn a_formula_a_merged_cell_a_macro_and_a_sheet_that_is_too_long_are_named() {
    let formula = r#"<row r="1"><c r="AB1"><f>1+1</f><v>2</v></c></row></sheetData>"#;
    assert_eq!(refused(&book(formula, "", &[])), ("table-formula", "AB1".to_owned()));
    let merged = r#"</sheetData><mergeCells count="1"><mergeCell ref="A1:B2"/></mergeCells>"#;
    assert_eq!(refused(&book(merged, "", &[])), ("table-merged", "A1:B2".to_owned()));
    let plain = "</sheetData>";
    assert_eq!(refused(&book(plain, "", &[("xl/vbaProject.bin", b"x")])), ("table-unreadable", "macros".to_owned()));
    let long = "<row><c><v>1</v></c></row>".repeat(4) + "</sheetData>";
    assert_eq!(refused(&book(&long, "", &[])), ("table-too-large", "4".to_owned()));
    let wide = r#"<row r="1"><c r="XFD1"><v>1</v></c></row></sheetData>"#;
    assert_eq!(refused(&book(wide, "", &[])).0, "table-too-large");
}

#[test]
fn a_bomb_is_refused_before_it_is_unfolded_and_what_is_no_workbook_is_said() {
    let zeros = vec![b'0'; MOST_UNFOLDED as usize];
    let bomb = book("</sheetData>", "", &[("xl/media/a.png", &zeros)]);
    assert!(bomb.len() < 100_000);
    assert_eq!(refused(&bomb), ("table-too-large", "17 MiB".to_owned()));
    for text in ["<!DOCTYPE a [<!ENTITY b \"x\">]><row>", "<row r=\"1\"><c t=\"s\"><v>9</v></c></row>", "<row></c>"] {
        assert_eq!(refused(&book(text, "", &[])), ("table-unreadable", "zip".to_owned()), "{text}");
    }
    let whole = book("</sheetData>", "", &[]);
    assert_eq!(refused(&whole[..whole.len() - 1]).0, "table-unreadable");
    let mut zip = ZipWriter::new(Vec::new());
    zip.stored("a.txt", b"x").unwrap();
    assert_eq!(refused(&zip.finish().unwrap()).0, "table-unreadable");
}
