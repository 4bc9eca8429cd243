//! A log in memory, the records of a few farms in it, and the members of audit packs over them, put together by the format's
//! words and not by the code that makes packs: what the judge is held against.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::convert::Infallible;
use std::fmt::Write as _;

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use suyuan::domain::chain::history::HistoryPlan;
use suyuan::domain::merkle::{Leaf, Tile, TileLevel, Tiles, inclusion, node_hash, root_at};
use suyuan::domain::record::canonical::value_to_bytes;
use suyuan::domain::record::sealed::{Opening, commitment};
use suyuan::domain::record::{Actor, Digest, Handle, Link, Record, Role, Seen, Subject, SubjectKind, record_hash};
use suyuan::domain::time::Instant;
use suyuan::exchange::zip::ZipWriter;
use suyuan::log::{Checkpoint, CosigningKey, Note, OfflineProof, SigningKey};

pub const ORIGIN: &str = "suyuan.example/log";
pub type Members = BTreeMap<String, Vec<u8>>;

pub fn log_key() -> SigningKey {
    SigningKey::from_seed(ORIGIN, &[1; 32]).unwrap()
}

pub fn witnesses() -> [CosigningKey; 2] {
    [("witness.example/association", 2), ("witness.example/university", 3)]
        .map(|(name, seed)| CosigningKey::from_seed(name, &[seed; 32]).unwrap())
}

/// Both witnesses have to have signed.
pub fn policy() -> String {
    let mut text = format!("log {}\n", log_key().verifier());
    for (number, witness) in witnesses().iter().enumerate() {
        let _ = writeln!(text, "witness w{number} {}", witness.verifier());
    }
    text + "group all all w0 w1\nquorum all\n"
}

pub fn subject(kind: SubjectKind, name: &str) -> Subject {
    Subject::new(kind, Handle::from_bytes(first_16(&Sha256::digest(format!("{kind} {name}")))))
}

fn first_16(bytes: &[u8]) -> [u8; 16] {
    bytes[..16].try_into().unwrap()
}

/// All hashes of all complete subtrees, lowest row first.
#[derive(Clone, Default)]
pub struct Tree(Vec<Vec<Digest>>);

impl Tree {
    pub fn size(&self) -> u64 {
        self.0.first().map_or(0, |leaves| leaves.len() as u64)
    }

    /// A leaf at the end, or another one where one stands.
    pub fn set(&mut self, mut index: usize, mut value: Digest) {
        for height in 0.. {
            if height == self.0.len() {
                self.0.push(Vec::new());
            }
            let row = &mut self.0[height];
            if index == row.len() {
                row.push(value)
            } else {
                row[index] = value
            }
            if index | 1 >= row.len() {
                return;
            }
            value = node_hash(&row[index & !1], &row[index | 1]);
            index /= 2;
        }
    }

    pub fn root(&self, size: u64) -> Digest {
        root_at(self, size).unwrap()
    }

    fn row(&self, level: u8) -> &[Digest] {
        self.0.get(8 * usize::from(level)).map_or(&[], Vec::as_slice)
    }

    /// Tiles that lead from leaves, and from the roots of sizes, to the root; and the right edge.
    fn tiles(&self, leaves: &[u64], sizes: &[u64]) -> Members {
        let mut wanted: Vec<(u32, u64)> = leaves.iter().map(|leaf| (0, *leaf)).collect();
        for size in sizes {
            let bits = (0..64).filter(|bit| size >> bit & 1 == 1);
            wanted.extend(bits.map(|bit| (bit / 8, ((size >> bit) - 1) << (bit % 8))));
        }
        let mut places = BTreeSet::new();
        for (mut level, mut entry) in wanted {
            while entry < self.size() >> (8 * level) {
                places.insert((level as u8, entry / 256));
                (level, entry) = (level + 1, entry / 256);
            }
        }
        places.extend((0..7).map(|level| (level, (self.size() >> (8 * level)) / 256)));
        let tile = |(level, number)| Tile::in_tree(TileLevel::Hashes(level), number, self.size());
        places.into_iter().filter_map(tile).map(|tile| (format!("tile/{tile}"), self.bytes(tile))).collect()
    }

    fn bytes(&self, tile: Tile) -> Vec<u8> {
        let TileLevel::Hashes(level) = tile.level else { return Vec::new() };
        let hashes = self.tile(level, tile.number, tile.width).unwrap();
        hashes.iter().flat_map(|hash| *hash.as_bytes()).collect()
    }
}

impl Tiles for Tree {
    type Error = Infallible;

    fn tile(&self, level: u8, number: u64, width: u16) -> Result<Vec<Digest>, Infallible> {
        let start = number as usize * 256;
        Ok(self.row(level)[start..start + usize::from(width)].to_vec())
    }
}

/// Chains in one log, with leaves of strangers between them.
#[derive(Clone, Default)]
pub struct World {
    pub tree: Tree,
    pub records: Vec<Record>,
    pub lines: Vec<Vec<u8>>,
    pub indexes: Vec<u64>,
    places: HashMap<(Subject, u64), usize>,
    ends: HashMap<Subject, u64>,
    /// What the next record says that it saw, instead of what there is.
    pub sees: Option<Seen>,
    pub openings: Vec<Opening>,
    pub attachments: Vec<(String, Vec<u8>)>,
}

