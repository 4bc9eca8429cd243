//! The cookies of people: the session, the mark of a known device, and the secret of forms for those who are not logged in.
//! Behind https they carry the prefix that ties them to this host, and never travel otherwise.

use actix_web::HttpRequest;

use crate::app::App;
use crate::auth::session::Secret;
use crate::http::extract::State;

/// A cookie of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cookie {
    Session,
    Device,
    Form,
}

/// Seconds that a browser keeps the mark of its device.
const A_YEAR: u32 = 365 * 24 * 3_600;

impl Cookie {
    fn name(self, secure: bool) -> &'static str {
        match (self, secure) {
            (Self::Session, true) => "__Host-session",
            (Self::Session, false) => "session",
            (Self::Device, true) => "__Host-device",
            (Self::Device, false) => "device",
            (Self::Form, true) => "__Host-form",
            (Self::Form, false) => "form",
        }
    }

    /// What the browser sent. Of two with one name neither is believed: one of them was put there by somebody else.
    pub fn read(self, app: &App, request: &HttpRequest) -> Option<String> {
        let name = self.name(app.is_secure());
        let lines = request.headers().get_all("cookie").filter_map(|line| line.to_str().ok());
        let pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
        let mut found = pairs.filter(|(key, _)| *key == name).map(|(_, value)| value);
        match (found.next(), found.next()) {
            (Some(value), None) => Some(value.to_owned()),
            _ => None,
        }
    }

    /// The header that sets it.
    pub fn set(self, app: &App, value: &str) -> (&'static str, String) {
        let secure = app.is_secure();
        let age = match self {
            // As long as the browser runs; how long it is good we say.
            Self::Session | Self::Form => String::new(),
            Self::Device => format!("; Max-Age={A_YEAR}"),
        };
        ("set-cookie", format!("{}={value}; Path=/; HttpOnly; SameSite=Lax{age}{}", self.name(secure), secured(secure)))
    }

    /// The header that takes it away.
    pub fn clear(self, app: &App) -> (&'static str, String) {
        let secure = app.is_secure();
        let name = self.name(secure);
        ("set-cookie", format!("{name}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0{}", secured(secure)))
    }
}

fn secured(secure: bool) -> &'static str {
    if secure { "; Secure" } else { "" }
}

/// The session that the browser shows.
pub fn session(app: &App, request: &HttpRequest) -> Option<Secret> {
    Secret::parse(&Cookie::Session.read(app, request)?)
}

/// The secret of forms for somebody who is not logged in, and whether it has to be set.
pub fn of_forms(app: &State, request: &HttpRequest) -> (Secret, bool) {
    match Cookie::Form.read(app, request).and_then(|text| Secret::parse(&text)) {
        Some(secret) => (secret, false),
        None => (Secret::new(&*app.random), true),
    }
}
