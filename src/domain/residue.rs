//! Judging laboratory values against limits. No limit on file means "not judged", never "passed".

use super::decimal::Decimal;
use super::kinds::samples::{LimitRule, Qualifier, TestVerdict};

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
