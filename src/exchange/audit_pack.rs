//! The members of an audit pack (FORMATS §2): which names there are, and no others.

use std::fmt;

use crate::domain::merkle::{Tile, TileLevel};
use crate::domain::record::{Digest, Handle};

/// From so many records on a pack proves them by tiles, below by one proof each.
pub const TILES_FROM: usize = 1_000;

/// A member by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Member {
    Checkpoint,
    /// The history of the only batch.
    History,
    /// One of several histories.
    HistoryOf(Handle),
    Heads,
    Index,
    Tile(Tile),
    Proof(u64),
    Key(Handle),
    Openings,
    Attachment(Digest),
    Policy,
    Readme,
    Verifier,
}

impl Member {
    /// The member of this name; `None` for what does not belong in a pack.
    pub fn parse(name: &str) -> Option<Self> {
        let alone = [
            Self::Checkpoint,
            Self::History,
            Self::Heads,
            Self::Index,
            Self::Openings,
            Self::Policy,
            Self::Readme,
            Self::Verifier,
        ];
        if let Some(member) = alone.into_iter().find(|member| member.to_string() == name) {
            return Some(member);
        }
        let (folder, rest) = name.split_once('/')?;
        let handle = || rest.strip_suffix(".ndjson").and_then(|text| text.parse().ok());
        match folder {
            "history" => handle().map(Self::HistoryOf),
            "keys" => handle().map(Self::Key),
            "tile" => {
                let tile: Tile = rest.parse().ok()?;
                (tile.level != TileLevel::Entries).then_some(Self::Tile(tile))
            }
            "proof" => {
                let digits = rest.strip_suffix(".tlog-proof")?;
                let index = digits.parse().ok().map(Self::Proof);
                index.filter(|member| member.to_string() == name)
            }
            "attachments" => attachment(rest),
            _ => None,
        }
    }
}

/// `<sha256>` or `<sha256>.<extension>`
fn attachment(name: &str) -> Option<Member> {
    let (hash, extension) = name.split_once('.').map_or((name, None), |(hash, rest)| (hash, Some(rest)));
    let word = |text: &str| !text.is_empty() && text.bytes().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit());
    if !extension.is_none_or(word) {
        return None;
    }
    hash.parse().ok().map(Member::Attachment)
}

impl fmt::Display for Member {
    /// The name; an attachment's extension is the writer's.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Checkpoint => f.write_str("checkpoint"),
            Self::History => f.write_str("history.ndjson"),
            Self::HistoryOf(handle) => write!(f, "history/{handle}.ndjson"),
            Self::Heads => f.write_str("heads.ndjson"),
            Self::Index => f.write_str("index.ndjson"),
            Self::Tile(tile) => write!(f, "tile/{tile}"),
            Self::Proof(index) => write!(f, "proof/{index}.tlog-proof"),
            Self::Key(handle) => write!(f, "keys/{handle}.ndjson"),
            Self::Openings => f.write_str("openings.ndjson"),
            Self::Attachment(sha256) => write!(f, "attachments/{sha256}"),
            Self::Policy => f.write_str("policy"),
            Self::Readme => f.write_str("README.txt"),
            Self::Verifier => f.write_str("verify.html"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pack_has_these_names_and_no_others() {
        let handle = "0f8fad5bd9cb469fa16570867728950e";
        let sha256 = "ab".repeat(32);
        for name in [
            "checkpoint".to_owned(),
            "history.ndjson".into(),
            format!("history/{handle}.ndjson"),
            format!("keys/{handle}.ndjson"),
            "tile/0/x001/234.p/7".into(),
            "tile/1/000".into(),
            "proof/0.tlog-proof".into(),
            "proof/70000.tlog-proof".into(),
            format!("attachments/{sha256}"),
            "verify.html".into(),
        ] {
            assert_eq!(Member::parse(&name).map(|member| member.to_string()), Some(name));
        }
        assert!(Member::parse(&format!("attachments/{sha256}.jpg")).is_some());
        for name in [
            String::new(),
            "Checkpoint".into(),
            "../checkpoint".into(),
            "/checkpoint".into(),
            "history/".into(),
            format!("history/../{handle}.ndjson"),
            format!("history/{}.ndjson", handle.to_uppercase()),
            "proof/01.tlog-proof".into(),
            "proof/+1.tlog-proof".into(),
            "tile/entries/000".into(),
            "tile/0/001.p/256".into(),
            format!("attachments/{sha256}.a/b"),
            format!("attachments/{sha256}."),
            format!("attachments/{sha256}.tar.gz"),
            "checkpoint\\".into(),
        ] {
            assert_eq!(Member::parse(&name), None, "{name}");
        }
    }
}