impl World {
    pub fn strangers(&mut self, count: usize) {
        for _ in 0..count {
            let size = self.tree.size();
            self.tree.set(size as usize, Digest::from_bytes(Sha256::digest(size.to_be_bytes()).into()));
        }
    }

    /// A record that saw the log as it was.
    pub fn write(&mut self, subject: Subject, kind: &str, body: Value, links: &[(&str, Subject, u64)]) -> u64 {
        let seq = self.ends.get(&subject).copied().unwrap_or(0);
        let hash = |world: &Self, subject, seq| record_hash(&world.lines[world.places[&(subject, seq)]]);
        let prev = if seq == 0 { Digest::ZERO } else { hash(self, subject, seq - 1) };
        let mut links: Vec<Link> = links
            .iter()
            .map(|(rel, subject, seq)| Link {
                hash: hash(self, *subject, *seq),
                rel: (*rel).to_owned(),
                seq: *seq,
                subject: *subject,
            })
            .collect();
        links.sort_by_key(|link| (link.rel.clone(), link.subject.to_string(), link.seq));
        let now = Instant::from_millis(1_795_000_000_000 + self.records.len() as i64 * 1000).unwrap();
        let size = self.tree.size();
        let salt: [u8; 32] = Sha256::digest(format!("{subject} {seq}")).into();
        let person = json!({"name": "示范·李某"});
        let record = Record {
            subject,
            seq,
            prev,
            kind: kind.to_owned(),
            occurred_at: now,
            recorded_at: now,
            actor: Actor { key: None, org: Handle::from_bytes([7; 16]), role: Role::Cooperative },
            body: body.as_object().unwrap().clone(),
            sealed: [("person".to_owned(), commitment("person", &salt, &person).unwrap())].into(),
            links,
            seen: self.sees.take().or((size > 0).then(|| Seen { root: self.tree.root(size), size })),
        };
        if seq % 4 == 1 {
            self.openings.push(Opening { field: "person".into(), salt, seq, subject, value: person });
        }
        self.append(record);
        seq
    }

    fn append(&mut self, record: Record) {
        let line = record.to_bytes().unwrap();
        let (place, index) = ((record.subject, record.seq), self.tree.size());
        let leaf = Leaf { subject: place.0.handle, seq: place.1, record_hash: record_hash(&line) };
        self.tree.set(index as usize, leaf.hash());
        self.indexes.push(index);
        self.places.insert(place, self.records.len());
        self.ends.insert(record.subject, record.seq + 1);
        self.records.push(record);
        self.lines.push(line);
    }

    pub fn attach(&mut self, extension: &str, bytes: &[u8]) -> Value {
        let sha256 = Digest::from_bytes(Sha256::digest(bytes).into());
        self.attachments.push((format!("attachments/{sha256}.{extension}"), bytes.to_vec()));
        json!({"attachment": {"bytes": bytes.len(), "media_type": "image/jpeg", "sha256": sha256}})
    }

    /// Positions of the records of a history.
    pub fn history(&self, batch: Subject) -> Vec<usize> {
        let mut plan = HistoryPlan::new(batch, self.ends[&batch] - 1);
        let mut found = BTreeSet::new();
        while let Some(range) = plan.next() {
            for seq in range.from_seq..=range.to_seq {
                let place = self.places[&(range.subject, seq)];
                plan.feed(&self.records[place].links);
                found.insert(place);
            }
        }
        found.into_iter().collect()
    }

    /// The same log as a liar would have it: one record says something else, and all that rests on it is hashed anew.
    pub fn rewritten(&self, position: usize) -> Self {
        let mut liar = self.clone();
        let mut hashes: HashMap<Digest, Digest> = HashMap::new();
        for at in position..self.records.len() {
            let record = &mut liar.records[at];
            if at == position {
                record.body.insert("mass_g".into(), json!(999_999));
            }
            record.prev = *hashes.get(&record.prev).unwrap_or(&record.prev);
            for link in &mut record.links {
                link.hash = *hashes.get(&link.hash).unwrap_or(&link.hash);
            }
            let line = record.to_bytes().unwrap();
            let (old, new) = (record_hash(&self.lines[at]), record_hash(&line));
            if old != new {
                let leaf = Leaf { subject: record.subject.handle, seq: record.seq, record_hash: new };
                liar.tree.set(self.indexes[at] as usize, leaf.hash());
                hashes.insert(old, new);
                liar.lines[at] = line;
            }
        }
        liar
    }

    pub fn checkpoint(&self, size: u64) -> Checkpoint {
        Checkpoint { origin: ORIGIN.to_owned(), size, root: self.tree.root(size) }
    }

    /// Signed by the log and by both witnesses.
    pub fn note(&self) -> String {
        cosigned(self.checkpoint(self.tree.size()).sign(&[log_key()]))
    }

