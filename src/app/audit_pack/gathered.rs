//! What the members after the histories need to know of the records before them: a few bytes for each.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::named::Named;
use crate::domain::merkle::tile::place;
use crate::domain::merkle::{Tile, TileLevel};
use crate::domain::record::{Handle, Record, Subject, SubjectKind, canonical};
use crate::store::StoredRecord;

/// All records of a pack, each once.
#[derive(Default)]
pub struct Gathered {
    /// Log index → record.
    pub index: BTreeMap<u64, (Subject, u64)>,
    /// The last record of each subject that is in the pack.
    pub last: HashMap<Subject, u64>,
    /// Sizes of the log that records saw.
    pub seen: BTreeSet<u64>,
    /// Keys that somebody signed with, or vouched for.
    pub keys: BTreeSet<Handle>,
    pub named: Named,
    /// Subjects whose openings may be shown.
    pub openable: BTreeSet<Subject>,
}

impl Gathered {
    pub fn add(&mut self, stored: &StoredRecord, record: &Record) {
        if self.index.insert(stored.log_index, (record.subject, record.seq)).is_some() {
            return;
        }
        let last = self.last.entry(record.subject).or_default();
        *last = record.seq.max(*last);
        self.seen.extend(record.seen.map(|seen| seen.size));
        self.keys.extend(record.actor.key);
        let keys = record.links.iter().filter(|link| link.subject.kind == SubjectKind::Key);
        self.keys.extend(keys.map(|link| link.subject.handle));
        // The bytes were read back from a record of the profile, so that the body has a canonical form.
        if let Ok(body) = canonical::value_to_bytes(&record.body.clone().into()) {
            self.named.collect(&body);
        }
    }

    /// Whether a record is in the pack: of each subject the first ones are, up to the last.
    pub fn holds(&self, subject: Subject, seq: u64) -> bool {
        self.last.get(&subject).is_some_and(|last| seq <= *last)
    }

    /// Tiles that lead from the roots of what was seen, and from the records too if `records`, to the root of the tree of `size`;
    /// and those at its right edge. None where nothing is asked.
    pub fn tiles(&self, size: u64, records: bool) -> BTreeSet<(u8, u64)> {
        let mut tiles = BTreeSet::new();
        let leaves = self.index.keys().filter(|_| records).map(|index| (0, *index));
        // The root of the first n leaves is made of one complete subtree for each bit of n.
        let roots = self.seen.iter().flat_map(|seen| {
            (0..63).filter(move |height| seen >> height & 1 == 1).map(move |height| (height, (seen >> height) - 1))
        });
        for (height, index) in leaves.chain(roots) {
            let place = place(height, index);
            let (mut level, mut number) = (place.level, place.number);
            while width(level, number, size).is_some() && tiles.insert((level, number)) {
                (level, number) = (level + 1, number / u64::from(Tile::FULL));
            }
        }
        if !tiles.is_empty() {
            let edge = |level: u8| Some((level, size.checked_shr(8 * u32::from(level))? / u64::from(Tile::FULL)));
            tiles.extend((0..8).filter_map(edge).filter(|(level, number)| width(*level, *number, size).is_some()));
        }
        tiles
    }
}

/// How wide a tile is in the tree of `size`.
pub fn width(level: u8, number: u64, size: u64) -> Option<u16> {
    Tile::in_tree(TileLevel::Hashes(level), number, size).map(|tile| tile.width)
}
