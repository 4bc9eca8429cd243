//! Openings that are destroyed: nothing that was made of them stays, and the records alone lead to the same.

use serde_json::{Value, json};
use suyuan::domain::acts::erase::EraseFields;
use suyuan::domain::acts::handing_over::{ReturnQuantity, ShipBatch};
use suyuan::domain::acts::organisations::RegisterOrganisation;
use suyuan::domain::acts::{Act, UniqueName};
use suyuan::domain::entities::Entity;
use suyuan::domain::kinds::erased::ErasedField;
use suyuan::domain::record::{Digest, Handle, Subject, SubjectKind, sealed};
use suyuan::store::{Receipt, Scrubbed, Store, StoreError};

use crate::support::{Founded, check_log, open, opening, perform, refusal, submit};

const CODE: &str = "91999002MA00003143";
const NAME: &str = "生鲜王某某";
const PHONE: &str = "131-0000-4711";

fn buyer() -> RegisterOrganisation {
    let form: Value = json!({"kind": "buyer", "name": {"zh": NAME}, "uscc": CODE, "contact": PHONE});
    serde_json::from_value(form).unwrap()
}

/// With the key that tells a repetition.
fn keyed(store: &dyn Store, act: impl Act + 'static, key: &str) -> Result<Receipt, StoreError> {
    submit(store, act, Some(key)).blocking_recv().unwrap()
}

fn erasing(subject: Subject, fields: &[&str]) -> EraseFields {
    let field = |field: &&str| ErasedField { seq: 0, field: (*field).to_owned() };
    EraseFields { subject, fields: fields.iter().map(field).collect(), reason: "应要求".parse().unwrap() }
}

fn places(subject: Subject, fields: &[&str]) -> Vec<sealed::Place> {
    let place = |field: &&str| sealed::Place { subject, seq: 0, field: (*field).to_owned() };
    fields.iter().map(place).collect()
}

struct Scene {
    founded: Founded,
    buyer: Subject,
    batch: Handle,
    shipment: Subject,
}

impl Scene {
    fn new() -> Self {
        let founded = Founded::new();
        let store = &*founded.store;
        let buyer = keyed(store, buyer(), "admit").unwrap().subject;
        let batch = perform(store, opening("L1", 1_000)).unwrap().id;
        let form: Value = json!({"to_uscc": CODE, "quantity": 100, "order": "PO-1"});
        let ship = ShipBatch { batch, ..serde_json::from_value(form).unwrap() };
        let shipment = keyed(store, ship, "ship").unwrap().subject;
        assert_eq!(shipment.kind, SubjectKind::Shipment);
        Self { founded, buyer, batch, shipment }
    }

    fn store(&self) -> &dyn Store {
        &*self.founded.store
    }

    /// Nothing of the buyer is left but that it is there, and a rebuild comes to the same.
    fn assert_forgotten(&self) {
        let store = self.store();
        assert_eq!(store.named(&UniqueName::uscc(&CODE.parse().unwrap())).unwrap(), None);
        assert_eq!(store.openings(self.buyer).unwrap(), []);
        let fields: Vec<_> = store.openings(self.shipment).unwrap().into_iter().map(|(_, it)| it.field).collect();
        assert_eq!(fields, ["order"]);
        assert!(!store.has_grant(self.buyer.handle, self.shipment.handle).unwrap());
        match store.subject(self.buyer.handle).unwrap().unwrap().entity {
            Entity::Organisation(it) => assert_eq!((it.sealed_name, it.sealed_uscc), (None, None)),
            other => panic!("{other:?}"),
        }
        let written = self.founded.place.projections();
        store.rebuild(&mut |_| {}).unwrap();
        assert_eq!(self.founded.place.projections(), written);
        check_log(store);
    }
}

