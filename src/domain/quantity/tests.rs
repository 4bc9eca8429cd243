use proptest::prelude::*;
use utoipa::PartialSchema;

use super::*;

fn code<T: serde::de::DeserializeOwned + fmt::Debug>(json: &str) -> String {
    let error = serde_json::from_str::<T>(json).unwrap_err().to_string();
    Invalid::from_transport(&error)
        .unwrap_or_else(|| panic!("{json}: no transported refusal in {error:?}"))
        .code
        .into_owned()
}

#[test]
fn whole_numbers_are_read_and_written_as_json_integers() {
    let harvest: PositiveGrams = serde_json::from_str("9600000").unwrap();
    assert_eq!(harvest.get(), 9_600_000);
    assert_eq!(serde_json::to_string(&harvest).unwrap(), "9600000");
    assert_eq!(serde_json::from_str::<Grams>("0").unwrap(), Grams::ZERO);
    assert_eq!(serde_json::from_str::<Pieces>("9007199254740991").unwrap().get(), MAX_WHOLE);
    assert_eq!(serde_json::from_str::<PositivePieces>("12").unwrap().as_i64(), 12);
}

#[test]
fn a_refused_number_names_its_rule() {
    for (json, rule) in [
        ("0", "grams-positive"),
        ("-1", "grams-positive"),
        ("-1e300", "grams-positive"),
        ("1.5", "grams-whole"),
        ("5.0", "grams-whole"),
        ("1e3", "grams-whole"),
        ("\"5\"", "grams-whole"),
        ("9007199254740992", "grams-range"),
        ("18446744073709551616", "grams-range"),
        ("1e300", "grams-range"),
    ] {
        assert_eq!(code::<PositiveGrams>(json), rule, "{json}");
    }
    assert_eq!(code::<Grams>("-1"), "grams-range");
    assert_eq!(code::<Grams>("0.5"), "grams-whole");
    assert_eq!(code::<PositivePieces>("0"), "pieces-positive");
    assert_eq!(code::<Pieces>("-1"), "pieces-range");
    assert_eq!(code::<Pieces>("\"a\""), "pieces-whole");
    assert_eq!(code::<Quantity>(r#"{"amount":1.5,"unit":"grams"}"#), "amount-whole");
    assert_eq!(code::<Quantity>(r#"{"amount":-1,"unit":"pieces"}"#), "amount-range");
}

#[test]
fn what_is_no_number_at_all_is_a_plain_type_error() {
    for json in ["null", "true", "[]", "{}"] {
        let error = serde_json::from_str::<Grams>(json).unwrap_err().to_string();
        assert!(error.contains("an integer from 0 to 9007199254740991"), "{error}");
    }
}

#[test]
fn text_is_read_for_imports() {
    assert_eq!("12".parse::<Grams>().unwrap().get(), 12);
    for (text, rule) in [
        ("", "grams-whole"),
        ("1.0", "grams-whole"),
        ("+1", "grams-whole"),
        ("１", "grams-whole"),
        ("-1", "grams-positive"),
        ("9007199254740992", "grams-range"),
        ("9999999999999999999999999999999999999999999", "grams-range"),
    ] {
        assert_eq!(text.parse::<PositiveGrams>().unwrap_err().code, rule, "{text}");
    }
}

#[test]
fn storage_and_the_positive_types_convert() {
    assert_eq!(PositiveGrams::try_from(7i64).unwrap().get(), 7);
    assert_eq!(PositiveGrams::try_from(Grams::ZERO).unwrap_err().code, "grams-positive");
    assert_eq!(Grams::from(PositiveGrams::new(7).unwrap()), Grams::new(7).unwrap());
    assert_eq!(Grams::try_from(-7i64).unwrap_err().code, "grams-range");
    assert_eq!(Grams::new(u64::MAX).unwrap_err().code, "grams-range");
}

#[test]
fn sums_stay_in_bounds_and_in_their_unit() {
    let most = Grams::new(MAX_WHOLE).unwrap();
    let one = Grams::new(1).unwrap();
    assert_eq!(most.checked_add(one), None);
    assert_eq!(most.checked_sub(one).and_then(|rest| rest.checked_add(one)), Some(most));
    assert_eq!(Grams::ZERO.checked_sub(one), None);

    let grams = Quantity::from(one);
    let pieces = Quantity::from(Pieces::new(1).unwrap());
    assert_eq!(grams.checked_add(pieces), None);
    assert_eq!(grams.checked_sub(pieces), None);
    assert_eq!(grams.checked_sub(grams), Some(Quantity::zero(Unit::Grams)));
    assert_eq!(pieces.checked_add(pieces).map(|sum| sum.amount.get()), Some(2));
}

#[test]
fn a_quantity_carries_its_unit() {
    let pieces = Quantity::from(Pieces::new(537).unwrap());
    let json = r#"{"amount":537,"unit":"pieces"}"#;
    assert_eq!(serde_json::to_string(&pieces).unwrap(), json);
    assert_eq!(serde_json::from_str::<Quantity>(json).unwrap(), pieces);
    assert!(serde_json::from_str::<Quantity>(r#"{"amount":1,"unit":"kg"}"#).is_err());
}

#[test]
fn weights_and_areas_are_shown_without_needless_zeros() {
    for (grams, kg, jin) in [
        (9_592_800, "9592.8", "19185.6"),
        (5_000, "5", "10"),
        (1, "0.001", "0.002"),
        (250, "0.25", "0.5"),
        (0, "0", "0"),
    ] {
        let grams = Grams::new(grams).unwrap();
        assert_eq!((grams.kg().as_str(), grams.jin().as_str()), (kg, jin));
    }
    assert_eq!(Grams::new(MAX_WHOLE).unwrap().jin(), "18014398509481.982");
    for (square_metres, shown) in
        [(12_000, "18"), (23_500, "35.25"), (8_600, "12.9"), (667, "1"), (0, "0"), (7, "0.01")]
    {
        assert_eq!(mu(square_metres), shown);
    }
}

#[test]
fn the_schema_says_the_bounds() {
    let schema = serde_json::to_value(PositiveGrams::schema()).unwrap();
    assert_eq!(schema["type"], "integer");
    assert_eq!((schema["minimum"].as_u64(), schema["maximum"].as_u64()), (Some(1), Some(MAX_WHOLE)));
}

proptest! {
    #[test]
    fn kilograms_shown_are_the_grams_kept(grams in 0..=MAX_WHOLE) {
        let shown = Grams::new(grams).unwrap().kg();
        let (whole, fraction) = shown.split_once('.').unwrap_or((&shown, ""));
        let back = whole.parse::<u64>().unwrap() * 1000 + format!("{fraction:0<3}").parse::<u64>().unwrap();
        prop_assert_eq!(back, grams);
    }
}
