//! Secrets that a browser or a link holds: 32 random bytes in hex, kept as SHA-256 alone. And what follows from them: the token
//! of forms, the mark by which a device is known again.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};

use crate::domain::ports::Randomness;
use crate::domain::record::Digest;

/// The secret of a session or of a link.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Secret(Digest);

impl Secret {
    pub fn new(random: &dyn Randomness) -> Self {
        let mut bytes = [0; 32];
        random.fill(&mut bytes);
        Self(Digest::from_bytes(bytes))
    }

    /// `None` for what cannot be one.
    pub fn parse(text: &str) -> Option<Self> {
        text.parse().ok().map(Self)
    }

    /// For the cookie or the link.
    pub fn reveal(&self) -> String {
        self.0.to_string()
    }

    /// The stored form.
    pub fn hash(&self) -> Digest {
        sha256(&[b"suyuan session\n", self.0.as_bytes()])
    }

    /// What every form of this browser carries: another site cannot read it, and it tells nothing of the secret.
    pub fn form_token(&self) -> FormToken {
        FormToken(sha256(&[b"suyuan form\n", self.0.as_bytes()]))
    }
}

/// A token against forms of other sites.
#[derive(Debug, Clone, Copy)]
pub struct FormToken(Digest);

impl FormToken {
    /// Compared whole, so that time tells nothing of where it differs.
    pub fn is(&self, sent: &str) -> bool {
        let (own, sent) = (self.to_string(), sent.as_bytes());
        own.len() == sent.len() && own.bytes().zip(sent).fold(0, |differ, (a, b)| differ | (a ^ b)) == 0
    }
}

impl std::fmt::Display for FormToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// Marks devices from which somebody logged in before, so that strangers who guess do not shut him out. A mark opens
/// nothing: without the password it is worth only a place of its own in the queue.
#[derive(Clone)]
pub struct Marks([u8; 32]);

impl Marks {
    /// From the seed of the token key: the same for all instances, and with another key all marks are forgotten.
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        Self(*sha256(&[b"suyuan device marks\n", seed]).as_bytes())
    }

    /// A new mark for whoever logs in by this name.
    pub fn make(&self, random: &dyn Randomness, login: &str) -> String {
        let mut bytes = [0; 16];
        random.fill(&mut bytes);
        let device = crate::domain::record::Handle::from_bytes(bytes).to_string();
        let seal = self.seal(&device, login);
        format!("{device}.{seal}")
    }

    /// The device of a mark, where we made it for this login.
    pub fn device<'m>(&self, mark: &'m str, login: &str) -> Option<&'m str> {
        let (device, seal) = mark.split_once('.')?;
        let seal: Digest = seal.parse().ok()?;
        let mac = self.mac(device, login)?;
        mac.verify_slice(seal.as_bytes()).is_ok().then_some(device)
    }

    fn seal(&self, device: &str, login: &str) -> Digest {
        let mac = self.mac(device, login).map(|mac| mac.finalize().into_bytes().into());
        Digest::from_bytes(mac.unwrap_or_default())
    }

    fn mac(&self, device: &str, login: &str) -> Option<Hmac<Sha256>> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).ok()?;
        mac.update(device.as_bytes());
        mac.update(b"\n");
        mac.update(login.as_bytes());
        Some(mac)
    }
}

fn sha256(parts: &[&[u8]]) -> Digest {
    let mut hasher = Sha256::new();
    parts.iter().for_each(|part| hasher.update(part));
    Digest::from_bytes(hasher.finalize().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Counting(std::sync::atomic::AtomicU8);

    impl Randomness for Counting {
        fn fill(&self, buffer: &mut [u8]) {
            buffer.fill(self.0.fetch_add(1, std::sync::atomic::Ordering::SeqCst));
        }
    }

    #[test]
    fn what_is_kept_and_what_forms_carry_tell_nothing_of_the_secret() {
        let secret = Secret::new(&Counting(1.into()));
        let told = [secret.reveal(), secret.hash().to_string(), secret.form_token().to_string()];
        assert!(told[0] != told[1] && told[1] != told[2] && told[0] != told[2]);
        assert_eq!(Secret::parse(&told[0]).unwrap().hash(), secret.hash());
        assert!(Secret::parse("").is_none() && Secret::parse(&told[0][1..]).is_none());
    }

    #[test]
    fn a_form_token_is_only_itself() {
        let token = Secret::new(&Counting(1.into())).form_token();
        let text = token.to_string();
        assert!(token.is(&text) && !token.is("") && !token.is(&text[1..]) && !token.is(&text.to_uppercase()));
        assert!(!token.is(&Secret::new(&Counting(2.into())).form_token().to_string()));
    }

    #[test]
    fn a_mark_is_good_for_its_login_alone_and_only_if_we_made_it() {
        let (ours, theirs) = (Marks::from_seed(&[1; 32]), Marks::from_seed(&[2; 32]));
        let mark = ours.make(&Counting(3.into()), "li.na");
        assert_eq!(ours.device(&mark, "li.na"), Some(&mark[..32]));
        assert!(ours.device(&mark, "wang.wu").is_none() && theirs.device(&mark, "li.na").is_none());
        let other = mark.replace("03", "04");
        assert!(ours.device(&other, "li.na").is_none() && ours.device("x.y", "li.na").is_none());
    }
}
