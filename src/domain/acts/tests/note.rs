use std::sync::Arc;

use serde_json::json;

use super::{detail, refused, with_harvest};
use crate::domain::acts::Act;
use crate::domain::acts::import::ImportRows;
use crate::domain::acts::plots::RegisterPlot;
use crate::domain::json as sent;
use crate::domain::testing::act;

#[test]
fn a_note_says_something_about_a_record_that_is_there() {
    let (mut county, batch) = with_harvest();
    let (by, plot) = (county.hongqi.clone(), county.plots[0]);
    refused(county.note_batch(&by, batch, json!({})), "nothing-said", "note", "", "");
    refused(county.note_plot(&by, plot, json!({"videos": []})), "nothing-said", "note", "", "");
    refused(county.note_batch(&by, batch, json!({"about": 9, "note": "过磅单"})), "not-found", "about", 9, "");
    county.note_batch(&by, batch, json!({"about": 0, "note": "过磅单"})).unwrap();
    county.note_plot(&by, plot, json!({"videos": ["https://video.example/a.mp4"]})).unwrap();
    let other = county.riverside.clone();
    refused(county.note_batch(&other, batch, json!({"note": "x"})), "not-found", "batch", batch, "");
    county.it.verify(batch);
}

#[test]
fn a_file_with_a_bad_row_is_refused_whole_and_names_the_row() {
    let (mut county, _) = with_harvest();
    let by = county.hongqi.clone();
    let plot = |code: &str, area_m2: u64| -> Arc<dyn Act> {
        Arc::new(act::<RegisterPlot>(json!({"code": code, "place": {"zh": "示范县"}, "area_m2": area_m2,
            "crop": {"zh": "脐橙"}, "point": {"lat": "31.01", "lon": "109.46"}})))
    };
    let rows = vec![(2, plot("N1", 100)), (3, plot("N2", 0)), (4, plot("N1", 100))];
    let refusal = refused(county.it.run(&by, &ImportRows { rows }), "refused-rows", "", "", "");
    assert_eq!(detail(&refusal, "count"), "2");
    let found: Vec<_> = refusal.rows.iter().map(|row| (row.line, row.refusal.code)).collect();
    assert_eq!(found, [(3, "area-range"), (4, "code-taken")]);
    let good = vec![(2, plot("N1", 100)), (3, plot("N2", 100))];
    county.it.run(&by, &ImportRows { rows: good }).unwrap();
}

#[test]
fn a_value_that_breaks_the_rule_of_its_type_names_the_rule() {
    let refusal = sent::parse::<RegisterPlot>(
        json!({"code": "中文", "place": {"zh": "示范县"}, "area_m2": 1, "crop": {"zh": "脐橙"},
            "point": {"lat": "31.01", "lon": "109.46"}})
        .to_string()
        .as_bytes(),
    );
    let refusal = refused(refusal, "invalid-value", "code", "U+4E2D", "A-Z a-z 0-9 . _ -");
    assert_eq!(refusal.rule, "code-character");
}
