//! What no sequence of acts may ever do: make goods out of nothing, leave a trace of a refused act, or write records that
//! do not come to the same state or do not verify.

mod given;

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::Refusal;
use crate::domain::acts::{Known, UniqueName};
use crate::domain::entities::{Batch, Entity};
use crate::domain::kinds::batches::{Basis, HoldReason};
use crate::domain::quantity::Unit;
use crate::domain::record::Handle;
use crate::domain::record::correction::corrected;
use crate::domain::testing::{BUYER_CODE, CARTON_FIRST, CARTON_SPECIAL, County, LOOSE, LYCHEE};
use crate::domain::view::build::flow;
use given::given_to;

const CASE: &str = "19520000100015";

/// Something that somebody tries. `batch` picks one of the batches; `part` is in thousandths of what is left, and above
/// 1000 it is more than there is.
#[derive(Debug, Clone)]
enum Deed {
    Open { plots: u8, kg: u16 },
    Wash { batch: u16, part: u16, left: u16 },
    Make { batch: u16, part: u16, left: u16 },
    Grade { batch: u16, part: u16, shares: [u16; 3] },
    Split { batch: u16, parts: Vec<u16> },
    Merge { batches: Vec<u16>, part: u16 },
    Sample { batch: u16, part: u16, inhibition: u8 },
    Pack { batch: u16, part: u16, cases: bool },
    Ship { batch: u16, part: u16 },
    Receive { shipment: u16, part: u16 },
    Return { shipment: u16, part: u16 },
    Lose { batch: u16, part: u16, from_returned: bool },
    Correct { batch: u16, place: u16, part: u16, declare: bool },
    Close { batch: u16 },
}

fn deeds() -> impl Strategy<Value = Vec<Deed>> {
    use Deed::*;
    let batch = || any::<u16>();
    let part = || prop_oneof![9 => 1..=1000_u16, 1 => 1001..=1500_u16];
    let deed = prop_oneof![
        2 => (1..=2_u8, 1..=5_000_u16).prop_map(|(plots, kg)| Open { plots, kg }),
        1 => (batch(), part(), part()).prop_map(|(batch, part, left)| Wash { batch, part, left }),
        1 => (batch(), part(), part()).prop_map(|(batch, part, left)| Make { batch, part, left }),
        3 => (batch(), part(), any::<[u16; 3]>()).prop_map(|(batch, part, shares)| Grade { batch, part, shares }),
        2 => (batch(), prop::collection::vec(1..=600_u16, 1..4)).prop_map(|(batch, parts)| Split { batch, parts }),
        2 => (prop::collection::vec(batch(), 1..4), part()).prop_map(|(batches, part)| Merge { batches, part }),
        1 => (batch(), part(), any::<u8>())
            .prop_map(|(batch, part, inhibition)| Sample { batch, part: part / 20, inhibition }),
        4 => (batch(), part(), any::<bool>()).prop_map(|(batch, part, cases)| Pack { batch, part, cases }),
        2 => (batch(), part()).prop_map(|(batch, part)| Ship { batch, part }),
        2 => (batch(), part()).prop_map(|(shipment, part)| Receive { shipment, part }),
        1 => (batch(), part()).prop_map(|(shipment, part)| Return { shipment, part }),
        1 => (batch(), part(), any::<bool>())
            .prop_map(|(batch, part, from_returned)| Lose { batch, part: part / 4, from_returned }),
        3 => (batch(), any::<u16>(), 1..=2000_u16, any::<bool>())
            .prop_map(|(batch, place, part, declare)| Correct { batch, place, part, declare }),
        1 => batch().prop_map(|batch| Close { batch }),
    ];
    prop::collection::vec(deed, 1..40)
}

/// The county and how many lots it has named so far.
struct Tried {
    county: County,
    lots: u32,
}

impl Tried {
    fn new() -> Self {
        let mut county = County::new();
        let by = county.hongqi.clone();
        let case = json!({"gtin": CASE, "name": {"zh": "整箱"}, "commodity": "navel_orange", "form": "case",
            "unit": "pieces", "net_g": 10_000});
        county.register_product(&by, case).unwrap();
        county.it.at("2026-11-16 17:00");
        Self { county, lots: 0 }
    }

    fn batches(&self) -> Vec<(Handle, &Batch)> {
        let batches = self.county.it.subjects.values().filter_map(|known| match &known.entity {
            Entity::Batch(batch) => Some((known.subject.handle, batch)),
            _ => None,
        });
        batches.collect()
    }

