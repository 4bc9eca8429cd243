//! API keys from the server's terminal, and what the service makes of them.

use std::time::{Duration, Instant};

use actix_web::web::Data;
use serde_json::json;
use suyuan::app::keys::{KeyError, Wanted};
use suyuan::app::{App, keys};
use suyuan::domain::record::Handle;
use suyuan::store::ApiKey;

use crate::support::program::Service;
use crate::support::{TestApp, batch_path};

/// The id of the organisation's only key of this name.
fn id_of(app: &Data<App>, organisation: Handle, name: &str) -> Handle {
    let all: Vec<ApiKey> = keys::list(app, Some(organisation)).unwrap();
    all.iter().find(|key| key.name == name).unwrap().id
}

#[actix_web::test]
async fn a_revoked_key_is_like_none_and_the_others_of_its_owner_go_on() {
    let app = TestApp::start().await;
    let organisation: Handle = app.cooperative.id.parse().unwrap();
    let stolen = keys::create(&app.app, organisation, "packing line 1").unwrap();
    let id = id_of(&app.app, organisation, "packing line 1");
    keys::revoke(&app.app, id).unwrap();
    app.stranger(&stolen).get("/api/v1/batches").await.problem(401, "unauthorised");
    app.stranger(&stolen).post("/api/v1/token", json!({})).await.problem(401, "unauthorised");
    app.cooperative.get("/api/v1/batches").await.expect(200);
    assert!(matches!(keys::revoke(&app.app, id), Err(KeyError::RevokedBefore { .. })));
    let unknown = Handle::from_bytes([9; 16]);
    assert!(matches!(keys::revoke(&app.app, unknown), Err(KeyError::Unknown(id)) if id == unknown));
}

#[actix_web::test]
async fn a_key_ends_as_its_day_begins_in_the_instances_zone() {
    let app = TestApp::start().await;
    let organisation: Handle = app.cooperative.id.parse().unwrap();
    let until = |day: &str| {
        keys::create_as(&app.app, organisation, "season", Wanted { expires: Some(day.parse().unwrap()), scope: None })
    };
    app.at("2026-09-01T15:59:59.999Z");
    assert!(matches!(until("2026-09-01"), Err(KeyError::ExpiresInThePast { .. })));
    let key = until("2026-09-02").unwrap();
    // Midnight of 2 September in China. Not used before, so that nothing remembers it.
    app.at("2026-09-01T16:00:00.000Z");
    app.stranger(&key).get("/api/v1/batches").await.problem(401, "unauthorised");
    app.at("2026-09-01T15:59:59.999Z");
    app.stranger(&key).get("/api/v1/batches").await.expect(200);
}

#[actix_web::test]
async fn a_narrowed_key_and_its_token_may_what_the_scope_names_and_nothing_else() {
    let app = TestApp::start().await;
    let organisation: Handle = app.cooperative.id.parse().unwrap();
    let season = app.season().await;
    let batch = app.harvest(&season, "SF26P011116", 1_000_000).await;
    let made = |scope: &str| {
        let wanted = Wanted { scope: Some(scope.parse().unwrap()), expires: None };
        keys::create_as(&app.app, organisation, "line", wanted)
    };
    let line = app.stranger(&made("batch.pack,batch.store").unwrap());
    let token = line.post("/api/v1/token", json!({})).await.ok();
    let by_token = app.stranger(token["access_token"].as_str().unwrap());
    let (stored, lost) = (batch_path(&batch, "storings"), batch_path(&batch, "losses"));
    let records = app.log_length();
    for client in [&line, &by_token] {
        client.post(&lost, json!({"quantity": 1, "reason": "rot"})).await.problem(403, "out-of-scope");
        client.get("/api/v1/batches").await.problem(403, "out-of-scope");
        client.get(&batch_path(&batch, "openings")).await.problem(403, "out-of-scope");
        // What its role may not is that, whatever the scope.
        client.post("/api/v1/marks", json!({})).await.problem(403, "forbidden");
        // What anybody may have it may have too, and no more of it.
        let pack = client.get(&batch_path(&batch, "audit-pack")).await.expect(200);
        assert!(!String::from_utf8_lossy(&pack.bytes).contains("openings/"), "openings are in the pack");
    }
    assert_eq!(app.log_length(), records);
    line.post(&stored, json!({})).await.created();
    let site = json!({"code": "PH-1", "kind": "packhouse", "name": {"zh": "一号包装厂"}, "place": {"zh": "示范县"}});
    let site = app.cooperative.made("/api/v1/sites", site).await;
    by_token.post(&stored, json!({"site": site})).await.created();
    // A token makes no other.
    by_token.post("/api/v1/token", json!({})).await.problem(401, "unauthorised");
    assert!(matches!(made("sample.report"), Err(KeyError::Scope(_))));
}

