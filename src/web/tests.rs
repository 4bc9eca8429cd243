//! Pages asserted as documents. With `SUYUAN_PAGES_OUT=DIR` set, every page is also written there, to be looked at.

use crate::domain::view::*;
use crate::i18n::Locale;
use crate::web::pages::{self, PageContext};
use crate::web::{assets, fixtures};
use scraper::{Html, Selector};
use std::io::Write;

const FORBIDDEN: [&str; 5] = ["正品", "真品", "假", "genuine", "fake"];

fn context() -> PageContext {
    PageContext::new("https://sy.example/", "/01/09520000100018/10/SF26P011116T/21/7QK2M9XD4TPB8R3C")
}

fn scans() -> Vec<(&'static str, ScanView)> {
    vec![
        ("issued", fixtures::good()),
        ("issued-again", fixtures::good_again()),
        ("issued-lot", fixtures::good_lot()),
        ("held", fixtures::held()),
        ("recalled", fixtures::recalled()),
        ("licence-ended", fixtures::licence_ended()),
        ("expired", fixtures::expired()),
        ("not-activated", fixtures::not_activated()),
        ("voided", fixtures::voided()),
        ("unknown", fixtures::unknown()),
    ]
}

/// Every page in one language, with a name for its file.
fn all_pages(locale: Locale) -> Vec<(String, String)> {
    let (c, home) = (context(), PageContext::new("https://sy.example", "/"));
    let mut all: Vec<(String, String)> =
        scans().iter().map(|(name, view)| (format!("scan-{name}"), pages::scan(view, locale, &c))).collect();
    let browse = fixtures::browse();
    let missed = LookupView { query: Some("SF26P01111X".into()), error: Some(LookupError::NotFound), ..browse.clone() };
    let refused = ReportForm {
        code: "/01/09520000100018/10/SF26P011116T".into(),
        text: "箱上的批次与页面不同".into(),
        error: Some(ReportError::KindMissing),
        ..ReportForm::default()
    };
    let more = [
        ("lookup", pages::lookup(&browse, locale, &home)),
        ("lookup-missed", pages::lookup(&missed, locale, &home)),
        ("lookup-results", pages::lookup(&found(), locale, &home)),
        ("bad-code", pages::bad_code("0952000010001", Some(LookupError::BadCheckDigit), locale, &c)),
        ("product", pages::product(&fixtures::product_page(), locale, &c)),
        ("producer", pages::producer(&fixtures::producer_page(), locale, &c)),
        ("report", pages::report(&ReportForm { code: c.path.clone(), ..ReportForm::default() }, locale, &c)),
        ("report-refused", pages::report(&refused, locale, &c)),
        ("thanks", pages::thanks(Some("F-2026-0007"), Some(&c.path), locale, &c)),
    ];
    all.extend(more.map(|(name, page)| (name.to_owned(), page)));
    all
}

fn found() -> LookupView {
    let result = |lot: &str, verdict| LookupResult {
        name: Bilingual::new("脐橙 特级 5 kg", "Navel orange, Extra, 5 kg"),
        gtin: Some("09520000100018".into()),
        lot: Some(lot.into()),
        producer: Some(fixtures::red_flag()),
        date: Some("2026-11-19".into()),
        verdict: Some(verdict),
        url: format!("/01/09520000100018/10/{lot}"),
    };
    let results = vec![result("SF26P011116T", Verdict::Issued), result("SF26P031117T", Verdict::Held)];
    LookupView { query: Some("SF26P".into()), results, ..LookupView::default() }
}

