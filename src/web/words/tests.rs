//! What single words and tones say.

use super::*;
use crate::domain::kinds::batches::HoldReason as Held;

fn step(kind: StepKind, figure: Figure) -> StepView {
    StepView { figures: vec![figure], ..StepView::new(kind, "2026-11-19", Bilingual::default()) }
}

#[test]
fn a_test_that_failed_is_no_calm_step() {
    let words = Words::new(Locale::ZhCn, "2026-11-19T00:00:00Z");
    let inhibition = |positive| Figure::Inhibition { percent: "56.3".into(), positive };
    for (kind, figure, tone) in [
        (StepKind::Tested, Figure::Analytes { count: 2, failed: 1 }, "stop"),
        (StepKind::Tested, Figure::Analytes { count: 2, failed: 0 }, "ok"),
        (StepKind::Screened, inhibition(Some(true)), "stop"),
        (StepKind::Screened, inhibition(Some(false)), "ok"),
        (StepKind::Screened, inhibition(None), "ok"),
    ] {
        assert_eq!(words.step_tone(&step(kind, figure.clone())), tone, "{figure:?}");
    }
    assert_eq!(words.figure(&inhibition(Some(true))), "抑制率 56.3%，阳性");
}

#[test]
fn a_lifted_hold_says_that_its_reason_is_past() {
    let words = Words::new(Locale::En, "2026-11-19T00:00:00Z");
    let figure = Figure::HeldFor { reason: Held::TestFailed };
    let said = |kind| words.step_figure(&step(kind, figure.clone()), &figure);
    assert_eq!(said(StepKind::Held), "a test failed");
    assert_eq!(said(StepKind::Released), "held for: a test failed");
}

#[test]
fn an_active_is_not_said_twice() {
    let words = Words::new(Locale::En, "2026-11-19T00:00:00Z");
    let acetamiprid = Some(Bilingual::term("啶虫脒"));
    assert_eq!(words.active(&Bilingual::term("啶虫脒 20% SP"), &acetamiprid), None);
    assert_eq!(words.active(&Bilingual::same("莫比朗 20% SP"), &acetamiprid), Some("Acetamiprid"));
}

#[test]
fn everything_that_a_key_can_be_narrowed_to_has_a_name() {
    for locale in [Locale::ZhCn, Locale::En] {
        let words = Words::new(locale, "2026-11-19T00:00:00Z");
        for operation in crate::domain::record::Role::ALL.iter().copied().flat_map(crate::auth::scope::of_keys) {
            let name = words.operation(operation);
            assert!(!name.starts_with("op-"), "{operation} is called {name}");
        }
    }
    assert_eq!(Words::new(Locale::En, "").scope("batch.open batch.pack"), "Open batches, Pack batches");
}
