//! What a list was asked for, as it stands in addresses.

use super::Filter;

/// The filters that are set, for addresses.
pub fn query(filters: &[Filter]) -> String {
    let set = filters.iter().filter(|filter| !filter.value.is_empty());
    set.map(|filter| format!("{}={}", filter.name, encoded(&filter.value))).collect::<Vec<_>>().join("&")
}

/// Percent-encoded but for what an address may hold as it is.
pub fn encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => char::from(byte).to_string(),
            _ => format!("%{byte:02X}"),
        })
        .collect()
}
