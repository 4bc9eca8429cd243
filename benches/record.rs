//! Writing, reading and verifying records, beside general JSON in the same run; and the tree that they grow.
//!
//! The record is a full one of 774 bytes: body, one link, one sealed field, a checkpoint. Run with
//! `cargo bench --bench record`; the figures are records a second on one core.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use serde_json::{Value, json};
use suyuan::domain::chain::{Envelope, verify_ndjson};
use suyuan::domain::merkle::{Edge, Leaf, TreeHead};
use suyuan::domain::record::canonical::value_to_bytes;
use suyuan::domain::record::{Actor, Digest, Handle, Link, Record, Role, Seen, Subject, SubjectKind, record_hash};

fn event() -> Record {
    let handle = |byte| Handle::from_bytes([byte; 16]);
    let body =
        json!({ "crew": "二组", "mass_g": 1_250_000, "moisture": "12.5", "note": "晴，早晨采收", "product": "脐橙" });
    Record {
        subject: Subject::new(SubjectKind::Batch, handle(1)),
        seq: 0,
        prev: Digest::ZERO,
        kind: "batch.opened".to_owned(),
        occurred_at: "2026-11-18T01:20:00.000Z".parse().expect("an instant"),
        recorded_at: "2026-11-18T01:20:01.250Z".parse().expect("an instant"),
        actor: Actor { key: None, org: handle(2), role: Role::Cooperative },
        body: body.as_object().cloned().unwrap_or_default(),
        sealed: [("person".to_owned(), Digest::from_bytes([0xcd; 32]))].into(),
        links: vec![Link {
            hash: Digest::from_bytes([0xab; 32]),
            rel: "plot".to_owned(),
            seq: 3,
            subject: Subject::new(SubjectKind::Plot, handle(3)),
        }],
        seen: Some(Seen { root: Digest::from_bytes([0x5a; 32]), size: 12_345 }),
    }
}

/// A chain of `records` records of the size of [`event`].
fn chain(records: u64) -> Vec<u8> {
    let (mut file, mut record) = (Vec::new(), event());
    for seq in 0..records {
        record.seq = seq;
        let bytes = record.to_bytes().expect("a record of the profile");
        record.prev = record_hash(&bytes);
        file.extend_from_slice(&bytes);
        file.push(b'\n');
    }
    file
}

fn write(c: &mut Criterion) {
    let record = event();
    let bytes = record.to_bytes().expect("a record of the profile");
    let value: Value = serde_json::from_slice(&bytes).expect("JSON");
    let mut group = c.benchmark_group(format!("write {} bytes", bytes.len()));
    group.throughput(Throughput::Elements(1));
    group.bench_function("record", |b| b.iter(|| black_box(&record).to_bytes()));
    group.bench_function("record and hash", |b| {
        b.iter(|| black_box(&record).to_bytes().map(|bytes| record_hash(&bytes)))
    });
    group.bench_function("value", |b| b.iter(|| value_to_bytes(black_box(&value))));
    group.bench_function("serde_json::to_vec", |b| b.iter(|| serde_json::to_vec(black_box(&value))));
    group
        .bench_function("serde_json_canonicalizer", |b| b.iter(|| serde_json_canonicalizer::to_vec(black_box(&value))));
    group.finish();
}

fn read(c: &mut Criterion) {
    let bytes = event().to_bytes().expect("a record of the profile");
    let mut group = c.benchmark_group(format!("read {} bytes", bytes.len()));
    group.throughput(Throughput::Elements(1));
    group.bench_function("record", |b| b.iter(|| Record::parse(black_box(&bytes))));
    group.bench_function("envelope", |b| b.iter(|| Envelope::scan(black_box(&bytes)).map(|envelope| envelope.seq)));
    group.bench_function("serde_json::from_slice", |b| b.iter(|| serde_json::from_slice::<Value>(black_box(&bytes))));
    group.bench_function("hash", |b| b.iter(|| record_hash(black_box(&bytes))));
    group.finish();
}

/// At two sizes: the cost of a record must not grow with the chain.
fn verify(c: &mut Criterion) {
    let mut group = c.benchmark_group("verify a chain");
    for records in [1_000, 100_000] {
        let file = chain(records);
        verify_ndjson(&file, None).expect("a chain");
        group.sample_size(20).throughput(Throughput::Elements(records));
        group.bench_function(format!("{records} records"), |b| b.iter(|| verify_ndjson(black_box(&file), None)));
    }
    group.finish();
}

/// What the writer does for the tree with a group of 64 records: a copy of its right edge grows by them and tells its root.
fn grow(c: &mut Criterion) {
    let leaf = |seq| Leaf { subject: Handle::from_bytes([1; 16]), seq, record_hash: Digest::from_bytes([7; 32]) };
    let mut edge = Edge::default();
    (0..1_000_000).for_each(|seq| edge.push(leaf(seq).hash(), &mut Vec::new()));
    let mut group = c.benchmark_group("the tree of a million records");
    group.throughput(Throughput::Elements(64));
    group.bench_function("grows by 64", |b| {
        b.iter(|| {
            let (mut grown, mut full) = (black_box(&edge).clone(), Vec::new());
            (0..64).for_each(|seq| grown.push(leaf(seq).hash(), &mut full));
            (TreeHead::of(&grown), full)
        });
    });
    group.finish();
}

criterion_group!(benches, write, read, verify, grow);
criterion_main!(benches);
