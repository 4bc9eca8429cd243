//! Verifying an audit pack of 100,000 records, as `suyuan verify` does: unzipping, chains, links, heads, index, tiles, what each
//! record saw of the log, openings. One core; records are counted once, although a history repeats what its batches share.
//!
//! `cargo bench --bench pack`; one iteration judges the whole pack.

use std::hint::black_box;
use std::io::Cursor;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use suyuan::app::audit_pack::judge;
use suyuan::log::Policy;

#[path = "../tests/packs/world.rs"]
#[allow(dead_code, clippy::unwrap_used, reason = "the tests use the rest")]
mod world;

/// 1,000 harvests of 4 batches with 24 records each: each record saw another size of the log.
fn verify(c: &mut Criterion) {
    let (world, batches) = world::farm(0, 1_000, 4, 24, 0);
    let members = world.members(&batches, &world.note(), true);
    let pack = world::zipped(&members);
    let policy = Policy::parse(world::policy().as_bytes()).expect("a policy");
    let verdict = judge::verify(Cursor::new(&pack), Some(&policy), None).expect("a pack");
    let lines: usize = batches.iter().map(|batch| world.history(*batch).len()).sum();
    let mean = world.lines.iter().map(Vec::len).sum::<usize>() / world.lines.len();
    let name = format!("{} records of {mean} bytes, {lines} lines, {} bytes zipped", verdict.records, pack.len());
    let mut group = c.benchmark_group("verify a pack");
    group.sample_size(10).throughput(Throughput::Elements(verdict.records as u64));
    group.bench_function(name, |b| b.iter(|| judge::verify(Cursor::new(black_box(&pack)), Some(&policy), None)));
    group.finish();
}

criterion_group!(benches, verify);
criterion_main!(benches);
