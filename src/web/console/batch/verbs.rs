//! What can be done with a batch, the likeliest first. What the policy refuses, or what cannot succeed, is not offered.

use super::amount;
use crate::app::desk::BatchPage;
use crate::domain::entities::{Batch, BatchStage};
use crate::web::console::shell::Shell;

/// An act that can be done now.
pub struct Verb {
    pub operation: &'static str,
    pub href: String,
    pub text: String,
    pub sub: String,
}

/// The acts of a batch, apart from each other: a finger that slips from the everyday does not reach the recall.
#[derive(Default)]
pub struct Verbs {
    /// The likeliest; a batch that is closed, or whose goods have gone, waits for nothing.
    pub first: Option<Verb>,
    pub on: Vec<Verb>,
    pub papers: Vec<Verb>,
    pub mend: Vec<Verb>,
    /// What cannot be taken back.
    pub recall: Option<Verb>,
}

struct Offer<'a> {
    shell: &'a Shell,
    id: &'a str,
    left: String,
}

impl Offer<'_> {
    /// The act at `/console/batches/{id}/{path}`, for whom it is allowed.
    fn act(&self, operation: &'static str, path: &str, key: &str, fits: bool) -> Option<Verb> {
        let text = self.shell.w.t1(key, "amount", &self.left);
        (fits && self.shell.may(operation)).then(|| Verb {
            operation,
            href: format!("/console/batches/{}/{path}", self.id),
            text,
            sub: String::new(),
        })
    }

    fn of_the_rest(&self, operation: &'static str, path: &str, key: &str, fits: bool) -> Option<Verb> {
        self.act(operation, path, key, fits).map(|verb| Verb { sub: self.left.clone(), ..verb })
    }
}

pub fn verbs(shell: &Shell, page: &BatchPage, id: &str) -> Verbs {
    let batch = &page.batch;
    let offer = Offer { shell, id, left: amount(shell, batch.rest(), batch.unit) };
    let mut on: Vec<Verb> = if batch.is_closed() {
        Vec::new()
    } else if batch.recalled {
        after_recall(&offer, page)
    } else {
        next(&offer, page)
    };
    Verbs {
        // What went out and comes back is never the likeliest.
        first: on.first().is_some_and(|verb| verb.operation != "batch.return").then(|| on.remove(0)),
        on,
        papers: papers(&offer, page),
        mend: [
            offer.act("batch.note", "note", "verb-note", true),
            offer.act("record.correct", "correct", "verb-correct", true),
        ]
        .into_iter()
        .flatten()
        .collect(),
        recall: offer.act("batch.recall", "recall", "verb-recall", !batch.recalled),
    }
}

/// Of what is recalled, what is left is taken back, tested or destroyed.
fn after_recall(offer: &Offer<'_>, page: &BatchPage) -> Vec<Verb> {
    let batch = &page.batch;
    let some = batch.rest() > 0;
    [
        offer.of_the_rest("batch.lose", "lose", "verb-lose-recalled", some || batch.balance.returned > 0),
        offer.act("batch.return", "return", "verb-return", page.flow.shipped > 0),
        offer.act("sample.draw", "sample", "verb-sample", some),
        offer.act("batch.store", "store", "verb-store", some),
        offer.act("batch.close", "close", "verb-close", !some && batch.balance.returned == 0),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn next(offer: &Offer<'_>, page: &BatchPage) -> Vec<Verb> {
    let batch = &page.batch;
    let (some, is_pack, is_held) = (batch.rest() > 0, batch.net_g.is_some(), !batch.holds.is_empty());
    let mut verbs = if some { Vec::new() } else { go_on(offer.shell, page) };
    let acts = [
        // What is held waits for a retest before anything else.
        offer.act("sample.draw", "sample", "verb-sample-again", some && is_held),
        offer.act("batch.grade", "grade", "verb-grade-amount", some && !is_pack && batch.stage == BatchStage::Open),
        offer.act("batch.pack", "pack", "verb-pack-amount", some && is_graded(batch) && !is_held),
        // Before it is sold.
        offer.act("batch.certify", "certify", "verb-certify", is_due(page)),
        offer.of_the_rest("batch.ship", "ship", "verb-ship", some && is_pack && !is_held),
        offer.act("batch.process", "process", "verb-process", some && !is_pack),
        offer.act("sample.draw", "sample", "verb-sample", some && !is_held),
        offer.act("batch.pack", "pack", "verb-pack", some && !is_held && batch.stage == BatchStage::Open && !is_pack),
        offer.act("batch.pack", "pack", "verb-pack-cases", some && !is_held && is_pack && page.has_cases),
        offer.act("batch.store", "store", "verb-store", some),
        offer.of_the_rest("batch.ship", "ship", "verb-ship", some && !is_pack && !is_held),
        offer.act("batch.split", "split", "verb-split", some && !is_held),
        offer.act("batch.merge", "merge", "verb-merge", some && !is_held && page.has_others),
        offer.act("batch.return", "return", "verb-return", page.flow.shipped > 0),
        offer.act("batch.lose", "lose", "verb-lose", some || batch.balance.returned > 0),
        offer.act("batch.close", "close", "verb-close", !some && batch.balance.returned == 0),
    ];
    verbs.extend(acts.into_iter().flatten());
    verbs
}

/// Packs that wait for their certificate.
fn is_due(page: &BatchPage) -> bool {
    page.certificate_due && page.batch.net_g.is_some() && page.batch.holds.is_empty()
}

/// Loose and graded: what is left of it after the first packing is packed too.
fn is_graded(batch: &Batch) -> bool {
    let is_past = batch.stage > BatchStage::Graded && batch.grade.is_some();
    batch.net_g.is_none() && (batch.stage == BatchStage::Graded || is_past)
}

/// A certificate covers what is made from the batch after it, and of packs those that have gone too: their labels lead here. Where
/// one stands on the page there is no other.
fn papers(offer: &Offer<'_>, page: &BatchPage) -> Vec<Verb> {
    let batch = &page.batch;
    let is_free = batch.holds.is_empty() && !batch.recalled && !batch.is_closed();
    let covers_any = batch.rest() > 0 || batch.net_g.is_some();
    let is_open = is_free && covers_any && !batch.certified && page.public.certificate.is_none() && !is_due(page);
    offer.act("batch.certify", "certify", "verb-certify", is_open).into_iter().collect()
}

/// Where nothing is left it goes on with what was made of it and is still there.
fn go_on(shell: &Shell, page: &BatchPage) -> Vec<Verb> {
    let made = page.flow.given.iter().filter_map(|given| {
        let node = page.nodes.iter().find(|node| node.handle == given.batch)?;
        let is_there = node.own && node.rest > 0 && node.stage != Some(BatchStage::Closed);
        let what = given.grade.as_ref().map_or_else(|| node.code.clone(), |grade| shell.w.term(grade));
        is_there.then(|| Verb {
            operation: "batch.read",
            href: format!("/console/batches/{}", given.batch),
            text: shell.w.t1("verb-go-on", "what", what),
            // Not of this batch, where nothing is left.
            sub: format!(
                "{} {}",
                node.code,
                shell.w.t1("balance-rest", "amount", amount(shell, node.rest, node.unit.unwrap_or(page.batch.unit)))
            ),
        })
    });
    made.collect()
}
