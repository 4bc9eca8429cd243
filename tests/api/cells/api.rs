//! The cells of the API.

use serde_json::Value;
use suyuan::auth::policy::{self, Whose};

use super::NOBODY;
use super::world::{World, collection, never, whose};
use crate::support::{Answer, Client};
use crate::walk::{Operation, told};

/// One operation with what it needs, an import by each of its tables.
fn cells() -> Vec<(Operation, String)> {
    let mut cells = Vec::new();
    for operation in Operation::all().into_iter().filter(|it| !it.public) {
        let tables = ["organisations", "plots", "treatments", "batches"];
        match operation.path.contains("{kind}") {
            false => {
                assert_eq!(operation.needs.len(), 1, "{} needs one thing", operation.id);
                let needed = operation.needs[0].clone();
                cells.push((operation, needed));
            }
            true => {
                assert_eq!(operation.needs.len(), tables.len(), "{}", operation.id);
                for (table, needed) in tables.iter().zip(operation.needs.clone()) {
                    let path = operation.path.replace("{kind}", table);
                    cells.push((Operation { path, ..operation.clone() }, needed));
                }
            }
        }
    }
    cells
}

/// Whether it was answered as if nothing were there.
fn is_missing(answer: &Answer, missing: &Answer, handle: &str) -> bool {
    let said = |answer: &Answer| serde_json::from_slice::<Value>(&answer.bytes).unwrap_or(Value::Null);
    answer.status == 404 && missing.status == 404 && told(said(answer), handle) == told(said(missing), NOBODY)
}

#[actix_web::test]
async fn every_operation_answers_each_role_as_the_table_says() {
    let world = World::new().await;
    let (owners, strangers) = (world.owners(), world.strangers().await);
    let buyer = world.app.buyer.clone();
    let ended: Vec<Client> = owners.iter().map(|(_, client)| world.app.stranger(&world.ended_key(client))).collect();
    let (mut walked, mut reached) = (0, 0);
    for (operation, needed) in &cells() {
        let rule = policy::rule(needed).unwrap_or_else(|| panic!("{}: {needed} is not in the table", operation.id));
        let named = operation.path.contains("{id}");
        assert!(!named || rule.whose != Whose::House, "{}: {needed} says not whose", operation.id);
        operation.call(&world.app.anon, NOBODY, &[]).await.problem(401, "unauthorised");
        for (at, (role, owner)) in owners.iter().enumerate() {
            let cell = format!("{} by {role}", operation.id);
            operation.call(&ended[at], NOBODY, &[]).await.problem(401, "unauthorised");
            walked += 2;
            let stranger = &strangers[at].1;
            if !rule.roles.contains(&role.parse().unwrap()) {
                let handles = match named {
                    true => {
                        let collection = collection(&operation.path);
                        let own = world.own(role, collection).or(world.party(role, collection)).unwrap_or(NOBODY);
                        vec![own, world.foreign(role, collection), NOBODY]
                    }
                    false => vec![NOBODY],
                };
                for handle in handles {
                    operation.call(owner, handle, &[]).await.problem(403, "forbidden");
                    walked += 1;
                }
                continue;
            }
            if !named {
                let answer = operation.call(owner, NOBODY, &[]).await;
                assert!(![401, 403].contains(&answer.status), "{cell}: {}", answer.text());
                walked += 1;
                continue;
            }
            let (collection, whose) = (collection(&operation.path), whose(role.parse().unwrap(), needed));
            let missing = operation.call(stranger, NOBODY, &[]).await;
            assert_eq!(missing.status, 404, "{cell}, nothing there: {}", missing.text());
            let foreign = world.foreign(role, collection);
            let answer = operation.call(stranger, foreign, &[]).await;
            let hidden = is_missing(&answer, &missing, foreign);
            assert_eq!(hidden, whose != Whose::Anybodys, "{cell}, another's: {}", answer.text());
            assert_ne!(answer.status, 403, "{cell}, another's: {}", answer.text());
            let mut own = vec![(owner, world.own(role, collection), whose != Whose::Given)];
            own.push((owner, world.party(role, collection), whose != Whose::Own));
            if needed == "record.correct" {
                own.push((owner, world.wrote(role, collection), true));
            }
            if *role == "cooperative" {
                own.push((&buyer, world.party("receiver", collection), whose != Whose::Own));
            }
            let reached_one = own.iter().any(|(_, handle, reaches)| handle.is_some() && *reaches);
            let none = never(role, needed, collection);
            assert!(reached_one || none || whose == Whose::Anybodys, "{cell}: nobody has one of {collection}");
            for (client, handle, reaches) in own {
                let Some(handle) = handle else { continue };
                let answer = operation.call(client, handle, &[]).await;
                assert_eq!(is_missing(&answer, &missing, handle), !reaches, "{cell}, {handle}: {}", answer.text());
                assert!(![401, 403].contains(&answer.status), "{cell}: {}", answer.text());
                (walked, reached) = (walked + 1, reached + 1);
            }
            walked += 2;
        }
    }
    assert!(walked > 1_300 && reached >= 60, "only {walked} cells, {reached} of them on something of one's own");
}
