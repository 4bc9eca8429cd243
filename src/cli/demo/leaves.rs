//! The county's tea: two pickings become white tea; one pack is recalled, the other wears a mark that is later revoked.

use super::county::{LOOSE_TEA, Licences, People, Plots, TEA_LEAF, TEA_PACK};
use super::harvests::{harvest, packs};
use super::registers::{amount, lit, name};
use super::teller::{Teller, opened};
use crate::domain::acts::keeping::RecallBatch;
use crate::domain::acts::making::{NewLot, ProcessBatch};
use crate::domain::acts::packing::PackBatch;
use crate::domain::kinds::batches::Process;
use crate::domain::record::Handle;

/// Picks, withers, dries and packs. Answers the pack that will be recalled.
pub fn spring(teller: &Teller<'_>, people: &People, plots: &Plots, licences: &Licences) -> anyhow::Result<Handle> {
    let first = white_tea(teller, people, plots, ("04-02", "SF26T010402"), (210_000, 46_000))?;
    teller.at("04-06", "15:00");
    let pack = PackBatch {
        batch: first,
        packed_on: teller.season.day("04-06"),
        site: None,
        outputs: vec![packs(TEA_PACK, "SF26T010402A", 460, None)],
        loss: None,
        told: Default::default(),
    };
    let recalled = opened(&teller.tell(people.yunling, pack)?, 0)?;
    let second = white_tea(teller, people, plots, ("04-05", "SF26T010405"), (227_000, 50_000))?;
    teller.at("04-10", "15:00");
    let pack = PackBatch {
        batch: second,
        packed_on: teller.season.day("04-10"),
        site: None,
        outputs: vec![packs(TEA_PACK, "SF26T010405B", 500, Some(licences.yunling))],
        loss: None,
        told: Default::default(),
    };
    teller.tell(people.yunling, pack)?;
    Ok(recalled)
}

fn white_tea(
    teller: &Teller<'_>,
    people: &People,
    plots: &Plots,
    (day, lot): (&str, &str),
    (leaf_g, tea_g): (u64, u64),
) -> anyhow::Result<Handle> {
    teller.at(day, "17:00");
    let picked = harvest(teller, plots.tea, TEA_LEAF, lot, leaf_g, (day, day));
    let leaf = teller.tell(people.yunling, picked)?.id;
    teller.at(day, "18:00");
    let wither = ProcessBatch {
        batch: leaf,
        process: Process::Withered,
        agent: None,
        celsius: Some(lit("24")),
        minutes: Some(2_160),
        input: amount(leaf_g),
        // Withering loses water: what it weighs then is what goes to the dryer.
        output: amount(leaf_g / 3),
        into: None,
        told: Default::default(),
    };
    teller.tell(people.yunling, wither)?;
    let next_day = format!("04-{:02}", day[3..].parse::<u32>().unwrap_or(1) + 2);
    teller.at(&next_day, "10:00");
    let dry = ProcessBatch {
        batch: leaf,
        process: Process::Dried,
        agent: None,
        celsius: Some(lit("80")),
        minutes: Some(240),
        input: amount(leaf_g / 3),
        output: amount(tea_g),
        into: Some(NewLot { gtin: lit(LOOSE_TEA), lot: lit(&format!("{lot}W")) }),
        told: Default::default(),
    };
    opened(&teller.tell(people.yunling, dry)?, 0)
}

/// The summer's weighing finds the packs too light.
pub fn recall(teller: &Teller<'_>, people: &People, pack: Handle) -> anyhow::Result<()> {
    teller.at("08-12", "10:00");
    let recall = RecallBatch {
        batch: pack,
        class: 3,
        reason: name("净含量低于允许短缺量", "Net content below the tolerance"),
        told: Default::default(),
    };
    teller.tell(people.yunling, recall)?;
    Ok(())
}