    /// Name → bytes of a pack.
    pub fn members(&self, batches: &[Subject], note: &str, tiles: bool) -> Members {
        let mut members = Members::new();
        let mut all = BTreeSet::new();
        let mut heads = Vec::new();
        for batch in batches {
            let history = self.history(*batch);
            let lines = history.iter().flat_map(|at| [&self.lines[*at][..], b"\n"].concat()).collect();
            let last = *history.last().unwrap();
            heads.extend(
                value_to_bytes(&json!({"hash": record_hash(&self.lines[last]), "seq": self.records[last].seq,
                "subject": batch}))
                .unwrap(),
            );
            heads.push(b'\n');
            let several = batches.len() > 1;
            members.insert(
                if several { format!("history/{}.ndjson", batch.handle) } else { "history.ndjson".into() },
                lines,
            );
            all.extend(history);
        }
        if batches.len() > 1 {
            members.insert("heads.ndjson".into(), heads);
        }
        let mut index = String::new();
        for at in &all {
            let Record { subject, seq, .. } = &self.records[*at];
            let _ = writeln!(index, "{{\"index\":{},\"seq\":{seq},\"subject\":\"{subject}\"}}", self.indexes[*at]);
        }
        members.insert("index.ndjson".into(), index.into_bytes());
        let seen: Vec<u64> = all.iter().filter_map(|at| self.records[*at].seen.map(|seen| seen.size)).collect();
        let leaves: Vec<u64> = all.iter().map(|at| self.indexes[*at]).collect();
        members.extend(self.tree.tiles(if tiles { &leaves } else { &[] }, &seen));
        for index in leaves.iter().filter(|_| !tiles) {
            let hashes = inclusion(&self.tree, *index, self.tree.size()).unwrap();
            let proof = OfflineProof { index: *index, hashes, note: Note::parse(note.as_bytes()).unwrap() };
            members.insert(format!("proof/{index}.tlog-proof"), proof.to_string().into_bytes());
        }
        let there = |opening: &&Opening| all.contains(&self.places[&(opening.subject, opening.seq)]);
        let openings = self.openings.iter().filter(there);
        let openings = openings.flat_map(|opening| [opening.to_bytes().unwrap(), b"\n".to_vec()].concat()).collect();
        members.insert("openings.ndjson".into(), openings);
        members.extend(self.attachments.iter().cloned());
        members.insert("checkpoint".into(), note.as_bytes().to_vec());
        members.insert("policy".into(), policy().into_bytes());
        members.insert("README.txt".into(), b"How to verify this pack\n".to_vec());
        members.insert("verify.html".into(), b"<!doctype html>\n".to_vec());
        members
    }
}

pub fn cosigned(mut note: Note) -> String {
    for (number, witness) in witnesses().iter().enumerate() {
        note.signatures.push(witness.cosign(&note.text, 1_795_766_400 + number as u64).unwrap());
    }
    note.to_string()
}

pub fn zipped<'m>(members: impl IntoIterator<Item = (&'m String, &'m Vec<u8>)>) -> Vec<u8> {
    let mut zip = ZipWriter::new(Vec::new());
    for (name, bytes) in members {
        if name.starts_with("tile/") || name.starts_with("attachments/") {
            zip.stored(name, bytes).unwrap();
        } else {
            zip.deflated(name, |out| out.write_all(bytes)).unwrap();
        }
    }
    zip.finish().unwrap()
}

/// A farm among strangers: plots with treatments, harvests, batches that were split from them.
pub fn farm(
    before: usize,
    harvests: usize,
    batches_a_harvest: usize,
    records_a_batch: usize,
    after: usize,
) -> (World, Vec<Subject>) {
    let mut world = World::default();
    world.strangers(before);
    let mut batches = Vec::new();
    for harvest in 0..harvests {
        let plot = subject(SubjectKind::Plot, &harvest.to_string());
        let photo = if harvest == 0 { world.attach("jpg", &[0xff; 900]) } else { json!(null) };
        world.write(plot, "plot.registered", json!({"area_m2": 6670, "name": "东坡", "photo": photo}), &[]);
        let sprayed = (0..3).map(|n| world.write(plot, "treatment.recorded", json!({"dose": format!("0.{n}")}), &[]));
        let sprayed = sprayed.last().unwrap();
        let root = subject(SubjectKind::Batch, &format!("harvest {harvest}"));
        world.write(root, "batch.opened", json!({"mass_g": 1_250_000, "product": "脐橙"}), &[("plot", plot, sprayed)]);
        world.strangers(usize::from(before > 0) * 3);
        let graded =
            world.write(root, "grading.recorded", json!({"grades": [{"grade": "特级", "mass_g": 800_000}]}), &[]);
        for number in 0..batches_a_harvest {
            let batch = subject(SubjectKind::Batch, &format!("batch {harvest} {number}"));
            world.write(batch, "batch.opened", json!({"mass_g": 400_000}), &[("parent", root, graded)]);
            for n in 1..records_a_batch {
                world.write(
                    batch,
                    "packing.recorded",
                    json!({"packs": 20 + n, "text": format!("第 {n} 班 \"A\"\n")}),
                    &[],
                );
            }
            batches.push(batch);
        }
    }
    world.strangers(after);
    (world, batches)
}
