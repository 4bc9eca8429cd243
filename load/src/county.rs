//! The least that acts need: a cooperative, its key, a product; and the bodies of the acts that are measured.

use anyhow::{Context, bail};
use serde_json::{Value, json};

use crate::service::Service;

pub const GTIN: &str = "09520000100049";
/// Packs of 5 kg.
pub const CARTON: &str = "09520000100018";
/// Grams of a pack.
pub const NET: u64 = 5_000;
/// Grams of a batch that is never used up.
pub const PLENTY: u64 = 1_000_000_000;

/// A cooperative that may write.
#[derive(Clone)]
pub struct Cooperative {
    pub organisation: String,
    pub key: String,
}

/// Prepares an empty folder: operator, cooperative, product, key. Leaves the server running.
pub fn found(service: &mut Service) -> anyhow::Result<Cooperative> {
    let (_, operator) = service.init()?;
    service.start()?;
    let receipt = post(service, "/api/v1/organisations", &operator, &organisation())?;
    let organisation = receipt["id"].as_str().context("id")?.to_owned();
    // The folder has one master at a time; a kill is the shortest way to leave it.
    service.kill()?;
    let key = service.verb(&["key", "create", "--organisation", &organisation])?.trim().to_owned();
    service.start()?;
    post(service, "/api/v1/products", &key, &product())?;
    Ok(Cooperative { organisation, key })
}

pub fn post(service: &Service, path: &str, key: &str, body: &Value) -> anyhow::Result<Value> {
    let mut client = service.client()?;
    let answer = client.post(path, key, &format!("prepare-{path}"), &body.to_string())?;
    if answer.status != 201 {
        bail!("{path} answered {}: {}", answer.status, answer.text());
    }
    Ok(serde_json::from_slice(answer.body)?)
}

/// One more product of the cooperative.
pub fn register(service: &Service, cooperative: &Cooperative, product: &Value) -> anyhow::Result<()> {
    let (mut client, idempotency) = (service.client()?, format!("prepare-{}", product["gtin"]));
    let answer = client.post("/api/v1/products", &cooperative.key, &idempotency, &product.to_string())?;
    if answer.status != 201 {
        bail!("{product} answered {}: {}", answer.status, answer.text());
    }
    Ok(())
}

pub fn organisation() -> Value {
    json!({"kind": "cooperative", "name": {"zh": "示范红旗脐橙合作社", "en": "Hongqi Navel Orange Cooperative"},
        "uscc": "93999001MA0000015G", "place": {"zh": "示范县", "en": "Demo County"}})
}

pub fn product() -> Value {
    json!({"gtin": GTIN, "name": {"zh": "脐橙", "en": "Navel oranges"}, "commodity": "navel_orange", "form": "loose",
        "unit": "grams"})
}

pub fn carton() -> Value {
    json!({"gtin": CARTON, "name": {"zh": "脐橙 5 kg 箱装", "en": "Navel oranges, 5 kg carton"},
        "commodity": "navel_orange", "form": "pack", "unit": "pieces", "net_g": NET})
}

pub fn opening(lot: &str) -> Value {
    json!({"basis": "collected", "gtin": GTIN, "lot": lot, "quantity": PLENTY,
        "origin": {"zh": "示范县", "en": "Demo County"}})
}

/// A gram dried away.
pub fn loss() -> Value {
    json!({"quantity": 1, "reason": "drying"})
}

pub fn split(lot: &str) -> Value {
    json!({"parts": [{"lot": lot, "quantity": 10}]})
}
