//! A step's figures as short phrases in one language.

use crate::domain::view::{Bilingual, Figure};
use crate::i18n::format::{percent, tenths, thousands, weight};
use crate::i18n::{Arg, Locale, t, t_args};

/// One phrase for one figure: `9,600 kg`, `糖度 12.4 °Brix（11.2–13.6，20 个果）`.
pub fn phrase(locale: Locale, figure: &Figure) -> String {
    let say = |key: &str, args: &[(&str, Arg<'_>)]| t_args(locale, key, args);
    let pick = |name: &Bilingual| Arg::from(locale.pick(name).to_owned());
    let kg = |g: &i64| Arg::from(weight(*g));
    match figure {
        Figure::Weight { g } => weight(*g),
        Figure::Input { g } => say("fig-input", &[("kg", kg(g))]),
        Figure::Output { g } => say("fig-output", &[("kg", kg(g))]),
        Figure::Loss { g } => say("fig-loss", &[("kg", kg(g))]),
        Figure::Rest { g } => say("fig-rest", &[("kg", kg(g))]),
        Figure::Packs { count, net_g } => counted(locale, "fig-packs", *count, *net_g),
        Figure::Crates { count, net_g } => counted(locale, "fig-crates", *count, *net_g),
        Figure::Pieces { count } => say("fig-pieces", &[("n", grouped(*count))]),
        Figure::Minutes { minutes } => duration(locale, *minutes),
        Figure::Agent { product, active, dose } => {
            let active = active.as_ref().filter(|active| !tells(locale, product, active));
            let (product, dose) = (("product", pick(product)), ("dose", self::dose(locale, dose).into()));
            match active {
                Some(active) => say("fig-agent-active", &[product, ("active", pick(active)), dose]),
                None => say("fig-agent", &[product, dose]),
            }
        }
        Figure::GradeShare { grade, g, permille } => {
            let (grade, weight) = (("grade", pick(grade)), ("kg", kg(g)));
            match permille {
                Some(share) => say("fig-grade-share", &[grade, weight, ("share", percent(*share).into())]),
                None => say("fig-grade", &[grade, weight]),
            }
        }
        Figure::Standard { name } => say("fig-standard", &[("name", pick(name))]),
        Figure::Reference { no } => no.clone(),
        Figure::Discrepancy { amount } => say("fig-discrepancy", &[("amount", amount.as_str().into())]),
        Figure::LostBy { reason } => t(locale, &format!("loss-{}", reason.as_str())),
        Figure::HeldFor { reason } => t(locale, &format!("held-{}", reason.as_str())),
        Figure::Retested { no } => say("fig-retested", &[("no", no.as_str().into())]),
        Figure::IntervalsKept { last_days } => match last_days {
            Some(days) => say("fig-intervals-days", &[("n", (*days).into())]),
            None => t(locale, "fig-intervals"),
        },
        Figure::Analytes { count, failed: 0 } => say("fig-analytes", &[("n", (*count).into())]),
        Figure::Analytes { count, failed } => {
            say("fig-analytes-failed", &[("n", (*count).into()), ("failed", (*failed).into())])
        }
        Figure::Lot { code, g } => match g {
            Some(g) => say("fig-lot-kg", &[("code", code.as_str().into()), ("kg", kg(g))]),
            None => say("fig-lot", &[("code", code.as_str().into())]),
        },
        Figure::Temperature { .. }
        | Figure::Excursion { .. }
        | Figure::Humidity { .. }
        | Figure::Brix { .. }
        | Figure::Acid { .. }
        | Figure::SugarAcidRatio { .. }
        | Figure::EdiblePercent { .. }
        | Figure::FruitMass { .. }
        | Figure::FruitSize { .. }
        | Figure::Inhibition { .. } => measurement(locale, figure),
    }
}

/// `3000×` in words.
pub fn dose(locale: Locale, dose: &str) -> String {
    match dose.strip_suffix('×') {
        Some(times) => t_args(locale, "dose-times", &[("n", times.into())]),
        None => dose.to_owned(),
    }
}

/// Whether the name of a preparation says already what is in it: `啶虫脒 20% SP`.
pub fn tells(locale: Locale, product: &Bilingual, active: &Bilingual) -> bool {
    locale.pick(product).to_lowercase().contains(&locale.pick(active).to_lowercase())
}

/// The figures that an instrument gave.
fn measurement(locale: Locale, figure: &Figure) -> String {
    let say = |key: &str, args: &[(&str, Arg<'_>)]| t_args(locale, key, args);
    match figure {
        Figure::Temperature { low_tenths, high_tenths } if low_tenths == high_tenths => {
            say("fig-temperature", &[("low", tenths(*low_tenths).into())])
        }
        Figure::Temperature { low_tenths, high_tenths } => {
            say("fig-temperature-range", &[("low", tenths(*low_tenths).into()), ("high", tenths(*high_tenths).into())])
        }
        Figure::Excursion { tenths: high, minutes } => {
            say("fig-excursion", &[("high", tenths(*high).into()), ("n", (*minutes).into())])
        }
        Figure::Humidity { low_percent, high_percent } => {
            say("fig-humidity", &[("low", (*low_percent).into()), ("high", (*high_percent).into())])
        }
        Figure::Brix { mean, low: Some(low), high: Some(high), n } => {
            let span = [("mean", mean.as_str().into()), ("low", low.as_str().into()), ("high", high.as_str().into())];
            match n {
                Some(n) => say("fig-brix-range-n", &[&span[..], &[("n", (*n).into())]].concat()),
                None => say("fig-brix-range", &span),
            }
        }
        Figure::Brix { mean, .. } => say("fig-brix", &[("mean", mean.as_str().into())]),
        Figure::Acid { value } => say("fig-acid", &[("value", value.as_str().into())]),
        Figure::SugarAcidRatio { value } => say("fig-ratio", &[("value", value.as_str().into())]),
        Figure::EdiblePercent { value } => say("fig-edible", &[("value", value.as_str().into())]),
        Figure::FruitMass { low_g, high_g } => say("fig-mass", &[("low", (*low_g).into()), ("high", (*high_g).into())]),
        Figure::FruitSize { low_mm, high_mm } => {
            say("fig-size", &[("low", (*low_mm).into()), ("high", (*high_mm).into())])
        }
        Figure::Inhibition { percent, positive } => {
            let key = match positive {
                Some(true) => "fig-inhibition-positive",
                Some(false) => "fig-inhibition-negative",
                None => "fig-inhibition",
            };
            say(key, &[("percent", percent.as_str().into())])
        }
        // `phrase` words all others.
        _ => String::new(),
    }
}

fn grouped(count: u64) -> Arg<'static> {
    thousands(i64::try_from(count).unwrap_or(i64::MAX)).into()
}

fn counted(locale: Locale, key: &str, count: u64, net_g: Option<i64>) -> String {
    match net_g {
        Some(g) => t_args(locale, &format!("{key}-each"), &[("n", grouped(count)), ("kg", weight(g).into())]),
        None => t_args(locale, key, &[("n", grouped(count))]),
    }
}

fn duration(locale: Locale, minutes: u32) -> String {
    match (minutes / 60, minutes % 60) {
        (0, minutes) => t_args(locale, "fig-minutes", &[("n", minutes.into())]),
        (hours, 0) => t_args(locale, "fig-hours", &[("n", hours.into())]),
        (hours, minutes) => {
            t_args(locale, "fig-hours-minutes", &[("hours", hours.into()), ("minutes", minutes.into())])
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::kinds::batches::{HoldReason, LossReason};

    #[test]
    fn every_reason_of_a_loss_or_a_hold_has_its_words() {
        let losses = LossReason::ALL.map(|reason| (reason.as_str(), Figure::LostBy { reason }));
        let holds = HoldReason::ALL.map(|reason| (reason.as_str(), Figure::HeldFor { reason }));
        for (name, figure) in losses.into_iter().chain(holds) {
            // As it stands in records and on the wire.
            assert_eq!(serde_json::to_value(&figure).unwrap()["reason"], name);
            for locale in Locale::ALL {
                let words = phrase(locale, &figure);
                assert!(!words.is_empty() && !words.contains(&format!("-{name}")), "{name}: {words}");
            }
        }
    }

    #[test]
    fn figures_read_as_phrases() {
        let brix =
            Figure::Brix { mean: "12.4".into(), low: Some("11.2".into()), high: Some("13.6".into()), n: Some(20) };
        assert_eq!(phrase(Locale::ZhCn, &brix), "糖度 12.4 °Brix（11.2–13.6，20 个果）");
        assert_eq!(phrase(Locale::En, &Figure::Excursion { tenths: 118, minutes: 40 }), "once 11.8 °C for 40 minutes");
        assert_eq!(phrase(Locale::ZhCn, &Figure::Packs { count: 1640, net_g: Some(1000) }), "1 kg × 1,640 件");
        assert_eq!(phrase(Locale::En, &Figure::Minutes { minutes: 360 }), "6 hours");
        assert_eq!(
            phrase(Locale::En, &Figure::Analytes { count: 12, failed: 0 }),
            "12 substances, none over its limit"
        );
    }
}
