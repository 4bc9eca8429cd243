//! Codes of authenticators (RFC 6238: SHA-1, six digits, thirty seconds, what all of them speak) and the recovery codes that
//! stand in for a lost one.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha1::Sha1;
use sha2::{Digest as _, Sha256};

use crate::domain::ports::Randomness;
use crate::domain::record::Digest;
use crate::domain::time::Instant;

const SECONDS: i64 = 30;
/// Steps before and after the present that count: clocks of telephones differ.
const EITHER_WAY: i64 = 1;
/// Recovery codes of one member.
pub const RECOVERY_CODES: usize = 10;

const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// A new secret, of the hash's own length.
pub fn new_secret(random: &dyn Randomness) -> Vec<u8> {
    let mut secret = vec![0; 20];
    random.fill(&mut secret);
    secret
}

/// The step whose code this is, if it is one of now.
pub fn step_of(secret: &[u8], typed: &str, now: Instant) -> Option<u64> {
    let digits: String = typed.chars().filter(|c| !c.is_whitespace()).collect();
    if digits.len() != 6 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let present = now.millis().div_euclid(1_000 * SECONDS);
    let steps = present - EITHER_WAY..=present + EITHER_WAY;
    steps.filter_map(|step| u64::try_from(step).ok()).find(|step| code(secret, *step) == digits)
}

/// The code of a step, six digits.
pub fn code(secret: &[u8], step: u64) -> String {
    let Ok(mut mac) = Hmac::<Sha1>::new_from_slice(secret) else { return String::new() };
    mac.update(&step.to_be_bytes());
    let hash = mac.finalize().into_bytes();
    let at = usize::from(hash[19] & 0xf);
    let word = u32::from_be_bytes([hash[at] & 0x7f, hash[at + 1], hash[at + 2], hash[at + 3]]);
    format!("{:06}", word % 1_000_000)
}

/// The secret as people type it.
pub fn base32(secret: &[u8]) -> String {
    let bits = secret.iter().flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1)).collect::<Vec<_>>();
    let letter =
        |five: &[u8]| BASE32[five.iter().fold(0, |value, bit| value << 1 | usize::from(*bit)) << (5 - five.len())];
    bits.chunks(5).map(|five| char::from(letter(five))).collect()
}

/// Reads back what [`base32`] wrote.
pub fn from_base32(text: &str) -> Option<Vec<u8>> {
    let mut bits = Vec::new();
    for letter in text.bytes() {
        let value = BASE32.iter().position(|known| *known == letter)?;
        bits.extend((0..5).rev().map(|bit| (value >> bit & 1) as u8));
    }
    Some(bits.chunks_exact(8).map(|eight| eight.iter().fold(0, |byte, bit| byte << 1 | bit)).collect())
}

/// The address that an authenticator reads from a symbol.
pub fn address(secret: &[u8], issuer: &str, login: &str) -> String {
    let (issuer, login) = (escaped(issuer), escaped(login));
    format!("otpauth://totp/{issuer}:{login}?secret={}&issuer={issuer}", base32(secret))
}

fn escaped(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    text.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

/// New recovery codes: 80 bits each, in four groups of four without letters that are mistaken for others.
pub fn new_recovery_codes(random: &dyn Randomness) -> Vec<String> {
    (0..RECOVERY_CODES).map(|_| recovery_code(random)).collect()
}

fn recovery_code(random: &dyn Randomness) -> String {
    let mut bytes = [0; 10];
    random.fill(&mut bytes);
    let text = base32(&bytes);
    [&text[..4], &text[4..8], &text[8..12], &text[12..]].join("-")
}

/// The stored form, however the code is typed: it has full entropy, so no slow hash is needed. `None` for what cannot be one.
pub fn recovery_hash(typed: &str) -> Option<Digest> {
    let code: String = typed.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_ascii_uppercase();
    let fits = code.len() == 16 && code.bytes().all(|byte| BASE32.contains(&byte));
    fits.then(|| Digest::from_bytes(Sha256::digest(format!("suyuan recovery\n{code}")).into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &[u8] = b"12345678901234567890";

    fn at(second: i64) -> Instant {
        Instant::from_millis(second * 1_000).unwrap()
    }

    #[test]
    fn codes_are_those_of_the_rfc() {
        // RFC 6238, appendix B, SHA-1: the last six of its eight digits.
        for (second, digits) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(code(SECRET, second / 30), digits, "{second}");
        }
    }

    #[test]
    fn a_code_is_good_a_step_early_or_late_and_no_longer() {
        let step = 1_234_567_890 / 30;
        let late = |by: i64| step_of(SECRET, "005 924", at(1_234_567_890 + 30 * by));
        assert_eq!([late(-2), late(-1), late(0), late(1), late(2)], [None, Some(step), Some(step), Some(step), None]);
        for typed in ["", "00592", "0059240", "005-924", "００５９２４", "005925"] {
            assert_eq!(step_of(SECRET, typed, at(1_234_567_890)), None, "{typed}");
        }
    }

    #[test]
    fn secrets_are_written_in_base_32_and_read_back() {
        // RFC 4648, §10, without padding.
        for (bytes, text) in [("f", "MY"), ("fo", "MZXQ"), ("foo", "MZXW6"), ("foob", "MZXW6YQ"), ("fooba", "MZXW6YTB")]
        {
            assert_eq!(base32(bytes.as_bytes()), text);
            assert_eq!(from_base32(text).unwrap(), bytes.as_bytes());
        }
        assert!(from_base32("MZ1").is_none());
    }

    #[test]
    fn an_address_says_whose_code_it_is_and_nothing_breaks_out_of_it() {
        let address = address(SECRET, "溯源 a&b", "li.na@x");
        assert_eq!(
            address,
            "otpauth://totp/%E6%BA%AF%E6%BA%90%20a%26b:li.na%40x?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=%E6%BA%AF%E6%BA%90%20a%26b"
        );
    }

    #[test]
    fn a_recovery_code_is_one_however_it_is_typed() {
        let hash = recovery_hash("MZXW-6YTB-MZXW-6YTB").unwrap();
        assert_eq!(recovery_hash(" mzxw6ytb mzxw6ytb ").unwrap(), hash);
        assert!(recovery_hash("MZXW-6YTB-MZXW-6YT").is_none() && recovery_hash("MZXW-6YTB-MZXW-6YT1").is_none());
    }
}
