use proptest::prelude::*;
use unicode_normalization::is_nfc;
use utoipa::{PartialSchema, ToSchema};

use super::*;

fn code<T: FromStr<Err = Invalid> + fmt::Debug>(text: &str) -> String {
    text.parse::<T>().unwrap_err().code.into_owned()
}

#[test]
fn names_are_trimmed_and_normalised_once() {
    assert_eq!("\u{3000} 示范红旗脐橙合作社 \n".parse::<Text<20>>().unwrap().as_str(), "示范红旗脐橙合作社");
    assert_eq!("e\u{301}".parse::<Text<1>>().unwrap().as_str(), "é");
    assert_eq!("示范·橙一".parse::<Text<5>>().unwrap().to_string(), "示范·橙一");
    // Rare hanzi of names, and a variation selector that chooses a form of one.
    assert!("𬭼㙍葛\u{E0100}".parse::<Text<9>>().is_ok());
}

#[test]
fn a_refused_text_names_its_rule_and_the_character() {
    for (text, rule) in [
        ("", "text-empty"),
        (" \t\u{3000}", "text-empty"),
        ("123456", "text-too-long"),
        ("a\0b", "text-control"),
        ("a\tb", "text-control"),
        ("a\nb", "text-control"),
        ("a\u{85}b", "text-control"),
        ("a\u{2028}b", "text-control"),
        ("a\u{61C}b", "text-bidi"),
        ("a\u{200F}b", "text-bidi"),
        ("a\u{202E}b", "text-bidi"),
        ("a\u{2067}b", "text-bidi"),
        ("a\u{200B}b", "text-invisible"),
        ("a\u{200D}b", "text-invisible"),
        ("a\u{2060}b", "text-invisible"),
        ("a\u{FEFF}b", "text-invisible"),
        ("a\u{AD}b", "text-invisible"),
        ("\u{3164}", "text-invisible"),
        ("a\u{FFF9}b", "text-invisible"),
        ("a\u{E0041}b", "text-invisible"),
        ("a\u{E000}b", "text-private"),
        ("a\u{100000}b", "text-private"),
        ("a\u{FDD0}b", "text-private"),
        ("a\u{FFFF}b", "text-private"),
        ("a\u{1FFFE}b", "text-private"),
    ] {
        assert_eq!(code::<Text<5>>(text), rule, "{text:?}");
    }
    assert_eq!("a\u{202E}b".parse::<Text<5>>().unwrap_err().value, "U+202E");
}

#[test]
fn length_counts_characters_and_a_records_bytes() {
    assert!("脐橙脐橙脐".parse::<Text<5>>().is_ok());
    assert_eq!("橙".repeat(1366).parse::<Text<5000>>().unwrap_err().expected, "4096 UTF-8 bytes");
    assert!("橙".repeat(1365).parse::<Text<5000>>().is_ok());
}

#[test]
fn only_long_text_has_lines_and_they_end_with_a_line_feed() {
    assert_eq!("第一行\r\n第二行\n".parse::<LongText<20>>().unwrap().as_str(), "第一行\n第二行");
    assert_eq!(code::<LongText<20>>("a\rb"), "text-control");
    assert_eq!(code::<LongText<20>>("a\u{202E}b"), "text-bidi");
    assert_eq!(code::<LongText<2>>("a\nb"), "text-too-long");
}

#[test]
fn codes_hold_letters_digits_and_three_signs() {
    assert_eq!(" SF-S-0217 ".parse::<Code<16>>().unwrap().as_str(), "SF-S-0217");
    assert_eq!(code::<Code<16>>(""), "code-length");
    assert_eq!(code::<Code<3>>("abcd"), "code-length");
    for text in ["a b", "示范", "a/b", "a\u{200B}"] {
        assert_eq!(code::<Code<16>>(text), "code-character", "{text:?}");
    }
}

#[test]
fn a_films_address_is_plain_https() {
    for url in ["https://video.example/a.mp4", "https://v.example:8443/?a=1&b=%20#t", "https://localhost"] {
        assert_eq!(url.parse::<VideoUrl>().unwrap().as_str(), url);
    }
    let long = format!("https://video.example/{}", "a".repeat(500));
    for (url, rule) in [
        ("", "video-url-scheme"),
        ("http://video.example/", "video-url-scheme"),
        ("javascript:alert(1)", "video-url-scheme"),
        ("//video.example/", "video-url-scheme"),
        (long.as_str(), "video-url-length"),
        ("https://video.example/a b", "video-url-character"),
        ("https://video.example/\"onload=", "video-url-character"),
        ("https://video.example/'", "video-url-character"),
        ("https://video.example/<", "video-url-character"),
        ("https://video.example\\@evil.example/", "video-url-character"),
        ("https://video.example/\u{7f}", "video-url-character"),
        ("https://视频.example/", "video-url-character"),
        ("https://user@video.example/", "video-url-userinfo"),
        ("https://user:pass@video.example/", "video-url-userinfo"),
        ("https:///path", "video-url-host"),
        ("https://a..b/", "video-url-host"),
        ("https://video.example:0/", "video-url-host"),
        ("https://video.example:/", "video-url-host"),
        ("https://[::1]/", "video-url-host"),
    ] {
        assert_eq!(code::<VideoUrl>(url), rule, "{url}");
    }
}

#[test]
fn json_is_a_string_and_a_refusal_survives_it() {
    assert_eq!(serde_json::to_string(&"橙".parse::<Text<5>>().unwrap()).unwrap(), "\"橙\"");
    let error = serde_json::from_str::<Text<5>>("\"a\\u202eb\"").unwrap_err().to_string();
    assert_eq!(Invalid::from_transport(&error).unwrap().code, "text-bidi");
    assert_eq!(Text::<80>::name(), "Text80");
    let schema = serde_json::to_value(LongText::<2000>::schema()).unwrap();
    assert_eq!((schema["type"].as_str(), schema["maxLength"].as_u64()), (Some("string"), Some(2000)));
}

proptest! {
    #[test]
    fn what_is_accepted_is_normal_short_and_reads_back_unchanged(typed in any::<String>()) {
        if let Ok(text) = typed.parse::<LongText<12>>() {
            prop_assert!(is_nfc(text.as_str()));
            prop_assert!((1..=12).contains(&text.as_str().chars().count()));
            prop_assert_eq!(text.as_str().parse::<LongText<12>>().unwrap(), text);
        }
    }
}
