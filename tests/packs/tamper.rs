//! Ten thousand tamperings. Each is something that a verifier has to refuse; what proves nothing (README, policy and page of the
//! pack, a stranger's signature) is left alone.

use std::collections::HashMap;
use std::io::Cursor;
use std::rc::Rc;

use suyuan::app::audit_pack::judge;
use suyuan::domain::record::{Digest, Subject};
use suyuan::log::{Checkpoint, Note, Policy, SigningKey};

use crate::world::{Members, ORIGIN, World, cosigned, farm, log_key, policy, zipped};

const TAMPERINGS: usize = 10_000;

/// Numbers from a seed (SplitMix64).
struct Chosen(u64);

impl Chosen {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, count: usize) -> usize {
        (self.next() % count as u64) as usize
    }

    fn of<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len())]
    }

    fn bytes(&mut self, count: usize) -> Vec<u8> {
        (0..count).map(|_| self.next() as u8).collect()
    }
}

/// A pack that holds, and what liars make of the same story.
struct Case {
    name: &'static str,
    world: World,
    batches: Vec<Subject>,
    tiles: bool,
    members: Members,
    positions: Vec<usize>,
    liars: HashMap<usize, Rc<World>>,
}

impl Case {
    fn new(name: &'static str, (world, batches): (World, Vec<Subject>), tiles: bool) -> Self {
        let members = world.members(&batches, &world.note(), tiles);
        let positions = batches.iter().flat_map(|batch| world.history(*batch)).collect();
        Self { name, world, batches, tiles, members, positions, liars: HashMap::new() }
    }

    /// One of a few: a tree is not copied each time.
    fn liar(&mut self, chosen: &mut Chosen) -> Rc<World> {
        let position = self.positions[chosen.below(self.positions.len().min(8))];
        Rc::clone(self.liars.entry(position).or_insert_with(|| Rc::new(self.world.rewritten(position))))
    }

    fn named(&self, starts: &[&str]) -> Vec<&String> {
        self.members.keys().filter(|name| starts.iter().any(|start| name.starts_with(start))).collect()
    }
}

type Edits = Vec<(String, Option<Vec<u8>>)>;

const PROVEN: &[&str] = &["checkpoint", "history", "heads", "index", "openings", "attachments/", "proof/", "tile/"];

fn flip(bytes: &[u8], chosen: &mut Chosen) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    let at = chosen.below(bytes.len());
    bytes[at] ^= 1 << chosen.below(8);
    bytes
}

fn bit(case: &mut Case, chosen: &mut Chosen) -> (String, Edits) {
    let name = (*chosen.of(&case.named(PROVEN))).clone();
    (format!("a bit of {name}"), vec![(name.clone(), Some(flip(&case.members[&name], chosen)))])
}

fn lines(case: &mut Case, chosen: &mut Chosen) -> (String, Edits) {
    let name = (*chosen.of(&case.named(&["history", "index"]))).clone();
    let bytes = &case.members[&name];
    let mut lines: Vec<&[u8]> = bytes.split_inclusive(|byte| *byte == b'\n').collect();
    let at = chosen.below(lines.len());
    let what = match chosen.below(5) {
        0 if at + 1 < lines.len() => {
            lines.swap(at, at + 1);
            "reordered"
        }
        1 => {
            let to = at + chosen.below(lines.len() - at) + 1;
            lines.insert(to, lines[at]);
            "duplicated"
        }
        2 => {
            let cut = chosen.below(bytes.len());
            return (format!("{name} truncated"), vec![(name, Some(bytes[..cut].to_vec()))]);
        }
        3 => {
            let keep = chosen.below(lines[at].len());
            let (head, tail) = (lines[..at].concat(), lines[at + 1..].concat());
            let shortened = [&head[..], &lines[at][..keep], b"\n", &tail[..]].concat();
            return (format!("a line of {name} truncated"), vec![(name, Some(shortened))]);
        }
        _ => {
            lines.remove(at);
            "dropped"
        }
    };
    (format!("a line of {name} {what}"), vec![(name.clone(), Some(lines.concat()))])
}

