use super::*;
use std::collections::{BTreeMap, BTreeSet};

/// Key → argument names, read from the files as text.
fn messages(locale: Locale) -> BTreeMap<String, (String, BTreeSet<String>)> {
    let folder = format!("{}/src/web/locales/{}", env!("CARGO_MANIFEST_DIR"), locale.tag());
    let mut found: BTreeMap<String, (String, BTreeSet<String>)> = BTreeMap::new();
    for file in std::fs::read_dir(folder).unwrap() {
        let mut key = String::new();
        for line in std::fs::read_to_string(file.unwrap().path()).unwrap().lines().filter(|l| !l.starts_with('#')) {
            if let Some((name, _)) = line.split_once(" =").filter(|_| !line.starts_with(' ')) {
                key = name.to_owned();
                assert!(!found.contains_key(&key), "{key} stands twice in {}", locale.tag());
            }
            let entry = found.entry(key.clone()).or_default();
            entry.0.push_str(line);
            for part in line.split('$').skip(1) {
                entry.1.insert(part.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect());
            }
        }
    }
    found.remove("");
    found
}

#[test]
fn both_languages_have_the_same_texts_with_the_same_arguments() {
    let [zh, en] = Locale::ALL
        .map(|locale| messages(locale).into_iter().map(|(key, (_, args))| (key, args)).collect::<BTreeMap<_, _>>());
    assert!(zh.len() > 100);
    assert_eq!(zh, en);
}

#[test]
fn every_text_parses_in_both_languages() {
    for locale in Locale::ALL {
        for (key, (_, names)) in messages(locale) {
            let args: Vec<(&str, Arg<'_>)> = names.iter().map(|name| (name.as_str(), 2.into())).collect();
            let text = t_args(locale, &key, &args);
            assert!(text != key && !text.contains(['{', '}', '$']), "{key} ({}): {text}", locale.tag());
        }
    }
    assert_eq!(t(Locale::En, "no-such-key"), "no-such-key");
}

#[test]
fn no_text_claims_or_denies_that_a_thing_is_the_real_one() {
    for locale in Locale::ALL {
        for (key, (text, _)) in messages(locale) {
            let text = text.to_lowercase();
            for word in ["正品", "真品", "假", "genuine", "fake"] {
                assert!(!text.contains(word), "{key} ({}) says {word}", locale.tag());
            }
        }
    }
}

#[test]
fn arguments_go_in_without_isolation_marks() {
    let text = t_args(Locale::ZhCn, "verdict-expired-sentence", &[("date", "2026-06-28".into())]);
    assert_eq!(text, "保质期至 2026-06-28。");
}

#[test]
fn the_address_wins_over_the_cookie_and_the_cookie_over_the_browser() {
    let negotiate = Locale::negotiate;
    assert_eq!(negotiate(Some("en"), Some("zh-CN"), Some("zh")), Locale::En);
    assert_eq!(negotiate(Some("fr"), Some("en"), Some("zh")), Locale::En);
    assert_eq!(negotiate(None, None, Some("fr-FR, en-GB;q=0.8, zh;q=0.9")), Locale::ZhCn);
    assert_eq!(negotiate(None, None, Some("en-US,en;q=0.9")), Locale::En);
    assert_eq!(negotiate(None, None, Some("zh;q=0, en;q=0.1")), Locale::En);
    assert_eq!(negotiate(None, None, Some("de, *")), Locale::ZhCn);
    assert_eq!(negotiate(None, None, None), Locale::ZhCn);
}

#[test]
fn a_missing_english_name_falls_back_to_the_chinese_one() {
    assert_eq!(Locale::En.pick(&Bilingual::same("SF-P01")), "SF-P01");
    assert_eq!(Locale::En.pick(&Bilingual::new("脐橙", "Navel orange")), "Navel orange");
    assert_eq!(Locale::ZhCn.pick(&Bilingual::new("脐橙", "Navel orange")), "脐橙");
}
