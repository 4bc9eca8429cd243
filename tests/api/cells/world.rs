//! A county in which somebody has each thing, and others of the same role have nothing of it.

use std::collections::BTreeMap;

use serde_json::json;
use suyuan::app::admission::{self, Typed};
use suyuan::app::keys;
use suyuan::app::people::throttle::Network;
use suyuan::auth::policy::{self, Whose};
use suyuan::domain::record::{Handle, Role};
use suyuan::store::notices::Webhook;

use crate::support::{Client, TestApp, batch_path};

/// What there is, by the collection that it stands in.
pub struct World {
    pub app: TestApp,
    /// The association of the next county: to it all is another's but a mark of its own.
    neighbour: Client,
    own: BTreeMap<(&'static str, &'static str), String>,
    party: BTreeMap<(&'static str, &'static str), String>,
    foreign: BTreeMap<(&'static str, &'static str), String>,
    /// Whose record stands on another's subject.
    wrote: BTreeMap<(&'static str, &'static str), String>,
}

pub const COLLECTIONS: &[&str] = &[
    "batches",
    "plots",
    "sites",
    "products",
    "samples",
    "shipments",
    "marks",
    "licences",
    "keys",
    "organisations",
    "applications",
    "webhooks",
];

/// What no act can open for these roles nor give them, and why. Where somebody may do a thing and has none to do it to, and it does not
/// stand here, the walk fails: it would pass over the cell in silence.
const NEVER: &[(&[&str], &[&str], &str)] = &[
    (
        &["laboratory", "association", "operator", "regulator"],
        &["sites", "plots", "batches"],
        "cooperatives open them, and no act makes another a party to one",
    ),
    (&["association", "operator", "regulator"], &["samples"], "cooperatives draw them, for laboratories alone"),
];

/// Whether nobody of this role can have anything of a collection to do this to. Everybody may read what is his, and has an empty list
/// of what he cannot have; but whom the table lets act has something to act on, or the table says too much.
pub fn never(role: &str, operation: &str, collection: &str) -> bool {
    // One operation for batches and plots: laboratories write on batches alone.
    let half = (role, operation, collection) == ("laboratory", "record.correct", "plots");
    let fits =
        |(roles, collections, _): &(&[&str], &[&str], _)| roles.contains(&role) && collections.contains(&collection);
    (half || !policy::writes(operation)) && NEVER.iter().any(fits)
}

impl World {
    pub async fn new() -> Self {
        let app = TestApp::start().await;
        let season = app.season().await;
        let coop = &app.cooperative;
        let licence = app.licence(1_000).await;
        let marks = app.association.get("/api/v1/marks").await.ok();
        let mark = marks["items"][0]["id"].as_str().unwrap().to_owned();
        let products = coop.get("/api/v1/products").await.ok();
        let product = products["items"][0]["id"].as_str().unwrap().to_owned();
        let batch = app.harvest(&season, "SF26P011116", 1_000_000).await;
        app.on("2026-11-23");
        let drawn = json!({"laboratory": app.laboratory.id, "code": "SF-S-1", "quantity": 1_000});
        let sample = coop.made(&batch_path(&batch, "samples"), drawn).await;
        let shipped = json!({"to_uscc": crate::support::BUYER[2], "quantity": 1_000});
        let shipment = coop.made(&batch_path(&batch, "shipments"), shipped).await;
        let site =
            json!({"code": "PH-1", "kind": "packhouse", "name": {"zh": "一号包装厂"}, "place": {"zh": "示范县"}});
        let site = coop.made("/api/v1/sites", site).await;
        let keys = crate::signed::keys(&app).await;
        app.laboratory.act(&format!("/api/v1/samples/{sample}/receipt"), json!({})).await;
        let reported = json!({"report_no": "R-1", "tier": "screening", "note": "复核过", "results": [
            {"analyte": "啶虫脒", "value": "0.058", "unit": "mg/kg", "limit": "0.5", "limit_source": "GB 2763-2026"}]});
        app.laboratory.act(&format!("/api/v1/samples/{sample}/reports"), reported).await;
        let neighbour = app.admit("association", "邻县协会", "51999001MA0000333P").await;

        let applied = Typed {
            kind: "family_farm".into(),
            name_zh: "示范山下家庭农场".into(),
            uscc: "92999001MA00006005".into(),
            place: "示范县".into(),
            contact: "王 13800000000".into(),
            manager_name: "王五".into(),
            manager_login: "wang.wu".into(),
            ..Typed::default()
        };
        let from = Network::of([192, 0, 2, 7].into());
        admission::apply(&app.app, &applied, from).unwrap();
        let application = app.store.applications(0, 1).unwrap()[0].id.to_string();

        let mut own = BTreeMap::new();
        for (collection, handle) in [
            ("batches", &batch),
            ("plots", &season.plot),
            ("sites", &site),
            ("products", &product),
            ("samples", &sample),
            ("shipments", &shipment),
        ] {
            own.insert(("cooperative", collection), handle.clone());
        }
        for (collection, handle) in [("marks", &mark), ("licences", &licence), ("keys", &keys.root.id)] {
            own.insert(("association", collection), handle.clone());
        }
        own.insert(("laboratory", "keys"), keys.laboratory.id.clone());
        for (role, client) in app.roles() {
            own.insert((role, "organisations"), client.id.clone());
            own.insert((role, "webhooks"), webhook(&app, client));
        }
        let mut party = BTreeMap::from([
            (("cooperative", "licences"), licence),
            (("laboratory", "samples"), sample),
            (("receiver", "shipments"), shipment),
            // It countersigned it.
            (("association", "keys"), keys.laboratory.id.clone()),
        ]);
        given(&app, &neighbour, &batch, &mut party).await;
        let first = |collection: &str| own.iter().find(|((_, it), _)| *it == collection).unwrap().1.clone();
        let mut foreign = BTreeMap::new();
        let others = webhook(&app, &app.buyer);
        for (role, client) in app.roles() {
            for collection in COLLECTIONS {
                let handle = match *collection {
                    // That of an association is the laboratory's to no other association.
                    "keys" => keys.laboratory.id.clone(),
                    "organisations" => app.buyer.id.clone(),
                    "applications" => application.clone(),
                    "webhooks" => others.clone(),
                    other => first(other),
                };
                assert_ne!(handle, client.id);
                foreign.insert((role, *collection), handle);
            }
        }
        let wrote = BTreeMap::from([(("laboratory", "batches"), batch)]);
        Self { app, neighbour, own, party, foreign, wrote }
    }

