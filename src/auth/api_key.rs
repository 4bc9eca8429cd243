//! API keys: `sy_` and 64 hex digits of 32 random bytes. Shown once, stored as SHA-256: the secret has full entropy, so no
//! slow hash is needed.

use sha2::{Digest as _, Sha256};

use crate::domain::ports::Randomness;
use crate::domain::record::Digest;

const PREFIX: &str = "sy_";

/// A new secret.
pub fn generate(random: &dyn Randomness) -> String {
    let mut bytes = [0; 32];
    random.fill(&mut bytes);
    format!("{PREFIX}{}", Digest::from_bytes(bytes))
}

/// The stored form of a secret; `None` for what cannot be one.
pub fn hash(secret: &str) -> Option<Digest> {
    let hex = secret.strip_prefix(PREFIX)?;
    hex.parse::<Digest>().ok()?;
    Some(Digest::from_bytes(Sha256::digest(secret.as_bytes()).into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Zeros;

    impl Randomness for Zeros {
        fn fill(&self, buffer: &mut [u8]) {
            buffer.fill(7);
        }
    }

    #[test]
    fn a_generated_key_has_a_hash_and_other_text_has_none() {
        let secret = generate(&Zeros);
        assert!(secret.len() == 67 && hash(&secret).is_some());
        assert!(hash("sy_").is_none() && hash(&secret[1..]).is_none() && hash(&secret.to_uppercase()).is_none());
    }
}
