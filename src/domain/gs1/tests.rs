use proptest::prelude::*;

use super::*;
use crate::domain::invalid::Invalid;

fn gtin(text: &str) -> Gtin {
    text.parse().unwrap()
}

/// Code and expectation of a refusal.
fn refused<T: std::fmt::Debug>(result: Result<T, Invalid>) -> (String, String) {
    let invalid = result.unwrap_err();
    (invalid.code.into_owned(), invalid.expected)
}

fn code<T: std::fmt::Debug>(result: Result<T, Invalid>) -> String {
    refused(result).0
}

fn parse(path: &str) -> Result<DigitalLink, Invalid> {
    DigitalLink::parse(path, "")
}

#[test]
fn check_digits_agree_with_published_examples() {
    // GS1 General Specifications §7.9.1 and the check-digit calculator's examples.
    for (body, check) in
        [("629104150021", 3), ("0952000010001", 8), ("1952000010001", 5), ("9638507", 4), ("03600029145", 2)]
    {
        let digits: Vec<u8> = body.bytes().map(|b| b - b'0').collect();
        assert_eq!(check_digit(&digits), check, "{body}");
    }
}

#[test]
fn a_gtin_is_read_from_8_12_13_or_14_digits_and_shown_with_14() {
    for (typed, shown) in [
        ("96385074", "00000096385074"),
        ("036000291452", "00036000291452"),
        ("9520000100018", "09520000100018"),
        ("19520000100015", "19520000100015"),
    ] {
        assert_eq!(gtin(typed).to_string(), shown);
    }
    assert_eq!(gtin("09520000100018"), gtin("9520000100018"));
}

#[test]
fn the_demo_products_have_valid_gtins() {
    for product in [
        "9520000100049",
        "9520000100018",
        "9520000100025",
        "9520000100032",
        "19520000100015",
        "9520000100070",
        "9520000100056",
        "9520000100087",
        "9520000100063",
    ] {
        assert!(product.parse::<Gtin>().is_ok(), "{product}");
    }
}

#[test]
fn the_short_form_drops_the_leading_zero_of_a_base_unit_only() {
    assert_eq!(gtin("09520000100018").short(), "9520000100018");
    assert_eq!(gtin("19520000100015").short(), "19520000100015");
    assert_eq!((gtin("09520000100018").indicator(), gtin("19520000100015").indicator()), (0, 1));
}

#[test]
fn a_refused_gtin_names_its_rule_and_the_right_check_digit() {
    assert_eq!(refused("9520000100019".parse::<Gtin>()), ("gtin-check-digit".into(), "8".into()));
    assert_eq!(refused("036000291453".parse::<Gtin>()), ("gtin-check-digit".into(), "2".into()));
    for (text, rule) in [
        ("", "gtin-length"),
        ("952000010", "gtin-length"),
        ("095200001000180", "gtin-length"),
        ("952000010001X", "gtin-digits"),
        ("９５２００００１０００１８", "gtin-digits"),
        (" 9520000100018", "gtin-digits"),
        ("-952000010001", "gtin-digits"),
    ] {
        assert_eq!(code(text.parse::<Gtin>()), rule, "{text:?}");
    }
}

#[test]
fn a_gtin_comes_back_from_storage() {
    assert_eq!(Gtin::try_from(gtin("19520000100015").as_u64()).unwrap(), gtin("19520000100015"));
    assert_eq!(code(Gtin::try_from(9_520_000_100_019)), "gtin-check-digit");
    assert_eq!(code(Gtin::try_from(u64::MAX)), "gtin-length");
}

#[test]
fn a_gtin_in_json_is_a_string_and_a_refusal_survives_it() {
    assert_eq!(serde_json::to_string(&gtin("9520000100018")).unwrap(), "\"09520000100018\"");
    let error = serde_json::from_str::<Gtin>("\"9520000100019\"").unwrap_err();
    assert_eq!(Invalid::from_transport(&error.to_string()).unwrap().code, "gtin-check-digit");
}

#[test]
fn a_gln_has_13_digits_and_its_own_check_digit() {
    assert_eq!("9520000000011".parse::<Gln>().unwrap().to_string(), "9520000000011");
    assert_eq!("0614141000012".parse::<Gln>().unwrap().to_string(), "0614141000012");
    assert_eq!(refused("9520000000012".parse::<Gln>()), ("gln-check-digit".into(), "1".into()));
    assert_eq!(code("952000000001".parse::<Gln>()), "gln-length");
    assert_eq!(code("952000000001A".parse::<Gln>()), "gln-digits");
}

#[test]
fn lots_and_serials_hold_exactly_the_82_characters() {
    let allowed: String = (0..128u8).map(char::from).filter(|c| c.to_string().parse::<Serial>().is_ok()).collect();
    let set82 = "!\"%&'()*+,-/0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz";
    assert_eq!(allowed, set82, "the full stop is the 82nd and may stand beside others");
    assert!("1.2".parse::<Lot>().is_ok());
}

