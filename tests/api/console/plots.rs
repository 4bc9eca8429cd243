//! The outline of a plot: walked or typed, asked about where it lies over another one of the house, refused where it crosses itself.

use suyuan::domain::record::{Subject, SubjectKind};

use crate::support::TestApp;
use crate::support::desk::{Desk, fields, texts};

/// Fields of a plot of 100 m × 100 m, moved to the east by some of these squares.
fn plot<'a>(code: &'a str, corners: &'a [(String, String)]) -> Vec<(&'a str, &'a str)> {
    let mut filled = vec![
        ("code", code),
        ("area_m2", "1 ha"),
        ("place.zh", "示范县"),
        ("crop.zh", "脐橙"),
        ("point.lat", "31.0005"),
        ("point.lon", "109.0005"),
    ];
    filled.extend(corners.iter().map(|(name, value)| (name.as_str(), value.as_str())));
    filled
}

fn corners(at: &[(f64, f64)]) -> Vec<(String, String)> {
    let corner = |(index, (east, north)): (usize, &(f64, f64))| {
        [
            (format!("polygon[{index}].lat"), format!("{:.6}", 31.0 + north * 0.0009)),
            (format!("polygon[{index}].lon"), format!("{:.6}", 109.0 + east * 0.00105)),
        ]
    };
    at.iter().enumerate().flat_map(corner).collect()
}

const NEW: &str = "/console/plots/new";

fn square(east: f64) -> Vec<(String, String)> {
    corners(&[(east, 0.0), (east + 1.0, 0.0), (east + 1.0, 1.0), (east, 1.0)])
}

#[actix_web::test]
async fn a_plot_over_another_one_of_the_house_is_asked_about_and_recorded_when_it_is_meant() {
    let app = TestApp::start().await;
    let coop = app.desk(&app.cooperative).await;
    let first = square(0.0);
    coop.done(NEW, &plot("SF-P01", &first)).await;
    let before = app.log_length();
    let half = square(0.5);
    for (language, word) in [("zh-CN", "重叠"), ("en", "lies over plot SF-P01")] {
        *coop.language.borrow_mut() = language;
        let page = coop.fill(NEW, &plot("SF-P02", &half)).await.expect(409).text();
        let errors = texts(&page, ".error li");
        assert!(errors.len() == 1 && errors[0].contains(word) && errors[0].contains("50%"), "{errors:?}");
        assert!(page.contains("id=\"f-confirm-overlap-error\"") && fields(&page)["polygon[3].lat"] == half[6].1);
    }
    assert_eq!(app.log_length(), before);
    // Neighbours share a border, and nobody is asked of another house.
    let beside = square(1.0);
    coop.done(NEW, &plot("SF-P03", &beside)).await;
    let other = app.desk(&app.other_cooperative).await;
    other.done(NEW, &plot("SF-P01", &first)).await;
    let mut meant = plot("SF-P02", &half);
    meant.push(("confirm_overlap", "true"));
    coop.done(NEW, &meant).await;
}

#[actix_web::test]
async fn the_answer_to_a_plot_that_is_sent_twice_is_the_same_and_no_question_about_itself() {
    let app = TestApp::start().await;
    let coop = app.desk(&app.cooperative).await;
    let mut form = coop.form(NEW).await;
    let first = square(0.0);
    form.extend(plot("SF-P01", &first).into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())));
    let once = coop.post(NEW, &form).await.expect(303);
    let records = app.log_length();
    let twice = coop.post(NEW, &form).await.expect(303);
    assert_eq!((once.header("location"), app.log_length()), (twice.header("location"), records));
}

#[actix_web::test]
async fn an_outline_that_crosses_itself_is_refused_at_its_corners() {
    let app = TestApp::start().await;
    let coop = app.desk(&app.cooperative).await;
    let tie = corners(&[(0.0, 0.0), (1.0, 1.0), (1.0, 0.0), (0.0, 1.0)]);
    let page = coop.fill(NEW, &plot("SF-P01", &tie)).await.expect(422).text();
    assert!(page.contains("id=\"f-polygon-0--lat-error\"") && texts(&page, ".error li")[0].contains("1, 3"), "{page}");
    let two = corners(&[(0.0, 0.0), (1.0, 1.0)]);
    let page = coop.fill(NEW, &plot("SF-P01", &two)).await.expect(422).text();
    assert!(texts(&page, ".error li")[0].contains("3–100"), "{:?}", texts(&page, ".error li"));
}

/// Lines of the plots that the form of a new one brings along.
async fn beside(desk: &Desk) -> Vec<String> {
    let page = desk.get(NEW).await.expect(200).text();
    let told = page.split("data-neighbours=\"").nth(1).unwrap().split('"').next().unwrap();
    assert!(page.contains("data-tolerated=\"5\""));
    told.lines().map(str::to_owned).collect()
}

