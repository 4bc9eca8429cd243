use serde_json::{Value, json};

use super::refused;
use crate::domain::testing::{County, LOOSE};

fn product(gtin: &str, form: &str, unit: &str, net_g: Option<u64>) -> Value {
    json!({"gtin": gtin, "name": {"zh": "白茶 50 g"}, "commodity": "tea", "form": form, "unit": unit, "net_g": net_g})
}

#[test]
fn a_pack_states_its_net_content_and_is_counted() {
    let mut county = County::new();
    let by = county.hongqi.clone();
    let gtin = "09520000100063";
    let refusal = county.register_product(&by, product(gtin, "pack", "pieces", None));
    refused(refusal, "net-content-required", "net_g", "", 5000);
    let refusal = county.register_product(&by, product(gtin, "case", "grams", Some(50)));
    refused(refusal, "packs-are-counted", "unit", "grams", "pieces");
    let refusal = county.register_product(&by, product(LOOSE, "loose", "grams", None));
    refused(refusal, "gtin-taken", "gtin", LOOSE, "");
    county.register_product(&by, product(gtin, "pack", "pieces", Some(50))).unwrap();
}
