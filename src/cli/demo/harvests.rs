//! The county's fruit: lychees in June, navel oranges in November, with what goes wrong on the way.

use super::county::{
    BUYER_A, BUYER_B, CARTON_FIRST, CARTON_SPECIAL, LOOSE_LYCHEES, LOOSE_ORANGES, LYCHEE_BOX, Licences, People, Plots,
};
use super::files;
use super::registers::{amount, lit};
use super::teller::{Teller, opened};
use crate::app::Caller;
use crate::domain::acts::batches::{OpenBatch, OriginBasis, PickedPlot};
use crate::domain::acts::correct::CorrectRecord;
use crate::domain::acts::handing_over::{ReceiveShipment, ShipBatch};
use crate::domain::acts::keeping::CloseBatch;
use crate::domain::acts::laboratory::{DrawSample, ReceiveSample, ReportTest, UploadedResult};
use crate::domain::acts::making::{Grade, GradeBatch, ProcessBatch};
use crate::domain::acts::packing::{IssueCertificate, PackBatch, Packs};
use crate::domain::kinds::batches::{
    Agent, CertificateBasis, Excursion, Measure, Process, StandardRef, TemperatureSummary, Window,
};
use crate::domain::kinds::samples::{LimitRule, Qualifier, Tier};
use crate::domain::quantity::Amount;
use crate::domain::record::{Handle, Subject, SubjectKind};

/// A harvest of one plot.
pub fn harvest(
    teller: &Teller<'_>,
    plot: Handle,
    gtin: &str,
    lot: &str,
    quantity_g: u64,
    (from, to): (&str, &str),
) -> OpenBatch {
    OpenBatch {
        basis: OriginBasis::Harvested,
        gtin: lit(gtin),
        lot: lit(lot),
        quantity: amount(quantity_g),
        plots: vec![PickedPlot { plot, quantity: None }],
        picked: Some(Window { from: teller.season.day(from), to: teller.season.day(to) }),
        site: None,
        origin: None,
        seller: None,
        confirm_yield: false,
        told: Default::default(),
    }
}

pub fn packs(gtin: &str, lot: &str, count: u64, licence: Option<Handle>) -> Packs {
    Packs { gtin: lit(gtin), lot: lit(lot), packs: amount(count), licence }
}

fn sample(batch: Handle, laboratory: Caller, code: &str, quantity_g: u64, portions: &str) -> DrawSample {
    DrawSample {
        batch,
        laboratory: laboratory.organisation,
        code: lit(code),
        quantity: amount(quantity_g),
        portions: Some(lit(portions)),
        method: Some(lit("GB/T 8855-2008")),
        sampler: None,
        told: Default::default(),
    }
}

fn report(sample: Handle, number: &str, tier: Tier, results: Vec<UploadedResult>) -> ReportTest {
    ReportTest {
        sample,
        report_no: lit(number),
        tier,
        results,
        retests: None,
        retests_laboratory: None,
        signer: None,
        signer_salt: None,
        statement: None,
        told: Default::default(),
    }
}

/// The source of the demo's limits.
const LIMITS: &str = "GB 2763-2026";

/// A residue: `<0.01` is below the limit of quantification.
fn residue(analyte: &str, value: &str, limit: Option<&str>) -> UploadedResult {
    let (qualifier, value) = match value.strip_prefix('<') {
        Some(loq) => (Qualifier::BelowLoq, loq),
        None => (Qualifier::Equals, value),
    };
    UploadedResult {
        analyte: lit(analyte),
        value: lit(value),
        qualifier,
        unit: lit("mg/kg"),
        limit: limit.map(lit),
        rule: LimitRule::AtMost,
        limit_source: limit.map(|_| lit(LIMITS)),
        method: None,
        verdict: None,
    }
}

fn inhibition(percent: &str) -> UploadedResult {
    UploadedResult {
        analyte: lit("胆碱酯酶抑制率"),
        value: lit(percent),
        qualifier: Qualifier::Equals,
        unit: lit("%"),
        limit: Some(lit("50")),
        rule: LimitRule::Below,
        limit_source: Some(lit("GB/T 5009.199-2003")),
        method: Some(lit("GB/T 5009.199-2003")),
        verdict: None,
    }
}

fn certificate(batch: Handle, basis: CertificateBasis, reports: &[&str]) -> IssueCertificate {
    let reports = reports.iter().map(|number| lit(number)).collect();
    IssueCertificate { batch, basis, reports, told: Default::default() }
}

