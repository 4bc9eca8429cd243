//! Who is asking, and what he may do. Knows nothing of HTTP and keeps nothing: keys and tokens are checked against what the
//! caller looked up.

pub mod api_key;
pub mod password;
pub mod policy;
pub mod scope;
pub mod session;
pub mod token;
pub mod totp;
