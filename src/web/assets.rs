//! Files that pages link to, compiled into the binary. The address holds the hash of the content, so that a browser may
//! keep a file for ever and a new release is seen at once. No folder is read at run time.

use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};
use std::io::Write;
use std::sync::LazyLock;

use crate::i18n::Locale;

/// For `Cache-Control` on every asset.
pub const CACHE_CONTROL: &str = "public, max-age=31536000, immutable";

/// For `Content-Security-Policy` on every public page: no script, no other host, no inline style.
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self' data:; \
     form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// The same for a scan page, whose button verifies the records on the visitor's device: script of this host that stands in a
/// file of its own, and requests to this host.
pub const SCAN_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; \
     img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// A file with its address under `/assets/`.
pub struct Asset {
    /// `suyuan.1a2b3c4d.css`
    pub name: String,
    pub href: String,
    pub content_type: &'static str,
    pub bytes: &'static [u8],
    pub gzip: Vec<u8>,
}

static CSS: LazyLock<Asset> =
    LazyLock::new(|| asset("suyuan", "css", "text/css; charset=utf-8", include_bytes!("assets/suyuan.css")));
static CONSOLE_CSS: LazyLock<Asset> =
    LazyLock::new(|| asset("console", "css", "text/css; charset=utf-8", include_bytes!("assets/console.css")));
/// What every page of the console loads, in this order. Nothing needs it: without script every form is sent as it is.
static CONSOLE_JS: LazyLock<[Asset; 6]> = LazyLock::new(|| {
    [
        asset("console", "js", JAVASCRIPT, include_bytes!("assets/console.js")),
        asset("queue", "js", JAVASCRIPT, include_bytes!("assets/queue.js")),
        asset("rows", "js", JAVASCRIPT, include_bytes!("assets/rows.js")),
        asset("forms", "js", JAVASCRIPT, include_bytes!("assets/forms.js")),
        asset("offline", "js", JAVASCRIPT, include_bytes!("assets/offline.js")),
        asset("progress", "js", JAVASCRIPT, include_bytes!("assets/progress.js")),
    ]
});
static PENDING_JS: LazyLock<Asset> =
    LazyLock::new(|| asset("pending", "js", JAVASCRIPT, include_bytes!("assets/pending.js")));
static SCAN_JS: LazyLock<Asset> = LazyLock::new(|| asset("scan", "js", JAVASCRIPT, include_bytes!("assets/scan.js")));
/// By others: see `assets/vendor/README.md`.
static READER_JS: LazyLock<Asset> =
    LazyLock::new(|| asset("jsqr", "js", JAVASCRIPT, include_bytes!("assets/vendor/jsqr/jsQR.js")));
/// For the forms of the orchard.
static KEPT_JS: LazyLock<[Asset; 3]> = LazyLock::new(|| {
    [
        asset("photos", "js", JAVASCRIPT, include_bytes!("assets/photos.js")),
        asset("neighbours", "js", JAVASCRIPT, include_bytes!("assets/neighbours.js")),
        asset("walk", "js", JAVASCRIPT, include_bytes!("assets/walk.js")),
    ]
});
/// Drawn from the icon by `scripts/icons`.
static ICONS: LazyLock<[Asset; 3]> = LazyLock::new(|| {
    [
        asset("icon-192", "png", "image/png", include_bytes!("assets/icon-192.png")),
        asset("icon-512", "png", "image/png", include_bytes!("assets/icon-512.png")),
        asset("icon-maskable", "png", "image/png", include_bytes!("assets/icon-maskable.png")),
    ]
});
static ICON: LazyLock<Asset> =
    LazyLock::new(|| asset("icon", "svg", "image/svg+xml", include_bytes!("assets/icon.svg")));
/// Made by `scripts/verifier` out of `assets/verify/`, like the next two.
static VERIFY_BUTTON: LazyLock<Asset> =
    LazyLock::new(|| asset("verify-button", "js", JAVASCRIPT, include_bytes!("assets/verify-button.js")));