/// A screening that was positive and an instrument that cleared it; a certificate that lacked the sprayed active.
pub fn lychees(teller: &mut Teller<'_>, people: &People, plots: &Plots, licences: &Licences) -> anyhow::Result<()> {
    teller.at("06-20", "11:00");
    let typed = harvest(teller, plots.lychee, LOOSE_LYCHEES, "SF26L010620", 18_500_000, ("06-20", "06-20"));
    let batch = teller.tell(people.jiangan, typed)?.id;
    teller.at("06-20", "11:20");
    let put_right = CorrectRecord {
        subject: Some(Subject::new(SubjectKind::Batch, batch)),
        seq: 0,
        path: lit("/body/quantity"),
        new: 1_850_000.into(),
        reason: lit("录入时多打了一个零，按过磅单更正"),
        discrepancy_g: None,
        also: Vec::new(),
    };
    teller.tell(people.jiangan, put_right)?;
    teller.at("06-20", "12:00");
    let drawn = sample(batch, people.laboratory, "SF-S-0131", 3_000, "2 kg + 1 kg 备份");
    let drawn = teller.tell(people.jiangan, drawn)?.id;
    teller.at("06-20", "13:10");
    teller.tell(people.laboratory, ReceiveSample { sample: drawn, ..ReceiveSample::default() })?;
    teller.at("06-20", "14:30");
    let repeated = vec![inhibition("56.3"), inhibition("52.1"), inhibition("51.0")];
    teller.tell(people.laboratory, report(drawn, "SFJC-K-2026-0131", Tier::Screening, repeated))?;
    teller.at("06-20", "15:00");
    let early = PackBatch {
        batch,
        packed_on: teller.season.day("06-20"),
        site: None,
        outputs: vec![packs(LYCHEE_BOX, "SF26L010620X", 100, None)],
        loss: None,
        told: Default::default(),
    };
    teller.tell_refused(people.jiangan, "快检阳性的荔枝要包装", "batch-held", early)?;
    teller.at("06-21", "08:00");
    let found = vec![
        residue("毒死蜱", "<0.01", Some("1")),
        residue("三唑磷", "<0.01", Some("0.2")),
        residue("氯氰菊酯", "<0.01", Some("0.5")),
        residue("克百威", "<0.005", Some("0.02")),
        residue("水胺硫磷", "<0.01", Some("0.02")),
    ];
    let mut confirmed = report(drawn, "SFJC-2026-0131", Tier::ThirdParty, found);
    confirmed.retests = Some(lit("SFJC-K-2026-0131"));
    teller.tell_signed(people.laboratory, confirmed)?;
    teller.at("06-21", "09:00");
    let too_soon = certificate(batch, CertificateBasis::CommissionedTest, &["SFJC-2026-0131"]);
    teller.tell_refused(people.jiangan, "荔枝按委托检测开合格证", "panel-incomplete", too_soon)?;
    teller.at("06-21", "13:00");
    let second = vec![residue("嘧菌酯", "<0.01", Some("0.5"))];
    teller.tell_signed(people.laboratory, report(drawn, "SFJC-2026-0133", Tier::ThirdParty, second))?;
    teller.at("06-21", "14:00");
    let reports = ["SFJC-2026-0131", "SFJC-2026-0133"];
    teller.tell(people.jiangan, certificate(batch, CertificateBasis::CommissionedTest, &reports))?;
    teller.at("06-21", "16:00");
    let boxes = PackBatch {
        batch,
        packed_on: teller.season.day("06-21"),
        site: None,
        outputs: vec![packs(LYCHEE_BOX, "SF26L010621", 1_640, Some(licences.jiangan))],
        loss: None,
        told: Default::default(),
    };
    teller.tell(people.jiangan, boxes)?;
    teller.at("11-05", "09:00");
    let late = PackBatch {
        batch,
        packed_on: teller.season.day("11-05"),
        site: None,
        outputs: vec![packs(LYCHEE_BOX, "SF26L011105", 10, Some(licences.jiangan))],
        loss: None,
        told: Default::default(),
    };
    teller.tell_refused(people.jiangan, "江岸合作社授权到期后贴标", "licence-not-in-force", late)
}

/// The good batch, the failed one and the blocked one.
pub fn oranges(teller: &mut Teller<'_>, people: &People, plots: &Plots, licences: &Licences) -> anyhow::Result<()> {
    teller.at("11-16", "08:00");
    let blocked = harvest(teller, plots.p04, LOOSE_ORANGES, "SF26P041116", 3_000_000, ("11-16", "11-16"));
    teller.tell_refused(people.hongqi, "SF-P04 采收", "pre-harvest-interval", blocked)?;
    let good = good_harvest(teller, people, plots)?;
    failed_batch(teller, people, plots)?;
    let graded = grade(teller, people, good)?;
    pack_and_ship(teller, people, licences, &graded)
}

