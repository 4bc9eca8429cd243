//! What every engine does alike.

use std::sync::{Arc, Mutex};

use suyuan::domain::acts::UniqueName;
use suyuan::domain::record::Handle;
use suyuan::store::BatchFilter;

use crate::support::{Founded, check_log, loss, open, opening, perform, refusal, rest, submit};

#[test]
fn what_was_answered_is_there_when_the_store_is_opened_again() {
    let founded = Founded::new();
    let receipt = perform(&*founded.store, opening("L1", 100)).unwrap();
    let Founded { place, store, .. } = &founded;
    let before = (place.truth(), place.projections());
    let again = open(place);
    assert_eq!((place.truth(), place.projections()), before);
    assert_eq!(again.subject(receipt.id).unwrap().unwrap().head.hash, receipt.head);
    assert_eq!(check_log(&**store), receipt.log_index + 1);
}

#[test]
fn openings_of_many_chains_are_those_of_each() {
    let founded = Founded::new();
    let store = &*founded.store;
    let plot = |code: &str, grower: Option<&str>| {
        let form = serde_json::json!({"code": code, "place": {"zh": "示范县"}, "area_m2": 100, "crop": {"zh": "脐橙"},
            "point": {"lat": "31.018320", "lon": "109.464210"}, "grower": grower});
        let form: suyuan::domain::acts::plots::RegisterPlot = serde_json::from_value(form).unwrap();
        perform(store, form).unwrap().subject
    };
    let plots = [plot("P1", Some("李甲乙")), plot("P2", None), plot("P3", Some("王大山"))];
    let named = |subjects: &[_]| -> Vec<_> {
        let all = store.openings_of(subjects).unwrap();
        all.into_iter().map(|(class, it)| (it.subject, it.seq, it.field, class, it.value)).collect()
    };
    let mut each: Vec<_> = plots.iter().flat_map(|subject| named(&[*subject])).collect();
    for (subject, known) in plots.iter().map(|subject| (subject, store.openings(*subject).unwrap())) {
        let one = each.iter().filter(|it| it.0 == *subject);
        let same: Vec<_> = one.map(|it| (it.3.clone(), it.1, it.2.clone())).collect();
        assert_eq!(known.into_iter().map(|(class, it)| (class, it.seq, it.field)).collect::<Vec<_>>(), same);
    }
    let mut all = named(&plots);
    assert_eq!(all.iter().filter(|it| it.2 == "grower").count(), 2);
    each.sort_by_key(|it| (it.0.handle, it.1, it.2.clone()));
    all.sort_by_key(|it| (it.0.handle, it.1, it.2.clone()));
    assert_eq!((each, named(&[])), (all, vec![]));
}

#[test]
fn a_refused_act_leaves_nothing_and_does_not_stop_its_group() {
    let founded = Founded::new();
    let store = &*founded.store;
    let batch = perform(store, opening("L1", 10)).unwrap().id;
    let waiting = [7, 7, 3, 1].map(|grams| submit(store, loss(batch, grams), None));
    let [first, second, third, last] = waiting.map(|answer| answer.blocking_recv().unwrap());
    assert!(first.is_ok() && third.is_ok());
    assert_eq!([refusal(second), refusal(last)], ["overdrawn"; 2]);
    assert_eq!(rest(store, batch), 0);
    check_log(store);
}

#[test]
fn a_lot_is_taken_once_even_by_acts_of_one_group() {
    let founded = Founded::new();
    let store = &*founded.store;
    let waiting: Vec<_> = (0..8).map(|_| submit(store, opening("L1", 10), None)).collect();
    let answers: Vec<_> = waiting.into_iter().map(|answer| answer.blocking_recv().unwrap()).collect();
    let taken = answers.iter().filter(|answer| answer.is_ok()).count();
    assert_eq!(taken, 1);
    for refused in answers.into_iter().filter(Result::is_err) {
        assert_eq!(refusal(refused), "lot-taken");
    }
    let name = UniqueName::lot(crate::support::GTIN.parse().unwrap(), &"L1".parse().unwrap());
    assert!(store.named(&name).unwrap().is_some());
    check_log(store);
}

#[test]
fn a_key_sent_again_gets_the_same_receipt_and_has_one_effect() {
    let founded = Founded::new();
    let store = &*founded.store;
    let batch = perform(store, opening("L1", 10)).unwrap().id;
    let together = [(); 3].map(|()| submit(store, loss(batch, 4), Some("k")));
    let receipts = together.map(|answer| answer.blocking_recv().unwrap().unwrap());
    let later = submit(store, loss(batch, 4), Some("k")).blocking_recv().unwrap().unwrap();
    assert!(receipts.iter().all(|receipt| *receipt == later));
    assert_eq!(rest(store, batch), 6);
}

#[test]
fn a_key_used_for_something_else_is_refused() {
    let founded = Founded::new();
    let store = &*founded.store;
    let batch = perform(store, opening("L1", 10)).unwrap().id;
    let both = (submit(store, loss(batch, 4), Some("k")), submit(store, opening("L2", 4), Some("k")));
    both.0.blocking_recv().unwrap().unwrap();
    assert_eq!(refusal(both.1.blocking_recv().unwrap()), "idempotency-key-reused");
    let later = submit(store, opening("L2", 4), Some("k")).blocking_recv().unwrap();
    assert_eq!(refusal(later), "idempotency-key-reused");
}

#[test]
fn listeners_hear_of_each_subject_that_a_commit_changed() {
    let founded = Founded::new();
    let heard: Arc<Mutex<Vec<Handle>>> = Arc::default();
    let ears = Arc::clone(&heard);
    founded.store.on_commit(Box::new(move |touched| ears.lock().unwrap().extend(touched)));
    let batch = perform(&*founded.store, opening("L1", 10)).unwrap().id;
    // The answer comes after the listeners.
    assert!(heard.lock().unwrap().contains(&batch));
}

