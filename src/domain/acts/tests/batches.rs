use serde_json::{Value, json};

use super::{detail, refused, with_harvest};
use crate::domain::record::Handle;
use crate::domain::testing::{CARTON_SPECIAL, County, LOOSE};

fn form(plots: Value) -> Value {
    json!({"basis": "harvested", "gtin": LOOSE, "lot": "SF26X", "quantity": 1_000, "plots": plots,
        "picked": {"from": "2026-11-16", "to": "2026-11-16"}})
}

fn with(mut form: Value, key: &str, value: Value) -> Value {
    form[key] = value;
    form
}

/// The county on the evening of 16 November.
fn evening() -> (County, Handle, Handle) {
    let mut county = County::new();
    county.it.at("2026-11-16 17:00");
    let (a, b) = (county.plots[0], county.plots[1]);
    (county, a, b)
}

#[test]
fn a_plot_is_not_picked_before_its_interval_has_passed() {
    let (mut county, plot, _) = evening();
    let by = county.hongqi.clone();
    let spray = json!({"product": "阿维菌素 1.8% EC", "active": "阿维菌素", "dose": "3000×", "on": "2026-11-08", "interval_days": 14});
    county.treat(&by, plot, spray).unwrap();
    let refusal = refused(
        county.open(&by, form(json!([{"plot": plot}]))),
        "pre-harvest-interval",
        "picked.from",
        "2026-11-16",
        "2026-11-22",
    );
    let details = ["plot", "active", "sprayed", "day", "interval"].map(|name| detail(&refusal, name).to_owned());
    assert_eq!(details, ["SF-P01", "阿维菌素", "2026-11-08", "8", "14"]);
    county.it.at("2026-11-22 17:00");
    let later = with(form(json!([{"plot": plot}])), "picked", json!({"from": "2026-11-22", "to": "2026-11-22"}));
    county.open(&by, later).unwrap();
}

#[test]
fn an_implausible_harvest_is_asked_about_twice_and_summed_over_the_season() {
    let (mut county, plot, _) = evening();
    let by = county.hongqi.clone();
    // 1.2 ha at 60 t/ha bear 72 t.
    let most = with(form(json!([{"plot": plot}])), "quantity", json!(72_000_000));
    county.open(&by, most).unwrap();
    let again = with(form(json!([{"plot": plot}])), "lot", json!("SF26Y"));
    let refusal = county.open(&by, again.clone());
    let refusal = refused(refusal, "implausible-yield", "quantity", 72_001_000, 72_000_000);
    assert_eq!((detail(&refusal, "plot"), detail(&refusal, "ceiling")), ("SF-P01", "60"));
    let batch = county.open(&by, with(again, "confirm_yield", json!(true))).unwrap();
    assert_eq!(county.it.chain(batch)[0].body["yield_confirmed"], json!(true));
}

#[test]
fn a_harvest_names_its_plots_each_once_with_shares_that_add_up() {
    let (mut county, a, b) = evening();
    let by = county.hongqi.clone();
    refused(county.open(&by, form(json!([]))), "plots-required", "plots", 0, "1–50");
    let share = |plot: Handle, g: u64| json!({"plot": plot, "quantity": g});
    let twice = form(json!([share(a, 500), share(a, 500)]));
    refused(county.open(&by, twice), "plot-twice", "plots[1].plot", a, "");
    let missing = form(json!([share(a, 500), {"plot": b}]));
    refused(county.open(&by, missing), "share-required", "plots[1].quantity", "", "");
    let differ = form(json!([share(a, 500), share(b, 501)]));
    refused(county.open(&by, differ), "shares-differ", "quantity", 1_000, 1_001);
    let strangers = county.lychee_plot;
    refused(county.open(&by, form(json!([{"plot": strangers}]))), "not-found", "plots[0].plot", strangers, "");
}

#[test]
fn a_harvest_has_days_in_order_that_are_past_and_not_of_another_season() {
    let (mut county, plot, _) = evening();
    let by = county.hongqi.clone();
    let days = |from: &str, to: &str| with(form(json!([{"plot": plot}])), "picked", json!({"from": from, "to": to}));
    let reversed = county.open(&by, days("2026-11-16", "2026-11-15"));
    refused(reversed, "window-reversed", "picked.to", "2026-11-15", "2026-11-16");
    let ahead = county.open(&by, days("2026-11-16", "2026-11-17"));
    refused(ahead, "date-in-future", "picked.to", "2026-11-17", "2026-11-16");
    let old = county.open(&by, days("2025-11-14", "2025-11-14"));
    refused(old, "date-before-season", "picked.from", "2025-11-14", "2025-11-15");
    let mut none = form(json!([{"plot": plot}]));
    none.as_object_mut().unwrap().remove("picked");
    refused(county.open(&by, none), "picking-days-required", "picked", "", "");
}

#[test]
fn an_act_is_not_told_ahead_of_time() {
    let (mut county, plot, _) = evening();
    let by = county.hongqi.clone();
    let told = |at: &str| with(form(json!([{"plot": plot}])), "occurred_at", json!(at));
    let ahead = "2026-11-16T09:07:00.000Z";
    refused(county.open(&by, told(ahead)), "date-in-future", "occurred_at", ahead, "2026-11-16T09:01:00.000Z");
    county.open(&by, told("2026-11-16T09:06:00.000Z")).unwrap();
}

