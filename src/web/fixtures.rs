//! The demo county's lots as views, for tests of the pages; the figures are those of the season 2026.

use crate::domain::view::*;

mod browse;
mod evidence;

pub use browse::{browse, producer_page, product_page};
use evidence::*;

pub fn red_flag() -> Bilingual {
    Bilingual::new("示范红旗脐橙合作社", "Shifan Hongqi Navel Orange Cooperative")
}

pub fn laboratory() -> Bilingual {
    Bilingual::new("示范县农产品快检中心", "Shifan County Produce Test Centre")
}

fn county() -> Bilingual {
    Bilingual::new("示范县", "Shifan County")
}

/// A carton of the good batch, first look-up.
pub fn good() -> ScanView {
    ScanView {
        lot: Some("SF26P011116T".into()),
        serial: Some("7QK2M9XD4TPB8R3C".into()),
        look_up: Some(LookUpCount { nth: 1, first_at: "2026-11-22T02:21:00Z".into(), first_place: None }),
        batch: Some(batch("SF26P011116T", "shipped")),
        product: Some(carton()),
        brand: Some(brand("LIC-SF-2026-001", true, true)),
        timeline: story(),
        tests: vec![quantitative(), screening()],
        certificate: Some(certificate()),
        treatments: treatments(),
        origins: vec![origin()],
        checks: Some(checks()),
        contact: Some(contact()),
        ..ScanView::bare(Verdict::Issued, "09520000100018", "2026-11-22T02:21:00Z")
    }
}

/// The same carton, looked up again elsewhere.
pub fn good_again() -> ScanView {
    let first_place = Some(Bilingual::new("广东深圳", "Shenzhen, Guangdong"));
    let look_up = Some(LookUpCount { nth: 3, first_at: "2026-11-21T09:00:00Z".into(), first_place });
    ScanView { look_up, ..good() }
}

/// The good batch by its lot address.
pub fn good_lot() -> ScanView {
    ScanView { serial: None, look_up: None, ..good() }
}

/// Bifenthrin over its limit: on hold, as is all that was made from it.
pub fn held() -> ScanView {
    let mut report = quantitative();
    report.report_no = "SFJC-2026-0231".into();
    report.verdict = ReportVerdict::Fail;
    report.rows = vec![
        row("联苯菊酯", "Bifenthrin", "0.083", Some("0.05"), Some(1660)),
        row_open("噻虫胺", "Clothianidin", "0.012"),
    ];
    report.rows[0].verdict = RowVerdict::Fail;
    let mut hold = step(StepKind::Held, "2026-11-20", laboratory());
    hold.note = Some(Bilingual::new(
        "检测未通过，本批次及其制成的产品暂停销售。",
        "A test failed; this batch and all made from it are on hold.",
    ));
    let mut harvest = step(StepKind::Harvested, "2026-11-17", red_flag());
    harvest.figures = vec![Figure::Weight { g: 6_400_000 }];
    let mut product = carton();
    (product.grade, product.net_content_g, product.packed_on) = (None, None, None);
    product.harvested_on = Some("2026-11-17".into());
    ScanView {
        lot: Some("SF26P031117".into()),
        hold_reason: Some(HoldReason::TestFailed),
        batch: Some(batch("SF26P031117", "open")),
        product: Some(product),
        timeline: vec![harvest, hold],
        tests: vec![report],
        origins: vec![OriginView { site_code: "SF-P03".into(), altitude_m: Some(215), ..origin() }],
        checks: Some(checks()),
        contact: Some(contact()),
        ..ScanView::bare(Verdict::Held, "09520000100049", "2026-11-22T02:21:00Z")
    }
}

/// White tea below its net content.
pub fn recalled() -> ScanView {
    let mut recall = step(StepKind::Recalled, "2026-08-12", tea_cooperative());
    recall.note = Some(Bilingual::new("净含量低于允差", "Net content below tolerance"));
    let mut leaf = step(StepKind::Harvested, "2026-04-02", tea_cooperative());
    leaf.figures = vec![Figure::Weight { g: 210_000 }];
    let mut dried = step(StepKind::Dried, "2026-04-05", tea_cooperative());
    dried.figures = vec![Figure::Input { g: 210_000 }, Figure::Output { g: 46_000 }];
    ScanView {
        lot: Some("SF26T010402A".into()),
        recall: Some(RecallView {
            reason: Bilingual::new("净含量低于允差", "Net content below tolerance"),
            class: Some(3),
            since: "2026-08-12".into(),
            contact: Bilingual::new("示范云岭茶叶合作社 000-0000", "Yunling Tea Cooperative 000-0000"),
        }),
        batch: Some(BatchView { recalled: true, ..batch("SF26T010402A", "shipped") }),
        product: Some(tea()),
        timeline: vec![leaf, dried, recall],
        checks: Some(checks()),
        contact: Some(ContactView { name: tea_cooperative(), buy_url: None, ..contact() }),
        ..ScanView::bare(Verdict::Recalled, "09520000100063", "2026-11-22T02:21:00Z")
    }
}

