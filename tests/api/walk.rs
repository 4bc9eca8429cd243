//! Every operation of the OpenAPI document, called by those who may not: nobody, the wrong role, somebody else. What each needs
//! stands in the document, who may that in the table of operations; `cells` walks over all of the table.

use actix_web::test::TestRequest;
use serde_json::{Value, json};
use suyuan::auth::policy;

use crate::support::{Answer, Client, TestApp, batch_path};

pub const NOBODY: &str = "00112233445566778899aabbccddeeff";

/// An operation of the document.
#[derive(Clone)]
pub struct Operation {
    pub id: String,
    pub get: bool,
    pub path: String,
    pub public: bool,
    /// Operations of the table; each alone is enough, and each has an import of its own.
    pub needs: Vec<String>,
    pub media_type: Option<String>,
    pub example: Value,
}

impl Operation {
    pub fn all() -> Vec<Self> {
        let document = serde_json::to_value(suyuan::http::openapi_document()).unwrap();
        let mut all = Vec::new();
        for (path, item) in document["paths"].as_object().unwrap() {
            for (method, operation) in item.as_object().unwrap() {
                let content = operation["requestBody"]["content"].as_object().and_then(|it| it.iter().next());
                let example = content.map_or(Value::Null, |(_, body)| {
                    let schema = body["schema"]["$ref"].as_str().map(|it| it.trim_start_matches('#'));
                    schema.and_then(|it| document.pointer(it)).unwrap_or(body)["example"].clone()
                });
                all.push(Self {
                    id: operation["operationId"].as_str().unwrap().to_owned(),
                    get: method == "get",
                    path: path.clone(),
                    public: operation["security"].is_null(),
                    needs: needs(operation),
                    media_type: content.map(|(media_type, _)| media_type.clone()),
                    example,
                });
            }
        }
        all
    }

    fn path(&self, id: &str) -> String {
        self.path.replace("{id}", id).replace("{kind}", "plots")
    }

    /// Whether a role may call it at all. An operation that the table does not list is nobody's.
    fn is_for(&self, role: &str) -> bool {
        let needed = if self.path.contains("{kind}") { "plot.register" } else { self.needs[0].as_str() };
        policy::may(role.parse().unwrap(), needed)
    }