#[test]
fn goods_that_were_not_grown_name_where_they_come_from_and_no_plot() {
    let (mut county, plot, _) = evening();
    let by = county.hongqi.clone();
    let bought = with(form(json!([{"plot": plot}])), "basis", json!("bought_in"));
    refused(county.open(&by, bought.clone()), "plots-only-for-harvest", "plots[0].plot", plot, "");
    let nowhere = with(bought, "plots", json!([]));
    refused(county.open(&by, nowhere.clone()), "origin-required", "site", "", "");
    let somewhere = with(nowhere, "origin", json!({"zh": "邻县"}));
    county.open(&by, somewhere).unwrap();
}

#[test]
fn a_harvest_is_loose_of_a_known_product_and_a_new_lot() {
    let (mut county, plot, _) = evening();
    let by = county.hongqi.clone();
    let packs = with(form(json!([{"plot": plot}])), "gtin", json!(CARTON_SPECIAL));
    refused(county.open(&by, packs), "harvest-is-loose", "gtin", CARTON_SPECIAL, "");
    let unknown = with(form(json!([{"plot": plot}])), "gtin", json!("09520000100063"));
    refused(county.open(&by, unknown), "unknown-product", "gtin", "09520000100063", "");
    county.open(&by, form(json!([{"plot": plot}]))).unwrap();
    let refusal = refused(county.open(&by, form(json!([{"plot": plot}]))), "lot-taken", "lot", "SF26X", "");
    assert_eq!(detail(&refusal, "gtin"), LOOSE);
}

#[test]
fn losses_come_from_what_is_left_or_from_what_came_back() {
    let (mut county, batch) = with_harvest();
    let by = county.hongqi.clone();
    let lost = county.lose(&by, batch, json!({"quantity": 4_000_001, "reason": "rot"}));
    refused(lost, "overdrawn", "quantity", 4_000_001, 4_000_000);
    let back = county.lose(&by, batch, json!({"quantity": 1, "reason": "damage", "from_returned": true}));
    refused(back, "overdrawn", "quantity", 1, 0);
}

#[test]
fn a_batch_is_closed_when_it_is_empty_and_then_nothing_more_happens_to_it() {
    let (mut county, batch) = with_harvest();
    let by = county.hongqi.clone();
    let refusal = refused(county.close(&by, batch, json!({})), "batch-not-empty", "batch", batch, "");
    assert_eq!(detail(&refusal, "left"), "4000000");
    county.lose(&by, batch, json!({"quantity": 4_000_000, "reason": "destroyed"})).unwrap();
    county.close(&by, batch, json!({})).unwrap();
    let refusal = refused(county.store(&by, batch, json!({})), "batch-closed", "batch", batch, "");
    assert_eq!(detail(&refusal, "lot"), "SF26A");
}

#[test]
fn a_store_is_an_own_site_and_its_humidity_a_percentage() {
    let (mut county, batch) = with_harvest();
    let (by, riverside) = (county.hongqi.clone(), county.riverside.clone());
    let damp = county.store(&by, batch, json!({"humidity_percent": 101}));
    refused(damp, "percent-range", "humidity_percent", 101, "0–100");
    let site = json!({"code": "ST-1", "kind": "store", "name": {"zh": "冷库"}, "place": {"zh": "示范县"}});
    let foreign = county.register_site(&riverside, site).unwrap();
    refused(county.store(&by, batch, json!({"site": foreign})), "not-found", "site", foreign, "");
}

#[test]
fn a_recall_has_a_class_of_three_and_is_made_once() {
    let (mut county, batch) = with_harvest();
    let by = county.hongqi.clone();
    let of_class = |class: u8| json!({"class": class, "reason": {"zh": "净含量不足"}});
    refused(county.recall(&by, batch, of_class(0)), "recall-class", "class", 0, "1–3");
    refused(county.recall(&by, batch, of_class(4)), "recall-class", "class", 4, "1–3");
    county.recall(&by, batch, of_class(3)).unwrap();
    let again = refused(county.recall(&by, batch, of_class(3)), "batch-recalled", "batch", batch, "");
    assert_eq!(detail(&again, "lot"), "SF26A");
}

#[test]
fn another_organisations_batch_reads_as_a_missing_one() {
    let (mut county, batch) = with_harvest();
    let (stranger, missing) = (county.riverside.clone(), Handle::from_bytes([9; 16]));
    for handle in [batch, missing] {
        refused(county.close(&stranger, handle, json!({})), "not-found", "batch", handle, "");
    }
}

#[test]
fn amounts_that_no_record_can_hold_are_refused() {
    let (mut county, batch) = with_harvest();
    let by = county.hongqi.clone();
    let most = (1_u64 << 53) - 1;
    let form = json!({"packed_on": "2026-11-16", "outputs": [{"gtin": CARTON_SPECIAL, "lot": "P", "packs": most}]});
    let grading = json!({"input": 1_000, "outputs": [{"lot": "G", "grade": "特级", "quantity": 1_000}]});
    county.grade(&by, batch, grading).unwrap();
    let graded = county.lot(LOOSE, "G");
    refused(county.pack(&by, graded, form), "amount-range", "outputs[0].packs", u64::MAX, "1-9007199254740991");
}

#[test]
fn a_record_above_its_size_is_refused() {
    let (mut county, batch) = with_harvest();
    let by = county.hongqi.clone();
    let measure = json!({"name": "brix", "unit": "°Brix", "mean": "12.4", "min": "11.2", "max": "13.6", "n": 20});
    let outputs = json!([{"lot": "G", "grade": "特级", "quantity": 1_000}]);
    let form = json!({"input": 1_000, "outputs": outputs, "measures": vec![measure; 4_000]});
    let refusal = refused(county.grade(&by, batch, form), "record-too-large", "", "", "");
    assert!(detail(&refusal, "reason").contains("262144"), "{refusal}");
}