/// Tea that wears the mark of a licence revoked for cause.
pub fn licence_ended() -> ScanView {
    ScanView {
        verdict: Verdict::LicenceEnded,
        recall: None,
        lot: Some("SF26T010405B".into()),
        batch: Some(batch("SF26T010405B", "packed")),
        brand: Some(BrandView { until: Some("2026-09-15".into()), ..brand("LIC-SF-2026-003", false, false) }),
        timeline: Vec::new(),
        ..recalled()
    }
}

/// Lychee past its seven days.
pub fn expired() -> ScanView {
    ScanView {
        verdict: Verdict::Expired,
        gtin: "09520000100056".into(),
        lot: Some("SF26L010620B".into()),
        product: Some(ProductView {
            name: Bilingual::new("荔枝", "Lychee"),
            variety: None,
            grade: None,
            kind: ProductKind::Lychee,
            net_content_g: Some(1_000),
            packed_on: Some("2026-06-21".into()),
            best_before: Some("2026-06-28".into()),
            storage: Some(Bilingual::new("3–5 °C 冷藏，湿度 90–95%", "Keep at 3–5 °C, humidity 90–95%")),
            ..carton()
        }),
        brand: Some(BrandView { until: Some("2026-10-31".into()), ..brand("LIC-SF-2026-002", true, false) }),
        timeline: Vec::new(),
        ..good_lot()
    }
}

pub fn not_activated() -> ScanView {
    let product = ProductView { packed_on: None, ..carton() };
    ScanView {
        serial: Some("3HN8W5QT7KD2M6XV".into()),
        product: Some(product),
        contact: Some(contact()),
        ..ScanView::bare(Verdict::NotActivated, "09520000100018", "2026-11-22T02:21:00Z")
    }
}

pub fn voided() -> ScanView {
    ScanView { verdict: Verdict::Voided, ..not_activated() }
}

pub fn unknown() -> ScanView {
    let serial = Some("AAAABBBBCCCCDDDD".into());
    ScanView { serial, ..ScanView::bare(Verdict::Unknown, "09520000100018", "2026-11-22T02:21:00Z") }
}

pub fn batch(lot: &str, state: &str) -> BatchView {
    let (lot_code, state) = (lot.into(), state.into());
    BatchView { id: "b7m2k9q4".into(), lot_code, state, held: false, recalled: false, discrepancy: 0 }
}

fn carton() -> ProductView {
    ProductView {
        name: Bilingual::new("脐橙", "Navel orange"),
        variety: Some(Bilingual::new("凤早型", "Fengzao")),
        grade: Some(Bilingual::new("特级", "Extra")),
        net_content_g: Some(5_000),
        pieces: None,
        kind: ProductKind::Orange,
        photo: None,
        harvested_on: Some("2026-11-16".into()),
        packed_on: Some("2026-11-19".into()),
        best_before: None,
        producer: red_flag(),
        producer_url: Some("/producers/hongqi".into()),
        place: Some(county()),
        standard: Some(Bilingual::new("示范县脐橙分级 SF-2026", "Shifan navel orange grades SF-2026")),
        licence_sc: None,
        storage: Some(Bilingual::new("3–8 °C，湿度 85–95%，不与热源同放", "3–8 °C, humidity 85–95%, away from heat")),
    }
}

fn tea_cooperative() -> Bilingual {
    Bilingual::new("示范云岭茶叶合作社", "Shifan Yunling Tea Cooperative")
}

fn tea() -> ProductView {
    ProductView {
        name: Bilingual::new("白茶", "White tea"),
        variety: None,
        grade: None,
        net_content_g: Some(50),
        kind: ProductKind::Tea,
        packed_on: Some("2026-04-10".into()),
        best_before: Some("2029-04-10".into()),
        producer: tea_cooperative(),
        producer_url: None,
        storage: Some(Bilingual::new("密封、避光、干燥处存放", "Keep sealed, dark and dry")),
        licence_sc: Some("SC11499900100001".into()),
        standard: Some(Bilingual::same("GB/T 22291-2017")),
        ..carton()
    }
}

fn brand(licence_no: &str, at_packing: bool, today: bool) -> BrandView {
    BrandView {
        mark: Bilingual::new("示范之巅", "Shifan Peak"),
        sub_brand: Some(Bilingual::new("示范·橙一", "Shifan Orange One")),
        owner: Some(Bilingual::new("示范县脐橙协会", "Shifan Navel Orange Association")),
        licence_no: licence_no.into(),
        in_force_at_packing: at_packing,
        in_force_today: today,
        until: Some("2027-11-22".into()),
    }
}

fn step(kind: StepKind, date: &str, who: Bilingual) -> StepView {
    StepView::new(kind, date, who)
}

fn figures(kind: StepKind, date: &str, who: Bilingual, figures: Vec<Figure>) -> StepView {
    StepView { figures, ..step(kind, date, who) }
}

