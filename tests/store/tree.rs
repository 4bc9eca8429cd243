//! The tree over the log: what the store keeps of it is what the records come to, however they came.

use suyuan::domain::merkle::{
    Edge, Leaf, Published, Tiles, TreeHead, consistency, inclusion, root_at, verify_consistency, verify_inclusion,
};
use suyuan::domain::record::{Digest, Record};
use suyuan::store::{Store, StoreError};

#[cfg(feature = "postgres")]
use crate::engine::{Place, cluster};
use crate::support::{Founded, open, opening, submit};

/// The tree, from the records and nothing else.
fn recomputed(store: &dyn Store, size: u64) -> TreeHead {
    let mut edge = Edge::default();
    while edge.size() < size {
        for stored in store.log(edge.size(), 1_000).unwrap().iter().take((size - edge.size()) as usize) {
            let record = Record::parse(&stored.bytes).unwrap();
            let leaf = Leaf { subject: record.subject.handle, seq: record.seq, record_hash: stored.hash };
            edge.push(leaf.hash(), &mut Vec::new());
        }
    }
    TreeHead::of(&edge)
}

/// Opens batches until the log holds `records`.
fn fill(store: &dyn Store, lots: &str, records: u64) {
    while store.log_end().unwrap() < records {
        let end = store.log_end().unwrap();
        let missing = (records - end).min(200);
        let waiting: Vec<_> =
            (0..missing).map(|it| submit(store, opening(&format!("{lots}{}", end + it), 1_000), None)).collect();
        waiting.into_iter().for_each(|answer| drop(answer.blocking_recv().unwrap().unwrap()));
    }
}

struct Stored<'s>(&'s dyn Store);

impl Tiles for Stored<'_> {
    type Error = StoreError;

    fn tile(&self, level: u8, number: u64, width: u16) -> Result<Vec<Digest>, StoreError> {
        Ok(self.0.tile(level, number, width)?.unwrap_or_default())
    }
}

#[test]
fn the_tree_is_what_the_records_come_to() {
    let founded = Founded::new();
    let store = &*founded.store;
    for size in [3, 255, 256, 257, 700] {
        fill(store, "L", size);
        assert_eq!(store.tree().unwrap(), recomputed(store, store.log_end().unwrap()), "{size}");
    }
    let end = store.log_end().unwrap();
    for size in [1, 2, 255, 256, 257, 511, 512, 513, end] {
        assert_eq!(root_at(&Stored(store), size).unwrap(), recomputed(store, size).root, "{size}");
    }
    let newest = store.tree().unwrap();
    for (index, leaf) in store.leaves(0, 1_000).unwrap().iter().enumerate() {
        let proof = inclusion(&Stored(store), index as u64, end).unwrap();
        verify_inclusion(&leaf.hash(), index as u64, end, &proof, &newest.root).unwrap();
    }
    for from in [1, 255, 256, 300, 512] {
        let proof = consistency(&Stored(store), from, end).unwrap();
        verify_consistency(from, end, &recomputed(store, from).root, &newest.root, &proof).unwrap();
    }
    assert_eq!(store.tile(0, 2, 256).unwrap(), None, "the tree has fewer");
    assert_eq!(store.tile(0, 2, (end - 512) as u16).unwrap().unwrap().len() as u64, end - 512);
    assert_eq!(store.tile(1, 0, 2).unwrap().unwrap().len(), 2);
    assert_eq!(store.tile(1, 0, 3).unwrap(), None);
    assert_eq!(store.tile(7, u64::MAX, 1).unwrap(), None);
}

#[test]
fn a_store_that_is_opened_again_goes_on_with_the_same_tree_and_makes_missing_tiles_anew() {
    let founded = Founded::new();
    fill(&*founded.store, "L", 600);
    let (tree, tiles) = (founded.store.tree().unwrap(), founded.place.projections()["log_tiles"].clone());
    assert_eq!(tiles.len(), 2);
    drop(founded.store);
    let again = open(&founded.place);
    assert_eq!(again.tree().unwrap(), tree);
    fill(&*again, "M", 800);
    assert_eq!(again.tree().unwrap(), recomputed(&*again, 800));
    again.rebuild(&mut |_| {}).unwrap();
    assert_eq!(again.tree().unwrap(), recomputed(&*again, 800));
    drop(again);
    let kept = founded.place.projections()["log_tiles"].clone();
    founded.place.execute("delete from log_tiles where number = 1");
    let again = open(&founded.place);
    assert_eq!(again.tree().unwrap(), recomputed(&*again, 800));
    assert_eq!(founded.place.projections()["log_tiles"].clone(), kept);
}

#[cfg(feature = "postgres")]
#[test]
fn two_instances_write_one_tree() {
    let founded = Founded::at(Place::Postgres(cluster().new_database()));
    let other = open(&founded.place);
    std::thread::scope(|scope| {
        scope.spawn(|| fill(&*founded.store, "A", 600));
        scope.spawn(|| fill(&*other, "B", 600));
    });
    let end = other.log_end().unwrap();
    assert_eq!(other.tree().unwrap(), recomputed(&*other, end));
    fill(&*founded.store, "LAST", end + 1);
    assert_eq!(root_at(&Stored(&*other), end).unwrap(), recomputed(&*other, end).root);
    assert_eq!(other.tree().unwrap(), recomputed(&*founded.store, end + 1));
}

#[test]
fn a_note_with_cosignatures_takes_the_place_of_the_one_without_and_not_the_other_way_round() {
    let founded = Founded::new();
    let store = &*founded.store;
    let tree = store.tree().unwrap();
    let signed = |note: &str| Published { epoch: 1, tree, note: note.to_owned() };
    store.keep_checkpoint(&signed("signed")).unwrap();
    store.keep_cosigned(&signed("cosigned")).unwrap();
    store.keep_checkpoint(&signed("signed")).unwrap();
    assert_eq!(store.checkpoint(1, tree.size).unwrap().as_deref(), Some("cosigned"));
    store.keep_cosigned(&signed("cosigned by two")).unwrap();
    assert_eq!(store.checkpoint(1, tree.size).unwrap().as_deref(), Some("cosigned by two"));
}