    fn shipments(&self) -> Vec<(Handle, Handle, u64)> {
        let shipments = self.county.it.subjects.values().filter_map(|known| match &known.entity {
            Entity::Shipment(it) => Some((known.subject.handle, it.batch, it.under_way())),
            _ => None,
        });
        shipments.collect()
    }

    /// One of the batches; none where there are none yet.
    fn pick(&self, batch: u16) -> Option<(Handle, Batch)> {
        let batches = self.batches();
        let (handle, found) = batches.get(usize::from(batch) % batches.len().max(1))?;
        Some((*handle, (*found).clone()))
    }

    fn lot(&mut self) -> String {
        self.lots += 1;
        format!("L{}", self.lots)
    }

    /// Tries one deed; `None` where there is nothing that it could be tried on.
    fn attempt(&mut self, deed: &Deed) -> Option<Result<Handle, Refusal>> {
        let by = self.county.hongqi.clone();
        match deed {
            Deed::Open { plots, kg } => Some(self.open(*plots, u64::from(*kg) * 1000)),
            Deed::Wash { batch, part, left } => {
                let (handle, found) = self.pick(*batch)?;
                let (input, output) = in_and_out(&found, *part, *left);
                let form = json!({"process": "washed", "input": input, "output": output});
                Some(self.county.process(&by, handle, form))
            }
            Deed::Make { batch, part, left } => {
                let (handle, found) = self.pick(*batch).filter(|(_, found)| found.unit == Unit::Grams)?;
                let (input, output) = in_and_out(&found, *part, *left);
                let into = json!({"gtin": LYCHEE, "lot": self.lot()});
                let form = json!({"process": "dried", "input": input, "output": output, "into": into});
                Some(self.county.process(&by, handle, form))
            }
            Deed::Grade { batch, part, shares } => self.grade(*batch, *part, shares),
            Deed::Split { batch, parts } => {
                let (handle, found) = self.pick(*batch)?;
                let part = |it: &u16, lot: String| json!({"lot": lot, "quantity": of(found.rest(), *it)});
                let parts: Vec<Value> = parts.iter().map(|it| part(it, self.lot())).collect();
                Some(self.county.split(&by, handle, json!({"parts": parts})))
            }
            Deed::Merge { batches, part } => {
                let parents: Option<Vec<_>> = batches.iter().map(|batch| self.pick(*batch)).collect();
                let parent =
                    |(handle, found): (Handle, Batch)| json!({"batch": handle, "quantity": of(found.rest(), *part)});
                let parents: Vec<Value> = parents?.into_iter().map(parent).collect();
                let lot = self.lot();
                Some(self.county.merge(&by, json!({"lot": lot, "parents": parents})))
            }
            Deed::Sample { batch, part, inhibition } => self.sample(*batch, *part, *inhibition),
            Deed::Pack { batch, part, cases } => self.pack(*batch, *part, *cases),
            Deed::Ship { batch, part } => {
                let (handle, found) = self.pick(*batch)?;
                let form = json!({"to_uscc": BUYER_CODE, "quantity": of(found.rest(), *part)});
                Some(self.county.ship(&by, handle, form))
            }
            other => self.attempt_later(other),
        }
    }

    fn attempt_later(&mut self, deed: &Deed) -> Option<Result<Handle, Refusal>> {
        let by = self.county.hongqi.clone();
        match deed {
            Deed::Receive { shipment, part } => {
                let shipments = self.shipments();
                let (shipment, _, under_way) = *shipments.get(usize::from(*shipment) % shipments.len().max(1))?;
                let form = json!({"lot": self.lot(), "quantity": of(under_way, *part)});
                let buyer = self.county.buyer.clone();
                Some(self.county.receive(&buyer, shipment, form))
            }
            Deed::Return { shipment, part } => {
                let shipments = self.shipments();
                let (shipment, batch, under_way) = *shipments.get(usize::from(*shipment) % shipments.len().max(1))?;
                let form = json!({"shipment": shipment, "quantity": of(under_way, *part), "reason": "破损"});
                Some(self.county.give_back(&by, batch, form))
            }
            Deed::Lose { batch, part, from_returned } => {
                let (handle, found) = self.pick(*batch)?;
                let left = if *from_returned { found.balance.returned } else { found.rest() };
                let form = json!({"quantity": of(left, *part), "reason": "rot", "from_returned": from_returned});
                Some(self.county.lose(&by, handle, form))
            }
            Deed::Correct { batch, place, part, declare } => self.correct(*batch, *place, *part, *declare),
            Deed::Close { batch } => {
                let (handle, _) = self.pick(*batch)?;
                Some(self.county.close(&by, handle, json!({})))
            }
            _ => None,
        }
    }

