//! Calls to other machines: whom to trust, which addresses may be reached, and what is sent to webhooks.

pub mod reach;
pub mod signature;
pub mod tls;
pub mod webhook;