static VERIFIER_ZH_CN: LazyLock<Asset> =
    LazyLock::new(|| asset("verify.zh-CN", "js", JAVASCRIPT, include_bytes!("assets/verify.zh-CN.js")));
static VERIFIER_EN: LazyLock<Asset> =
    LazyLock::new(|| asset("verify.en", "js", JAVASCRIPT, include_bytes!("assets/verify.en.js")));

/// The one file that verifies audit packs from disk, without a network; a member of every pack.
pub const OFFLINE_VERIFIER: &str = include_str!("assets/verify.html");

const JAVASCRIPT: &str = "text/javascript; charset=utf-8";

/// The stylesheet's address, `/assets/suyuan.<hash8>.css`.
pub fn css_href() -> &'static str {
    &CSS.href
}

/// What the console adds to it.
pub fn console_css_href() -> &'static str {
    &CONSOLE_CSS.href
}

/// The scripts of every page of the console.
pub fn console_js_hrefs() -> [&'static str; 6] {
    CONSOLE_JS.each_ref().map(|asset| asset.href.as_str())
}

/// The script that shows what is still to be sent.
pub fn pending_js_href() -> &'static str {
    &PENDING_JS.href
}

/// The script that reads a label with the camera, and the reader that it loads where the browser has none.
pub fn scan_js_href() -> &'static str {
    &SCAN_JS.href
}

pub fn reader_js_href() -> &'static str {
    &READER_JS.href
}

/// The scripts of the forms that a phone keeps.
pub fn kept_js_hrefs() -> [&'static str; 3] {
    KEPT_JS.each_ref().map(|asset| asset.href.as_str())
}

/// The icon of the app in two sizes, and one that a phone may cut to its own shape.
pub fn icon_hrefs() -> [&'static str; 3] {
    ICONS.each_ref().map(|asset| asset.href.as_str())
}

/// What a phone keeps, so that the console's pages look and work the same without a network.
pub fn of_the_console() -> Vec<&'static str> {
    let scripts = console_js_hrefs();
    let files = [css_href(), console_css_href(), icon_href(), pending_js_href()];
    files.into_iter().chain(scripts).chain(kept_js_hrefs()).collect()
}

/// The site icon's address.
pub fn icon_href() -> &'static str {
    &ICON.href
}

/// The script that puts the button on a scan page, and loads the verifier when it is pressed.
pub fn verify_button_href() -> &'static str {
    &VERIFY_BUTTON.href
}

/// The verifier that speaks this language.
pub fn verifier_href(locale: &Locale) -> &'static str {
    match locale {
        Locale::ZhCn => &VERIFIER_ZH_CN.href,
        Locale::En => &VERIFIER_EN.href,
    }
}

/// The asset that stands at `/assets/{name}`; a name with an older hash is not found.
pub fn find(name: &str) -> Option<&'static Asset> {
    let all = [&*CSS, &*CONSOLE_CSS, &*PENDING_JS, &*ICON, &*VERIFY_BUTTON, &*VERIFIER_ZH_CN, &*VERIFIER_EN];
    all.into_iter()
        .chain([&*SCAN_JS, &*READER_JS])
        .chain(&*CONSOLE_JS)
        .chain(&*KEPT_JS)
        .chain(&*ICONS)
        .find(|asset| asset.name == name)
}