fn text(page: &Html, selector: &str) -> String {
    let selector = Selector::parse(selector).unwrap();
    let text: String = page.select(&selector).next().map(|e| e.text().collect()).unwrap_or_default();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn scan_text(view: &ScanView, locale: Locale, selector: &str) -> String {
    text(&Html::parse_document(&pages::scan(view, locale, &context())), selector)
}

fn gzip_len(bytes: &[u8]) -> usize {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap().len()
}

#[test]
fn the_scan_page_tells_in_the_order_of_verdict_product_brand_story_tests_promise_place_checks_and_more() {
    let page = Html::parse_document(&pages::scan(&fixtures::good(), Locale::ZhCn, &context()));
    let ids: Vec<_> =
        page.select(&Selector::parse("main > section").unwrap()).map(|s| s.attr("id").unwrap().to_owned()).collect();
    let order = ["verdict", "product", "brand", "story", "tests", "certificate", "origin", "checks", "more"];
    assert_eq!(ids, order);
}

#[test]
fn each_verdict_speaks_the_agreed_words_in_both_languages() {
    let reason_zh = "检测未通过。请勿购买或食用。";
    let cases: [(ScanView, &str, &str, &str, &str); 10] = [
        (
            fixtures::good(),
            "本码由本平台签发 · 首次查询",
            "请核对包装与下方信息是否一致。",
            "Code issued here · first look-up",
            "Compare the pack with what stands below.",
        ),
        (
            fixtures::good_lot(),
            "本码由本平台签发",
            "请核对包装与下方信息是否一致。",
            "Code issued here",
            "Compare the pack with what stands below.",
        ),
        (
            fixtures::good_again(),
            "本码由本平台签发 · 第 3 次查询",
            "首次查询：2026-11-21，广东深圳。若您刚打开包装却不是首次，请反馈。",
            "Code issued here · look-up no. 3",
            "First look-up: 2026-11-21, Shenzhen, Guangdong. If you have only just opened the pack and it is not the first, please tell us.",
        ),
        (
            fixtures::not_activated(),
            "本码尚未启用",
            "这张标签还没有用于任何产品。",
            "Code not in use yet",
            "This label has not been put on any product yet.",
        ),
        (
            fixtures::voided(),
            "本码已作废",
            "该标签（或该标签段）已作废或已挂失，请勿据此购买。",
            "Code withdrawn",
            "This label, or its roll, was withdrawn or reported lost; do not buy by it.",
        ),
        (fixtures::held(), "该批次暂停销售", reason_zh, "Batch on hold", "A test failed. Do not buy or eat it."),
        (
            fixtures::recalled(),
            "该批次正在召回",
            "净含量低于允差。请勿食用，联系 示范云岭茶叶合作社 000-0000。",
            "Batch recalled",
            "Net content below tolerance. Do not eat it; contact Yunling Tea Cooperative 000-0000.",
        ),
        (
            fixtures::licence_ended(),
            "品牌授权无效",
            "包装时该企业无权使用此品牌。",
            "Brand licence not valid",
            "When this was packed its maker had no right to this brand.",
        ),
        (fixtures::expired(), "已过保质期", "保质期至 2026-06-28。", "Past its date", "Best before 2026-06-28."),
        (
            fixtures::unknown(),
            "本平台未签发此码",
            "请检查字符是否输入正确；如来自包装，请反馈。",
            "Code not issued here",
            "Check the characters; if it stands on a pack, please tell us.",
        ),
    ];
    for (view, line_zh, say_zh, line_en, say_en) in cases {
        assert_eq!(scan_text(&view, Locale::ZhCn, "#verdict h1"), line_zh);
        assert_eq!(scan_text(&view, Locale::ZhCn, "#verdict .say"), say_zh);
        assert_eq!(scan_text(&view, Locale::En, "#verdict h1"), line_en);
        assert_eq!(scan_text(&view, Locale::En, "#verdict .say"), say_en);
    }
}

#[test]
fn an_enquiry_is_told_apart_from_a_failed_test() {
    let view = ScanView { hold_reason: Some(HoldReason::UnderEnquiry), ..fixtures::held() };
    assert_eq!(scan_text(&view, Locale::ZhCn, "#verdict .say"), "核查中。请勿购买或食用。");
    assert_eq!(scan_text(&view, Locale::En, "#verdict .say"), "Under enquiry. Do not buy or eat it.");
}

#[test]
fn no_page_says_that_a_thing_is_the_real_one_and_none_lacks_a_text() {
    for (name, page) in Locale::ALL.into_iter().flat_map(all_pages) {
        let lower = page.to_lowercase();
        for word in FORBIDDEN {
            assert!(!lower.contains(word), "{name} says {word}");
        }
        let keys =
            ["verdict-", "step-", "fig-", "tests-", "checks-", "origin-", "cert-", "brand-", "report-kind", "lookup-"];
        let shown: String = Html::parse_document(&page).root_element().text().collect();
        for key in keys {
            assert!(!shown.contains(key), "{name} shows the name of a text: {key}");
        }
    }
}

#[test]
fn every_verdict_step_and_kind_of_report_has_its_text() {
    let verdicts = Verdict::ALL.iter().map(|v| format!("verdict-{}", v.as_str()));
    let steps = StepKind::ALL.iter().map(|k| format!("step-{}", k.as_str()));
    let kinds = ReportKind::ALL.iter().map(|k| format!("report-kind-{}", k.as_str()));
    for key in verdicts.chain(steps).chain(kinds) {
        assert_ne!(crate::i18n::t(Locale::En, &key), key);
    }
    for kind in StepKind::ALL {
        assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str(), "one name on the wire and in the locales");
    }
}

/// Any script but the one file that puts the button for verifying in the place of a sentence.
const OTHER_SCRIPT: &str = "script:not([src^='/assets/verify-button.']), script:not(:empty)";

