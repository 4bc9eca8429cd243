//! How people log in, and what they look after themselves. Every page here is for one person: nothing is cached, every form
//! carries the token of its session.
//!
//! For handlers of pages: [`Person`] as a parameter says who is there, or sends him to the login page; [`Form`] is a person with
//! the fields he sent, checked against forms of other sites before anybody sees them.

mod cookies;
mod form;
mod login;
mod person;
pub mod refusals;
mod source;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::CACHE_CONTROL;
use actix_web::web::{self, ServiceConfig};
use askama::Template;

pub use form::Form;
pub use person::Person;

use super::routes::html;

pub fn configure(config: &mut ServiceConfig) {
    config
        .route("/login", web::get().to(login::page))
        .route("/login", web::post().to(login::enter))
        .route("/logout", web::post().to(login::leave));
}

/// A finished page for one person. Its forms tell this site where they come from, which the policy of public pages would not.
pub fn page(status: StatusCode, template: &impl Template) -> HttpResponse {
    let mut response = html(status);
    response.insert_header((CACHE_CONTROL, "no-store")).insert_header(("Referrer-Policy", "same-origin"));
    response.body(template.render().expect("templates write into memory and call nothing that fails"))
}

/// To another address of this host, after a form was taken.
pub fn see_other(path: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header(("Location", path)).insert_header((CACHE_CONTROL, "no-store")).finish()
}

/// An address of this host to go on to: a path of our own, with nothing that a browser reads as another host.
pub fn local(then: &str) -> Option<&str> {
    let safe = |byte: u8| byte.is_ascii_alphanumeric() || b"/-._~?=&%:,+".contains(&byte);
    let inside = then.starts_with('/') && !then.starts_with("//") && then.len() <= 500 && then.bytes().all(safe);
    inside.then_some(then)
}

#[cfg(test)]
mod tests {
    use super::local;

    #[test]
    fn only_a_path_of_this_host_is_gone_on_to() {
        for inside in ["/console", "/console/batches?stage=open&lang=en", "/console/batches/00ff"] {
            assert_eq!(local(inside), Some(inside));
        }
        for outside in [
            "",
            "console",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "/x\r\nSet-Cookie: a",
            "/\t/evil",
        ] {
            assert_eq!(local(outside), None, "{outside:?}");
        }
        assert_eq!(local(&format!("/{}", "a".repeat(500))), None);
    }
}
