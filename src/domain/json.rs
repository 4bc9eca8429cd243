//! JSON that people and programs send: parsed into a type, or refused with the path of the field, its value and what would
//! have been right.

mod duplicates;

use serde::de::DeserializeOwned;

use self::duplicates::NoDuplicates;
use super::acts::{Refusal, Told};
use super::invalid::Invalid;

/// Parses JSON; a refusal names the path of the field.
pub fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Refusal> {
    let value = read(bytes)?;
    read::<NoDuplicates>(bytes)?;
    Ok(value)
}

fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Refusal> {
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        let refused = refusal(&error);
        if refused.field.is_empty() { of_told(bytes).unwrap_or(refused) } else { refused }
    })?;
    deserializer.end().map_err(|error| Refusal::new("malformed-json").at("", error))?;
    Ok(value)
}

/// What every act may tell is flattened into it, and a path ends there: read alone, it names its field.
fn of_told(bytes: &[u8]) -> Option<Refusal> {
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let error = serde_path_to_error::deserialize::<_, Told>(&mut deserializer).err()?;
    Some(refusal(&error)).filter(|refused| !refused.field.is_empty())
}

fn refusal(error: &serde_path_to_error::Error<serde_json::Error>) -> Refusal {
    let path = error.path().to_string();
    let path = if path == "." { String::new() } else { path };
    let cause = error.inner().to_string();
    if let Some(invalid) = Invalid::from_transport(&cause) {
        return Refusal::invalid(path, &invalid);
    }
    let quoted = cause.split('`').nth(1).unwrap_or_default().to_owned();
    let field = |name: &str| match (path.is_empty(), path.ends_with(name)) {
        (true, _) => name.to_owned(),
        (false, true) => path.clone(),
        (false, false) => format!("{path}.{name}"),
    };
    if !error.inner().is_data() {
        return Refusal::new("malformed-json").at(path, cause);
    }
    if cause.starts_with("unknown field") {
        let expected =
            cause.split_once("expected").map_or("", |(_, names)| names).split(" at line").next().unwrap_or_default();
        return Refusal::new("unknown-field").at(field(&quoted), &quoted).expected(expected.replace('`', "").trim());
    }
    if cause.starts_with("missing field") {
        return Refusal::new("missing-field").at(field(&quoted), "");
    }
    if cause.starts_with("duplicate field") {
        return Refusal::new("duplicate-field").at(field(&quoted), &quoted);
    }
    if cause.starts_with("unknown variant") {
        let expected = cause.split_once(", expected ").map_or("", |(_, names)| names).split(" at line").next();
        let names = expected.unwrap_or_default().trim_start_matches("one of ").replace('`', "");
        return Refusal::new("wrong-type").at(path, &quoted).expected(names);
    }
    let (found, expected) = cause.split_once(", expected ").unwrap_or((&cause, ""));
    let expected = expected.split(" at line").next().unwrap_or_default();
    let found = found.split_once(": ").map_or(found, |(_, value)| value).replacen("floating point", "number", 1);
    // `string "x"`, `integer `5``: the kind is serde's word, the value is what was sent.
    let value = found.split_once(' ').map_or(found.as_str(), |(_, value)| value).trim_matches(['"', '`']);
    if found.starts_with("number") && example(expected) == "\"abc\"" {
        // A figure keeps its digits in quotes only.
        return Refusal::new("wrong-type").at(path, value).expected(format!("\"{value}\""));
    }
    Refusal::new("wrong-type").at(path, value).expected(example(expected))
}

/// What would be right, as JSON that every language reads.
fn example(expected: &str) -> &str {
    match expected {
        "u8" | "u16" | "u32" | "u64" | "usize" | "i64" | "i32" => "123",
        "a boolean" => "true, false",
        "a string" | "a borrowed string" | "str" => "\"abc\"",
        "a sequence" => "[ ]",
        "struct Name" | "struct StorageAdvice" => r#"{"zh": "…"}"#,
        "struct PickedPlot" => r#"{"plot": "…"}"#,
        "struct Point" => r#"{"lat": "31.018320", "lon": "109.464210"}"#,
        "struct Window" => r#"{"from": "2026-11-16", "to": "2026-11-17"}"#,
        "struct Grade" => r#"{"lot": "…", "grade": "…", "quantity": 1000}"#,
        "struct Packs" => r#"{"gtin": "…", "lot": "…", "packs": 100}"#,
        "struct Part" => r#"{"lot": "…", "quantity": 1000}"#,
        "struct MergeParent" => r#"{"batch": "…", "quantity": 1000}"#,
        "struct UploadedResult" => r#"{"analyte": "…", "value": "0.01", "unit": "mg/kg"}"#,
        other if other.starts_with("struct ") || other == "a map" => "{ }",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::acts::batches::OpenBatch;
    use crate::domain::acts::note::NoteBatch;

    #[test]
    fn where_an_object_belongs_the_refusal_shows_one() {
        let refused = parse::<OpenBatch>(br#"{"basis": "harvested", "plots": ["P1"]}"#).unwrap_err();
        assert_eq!((refused.field.as_str(), refused.value.as_str()), ("plots[0]", "P1"));
        assert_eq!(refused.expected, r#"{"plot": "…"}"#);
    }

    #[test]
    fn what_every_act_may_tell_is_refused_at_its_field() {
        for (field, value) in
            [("note", r#""turned \u202e""#), ("occurred_at", r#""today""#), ("videos[0]", r#"["here"]"#)]
        {
            let name = field.trim_end_matches("[0]");
            let refused = parse::<NoteBatch>(format!(r#"{{"{name}": {value}}}"#).as_bytes()).unwrap_err();
            assert_eq!(refused.field, field, "{refused:?}");
        }
    }
}