    pub async fn call(&self, client: &Client, id: &str, headers: &[(&'static str, &str)]) -> Answer {
        let uri = self.path(id);
        let request = if self.get { TestRequest::get().uri(&uri) } else { TestRequest::post().uri(&uri) };
        let request = headers.iter().fold(request, |request, header| request.insert_header(*header));
        let request = match self.media_type.as_deref() {
            Some("application/json") => request.set_json(&self.example),
            Some(other) => {
                let bytes = self.example.as_str().unwrap_or("bytes").to_owned();
                request.insert_header(("Content-Type", other.to_owned())).set_payload(bytes)
            }
            None => request,
        };
        client.send(request).await
    }
}

fn needs(operation: &Value) -> Vec<String> {
    let told = operation["security"].as_array().into_iter().flatten();
    told.flat_map(|one| one["bearer"].as_array().unwrap()).map(|name| name.as_str().unwrap().to_owned()).collect()
}

#[actix_web::test]
async fn without_credentials_every_operation_but_the_public_ones_answers_401() {
    let app = TestApp::start().await;
    let operations = Operation::all();
    let public: Vec<_> = operations.iter().filter(|it| it.public).map(|it| it.path.as_str()).collect();
    let of_batch = |what| format!("/api/v1/batches/{{id}}/{what}");
    let mut expected = ["audit-pack", "chain", "history", "proof", "qr.png", "qr.svg"].map(of_batch).to_vec();
    expected.push("/api/v1/keys/{id}/chain".to_owned());
    assert_eq!(public, expected);
    for operation in &operations {
        if operation.public {
            operation.call(&app.anon, NOBODY, &[]).await.problem(404, "not-found");
            continue;
        }
        for (id, headers) in [
            (NOBODY, &[][..]),
            ("no-handle", &[]),
            ("%2e%2e", &[]),
            (NOBODY, &[("If-Match", "x"), ("Idempotency-Key", " "), ("Accept", "image/png")]),
        ] {
            let problem = operation.call(&app.anon, id, headers).await;
            assert_eq!(problem.header("www-authenticate"), Some("Bearer"));
            problem.problem(401, "unauthorised");
        }
        let request = TestRequest::post().uri(&operation.path(NOBODY));
        let broken = request.insert_header(("Content-Type", "text/x-broken")).set_payload("{\"a\":");
        app.anon.send(broken).await.problem(401, "unauthorised");
    }
}

#[actix_web::test]
async fn credentials_that_do_not_hold_are_like_none() {
    let app = TestApp::start().await;
    let key = app.cooperative.key.clone().unwrap();
    let token = app.cooperative.post("/api/v1/token", Value::Null).await.ok();
    let token = token["access_token"].as_str().unwrap().to_owned();
    app.stranger(&token).get("/api/v1/batches").await.expect(200);
    let (short, wrong) = (key[..60].to_owned(), format!("sy_{}", "0".repeat(64)));
    let forged = format!("{}x", &token[..token.len() - 1]);
    for bearer in ["", "x", "a.b.c", &short, &wrong, &key.to_uppercase(), &forged, "eyJhbGciOiJub25lIn0.e30."] {
        app.stranger(bearer).get("/api/v1/batches").await.problem(401, "unauthorised");
    }
    let basic = TestRequest::get().uri("/api/v1/batches").insert_header(("Authorization", format!("Basic {key}")));
    app.anon.send(basic).await.problem(401, "unauthorised");
    app.at("2026-09-01T01:15:00.000Z");
    app.stranger(&token).get("/api/v1/batches").await.problem(401, "unauthorised");
    for path in ["/api/v1/nowhere", "/api/v1", "/api/v1/batches/", "/api/%761/batches", "/api/v1/../v1/batches"] {
        let status = app.anon.get(path).await.status;
        assert!(status == 401 || status == 404, "{path} answers {status}");
    }
}

#[actix_web::test]
async fn a_role_that_may_not_is_refused_whatever_the_body_says_and_leaves_nothing() {
    let app = TestApp::start().await;
    app.on("2026-11-23");
    let length = app.log_length();
    let mut refused = 0;
    for operation in Operation::all().iter().filter(|it| !it.public) {
        assert!(!operation.needs.is_empty(), "{} says not what it needs", operation.id);
        for (role, client) in app.roles() {
            let media_type = operation.media_type.as_deref().unwrap_or_default();
            if operation.is_for(role) {
                if !operation.get {
                    let answer = client.post_text(&operation.path(NOBODY), media_type, "{\"a\":").await;
                    assert_ne!(answer.status, 403, "{role} may {}: {}", operation.id, answer.text());
                }
                continue;
            }
            let problem = operation.call(client, NOBODY, &[]).await.problem(403, "forbidden");
            assert_eq!(problem["details"]["role"], role, "{}: {problem}", operation.id);
            client.post_text(&operation.path(NOBODY), media_type, "{\"a\":").await.problem(403, "forbidden");
            refused += 1;
        }
    }
    assert!(refused > 100, "only {refused} refusals");
    let reports = format!("/api/v1/samples/{NOBODY}/reports");
    app.cooperative.post_text(&reports, "multipart/form-data", "{").await.problem(403, "forbidden");
    app.stranger("x").post_text("/api/v1/plots", "application/json", "{").await.problem(401, "unauthorised");
    assert_eq!(app.log_length(), length);
}

/// A subject of the county's own, and somebody of a fitting role to whom it is nothing.
struct Foreign<'a> {
    collection: &'static str,
    handle: String,
    stranger: &'a Client,
}

#[actix_web::test]
async fn a_foreign_subject_answers_as_a_missing_one() {
    let app = TestApp::start().await;
    let other_laboratory = app.admit("laboratory", "邻县检测中心", "12999001MA0000222Y").await;
    let other_association = app.admit("association", "邻县协会", "51999001MA0000333P").await;
    let subjects = subjects(&app, &other_laboratory, &other_association).await;
    let length = app.log_length();
    let mut walked = 0;
    for operation in Operation::all().iter().filter(|it| !it.public && it.path.contains("{id}")) {
        let collection = operation.path.split('/').nth(3).unwrap();
        let open_to_all = operation.get && ["organisations", "products", "marks", "keys"].contains(&collection);
        if open_to_all {
            continue;
        }
        let laboratory = ["receive_sample", "report_test"].contains(&operation.id.as_str());
        let foreign = subjects.iter().find(|it| it.collection == collection).unwrap_or_else(|| panic!("{collection}"));
        let stranger = if laboratory { &other_laboratory } else { foreign.stranger };
        for headers in
            [&[][..], &[("If-Match", "\"0000000000000000000000000000000000000000000000000000000000000000\"")]]
        {
            let theirs = operation.call(stranger, &foreign.handle, headers).await.problem(404, "not-found");
            let missing = operation.call(stranger, NOBODY, headers).await.problem(404, "not-found");
            assert_eq!(told(theirs, &foreign.handle), told(missing, NOBODY), "{}", operation.id);
        }
        let other_kind = &subjects.iter().find(|it| it.collection != collection).unwrap().handle;
        operation.call(stranger, other_kind, &[]).await.problem(404, "not-found");
        operation.call(stranger, "no-handle", &[]).await.problem(404, "not-found");
        walked += 1;
    }
    assert!(walked > 25, "only {walked} operations were walked");
    assert_eq!(app.log_length(), length);
}

/// What a refusal says, whoever was asked for.
pub fn told(mut problem: Value, handle: &str) -> String {
    problem["request_id"] = Value::Null;
    problem.to_string().replace(handle, "…")
}

async fn subjects<'a>(app: &'a TestApp, laboratory: &'a Client, association: &'a Client) -> Vec<Foreign<'a>> {
    let season = app.season().await;
    let licence = app.licence(1_000).await;
    let coop = &app.cooperative;
    let batch = app.harvest(&season, "SF26P011116", 1_000_000).await;
    app.on("2026-11-23");
    let drawn = json!({"laboratory": app.laboratory.id, "code": "SF-S-1", "quantity": 1_000});
    let sample = coop.made(&batch_path(&batch, "samples"), drawn).await;
    let shipped = json!({"to_uscc": crate::support::BUYER[2], "quantity": 1_000});
    let shipment = coop.made(&batch_path(&batch, "shipments"), shipped).await;
    let site = json!({"code": "PH-1", "kind": "packhouse", "name": {"zh": "一号包装厂"}, "place": {"zh": "示范县"}});
    let site = coop.made("/api/v1/sites", site).await;
    let public = "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c";
    let key = app.operator.made("/api/v1/keys", json!({"org": app.association.id, "public": public})).await;
    let other = &app.other_cooperative;
    [
        ("batches", batch, other),
        ("plots", season.plot, other),
        ("sites", site, other),
        ("samples", sample, laboratory),
        ("shipments", shipment, other),
        ("licences", licence, association),
        ("keys", key, association),
    ]
    .map(|(collection, handle, stranger)| Foreign { collection, handle, stranger })
    .into()
}
