//! Many writers at once: whoever is told 201 has what he took, and nothing is taken twice.

use std::sync::{Arc, Barrier};
use std::thread;

use actix_web::web::Data;
use serde_json::json;
use suyuan::app::{App, AppError, Caller, Conditions};
use suyuan::domain::acts::handing_over::ReceiveShipment;
use suyuan::domain::acts::keeping::LoseQuantity;
use suyuan::domain::acts::{Act, packing::PackBatch};
use suyuan::domain::chain::verify_ndjson;
use suyuan::domain::record::{Handle, Role};

use crate::support::{CARTON, TestApp, batch_path};

const WRITERS: usize = 64;

/// Performs as many acts at one moment, each on a thread of its own; answers the slugs of what was refused.
async fn at_once(app: &Data<App>, organisation: &str, act: impl Fn(usize) -> Arc<dyn Act>) -> Vec<&'static str> {
    let caller = Caller::of(organisation.parse().unwrap(), Role::Cooperative);
    let acts: Vec<_> = (0..WRITERS).map(act).collect();
    let app = app.clone();
    let run = move || {
        let start = Barrier::new(WRITERS);
        let (app, start) = (&app, &start);
        thread::scope(|scope| {
            let write = |act| {
                scope.spawn(move || {
                    start.wait();
                    match app.perform_blocking(caller, act, Conditions::default()) {
                        Ok(_) => None,
                        Err(AppError::Refused(refusal)) => Some(refusal.code),
                        Err(other) => panic!("{other}"),
                    }
                })
            };
            let writers: Vec<_> = acts.into_iter().map(write).collect();
            writers.into_iter().filter_map(|writer| writer.join().unwrap()).collect()
        })
    };
    actix_web::web::block(run).await.unwrap()
}

fn handle(text: &str) -> Handle {
    text.parse().unwrap()
}

#[actix_web::test]
async fn of_64_who_take_the_last_gram_exactly_one_gets_it() {
    let app = TestApp::start().await;
    let batch = app.harvest(&app.season().await, "SF26P011116", 1_000).await;
    app.cooperative.act(&batch_path(&batch, "losses"), json!({"quantity": 999, "reason": "rot"})).await;
    let length = app.log_length();
    let last_gram = LoseQuantity {
        batch: handle(&batch),
        ..serde_json::from_value(json!({"quantity": 1, "reason": "rot"})).unwrap()
    };
    let refused = at_once(&app.app, &app.cooperative.id, |_| Arc::new(last_gram.clone())).await;
    assert_eq!(refused, ["overdrawn"; WRITERS - 1]);
    assert_eq!(app.log_length(), length + 1);
    let known = app.cooperative.get(&format!("/api/v1/batches/{batch}")).await.ok();
    assert_eq!(
        known["balance"],
        json!({"input": 1_000, "output": 0, "loss": 1_000, "returned": 0, "discrepancy": 0, "rest": 0})
    );
    let chain = app.anon.get(&batch_path(&batch, "chain")).await.expect(200);
    assert_eq!(verify_ndjson(&chain.bytes, None).unwrap().records, 3);
}

#[actix_web::test]
async fn a_licences_quota_is_not_outrun() {
    let app = TestApp::start().await;
    let season = app.season().await;
    let licence = app.licence(10).await;
    let batch = app.harvest(&season, "SF26P011116", 1_000_000).await;
    let grading = json!({"input": 1_000_000, "outputs": [{"lot": "T", "grade": "特级", "quantity": 1_000_000}]});
    let graded = app.cooperative.act(&batch_path(&batch, "gradings"), grading).await;
    let special = graded["records"][1]["subject"].as_str().unwrap().trim_start_matches("batch:").to_owned();
    let pack = |index: usize| -> Arc<dyn Act> {
        let body = json!({"packed_on": "2026-11-16",
            "outputs": [{"gtin": CARTON, "lot": format!("P{index}"), "packs": 3, "licence": licence}]});
        Arc::new(PackBatch { batch: handle(&special), ..serde_json::from_value(body).unwrap() })
    };
    let refused = at_once(&app.app, &app.cooperative.id, pack).await;
    assert_eq!(refused, ["licence-quota"; WRITERS - 3]);
    assert_eq!(app.association.get(&format!("/api/v1/licences/{licence}/packs")).await.ok()["used"], 9);
}

#[actix_web::test]
async fn a_lot_is_taken_once_and_a_shipment_received_once() {
    let app = TestApp::start().await;
    let batch = app.harvest(&app.season().await, "SF26P011116", 1_000).await;
    let shipped = json!({"to_uscc": crate::support::BUYER[2], "quantity": 100});
    let shipment = app.cooperative.made(&batch_path(&batch, "shipments"), shipped).await;
    let receive = |lot: String, quantity: u64| -> Arc<dyn Act> {
        let body = json!({"lot": lot, "quantity": quantity});
        Arc::new(ReceiveShipment { shipment: handle(&shipment), ..serde_json::from_value(body).unwrap() })
    };
    let refused = at_once(&app.app, &app.buyer.id, |_| receive("SAME".into(), 1)).await;
    assert_eq!(refused, ["lot-taken"; WRITERS - 1]);
    let refused = at_once(&app.app, &app.buyer.id, |index| receive(format!("L{index}"), 99)).await;
    assert_eq!(refused, ["overdrawn"; WRITERS - 1]);
}
