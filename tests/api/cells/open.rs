//! Addresses on neither map: for machines, and of the log. The list is whole, and nothing on it asks who is there.

use std::path::Path;

use serde_json::json;
use suyuan::http::ANYBODYS;

use super::NOBODY;
use super::world::World;

/// The first text of each `.route("` and `SwaggerUi::new("` of the service's own files; witnesses are another program.
fn routes(folder: &Path, found: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if entry.is_dir() {
            routes(&entry, found);
            continue;
        }
        if entry.ends_with("src/http/witness.rs") {
            continue;
        }
        let text = std::fs::read_to_string(&entry).unwrap_or_default();
        for call in [".route(\"", "SwaggerUi::new(\"", "web::resource(\""] {
            found.extend(text.split(call).skip(1).map(|rest| rest.split('"').next().unwrap().to_owned()));
        }
    }
}

#[test]
fn the_list_holds_every_route_that_is_on_neither_map() {
    let mut found = Vec::new();
    routes(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut found);
    found.sort();
    let mut listed: Vec<String> = ANYBODYS.iter().map(|path| (*path).to_owned()).collect();
    listed.sort();
    assert_eq!(found, listed);
}

#[actix_web::test]
async fn what_is_on_neither_map_answers_everybody_alike_and_takes_nothing() {
    let world = World::new().await;
    let app = &world.app;
    let records = app.log_length();
    for path in ANYBODYS {
        let path =
            path.replace("{index}", "0").replace("{epoch}", "1").replace("{slug}", "stale").replace("{_:.*}", "");
        let path = path.replace("{tile:.*}", "0/000");
        let anon = app.anon.get(&path).await;
        assert!(
            ![401, 403, 405].contains(&anon.status) && anon.header("set-cookie").is_none(),
            "{path}: {}",
            anon.status
        );
        for (role, client) in world.owners() {
            let (desk, ended) = (app.desk(&client).await, app.stranger(&world.ended_key(&client)));
            let answers = [client.get(&path).await, ended.get(&path).await, desk.get(&path).await];
            for answer in answers {
                let same = answer.status == anon.status && answer.header("set-cookie").is_none();
                assert!(same, "{path} as {role}: {} and {}", answer.status, anon.status);
                // What counts or tells the time differs by itself.
                let moves = ["/metrics", "/readyz", "/log/"].iter().any(|start| path.starts_with(start));
                let problem = anon.status >= 400;
                assert!(moves || problem || answer.bytes == anon.bytes, "{path} as {role}: {}", answer.text());
            }
        }
        let sent = app.operator.post(&path, json!({})).await;
        assert!([404, 405].contains(&sent.status), "{path} takes what is sent: {}", sent.status);
    }
    assert_eq!(app.log_length(), records);
    let metrics = app.anon.get("/metrics").await.expect(200).text();
    let named = [NOBODY, &app.cooperative.id, "示范红旗"];
    assert!(named.iter().all(|it| !metrics.contains(it)), "{metrics}");
}