#[test]
fn a_refused_lot_or_serial_names_its_rule() {
    assert!("x".repeat(20).parse::<Lot>().is_ok());
    assert!("x".repeat(28).parse::<Tpx>().is_ok());
    assert_eq!(refused("x".repeat(21).parse::<Lot>()), ("lot-length".into(), "1-20".into()));
    assert_eq!(code("".parse::<Lot>()), "lot-length");
    assert_eq!(code("..".parse::<Lot>()), "lot-dots");
    let invalid = "批1".parse::<Lot>().unwrap_err();
    assert_eq!((&*invalid.code, &*invalid.value), ("lot-character", "批 (U+6279)"));
    assert_eq!("A B".parse::<Lot>().unwrap_err().value, "U+0020");
    assert_eq!(code("x".repeat(21).parse::<Serial>()), "serial-length");
    assert_eq!(code("a#".parse::<Serial>()), "serial-character");
    assert_eq!(code(".".parse::<Serial>()), "serial-dots");
    assert_eq!(code("x".repeat(21).parse::<Cpv>()), "cpv-length");
    assert_eq!(code("a^".parse::<Cpv>()), "cpv-character");
    assert_eq!(code(".".parse::<Cpv>()), "cpv-dots");
    assert_eq!(code("x".repeat(29).parse::<Tpx>()), "tpx-length");
    assert_eq!(code("a~".parse::<Tpx>()), "tpx-character");
    assert_eq!(code("..".parse::<Tpx>()), "tpx-dots");
}

#[test]
fn addresses_are_built_in_the_order_of_the_standard() {
    let lot: Lot = "SF26P011116T".parse().unwrap();
    let serial: Serial = "7K3M9Q2XWB4TZ0HC".parse().unwrap();
    let product = gtin("9520000100018");
    assert_eq!(DigitalLink::product(product).path(), "/01/09520000100018");
    assert_eq!(DigitalLink::lot(product, lot.clone()).path(), "/01/09520000100018/10/SF26P011116T");
    let link =
        DigitalLink { cpv: Some("2A".parse().unwrap()), ..DigitalLink::serial(product, Some(lot), serial.clone()) };
    assert_eq!(link.path(), "/01/09520000100018/22/2A/10/SF26P011116T/21/7K3M9Q2XWB4TZ0HC");
    let early = DigitalLink::serial(product, None, serial);
    assert_eq!(early.uri("https://trace.example/"), "https://trace.example/01/09520000100018/21/7K3M9Q2XWB4TZ0HC");
    assert_eq!(early.uri("https://trace.example"), early.uri("https://trace.example/"));
}

#[test]
fn what_a_path_reserves_is_percent_encoded() {
    let link = DigitalLink::lot(gtin("9520000100018"), "A/B%?_-.".parse().unwrap());
    assert_eq!(link.path(), "/01/09520000100018/10/A%2FB%25%3F_-.");
    assert_eq!(parse(&link.path()).unwrap(), link);
}

#[test]
fn addresses_are_read_with_either_case_of_encoding_and_a_trailing_slash() {
    let link = DigitalLink::lot(gtin("9520000100018"), "A/B".parse().unwrap());
    for path in ["/01/09520000100018/10/A%2FB", "/01/09520000100018/10/A%2fB/", "/01/09520000100018/10/%41%2FB"] {
        assert_eq!(parse(path).unwrap(), link, "{path}");
    }
    assert_eq!(parse("/01/09520000100018/").unwrap(), DigitalLink::product(gtin("9520000100018")));
    let third_party = parse("/01/09520000100018/235/ABC").unwrap();
    assert_eq!(third_party.tpx.as_ref().map(Tpx::as_str), Some("ABC"));
    assert_eq!(third_party.path(), "/01/09520000100018/235/ABC");
}

#[test]
fn a_refused_address_names_its_rule() {
    for (path, rule) in [
        ("", "link-shape"),
        ("/", "link-shape"),
        ("01/09520000100018", "link-shape"),
        ("/01", "link-shape"),
        ("/01/09520000100018/10", "link-shape"),
        ("/01/09520000100018//", "link-shape"),
        ("/gtin/09520000100018", "link-shape"),
        ("/00/09520000100018", "link-shape"),
        ("/01/9520000100018", "gtin-14-digits"),
        ("/01/96385074", "gtin-14-digits"),
        ("/01/09520000100019", "gtin-check-digit"),
        ("/01/0952000010001X", "gtin-digits"),
        ("/01/", "link-shape"),
        ("/01//10/A", "gtin-length"),
        ("/01/09520000100018/lot/A", "link-key"),
        ("/01/09520000100018/17/261231", "link-key"),
        ("/01/09520000100018/21/A/10/B", "link-order"),
        ("/01/09520000100018/10/A/22/B", "link-order"),
        ("/01/09520000100018/10/A/10/A", "link-order"),
        ("/01/09520000100018/21/A/235/B", "link-order"),
        ("/01/09520000100018/10/A/235/B", "link-order"),
        ("/01/09520000100018/10//21/A", "lot-length"),
        ("/01/09520000100018/10/AAAAAAAAAAAAAAAAAAAAA", "lot-length"),
        ("/01/09520000100018/21/%E6%89%B9", "serial-character"),
        ("/01/09520000100018/10/A%20B", "lot-character"),
        ("/01/09520000100018/10/%2E%2E", "lot-dots"),
        ("/01/09520000100018/10/A%2", "link-percent-encoding"),
        ("/01/09520000100018/10/A%", "link-percent-encoding"),
        ("/01/09520000100018/10/A%GG", "link-percent-encoding"),
        ("/01/09520000100018/10/A%+1", "link-percent-encoding"),
        ("/01/09520000100018/10/%FF", "link-percent-encoding"),
    ] {
        assert_eq!(code(parse(path)), rule, "{path}");
    }
    assert_eq!(refused(parse("/01/9520000100018")).1, "09520000100018", "the refusal names the address's form");
}