fn story() -> Vec<StepView> {
    let plot = Some(Bilingual::new("示范县 · SF-P01 果园（海拔 260 m）", "Shifan County · orchard SF-P01 (260 m)"));
    let packhouse = Some(Bilingual::new("红旗包装厂", "Hongqi packhouse"));
    let parent = Some("SF26P011116".to_owned());
    let mut harvest = figures(
        StepKind::Harvested,
        "2026-11-16",
        red_flag(),
        vec![
            Figure::Weight { g: 9_600_000 },
            Figure::Crates { count: 480, net_g: Some(20_000) },
            Figure::IntervalsKept { last_days: Some(47) },
        ],
    );
    (harvest.until, harvest.where_, harvest.lot) = (Some("2026-11-17".into()), plot, parent.clone());
    let mut fixed = step(StepKind::Corrected, "2026-11-16", red_flag());
    fixed.correction = Some(CorrectionView {
        what: Bilingual::new("采收重量", "Harvest weight"),
        old: "96,000 kg".into(),
        new: "9,600 kg".into(),
        reason: "录入多一个零".into(),
    });
    let agent = Figure::Agent {
        product: Bilingual::new("咪鲜胺 45% EW", "Prochloraz 45% EW"),
        active: None,
        dose: "1000×".into(),
    };
    let mut dip = figures(StepKind::Preserved, "2026-11-17", red_flag(), vec![agent, Figure::Minutes { minutes: 1 }]);
    dip.where_ = packhouse.clone();
    let cool = vec![Figure::Temperature { low_tenths: 80, high_tenths: 80 }, Figure::Minutes { minutes: 360 }];
    let mut graded = figures(StepKind::Graded, "2026-11-18", red_flag(), grading());
    (graded.where_, graded.lot) = (packhouse.clone(), parent);
    let mut packed = figures(
        StepKind::Packed,
        "2026-11-19",
        red_flag(),
        vec![
            Figure::Packs { count: 537, net_g: Some(5_000) },
            Figure::Weight { g: 2_685_000 },
            Figure::Rest { g: 3_000 },
        ],
    );
    packed.where_ = packhouse;
    let cold = vec![
        Figure::Packs { count: 537, net_g: None },
        Figure::Temperature { low_tenths: 50, high_tenths: 80 },
        Figure::Excursion { tenths: 118, minutes: 40 },
    ];
    vec![
        harvest,
        fixed,
        dip,
        figures(StepKind::Cooled, "2026-11-17", red_flag(), cool),
        figures(
            StepKind::Sampled,
            "2026-11-18",
            red_flag(),
            vec![Figure::Weight { g: 7_200 }, Figure::Pieces { count: 32 }],
        ),
        figures(
            StepKind::Screened,
            "2026-11-18",
            laboratory(),
            vec![Figure::Inhibition { percent: "12.6".into(), positive: Some(false) }],
        ),
        graded,
        figures(StepKind::Tested, "2026-11-19", laboratory(), vec![Figure::Analytes { count: 12, failed: 0 }]),
        packed,
        figures(StepKind::Shipped, "2026-11-20", red_flag(), cold),
    ]
}

fn grading() -> Vec<Figure> {
    let share = |zh: &str, en: &str, kg: i64, permille| Figure::GradeShare {
        grade: Bilingual::new(zh, en),
        g: kg * 1_000,
        permille: Some(permille),
    };
    vec![
        share("特级", "Extra", 2_688, 280),
        share("一级", "Class I", 4_416, 460),
        share("二级", "Class II", 1_728, 180),
        share("等外", "Out of grade", 672, 70),
        Figure::Loss { g: 88_800 },
        Figure::Brix { mean: "12.4".into(), low: Some("11.2".into()), high: Some("13.6".into()), n: Some(20) },
        Figure::SugarAcidRatio { value: "17.2".into() },
        Figure::FruitSize { low_mm: 75, high_mm: 85 },
    ]
}

pub fn origin() -> OriginView {
    OriginView {
        place: county(),
        variety: Some(Bilingual::new("凤早型", "Fengzao")),
        altitude_m: Some(260),
        area_m2: Some(12_000),
        lat_centidegrees: Some(3102),
        lon_centidegrees: Some(10946),
        site_code: "SF-P01".into(),
        plot: "e3b0c44298fc1c149afbf4c8996fb924".into(),
        grower: Some("示范·王某".into()),
        share_permille: None,
    }
}

fn checks() -> ChecksView {
    ChecksView {
        batch: "b7m2k9q4".into(),
        records: 41,
        subjects: 9,
        chain_ok: true,
        history_ok: true,
        head: "8f2c41d09ab7e6350c1d72f4be98a6537de01f4c62b8395ad47e80c91f36b25a".into(),
        chain_url: "/api/v1/batches/b7m2k9q4/chain".into(),
        history_url: "/api/v1/batches/b7m2k9q4/history".into(),
        witnessed: Some(WitnessedView {
            records: 4_210,
            at: "2026-11-22T02:00:00.000Z".into(),
            by: vec!["association".into(), "university".into()],
            covers_all: true,
        }),
        awaits_witnesses: false,
    }
}

pub fn contact() -> ContactView {
    ContactView {
        name: red_flag(),
        phone: Some("000-0000".into()),
        place: Some(county()),
        buy_url: Some("https://shop.example/navel".into()),
    }
}
