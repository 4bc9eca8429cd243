//! API keys from the server's terminal, and what the service makes of them.

use std::time::{Duration, Instant};

use actix_web::web::Data;
use serde_json::json;
use suyuan::app::keys::KeyError;
use suyuan::app::{App, keys};
use suyuan::domain::record::Handle;
use suyuan::store::ApiKey;

use crate::support::TestApp;
use crate::support::program::Service;

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
    let until = |day: &str| keys::create_until(&app.app, organisation, "season", day.parse().unwrap());
    app.at("2026-09-01T15:59:59.999Z");
    assert!(matches!(until("2026-09-01"), Err(KeyError::ExpiresInThePast { .. })));
    let key = until("2026-09-02").unwrap();
    // Midnight of 2 September in China. Not used before, so that nothing remembers it.
    app.at("2026-09-01T16:00:00.000Z");
    app.stranger(&key).get("/api/v1/batches").await.problem(401, "unauthorised");
    app.at("2026-09-01T15:59:59.999Z");
    app.stranger(&key).get("/api/v1/batches").await.expect(200);
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
    assert_eq!((line[1], line[3], line[4], printed.lines().count()), (operator, "2199-12-31", "-", 3), "{printed}");
    let hash = suyuan::auth::api_key::hash(&key).unwrap().to_string();
    assert!(!printed.contains(&key[3..]) && !printed.contains(&hash), "{printed}");

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
    ] {
        let (code, printed, refused) = said(arguments);
        assert_eq!((code, &*printed), (1, ""), "{refused}");
        assert!(refused.contains(sentence) && !refused.contains("sy_"), "{refused}");
    }
}
