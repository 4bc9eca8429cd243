//! Results that a laboratory took out of its instrument or its own system as a table: read into the fields of a report, row by row,
//! each judged as the report itself judges it. Nothing is recorded here: whoever sends the report looks the rows over first.

use serde_json::{Map, Value};

use super::AppError;
use crate::domain::acts::laboratory::UploadedResult;
use crate::domain::acts::{Refusal, RefusedRow};
use crate::domain::json;
use crate::exchange::table::{Row, Table};
use crate::exchange::workbook::Unread;

/// Rows of one report at most.
pub const MOST: usize = crate::domain::acts::laboratory::MAX_RESULTS;
/// Bytes of a file at most.
pub const MAX_BYTES: usize = 2 * 1024 * 1024;
/// Rows that are told of, where many are refused.
const MOST_TOLD: usize = 20;

/// The fields of a result, and how their columns are called: as in the API, as on the form, and as laboratories head them. Compared
/// in small letters, without spaces and without what stands in brackets.
const COLUMNS: &[(&str, &[&str])] = &[
    (
        "analyte",
        &[
            "analyte",
            "substance",
            "compound",
            "parameter",
            "项目",
            "检测项目",
            "检验项目",
            "农药",
            "农药名称",
            "化合物",
            "名称",
        ],
    ),
    ("qualifier", &["qualifier", "result", "结果", "定性", "检出情况"]),
    ("value", &["value", "数值", "测定值", "实测值", "检测值", "检测结果", "检验结果", "含量", "concentration"]),
    ("unit", &["unit", "units", "单位"]),
    ("limit", &["limit", "mrl", "限量", "限量值", "限值", "最大残留限量", "标准限值"]),
    ("limit_source", &["limit_source", "limitsource", "sourceofthelimit", "限量依据", "判定依据"]),
    ("method", &["method", "方法", "检测方法", "检测依据", "检验方法"]),
    (
        SAMPLE,
        &["sample", "samplecode", "sampleno", "sampleno.", "sampleid", "样品编号", "样品号", "样品编码", "样品代码"],
    ),
];

/// No field of a result: which sample a row is of, where a table has several.
const SAMPLE: &str = "sample";
/// Samples of a file that are named, where none of them is the one that is asked for.
const MOST_NAMED: usize = 5;

/// What a file says.
#[derive(Debug, PartialEq, Eq)]
pub struct Read {
    /// Names and texts of the fields of each result.
    pub rows: Vec<Vec<(&'static str, String)>>,
    /// Columns of the file that no field takes, as they are called there.
    pub left_out: Vec<String>,
    /// Rows that name a substance and say nothing of it: offered, and not looked for.
    pub unsaid: usize,
    /// Rows of other samples.
    pub others: usize,
    /// What of a workbook was not read.
    pub unread: Unread,
}

/// Reads what a file says of the sample with this code, whole or not at all. A refused row names the column as the file calls it.
pub fn read(bytes: &[u8], sample: &str) -> Result<Read, AppError> {
    let table = Table::of_file(bytes, MOST)?;
    let columns = columns(table.head())?;
    let (mine, others) = of_sample(&table, &columns, sample)?;
    let (mut rows, mut refused, mut unsaid) = (Vec::new(), Vec::new(), 0);
    for row in mine {
        match fields(&table, &columns, row) {
            Ok(fields) if says_nothing(&fields) => unsaid += 1,
            Ok(fields) => rows.push(fields),
            Err(mut refusal) => {
                refusal.field = called(&columns, &refusal.field);
                refused.push(RefusedRow { line: row.line, refusal });
            }
        }
        if refused.len() == MOST_TOLD {
            break;
        }
    }
    if !refused.is_empty() {
        return Err(Refusal::of_rows(refused).into());
    }
    let is_known = |head: &&String| columns.iter().any(|column| column.head == **head);
    let left_out = table.head().iter().filter(|head| !head.is_empty() && !is_known(head)).cloned().collect();
    Ok(Read { rows, left_out, unsaid, others, unread: table.unread })
}

/// The rows of a sample, and how many are of others. A row that does not say of which it is, in a table that has a column for it,
/// may be of any.
fn of_sample<'t>(table: &'t Table, columns: &[Column], sample: &str) -> Result<(Vec<&'t Row>, usize), Refusal> {
    let Some(column) = columns.iter().find(|column| column.field == SAMPLE) else {
        return Ok((table.rows.iter().collect(), 0));
    };
    let (mut mine, mut named, mut others, mut refused) = (Vec::new(), Vec::new(), 0, Vec::new());
    for row in &table.rows {
        match table.cell(row, &column.head) {
            Some(code) if code == sample => mine.push(row),
            Some(code) => {
                others += 1;
                if !named.contains(&code) && named.len() < MOST_NAMED {
                    named.push(code);
                }
            }
            None if refused.len() < MOST_TOLD => {
                let refusal = Refusal::new("missing-field").at(&column.head, "");
                refused.push(RefusedRow { line: row.line, refusal });
            }
            None => {}
        }
    }
    if mine.is_empty() && others > 0 {
        return Err(Refusal::new("table-sample").at("table", sample).expected(named.join(", ")));
    }
    if refused.is_empty() { Ok((mine, others)) } else { Err(Refusal::of_rows(refused)) }
}