#[actix_web::test]
async fn the_form_and_the_page_that_a_phone_keeps_bring_the_own_outlines_and_no_others() {
    let app = TestApp::start().await;
    let coop = app.desk(&app.cooperative).await;
    let [first, second] = [square(0.0), square(1.0)];
    coop.done(NEW, &plot("SF-P01", &first)).await;
    coop.done(NEW, &plot("SF-P02", &second)).await;
    // Nothing to compare with.
    coop.done(NEW, &plot("SF-P03", &[])).await;
    let lines = [
        "SF-P02 310000000 1090010500 0 10500 9000 10500 9000 0",
        "SF-P01 310000000 1090000000 0 10500 9000 10500 9000 0",
    ];
    assert_eq!(beside(&coop).await, lines);
    let kept = coop.get("/console/kept?lang=zh-CN").await.expect(200).text();
    assert!(lines.iter().all(|line| kept.contains(line)), "{kept:.2000}");
    // The same code with another house, elsewhere.
    let other = app.desk(&app.other_cooperative).await;
    assert_eq!(beside(&other).await, [""; 0]);
    let third = square(4.0);
    other.done(NEW, &plot("SF-P01", &third)).await;
    assert_eq!(beside(&other).await, ["SF-P01 310000000 1090042000 0 10500 9000 10500 9000 0"]);
    let kept = other.get("/console/kept?lang=zh-CN").await.expect(200).text();
    assert!(!kept.contains("SF-P02") && !kept.contains("1090010500") && kept.contains("1090042000"));
    assert_eq!(beside(&coop).await, lines);
}

#[actix_web::test]
async fn where_a_plot_lies_is_taken_from_its_outline() {
    let app = TestApp::start().await;
    let coop = app.desk(&app.cooperative).await;
    let outline = square(0.0);
    let without = |code, outline| {
        let told = plot(code, outline).into_iter();
        told.filter(|(name, _)| !name.starts_with("point.")).collect::<Vec<_>>()
    };
    coop.done(NEW, &without("SF-P01", &outline)).await;
    let known = app.cooperative.get("/api/v1/plots").await.json();
    let plot_id = known["items"][0]["id"].as_str().unwrap().parse().unwrap();
    let openings = app.store.openings(Subject::new(SubjectKind::Plot, plot_id)).unwrap();
    assert_eq!(openings[0].1.value["point"], serde_json::json!({"lat": "31.000450", "lon": "109.000525"}));
    // Nothing to take it from, and half a point is a slip.
    let page = coop.fill(NEW, &without("SF-P02", &[])).await.expect(422).text();
    assert!(page.contains("id=\"f-point-lat-error\"") && page.contains("id=\"f-point-lon-error\""));
    let mut half = without("SF-P02", &outline);
    half.push(("point.lat", "31.0"));
    let page = coop.fill(NEW, &half).await.expect(422).text();
    assert!(page.contains("id=\"f-point-lon-error\"") && !page.contains("id=\"f-point-lat-error\""));
}

#[actix_web::test]
async fn a_plot_far_larger_than_a_household_works_is_asked_about() {
    let app = TestApp::start().await;
    let coop = app.desk(&app.cooperative).await;
    let of = |area: &'static str| {
        let told = plot("SF-P01", &[]).into_iter();
        told.map(|(name, value)| if name == "area_m2" { (name, area) } else { (name, value) }).collect::<Vec<_>>()
    };
    for (language, said) in [("zh-CN", "75,000 亩"), ("en", "75,000 mu")] {
        *coop.language.borrow_mut() = language;
        let page = coop.fill(NEW, &of("5000 ha")).await.expect(409).text();
        let errors = texts(&page, ".error li");
        assert!(errors.len() == 1 && errors[0].contains(said), "{errors:?}");
        assert!(page.contains("id=\"f-confirm-area-error\""));
    }
    let mut meant = of("5000 ha");
    meant.push(("confirm_area", "true"));
    coop.done(NEW, &meant).await;
    let mut usual = plot("SF-P02", &[]);
    usual[1].1 = "1000 mu";
    coop.done(NEW, &usual).await;
}

#[actix_web::test]
async fn a_day_of_picking_that_is_past_is_now() {
    let app = TestApp::start().await;
    app.on("2026-11-18");
    let coop = app.desk(&app.cooperative).await;
    coop.done(NEW, &plot("SF-P01", &[])).await;
    let known = app.cooperative.get("/api/v1/plots").await.json();
    let plot = known["items"][0]["id"].as_str().unwrap().to_owned();
    let spray = serde_json::json!({"product": "药", "active": "阿维菌素", "dose": "3000×", "on": "2026-11-10", "interval_days": 14});
    app.cooperative.made(&format!("/api/v1/plots/{plot}/treatments"), spray).await;
    let row = async || {
        let coop = app.desk(&app.cooperative).await;
        texts(&coop.page("/console/plots").await, "tbody tr").remove(0)
    };
    assert!(row().await.contains("2026-11-24"));
    app.on("2026-11-24");
    let free = row().await;
    assert!(free.contains("现在可采") && !free.contains("2026-11-24"), "{free}");
}
