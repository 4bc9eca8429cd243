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

fn lines(bytes: &[u8], most: usize) -> Result<Vec<Row>, Refusal> {
    read(bytes, most).map(|(lines, _)| lines)
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
        vec![(2, vec![text("联苯菊酯"), None, text("0.058")]), (5, vec![text("甲 & 乙"), text("TRUE"), text("42")])];
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

/// One cell that names this shared text, as often as said, over rows of 64.
fn naming(index: usize, times: usize) -> String {
    let cell = format!("<c t=\"s\"><v>{index}</v></c>");
    let rows = (0..times.div_ceil(MOST_COLUMNS)).map(|_| format!("<row>{}</row>", cell.repeat(MOST_COLUMNS)));
    rows.collect::<String>() + "</sheetData>"
}

#[test]
fn a_shared_text_is_not_copied_without_measure() {
    let long = format!("<si><t>{}</t></si><si><t>{}</t></si>", "长".repeat(401), "长".repeat(400));
    let one = r#"<row r="1"><c r="B1" t="s"><v>0</v></c></row></sheetData>"#;
    assert_eq!(refused(&book(one, &long, &[])), ("table-long", "B1".to_owned()));
    let unnamed = r#"<row r="1"><c r="B1" t="s"><v>1</v></c></row></sheetData>"#;
    assert_eq!(cells(&book(unnamed, &long, &[])).len(), 1, "what no cell of the sheet names is no matter");
    let inline =
        format!(r#"<row r="1"><c r="C1" t="inlineStr"><is><t>{}</t></is></c></row></sheetData>"#, "x".repeat(401));
    assert_eq!(refused(&book(&inline, "", &[])), ("table-long", "C1".to_owned()));
    // In one row, which the bound on rows does not see, and over many.
    let again = format!("<row>{}</row></sheetData>", r#"<c r="A1" t="s"><v>1</v></c>"#.repeat(10_000));
    for sheet in [again, naming(1, 100 * MOST_COLUMNS)] {
        let refusal = lines(&book(&sheet, &long, &[]), 200).unwrap_err();
        assert_eq!((refusal.code, refusal.expected.as_str()), ("table-too-large", "4 MiB"));
    }
    let many = "<si/>".repeat(65_537);
    assert_eq!(refused(&book("</sheetData>", &many, &[])), ("table-too-large", "65537".to_owned()));
}

/// A cell `A1` of this kind, shown in this format, and the name of the format in the file.
fn shown(format: &str, cell: &str) -> Vec<u8> {
    let format = format.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;");
    let (id, custom) = match format.parse::<u32>() {
        Ok(id) => (id, String::new()),
        Err(_) => (170, format!("<numFmt numFmtId=\"170\" formatCode=\"{format}\"/>")),
    };
    let styles = format!(
        r#"<styleSheet><numFmts>{custom}</numFmts><cellStyleXfs><xf numFmtId="9"/><xf numFmtId="9"/></cellStyleXfs>
<cellXfs><xf numFmtId="0"/><xf numFmtId="{id}"><alignment/></xf></cellXfs><dxfs><dxf><numFmt numFmtId="0" formatCode="0%"/></dxf></dxfs></styleSheet>"#
    );
    let sheet = format!(r#"<row r="1"><c r="A1" s="1"{cell}</c><c r="B1"><v>0.01</v></c></row></sheetData>"#);
    book(&sheet, "<si><t>62%</t></si>", &[("xl/styles.xml", styles.as_bytes())])
}

#[test]
fn a_number_that_is_shown_as_something_else_than_it_is_is_refused() {
    let number = "><v>0.62</v>";
    let others = [
        "9",
        "10",
        "12",
        "14",
        "22",
        "31",
        "45",
        "0.00%",
        "\"<\"0.00",
        "\\<0.00",
        "yyyy/m/d",
        "h:mm",
        "# ?/?",
        "0.00\"E\"+00",
        "#,##0,",
        "[<0.01]\"<0.01\";0.00",
        "[DBNum1]General",
        "0.00 \"mg/kg\"",
        "-0.00",
        ";;;",
        "*<0.00",
        "1.00",
    ];
    for format in others {
        assert_eq!(refused(&shown(format, number)), ("table-format", "A1".to_owned()), "{format}");
    }
    let plain = [
        "0",
        "1",
        "2",
        "3",
        "4",
        "11",
        "48",
        "49",
        "General",
        "GENERAL",
        "0.000",
        "#,##0.00",
        "@",
        "0.00_ ",
        "0.00_);[Red]\\(0.00\\)",
        "0.00E+00",
        "0.0;-0.0;0.0;@",
    ];
    for format in plain {
        assert_eq!(cells(&shown(format, number))[0].1[0].as_deref(), Some("0.62"), "{format}");
    }
    // A text is what it says, however a number would be shown there.
    assert_eq!(cells(&shown("9", r#" t="s"><v>0</v>"#))[0].1[0].as_deref(), Some("62%"));
    // Nothing seen of a nought.
    assert_eq!(refused(&shown("0.00;-0.00;", "><v>0</v>")).0, "table-format");
    assert_eq!(cells(&shown("9", r#" t="b"><v>1</v>"#))[0].1[0].as_deref(), Some("TRUE"));
}

#[test]
fn a_figure_has_no_more_digits_than_a_result_takes() {
    let read = [
        ("5.8333333333333334E-2", "0.05833333333333"),
        ("0.30000000000000004", "0.3"),
        ("1.0666666666666667", "1.06666666666667"),
        ("1234567.1234567891", "1234567.12345679"),
        ("-0.1000000000000000055", "-0.1"),
        ("1E-3", "0.001"),
        ("-0", "0"),
        ("120", "120"),
    ];
    for (kept, seen) in read {
        assert_eq!(number(kept), seen);
        assert!(seen.parse::<crate::domain::decimal::Decimal>().is_ok(), "{seen}");
    }
    assert_eq!(number("1E-20"), "1E-20", "does not become nothing");
}

#[test]
fn a_formula_is_one_of_a_cell_and_merged_cells_are_seen_however_they_are_written() {
    let list = r#"<row r="1"><c r="A1"><v>1</v></c></row></sheetData><extLst><ext><x14:dataValidation><x14:formula1><xm:f>Lists!$A$1:$A$9</xm:f></x14:formula1></x14:dataValidation></ext></extLst>"#;
    assert_eq!(cells(&book(list, "", &[])).len(), 1);
    let merged = r#"</sheetData><mergeCells count="1"><mergeCell ref="A1:B2"></mergeCell></mergeCells>"#;
    assert_eq!(refused(&book(merged, "", &[])), ("table-merged", "A1:B2".to_owned()));
    let empty = r#"<row r="1"><c r="A1"><f t="shared" si="0"/><v>2</v></c></row></sheetData>"#;
    assert_eq!(refused(&book(empty, "", &[])), ("table-formula", "A1".to_owned()));
}

#[test]
fn what_is_hidden_is_not_read() {
    let sheet = r#"<cols><col min="2" max="2" width="9"/><col min="3" max="4" hidden="1"/></cols>
<row r="1"><c r="A1"><v>1</v></c><c r="C1"><v>7</v></c></row><row r="2" hidden="1"><c r="A2"><f>1</f><v>2</v></c></row>
<row r="3" hidden="0"><c r="A3"><v>3</v></c><c r="D3"><v>7</v></c></row></sheetData>"#;
    let bytes = book(sheet, "", &[]);
    assert_eq!(cells(&bytes), [(1, vec![Some("1".to_owned())]), (3, vec![Some("3".to_owned())])]);
    let (_, unread) = read(&bytes, 9).unwrap();
    assert_eq!((unread.sheets.as_slice(), unread.rows.len()), (&["B".to_owned()][..], 1));
    assert_eq!(unread.letters(), ["C", "D"]);
}

#[test]
fn the_first_sheet_that_is_seen_is_read_and_the_others_are_named() {
    let mut zip = ZipWriter::new(Vec::new());
    let mut put = |name: &str, text: &str| zip.deflated(name, |out| out.write_all(text.as_bytes())).unwrap();
    put(
        "xl/workbook.xml",
        r#"<workbook><sheets><sheet name="图" r:id="r1"/><sheet name="旧" state="veryHidden" r:id="r2"/><sheet name="结果" state="visible" r:id="r3"/><sheet name="A &amp; B" r:id="r4"/></sheets></workbook>"#,
    );
    put(
        "xl/_rels/workbook.xml.rels",
        r#"<Relationships><Relationship Id="r1" Type="http://x/chartsheet" Target="chartsheets/1.xml"/><Relationship Id="r2" Type="http://x/worksheet" Target="worksheets/2.xml"/><Relationship Id="r3" Type="http://x/worksheet" Target="worksheets/3.xml"/><Relationship Id="r4" Type="http://x/worksheet" Target="worksheets/4.xml"/><Relationship Id="r5" Type="http://x/sharedStrings" Target="words.xml"/></Relationships>"#,
    );
    for sheet in 2..=4 {
        put(
            &format!("xl/worksheets/{sheet}.xml"),
            &format!(
                r#"<worksheet><sheetData><row><c><v>{sheet}</v></c><c t="s"><v>0</v></c></row></sheetData></worksheet>"#
            ),
        );
    }
    put("xl/words.xml", "<sst><si><t>别处</t></si></sst>");
    let (lines, unread) = read(&zip.finish().unwrap(), 9).unwrap();
    assert_eq!(lines[0].cells, [Some("3".to_owned()), Some("别处".to_owned())]);
    assert_eq!(unread.sheets, ["图", "旧", "A & B"]);
}