#[test]
fn pages_need_no_script_no_inline_style_and_no_other_host() {
    for (name, page) in Locale::ALL.into_iter().flat_map(all_pages) {
        let document = Html::parse_document(&page);
        for selector in [OTHER_SCRIPT, "style", "[style]", "iframe", "base", "[onclick]", "[onload]"] {
            assert!(document.select(&Selector::parse(selector).unwrap()).next().is_none(), "{name} has {selector}");
        }
        for element in document.select(&Selector::parse("img[src], link[rel=stylesheet], link[rel=icon]").unwrap()) {
            let url = element.attr("src").or(element.attr("href")).unwrap();
            assert!(url.starts_with('/') && !url.starts_with("//"), "{name} loads {url}");
        }
        let ids: Vec<_> = document.select(&Selector::parse("[id]").unwrap()).filter_map(|e| e.attr("id")).collect();
        assert_eq!(ids.len(), ids.iter().collect::<std::collections::BTreeSet<_>>().len(), "{name} repeats an id");
    }
}

#[test]
fn where_records_can_be_checked_a_sentence_stands_that_script_replaces_by_a_button() {
    for (locale, sentence) in [(Locale::ZhCn, "不用脚本，请下载记录"), (Locale::En, "Without them, download")]
    {
        let page = Html::parse_document(&pages::scan(&fixtures::good(), locale, &context()));
        assert!(text(&page, "#verify").contains(sentence));
        let found = page.select(&Selector::parse("#verify").unwrap()).next().unwrap();
        for name in ["batch", "head", "history", "proof", "script", "button", "busy", "failed"] {
            assert!(!found.attr(&format!("data-{name}")).unwrap().is_empty(), "{name}");
        }
        let script = found.attr("data-script").unwrap().trim_start_matches("/assets/");
        assert!(script.contains(locale.tag()) && assets::find(script).is_some(), "{script}");
        let unknown = Html::parse_document(&pages::scan(&fixtures::unknown(), locale, &context()));
        assert!(unknown.select(&Selector::parse("#verify, script").unwrap()).next().is_none());
    }
}

#[test]
fn what_witnesses_said_of_the_log_is_told_and_that_they_said_nothing_too() {
    let mut view = fixtures::good();
    let told = |view: &ScanView, sentences: [&str; 2]| {
        for (locale, sentence) in [Locale::En, Locale::ZhCn].into_iter().zip(sentences) {
            let found = scan_text(view, locale, "#checks");
            assert!(found.contains(sentence), "{found}");
        }
    };
    told(
        &view,
        [
            "up to record 4210 at 2026-\u{2060}11-\u{2060}22 10:00 by association, university; every record",
            "（见证方：association、university）；本页的记录都在其中",
        ],
    );
    let checks = view.checks.as_mut().unwrap();
    checks.witnessed.as_mut().unwrap().covers_all = false;
    told(&view, ["came later and is not witnessed yet", "本页最新的记录在此之后，尚未见证"]);
    let checks = view.checks.as_mut().unwrap();
    (checks.witnessed, checks.awaits_witnesses) = (None, true);
    told(&view, ["so far too few of them have done so", "目前确认的见证方还不够"]);
    view.checks.as_mut().unwrap().awaits_witnesses = false;
    for (locale, word) in [(Locale::En, "itness"), (Locale::ZhCn, "见证")] {
        assert!(!scan_text(&view, locale, "#checks").contains(word));
    }
}

#[test]
fn pages_are_light() {
    let sheet = gzip_len(assets::find(assets::css_href().trim_start_matches("/assets/")).unwrap().bytes);
    assert!(sheet <= 12 * 1024, "stylesheet: {sheet}");
    for (name, page) in Locale::ALL.into_iter().flat_map(all_pages) {
        let size = gzip_len(page.as_bytes());
        assert!(size <= 30 * 1024, "{name}: {size}");
    }
}