/// The words of the line with this name in what `key list` printed.
fn listed<'t>(printed: &'t str, name: &str) -> Vec<&'t str> {
    let line = printed.lines().find(|line| line.ends_with(name)).unwrap_or_else(|| panic!("no {name}: {printed}"));
    line.split_whitespace().collect()
}

#[test]
fn keys_are_made_listed_and_revoked_beside_the_running_service() {
    let folder = tempfile::tempdir().unwrap();
    let service = Service::start(folder.path(), &[]);
    let said = |arguments: &[&str]| {
        let output = service.beside(arguments);
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        (output.status.code().unwrap(), text(&output.stdout), text(&output.stderr))
    };
    let operator = service.operator.0.as_str();
    let create = |more: &[&str]| said(&[&["key", "create", "--organisation", operator][..], more].concat());
    let key = create(&["--name", "line-1", "--expires", "2199-12-31"]).1.trim().to_owned();
    assert_eq!(service.get("/api/v1/organisations", &key).status, 200);

    let printed = said(&["key", "list", "--organisation", operator]).1;
    let line = listed(&printed, "line-1");
    assert_eq!(
        (line[1], line[3], line[4], line[5], printed.lines().count()),
        (operator, "2199-12-31", "-", "all", 3),
        "{printed}"
    );
    let hash = suyuan::auth::api_key::hash(&key).unwrap().to_string();
    assert!(!printed.contains(&key[3..]) && !printed.contains(&hash), "{printed}");

    let narrow = create(&["--name", "line-2", "--scope", "organisation.register,token.read"]).1.trim().to_owned();
    assert_eq!(narrow, "");
    let narrow = create(&["--name", "line-2", "--scope", "organisation.register"]).1.trim().to_owned();
    assert_eq!(service.get("/api/v1/organisations", &narrow).status, 403);
    assert_eq!(listed(&said(&["key", "list"]).1, "line-2")[5], "organisation.register");

    assert_eq!(said(&["key", "revoke", "--id", line[0]]).0, 0);
    let revoked = Instant::now();
    while service.get("/api/v1/organisations", &key).status == 200 {
        assert!(revoked.elapsed() < Duration::from_secs(5), "the key works still");
    }
    assert_eq!(service.get("/api/v1/organisations", &key).status, 401);
    assert_eq!(service.get("/api/v1/organisations", &service.operator.1).status, 200);
    let again = said(&["key", "list"]).1;
    assert!(listed(&again, "line-1")[4].ends_with('Z'), "{again}");

    for (arguments, sentence) in [
        (&["key", "revoke", "--id", line[0]][..], "was revoked before, at 2"),
        (&["key", "revoke", "--id", operator], "no key has the id"),
        (&["key", "revoke", "--id", &key], "that is a key itself"),
        (&["key", "list", "--organisation", line[0]], "No such entry"),
        (&["key", "create", "--organisation", operator, "--expires", "2020-01-01"], "never works: today is 2"),
        (
            &["key", "create", "--organisation", operator, "--scope", "batch.pack"],
            "cannot be made for batch.pack; it can for",
        ),
    ] {
        let (code, printed, refused) = said(arguments);
        assert_eq!((code, &*printed), (1, ""), "{refused}");
        assert!(refused.contains(sentence) && !refused.contains("sy_"), "{refused}");
    }
}
