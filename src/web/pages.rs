//! One function a page: view, language and context in, whole document out. Templates escape everything; no page needs
//! script, carries an inline style or names another host, so that the strictest content security policy fits.
//! Status codes, headers, cookies and caching are the handlers' work.

use crate::domain::view::*;
use crate::i18n::Locale;
use crate::web::{assets, words::Words};
use askama::Template;

/// What a page needs to know about where it stands.
#[derive(Debug, Clone, Default)]
pub struct PageContext {
    /// `https://host` of printed labels, without a slash at its end.
    pub base_url: String,
    /// Path and query of this page without `lang`; the language switch adds it.
    pub path: String,
    pub css_href: String,
    /// What stands in the look-up field.
    pub query: Option<String>,
    /// The look-up field was refused; set by [`lookup`].
    pub query_refused: bool,
    /// Where the data is noticeably old: from when it is.
    pub data_from: Option<String>,
    /// Token against cross-site posts, for pages with a form.
    pub form_token: Option<String>,
}

impl PageContext {
    pub fn new(base_url: impl Into<String>, path: impl Into<String>) -> Self {
        let base_url = base_url.into().trim_end_matches('/').to_owned();
        Self { base_url, path: path.into(), css_href: assets::css_href().to_owned(), ..Self::default() }
    }

    /// This page in the other language.
    pub fn switch_href(&self, now: &Locale) -> String {
        let joint = if self.path.contains('?') { '&' } else { '?' };
        format!("{}{joint}lang={}", self.path, now.other().tag())
    }

    /// The other language's own name.
    pub fn switch_name(&self, now: &Locale) -> &'static str {
        match now {
            Locale::ZhCn => "English",
            Locale::En => "中文",
        }
    }

    /// The form for a report about this page.
    pub fn report_href(&self) -> String {
        let path = self.path.split('?').next().unwrap_or_default();
        let plain = |c: char| c.is_ascii_alphanumeric() || "/-._~".contains(c);
        let mut href = String::from("/report?code=");
        for c in path.chars().take(200) {
            if plain(c) {
                href.push(c);
            } else {
                let mut bytes = [0; 4];
                c.encode_utf8(&mut bytes).bytes().for_each(|b| href.push_str(&format!("%{b:02X}")));
            }
        }
        href
    }

    /// An address of this host as one that works from elsewhere.
    pub fn absolute(&self, url: &str) -> String {
        if url.starts_with('/') { format!("{}{url}", self.base_url) } else { url.to_owned() }
    }
}

/// The scan page of a label or lot address; also of a code that was not issued here.
pub fn scan(view: &ScanView, locale: Locale, context: &PageContext) -> String {
    document(&ScanPage { v: view, c: context, w: Words::new(locale, &view.as_of) })
}

/// An address that cannot be a code: what was received, and why, if that is known.
pub fn bad_code(typed: &str, reason: Option<LookupError>, locale: Locale, context: &PageContext) -> String {
    let typed: String = typed.chars().take(120).collect();
    let context = PageContext { query: Some(typed.clone()), ..context.clone() };
    document(&BadCodePage { v: &BadCode { typed, reason }, c: &context, w: Words::new(locale, "") })
}

/// The look-up page `/`.
pub fn lookup(view: &LookupView, locale: Locale, context: &PageContext) -> String {
    let context = PageContext { query: view.query.clone(), query_refused: view.error.is_some(), ..context.clone() };
    document(&LookupPage { v: view, c: &context, w: Words::new(locale, "") })
}

/// A product and its lots.
pub fn product(view: &ProductPageView, locale: Locale, context: &PageContext) -> String {
    document(&ProductPage { v: view, c: context, w: Words::new(locale, "") })
}

/// A producer, its licences and products.
pub fn producer(view: &ProducerPageView, locale: Locale, context: &PageContext) -> String {
    document(&ProducerPage { v: view, c: context, w: Words::new(locale, "") })
}

/// The form that reports a problem (`POST /report`: `code`, `kind`, `text`, `contact`, `token`); after a refusal with
/// everything that was typed.
pub fn report(view: &ReportForm, locale: Locale, context: &PageContext) -> String {
    document(&ReportPage { v: view, c: context, w: Words::new(locale, "") })
}

/// After a report: its number, and the way back to the scanned page.
pub fn thanks(number: Option<&str>, back: Option<&str>, locale: Locale, context: &PageContext) -> String {
    let view = Thanks { number: number.map(str::to_owned), back: back.map(str::to_owned) };
    document(&ThanksPage { v: &view, c: context, w: Words::new(locale, "") })
}

struct BadCode {
    typed: String,
    reason: Option<LookupError>,
}

struct Thanks {
    number: Option<String>,
    back: Option<String>,
}

/// A template named by its file: the view `v`, the context `c`, the words `w`.
macro_rules! page {
    ($name:ident, $file:literal, $view:ty) => {
        #[derive(Template)]
        #[template(path = $file)]
        struct $name<'a> {
            v: &'a $view,
            c: &'a PageContext,
            w: Words,
        }
    };
}

page!(ScanPage, "scan.html", ScanView);
page!(BadCodePage, "bad_code.html", BadCode);
page!(LookupPage, "lookup.html", LookupView);
page!(ProductPage, "product.html", ProductPageView);
page!(ProducerPage, "producer.html", ProducerPageView);
page!(ReportPage, "report.html", ReportForm);
page!(ThanksPage, "thanks.html", Thanks);

fn document(page: &impl Template) -> String {
    page.render().expect("templates write into memory and call nothing that fails")
}
