//! What records are about, and who may speak: subject kinds and roles as this service knows them.

use std::fmt;
use std::str::FromStr;

use super::Handle;
use crate::domain::invalid::{Invalid, text_form};

/// An enum whose values are fixed words.
macro_rules! words {
    ($(#[$doc:meta])* $type:ident, $code:literal, { $($variant:ident = $word:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $type {
            $($variant,)+
        }

        impl $type {
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)+
                }
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl FromStr for $type {
            type Err = Invalid;

            fn from_str(text: &str) -> Result<Self, Invalid> {
                match text {
                    $($word => Ok(Self::$variant),)+
                    _ => Err(Invalid::new($code, text, [$($word),+].join(" "))),
                }
            }
        }
    };
}

words! {
    /// What a chain can be about.
    SubjectKind, "subject-kind", {
        Organisation = "organisation",
        Site = "site",
        Plot = "plot",
        Product = "product",
        Batch = "batch",
        Sample = "sample",
        Shipment = "shipment",
        LabelRun = "label_run",
        Mark = "mark",
        Licence = "licence",
        Standard = "standard",
        Recall = "recall",
        Case = "case",
        Audit = "audit",
        Key = "key",
        Log = "log",
    }
}

words! {
    /// In what capacity an organisation acts. `Cooperative` stands for whoever holds goods.
    Role, "role", {
        Cooperative = "cooperative",
        Laboratory = "laboratory",
        Association = "association",
        Operator = "operator",
        Regulator = "regulator",
    }
}

/// What a chain is about, written `batch:0f8fad5bd9cb469fa16570867728950e`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Subject {
    pub kind: SubjectKind,
    pub handle: Handle,
}

text_form!(SubjectKind, "SubjectKind", "batch", "Kind of a subject.");
text_form!(Role, "Role", "cooperative", "Capacity in which an organisation acts.");
text_form!(Subject, "Subject", "batch:0f8fad5bd9cb469fa16570867728950e", "Subject of a chain: its kind and handle.");

impl Subject {
    pub const fn new(kind: SubjectKind, handle: Handle) -> Self {
        Self { kind, handle }
    }

    /// Sorts as the text does: ':' stands before every letter and '_'.
    pub(super) fn text_order(&self) -> (&'static str, Handle) {
        (self.kind.as_str(), self.handle)
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.kind, self.handle)
    }
}

impl FromStr for Subject {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let (kind, handle) =
            text.split_once(':').ok_or_else(|| Invalid::new("subject", text, "kind:32 digits 0-9 a-f"))?;
        Ok(Self { kind: kind.parse()?, handle: handle.parse()? })
    }
}
