//! What stands around every page of the console: who is signed in, where he may go, the search box, the other language.

use super::nav;
use crate::app::{App, Caller};
use crate::domain::kinds::Name;
use crate::domain::time::CivilDate;
use crate::i18n::Locale;
use crate::web::assets;
use crate::web::people::Person;
use crate::web::words::Words;

/// The frame of one page.
#[derive(Debug, Clone)]
pub struct Shell {
    pub caller: Caller,
    pub w: Words,
    pub organisation: String,
    /// It deals in what others grow.
    pub is_trader: bool,
    pub person: String,
    pub csrf: String,
    /// Path of this page.
    pub path: String,
    /// Path and query without `lang`, for the language switch.
    pub here: String,
    /// Why the organisation may not write, where it may not.
    pub suspended: Option<String>,
    /// What stands in the search box.
    pub query: String,
    /// Notices that nobody has looked at.
    pub unseen: u64,
    /// Whose page it is: what a phone keeps, it keeps for one member.
    pub who: String,
    pub today: CivilDate,
    /// Of the clock that all moments are told by.
    pub utc_offset_minutes: i32,
    /// When it was drawn for a phone to keep, where it was.
    pub kept: Option<String>,
}

/// A line of the navigation.
pub struct Link {
    pub href: &'static str,
    pub label: String,
    pub is_here: bool,
}

impl Shell {
    pub fn new(app: &App, person: &Person, locale: Locale, path: &str, query: &str) -> Self {
        let pairs: Vec<&str> = query.split('&').filter(|pair| !pair.is_empty() && !pair.starts_with("lang=")).collect();
        let here = if pairs.is_empty() { path.to_owned() } else { format!("{path}?{}", pairs.join("&")) };
        let w = Words::new(locale, &app.now().to_string());
        Self {
            caller: person.actor,
            organisation: pick(locale, &person.organisation).to_owned(),
            is_trader: person.is_trader,
            w,
            person: person.name.clone(),
            csrf: person.csrf.to_string(),
            path: path.to_owned(),
            here,
            suspended: suspended(app, person.actor),
            query: String::new(),
            // A page is worth more than a number on it.
            unseen: app.store.unseen(person.actor.organisation).unwrap_or_default(),
            who: person.member.to_string(),
            today: app.today(),
            utc_offset_minutes: app.utc_offset_minutes,
            kept: None,
        }
    }

    pub fn nav(&self) -> Vec<Link> {
        let is_here = |href: &str| match href {
            "/console" => self.path == href,
            _ => self.path == href || self.path.strip_prefix(href).is_some_and(|rest| rest.starts_with('/')),
        };
        let link = |entry: &'static nav::Entry| Link {
            href: entry.href,
            label: self.w.t(entry.key),
            is_here: is_here(entry.href),
        };
        nav::of(self.caller, self.is_trader).into_iter().map(link).collect()
    }

    /// `{id}` of `/console/batches/{id}/…`.
    pub fn id(&self) -> &str {
        self.path.split('/').nth(3).unwrap_or_default()
    }

    /// Whether this person may do that at all: what would be refused is not offered.
    pub fn may(&self, operation: &'static str) -> bool {
        self.caller.may(operation).is_ok()
    }

    pub fn name<'n>(&self, name: &'n Name) -> &'n str {
        pick(self.w.locale, name)
    }

    /// This page in the other language.
    pub fn switch_href(&self) -> String {
        let joint = if self.here.contains('?') { '&' } else { '?' };
        format!("{}{joint}lang={}", self.here, self.w.locale.other().tag())
    }

    pub fn switch_name(&self) -> &'static str {
        match self.w.locale {
            Locale::ZhCn => "EN",
            Locale::En => "中文",
        }
    }

    pub fn css(&self) -> [&'static str; 2] {
        [assets::css_href(), assets::console_css_href()]
    }

    pub fn scripts(&self) -> [&'static str; 6] {
        assets::console_js_hrefs()
    }
}

/// A page is shown whether or not this can be read: what is refused is refused where it is done.
fn suspended(app: &App, caller: Caller) -> Option<String> {
    let found = caller.suspended.then(|| app.suspension(caller.organisation));
    found.and_then(Result::ok).flatten().map(|it| it.reason)
}

pub fn pick(locale: Locale, name: &Name) -> &str {
    match locale {
        Locale::ZhCn => name.zh.as_str(),
        Locale::En => name.english(),
    }
}
