//! Applications that wait: how many, for how long, and who makes room.

use suyuan::domain::kinds::organisations::OrganisationKind;
use suyuan::domain::record::Handle;
use suyuan::domain::time::Instant;
use suyuan::store::Store;
use suyuan::store::admission::{Application, Decision, Room};

use crate::support::Founded;

fn at(minute: i64) -> Instant {
    Instant::from_millis(1_800_000_000_000).unwrap().plus_minutes(minute)
}

fn application(number: u8, minute: i64) -> Application {
    Application {
        id: Handle::from_bytes([number; 16]),
        kind: OrganisationKind::FamilyFarm,
        name_zh: "示范山下家庭农场".into(),
        name_en: String::new(),
        uscc: "92999001MA00006005".into(),
        place: "示范县".into(),
        contact: "王五".into(),
        cma: None,
        manager_name: "王五".into(),
        manager_login: "wang.wu".into(),
        created_at: at(minute),
        decision: None,
    }
}

/// Three at most, of the last ninety minutes.
fn take(store: &dyn Store, number: u8, minute: i64, source: &str) -> bool {
    let room = Room { most: 3, since: at(minute - 90) };
    store.take_application(&application(number, minute), source.as_bytes(), room).unwrap()
}

/// Numbers of those that are there, newest first.
fn there(store: &dyn Store) -> Vec<u8> {
    store.applications(0, 99).unwrap().iter().map(|it| it.id.as_bytes()[0]).collect()
}

#[test]
fn where_too_many_wait_the_oldest_of_whoever_sent_most_makes_room() {
    let founded = Founded::new();
    let store = &*founded.store;
    assert!(take(store, 1, 0, "victim") && take(store, 2, 1, "flood") && take(store, 3, 2, "flood"));
    assert!(take(store, 4, 3, "flood"));
    assert_eq!(there(store), [4, 3, 1], "the flood pays, not who came first");
    assert!(take(store, 5, 4, "late"));
    assert_eq!(there(store), [5, 4, 1], "and somebody else comes in");
    // One of each: none is worth less than another.
    assert!(!take(store, 6, 5, "flood") && !take(store, 7, 5, "new"));
    assert_eq!(there(store), [5, 4, 1]);
    // Who decided makes room too, and is not removed for room.
    let refused = Decision { at: at(6), by: None, organisation: None, refusal: Some("不行".into()) };
    assert!(store.decide_application(application(4, 3).id, &refused).unwrap());
    assert!(take(store, 8, 7, "flood"));
    assert_eq!(there(store), [8, 5, 4, 1]);
    assert_eq!(store.open_applications(at(0)).unwrap(), 3);
}

#[test]
fn what_nobody_decided_in_time_counts_no_more_and_goes_with_the_next() {
    let founded = Founded::new();
    let store = &*founded.store;
    for number in 1..=3 {
        assert!(take(store, number, number.into(), "one network each".get(..number.into()).unwrap()));
    }
    let approved = Decision { at: at(5), by: None, organisation: Some(crate::support::HOME), refusal: None };
    assert!(store.decide_application(application(1, 1).id, &approved).unwrap());
    assert_eq!((store.open_applications(at(0)).unwrap(), store.open_applications(at(3)).unwrap()), (2, 1));
    assert!(take(store, 4, 93, "late"));
    assert_eq!(there(store), [4, 3, 1], "what was decided stays, and what is just in time");
}