#[test]
fn an_erasure_takes_what_was_made_of_the_openings_along() {
    let scene = Scene::new();
    let store = scene.store();
    assert!(store.has_grant(scene.buyer.handle, scene.shipment.handle).unwrap());
    assert!(store.named(&UniqueName::uscc(&CODE.parse().unwrap())).unwrap().is_some());
    perform(store, erasing(scene.buyer, &["name", "uscc", "contact"])).unwrap();
    let receipt = perform(store, erasing(scene.shipment, &["buyer"])).unwrap();
    assert_eq!(receipt.records[0].kind, "shipment.erased");
    scene.assert_forgotten();
    assert_eq!(
        refusal(perform(store, erasing(Subject::new(SubjectKind::Batch, Handle::from_bytes([1; 16])), &["x"]))),
        "not-found"
    );
    // The code is free again.
    keyed(store, buyer(), "again").unwrap();
}

#[test]
fn openings_that_a_restore_brought_back_go_without_a_record() {
    let scene = Scene::new();
    let (store, end) = (scene.store(), scene.store().log_end().unwrap());
    let gone = [places(scene.buyer, &["name", "uscc", "contact"]), places(scene.shipment, &["buyer"])].concat();
    store.destroy(&gone).unwrap();
    scene.assert_forgotten();
    store.destroy(&gone).unwrap();
    scene.assert_forgotten();
    assert_eq!(store.log_end().unwrap(), end);
}

#[test]
fn an_act_after_a_restore_does_not_write_back_what_went() {
    let scene = Scene::new();
    let store = scene.store();
    store.destroy(&places(scene.shipment, &["buyer"])).unwrap();
    store.destroy(&places(scene.buyer, &["name", "uscc", "contact"])).unwrap();
    let form = json!({"shipment": scene.shipment.handle, "quantity": 1, "reason": "外箱破损"});
    perform(store, ReturnQuantity { batch: scene.batch, ..serde_json::from_value(form).unwrap() }).unwrap();
    scene.assert_forgotten();
}

#[test]
fn a_kept_answer_no_longer_tells_what_was_asked_and_still_prevents_a_repetition() {
    let scene = Scene::new();
    let store = scene.store();
    let hash_of = |key: &str| {
        store.answers(None, 10).unwrap().into_iter().find(|it| it.key == key).map(|it| it.request_hash).unwrap()
    };
    assert_eq!(keyed(store, buyer(), "admit").unwrap().subject, scene.buyer);
    perform(store, erasing(scene.buyer, &["contact"])).unwrap();
    assert_eq!((hash_of("admit"), hash_of("ship")), (Digest::ZERO, Digest::from_bytes([1; 32])));
    assert_eq!(refusal(keyed(store, buyer(), "admit")), "idempotency-key-reused");
}

#[test]
fn acts_of_one_group_see_what_the_one_before_erased() {
    let scene = Scene::new();
    let store = scene.store();
    let erased = submit(store, erasing(scene.buyer, &["name", "uscc", "contact"]), None);
    let also = submit(store, erasing(scene.shipment, &["buyer"]), None);
    let after = submit(store, opening("L2", 10), None);
    for answer in [erased, also, after] {
        answer.blocking_recv().unwrap().unwrap();
    }
    scene.assert_forgotten();
}

#[test]
fn the_bytes_are_taken_off_the_disk() {
    let Scene { founded, buyer, shipment, .. } = Scene::new();
    perform(&*founded.store, erasing(buyer, &["name", "uscc", "contact"])).unwrap();
    perform(&*founded.store, erasing(shipment, &["buyer"])).unwrap();
    let Some(path) = founded.place.file() else {
        assert_eq!(founded.store.scrub().unwrap(), Scrubbed::LeftToServer);
        return;
    };
    let held = || {
        let mut bytes = std::fs::read(path).unwrap();
        bytes.extend(std::fs::read(path.with_extension("sqlite-wal")).unwrap());
        let holds = |text: &str| bytes.windows(text.len()).any(|at| at == text.as_bytes());
        [NAME, CODE, PHONE].map(holds)
    };
    assert_eq!(held(), [true; 3], "deleting alone is not enough");
    // Pages are read meanwhile.
    founded.store.subject(buyer.handle).unwrap();
    assert_eq!(founded.store.scrub().unwrap(), Scrubbed::Gone);
    assert_eq!(held(), [false; 3]);
    perform(&*founded.store, opening("L3", 10)).unwrap();
    check_log(&*founded.store);
    check_log(&*open(&founded.place));
}