    fn open(&mut self, plots: u8, g: u64) -> Result<Handle, Refusal> {
        let by = self.county.hongqi.clone();
        let plots: Vec<Handle> = self.county.plots.iter().copied().take(plots.into()).collect();
        let share = |at: usize| if at == 0 { g } else { g / 2 + 1 };
        let shares: Vec<Value> =
            plots.iter().enumerate().map(|(at, plot)| json!({"plot": plot, "quantity": share(at)})).collect();
        let total: u64 = (0..plots.len()).map(share).sum();
        let form = json!({"basis": "harvested", "gtin": LOOSE, "lot": self.lot(), "quantity": total, "plots": shares,
            "picked": {"from": "2026-11-16", "to": "2026-11-16"}, "confirm_yield": true});
        self.county.open(&by, form)
    }

    fn grade(&mut self, batch: u16, part: u16, shares: &[u16; 3]) -> Option<Result<Handle, Refusal>> {
        let by = self.county.hongqi.clone();
        let (handle, found) = self.pick(batch)?;
        let input = of(found.rest(), part);
        let whole: u64 = shares.iter().map(|share| u64::from(*share)).sum::<u64>() + 1;
        let amount = |at: usize| (input * u64::from(shares[at]) / whole).max(1);
        let outputs = json!([{"lot": self.lot(), "grade": "特级", "quantity": amount(0)},
            {"lot": self.lot(), "grade": "一级", "quantity": amount(1)}]);
        Some(self.county.grade(&by, handle, json!({"input": input, "outputs": outputs, "cull": amount(2)})))
    }

    fn sample(&mut self, batch: u16, part: u16, inhibition: u8) -> Option<Result<Handle, Refusal>> {
        let by = self.county.hongqi.clone();
        let laboratory = self.county.laboratory.clone();
        let (handle, found) = self.pick(batch)?;
        let code = self.lot();
        let form = json!({"laboratory": laboratory.org, "code": code, "quantity": of(found.rest(), part)});
        let sample = match self.county.draw(&by, handle, form) {
            Ok(sample) => sample,
            refused => return Some(refused),
        };
        self.county.receive_sample(&laboratory, sample, json!({})).unwrap();
        Some(self.county.screen(sample, &code, &(inhibition / 4).to_string()))
    }

    fn pack(&mut self, batch: u16, part: u16, cases: bool) -> Option<Result<Handle, Refusal>> {
        let by = self.county.hongqi.clone();
        let (handle, found) = self.pick(batch)?;
        let gtin = match found.grade.as_ref().map(|grade| grade.as_str()) {
            _ if cases => CASE,
            Some("一级") => CARTON_FIRST,
            _ => CARTON_SPECIAL,
        };
        let net = if cases { 10_000 } else { 5_000 };
        let packs = of(found.rest() * weight(&found) / net, part);
        let licence = (!cases).then_some(self.county.licence);
        let form = json!({"packed_on": "2026-11-16",
            "outputs": [{"gtin": gtin, "lot": self.lot(), "packs": packs, "licence": licence}]});
        Some(self.county.pack(&by, handle, form))
    }

    /// Corrects one of the amounts that stand in a chain, sometimes another before it; who declares says the discrepancy that
    /// is asked for.
    fn correct(&mut self, batch: u16, place: u16, part: u16, declare: bool) -> Option<Result<Handle, Refusal>> {
        let by = self.county.hongqi.clone();
        let (mut handle, found) = self.pick(batch)?;
        if place.is_multiple_of(7)
            && let Some(plot) = found.plots.last()
        {
            handle = *plot;
        }
        let chain = self.county.it.chain(handle);
        let paths = [
            "/body/quantity",
            "/body/outputs/0/quantity",
            "/body/outputs/1/quantity",
            "/body/parts/0/quantity",
            "/body/output",
            "/body/cull",
            "/body/loss",
            "/body/outputs/0/packs",
        ];
        let mut places = Vec::new();
        for record in chain.iter().filter(|record| !record.kind.ends_with(".corrected")) {
            let value = corrected(&chain, record.seq).unwrap();
            for path in paths {
                places.extend(value.pointer(path).and_then(Value::as_u64).map(|old| (record.seq, path, old)));
            }
        }
        let (seq, path, old) = *places.get(usize::from(place) % places.len().max(1))?;
        let mut form = json!({"seq": seq, "path": path, "new": of(old, part)});
        if place.is_multiple_of(3) {
            let (seq, path, old) = places[usize::from(part) % places.len()];
            let subject = self.county.it.subjects[&handle].subject;
            form["also"] = json!([{"subject": subject, "seq": seq, "path": path, "new": of(old, 2000 - part)}]);
        }
        match self.county.correct_with(&by, handle, form.clone()) {
            Err(refusal) if declare && refusal.code == "correct-first" => {
                let (_, asked) = refusal.details.iter().find(|(name, _)| *name == "discrepancy").unwrap();
                // What came back cannot be less than nothing, whatever is declared.
                let Ok(asked) = asked.parse::<i64>() else { return Some(Err(refusal)) };
                let one = if refusal.field == "new" { &mut form } else { &mut form["also"][0] };
                one["discrepancy_g"] = json!(asked);
                Some(self.county.correct_with(&by, handle, form))
            }
            done => Some(done),
        }
    }
}