#[test]
fn hostile_text_stays_text() {
    let evil = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>";
    let mut view = fixtures::good();
    let product = view.product.as_mut().unwrap();
    product.name = Bilingual::same(evil);
    product.photo = Some("//evil.example/x.png".into());
    product.producer_url = Some("javascript:alert(1)".into());
    view.lot = Some(evil.into());
    view.timeline[0].note = Some(Bilingual::same(evil));
    view.timeline[0].photos = vec!["javascript:alert(1)".into(), "https://evil.example/t.gif".into()];
    view.timeline[0].documents = vec!["javascript:alert(1)".into(), "https://evil.example/t.pdf".into()];
    view.timeline[0].videos = vec!["javascript:alert(1)".into()];
    view.timeline[1].correction.as_mut().unwrap().reason = evil.into();
    view.tests[0].file_url = Some("https://evil.example/report".into());
    view.contact.as_mut().unwrap().buy_url = Some("javascript:alert(1)".into());
    let query = LookupView { query: Some(evil.into()), error: Some(LookupError::NotFound), ..LookupView::default() };
    let form = ReportForm { code: evil.into(), text: evil.into(), contact: evil.into(), ..ReportForm::default() };
    let c = context();
    let hostile = [
        pages::scan(&view, Locale::En, &c),
        pages::lookup(&query, Locale::En, &c),
        pages::bad_code(evil, None, Locale::En, &c),
        pages::report(&form, Locale::En, &c),
        pages::thanks(Some(evil), Some("https://evil.example"), Locale::En, &c),
    ];
    for page in hostile {
        let document = Html::parse_document(&page);
        for selector in [
            OTHER_SCRIPT,
            "[onerror]",
            "img[src^='//']",
            "[href^='javascript']",
            "[src*=evil]",
            "[href*='evil.example']",
        ] {
            assert!(document.select(&Selector::parse(selector).unwrap()).next().is_none(), "{selector} in {page}");
        }
        assert!(page.contains("alert(1)"), "the text itself is shown");
    }
}

#[test]
fn a_value_without_a_limit_is_not_judged_and_one_over_it_is_told_in_words() {
    let found = scan_text(&fixtures::held(), Locale::ZhCn, "#tests .found tbody");
    assert!(found.contains("联苯菊酯 0.083 / 0.05 超过限量166%"), "{found}");
    assert!(found.contains("噻虫胺 0.012 未判定"), "{found}");
    assert!(scan_text(&fixtures::held(), Locale::ZhCn, "#tests").contains("不表示通过"));
}

#[test]
fn a_correction_shows_the_old_and_the_new_value() {
    let page = Html::parse_document(&pages::scan(&fixtures::good(), Locale::ZhCn, &context()));
    assert_eq!((text(&page, ".fix del"), text(&page, ".fix ins")), ("96,000 kg".into(), "9,600 kg".into()));
    assert!(text(&page, ".fix").contains("原因：录入多一个零"));
}

#[test]
fn a_licence_that_ran_out_after_packing_is_told_and_does_not_alarm() {
    let mut view = fixtures::good();
    view.brand = fixtures::expired().brand;
    assert_eq!(scan_text(&view, Locale::ZhCn, "#brand .state"), "包装时有效");
    let line = scan_text(&view, Locale::ZhCn, "#brand");
    assert!(line.contains("至 2026-10-31") && line.contains("不影响这件产品"), "{line}");
}

#[test]
fn buying_again_is_offered_beside_an_issued_code_only() {
    for (name, view) in scans() {
        let offered = pages::scan(&view, Locale::ZhCn, &context()).contains("https://shop.example/navel");
        assert_eq!(offered, view.verdict == Verdict::Issued, "{name}");
    }
}

#[test]
fn the_language_switch_keeps_the_page() {
    let c = PageContext::new("https://sy.example", "/?q=SF26");
    let page = Html::parse_document(&pages::lookup(&fixtures::browse(), Locale::ZhCn, &c));
    let switch = page.select(&Selector::parse(".bar .lang").unwrap()).next().unwrap();
    assert_eq!((switch.attr("href"), switch.attr("hreflang")), (Some("/?q=SF26&lang=en"), Some("en")));
    assert_eq!(context().report_href().split('=').next_back(), Some(context().path.as_str()));
}

#[test]
fn a_refused_report_keeps_what_was_typed_and_names_the_field() {
    let form = ReportForm {
        kind: Some(ReportKind::Quality),
        text: String::new(),
        contact: "138".into(),
        error: Some(ReportError::TextMissing),
        ..ReportForm::default()
    };
    let page = Html::parse_document(&pages::report(&form, Locale::ZhCn, &context()));
    assert_eq!(text(&page, "option[selected]"), "质量或安全问题");
    assert_eq!(text(&page, "#text-error"), "请写一两句情况。");
    let contact = page.select(&Selector::parse("#contact").unwrap()).next().unwrap();
    assert_eq!(contact.attr("value"), Some("138"));
}

#[test]
fn every_page_can_be_written_out_to_be_looked_at() {
    let Ok(folder) = std::env::var("SUYUAN_PAGES_OUT") else { return };
    let assets_folder = format!("{folder}/assets");
    std::fs::create_dir_all(&assets_folder).unwrap();
    for href in [assets::css_href(), assets::icon_href()] {
        let asset = assets::find(href.trim_start_matches("/assets/")).unwrap();
        std::fs::write(format!("{folder}{href}"), asset.bytes).unwrap();
    }
    for locale in Locale::ALL {
        for (name, page) in all_pages(locale) {
            std::fs::write(format!("{folder}/{name}.{}.html", locale.tag()), page).unwrap();
        }
    }
}