fn members(case: &mut Case, chosen: &mut Chosen) -> (String, Edits) {
    match chosen.below(3) {
        0 => {
            let needed = case.named(&["checkpoint", "history", "heads", "index", "proof/", "tile/"]);
            let name = (*chosen.of(&needed)).clone();
            (format!("{name} missing"), vec![(name, None)])
        }
        1 => {
            let strange = [
                "x.txt",
                "history/x.ndjson",
                "proof/01.tlog-proof",
                "tile/0/001.p/256",
                "Checkpoint",
                "../checkpoint",
                "proof/99999.tlog-proof",
                "attachments/",
                "keys/00000000000000000000000000000000.ndjson",
                "attachments/0000000000000000000000000000000000000000000000000000000000000000",
            ];
            let name = (*chosen.of(&strange)).to_owned();
            (format!("{name} too much"), vec![(name, Some(chosen.bytes(20)))])
        }
        _ => {
            let names = case.named(&["proof/", "tile/", "attachments/"]);
            let (a, b) = ((*chosen.of(&names)).clone(), (*chosen.of(&names)).clone());
            (format!("{b} for {a}"), vec![(a, Some(case.members[&b].clone()))])
        }
    }
}

fn proof(case: &mut Case, chosen: &mut Chosen) -> (String, Edits) {
    let names = case.named(&["proof/"]);
    if names.is_empty() {
        return bit(case, chosen);
    }
    let name = (*chosen.of(&names)).clone();
    let text = String::from_utf8(case.members[&name].clone()).unwrap();
    let (head, note) = text.split_once("\n\n").unwrap();
    let mut lines: Vec<String> = head.lines().map(str::to_owned).collect();
    let random = suyuan::log::lines::base64(&chosen.bytes(32));
    match chosen.below(5) {
        0 if lines.len() > 2 => drop(lines.remove(2 + chosen.below(lines.len() - 2))),
        1 => lines.insert(2 + chosen.below(lines.len() - 1), random),
        2 => lines[1] = format!("index {}", 1 + lines[1][6..].parse::<u64>().unwrap()),
        3 => {
            lines.truncate(2);
            lines.extend(vec![random; *chosen.of(&[1, 63, 64, 100])]);
        }
        _ => lines[1] = lines[1].replace("index ", chosen.of::<&str>(&["index 0", "index  ", "index +", "Index "])),
    }
    (format!("lines of {name}"), vec![(name, Some(format!("{}\n\n{note}", lines.join("\n")).into_bytes()))])
}

/// A checkpoint that does not fit the pack, signed as well as a liar can.
fn liars_note(case: &Case, liar: &World, chosen: &mut Chosen) -> (&'static str, String) {
    let (size, last) = (case.world.tree.size(), *case.world.indexes.last().unwrap());
    let signed = |checkpoint: Checkpoint| checkpoint.sign(&[log_key()]);
    match chosen.below(7) {
        0 => ("rolled back", cosigned(signed(case.world.checkpoint(1 + chosen.next() % last)))),
        1 => {
            let key = SigningKey::from_seed(ORIGIN, &[9; 32]).unwrap();
            ("another key", cosigned(liar.checkpoint(size).sign(&[key])))
        }
        2 => ("a view without witnesses", signed(liar.checkpoint(size)).to_string()),
        3 => {
            let good = Note::parse(&case.members["checkpoint"]).unwrap();
            let mut note = signed(liar.checkpoint(size));
            note.signatures.extend(good.signatures.into_iter().skip(1));
            ("witnesses of another view", note.to_string())
        }
        4 => {
            let other = Checkpoint { size: size + 1 + chosen.next() % 5, ..case.world.checkpoint(size) };
            ("another size", cosigned(signed(other)))
        }
        5 => {
            let root = Digest::from_bytes(chosen.bytes(32).try_into().unwrap());
            ("another root", cosigned(signed(Checkpoint { root, ..case.world.checkpoint(size) })))
        }
        _ => {
            let key = SigningKey::from_seed("other.example/log", &[1; 32]).unwrap();
            let other = Checkpoint { origin: "other.example/log".into(), ..case.world.checkpoint(size) };
            ("another log", cosigned(other.sign(&[key])))
        }
    }
}

fn checkpoint(case: &mut Case, chosen: &mut Chosen) -> (String, Edits) {
    let liar = case.liar(chosen);
    let (what, note) = liars_note(case, &liar, chosen);
    let old = String::from_utf8(case.members["checkpoint"].clone()).unwrap();
    let mut edits = vec![("checkpoint".to_owned(), Some(note.clone().into_bytes()))];
    for name in case.named(&["proof/"]) {
        let text = String::from_utf8(case.members[name].clone()).unwrap();
        edits.push((name.clone(), Some(text.replace(&old, &note).into_bytes())));
    }
    (format!("checkpoint: {what}"), edits)
}

