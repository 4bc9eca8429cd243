//! A store with the least that acts need: an operator, who here holds goods too, and a product.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use suyuan::app::clock::SystemClock;
use suyuan::app::randomness::SystemRandomness;
use suyuan::domain::acts::Act;
use suyuan::domain::acts::batches::OpenBatch;
use suyuan::domain::acts::keeping::LoseQuantity;
use suyuan::domain::acts::organisations::{FoundInstance, RegisterOrganisation};
use suyuan::domain::acts::products::RegisterProduct;
use suyuan::domain::entities::Entity;
use suyuan::domain::record::{Actor, Digest, Handle, Record, Role, record_hash};
use suyuan::store::{IdempotencyKey, Receipt, Store, StoreError, Submission};
use tempfile::TempDir;
use tokio::sync::oneshot;

use crate::engine::Place;

pub const GTIN: &str = "09520000100049";
/// The one organisation of these tests.
pub const HOME: Handle = Handle::from_bytes([7; 16]);

pub struct Founded {
    pub place: Place,
    pub store: Arc<dyn Store>,
    _folder: Option<TempDir>,
}

impl Founded {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let place = Place::new(folder.path());
        Self { _folder: Some(folder), ..Self::at(place) }
    }

    /// In a place that somebody else looks after.
    pub fn at(place: Place) -> Self {
        let store = open(&place);
        Self::with(place, store)
    }

    /// With a store that somebody else opened there.
    pub fn with(place: Place, store: Arc<dyn Store>) -> Self {
        let operator: RegisterOrganisation = parse(json!({"kind": "operator", "name": {"zh": "示范县农业农村局"},
            "uscc": "11999001MA0000423G", "utc_offset_minutes": 480}));
        perform(&*store, FoundInstance { handle: HOME, organisation: operator }).unwrap();
        let product: RegisterProduct = parse(json!({"gtin": GTIN, "name": {"zh": "脐橙"}, "commodity": "navel_orange",
            "form": "loose", "unit": "grams"}));
        perform(&*store, product).unwrap();
        Self { place, store, _folder: None }
    }
}

/// A further instance of the service on the same database.
pub fn open(place: &Place) -> Arc<dyn Store> {
    place.open(Arc::new(SystemClock), Arc::new(SystemRandomness))
}

fn parse<T: DeserializeOwned>(value: Value) -> T {
    serde_json::from_value(value).unwrap()
}

pub fn opening(lot: &str, grams: u64) -> OpenBatch {
    parse(json!({"basis": "collected", "gtin": GTIN, "lot": lot, "quantity": grams, "origin": {"zh": "示范县"}}))
}

pub fn loss(batch: Handle, grams: u64) -> LoseQuantity {
    LoseQuantity { batch, ..parse(json!({"quantity": grams, "reason": "drying"})) }
}

pub type Answered = oneshot::Receiver<Result<Receipt, StoreError>>;

pub fn submit(store: &dyn Store, act: impl Act + 'static, key: Option<&str>) -> Answered {
    let idempotency = key.map(|key| IdempotencyKey { key: key.to_owned(), request_hash: Digest::from_bytes([1; 32]) });
    let actor = Actor { key: None, org: HOME, role: Role::Operator };
    store.submit(Submission { act: Arc::new(act), actor, idempotency, expected_head: None })
}

pub fn perform(store: &dyn Store, act: impl Act + 'static) -> Result<Receipt, StoreError> {
    submit(store, act, None).blocking_recv().unwrap()
}

/// The slug of a refusal.
pub fn refusal(answer: Result<Receipt, StoreError>) -> &'static str {
    match answer {
        Err(StoreError::Refused(refusal)) => refusal.code,
        other => panic!("not refused: {other:?}"),
    }
}

pub fn rest(store: &dyn Store, batch: Handle) -> u64 {
    match store.subject(batch).unwrap().map(|known| known.entity) {
        Some(Entity::Batch(batch)) => batch.rest(),
        other => panic!("no batch: {other:?}"),
    }
}

/// Reads the whole log and checks what must hold whoever wrote: no gap, no fork, every record as its hash says and on the
/// head before it, every state at the head of its chain. Answers how many records there are.
pub fn check_log(store: &dyn Store) -> u64 {
    let mut heads: BTreeMap<Handle, (u64, Digest)> = BTreeMap::new();
    let mut next = 0;
    loop {
        let page = store.log(next, 1_000).unwrap();
        if page.is_empty() {
            break;
        }
        for stored in page {
            assert_eq!(stored.log_index, next, "a gap in the log");
            next += 1;
            assert_eq!(record_hash(&stored.bytes), stored.hash);
            let record = Record::parse(&stored.bytes).unwrap();
            let before = heads.insert(record.subject.handle, (record.seq, stored.hash));
            let expected = before.map_or((0, Digest::ZERO), |(seq, hash)| (seq + 1, hash));
            assert_eq!((record.seq, record.prev), expected, "{} forks", record.subject);
        }
    }
    for (handle, (seq, hash)) in heads {
        let known = store.subject(handle).unwrap().unwrap();
        assert_eq!((known.head.seq, known.head.hash), (seq, hash), "the state lags behind the chain");
    }
    next
}