fn good_harvest(teller: &Teller<'_>, people: &People, plots: &Plots) -> anyhow::Result<Handle> {
    teller.at("11-17", "17:00");
    let mut picked = harvest(teller, plots.p01, LOOSE_ORANGES, "SF26P011116", 9_600_000, ("11-16", "11-17"));
    picked.told = files::HARVEST.told(teller, people.hongqi)?;
    let batch = teller.tell(people.hongqi, picked)?.id;
    teller.at("11-17", "18:00");
    let step = |process, agent, celsius: Option<&str>, minutes| ProcessBatch {
        batch,
        process,
        agent,
        celsius: celsius.map(lit),
        minutes: Some(minutes),
        input: amount(9_600_000),
        output: amount(9_600_000),
        into: None,
        told: Default::default(),
    };
    let prochloraz = Agent { product: lit("咪鲜胺 45% EW"), active: lit("咪鲜胺"), dose: lit("1000×") };
    teller.tell(people.hongqi, step(Process::Dipped, Some(prochloraz), None, 1))?;
    teller.at("11-18", "00:30");
    teller.tell(people.hongqi, step(Process::PreCooled, None, Some("8"), 360))?;
    teller.at("11-18", "07:40");
    let portions = "检测 12 枚 2.7 kg（A + B），糖度 20 枚 4.5 kg";
    let drawn = teller.tell(people.hongqi, sample(batch, people.laboratory, "SF-S-0217", 7_200, portions))?.id;
    teller.at("11-18", "09:20");
    teller.tell(people.laboratory, ReceiveSample { sample: drawn, ..ReceiveSample::default() })?;
    teller.at("11-18", "10:05");
    let screened = report(drawn, "SFJC-K-2026-0217", Tier::Screening, vec![inhibition("12.6")]);
    teller.tell(people.laboratory, screened)?;
    Ok(batch)
}

fn failed_batch(teller: &mut Teller<'_>, people: &People, plots: &Plots) -> anyhow::Result<()> {
    teller.at("11-17", "17:30");
    let lot = "SF26P031117";
    let slipped = harvest(teller, plots.p03, LOOSE_ORANGES, lot, 64_000_000, ("11-17", "11-17"));
    teller.tell_refused(people.hongqi, "6,400 kg 录成 64,000 kg", "implausible-yield", slipped)?;
    let picked = harvest(teller, plots.p03, LOOSE_ORANGES, lot, 6_400_000, ("11-17", "11-17"));
    let batch = teller.tell(people.hongqi, picked)?.id;
    teller.at("11-18", "08:10");
    let drawn = sample(batch, people.laboratory, "SF-S-0218", 2_700, "12 枚 2.7 kg（A + B）");
    let drawn = teller.tell(people.hongqi, drawn)?.id;
    teller.at("11-18", "09:25");
    teller.tell(people.laboratory, ReceiveSample { sample: drawn, ..ReceiveSample::default() })?;
    teller.at("11-19", "08:50");
    let found = vec![residue("联苯菊酯", "0.083", Some("0.05")), residue("苯醚甲环唑", "<0.01", Some("0.2"))];
    teller.tell_signed(people.laboratory, report(drawn, "SFJC-2026-0218", Tier::ThirdParty, found))?;
    teller.at("11-19", "09:30");
    let pack = PackBatch {
        batch,
        packed_on: teller.season.day("11-19"),
        site: None,
        outputs: vec![packs(super::county::GIFT_BOX, "SF26P031117G", 10, None)],
        loss: None,
        told: Default::default(),
    };
    teller.tell_refused(people.hongqi, "检测未通过的批次要包装", "batch-held", pack)
}

/// The three grades of the good batch.
struct Graded {
    special: Handle,
    first: Handle,
    second: Handle,
}

