//! A refused value: which rule, the value itself, what would have been right. Says nothing about HTTP or language:
//! `code` names a sentence in the locales (`invalid-<code>`).

use std::borrow::Cow;
use std::fmt;

/// Why a value was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invalid {
    /// Stable kebab-case name of the rule, such as `gtin-check-digit`.
    pub code: Cow<'static, str>,
    /// The offending value, shortened to 80 characters.
    pub value: String,
    /// What would have been right, language-neutral: a digit, a limit, a pattern, an example.
    pub expected: String,
}

impl Invalid {
    pub fn new(code: &'static str, value: impl fmt::Display, expected: impl fmt::Display) -> Self {
        Self { code: Cow::Borrowed(code), value: shorten(&value.to_string()), expected: expected.to_string() }
    }

    /// The refusal as one string that survives serde's string-only errors; [`Invalid::from_transport`] reads it back.
    pub fn to_transport(&self) -> String {
        format!("{MARK}{}{SEPARATOR}{}{SEPARATOR}{}{MARK}", self.code, self.value, self.expected)
    }

    /// Finds a transported refusal anywhere in an error's text.
    pub fn from_transport(text: &str) -> Option<Self> {
        let mut parts = text.split(MARK).nth(1)?.split(SEPARATOR);
        let (code, value, expected) = (parts.next()?, parts.next()?, parts.next()?);
        Some(Self { code: Cow::Owned(code.to_owned()), value: value.to_owned(), expected: expected.to_owned() })
    }
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {:?} (expected {})", self.code, self.value, self.expected)
    }
}

impl std::error::Error for Invalid {}

// Characters that no accepted or shortened value contains.
const MARK: char = '\u{1}';
const SEPARATOR: char = '\u{1f}';

fn shorten(value: &str) -> String {
    value.chars().filter(|c| !c.is_control()).take(80).collect()
}

/// Gives a type with `FromStr<Err = Invalid>` and `Display` its JSON form (a string) and its schema.
macro_rules! text_form {
    ($type:ty, $name:literal, $example:literal, $description:literal) => {
        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }
        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
                text.parse().map_err(|invalid: $crate::domain::invalid::Invalid| {
                    serde::de::Error::custom(invalid.to_transport())
                })
            }
        }
        impl utoipa::PartialSchema for $type {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                utoipa::openapi::schema::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::schema::Type::String)
                    .examples([serde_json::Value::from($example)])
                    .description(Some($description))
                    .into()
            }
        }
        impl utoipa::ToSchema for $type {
            fn name() -> std::borrow::Cow<'static, str> {
                std::borrow::Cow::Borrowed($name)
            }
        }
    };
}
pub(crate) use text_form;
