//! The way of a scan page: from the records of a batch's history to the bytes that are sent, and from the cache.
//!
//! `history.ndjson` is what `/history` of a demo carton answers: harvest, treatment, sample, report, grading, packing under
//! a licence, certificate, shipment. Run with `cargo bench --bench scan`; the figures are pages a second on one core.

use std::collections::BTreeSet;
use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use suyuan::domain::record::{Handle, Record};
use suyuan::domain::time::Instant;
use suyuan::domain::view::ScanView;
use suyuan::domain::view::build::scan_view;
use suyuan::i18n::Locale;
use suyuan::web::pages::{self, PageContext};
use suyuan::web::pages_cache::{FinishedPage, PageCache};

const HISTORY: &str = include_str!("history.ndjson");
/// Minutes east of UTC.
const CHINA: i32 = 480;

struct Carton {
    history: Vec<Record>,
    batch: Handle,
    now: Instant,
}

impl Carton {
    fn read() -> Self {
        let parse = |line: &str| Record::parse(line.as_bytes()).expect("a record of the profile");
        let history: Vec<Record> = HISTORY.lines().map(parse).collect();
        let last = history.last().expect("records");
        Self { batch: last.subject.handle, now: last.recorded_at.plus_minutes(60), history }
    }

    fn view(&self) -> ScanView {
        scan_view(&self.history, &[], self.batch, self.now, CHINA).expect("a view")
    }
}

fn page(c: &mut Criterion) {
    let carton = Carton::read();
    let context = PageContext::new("https://sy.example", "/01/09520000100018/10/SF26P011116T");
    let view = carton.view();
    let plain = pages::scan(&view, Locale::ZhCn, &context);
    let mut group = c.benchmark_group(format!("page of {} records, {} bytes", carton.history.len(), plain.len()));
    group.throughput(Throughput::Elements(1));
    group.bench_function("parse the records", |b| b.iter(Carton::read));
    group.bench_function("view from records", |b| b.iter(|| carton.view()));
    group.bench_function("page from view", |b| b.iter(|| pages::scan(black_box(&view), Locale::ZhCn, &context)));
    group.bench_function("compress", |b| b.iter(|| FinishedPage::new(200, plain.clone())));
    let cache = PageCache::new();
    let subjects: BTreeSet<Handle> = carton.history.iter().map(|record| record.subject.handle).collect();
    let made = || Ok::<_, std::convert::Infallible>((FinishedPage::new(200, plain.clone()), subjects.clone()));
    cache.get_or_make("key".to_owned(), made).expect("a page");
    group.bench_function("from the cache", |b| b.iter(|| cache.get(black_box("key"))));
    group.finish();
}

criterion_group!(benches, page);
criterion_main!(benches);
