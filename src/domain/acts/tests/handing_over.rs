use serde_json::json;

use super::{detail, refused, with_harvest};
use crate::domain::record::Handle;
use crate::domain::testing::{BUYER_CODE, CARTON_SPECIAL, County};

fn shipped(county: &mut County, batch: Handle, quantity: u64) -> Handle {
    let by = county.hongqi.clone();
    county.ship(&by, batch, json!({"to_uscc": BUYER_CODE, "quantity": quantity})).unwrap()
}

#[test]
fn goods_are_shipped_to_another_organisation_that_is_known() {
    let (mut county, batch) = with_harvest();
    let by = county.hongqi.clone();
    let operator = county.operator.clone();
    let household = json!({"kind": "household", "name": {"zh": "示范农户"}});
    let household = county.register_organisation(&operator, household).unwrap();
    for to in [household, by.org, Handle::from_bytes([9; 16]), batch] {
        refused(county.ship(&by, batch, json!({"to": to, "quantity": 1})), "unknown-receiver", "to", to, "");
    }
    let over = county.ship(&by, batch, json!({"to_uscc": BUYER_CODE, "quantity": 4_000_001}));
    refused(over, "overdrawn", "quantity", 4_000_001, 4_000_000);
    let form = json!({"to_uscc": BUYER_CODE, "quantity": 1, "temperature": {"min_celsius": "8", "max_celsius": "5.0"}});
    refused(county.ship(&by, batch, form), "temperature-reversed", "temperature.max_celsius", "5.0", "8");
}

#[test]
fn who_has_no_public_name_is_shipped_to_by_who_knows_the_code() {
    let (mut county, batch) = with_harvest();
    let (by, buyer, laboratory) = (county.hongqi.clone(), county.buyer.org, county.laboratory.org);
    let mut ship = |form| county.ship(&by, batch, form);
    refused(ship(json!({"to": buyer, "quantity": 1})), "unknown-receiver", "to", buyer, "");
    let other = "91999003MA0000322C";
    refused(ship(json!({"to_uscc": other, "quantity": 1})), "unknown-receiver", "to_uscc", other, "");
    let mixed = json!({"to": laboratory, "to_uscc": BUYER_CODE, "quantity": 1});
    refused(ship(mixed), "unknown-receiver", "to_uscc", BUYER_CODE, "");
    refused(ship(json!({"quantity": 1})), "missing-field", "to", "", "");
    ship(json!({"to": buyer, "to_uscc": BUYER_CODE, "quantity": 1})).unwrap();
    ship(json!({"to_uscc": BUYER_CODE, "quantity": 1})).unwrap();
    ship(json!({"to": laboratory, "quantity": 1})).unwrap();
}

#[test]
fn held_and_recalled_goods_do_not_leave() {
    let (mut county, batch) = with_harvest();
    let by = county.hongqi.clone();
    let sample = county.sample(&by, batch, "S-1", 1_000);
    county.split(&by, batch, json!({"parts": [{"lot": "SF26A-1", "quantity": 1_000}]})).unwrap();
    let part = county.lot(crate::domain::testing::LOOSE, "SF26A-1");
    county.test(sample, "R-1", &[("联苯菊酯", "0.083", "0.05")]).unwrap();
    let refusal =
        refused(county.ship(&by, part, json!({"to_uscc": BUYER_CODE, "quantity": 1})), "batch-held", "batch", part, "");
    assert_eq!((detail(&refusal, "lot"), detail(&refusal, "report")), ("SF26A", "R-1"), "the parent is held");
    county.recall(&by, batch, json!({"class": 1, "reason": {"zh": "超标"}})).unwrap();
    let recalled = county.ship(&by, part, json!({"to_uscc": BUYER_CODE, "quantity": 1}));
    refused(recalled, "batch-recalled", "batch", part, "");
}

#[test]
fn a_shipment_is_received_by_its_receiver_and_no_more_than_is_under_way() {
    let (mut county, batch) = with_harvest();
    let (buyer, stranger) = (county.buyer.clone(), county.riverside.clone());
    let shipment = shipped(&mut county, batch, 1_000);
    let form = json!({"lot": "IN-1", "quantity": 1_001});
    refused(county.receive(&stranger, shipment, form.clone()), "not-found", "shipment", shipment, "");
    let refusal = refused(county.receive(&buyer, shipment, form), "overdrawn", "quantity", 1_001, 1_000);
    assert_eq!(detail(&refusal, "lot"), "SF26A");
    let taken = json!({"lot": "SF26A", "quantity": 1});
    refused(county.receive(&buyer, shipment, taken), "lot-taken", "lot", "SF26A", "");
    county.receive(&buyer, shipment, json!({"lot": "IN-1", "quantity": 600})).unwrap();
    let rest = county.receive(&buyer, shipment, json!({"lot": "IN-2", "quantity": 401}));
    refused(rest, "overdrawn", "quantity", 401, 400);
}

#[test]
fn a_receivers_own_product_counts_as_the_senders_does() {
    let (mut county, batch) = with_harvest();
    let buyer = county.buyer.clone();
    let shipment = shipped(&mut county, batch, 1_000);
    let form = |gtin: &str| json!({"gtin": gtin, "lot": "IN-1", "quantity": 1});
    refused(county.receive(&buyer, shipment, form(CARTON_SPECIAL)), "unknown-product", "gtin", CARTON_SPECIAL, "");
    let own = |gtin: &str, form: &str, unit: &str, net: Option<u64>| {
        json!({"gtin": gtin, "name": {"zh": "脐橙"}, "commodity": "navel_orange", "form": form, "unit": unit,
            "net_g": net})
    };
    let (counted, weighed) = ("09520000100148", "09520000100155");
    county.register_product(&buyer, own(counted, "pack", "pieces", Some(5_000))).unwrap();
    refused(county.receive(&buyer, shipment, form(counted)), "other-unit", "gtin", counted, "");
    county.register_product(&buyer, own(weighed, "loose", "grams", None)).unwrap();
    county.receive(&buyer, shipment, form(weighed)).unwrap();
}

#[test]
fn what_comes_back_was_shipped_from_this_batch_and_is_still_under_way() {
    let (mut county, batch) = with_harvest();
    let (by, buyer) = (county.hongqi.clone(), county.buyer.clone());
    let other = county.harvest(county.plots[1], "SF26B", "2026-11-17", 1_000).unwrap();
    let shipment = shipped(&mut county, batch, 1_000);
    county.receive(&buyer, shipment, json!({"lot": "IN-1", "quantity": 900})).unwrap();
    let back = |quantity: u64| json!({"shipment": shipment, "quantity": quantity, "reason": "外箱破损"});
    refused(county.give_back(&by, other, back(1)), "not-found", "shipment", shipment, "");
    refused(county.give_back(&by, batch, back(101)), "overdrawn", "quantity", 101, 100);
    county.give_back(&by, batch, back(100)).unwrap();
    let balance = county.it.batch(batch).balance;
    assert_eq!((balance.output, balance.returned, balance.rest()), (900, 100, 3_999_000), "it is not sold again");
}
