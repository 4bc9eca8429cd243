//! What each kind of record says: one struct per kind, its serde form is the record's `body`.
//!
//! A published kind only gains optional fields (FORMATS §1); anything else becomes `name.2`. Bodies hold what anybody may
//! read; what is sealed stands in [`Body::SEALED`] with its class and never in the struct.

pub mod batches;
pub mod erased;
pub mod keys;
pub mod licences;
pub mod log;
pub mod organisations;
pub mod products;
pub mod samples;
pub mod shipments;
pub mod sites;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::record::{Digest, Record};
use super::text::{LongText, Text, VideoUrl};

/// Who may see the opening of a sealed field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SealClass {
    /// The organisations that took part in the act.
    Parties,
    /// Personal data: the subject's home organisation only, each reading is recorded.
    Personal,
}

/// The public facts of one kind of record.
pub trait Body: Serialize + DeserializeOwned {
    /// `subject.happened`, as it stands in the record.
    const KIND: &'static str;
    /// Fields of this kind that are sealed, with their class.
    const SEALED: &'static [(&'static str, SealClass)] = &[];

    fn to_map(&self) -> Map<String, Value> {
        match serde_json::to_value(self) {
            Ok(Value::Object(map)) => map,
            // A body is a struct of strings, integers, lists and maps with string keys: it always is an object.
            other => unreachable!("body of {} is not an object: {other:?}", Self::KIND),
        }
    }

    /// Reads the body of a record of this kind.
    fn read(record: &Record) -> Result<Self, UnreadableBody> {
        Self::deserialize(&record.body)
            .map_err(|cause| UnreadableBody { kind: record.kind.clone(), cause: cause.to_string() })
    }
}

/// A stored record whose body does not have the shape of its kind: damage, or a newer program wrote it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a record of kind {kind} cannot be read: {cause}")]
pub struct UnreadableBody {
    pub kind: String,
    pub cause: String,
}

macro_rules! kinds {
    ($($type:ident = $kind:literal $(sealed $sealed:expr)?),+ $(,)?) => {
        $(impl $crate::domain::kinds::Body for $type {
            const KIND: &'static str = $kind;
            $(const SEALED: &'static [(&'static str, $crate::domain::kinds::SealClass)] = $sealed;)?
        })+
        /// Kind and sealed fields of every body in this file.
        pub(super) const KINDS: &[super::KindEntry] = &[$(super::KindEntry {
            kind: $kind,
            sealed: <$type as $crate::domain::kinds::Body>::SEALED,
            check: |record| <$type as $crate::domain::kinds::Body>::read(record).map(drop),
        }),+];
    };
}
pub(crate) use kinds;

/// One line of the list of kinds.
pub struct KindEntry {
    pub kind: &'static str,
    pub sealed: &'static [(&'static str, SealClass)],
    check: fn(&Record) -> Result<(), UnreadableBody>,
}

/// Whether a record's body has the shape of its kind; kinds that this version does not write pass.
pub fn check_shape(record: &Record) -> Result<(), UnreadableBody> {
    all().find(|entry| entry.kind == record.kind).map_or(Ok(()), |entry| (entry.check)(record))
}

/// Every kind that this version writes.
pub fn all() -> impl Iterator<Item = &'static KindEntry> {
    [
        organisations::KINDS,
        sites::KINDS,
        products::KINDS,
        batches::KINDS,
        samples::KINDS,
        shipments::KINDS,
        licences::KINDS,
        keys::KINDS,
        log::KINDS,
    ]
    .into_iter()
    .flatten()
}

/// The class of a sealed field, by kind and name; unknown fields are personal, the stricter class.
pub fn seal_class(kind: &str, field: &str) -> SealClass {
    all()
        .find(|entry| entry.kind == kind)
        .and_then(|entry| entry.sealed.iter().find(|(name, _)| *name == field))
        .map_or(SealClass::Personal, |(_, class)| *class)
}

/// A public name in Chinese, in English where there is one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Name {
    #[schema(example = "示范红旗脐橙合作社")]
    pub zh: Text<120>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "Hongqi Navel Orange Cooperative")]
    pub en: Option<Text<120>>,
}

impl Name {
    /// The English name, the Chinese one where there is none.
    pub fn english(&self) -> &str {
        self.en.as_ref().unwrap_or(&self.zh).as_str()
    }
}

/// A stored file, named by the SHA-256 of its bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Attachment {
    pub attachment: AttachedFile,
}

/// Size, type and hash of a stored file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AttachedFile {
    #[schema(example = 48213)]
    pub bytes: u64,
    #[schema(example = "image/jpeg")]
    pub media_type: MediaType,
    pub sha256: Digest,
}

/// What may be attached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub enum MediaType {
    #[serde(rename = "image/jpeg")]
    Jpeg,
    #[serde(rename = "image/png")]
    Png,
    #[serde(rename = "image/webp")]
    Webp,
    #[serde(rename = "application/pdf")]
    Pdf,
}

impl MediaType {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Webp => "image/webp",
            Self::Pdf => "application/pdf",
        }
    }

    pub fn is_image(self) -> bool {
        self != Self::Pdf
    }
}

/// What may accompany any record: a note, photos and documents by hash, videos by link.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Media {
    /// A public remark.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<LongText<1000>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 20)]
    pub attachments: Vec<Attachment>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 5)]
    pub videos: Vec<VideoUrl>,
}
