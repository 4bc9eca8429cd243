//! Reading a policy file: lines, names as opaque bytes, references to earlier lines only.

use super::super::key::{KeyError, SignatureType, VerifierKey};
use super::{Group, Log, Member, Policy, Witness};

/// A policy that cannot be read, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    #[error("Line {line} of the policy: {fault}")]
    Line { line: usize, fault: LineFault },
    #[error("The policy has no line 'quorum <name>' or 'quorum none'; without one it cannot be told what is enough.")]
    NoQuorum,
    #[error("The policy has {0} bytes; more than {MAX_BYTES} are not read.")]
    TooLong(usize),
}

/// What is wrong with a line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LineFault {
    #[error("it holds a byte {0:#04x}; only tabs are allowed among control characters.")]
    Octet(u8),
    #[error("{0:?} is none of log, witness, group, quorum.")]
    Keyword(String),
    #[error("it must look like '{0}'.")]
    Form(&'static str),
    #[error(transparent)]
    Key(#[from] KeyError),
    #[error("the same public key stands in an earlier line.")]
    SameKey,
    #[error("the name {0:?} cannot be given: it means that no witness is needed.")]
    Reserved(String),
    #[error("the name {0:?} is given to an earlier line already.")]
    SameName(String),
    #[error("{0:?} is not defined in an earlier line.")]
    Undefined(String),
    #[error("{0:?} is a member already; a witness or group counts in one place only.")]
    MemberTwice(String),
    #[error("the number {number:?} is none from 1 to {members}, the number of members.")]
    Threshold { number: String, members: usize },
    #[error("there is a quorum already.")]
    SecondQuorum,
}

const MAX_BYTES: usize = 262_144;
const LOG: &str = "log <vkey> [<url>]";
const WITNESS: &str = "witness <name> <vkey> [<url>]";
const GROUP: &str = "group <name> <all, any or a number> <name>...";
const QUORUM: &str = "quorum <name>";

pub(super) fn policy(file: &[u8]) -> Result<Policy, PolicyError> {
    if file.len() > MAX_BYTES {
        return Err(PolicyError::TooLong(file.len()));
    }
    let mut reader = Reader::default();
    for (index, line) in file.split(|byte| *byte == b'\n').enumerate() {
        reader.line(line).map_err(|fault| PolicyError::Line { line: index + 1, fault })?;
    }
    let Reader { logs, members, quorum, .. } = reader;
    Ok(Policy { logs, members, quorum: quorum.ok_or(PolicyError::NoQuorum)? })
}

#[derive(Default)]
struct Reader<'f> {
    logs: Vec<Log>,
    members: Vec<Member>,
    /// Names of `members` as they stand in the file.
    names: Vec<&'f [u8]>,
    /// Members of some group.
    taken: Vec<usize>,
    quorum: Option<Option<usize>>,
}

impl<'f> Reader<'f> {
    fn line(&mut self, line: &'f [u8]) -> Result<(), LineFault> {
        if let Some(octet) = line.iter().find(|byte| **byte < b' ' && **byte != b'\t' || **byte == 0x7f) {
            return Err(LineFault::Octet(*octet));
        }
        let items: Vec<&[u8]> = line.split(|byte| matches!(byte, b' ' | b'\t')).filter(|it| !it.is_empty()).collect();
        let Some((keyword, rest)) = items.split_first() else { return Ok(()) };
        match *keyword {
            [b'#', ..] => Ok(()),
            b"log" => self.log(rest),
            b"witness" => self.witness(rest),
            b"group" => self.group(rest),
            b"quorum" => self.quorum(rest),
            other => Err(LineFault::Keyword(shown(other))),
        }
    }

    fn log(&mut self, items: &[&[u8]]) -> Result<(), LineFault> {
        let (key, url) = key_and_url(items).ok_or(LineFault::Form(LOG))?;
        let key = read_key(key, SignatureType::Ed25519)?;
        if self.logs.iter().any(|log| log.key.public() == key.public()) {
            return Err(LineFault::SameKey);
        }
        self.logs.push(Log { key, url });
        Ok(())
    }

    fn witness(&mut self, items: &[&'f [u8]]) -> Result<(), LineFault> {
        let (name, items) = items.split_first().ok_or(LineFault::Form(WITNESS))?;
        let (key, url) = key_and_url(items).ok_or(LineFault::Form(WITNESS))?;
        let key = read_key(key, SignatureType::Cosignature)?;
        let same = |member: &Member| matches!(member, Member::Witness(it) if it.key.public() == key.public());
        if self.members.iter().any(same) {
            return Err(LineFault::SameKey);
        }
        self.define(name, Member::Witness(Witness { name: shown(name), key, url }))
    }

    fn group(&mut self, items: &[&'f [u8]]) -> Result<(), LineFault> {
        let [name, number, names @ ..] = items else { return Err(LineFault::Form(GROUP)) };
        if names.is_empty() {
            return Err(LineFault::Form(GROUP));
        }
        let threshold = threshold(number, names.len())?;
        let mut members = Vec::new();
        for name in names {
            let at = self.find(name)?;
            if self.taken.contains(&at) {
                return Err(LineFault::MemberTwice(shown(name)));
            }
            self.taken.push(at);
            members.push(at);
        }
        self.define(name, Member::Group(Group { name: shown(name), threshold, members }))
    }

    fn quorum(&mut self, items: &[&[u8]]) -> Result<(), LineFault> {
        let [name] = items else { return Err(LineFault::Form(QUORUM)) };
        if self.quorum.is_some() {
            return Err(LineFault::SecondQuorum);
        }
        self.quorum = Some(if *name == b"none" { None } else { Some(self.find(name)?) });
        Ok(())
    }

    fn define(&mut self, name: &'f [u8], member: Member) -> Result<(), LineFault> {
        if name == b"none" {
            return Err(LineFault::Reserved(shown(name)));
        }
        if self.names.contains(&name) {
            return Err(LineFault::SameName(shown(name)));
        }
        self.names.push(name);
        self.members.push(member);
        Ok(())
    }

    fn find(&self, name: &[u8]) -> Result<usize, LineFault> {
        self.names.iter().position(|it| *it == name).ok_or_else(|| LineFault::Undefined(shown(name)))
    }
}

fn key_and_url<'f>(items: &[&'f [u8]]) -> Option<(&'f [u8], Option<String>)> {
    match items {
        [key] => Some((key, None)),
        [key, url] => Some((key, Some(String::from_utf8_lossy(url).into_owned()))),
        _ => None,
    }
}

fn read_key(text: &[u8], must: SignatureType) -> Result<VerifierKey, LineFault> {
    let text = std::str::from_utf8(text).map_err(|_| KeyError::Form(shown(text)))?;
    Ok(text.parse::<VerifierKey>()?.must_be(must)?)
}

/// `all`, `any` or a number from 1 to the number of members.
fn threshold(number: &[u8], members: usize) -> Result<usize, LineFault> {
    let fault = || LineFault::Threshold { number: shown(number), members };
    match number {
        b"all" => Ok(members),
        b"any" => Ok(1),
        digits if digits.iter().all(u8::is_ascii_digit) => {
            let number = std::str::from_utf8(digits).ok().and_then(|digits| digits.parse().ok());
            number.filter(|number| (1..=members).contains(number)).ok_or_else(fault)
        }
        _ => Err(fault()),
    }
}

fn shown(bytes: &[u8]) -> String {
    super::super::lines::shortened(&String::from_utf8_lossy(bytes))
}
