//! Weights and areas as people type them: `1200斤`, `9,600`, `1.5 t`, `18亩`, `1.2 ha`. The unit stands behind the number; a number
//! alone has the unit that stands in the field, always the same one, whatever language the page is in.
//!
//! Promises: nothing is rounded that somebody weighed; what is no whole gram is refused. Areas come to whole square metres.

use unicode_normalization::UnicodeNormalization;

use super::MAX_WHOLE;
use crate::domain::invalid::Invalid;

/// Grams by unit; a weight without one is kilograms.
const WEIGHTS: &[(&str, u128)] = &[
    ("", 1_000),
    ("kg", 1_000),
    ("公斤", 1_000),
    ("千克", 1_000),
    ("g", 1),
    ("克", 1),
    ("斤", 500),
    ("市斤", 500),
    ("jin", 500),
    ("两", 50),
    ("t", 1_000_000),
    ("吨", 1_000_000),
];

/// Thirds of a square metre by unit, so that a 亩 (2000/3 m²) is whole; an area without one is 亩.
const AREAS: &[(&str, u128)] = &[
    ("", 2_000),
    ("亩", 2_000),
    ("mu", 2_000),
    ("ha", 30_000),
    ("公顷", 30_000),
    ("m2", 3),
    ("平方米", 3),
    ("平米", 3),
];

/// Grams of a weight as typed.
pub fn weight(text: &str) -> Result<u64, Invalid> {
    let invalid = |code| Invalid::new(code, text.trim(), "9600 kg, 1200斤");
    let (digits, scale, factor) = read(text, WEIGHTS).ok_or_else(|| invalid("weight-typed"))?;
    let (product, one) = (digits * factor, 10_u128.pow(scale));
    if product % one != 0 {
        return Err(invalid("weight-whole-grams"));
    }
    within(product / one).ok_or_else(|| invalid("weight-typed"))
}

/// Square metres of an area as typed, rounded to whole ones.
pub fn area(text: &str) -> Result<u64, Invalid> {
    let invalid = || Invalid::new("area-typed", text.trim(), "18亩, 1.2 ha, 12000 m²");
    let (digits, scale, factor) = read(text, AREAS).ok_or_else(invalid)?;
    let one = 3 * 10_u128.pow(scale);
    within((digits * factor * 2 + one) / (one * 2)).ok_or_else(invalid)
}

/// Digits without the point, how many of them stand behind it, and what the unit is worth.
fn read(text: &str, units: &[(&str, u128)]) -> Option<(u128, u32, u128)> {
    // A keyboard for Chinese types １２００ and ㎏ as easily as 1200 and kg.
    let text: String = text.nfkc().collect::<String>().trim().to_lowercase();
    let end = text.find(|c: char| !(c.is_ascii_digit() || ".,".contains(c))).unwrap_or(text.len());
    let (number, unit) = (&text[..end], text[end..].trim());
    let factor = units.iter().find(|(name, _)| *name == unit)?.1;
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let whole = ungrouped(whole)?;
    let well_formed = fraction.bytes().all(|b| b.is_ascii_digit()) && (fraction.is_empty() != number.contains('.'));
    // Twelve digits and six decimals hold every amount of a record, and no product leaves 128 bits.
    if !well_formed || whole.len() > 16 || fraction.len() > 6 {
        return None;
    }
    Some((format!("{whole}{fraction}").parse().ok()?, fraction.len() as u32, factor))
}

/// `9,600` → `9600`. A comma that does not part thousands may be meant as a point: not guessed.
fn ungrouped(whole: &str) -> Option<String> {
    let mut groups = whole.split(',');
    let first = groups.next().filter(|first| !first.is_empty())?;
    let rest: Vec<&str> = groups.collect();
    let grouped = rest.iter().all(|group| group.len() == 3) && (rest.is_empty() || first.len() <= 3);
    grouped.then(|| whole.replace(',', ""))
}

fn within(number: u128) -> Option<u64> {
    u64::try_from(number).ok().filter(|number| *number <= MAX_WHOLE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_are_read_in_the_units_that_people_use() {
        for (text, grams) in [
            ("9600", 9_600_000),
            ("9,600.5", 9_600_500),
            (" 9600 公斤 ", 9_600_000),
            ("1200斤", 600_000),
            ("１２００ 斤", 600_000),
            ("1200.5市斤", 600_250),
            ("3两", 150),
            ("1.5 吨", 1_500_000),
            ("1.5T", 1_500_000),
            ("50 g", 50),
            ("7.2㎏", 7_200),
            ("0", 0),
        ] {
            assert_eq!(weight(text), Ok(grams), "{text}");
        }
    }

    #[test]
    fn a_weight_that_could_be_meant_otherwise_is_not_guessed() {
        for text in
            ["", "斤", "1,5", "1,5000", "12,34,567", ".5", "5.", "1.2.3", "-5", "5 lb", "五斤", "1e3", "5 kg 3 g"]
        {
            assert_eq!(weight(text).unwrap_err().code, "weight-typed", "{text}");
        }
        assert_eq!(weight("0.0005").unwrap_err().code, "weight-whole-grams");
        assert_eq!(weight("0.001斤").unwrap_err().code, "weight-whole-grams");
        assert_eq!(weight("9007199254741 kg").unwrap_err().code, "weight-typed");
    }

    #[test]
    fn areas_come_to_whole_square_metres() {
        for (text, square_metres) in [
            ("18亩", 12_000),
            ("18", 12_000),
            ("1亩", 667),
            ("12.9 亩", 8_600),
            ("1.2 ha", 12_000),
            ("0.86公顷", 8_600),
            ("12,000 m²", 12_000),
            ("800平方米", 800),
            ("800㎡", 800),
        ] {
            assert_eq!(area(text), Ok(square_metres), "{text}");
        }
        for text in ["", "亩", "18 acres", "1,2", "9999999999999999亩"] {
            assert_eq!(area(text).unwrap_err().code, "area-typed", "{text}");
        }
    }

    #[test]
    fn what_is_shown_can_be_typed_again() {
        for grams in [1, 50, 7_200, 9_592_800, 123_456_789] {
            let known = super::super::Grams::new(grams).unwrap();
            assert_eq!(weight(&known.kg()), Ok(grams));
            assert_eq!(weight(&format!("{}斤", known.jin())), Ok(grams));
        }
        // 12.9 亩 are 8,600 m²; a 亩 is not a whole number of them.
        for square_metres in [12_000, 8_600, 23_500] {
            assert_eq!(area(&super::super::mu(square_metres)).unwrap().abs_diff(square_metres), 0);
        }
    }
}
