//! Sending to a webhook: one request, five seconds, no redirects, no proxy, and of the answer its status.

use std::time::Duration;

use ureq::Agent;
use ureq::unversioned::resolver::DefaultResolver;
use ureq::unversioned::transport::DefaultConnector;

use super::reach::{Checked, Reach};
use super::signature;
use super::tls::{self, cause_of};

/// Whoever takes longer is tried again later.
const TIMEOUT: Duration = Duration::from_secs(5);

/// Sends, and looks at where to.
pub struct Sender(Agent);

/// One message.
pub struct Message<'m> {
    pub url: &'m str,
    pub secret: &'m [u8],
    /// The same for every attempt, so that whoever receives twice sees that it is one.
    pub id: &'m str,
    /// Of this attempt, in seconds since 1970.
    pub seconds: i64,
    /// JSON.
    pub body: &'m str,
}

impl Sender {
    pub fn new(reach: Reach) -> Self {
        let config = Agent::config_builder()
            .timeout_global(Some(TIMEOUT))
            .max_redirects(0)
            .max_redirects_will_error(false)
            .http_status_as_error(false)
            // A proxy would look names up by itself, after us.
            .proxy(None)
            .https_only(reach == Reach::Public)
            .max_response_header_size(64 * 1024)
            .user_agent(concat!("suyuan/", env!("CARGO_PKG_VERSION")))
            .tls_config(tls::config())
            .build();
        let names = Checked { reach, names: DefaultResolver::default() };
        Self(Agent::with_parts(config, DefaultConnector::new(), names))
    }

    /// The status of the answer; why none came, in words.
    pub fn send(&self, message: &Message<'_>) -> Result<u16, String> {
        let signature = signature::sign(message.secret, message.id, message.seconds, message.body);
        let request = self
            .0
            .post(message.url)
            .content_type("application/json")
            .header("webhook-id", message.id)
            .header("webhook-timestamp", message.seconds.to_string())
            .header("webhook-signature", signature);
        // What the answer says beside its status is not read.
        request.send(message.body).map(|answer| answer.status().as_u16()).map_err(|error| cause_of(&error))
    }
}