    /// What somebody of this role opened; nothing where nobody of it can.
    pub fn own(&self, role: &'static str, collection: &'static str) -> Option<&str> {
        self.own.get(&(role, collection)).map(String::as_str)
    }

    /// What an act of another made him a party to.
    pub fn party(&self, role: &'static str, collection: &'static str) -> Option<&str> {
        self.party.get(&(role, collection)).map(String::as_str)
    }

    /// Of another, with a record of his on it, which he may correct.
    pub fn wrote(&self, role: &'static str, collection: &'static str) -> Option<&str> {
        self.wrote.get(&(role, collection)).map(String::as_str)
    }

    /// What somebody else has.
    pub fn foreign(&self, role: &'static str, collection: &'static str) -> &str {
        &self.foreign[&(role, collection)]
    }

    /// Somebody of each role whose own things stand in [`Self::own`].
    pub fn owners(&self) -> Vec<(&'static str, Client)> {
        self.app.roles().map(|(role, client)| (role, client.clone())).into()
    }

    /// Somebody of each role to whom all of them are another's.
    pub async fn strangers(&self) -> Vec<(&'static str, Client)> {
        let app = &self.app;
        vec![
            ("operator", app.operator.clone()),
            ("cooperative", app.other_cooperative.clone()),
            ("laboratory", app.admit("laboratory", "邻县检测中心", "12999001MA0000222Y").await),
            ("association", self.neighbour.clone()),
            ("regulator", app.regulator.clone()),
        ]
    }

    /// A key of the organisation that worked and was ended, so lately that it was never shown.
    pub fn ended_key(&self, client: &Client) -> String {
        let (app, home) = (&self.app.app, client.id.parse().unwrap());
        let key = keys::create(app, home, "ended").unwrap();
        let found = keys::list(app, Some(home)).unwrap();
        keys::revoke(app, found.iter().rfind(|it| it.name == "ended" && it.revoked_at.is_none()).unwrap().id).unwrap();
        key
    }
}

/// What comes to whoever has a name in public, of any role: goods are shipped to it, a mark is licensed to it.
async fn given(
    app: &TestApp,
    neighbour: &Client,
    batch: &str,
    party: &mut BTreeMap<(&'static str, &'static str), String>,
) {
    let mark = neighbour.made("/api/v1/marks", json!({"name": {"zh": "邻县之巅"}})).await;
    for (role, client) in app.roles().into_iter().filter(|(role, _)| *role != "cooperative") {
        let shipped = json!({"to": client.id, "quantity": 1_000});
        party.insert((role, "shipments"), app.cooperative.made(&batch_path(batch, "shipments"), shipped).await);
        let licence = json!({"number": format!("LIC-{role}"), "mark": mark, "licensee": client.id,
            "gtins": [crate::support::CARTON], "from": "2026-01-01", "until": "2027-06-01", "packs": 10});
        party.insert((role, "licences"), neighbour.made("/api/v1/licences", licence).await);
    }
}

/// An address that news of the organisation goes to.
fn webhook(app: &TestApp, client: &Client) -> String {
    let mut id = [0; 16];
    app.app.random.fill(&mut id);
    let webhook = Webhook {
        home: client.id.parse().unwrap(),
        id: Handle::from_bytes(id),
        url: "https://hooks.example/suyuan".into(),
        secret: vec![7; 32],
        created_at: app.app.now(),
        ended_at: None,
    };
    app.store.add_webhook(&webhook).unwrap();
    webhook.id.to_string()
}

/// Whose an operation reaches for a role. Regulators see the packs of all.
pub fn whose(role: Role, operation: &str) -> Whose {
    let over = operation == "audit_pack.read" && policy::may(role, "foreign_audit_pack.read");
    if over { Whose::Anybodys } else { policy::rule(operation).unwrap().whose }
}

/// `batches` of `/api/v1/batches/{id}/trace` and of `/console/batches/{id}`.
pub fn collection(path: &str) -> &'static str {
    // API keys have `/console/keys`, so the others are called by what they do.
    let part_of = |part| if part == "signing-keys" { "keys" } else { part };
    let found = path.split('/').map(part_of).find_map(|part| COLLECTIONS.iter().find(|it| **it == part));
    found.unwrap_or_else(|| panic!("{path} is about nothing that the world has"))
}