#[test]
fn lists_come_newest_first_and_go_on_where_a_page_ended() {
    let founded = Founded::new();
    let store = &*founded.store;
    let mut opened: Vec<Handle> =
        (0..7).map(|number| perform(store, opening(&format!("L{number}"), 10)).unwrap().id).collect();
    opened.reverse();
    let (mut after, mut listed) = (None, Vec::new());
    loop {
        let page = store.batches(crate::support::HOME, &Default::default(), after, 3).unwrap();
        listed.extend(page.items.iter().map(|known| known.subject.handle));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(listed, opened);
}

#[test]
fn what_is_in_stock_is_listed_until_nothing_of_it_is_left() {
    let founded = Founded::new();
    let store = &*founded.store;
    let opened: Vec<Handle> =
        (0..5).map(|number| perform(store, opening(&format!("L{number}"), 10)).unwrap().id).collect();
    let stock = |after, limit| {
        let filter = BatchFilter { in_stock: true, ..BatchFilter::default() };
        let page = store.batches(crate::support::HOME, &filter, after, limit).unwrap();
        (page.items.iter().map(|known| known.subject.handle).collect::<Vec<_>>(), page.next)
    };
    perform(store, loss(opened[1], 9)).unwrap();
    perform(store, loss(opened[2], 10)).unwrap();
    assert_eq!(stock(None, 10), (vec![opened[4], opened[3], opened[1], opened[0]], None));
    let (first, next) = stock(None, 3);
    assert_eq!(first, [opened[4], opened[3], opened[1]]);
    assert_eq!(stock(next, 3), (vec![opened[0]], None));
    perform(store, loss(opened[1], 1)).unwrap();
    assert_eq!(stock(None, 10).0, [opened[4], opened[3], opened[0]]);
}

#[test]
fn text_is_told_apart_and_ordered_by_its_bytes() {
    let founded = Founded::new();
    let store = &*founded.store;
    // Letters that collations of languages hold for equal, or order otherwise.
    for lot in ["a", "A", "B", "_", "-", "0"] {
        perform(store, opening(lot, 10)).unwrap();
    }
    assert_eq!(refusal(perform(store, opening("a", 10))), "lot-taken");
    for lot in ["a", "A"] {
        let found = store.batches_of_lot(&lot.parse().unwrap(), 10).unwrap();
        assert_eq!(found.len(), 1, "{lot}");
    }
}

#[test]
fn a_group_of_many_acts_is_one_step_of_the_log_for_each() {
    let founded = Founded::new();
    let store = &*founded.store;
    let waiting: Vec<_> = (0..600)
        .map(|number| submit(store, opening(&format!("L{number}"), 1_000), Some(&format!("k{number}"))))
        .collect();
    let mut indexes: Vec<u64> = Vec::new();
    for answer in waiting {
        indexes.push(answer.blocking_recv().unwrap().unwrap().log_index);
    }
    indexes.sort_unstable();
    assert_eq!(indexes, (2..602).collect::<Vec<_>>());
    assert_eq!(check_log(store), 602);
    assert_eq!(store.rebuild(&mut |_| {}).unwrap(), 602);
}

#[test]
fn what_is_read_at_one_moment_stays_as_it_was_while_others_write() {
    let founded = Founded::new();
    let store = &*founded.store;
    let batch = perform(store, opening("L1", 1_000)).unwrap().id;
    let mut seen = Vec::new();
    store
        .at_one_moment(&mut |read| {
            seen.push(read.chain(batch, 0, 9).unwrap().len());
            perform(store, loss(batch, 1)).unwrap();
            seen.push(read.chain(batch, 0, 9).unwrap().len());
            seen.push(read.subject(batch).unwrap().unwrap().head.seq as usize);
        })
        .unwrap();
    assert_eq!(seen, [1, 1, 0]);
    assert_eq!(store.chain(batch, 0, 9).unwrap().len(), 2);
}

#[test]
fn acts_sent_again_among_new_ones_are_answered_as_before() {
    let founded = Founded::new();
    let store = &*founded.store;
    let opened = submit(store, opening("L1", 10), Some("open")).blocking_recv().unwrap().unwrap();
    let emptied = submit(store, loss(opened.id, 10), Some("empty")).blocking_recv().unwrap().unwrap();
    let end = store.log_end().unwrap();
    let alone = submit(store, loss(opened.id, 10), Some("empty")).blocking_recv().unwrap();
    assert_eq!(alone.unwrap(), emptied, "what would be refused now was done before");
    // What would be accepted again, what would be refused now, a key with another request, a lot that is taken; new ones
    // before and after, so that some of them share a group.
    let waiting = [
        submit(store, opening("L2", 10), Some("new")),
        submit(store, opening("L1", 10), Some("open")),
        submit(store, loss(opened.id, 10), Some("empty")),
        submit(store, opening("L3", 10), Some("empty")),
        submit(store, opening("L1", 10), Some("taken")),
        submit(store, opening("L4", 10), Some("newer")),
    ];
    let [new, open, empty, reused, taken, newer] = waiting.map(|answer| answer.blocking_recv().unwrap());
    assert_eq!((open.unwrap(), empty.unwrap()), (opened, emptied));
    assert_eq!([refusal(reused), refusal(taken)], ["idempotency-key-reused", "lot-taken"]);
    assert_eq!([new.unwrap().log_index, newer.unwrap().log_index], [end, end + 1]);
    assert_eq!(store.log_end().unwrap(), end + 2);
    check_log(store);
}
