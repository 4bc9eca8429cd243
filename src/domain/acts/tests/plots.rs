use serde_json::{Value, json};

use super::refused;
use crate::domain::testing::County;

fn plot(lat: &str, lon: &str, area_m2: u64) -> Value {
    json!({"code": "SF-P09", "place": {"zh": "示范县"}, "area_m2": area_m2, "crop": {"zh": "脐橙"},
        "point": {"lat": lat, "lon": lon}})
}

fn spray(active: &str, on: &str, interval_days: u32) -> Value {
    json!({"product": "药", "active": active, "dose": "1000×", "on": on, "interval_days": interval_days, "most_per_season": 2})
}

#[test]
fn a_plot_lies_on_earth_and_has_an_area() {
    let mut county = County::new();
    let by = county.hongqi.clone();
    let north = county.register_plot(&by, plot("91.5", "109.46", 100));
    refused(north, "coordinate-range", "point.lat", "91.5", "-90…90");
    let east = county.register_plot(&by, plot("31.01", "-181.0", 100));
    refused(east, "coordinate-range", "point.lon", "-181.0", "-180…180");
    refused(county.register_plot(&by, plot("31.01", "109.46", 0)), "area-range", "area_m2", 0, "1–100000000");
    let huge = county.register_plot(&by, plot("31.01", "109.46", 100_000_001));
    refused(huge, "area-range", "area_m2", 100_000_001, "1–100000000");
}

#[test]
fn an_outline_has_corners_and_a_code_is_given_once() {
    let mut county = County::new();
    let by = county.hongqi.clone();
    let mut form = plot("31.01", "109.46", 100);
    form["polygon"] = json!(vec![json!({"lat": "31.0", "lon": "109.4"}); 2]);
    refused(county.register_plot(&by, form.clone()), "polygon-corners", "polygon", 2, "3–100");
    form["polygon"] =
        json!([{"lat": "31.0", "lon": "109.4"}, {"lat": "31.0", "lon": "109.5"}, {"lat": "95.0", "lon": "1.0"}]);
    refused(county.register_plot(&by, form.clone()), "coordinate-range", "polygon[2].lat", "95.0", "-90…90");
    form["polygon"] = json!([{"lat": "31.0", "lon": "109.4"}, {"lat": "31.1", "lon": "109.5"}, {"lat": "31.0", "lon": "109.5"},
        {"lat": "31.1", "lon": "109.4"}]);
    refused(county.register_plot(&by, form), "polygon-crosses", "polygon", "1, 3", "");
    county.register_plot(&by, plot("31.01", "109.46", 100)).unwrap();
    refused(county.register_plot(&by, plot("31.01", "109.46", 100)), "code-taken", "code", "SF-P09", "");
    let site = json!({"code": "PH-1", "kind": "packhouse", "name": {"zh": "包装厂"}, "place": {"zh": "示范县"}});
    county.register_site(&by, site.clone()).unwrap();
    refused(county.register_site(&by, site), "code-taken", "code", "PH-1", "");
}

#[test]
fn a_spray_has_an_interval_of_at_most_a_year_and_is_used_so_often_a_season() {
    let mut county = County::new();
    let (by, plot) = (county.hongqi.clone(), county.plots[0]);
    county.it.at("2026-06-01 10:00");
    let long = county.treat(&by, plot, spray("啶虫脒", "2026-05-01", 366));
    refused(long, "interval-range", "interval_days", 366, 365);
    for day in ["2026-05-01", "2026-05-20"] {
        county.treat(&by, plot, spray("啶虫脒", day, 14)).unwrap();
    }
    let third = county.treat(&by, plot, spray("啶虫脒", "2026-06-01", 14));
    refused(third, "too-many-treatments", "active", "啶虫脒", 2);
    county.treat(&by, plot, spray("噻嗪酮", "2026-06-01", 35)).unwrap();
    let ahead = county.treat(&by, plot, spray("噻嗪酮", "2026-06-02", 35));
    refused(ahead, "date-in-future", "on", "2026-06-02", "2026-06-01");
}

#[test]
fn inputs_are_written_on_own_plots() {
    let mut county = County::new();
    let (by, foreign) = (county.hongqi.clone(), county.lychee_plot);
    let form = json!({"name": "有机肥", "purpose": "基肥", "dose": "7500 kg/ha", "on": "2026-01-05"});
    refused(county.use_input(&by, foreign, form.clone()), "not-found", "plot", foreign, "");
    let plot = county.plots[0];
    county.use_input(&by, plot, form).unwrap();
}

#[test]
fn a_consent_needs_a_name_and_is_withdrawn_while_it_is_in_force() {
    let mut county = County::new();
    let (by, plot) = (county.hongqi.clone(), county.plots[0]);
    let form = json!({"code": "SF-P09", "place": {"zh": "示范县"}, "area_m2": 1_000, "crop": {"zh": "脐橙"},
        "point": {"lat": "31.0", "lon": "109.4"}, "consent": "spoken"});
    refused(county.register_plot(&by, form), "no-grower", "grower", "", "");
    refused(county.withdraw_consent(&by, plot, json!({})), "no-consent", "plot", plot, "");
    county.consent(&by, plot, json!({"shown_as": "王某", "how": "paper"})).unwrap();
    county.withdraw_consent(&by, plot, json!({})).unwrap();
    refused(county.withdraw_consent(&by, plot, json!({})), "no-consent", "plot", plot, "");
}
