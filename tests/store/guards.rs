//! Guards of a log that several instances publish.

use suyuan::app::log::{Keys, PublishedLog};
use suyuan::domain::merkle::{EMPTY_ROOT, Published, TreeHead};
use suyuan::domain::ports::Guard;
use suyuan::domain::record::Digest;
use suyuan::log::SigningKey;
use suyuan::store::PostgresSettings;
use suyuan::store::postgres::PostgresGuard;

use crate::engine::{Place, cluster};
use crate::support::{Founded, open, opening, submit};

const ORIGIN: &str = "sy.example/log";

fn guard(url: &str) -> PostgresGuard {
    PostgresGuard::at(PostgresSettings { url: url.to_owned(), connections: 1, prepared_statements: true })
}

fn signed(epoch: u64, size: u64) -> Published {
    let tree = TreeHead { size, root: Digest::from_bytes([size as u8; 32]) };
    Published { epoch, tree, note: format!("{ORIGIN}\n{size}\n") }
}

#[test]
fn a_guard_in_a_database_moves_only_from_what_stands_there() {
    let url = cluster().new_database();
    let (one, two) = (guard(&url), guard(&url));
    assert_eq!(one.read().unwrap(), None);
    assert!(!one.swap(&signed(1, 0), &signed(1, 1)).unwrap(), "what is not there cannot move");
    assert!(one.begin(&signed(1, 0)).unwrap());
    assert!(!two.begin(&signed(1, 5)).unwrap(), "it is begun once");
    assert!(two.swap(&signed(1, 0), &signed(1, 1)).unwrap());
    assert!(!one.swap(&signed(1, 0), &signed(1, 2)).unwrap(), "the other was first");
    assert_eq!(one.read().unwrap(), Some(signed(1, 1)));
    let moved: usize = std::thread::scope(|scope| {
        let tries = [&one, &two].map(|guard| scope.spawn(|| guard.swap(&signed(1, 1), &signed(1, 2)).unwrap()));
        tries.into_iter().map(|it| usize::from(it.join().unwrap())).sum()
    });
    assert_eq!(moved, 1);
    assert!(one.begin(&signed(2, 1)).unwrap());
    assert!(!two.swap(&signed(1, 2), &signed(1, 3)).unwrap());
    assert_eq!(two.read().unwrap(), Some(signed(2, 1)));
}

#[test]
fn a_guard_that_cannot_be_reached_says_so_without_its_password() {
    let failed = guard("postgres://suyuan:secret@127.0.0.1:1/nowhere").read().unwrap_err().to_string();
    assert!(failed.contains("guard of the log") && !failed.contains("secret"), "{failed}");
}

#[test]
fn instances_that_share_a_guard_publish_one_log_and_answer_only_what_it_covers() {
    let founded = Founded::at(Place::Postgres(cluster().new_database()));
    let other = open(&founded.place);
    let url = cluster().new_database();
    let key = SigningKey::from_seed(ORIGIN, &[9; 32]).unwrap();
    let keys = Keys::of(ORIGIN, std::slice::from_ref(&key)).unwrap();
    guard(&url).begin(&keys.sign(1, TreeHead { size: 0, root: EMPTY_ROOT })).unwrap();
    let logs = [&founded.store, &other]
        .map(|store| PublishedLog::open(store, Box::new(guard(&url)), std::slice::from_ref(&key)).unwrap());
    std::thread::scope(|scope| {
        for (number, (store, log)) in [&founded.store, &other].into_iter().zip(&logs).enumerate() {
            for writer in 0..4 {
                scope.spawn(move || {
                    for act in 0..30 {
                        let lot = format!("L{number}-{writer}-{act}");
                        let receipt = submit(&**store, opening(&lot, 1_000), None).blocking_recv().unwrap().unwrap();
                        assert!(log.published().tree.size > receipt.log_index, "{lot}");
                    }
                });
            }
        }
    });
    assert!(logs.iter().all(|log| log.stopped().is_none()));
    let held = guard(&url).read().unwrap().unwrap();
    assert_eq!(held.tree, founded.store.tree().unwrap());
    assert_eq!(founded.store.log_end().unwrap(), held.tree.size);
}