/// Records that fit together and say something else: in the true log, or in one of the liar's own.
fn story(case: &mut Case, chosen: &mut Chosen) -> (String, Edits) {
    let liar = case.liar(chosen);
    let all = |members: Members| members.into_iter().map(|(name, bytes)| (name, Some(bytes)));
    if chosen.below(2) == 0 {
        let pack = liar.members(&case.batches, &case.world.note(), case.tiles);
        let records = all(pack).filter(|(name, _)| name.starts_with("history") || name.starts_with("heads"));
        return ("rewritten records in the true log".into(), records.collect());
    }
    let note = liar.checkpoint(liar.tree.size()).sign(&[log_key()]).to_string();
    ("a second view of the log".into(), all(liar.members(&case.batches, &note, case.tiles)).collect())
}

fn other_tree(case: &mut Case, chosen: &mut Chosen) -> (String, Edits) {
    let pack = case.liar(chosen).members(&case.batches, &case.world.note(), case.tiles);
    let changed = |(name, bytes): &(String, Vec<u8>)| {
        (name.starts_with("proof/") || name.starts_with("tile/")) && case.members.get(name) != Some(bytes)
    };
    let pack: Vec<(String, Vec<u8>)> = pack.into_iter().filter(changed).collect();
    let (name, bytes) = chosen.of(&pack).clone();
    (format!("{name} of another tree"), vec![(name, Some(bytes))])
}

/// A pack together with what it proves by itself: an opening of another value, a record that saw another log.
fn opening(case: &mut Case, chosen: &mut Chosen) -> (String, Edits) {
    let text = String::from_utf8(case.members["openings.ndjson"].clone()).unwrap();
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let at = chosen.below(lines.len());
    match chosen.below(4) {
        0 => lines[at] = lines[at].replace("李", "王"),
        1 => lines.push(lines[at].clone()),
        2 => lines[at] = lines[at].replace("\"person\"", "\"buyer\""),
        _ => lines[at] = lines[at].replacen("\"seq\":", "\"seq\":9", 1),
    }
    let text = lines.iter().map(|line| format!("{line}\n")).collect::<String>();
    ("openings".into(), vec![("openings.ndjson".into(), Some(text.into_bytes()))])
}

type Edit = fn(&mut Case, &mut Chosen) -> (String, Edits);
const EDITS: &[Edit] =
    &[bit, bit, bit, lines, lines, lines, members, proof, checkpoint, checkpoint, story, other_tree, opening];

#[test]
fn ten_thousand_tamperings_are_refused_each_with_a_sentence() {
    let believed = Policy::parse(policy().as_bytes()).unwrap();
    let mut cases = [
        Case::new("one batch, proofs", farm(40, 1, 1, 6, 60), false),
        Case::new("three batches, proofs", farm(300, 1, 3, 4, 200), false),
        Case::new("two batches, three levels of tiles", farm(66_000, 2, 1, 5, 600), true),
    ];
    for case in &cases {
        let verdict = judge::verify(Cursor::new(zipped(&case.members)), Some(&believed), None).unwrap();
        assert_eq!(verdict.signers.witnesses.len(), 2, "{}: {verdict}", case.name);
    }
    let mut chosen = Chosen(4);
    let mut refused = 0;
    while refused < TAMPERINGS {
        let case = &mut cases[chosen.below(3)];
        let edit = *chosen.of(EDITS);
        let (what, edits) = edit(case, &mut chosen);
        let mut pack = case.members.clone();
        for (name, bytes) in edits {
            match bytes {
                Some(bytes) => pack.insert(name, bytes),
                None => pack.remove(&name),
            };
        }
        if pack == case.members {
            continue;
        }
        let judged = judge::verify(Cursor::new(zipped(&pack)), Some(&believed), None);
        let sentence = match judged {
            Ok(verdict) => panic!("{}: {what} was accepted: {verdict}", case.name),
            Err(fault) => fault.to_string(),
        };
        assert!(sentence.len() > 20 && sentence.ends_with(['.', '}', ')']), "{what}: {sentence}");
        refused += 1;
    }
}
