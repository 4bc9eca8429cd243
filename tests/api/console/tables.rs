//! Results that a laboratory brings as a table: they fill the form, and are recorded when somebody has looked at them.

use serde_json::json;
use suyuan::app::desk::sheet::{Cell, xlsx};
use suyuan::exchange::zip::ZipWriter;

use crate::support::desk::{Desk, Fields, fields, texts};
use crate::support::{LOOSE, TestApp, batch_path};

const CSV: &str = "text/csv";

struct Bench {
    app: TestApp,
    laboratory: Desk,
    path: String,
    form: Fields,
}

/// A laboratory before the form for a sample that it took in.
async fn bench() -> Bench {
    let app = TestApp::start().await;
    let season = app.season().await;
    let spray = json!({"product": "阿维菌素乳油", "active": "阿维菌素", "dose": "2000x", "on": "2026-08-20", "interval_days": 21, "most_per_season": 2});
    app.cooperative.act(&format!("/api/v1/plots/{}/treatments", season.plot), spray).await;
    let batch = app.harvest(&season, "SF26P011116", 9_600_000).await;
    let drawn = json!({"laboratory": app.laboratory.id, "code": "S-1", "quantity": 1000});
    let sample = app.cooperative.made(&batch_path(&batch, "samples"), drawn).await;
    app.laboratory.act(&format!("/api/v1/samples/{sample}/receipt"), json!({})).await;
    let laboratory = app.desk(&app.laboratory).await;
    let path = format!("/console/samples/{sample}/report");
    let mut form = laboratory.form(&path).await;
    form.insert("report_no".into(), "R-1".into());
    Bench { app, laboratory, path, form }
}

#[actix_web::test]
async fn a_table_fills_the_grid_is_looked_over_and_only_then_recorded() {
    let Bench { app, laboratory, path, form } = bench().await;
    let before = app.log_length();
    let text =
        "检测项目,检测结果(mg/kg),限量,限量依据,RT\r\n啶虫脒,0.058,0.5,GB 2763-2026,8.3\r\n毒死蜱,<0.002,0.02,,9.9\r\n";
    let (gbk, _, _) = encoding_rs::GB18030.encode(text);
    let head = ["项目", "结果", "数值", "单位", "限量"].map(str::to_owned);
    let row = |name: &str, said: &str, value: &str| {
        vec![Cell::text(name), Cell::text(said), Cell::number(value), Cell::text("mg/kg"), Cell::number("0.5")]
    };
    let book = xlsx("结果", &head, &[row("啶虫脒", "测得", "0.058"), row("毒死蜱", "低于定量限", "0.002")]).unwrap();
    // By the button of the table and by that of the form: neither records what nobody has seen.
    for (file, more) in [(gbk.as_ref(), true), (gbk.as_ref(), false), (book.as_slice(), false)] {
        let mut sent = form.clone();
        if more {
            sent.insert("more".into(), "table".into());
        }
        let page = laboratory.post_part(&path, &sent, "table", CSV, file).await.expect(200).text();
        assert!(texts(&page, ".done").join("").contains("2 行"), "{page}");
        let filled = fields(&page);
        let value = |name: &str| filled[name].as_str();
        assert_eq!([value("results[0].analyte"), value("results[1].analyte")], ["啶虫脒", "毒死蜱"]);
        assert_eq!([value("results[1].value"), value("results[1].qualifier")], ["0.002", "below_loq"]);
        assert_eq!([value("results[0].unit"), value("report_no")], ["mg/kg", "R-1"]);
        assert_eq!(app.log_length(), before);
        assert_eq!(page.contains("RT"), file != book, "columns that are not taken are named");
    }
    let page = laboratory.post_part(&path, &form, "table", CSV, &book).await.expect(200).text();
    // What was sprayed has no result: forgotten, or knowingly left out.
    let asked = laboratory.post(&path, &fields(&page)).await.expect(409).text();
    let question = texts(&asked, ".error li").join("");
    assert!(question.contains("阿维菌素") && !question.contains("啶虫脒"), "{question}");
    assert_eq!(app.log_length(), before);
    let mut answered = fields(&asked);
    answered.insert("confirm_gap".into(), "on".into());
    laboratory.post(&path, &answered).await.expect(303);
    let view = app.scan(LOOSE, "SF26P011116").await;
    let rows = view["tests"][0]["rows"].as_array().unwrap();
    assert_eq!((rows.len(), rows[1]["value"].as_str()), (2, Some("0.002")), "{view}");
}

