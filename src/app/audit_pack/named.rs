//! Files that records and openings name: `{"attachment":{"bytes","media_type","sha256"}}`, wherever it stands.

use std::collections::HashMap;

use serde_json::Value;

use crate::domain::record::Digest;

/// SHA-256 of a file → its length and media type as they were named first.
#[derive(Debug, Default)]
pub struct Named(HashMap<Digest, (Option<u64>, String)>);

impl Named {
    /// Takes what a canonical value names.
    pub fn collect(&mut self, canonical: &[u8]) {
        // Nearly every value names none. Inside of a string the quotes would be escaped.
        let text = std::str::from_utf8(canonical).unwrap_or_default();
        if text.contains("\"attachment\":")
            && let Ok(value) = serde_json::from_str(text)
        {
            self.visit(&value);
        }
    }

    fn visit(&mut self, value: &Value) {
        match value {
            Value::Array(items) => items.iter().for_each(|item| self.visit(item)),
            Value::Object(members) => {
                if let Some(file) = members.get("attachment")
                    && let Some(sha256) = file["sha256"].as_str().and_then(|text| text.parse().ok())
                {
                    let media_type = file["media_type"].as_str().unwrap_or_default().to_owned();
                    self.0.entry(sha256).or_insert((file["bytes"].as_u64(), media_type));
                }
                members.values().for_each(|member| self.visit(member));
            }
            _ => {}
        }
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// The length of a file that is named.
    pub fn bytes(&self, sha256: &Digest) -> Option<Option<u64>> {
        self.0.get(sha256).map(|(bytes, _)| *bytes)
    }

    /// In the order of their names.
    pub fn into_sorted(self) -> Vec<Digest> {
        let mut all: Vec<Digest> = self.0.into_keys().collect();
        all.sort();
        all
    }
}
