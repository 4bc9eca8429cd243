//! Short access tokens: JWT, EdDSA only, at most 15 minutes, for programs that exchange their API key once and then call
//! often. The key lies in the data folder; whoever loses it loses nothing but the tokens of the last quarter of an hour.

use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};

use super::scope::Scope;
use crate::domain::ports::Randomness;
use crate::domain::record::{Handle, Role};
use crate::domain::time::Instant;

/// Lifetime of a token in seconds.
pub const EXPIRES_IN: i64 = 900;

const ISSUER: &str = "suyuan";
const AUDIENCE: &str = "suyuan-api";

/// PKCS #8 version 1 wrapping of a 32-byte Ed25519 seed (RFC 8410 §7).
const PKCS8: [u8; 16] = [0x30, 0x2e, 0x02, 0x01, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20];

#[derive(Debug, Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: Handle,
    role: Role,
    /// Operations, a space between (RFC 8693 §4.2); absent: all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    scope: Option<String>,
    iat: i64,
    exp: i64,
}

/// Whom a token speaks for, and how much it may: no more than the key that it was given for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bearer {
    pub organisation: Handle,
    pub role: Role,
    pub scope: Scope,
}

/// Signs and checks tokens.
pub struct Tokens {
    signing: EncodingKey,
    checking: DecodingKey,
    jwk: jsonwebtoken::jwk::Jwk,
    key_id: String,
}

/// A token that is not to be believed. The reason is not told to whoever sent it.
#[derive(Debug, thiserror::Error)]
#[error("the token is not valid: {0}")]
pub struct InvalidToken(#[from] jsonwebtoken::errors::Error);

impl Tokens {
    /// A new seed; store it where only the service reads.
    pub fn new_seed(random: &dyn Randomness) -> [u8; 32] {
        let mut seed = [0; 32];
        random.fill(&mut seed);
        seed
    }

    pub fn from_seed(seed: &[u8; 32]) -> Result<Self, InvalidToken> {
        let mut document = PKCS8.to_vec();
        document.extend_from_slice(seed);
        let signing = EncodingKey::from_ed_der(&document);
        let mut jwk = jsonwebtoken::jwk::Jwk::from_encoding_key(&signing, Algorithm::EdDSA)?;
        let checking = DecodingKey::from_jwk(&jwk)?;
        let key_id = jwk.thumbprint(jsonwebtoken::jwk::ThumbprintHash::SHA256)?;
        jwk.common.key_id = Some(key_id.clone());
        Ok(Self { signing, checking, jwk, key_id })
    }

    pub fn issue(&self, bearer: Bearer, now: Instant) -> Result<String, InvalidToken> {
        let iat = now.millis() / 1000;
        let claims = Claims {
            iss: ISSUER.into(),
            aud: AUDIENCE.into(),
            sub: bearer.organisation,
            role: bearer.role,
            scope: bearer.scope.to_kept(),
            iat,
            exp: iat + EXPIRES_IN,
        };
        let header = Header { kid: Some(self.key_id.clone()), ..Header::new(Algorithm::EdDSA) };
        Ok(jsonwebtoken::encode(&header, &claims, &self.signing)?)
    }

    /// Checks signature, algorithm, issuer, audience and, against `now`, the time.
    pub fn check(&self, token: &str, now: Instant) -> Result<Bearer, InvalidToken> {
        let mut rules = Validation::new(Algorithm::EdDSA);
        rules.set_issuer(&[ISSUER]);
        rules.set_audience(&[AUDIENCE]);
        // The library would ask the system's clock; ours is a parameter.
        rules.validate_exp = false;
        let claims = jsonwebtoken::decode::<Claims>(token, &self.checking, &rules)?.claims;
        if now.millis() / 1000 >= claims.exp {
            return Err(InvalidToken(jsonwebtoken::errors::ErrorKind::ExpiredSignature.into()));
        }
        let scope = claims.scope.as_deref().map_or(Scope::ALL, Scope::kept);
        Ok(Bearer { organisation: claims.sub, role: claims.role, scope })
    }

    /// The public key as a JWK set.
    pub fn key_set(&self) -> jsonwebtoken::jwk::JwkSet {
        jsonwebtoken::jwk::JwkSet { keys: vec![self.jwk.clone()] }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Instant {
        "2026-11-18T01:20:00.000Z".parse().unwrap()
    }

    fn bearer() -> Bearer {
        Bearer { organisation: Handle::from_bytes([7; 16]), role: Role::Cooperative, scope: Scope::ALL }
    }

    #[test]
    fn a_token_speaks_for_its_organisation_for_fifteen_minutes() {
        let tokens = Tokens::from_seed(&[1; 32]).unwrap();
        let token = tokens.issue(bearer(), now()).unwrap();
        assert_eq!(tokens.check(&token, now()).unwrap(), bearer());
        assert_eq!(tokens.check(&token, now().plus_minutes(14)).unwrap(), bearer());
        assert!(tokens.check(&token, now().plus_minutes(15)).is_err());
    }

    #[test]
    fn a_token_carries_the_scope_of_its_key() {
        let tokens = Tokens::from_seed(&[1; 32]).unwrap();
        let narrow = Bearer { scope: "batch.pack,batch.store".parse().unwrap(), ..bearer() };
        assert_eq!(tokens.check(&tokens.issue(narrow, now()).unwrap(), now()).unwrap(), narrow);
    }

    #[test]
    fn a_token_of_another_key_or_algorithm_is_refused() {
        let tokens = Tokens::from_seed(&[1; 32]).unwrap();
        let foreign = Tokens::from_seed(&[2; 32]).unwrap().issue(bearer(), now()).unwrap();
        assert!(tokens.check(&foreign, now()).is_err());
        let claims = Claims {
            iss: ISSUER.into(),
            aud: AUDIENCE.into(),
            sub: bearer().organisation,
            role: Role::Operator,
            scope: None,
            iat: 0,
            exp: i64::MAX,
        };
        let symmetric = EncodingKey::from_secret(b"secret");
        let forged = jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &symmetric).unwrap();
        assert!(tokens.check(&forged, now()).is_err());
        assert!(tokens.check("eyJhbGciOiJub25lIn0.e30.", now()).is_err());
    }
}
