//! How people log in, and what they look after themselves. Every page here is for one person: nothing is cached, every form
//! carries the token of its session.
//!
//! For handlers of pages: [`Person`] as a parameter says who is there, or sends him to the login page; [`Form`] is a person with
//! the fields he sent, checked against forms of other sites before anybody sees them.

mod account;
mod apply;
mod cookies;
mod form;
pub mod handing;
mod keys;
mod link;
mod login;
mod members;
mod person;
pub mod refusals;
mod second_factor;
pub(super) mod source;
pub mod typed;
mod words;

use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderName, HeaderValue};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

pub use account::ask_between;
pub use form::{Form, is_ours};
pub use person::{Person, needs};
pub use refusals::escaped;
pub use typed::TypedForm;
pub use words::Said;

use super::console;
use super::map::{Map, Who};
use super::routes::html;
use crate::http::extract::locale;
use crate::i18n::Locale;

pub fn configure(map: &mut Map<'_>) {
    let account = Who::May("page.account");
    let members = Who::May(crate::app::people::members::MANAGE);
    let keys = Who::May(crate::app::keys::MANAGE);
    map.form("/login", Who::Anybody, login::page, login::enter)
        .form("/login/code", Who::Arriving, second_factor::code, second_factor::check)
        .form("/login/authenticator", Who::Arriving, second_factor::offer, second_factor::set_up)
        .post("/logout", Who::Arriving, login::leave)
        .form("/join", Who::Anybody, apply::page, apply::apply)
        .form("/invitation/{token}", Who::Anybody, link::join, link::joined)
        .form("/reset/{token}", Who::Anybody, link::reset, link::was_reset)
        .get("/console/account", account, account::page)
        .post("/console/account/password", account, account::change_password)
        .post("/console/account/sessions", account, account::end_session)
        .form("/console/prove", account, account::ask_proof, account::prove)
        .form("/console/members", members, members::page, members::invite)
        .post("/console/members/change", members, members::change)
        .form("/console/keys", keys, keys::page, keys::create)
        .post("/console/keys/revoke", keys, keys::revoke);
}

/// A template named by its file: the view `v`, the context `c`, the words `w`.
macro_rules! people_page {
    ($name:ident, $file:literal, $view:ty) => {
        #[derive(askama::Template)]
        #[template(path = $file)]
        struct $name<'a> {
            v: &'a $view,
            c: &'a crate::web::pages::PageContext,
            w: crate::web::words::Words,
        }

        impl<'a> $name<'a> {
            fn of(v: &'a $view, c: &'a crate::web::pages::PageContext, request: &actix_web::HttpRequest) -> Self {
                Self { v, c, w: crate::web::words::Words::new(crate::http::extract::locale(request), "") }
            }
        }
    };
}
use people_page;

/// The same within the console: the shell `s` in place of the context.
macro_rules! own_page {
    ($name:ident, $file:literal, $here:expr, $view:ty) => {
        #[derive(askama::Template)]
        #[template(path = $file)]
        struct $name<'a> {
            v: &'a $view,
            s: crate::web::console::shell::Shell,
            w: crate::web::words::Words,
        }

        impl<'a> $name<'a> {
            fn of(v: &'a $view, app: &crate::app::App, request: &actix_web::HttpRequest) -> Self {
                // A form that is shown again stands at another address than its page.
                let locale = crate::http::extract::locale(request);
                let s = crate::web::console::shell::Shell::new(app, &v.person, locale, $here, "");
                Self { v, w: s.w.clone(), s }
            }
        }
    };
}
use own_page;

/// A finished page for one person. Its forms tell this site where they come from, which the policy of public pages would not.
pub fn page(request: &HttpRequest, status: StatusCode, template: &impl Template) -> HttpResponse {
    let mut response = html(status);
    response.insert_header((CACHE_CONTROL, "no-store")).insert_header(("Referrer-Policy", "same-origin"));
    // Who logs in chooses his language once, not on every page.
    if request.query_string().split('&').any(|pair| pair.starts_with("lang=")) {
        response.append_header(("Set-Cookie", language_cookie(locale(request))));
    }
    response.body(template.render().expect("templates write into memory and call nothing that fails"))
}

/// The same within the console, whose frame has a script of ours.
fn own(request: &HttpRequest, status: StatusCode, template: &impl Template) -> HttpResponse {
    let mut response = page(request, status, template);
    response.headers_mut().insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(console::page::SECURITY_POLICY));
    response
}

/// Holds the language and nothing of a person.
pub fn language_cookie(locale: Locale) -> String {
    format!("lang={}; Path=/; Max-Age=31536000; SameSite=Lax", locale.tag())
}

/// To another address of this host, after a form was taken.
pub fn see_other(path: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header(("Location", path)).insert_header((CACHE_CONTROL, "no-store")).finish()
}

/// One more header of a finished answer.
fn set(response: &mut HttpResponse, (name, value): (&'static str, String)) {
    if let Ok(value) = HeaderValue::from_str(&value) {
        response.headers_mut().append(HeaderName::from_static(name), value);
    }
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
