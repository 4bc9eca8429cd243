use serde_json::json;

use super::{refused, with_harvest};
use crate::domain::acts::erase::EraseFields;
use crate::domain::acts::handing_over::ReturnQuantity;
use crate::domain::entities::Entity;
use crate::domain::kinds::erased::{Erased, ErasedField};
use crate::domain::record::{Handle, Subject, SubjectKind};
use crate::domain::testing::{BUYER_CODE, County, act};
use crate::domain::view::StepKind;

fn erasing(kind: SubjectKind, handle: Handle, fields: &[(u64, &str)]) -> EraseFields {
    let field = |(seq, field): &(u64, &str)| ErasedField { seq: *seq, field: (*field).to_owned() };
    let fields = fields.iter().map(field).collect();
    EraseFields { subject: Subject::new(kind, handle), fields, reason: "应当事人要求".parse().unwrap() }
}

#[test]
fn a_buyer_is_forgotten_and_its_record_says_that_it_was() {
    let mut county = County::new();
    let (by, buyer) = (county.operator.clone(), county.buyer.org);
    let act = erasing(SubjectKind::Organisation, buyer, &[(0, "uscc"), (0, "name"), (0, "name")]);
    county.it.run(&by, &act).unwrap();
    let chain = county.it.chain(buyer);
    let record = &chain[1];
    assert_eq!(record.kind, "organisation.erased");
    let fields = json!([{"field": "name", "seq": 0}, {"field": "uscc", "seq": 0}]);
    assert_eq!((&record.body["fields"], &record.body["reason"]), (&fields, &json!("应当事人要求")));
    assert_eq!(record.actor.org, by.org);
    assert!(county.it.openings.iter().all(|opening| opening.subject.handle != buyer));
    let Entity::Organisation(known) = &county.it.subjects[&buyer].entity else { panic!("no organisation") };
    assert_eq!((&known.sealed_name, &known.sealed_uscc), (&None, &None));
    assert_eq!(known.withheld, ["name", "uscc"]);
    assert_eq!(county.it.replayed(), county.it.states(), "the records alone lead to the same");
}

#[test]
fn whom_a_shipment_went_to_is_forgotten_and_the_goods_stay_counted() {
    let (mut county, batch) = with_harvest();
    let (by, operator) = (county.hongqi.clone(), county.operator.clone());
    let sent = json!({"to_uscc": BUYER_CODE, "quantity": 300, "order": "PO-1"});
    let shipment = county.ship(&by, batch, sent).unwrap();
    county.it.run(&operator, &erasing(SubjectKind::Shipment, shipment, &[(0, "buyer")])).unwrap();
    let Entity::Shipment(known) = &county.it.subjects[&shipment].entity else { panic!("no shipment") };
    assert_eq!((known.buyer, known.under_way(), known.withheld.len()), (None, 300, 1));
    let back = json!({"shipment": shipment, "quantity": 300, "reason": "对方要求"});
    let back = ReturnQuantity { batch, ..act(back) };
    county.it.run(&by, &back).unwrap();
    assert_eq!(county.it.replayed(), county.it.states());
}

#[test]
fn a_page_says_that_something_is_withheld_and_its_history_still_verifies() {
    let (mut county, batch) = with_harvest();
    let operator = county.operator.clone();
    let before = county.it.batch(batch).clone();
    county.it.run(&operator, &erasing(SubjectKind::Batch, batch, &[(0, "worker")])).unwrap();
    assert_eq!(*county.it.batch(batch), before);
    county.it.verify(batch);
    let page = county.it.page(batch);
    let step = page.timeline.iter().find(|step| step.kind == StepKind::Withheld).unwrap();
    assert_eq!(step.note.as_ref().map(|note| note.zh.as_str()), Some("应当事人要求"));
}

#[test]
fn what_is_not_there_is_not_erased() {
    let mut county = County::new();
    let (by, buyer) = (county.operator.clone(), county.buyer.org);
    let most = Erased::MOST_FIELDS;
    let subject = format!("organisation:{buyer}");
    for fields in [&[][..], &[(1, "name")], &[(0, "name"), (7, "uscc")]] {
        let act = erasing(SubjectKind::Organisation, buyer, fields);
        refused(county.it.run(&by, &act), "nothing-to-erase", "subject", &subject, most);
    }
    let names: Vec<String> = (0..=most).map(|number| format!("f{number}")).collect();
    let many: Vec<(u64, &str)> = names.iter().map(|name| (0, name.as_str())).collect();
    let act = erasing(SubjectKind::Organisation, buyer, &many);
    refused(county.it.run(&by, &act), "nothing-to-erase", "subject", &subject, most);
    let stranger = Handle::from_bytes([9; 16]);
    for (kind, handle) in [(SubjectKind::Organisation, stranger), (SubjectKind::Batch, buyer)] {
        let act = erasing(kind, handle, &[(0, "name")]);
        let subject = Subject::new(kind, handle);
        refused(county.it.run(&by, &act), "not-found", "subject", subject, "");
    }
}
