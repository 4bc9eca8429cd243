//! Whose signatures make a checkpoint believed: a log's, and enough of the witnesses' (C2SP tlog-policy).
//!
//! A quorum that is not reached fails closed: [`Policy::satisfied`] is the only way to an [`Approval`].

mod parse;

use super::checkpoint::{CheckpointError, SignedCheckpoint};
use super::key::VerifierKey;
pub use parse::{LineFault, PolicyError};

/// A policy file as read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    logs: Vec<Log>,
    /// In the order of the file; a group's members stand before it.
    members: Vec<Member>,
    /// Position in `members`; nothing for `quorum none`.
    quorum: Option<usize>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Log {
    pub key: VerifierKey,
    pub url: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Witness {
    /// How the policy calls it; the key has a name of its own.
    pub name: String,
    pub key: VerifierKey,
    pub url: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Member {
    Witness(Witness),
    Group(Group),
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Group {
    name: String,
    threshold: usize,
    /// Positions in the policy's members, all before the group's own.
    members: Vec<usize>,
}

/// A checkpoint that the policy accepts: who answers for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approval<'p> {
    pub log: &'p VerifierKey,
    /// Each with the time of its cosignature, in seconds since 1970. May be more than the quorum needs.
    pub witnesses: Vec<(&'p Witness, u64)>,
}

/// Why a checkpoint is not believed under a policy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PolicyFault {
    #[error("The policy names no log, so that no checkpoint can be believed.")]
    NoLog,
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    #[error(
        "The policy's quorum {quorum:?} is not reached: {cosigned} of its {known} witnesses cosigned this checkpoint{}.",
        among(.names)
    )]
    Quorum { quorum: String, cosigned: usize, known: usize, names: Vec<String> },
}

impl Policy {
    /// Reads a policy file.
    pub fn parse(file: &[u8]) -> Result<Self, PolicyError> {
        parse::policy(file)
    }

    /// A log that is known from elsewhere, for a policy that names none.
    pub fn trust_log(&mut self, key: VerifierKey) {
        if !self.logs.iter().any(|log| log.key == key) {
            self.logs.push(Log { key, url: None });
        }
    }

    pub fn logs(&self) -> &[Log] {
        &self.logs
    }

    pub fn witnesses(&self) -> impl Iterator<Item = &Witness> + Clone {
        self.members.iter().filter_map(|member| match member {
            Member::Witness(witness) => Some(witness),
            Member::Group(_) => None,
        })
    }

    /// Whether cosignatures are needed at all.
    pub fn needs_witnesses(&self) -> bool {
        self.quorum.is_some()
    }

    /// A key of the log itself signed, the quorum cosigned, and no known signature is wrong.
    pub fn satisfied(&self, signed: &SignedCheckpoint) -> Result<Approval<'_>, PolicyFault> {
        if self.logs.is_empty() {
            return Err(PolicyFault::NoLog);
        }
        let keys = self.logs.iter().map(|log| &log.key).chain(self.witnesses().map(|witness| &witness.key));
        let verified = signed.note.verify_by(keys).map_err(CheckpointError::from)?;
        let log = verified.iter().find(|signer| signed.is_own(signer.key));
        let log = log.ok_or_else(|| CheckpointError::NotSigned(signed.checkpoint.origin.clone()))?.key;
        let time = |witness: &Witness| verified.iter().find(|signer| *signer.key == witness.key)?.time;
        let witnesses: Vec<(&Witness, u64)> =
            self.witnesses().filter_map(|witness| Some((witness, time(witness)?))).collect();
        self.reached(&witnesses)?;
        Ok(Approval { log, witnesses })
    }

    fn reached(&self, cosigned: &[(&Witness, u64)]) -> Result<(), PolicyFault> {
        let Some(quorum) = self.quorum else { return Ok(()) };
        let mut reached: Vec<bool> = Vec::with_capacity(self.members.len());
        for member in &self.members {
            reached.push(match member {
                Member::Witness(witness) => cosigned.iter().any(|(it, _)| *it == witness),
                Member::Group(group) => {
                    let count = group.members.iter().filter(|at| reached.get(**at) == Some(&true)).count();
                    count >= group.threshold
                }
            });
        }
        if reached.get(quorum) == Some(&true) {
            return Ok(());
        }
        Err(PolicyFault::Quorum {
            quorum: self.members.get(quorum).map(|member| member.name().to_owned()).unwrap_or_default(),
            cosigned: cosigned.len(),
            known: self.witnesses().count(),
            names: cosigned.iter().map(|(witness, _)| witness.name.clone()).collect(),
        })
    }
}

impl Member {
    fn name(&self) -> &str {
        match self {
            Self::Witness(witness) => &witness.name,
            Self::Group(group) => &group.name,
        }
    }
}

fn among(names: &[String]) -> String {
    if names.is_empty() { String::new() } else { format!(" ({})", names.join(", ")) }
}
