//! Two languages, Chinese first. Texts live in `src/web/locales/<tag>/*.ftl`, compiled in; both languages have the same
//! keys with the same arguments (a test says so), and none of them calls a product 正品 or the like.
//!
//! Arguments go in without isolation marks: the texts also land in attributes, files and JSON. Escaping is the
//! template's work, not done here.

use crate::domain::view::Bilingual;
use fluent_templates::{LanguageIdentifier, fluent_bundle::FluentValue, langid, static_loader};
use std::collections::HashMap;

/// Dates, weights, shares as people read them.
pub mod format;

/// A value for [`t_args`]: text, or a number where the plural depends on it.
pub type Arg<'a> = FluentValue<'a>;

static_loader! {
    static TEXTS = {
        locales: "./src/web/locales",
        fallback_language: "zh-CN",
        customise: |bundle| bundle.set_use_isolating(false),
    };
}

static ZH_CN: LanguageIdentifier = langid!("zh-CN");
static EN: LanguageIdentifier = langid!("en");

/// A language the pages are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Locale {
    #[default]
    ZhCn,
    En,
}

impl Locale {
    pub const ALL: [Self; 2] = [Self::ZhCn, Self::En];

    /// The tag for `lang` attributes, the cookie and `?lang=`.
    pub fn tag(self) -> &'static str {
        match self {
            Self::ZhCn => "zh-CN",
            Self::En => "en",
        }
    }

    /// The other language, for the switch.
    pub fn other(self) -> Self {
        match self {
            Self::ZhCn => Self::En,
            Self::En => Self::ZhCn,
        }
    }

    /// Reads a tag by its primary language: `zh`, `zh-Hans-CN`, `en_GB`.
    pub fn parse(tag: &str) -> Option<Self> {
        match tag.trim().split(['-', '_']).next()?.to_ascii_lowercase().as_str() {
            "zh" => Some(Self::ZhCn),
            "en" => Some(Self::En),
            _ => None,
        }
    }

    /// The address wins over the cookie, the cookie over the browser; what none of them settles is Chinese.
    pub fn negotiate(query_lang: Option<&str>, cookie: Option<&str>, accept_language: Option<&str>) -> Self {
        query_lang
            .and_then(Self::parse)
            .or_else(|| cookie.and_then(Self::parse))
            .or_else(|| accept_language.and_then(preferred))
            .unwrap_or_default()
    }

    /// The name in this language, or the Chinese one where no other was given.
    pub fn pick(self, name: &Bilingual) -> &str {
        match self {
            Self::En if !name.en.is_empty() => &name.en,
            _ => &name.zh,
        }
    }

    fn id(self) -> &'static LanguageIdentifier {
        match self {
            Self::ZhCn => &ZH_CN,
            Self::En => &EN,
        }
    }
}

/// The first of the header's languages, by weight and then by order, that we speak.
fn preferred(header: &str) -> Option<Locale> {
    let mut best: Option<(f32, Locale)> = None;
    for part in header.split(',').take(20) {
        let mut fields = part.split(';');
        let Some(locale) = fields.next().and_then(Locale::parse) else { continue };
        let weight = fields.find_map(|f| f.trim().strip_prefix("q=")).map_or(Some(1.0), |q| q.parse::<f32>().ok());
        let Some(weight) = weight.filter(|w| *w > 0.0) else { continue };
        if best.is_none_or(|(top, _)| weight > top) {
            best = Some((weight, locale));
        }
    }
    best.map(|(_, locale)| locale)
}

/// The text of `key`; the key itself where there is none, so that a gap is seen and breaks nothing.
pub fn t(locale: Locale, key: &str) -> String {
    t_args(locale, key, &[])
}

/// The text of `key` with its arguments filled in.
pub fn t_args(locale: Locale, key: &str, args: &[(&str, Arg<'_>)]) -> String {
    let args: HashMap<&str, Arg<'_>> = args.iter().map(|(name, value)| (*name, value.clone())).collect();
    TEXTS.lookup_single_language(locale.id(), key, Some(&args)).unwrap_or_else(|_| key.to_owned())
}

#[cfg(test)]
mod tests;
