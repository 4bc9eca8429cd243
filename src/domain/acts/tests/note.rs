use serde_json::json;

use super::{refused, with_harvest};
use crate::domain::view::StepKind;

#[test]
fn a_later_remark_says_something_about_a_record_that_is_there() {
    let (mut county, batch) = with_harvest();
    let (by, plot) = (county.hongqi.clone(), county.plots[0]);
    refused(county.note(&by, batch, json!({"about": 0})), "nothing-said", "note", "", "");
    refused(county.note_plot(&by, plot, json!({})), "nothing-said", "note", "", "");
    refused(county.note(&by, batch, json!({"about": 1, "note": "过磅单"})), "not-found", "about", 1, "");
    let foreign = county.lychee_plot;
    refused(county.note_plot(&by, foreign, json!({"note": "防风林"})), "not-found", "plot", foreign, "");
    county.note(&by, batch, json!({"about": 0, "note": "过磅单"})).unwrap();
    let view = county.it.page(batch);
    assert_eq!(view.timeline.last().map(|step| step.kind), Some(StepKind::Noted));
}