#[actix_web::test]
async fn a_table_that_cannot_be_read_is_said_by_row_and_column_and_what_was_typed_stays() {
    let Bench { app, laboratory, path, mut form } = bench().await;
    form.insert("results[0].analyte".into(), "阿维菌素".into());
    let before = app.log_length();
    let wrong = "项目,数值,单位\n啶虫脒,\"0,058\",mg/kg\n毒死蜱,未检出,mg/kg\n";
    for (language, row, column) in [("zh-CN", "第 2 行", "数值"), ("en", "Row 2", "数值")] {
        *laboratory.language.borrow_mut() = language;
        let page = laboratory.post_part(&path, &form, "table", CSV, wrong.as_bytes()).await.expect(422).text();
        let errors = texts(&page, ".error li");
        assert_eq!(errors.len(), 2, "{errors:?}");
        assert!(errors[0].contains(row) && errors[0].contains(column) && errors[0].contains("0,058"), "{errors:?}");
        assert!(page.contains("id=\"f-table-error\""), "at its field");
        assert_eq!(fields(&page)["results[0].analyte"], "阿维菌素");
    }
    *laboratory.language.borrow_mut() = "zh-CN";
    for (file, said) in [
        (&b"%PDF-1.7 ..."[..], "PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "旧版"),
        (b"PK\x03\x04 not really", "损坏"),
        (b"a,b\n1,2\n", "没有“项目”这一列"),
        ("项目,检测结果(mg/kg),限量(μg/kg)\n啶虫脒,0.6,500\n".as_bytes(), "限量(μg/kg)"),
        ("样品编号,项目,数值,单位\nS-2,啶虫脒,0.6,mg/kg\n".as_bytes(), "没有样品 S-1 的行"),
        (b"analyte,value\n\0,1\n", "file"),
    ] {
        let page = laboratory.post_part(&path, &form, "table", CSV, file).await.expect(422).text();
        assert!(texts(&page, ".error li")[0].contains(said), "{said}: {page}");
    }
    form.insert("more".into(), "table".into());
    let page = laboratory.post_part(&path, &form, "table", CSV, b"").await.expect(422).text();
    assert_eq!(texts(&page, ".field-error"), ["请先选一个 CSV 或 XLSX 文件。"]);
    laboratory.post_part(&path, &form, "table", CSV, &vec![b'a'; (2 << 20) + 1]).await.expect(413);
    assert_eq!(app.log_length(), before);
}

#[actix_web::test]
async fn the_template_is_read_back_in_both_languages_and_is_for_the_laboratory_alone() {
    let Bench { app, laboratory, path, form } = bench().await;
    for language in ["zh-CN", "en"] {
        *laboratory.language.borrow_mut() = language;
        let csv = laboratory.get(&format!("{path}.csv")).await.expect(200).text();
        assert!(csv.contains("阿维菌素"), "what was used on the plots stands in it: {csv}");
        let head = csv.lines().next().unwrap();
        let columns = head.split(',').count();
        let line = |cells: &[&str]| format!("{}\r\n", cells.join(","));
        let full =
            format!("{head}\r\n{}", line(&["啶虫脒", "", "0.058", "mg/kg", "0.5", "GB 2763", "GB 23200"][..columns]));
        let page = laboratory.post_part(&path, &form, "table", CSV, full.as_bytes()).await.expect(200).text();
        let filled = fields(&page);
        assert_eq!(filled["results[0].method"], "GB 23200");
        assert!(!page.contains("这里用不上") && !page.contains("have no place"), "every column is known");
        let bytes = laboratory.get(&format!("{path}.xlsx")).await.expect(200);
        assert!(bytes.header("content-type").unwrap().contains("spreadsheetml"));
    }
    let cooperative = app.desk(&app.cooperative).await;
    assert_ne!(cooperative.get(&format!("{path}.csv")).await.status, 200);
}

/// A workbook of two sheets, of which the first has a hidden row and a hidden column, and a cell in a format.
fn book(format: &str) -> Vec<u8> {
    let cell = |text: &str| format!("<c t=\"inlineStr\"><is><t>{text}</t></is></c>");
    let row = |cells: [&str; 4]| cells.map(cell).concat();
    let sheet = format!(
        r#"<worksheet><cols><col min="4" max="4" hidden="1"/></cols><sheetData><row r="1">{}</row><row r="2" hidden="1">{}</row>
<row r="3">{}<c r="B3" s="1"><v>5.8333333333333334E-2</v></c></row></sheetData></worksheet>"#,
        row(["项目", "数值", "单位", "方法"]),
        row(["毒死蜱", "9", "mg/kg", "旧"]),
        row(["啶虫脒", "", "mg/kg", "旧"]),
    );
    let styles = format!(
        r#"<styleSheet><numFmts><numFmt numFmtId="164" formatCode="{format}"/></numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="164"/></cellXfs></styleSheet>"#
    );
    let mut zip = ZipWriter::new(Vec::new());
    for (name, text) in [
        (
            "xl/workbook.xml",
            r#"<workbook><sheets><sheet name="结果" r:id="r1"/><sheet name="上一批" r:id="r2"/></sheets></workbook>"#,
        ),
        (
            "xl/_rels/workbook.xml.rels",
            r#"<Relationships><Relationship Id="r1" Target="worksheets/1.xml"/><Relationship Id="r2" Target="worksheets/2.xml"/></Relationships>"#,
        ),
        ("xl/worksheets/1.xml", &sheet),
        ("xl/worksheets/2.xml", &sheet),
        ("xl/styles.xml", &styles),
    ] {
        zip.deflated(name, |out| out.write_all(text.as_bytes())).unwrap();
    }
    zip.finish().unwrap()
}

#[actix_web::test]
async fn what_of_a_file_was_not_read_is_said_and_what_is_shown_otherwise_is_refused() {
    let Bench { laboratory, path, form, .. } = bench().await;
    let several = "样品编号,项目,数值,单位\nS-2,啶虫脒,9,mg/kg\nS-1,啶虫脒,0.6,mg/kg\nS-3,毒死蜱,9,mg/kg\n".as_bytes();
    let others = [("zh-CN", "有 2 行是别的样品的"), ("en", "2 rows are of other samples")];
    let hidden = [
        ("zh-CN", "没有读：上一批这些行是隐藏的，没有读：2这些列是隐藏的，没有读：D"),
        (
            "en",
            "visible: 上一批These rows of the sheet are hidden and were not read: 2These columns of the sheet are hidden and were not read: D",
        ),
    ];
    for (file, value, said) in [(several, "0.6", others), (&book("0.000_ "), "0.05833333333333", hidden)] {
        for (language, said) in said {
            *laboratory.language.borrow_mut() = language;
            let page = laboratory.post_part(&path, &form, "table", CSV, file).await.expect(200).text();
            let told = texts(&page, ".done").join(" ");
            let told = told.split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(told.contains(said), "{told}");
            let filled = fields(&page);
            assert_eq!([&filled["results[0].analyte"], &filled["results[0].value"]], ["啶虫脒", value]);
            assert!(filled.get("results[1].analyte").is_none_or(|name| name != "毒死蜱"));
            assert_ne!(filled["results[0].method"], "旧");
        }
    }
    for format in ["0.0%", "&quot;&lt;&quot;0.00"] {
        let page = laboratory.post_part(&path, &form, "table", CSV, &book(format)).await.expect(422).text();
        assert!(texts(&page, ".error li")[0].contains("Cell B3"), "{page}");
    }
}