/// A column of the file that a field takes.
struct Column {
    field: &'static str,
    /// As the file calls it.
    head: String,
    /// What stands in brackets behind the name: `结果(mg/kg)`.
    unit: Option<String>,
}

fn columns(head: &[String]) -> Result<Vec<Column>, Refusal> {
    let mut found: Vec<Column> = Vec::new();
    for name in head {
        let (plain, unit) = without_brackets(name);
        let Some((field, _)) = COLUMNS.iter().find(|(_, names)| names.contains(&plain.as_str())) else { continue };
        if found.iter().any(|column| column.field == *field) {
            return Err(Refusal::new("duplicate-field").at(name, name));
        }
        found.push(Column { field, head: name.clone(), unit });
    }
    // A column `结果` holds figures where no other does.
    if !found.iter().any(|column| column.field == "value")
        && let Some(result) = found.iter_mut().find(|column| column.field == "qualifier")
    {
        result.field = "value";
    }
    for needed in ["analyte", "value"] {
        if !found.iter().any(|column| column.field == needed) {
            return Err(Refusal::new("table-column").at("table", needed).expected(head.join(", ")));
        }
    }
    let headed = |field: &str| found.iter().find(|column| column.field == field && column.unit.is_some());
    if let (Some(value), Some(limit)) = (headed("value"), headed("limit"))
        && !same_unit(value.unit.as_deref(), limit.unit.as_deref())
    {
        return Err(Refusal::new("table-units").at(&limit.head, &value.head).expected(&limit.head));
    }
    Ok(found)
}

/// A name as names are compared, and the unit in brackets behind it. A number of a standard or a year is none: `限量(GB 2763-2026)`.
fn without_brackets(name: &str) -> (String, Option<String>) {
    let (plain, rest) = name.split_once(['(', '（']).map_or((name, None), |(plain, rest)| (plain, Some(rest)));
    let unit = rest.map(|rest| {
        let rest = rest.trim_end_matches([')', '）', ' ']).trim();
        ["单位", "Unit", "unit"]
            .iter()
            .find_map(|word| rest.strip_prefix(word))
            .map_or(rest, |rest| rest.trim_start_matches([':', '：', ' ']))
    });
    let is_unit =
        |unit: &&str| !unit.is_empty() && !unit.as_bytes().windows(4).any(|four| four.iter().all(u8::is_ascii_digit));
    (plain.to_lowercase().split_whitespace().collect(), unit.filter(is_unit).map(str::to_owned))
}

/// One unit in several hands: `µg/kg`, `ug / kg`, `μg／kg`.
fn same_unit(one: Option<&str>, other: Option<&str>) -> bool {
    let plain = |unit: &str| {
        let unit: String = unit.to_lowercase().split_whitespace().collect();
        let unit = unit.replace('／', "/").replace('\u{b5}', "\u{3bc}");
        unit.strip_prefix("ug").map(|rest| format!("\u{3bc}g{rest}")).unwrap_or(unit)
    };
    one.map(plain) == other.map(plain)
}

fn called(columns: &[Column], field: &str) -> String {
    columns.iter().find(|column| column.field == field).map_or_else(|| field.to_owned(), |column| column.head.clone())
}

