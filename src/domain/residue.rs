//! Judging laboratory values against limits. No limit on file means "not judged", never "passed". Also what a report must
//! have found to clear an earlier one.

use super::decimal::Decimal;
use super::kinds::batches::{FailedAnalyte, HoldReason};
use super::kinds::samples::{LimitRule, Qualifier, TestResult, TestVerdict};

/// Actives that enzyme inhibition (GB/T 5009.199-2003) reacts to, by class, under the names of GB 2763. It sees these two
/// classes only; 多菌灵, a benzimidazole, is a carbamate by its name and not to this method.
const INHIBITORS: &[(&str, &[&str])] = &[
    ("有机磷 (organophosphate)", &["毒死蜱", "丙溴磷", "三唑磷", "氧乐果", "水胺硫磷", "甲胺磷", "甲拌磷"]),
    ("氨基甲酸酯 (carbamate)", &["克百威", "灭多威", "涕灭威"]),
];
/// Inhibition is reported in percent.
const PERCENT: &str = "%";

/// The verdict of one value. Below the limit of detection or quantification passes a maximum even where that limit itself
/// lies above the permitted value: it says that nothing was found, and both figures stand in the record.
pub fn judge(value: Decimal, qualifier: Qualifier, limit: Option<Decimal>, rule: LimitRule) -> TestVerdict {
    let Some(limit) = limit else { return TestVerdict::NotJudged };
    let passes = match (rule, qualifier) {
        (LimitRule::AtMost | LimitRule::Below, Qualifier::NotDetected | Qualifier::BelowLoq) => true,
        (LimitRule::AtLeast, Qualifier::NotDetected | Qualifier::BelowLoq) => false,
        (LimitRule::AtMost, Qualifier::Equals) => value <= limit,
        (LimitRule::Below, Qualifier::Equals) => value < limit,
        (LimitRule::AtLeast, Qualifier::Equals) => value >= limit,
    };
    if passes { TestVerdict::Pass } else { TestVerdict::Fail }
}

/// The verdict of a report: one failure fails it; it passes only where something was judged.
pub fn overall(verdicts: impl IntoIterator<Item = TestVerdict>) -> TestVerdict {
    let mut judged = TestVerdict::NotJudged;
    for verdict in verdicts {
        match verdict {
            TestVerdict::Fail => return TestVerdict::Fail,
            TestVerdict::Pass => judged = TestVerdict::Pass,
            TestVerdict::NotJudged => {}
        }
    }
    judged
}

/// What a report lacks to clear a hold: every analyte that failed must have passed, against no laxer limit and by a method
/// that could have seen it. A positive enzyme inhibition is a sum over two classes (GB/T 5009.199-2003: confirm by
/// instrument), so of each class one active must have passed.
pub fn uncleared(reason: HoldReason, failed: &[FailedAnalyte], results: &[TestResult]) -> Vec<String> {
    let passed = |active: &str| results.iter().any(|result| result.analyte.as_str() == active && is_seen(result));
    let is_inhibition =
        |value: &&FailedAnalyte| reason == HoldReason::ScreeningPositive && value.unit.as_str() == PERCENT;
    let mut missing = Vec::new();
    if failed.iter().any(|value| is_inhibition(&value)) {
        let unseen = INHIBITORS.iter().filter(|(_, actives)| !actives.iter().any(|active| passed(active)));
        missing.extend(unseen.map(|(class, _)| (*class).to_owned()));
    }
    let is_cleared = |value: &&FailedAnalyte| results.iter().any(|result| clears(result, value));
    let named = failed.iter().filter(|value| !is_inhibition(value) && !is_cleared(value));
    missing.extend(named.map(|value| value.analyte.to_string()));
    missing
}

/// Passed, and where nothing was found, by a method that sees as little as the limit permits.
fn is_seen(result: &TestResult) -> bool {
    let blind = result.qualifier != Qualifier::Equals && result.limit.is_none_or(|limit| result.value > limit);
    result.verdict == TestVerdict::Pass && !blind
}

/// A value that failed is cleared in its own unit, by its own rule, and not against a laxer limit than it failed at.
fn clears(result: &TestResult, failed: &FailedAnalyte) -> bool {
    let laxer = match (result.limit, failed.limit) {
        (Some(now), Some(then)) if result.rule == LimitRule::AtLeast => now < then,
        (Some(now), Some(then)) => now > then,
        _ => false,
    };
    let same = result.analyte == failed.analyte && result.unit == failed.unit && result.rule == failed.rule;
    same && !laxer && is_seen(result)
}

/// As it stands in JSON.
pub fn name(verdict: TestVerdict) -> &'static str {
    match verdict {
        TestVerdict::Pass => "pass",
        TestVerdict::Fail => "fail",
        TestVerdict::NotJudged => "not_judged",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(value: &str, limit: &str, rule: LimitRule) -> TestVerdict {
        judge(value.parse().unwrap(), Qualifier::Equals, Some(limit.parse().unwrap()), rule)
    }

    #[test]
    fn a_residue_at_its_limit_passes_and_above_fails() {
        assert_eq!(judged("0.05", "0.05", LimitRule::AtMost), TestVerdict::Pass);
        assert_eq!(judged("0.050", "0.05", LimitRule::AtMost), TestVerdict::Pass);
        assert_eq!(judged("0.083", "0.05", LimitRule::AtMost), TestVerdict::Fail);
    }

    #[test]
    fn inhibition_at_its_limit_is_positive() {
        assert_eq!(judged("50", "50", LimitRule::Below), TestVerdict::Fail);
        assert_eq!(judged("12.6", "50", LimitRule::Below), TestVerdict::Pass);
    }

    #[test]
    fn a_value_without_a_limit_is_not_judged() {
        let value = "9".parse().unwrap();
        assert_eq!(judge(value, Qualifier::Equals, None, LimitRule::AtMost), TestVerdict::NotJudged);
        assert_eq!(overall([TestVerdict::NotJudged]), TestVerdict::NotJudged);
    }

    #[test]
    fn nothing_found_passes_a_maximum_and_fails_a_minimum() {
        let (value, limit) = ("0.01".parse().unwrap(), Some("0.005".parse().unwrap()));
        assert_eq!(judge(value, Qualifier::BelowLoq, limit, LimitRule::AtMost), TestVerdict::Pass);
        assert_eq!(judge(value, Qualifier::NotDetected, limit, LimitRule::AtLeast), TestVerdict::Fail);
    }

    #[test]
    fn one_failure_fails_the_report() {
        assert_eq!(overall([TestVerdict::Pass, TestVerdict::Fail, TestVerdict::Pass]), TestVerdict::Fail);
        assert_eq!(overall([TestVerdict::NotJudged, TestVerdict::Pass]), TestVerdict::Pass);
    }
}
