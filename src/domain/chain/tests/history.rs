use std::collections::BTreeMap;

use proptest::prelude::*;

use crate::domain::chain::history::*;
use crate::domain::chain::{FileKind, verify_ndjson};
use crate::domain::record::tests::samples::*;
use crate::domain::record::*;

/// Runs a plan over records in memory; every record may be asked for once.
fn included(log: &[Record], start: Subject, head_seq: u64) -> BTreeMap<Subject, u64> {
    let mut plan = HistoryPlan::new(start, head_seq);
    let mut loaded = std::collections::BTreeSet::new();
    while let Some(Range { subject, from_seq, to_seq }) = plan.next() {
        for record in log.iter().filter(|record| record.subject == subject) {
            if (from_seq..=to_seq).contains(&record.seq) {
                assert!(loaded.insert((subject, record.seq)), "record {} of {subject} asked for twice", record.seq);
                plan.feed(&record.links);
            }
        }
    }
    plan.included().clone()
}

fn last_seqs(log: &[Record]) -> BTreeMap<Subject, u64> {
    log.iter().map(|record| (record.subject, record.seq)).collect()
}

#[test]
fn a_history_of_another_implementation_is_exactly_what_its_batch_rests_on() {
    let log: Vec<Record> =
        vector("history.ndjson").lines().map(|line| Record::parse(line.as_bytes()).unwrap()).collect();
    let head = log.last().unwrap();
    assert_eq!(included(&log, head.subject, head.seq), last_seqs(&log));
}

#[test]
fn a_batch_without_links_rests_on_itself_alone() {
    assert_eq!(
        included(&chain(&[("batch.opened", serde_json::json!({}))]), batch(1), 0),
        BTreeMap::from([(batch(1), 0)])
    );
}

#[test]
fn a_link_back_to_the_start_adds_nothing_to_its_chain() {
    let mut plan = HistoryPlan::new(batch(1), 2);
    assert_eq!(plan.next(), Some(Range { subject: batch(1), from_seq: 0, to_seq: 2 }));
    plan.reach(batch(1), 1);
    plan.reach(batch(1), 7);
    assert_eq!(plan.next(), None);
    assert_eq!(plan.included(), &BTreeMap::from([(batch(1), 2)]));
}

#[test]
fn a_subject_reached_again_further_up_is_loaded_only_from_there() {
    let mut plan = HistoryPlan::new(batch(1), 0);
    plan.next();
    plan.reach(batch(2), 1);
    assert_eq!(plan.next(), Some(Range { subject: batch(2), from_seq: 0, to_seq: 1 }));
    plan.reach(batch(2), 4);
    plan.reach(batch(2), 3);
    assert_eq!(plan.next(), Some(Range { subject: batch(2), from_seq: 2, to_seq: 4 }));
    assert_eq!(plan.next(), None);
}

/// A log in which each record goes to one of six subjects and links up to two earlier records of others.
fn log_of(steps: &[(u8, Vec<prop::sample::Index>)]) -> Vec<Record> {
    let mut log: Vec<Record> = Vec::new();
    let mut hashes: Vec<Digest> = Vec::new();
    for (subject, targets) in steps {
        let subject = batch(*subject);
        let before = log.iter().rposition(|record| record.subject == subject);
        let others: Vec<usize> = (0..log.len()).filter(|index| log[*index].subject != subject).collect();
        let mut links: Vec<Link> = targets
            .iter()
            .filter(|_| !others.is_empty())
            .map(|target| others[target.index(others.len())])
            .map(|at| Link { hash: hashes[at], rel: "on".to_owned(), seq: log[at].seq, subject: log[at].subject })
            .collect();
        sort_links(&mut links);
        let prev = before.map_or(Digest::ZERO, |at| hashes[at]);
        let next = Record { subject, seq: before.map_or(0, |at| log[at].seq + 1), prev, links, ..record() };
        hashes.push(record_hash(&next.to_bytes().unwrap()));
        log.push(next);
    }
    log
}

fn file(log: &[Record], keep: impl Fn(&Record) -> bool) -> Vec<u8> {
    log.iter()
        .filter(|record| keep(record))
        .flat_map(|record| [record.to_bytes().unwrap(), b"\n".to_vec()].concat())
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(200) })]

    #[test]
    fn what_the_plan_includes_verifies_and_nothing_more_or_less_does(
        steps in prop::collection::vec((1u8..7, prop::collection::vec(any::<prop::sample::Index>(), 0..3)), 1..24),
    ) {
        let log = log_of(&steps);
        let head = log.last().unwrap();
        let included = included(&log, head.subject, head.seq);
        let inside = |record: &Record| included.get(&record.subject).is_some_and(|last| record.seq <= *last);
        let verified = verify_ndjson(&file(&log, inside), Some(record_hash(&head.to_bytes().unwrap()))).unwrap();
        prop_assert_eq!(verified.subjects, included.len());
        prop_assert_eq!(verified.kind == FileKind::History, included.len() > 1);
        for (at, other) in log.iter().enumerate().filter(|(_, record)| record.subject != head.subject) {
            // One record more: the next one of a subject, or the first of one that nothing leads to.
            let next = included.get(&other.subject).map_or(0, |last| last + 1) == other.seq;
            if next {
                let more = file(&log, |record| inside(record) || std::ptr::eq(record, &log[at]));
                prop_assert!(verify_ndjson(&more, None).is_err());
            }
            // One record less; without its last other subject a history would be judged as a chain.
            if inside(other) && included.len() > 2 {
                let less = file(&log, |record| inside(record) && !std::ptr::eq(record, &log[at]));
                prop_assert!(verify_ndjson(&less, None).is_err());
            }
        }
    }
}