#[test]
fn twenty_characters_count_after_decoding() {
    let encoded = "%41".repeat(20);
    assert_eq!(parse(&format!("/01/09520000100018/10/{encoded}")).unwrap().lot.unwrap().as_str(), "A".repeat(20));
}

#[test]
fn known_data_attributes_and_foreign_query_keys_pass() {
    for query in [
        "",
        "17=270131",
        "15=270200",
        "11=260228&13=280229",
        "3103=000512",
        "3922=1250",
        "7007=261116",
        "7007=261116261117",
        "422=156",
        "7003=2612312359",
        "99=a%2Fb",
        "utm_x=1&linkType=gs1%3Apip",
        "lang=en&17=270131",
        "x%=%",
        "&&",
    ] {
        assert!(DigitalLink::parse("/01/09520000100018", query).is_ok(), "{query}");
    }
}

#[test]
fn unknown_keys_of_digits_and_bad_data_attributes_are_refused() {
    for (query, rule) in [
        ("1=1", "link-query-key"),
        ("10=LOT", "link-query-key"),
        ("21=A", "link-query-key"),
        ("00=1", "link-query-key"),
        ("3106=000512", "link-query-key"),
        ("3390=000512", "link-query-key"),
        ("12345=1", "link-query-key"),
        ("17=271301", "link-attribute"),
        ("17=270229", "link-attribute"),
        ("15=270431", "link-attribute"),
        ("17=2701", "link-attribute"),
        ("17", "link-attribute"),
        ("17=+70131", "link-attribute"),
        ("3103=512", "link-attribute"),
        ("7007=261100", "link-attribute"),
        ("7007=261117261116", "link-attribute"),
        ("7007=2611172", "link-attribute"),
        ("7003=2612312460", "link-attribute"),
        ("240=%E6%89%B9", "link-attribute"),
        ("240=", "link-attribute"),
        ("17=27013%", "link-percent-encoding"),
        ("utm_x=1&5=1", "link-query-key"),
    ] {
        assert_eq!(code(DigitalLink::parse("/01/09520000100018", query)), rule, "{query}");
    }
}

/// Any key of at most 20 characters.
const SET82: &str = "[!\"%-?A-Z_a-z]{1,20}";

fn digits(count: usize) -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(0..10u8, count)
}

fn text(digits: &[u8]) -> String {
    digits.iter().map(|digit| char::from(b'0' + digit)).collect()
}

proptest! {
    #[test]
    fn every_address_that_is_built_is_read_back(
        body in digits(13),
        cpv in prop::option::of(SET82),
        lot in prop::option::of(SET82),
        serial in prop::option::of(SET82),
    ) {
        let number = text(&body) + &check_digit(&body).to_string();
        prop_assume!([&cpv, &lot, &serial].iter().all(|key| !matches!(key.as_deref(), Some("." | ".."))));
        let link = DigitalLink {
            gtin: gtin(&number),
            cpv: cpv.map(|key| key.parse().unwrap()),
            lot: lot.map(|key| key.parse().unwrap()),
            serial: serial.map(|key| key.parse().unwrap()),
            tpx: None,
        };
        prop_assert_eq!(&parse(&link.path()).unwrap(), &link);
        prop_assert!(link.path().bytes().all(|b| b.is_ascii_alphanumeric() || b"/%-._".contains(&b)));
        if link.lot.is_some() {
            prop_assert_eq!(lookup(&link.uri("https://trace.example")).unwrap(), LookedUp::Link(link));
        }
    }

    #[test]
    fn check_digits_detect_every_wrong_digit(body in digits(13), place in 0..14usize, off in 1..10u8) {
        let mut number = body.clone();
        number.push(check_digit(&body));
        prop_assert!(text(&number).parse::<Gtin>().is_ok());
        number[place] = (number[place] + off) % 10;
        prop_assert_eq!(code(text(&number).parse::<Gtin>()), "gtin-check-digit");
    }

    #[test]
    fn nothing_that_is_typed_or_requested_panics(typed in any::<String>(), query in any::<String>()) {
        let _ = lookup(&typed);
        let _ = lookup(&format!("(01)09520000100018{typed}"));
        let _ = DigitalLink::parse(&format!("/01/09520000100018/{typed}"), &query);
    }
}