/// The fields of a row, judged as the report will judge them.
fn fields(table: &Table, columns: &[Column], row: &Row) -> Result<Vec<(&'static str, String)>, Refusal> {
    let cell = |column: &Column| Some((column.field, table.cell(row, &column.head)?.to_owned()));
    let mut fields: Vec<(&'static str, String)> =
        columns.iter().filter(|column| column.field != SAMPLE).filter_map(cell).collect();
    // Of a substance that is offered and was not looked for, nothing is written but its name and what is always there.
    if says_nothing(&fields) {
        return Ok(fields);
    }
    check_units(columns, &fields)?;
    if !has(&fields, "unit")
        && let Some(unit) = columns.iter().find(|column| column.field == "value").and_then(|column| column.unit.clone())
    {
        fields.push(("unit", unit));
    }
    qualified(&mut fields)?;
    judge(&fields)?;
    Ok(fields)
}

/// A figure is never read in another unit than its head says.
fn check_units(columns: &[Column], fields: &[(&'static str, String)]) -> Result<(), Refusal> {
    let (Some(column), Some((_, written))) =
        (columns.iter().find(|column| column.field == "unit"), fields.iter().find(|(name, _)| *name == "unit"))
    else {
        return Ok(());
    };
    for headed in columns.iter().filter(|it| matches!(it.field, "value" | "limit") && has(fields, it.field)) {
        if headed.unit.is_some() && !same_unit(headed.unit.as_deref(), Some(written)) {
            let beside = format!("{}: {written}", column.head);
            return Err(Refusal::new("table-units").at("unit", &headed.head).expected(beside));
        }
    }
    Ok(())
}

fn has(fields: &[(&'static str, String)], wanted: &str) -> bool {
    fields.iter().any(|(name, _)| *name == wanted)
}

fn says_nothing(fields: &[(&'static str, String)]) -> bool {
    has(fields, "analyte") && !["value", "limit", "qualifier"].iter().any(|name| has(fields, name))
}

/// `<0.01` is below the limit of quantification; words for it are brought to those of the API. Who writes that something was
/// measured gives no bound for it.
fn qualified(fields: &mut Vec<(&'static str, String)>) -> Result<(), Refusal> {
    let said = fields.iter().position(|(name, _)| *name == "qualifier").map(|index| fields.remove(index).1);
    let mut qualifier = said.map(|said| word(&said).unwrap_or(said));
    if let Some((_, value)) = fields.iter_mut().find(|(name, _)| *name == "value")
        && let Some(least) = value.strip_prefix(['<', '＜'])
    {
        if qualifier.as_deref() == Some("equals") {
            return Err(Refusal::new("table-qualifier").at("value", &*value));
        }
        *value = least.trim().to_owned();
        qualifier.get_or_insert_with(|| "below_loq".to_owned());
    }
    fields.push(("qualifier", qualifier.unwrap_or_else(|| "equals".to_owned())));
    Ok(())
}

fn word(said: &str) -> Option<String> {
    let word = match said.to_lowercase().as_str() {
        "=" | "equals" | "measured" | "detected" | "测得" | "检出" => "equals",
        "<" | "<loq" | "below_loq" | "below loq" | "低于定量限" => "below_loq",
        "nd" | "n.d." | "not_detected" | "not detected" | "未检出" => "not_detected",
        _ => return None,
    };
    Some(word.to_owned())
}

/// As the report will judge it.
fn judge(fields: &[(&'static str, String)]) -> Result<(), Refusal> {
    let value = fields.iter().find(|(name, _)| *name == "value").map_or("", |(_, value)| value.as_str());
    // In place of the figure that the limit of detection is.
    if word(value).is_some() {
        return Err(Refusal::new("table-no-figure").at("value", value));
    }
    let body: Map<String, Value> =
        fields.iter().map(|(name, text)| ((*name).to_owned(), text.as_str().into())).collect();
    json::parse::<UploadedResult>(Value::Object(body).to_string().as_bytes())?.check()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> Refusal {
        match read(text.as_bytes(), "S-1") {
            Err(AppError::Refused(refusal)) => refusal,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_table_as_laboratories_head_it_becomes_the_fields_of_results() {
        let text = "检测项目;检测结果（mg/kg）;结果;最大残留限量;方法;RT\n啶虫脒;0.058;;0.5;GB 23200.121-2026;8.31\n阿维菌素;<0.002;;;;\n甲霜灵;;;;;\n毒死蜱;0.003;未检出;0.02;;\n";
        let read = read(text.as_bytes(), "S-1").unwrap();
        let row = |index: usize, name: &str| {
            read.rows[index].iter().find(|(known, _)| *known == name).map(|(_, text)| text.as_str())
        };
        assert_eq!(
            ["analyte", "value", "unit", "qualifier", "limit", "method"].map(|name| row(0, name)),
            ["啶虫脒", "0.058", "mg/kg", "equals", "0.5", "GB 23200.121-2026"].map(Some)
        );
        assert_eq!((row(1, "value"), row(1, "qualifier")), (Some("0.002"), Some("below_loq")));
        assert_eq!((row(2, "value"), row(2, "qualifier")), (Some("0.003"), Some("not_detected")));
        assert_eq!((read.left_out, read.unsaid), (vec!["RT".to_owned()], 1));
    }

    #[test]
    fn what_cannot_be_read_is_told_by_row_and_column_of_the_file() {
        let text = "Compound,Result,Units\n啶虫脒,0.058,mg/kg\n,0.1,mg/kg\n毒死蜱,\"0,05\",mg/kg\n甲霜灵,ND,mg/kg\n杀扑磷,-1,mg/kg\n炔螨特,0.1,\n";
        let refusal = refused(text);
        let told: Vec<(u64, &str, &str)> =
            refusal.rows.iter().map(|row| (row.line, row.refusal.code, row.refusal.field.as_str())).collect();
        let expected = [
            (3, "missing-field", "Compound"),
            (4, "invalid-value", "Result"),
            (5, "table-no-figure", "Result"),
            (6, "negative-result", "Result"),
            (7, "missing-field", "Units"),
        ];
        assert_eq!(told, expected);
    }

    #[test]
    fn a_file_without_the_columns_or_that_is_something_else_is_said() {
        assert_eq!(refused("a,b\n1,2\n").code, "table-column");
        assert_eq!(refused("value,数值,analyte\n1,2,x\n").code, "duplicate-field");
        assert_eq!(refused("%PDF-1.7").value, "pdf");
        assert_eq!(refused(&format!("analyte,value,unit\n{}", "a,1,b\n".repeat(MOST + 1))).code, "bad-import");
        let many = format!("analyte,value,unit\n{}", "a,x,b\n".repeat(100));
        assert_eq!(refused(&many).rows.len(), MOST_TOLD);
    }
    fn told(text: &str) -> Vec<(u64, &'static str, String)> {
        let rows = refused(text).rows.into_iter();
        rows.map(|row| (row.line, row.refusal.code, row.refusal.field)).collect()
    }

    #[test]
    fn units_that_contradict_each_other_are_refused_by_both_columns() {
        let heads = refused("项目,检测结果(mg/kg),限量(μg/kg)\n啶虫脒,0.6,500\n");
        assert_eq!(
            (heads.code, heads.value.as_str(), heads.expected.as_str()),
            ("table-units", "检测结果(mg/kg)", "限量(μg/kg)")
        );
        let column = refused("项目,检测结果(mg/kg),单位\n啶虫脒,0.6,mg/kg\n毒死蜱,6,μg/kg\n").rows;
        assert_eq!((column.len(), column[0].line), (1, 3));
        let row = &column[0].refusal;
        assert_eq!(
            (row.code, row.value.as_str(), row.expected.as_str()),
            ("table-units", "检测结果(mg/kg)", "单位: μg/kg")
        );
        let limit = refused("项目,数值,单位,限量（单位：mg/kg）\n啶虫脒,6,μg/kg,0.5\n毒死蜱,6,μg/kg,\n").rows;
        assert_eq!((limit.len(), limit[0].refusal.code), (1, "table-units"));
        // The same unit in another hand, and brackets that say something else.
        for text in [
            "项目,检测结果(µg/kg),限量（单位：UG / KG）\n啶虫脒,6,500\n",
            "项目,检测结果(mg/kg),单位,限量(GB 2763-2026)\n啶虫脒,0.6,mg/kg,0.5\n",
        ] {
            assert_eq!(read(text.as_bytes(), "S-1").unwrap().rows.len(), 1, "{text}");
        }
    }

    #[test]
    fn what_is_said_of_a_result_is_neither_dropped_nor_contradicted() {
        let text = "项目,结果,数值,单位\n啶虫脒,检出,,mg/kg\n毒死蜱,,,mg/kg\n甲霜灵,检出,<0.01,mg/kg\n杀扑磷,=,＜0.01,mg/kg\n炔螨特,,<0.01,mg/kg\n联苯菊酯,未检出,<0.01,mg/kg\n";
        let expected = [(2, "missing-field", "数值"), (4, "table-qualifier", "数值"), (5, "table-qualifier", "数值")];
        assert_eq!(told(text), expected.map(|(line, code, field)| (line, code, field.to_owned())));
    }
    #[test]
    fn of_a_table_of_several_samples_the_rows_of_this_one_are_taken() {
        let text = "样品编号,项目,数值,单位\nS-1,啶虫脒,0.058,mg/kg\nS-2,啶虫脒,x,mg/kg\nS-10,毒死蜱,9,mg/kg\n";
        let read = read(text.as_bytes(), "S-1").unwrap();
        assert_eq!((read.rows.len(), read.others, read.left_out.len()), (1, 2, 0));
        assert!(!has(&read.rows[0], SAMPLE), "{read:?}");
        let none =
            refused("Sample code,analyte,value,unit\nS-2,啶虫脒,1,mg/kg\nS-2,毒死蜱,1,mg/kg\nS-3,毒死蜱,1,mg/kg\n");
        assert_eq!((none.code, none.value.as_str(), none.expected.as_str()), ("table-sample", "S-1", "S-2, S-3"));
        let unnamed = told("样品号,项目,数值,单位\nS-1,啶虫脒,1,mg/kg\n,毒死蜱,1,mg/kg\n");
        assert_eq!(unnamed, [(3, "missing-field", "样品号".to_owned())]);
    }
}
