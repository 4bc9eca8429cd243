//! What was proven, in one sentence, and what it rests on.

use std::fmt;

use super::book::Book;
use super::file::Head;
use crate::domain::chain::Statements;
use crate::domain::record::Digest;
use crate::domain::time::Instant;
use crate::log::policy::Approval;
use crate::log::{Checkpoint, Policy};

/// A pack that holds. `Display` is the sentence of `suyuan verify`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    pub checkpoint: Checkpoint,
    pub records: usize,
    pub subjects: usize,
    /// Subject and hash of the newest record of each history.
    pub heads: Vec<(String, Digest)>,
    /// Statements whose signatures hold.
    pub signed: usize,
    /// Statements by keys whose records are not in the pack.
    pub unjudged: usize,
    pub openings: usize,
    pub attachments: usize,
    /// Named by records, and not in the pack.
    pub withheld: usize,
    pub signers: Signers,
}

/// By whose signatures the checkpoint is believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signers {
    pub log: String,
    /// Name and time of each cosignature, in seconds since 1970.
    pub witnesses: Vec<(String, u64)>,
    /// The policy asks for witnesses.
    pub asked: bool,
    /// The policy came with the pack.
    pub own: bool,
}

impl Signers {
    pub(super) fn of(approval: &Approval<'_>, policy: &Policy, own: bool) -> Self {
        let name = |(witness, time): &(&crate::log::policy::Witness, u64)| (witness.name.clone(), *time);
        let witnesses = approval.witnesses.iter().map(name).collect();
        Self { log: approval.log.to_string(), witnesses, asked: policy.needs_witnesses(), own }
    }
}

pub(super) fn of(
    book: &Book,
    heads: &[Head],
    statements: Statements,
    attachments: usize,
    checkpoint: Checkpoint,
    signers: Signers,
) -> Verdict {
    Verdict {
        records: book.records,
        subjects: book.subjects(),
        heads: heads.iter().map(|head| (book.chain(head.subject).subject.to_string(), head.hash)).collect(),
        signed: statements.signed,
        unjudged: statements.unjudged,
        openings: book.opened,
        attachments,
        withheld: book.named.len() - attachments,
        checkpoint,
        signers,
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { checkpoint, records, subjects, heads, signers, .. } = self;
        match heads.as_slice() {
            [(subject, head)] => write!(f, "The pack of {subject} holds (head {head}): ")?,
            several => write!(f, "The pack of {} batches holds: ", several.len())?,
        }
        write!(
            f,
            "{records} records of {subjects} subjects, every link followed, each an entry of the log {} with {} entries, signed by {}",
            checkpoint.origin, checkpoint.size, signers.log
        )?;
        let newest = signers.witnesses.iter().map(|(_, time)| *time).max();
        match newest.and_then(|time| Instant::from_millis(i64::try_from(time).ok()?.checked_mul(1000)?).ok()) {
            Some(time) => write!(f, " and by {} witnesses, last at {time}", signers.witnesses.len())?,
            None => f.write_str(", by no witness")?,
        }
        f.write_str("; ")?;
        write!(f, "{} signed statements, {} openings and {} files fit", self.signed, self.openings, self.attachments)?;
        if self.unjudged > 0 {
            write!(f, ", {} statements are by keys that are not in the pack", self.unjudged)?;
        }
        if self.withheld > 0 {
            write!(f, ", {} files are named and not in the pack", self.withheld)?;
        }
        f.write_str(".")?;
        match (signers.own, signers.asked) {
            (true, _) => f.write_str(
                " The keys are the pack's own: whoever made it chose them; give --policy with a policy from elsewhere.",
            ),
            (false, false) => {
                f.write_str(" The policy asks for no witness, so that others could be shown another log.")
            }
            (false, true) => Ok(()),
        }
    }
}