/// So many thousandths of an amount, at least one.
fn of(amount: u64, permille: u16) -> u64 {
    (amount * u64::from(permille) / 1000).max(1)
}

fn in_and_out(batch: &Batch, part: u16, left: u16) -> (u64, u64) {
    let input = of(batch.rest(), part);
    (input, of(input, left))
}

/// Grams of one unit of a batch.
fn weight(batch: &Batch) -> u64 {
    match batch.unit {
        Unit::Grams => 1,
        Unit::Pieces => batch.net_g.map_or(1, |net_g| net_g.get()),
    }
}

/// in = out + losses + returned + discrepancy + rest for each batch, and nothing appears or vanishes in the county. A
/// discrepancy is held, and leaves no rest.
fn check_balances(tried: &Tried) {
    let (mut came, mut is): (i128, i128) = (0, 0);
    let grams = |amount: u64, batch: &Batch| i128::from(amount) * i128::from(weight(batch));
    for (handle, batch) in tried.batches() {
        let balance = batch.balance;
        let accounted = i128::from(balance.output + balance.loss + balance.returned + batch.rest());
        assert_eq!(accounted + i128::from(balance.discrepancy), i128::from(balance.input), "{handle}");
        let held = batch.holds.iter().filter(|hold| hold.reason == HoldReason::Discrepancy).count();
        assert_eq!(held, usize::from(balance.discrepancy < 0), "{handle}");
        assert!(balance.discrepancy == 0 || batch.rest() == 0, "{handle}");
        if batch.parents.is_empty() {
            came += grams(balance.input, batch);
        } else {
            assert_eq!(balance.input, given_to(tried, handle, batch), "{handle} by {:?}", batch.basis);
        }
        is += grams(batch.rest() + balance.loss + balance.returned, batch);
        is += i128::from(balance.discrepancy) * i128::from(weight(batch));
        if batch.basis == Basis::Processed {
            // What drying took away is the step's own loss, and stands in its record.
            is += grams(batch.parents[0].quantity.get() - balance.input, batch);
        }
    }
    for known in tried.county.it.subjects.values() {
        match &known.entity {
            Entity::Sample(sample) => is += grams(sample.quantity, tried.county.it.batch(sample.batch)),
            Entity::Shipment(shipment) => is += grams(shipment.under_way(), tried.county.it.batch(shipment.batch)),
            _ => {}
        }
    }
    assert_eq!(came, is, "grams that came into the county and grams that are accounted for");
}

type State = (BTreeMap<Handle, Known>, BTreeMap<UniqueName, Handle>, usize, usize);

fn state(tried: &Tried) -> State {
    let it = &tried.county.it;
    (it.subjects.clone(), it.names.clone(), it.log.len(), it.openings.len())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_tried_the_balances_hold_and_the_records_tell_the_same(deeds in deeds()) {
        let mut tried = Tried::new();
        for deed in &deeds {
            let before = state(&tried);
            match tried.attempt(deed) {
                Some(Ok(_)) => check_balances(&tried),
                Some(Err(refusal)) => {
                    prop_assert_ne!(refusal.code, "unreadable-record", "{}", refusal);
                    // A sample that was drawn stays drawn, whatever its report comes to.
                    if !matches!(deed, Deed::Sample { .. }) {
                        prop_assert!(before == state(&tried), "{deed:?} was refused and left something behind");
                    }
                }
                None => {}
            }
        }
        prop_assert_eq!(tried.county.it.replayed(), tried.county.it.states());
        for (handle, batch) in tried.batches() {
            tried.county.it.verify(handle);
            tried.county.it.page(handle);
            // The parts that the console shows add up to the account, whatever was corrected.
            let flow = flow(&tried.county.it.chain(handle)).unwrap();
            let given: u64 = flow.given.iter().map(|given| given.quantity).sum();
            let shown = (flow.input, given + flow.sampled + flow.shipped, flow.cull + flow.lost, flow.returned);
            let balance = batch.balance;
            prop_assert_eq!(shown, (balance.input, balance.output, balance.loss, balance.returned));
        }
    }
}
