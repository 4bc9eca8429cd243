//! More writers than can wait: those who are too many are told to come back, and lose nothing by it.

use std::sync::Arc;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use serde_json::json;
use suyuan::app::{Caller, Receipt};
use suyuan::domain::acts::keeping::LoseQuantity;
use suyuan::domain::record::Role;
use suyuan::store::{StoreError, Submission};
use tokio::sync::oneshot::Receiver;

use crate::support::{TestApp, plot};

/// Requests beside those that wait: more than one group of the writer, which may still be taken out of the full queue.
const REQUESTS: usize = 300;
const GROUP: usize = 256;

/// Hands losses of one gram to the writer until the queue is full; those that wait for their answer.
fn fill(app: &TestApp, batch: &str) -> Vec<Receiver<Result<Receipt, StoreError>>> {
    let form = serde_json::from_value(json!({"quantity": 1, "reason": "rot"})).unwrap();
    let act = Arc::new(LoseQuantity { batch: batch.parse().unwrap(), ..form });
    let actor = Caller::of(app.cooperative.id.parse().unwrap(), Role::Cooperative).actor();
    let mut waiting = Vec::new();
    loop {
        let submission = Submission { act: act.clone(), actor: actor.clone(), idempotency: None, expected_head: None };
        let mut answer = app.store.submit(submission);
        match answer.try_recv() {
            Err(_) => waiting.push(answer),
            Ok(Err(StoreError::Busy)) => return waiting,
            Ok(other) => panic!("the writer goes on: {other:?}"),
        }
    }
}

#[actix_web::test]
async fn a_full_queue_answers_503_stores_nothing_of_it_and_recovers() {
    let app = TestApp::start().await;
    let batch = app.harvest(&app.season().await, "SF26P011116", 1_000_000).await;
    let length = app.log_length();
    // For at most five seconds: then the writer gives up.
    let hold = app.place.hold();
    let waiting = fill(&app, &batch);
    let register = async |number: usize| {
        let code = format!("Q{number}");
        let answer = app.cooperative.post("/api/v1/plots", plot(&code)).await;
        (code, answer)
    };
    let mut requests: FuturesUnordered<_> = (0..REQUESTS).map(register).collect();
    let mut answers: Vec<_> = requests.by_ref().take(REQUESTS - GROUP).collect().await;
    assert!(answers.iter().all(|(_, answer)| answer.status == 503), "nobody is written while the writer waits");
    drop(hold);
    answers.extend(requests.collect::<Vec<_>>().await);

    let accepted = waiting.len();
    for answer in waiting {
        answer.await.unwrap().unwrap();
    }
    let (written, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(|(_, answer)| answer.status == 201);
    for (_, answer) in &refused {
        assert_eq!(answer.header("retry-after"), Some("1"));
        answer.clone().problem(503, "busy");
    }
    assert_eq!(app.log_length(), length + accepted + written.len());
    let again = &refused[0].0;
    app.cooperative.post("/api/v1/plots", plot(again)).await.created();
    let (taken, _) = written.first().unwrap_or(&refused[0]);
    app.cooperative.post("/api/v1/plots", plot(taken)).await.problem(409, "code-taken");
}