fn asset(stem: &str, extension: &str, content_type: &'static str, bytes: &'static [u8]) -> Asset {
    let hash: String = Sha256::digest(bytes).iter().take(4).map(|byte| format!("{byte:02x}")).collect();
    let name = format!("{stem}.{hash}.{extension}");
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    // Writing to memory does not fail; an empty file would be noticed by every test.
    let gzip = encoder.write_all(bytes).and_then(|()| encoder.finish()).unwrap_or_default();
    Asset { href: format!("/assets/{name}"), name, content_type, bytes, gzip }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::{BTreeMap, BTreeSet};

    #[test]
    fn an_asset_is_found_by_its_hashed_name_only() {
        let css = find(css_href().trim_start_matches("/assets/")).unwrap();
        assert!(css.name.len() == "suyuan.12345678.css".len() && css.content_type.starts_with("text/css"));
        assert!(find("suyuan.css").is_none() && find("suyuan.00000000.css").is_none() && find("").is_none());
    }

    #[test]
    fn all_script_of_a_scan_page_is_small() {
        for verifier in [&VERIFIER_EN, &VERIFIER_ZH_CN] {
            let bytes = verifier.bytes.len() + VERIFY_BUTTON.bytes.len();
            assert!(bytes <= 40_000, "{}: {bytes}", verifier.name);
        }
    }

    /// Key → text of a file of words for script.
    fn words(source: &str) -> BTreeMap<&str, &str> {
        let lines = source.lines().filter_map(|line| line.trim().strip_prefix('"')?.split_once("\": "));
        let words: BTreeMap<_, _> = lines.collect();
        assert!(words.len() > 40, "{source}");
        words
    }

    /// Names in braces, `{name}` or `{name|one|many}`.
    fn places(text: &str) -> BTreeSet<&str> {
        text.split('{').skip(1).filter_map(|rest| rest.split(['}', '|']).next()).collect()
    }

    #[test]
    fn verifiers_say_the_same_in_both_languages_and_never_the_words_that_no_page_says() {
        for (en, zh) in [
            (include_str!("assets/verify/words/en.js"), include_str!("assets/verify/words/zh-CN.js")),
            (include_str!("assets/verify/words/pack.en.js"), include_str!("assets/verify/words/pack.zh-CN.js")),
        ] {
            for forbidden in ["正品", "真品", "假", "genuine", "fake"] {
                assert!(!en.contains(forbidden) && !zh.contains(forbidden), "{forbidden}");
            }
            let (en, zh) = (words(en), words(zh));
            assert_eq!(en.keys().collect::<Vec<_>>(), zh.keys().collect::<Vec<_>>());
            for (key, text) in en {
                assert_eq!(places(text), places(zh[key]), "{key}");
            }
        }
    }

    /// WCAG 2 contrast of two `#rrggbb` colours.
    fn contrast(a: &str, b: &str) -> f64 {
        let luminance = |colour: &str| -> f64 {
            let channel = |i: usize| {
                let c = f64::from(u8::from_str_radix(&colour[i..i + 2], 16).unwrap()) / 255.0;
                if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
            };
            0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
        };
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn colours_are_readable_in_light_and_in_dark() {
        let css = std::str::from_utf8(CSS.bytes).unwrap();
        let themes: Vec<&str> = css.split(":root {").skip(1).take(2).collect();
        for theme in themes {
            let token = |name: &str| -> &str {
                let start = theme.find(&format!("--{name}: #")).unwrap_or_else(|| panic!("no token {name}"));
                &theme[start + name.len() + 4..start + name.len() + 11]
            };
            for (ink, paper, least) in [
                ("ink", "paper", 7.0),
                ("ink", "wash", 7.0),
                ("ink", "ground", 7.0),
                ("muted", "paper", 4.5),
                ("muted", "wash", 4.5),
                ("muted", "ground", 4.5),
                ("accent", "paper", 4.5),
                ("on-accent", "accent", 4.5),
                ("ok-mark", "paper", 4.5),
                ("ok-mark", "wash", 4.5),
                ("attention-mark", "paper", 4.5),
                ("stop-mark", "paper", 4.5),
                ("stop-mark", "wash", 4.5),
                ("unknown-mark", "paper", 4.5),
                ("ok-ink", "ok-bg", 7.0),
                ("attention-ink", "attention-bg", 7.0),
                ("stop-ink", "stop-bg", 7.0),
                ("unknown-ink", "unknown-bg", 7.0),
            ] {
                let found = contrast(token(ink), token(paper));
                assert!(found >= least, "{ink} on {paper}: {found:.2} < {least}");
            }
        }
    }
}