fn grade(teller: &Teller<'_>, people: &People, batch: Handle) -> anyhow::Result<Graded> {
    teller.at("11-18", "14:00");
    let output = |lot: &str, grade: &str, quantity_g| Grade {
        gtin: None,
        lot: lit(lot),
        grade: lit(grade),
        size: Some(lit("75–85 mm")),
        quantity: amount(quantity_g),
    };
    let measure = |what: &str, unit: &str, mean: &str, range: Option<(&str, &str)>| Measure {
        name: lit(what),
        unit: lit(unit),
        mean: lit(mean),
        min: range.map(|(low, _)| lit(low)),
        max: range.map(|(_, high)| lit(high)),
        n: Some(20),
    };
    let run = GradeBatch {
        batch,
        standard: Some(StandardRef { name: lit("DB999001/T 6"), edition: lit("2026") }),
        input: amount(9_592_800),
        outputs: vec![
            output("SF26P011116-T", "特级", 2_688_000),
            output("SF26P011116-Y", "一级", 4_416_000),
            output("SF26P011116-E", "二级", 1_728_000),
        ],
        cull: Amount::new(672_000).ok(),
        loss: Amount::new(88_800).ok(),
        measures: vec![
            measure("brix", "°Brix", "12.4", Some(("11.2", "13.6"))),
            measure("acid", "g/100 mL", "0.72", None),
            measure("ratio", "1", "17.2", None),
            measure("edible", "%", "73", None),
        ],
        line: Some(lit("L1")),
        told: Default::default(),
    };
    let receipt = teller.tell(people.hongqi, run)?;
    teller.at("11-19", "08:40");
    let sample = sample_of(teller, batch)?;
    let found = vec![
        residue("代森锰锌", "<0.05", Some("3")),
        residue("噻嗪酮", "0.041", Some("0.5")),
        residue("啶虫脒", "0.058", Some("0.5")),
        residue("乙螨唑", "0.018", Some("0.5")),
        residue("阿维菌素", "<0.005", Some("0.02")),
        residue("咪鲜胺", "0.31", Some("5")),
        residue("联苯菊酯", "<0.01", Some("0.05")),
        residue("苯醚甲环唑", "<0.01", Some("0.2")),
        residue("毒死蜱", "<0.01", Some("2")),
        residue("丙溴磷", "<0.01", Some("0.2")),
        residue("三唑磷", "<0.01", Some("0.2")),
        residue("克百威", "<0.005", Some("0.02")),
    ];
    let told = files::REPORT.told(teller, people.laboratory)?;
    let tested = ReportTest { told, ..report(sample, "SFJC-2026-0217", Tier::ThirdParty, found) };
    teller.tell_signed(people.laboratory, tested)?;
    Ok(Graded { special: opened(&receipt, 0)?, first: opened(&receipt, 1)?, second: opened(&receipt, 2)? })
}

/// The sample that was drawn of a batch.
fn sample_of(teller: &Teller<'_>, batch: Handle) -> anyhow::Result<Handle> {
    use crate::domain::entities::Entity;
    let samples = teller.app.store.of_kind(SubjectKind::Sample, None, 100)?.items;
    samples
        .iter()
        .find(|known| matches!(&known.entity, Entity::Sample(sample) if sample.batch == batch))
        .map(|known| known.subject.handle)
        .ok_or_else(|| anyhow::anyhow!("the demo drew no sample of {batch}"))
}

fn pack_and_ship(teller: &Teller<'_>, people: &People, licences: &Licences, graded: &Graded) -> anyhow::Result<()> {
    teller.at("11-19", "14:00");
    let pack = |batch, gtin, lot, count| PackBatch {
        batch,
        packed_on: teller.season.day("11-19"),
        site: None,
        outputs: vec![packs(gtin, lot, count, Some(licences.hongqi))],
        loss: None,
        told: Default::default(),
    };
    let special = teller.tell(people.hongqi, pack(graded.special, CARTON_SPECIAL, "SF26P011116T", 537))?;
    let special = opened(&special, 0)?;
    let first = teller.tell(people.hongqi, pack(graded.first, CARTON_FIRST, "SF26P011116Y", 883))?;
    let first = opened(&first, 0)?;
    teller.at("11-19", "17:00");
    for batch in [special, first, graded.second] {
        teller.tell(people.hongqi, certificate(batch, CertificateBasis::CommissionedTest, &["SFJC-2026-0217"]))?;
    }
    teller.at("11-20", "08:00");
    let reefer = TemperatureSummary {
        min_celsius: lit("5.0"),
        max_celsius: lit("11.8"),
        every_minutes: Some(10),
        excursions: vec![Excursion { peak_celsius: lit("11.8"), minutes: 40 }],
    };
    let ship = |batch, code: &str, quantity, order: &str| ShipBatch {
        batch,
        to: None,
        to_uscc: Some(lit(code)),
        quantity: amount(quantity),
        order: Some(lit(order)),
        temperature: Some(reefer.clone()),
        told: Default::default(),
    };
    let to_a = teller.tell(people.hongqi, ship(special, BUYER_A, 300, "DD-2026-1120-A"))?;
    teller.tell(people.hongqi, ship(special, BUYER_B, 237, "DD-2026-1120-B"))?;
    let loose = ShipBatch { temperature: None, ..ship(graded.second, BUYER_B, 1_728_000, "DD-2026-1120-C") };
    teller.tell(people.hongqi, loose)?;
    teller.tell(people.hongqi, CloseBatch { batch: graded.second, told: Default::default() })?;
    teller.at("11-21", "09:30");
    let received = ReceiveShipment {
        shipment: to_a.id,
        gtin: None,
        lot: lit("SFJ261121"),
        quantity: amount(300),
        told: Default::default(),
    };
    teller.tell(people.buyer_a, received)?;
    Ok(())
}
