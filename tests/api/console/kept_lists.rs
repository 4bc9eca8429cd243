//! What was packed under a licence, what was told, what was sent to an address: each a list that goes back to its beginning.

use serde_json::json;
use suyuan::domain::notices::{Notice, NoticeKind};
use suyuan::domain::record::Handle;
use suyuan::domain::time::Instant;
use suyuan::store::notices::{Delivery, DeliveryState, Told, Webhook};

use crate::packs::{opened, packed};
use crate::support::desk::{Desk, href, texts};
use crate::support::{CARTON, TestApp, batch_path};

const OLDER: &str = "更早的";

/// First cells of all pages from this one on.
async fn all(desk: &Desk, path: &str, selector: &str) -> (Vec<String>, usize) {
    let (mut cells, mut pages, mut path) = (Vec::new(), 0, path.to_owned());
    loop {
        let page = desk.page(&path).await;
        pages += 1;
        cells.extend(texts(&page, selector));
        if !page.contains(OLDER) {
            return (cells, pages);
        }
        path = href(&page, OLDER);
    }
}

#[actix_web::test]
async fn what_was_packed_under_a_licence_is_a_list_of_its_parties_newest_first_with_files() {
    let app = TestApp::start().await;
    let (_, _, licence) = packed(&app).await;
    let season_lot = more_goods(&app).await;
    for half in 0..3 {
        let outputs: Vec<_> = (0..20)
            .map(|n| json!({"gtin": CARTON, "lot": format!("Q{half}{n:02}"), "packs": n + 1, "licence": licence}))
            .collect();
        let packing = json!({"packed_on": "2026-11-19", "loss": 0, "outputs": outputs});
        opened(&app.cooperative.act(&batch_path(&season_lot, "packings"), packing).await);
    }
    let list = format!("/console/licences/{licence}/packed");
    for client in [&app.association, &app.cooperative] {
        let desk = app.desk(client).await;
        let page = desk.page(&format!("/console/licences/{licence}")).await;
        assert_eq!(texts(&page, "tbody tr").len(), 10);
        assert_eq!(href(&page, "全部包装记录，可导出 CSV、XLSX"), list);
        let (lots, pages) = all(&desk, &list, "tbody th").await;
        assert_eq!((lots.len(), pages), (61, 2), "{lots:?}");
        assert_eq!((lots[0].as_str(), lots[60].as_str()), ("Q219", "P01"));
        let first = desk.page(&list).await;
        assert!(texts(&first, "h1")[0].contains("LIC-SF-2026-001"));
        assert_eq!(texts(&desk.page(&format!("{list}?contains=Q21")).await, "tbody tr").len(), 10);
        let by_packs = desk.page(&format!("{list}?sort=-4")).await;
        assert_eq!(texts(&by_packs, "tbody th")[0], "P01", "200 packs");
        let csv = desk.get(&href(&first, "CSV")).await.expect(200).text();
        assert!(csv.lines().count() == 62 && csv.contains("\"Q000\""), "{csv}");
        assert!(desk.get(&href(&first, "XLSX")).await.expect(200).bytes.starts_with(b"PK"));
    }
    for client in [&app.other_cooperative, &app.laboratory] {
        let answer = app.desk(client).await.get(&list).await;
        assert!([403, 404].contains(&answer.status), "{}", answer.status);
    }
}

/// A graded lot that 60 small packings take from.
async fn more_goods(app: &TestApp) -> String {
    let plot = json!({"code": "SF-P77", "area_m2": 20_000, "place": {"zh": "示范县"}, "crop": {"zh": "脐橙"},
        "variety": {"zh": "纽荷尔"}, "point": {"lat": "31.0500", "lon": "109.5000"}});
    let plot = app.cooperative.made("/api/v1/plots", plot).await;
    let root = app.cooperative.made("/api/v1/batches", crate::support::harvest(&plot, "W77", 9_000_000)).await;
    let grading = json!({"standard": {"name": "示范县脐橙分级", "edition": "SF-2026"}, "input": 9_000_000,
        "outputs": [{"lot": "W77T", "grade": "特级", "quantity": 9_000_000}], "cull": 0, "loss": 0, "measures": []});
    opened(&app.cooperative.act(&batch_path(&root, "gradings"), grading).await)
}

fn handle(n: u8) -> Handle {
    Handle::from_bytes([n; 16])
}

/// A hundred and twenty notices in groups of seven that were told at one moment, and as many deliveries: each third given up.
fn told(home: Handle, webhook: Handle) -> Vec<Told> {
    let started: Instant = "2026-09-01T00:00:00.000Z".parse().unwrap();
    let ours = Webhook {
        home,
        id: webhook,
        url: "https://hooks.example/a".into(),
        secret: vec![1; 32],
        created_at: started,
        ended_at: None,
    };
    let mut all = vec![Told::Webhook(ours)];
    for n in 0..120_u32 {
        let (once, state) =
            (format!("log:{n:04}"), if n % 3 == 0 { DeliveryState::GivenUp } else { DeliveryState::Done });
        all.push(Told::Notice(Notice {
            home,
            once: once.clone(),
            kind: NoticeKind::ShipmentSent,
            subject: handle(9),
            about: format!("LOT{n:04}"),
            told_at: started.plus_minutes(i64::from(n / 7)),
            seen_at: None,
        }));
        let outcome = Some("204".to_owned());
        all.push(Told::Waiting(Delivery {
            home,
            webhook,
            once,
            state,
            attempts: 1,
            next_at: None,
            last_at: None,
            outcome,
        }));
    }
    all
}

#[actix_web::test]
async fn notices_and_deliveries_go_back_to_the_first_one_each_once_on_pages_and_in_files() {
    let app = TestApp::start().await;
    let (home, id) = (app.cooperative.id.parse().unwrap(), handle(7));
    app.store.take_told(&told(home, id)).unwrap();
    let coop = app.desk(&app.cooperative).await;
    let whole: Vec<String> = (0..120).rev().map(|n| format!("LOT{n:04}")).collect();
    let (lots, pages) = all(&coop, "/console/notices", ".waiting b").await;
    assert!(lots == whole && pages == 3, "{pages} {lots:?}");
    let (lots, _) = all(&coop, "/console/notices/list", "tbody th").await;
    assert_eq!(lots, whole);
    let csv = coop.get("/console/notices/list.csv").await.expect(200).text();
    assert_eq!(csv.lines().count(), 121, "{csv}");

    let log = format!("/console/webhooks/{id}");
    let (lots, pages) = all(&coop, &log, "tbody th small").await;
    assert!(lots == whole && pages == 3, "{pages} {lots:?}");
    let list = href(&coop.page(&log).await, "以表格查看，可导出 CSV、XLSX");
    let (rows, _) = all(&coop, &format!("{list}?state=given_up"), "tbody td:nth-of-type(1)").await;
    let given_up: Vec<String> = (0..120).rev().filter(|n| n % 3 == 0).map(|n| format!("LOT{n:04}")).collect();
    assert_eq!(rows, given_up);
    let page = coop.page(&format!("{list}?state=given_up")).await;
    let csv = coop.get(&href(&page, "CSV")).await.expect(200).text();
    assert!(csv.lines().count() == 41 && !csv.contains("已送达"), "the filter stays in the file: {csv}");
    assert_eq!(texts(&coop.page(&format!("{list}?contains=lot0011")).await, "tbody tr").len(), 1);
    // Of another's address nothing is there.
    app.desk(&app.other_cooperative).await.get(&list).await.expect(404);
    coop.get(&format!("/console/webhooks/{}/list.csv", "x".repeat(9))).await.expect(404);
}
