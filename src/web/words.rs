//! What templates may say: texts, names, dates and figures in the page's language. Every method returns plain text;
//! the template escapes it.

use crate::domain::kinds::Name;
use crate::domain::view::*;
use crate::i18n::{Arg, Locale, format, t, t_args};
use crate::web::{figures, sketch};

/// The wording of one page.
#[derive(Debug, Clone)]
pub struct Words {
    pub locale: Locale,
    /// Dates of this year are shown without it.
    pub year: String,
}

impl Words {
    pub fn new(locale: Locale, as_of: &str) -> Self {
        Self { locale, year: format::day(as_of).chars().take(4).collect() }
    }

    /// A text without arguments.
    pub fn t(&self, key: &str) -> String {
        t(self.locale, key)
    }

    /// A text with one argument.
    pub fn t1(&self, key: &str, name: &str, value: impl ToString) -> String {
        t_args(self.locale, key, &[(name, value.to_string().into())])
    }

    /// A text with two arguments.
    pub fn t2(&self, key: &str, a: &str, a_is: impl ToString, b: &str, b_is: impl ToString) -> String {
        t_args(self.locale, key, &[(a, a_is.to_string().into()), (b, b_is.to_string().into())])
    }

    /// A text whose form depends on a count.
    pub fn tn<N: Copy + TryInto<i64>>(&self, key: &str, count: &N) -> String {
        t_args(self.locale, key, &[("n", (*count).try_into().unwrap_or(i64::MAX).into())])
    }

    pub fn b<'a>(&self, name: &'a Bilingual) -> &'a str {
        self.locale.pick(name)
    }

    /// A grade or a substance: in English where there is a word for it.
    pub fn term(&self, text: impl ToString) -> String {
        self.b(&Bilingual::term(text.to_string())).to_owned()
    }

    /// What a member is in his organisation.
    pub fn kind(&self, kind: &str) -> String {
        self.t(&format!("kind-{kind}"))
    }

    /// The name of an organisation.
    pub fn house<'a>(&self, name: &'a Name) -> &'a str {
        match self.locale {
            Locale::En => name.english(),
            Locale::ZhCn => name.zh.as_str(),
        }
    }

    pub fn date<'a>(&self, date: &'a str) -> &'a str {
        format::short_date(date, &self.year)
    }

    pub fn instant(&self, at: &str) -> String {
        format::instant(at)
    }

    pub fn net(&self, g: &i64) -> String {
        format::net_content(self.locale, *g)
    }

    pub fn weight(&self, g: &i64) -> String {
        format::weight(*g)
    }

    pub fn area(&self, m2: &i64) -> String {
        format::area(self.locale, *m2)
    }

    pub fn percent(&self, permille: &u32) -> String {
        format::percent(*permille)
    }

    pub fn figure(&self, figure: &Figure) -> String {
        figures::phrase(self.locale, figure)
    }

    /// A figure of a step; what a lifted hold was for is not what holds.
    pub fn step_figure(&self, step: &StepView, figure: &Figure) -> String {
        match (step.kind, figure) {
            (StepKind::Released, Figure::HeldFor { .. }) => self.t1("story-held-for", "reason", self.figure(figure)),
            (StepKind::Certificate, Figure::Reference { no }) => self.t1("story-on-report", "no", no),
            (StepKind::Sampled, Figure::Reference { no }) => self.t1("story-sample", "no", no),
            _ => self.whole(&self.figure(figure)),
        }
    }

    /// The lot of a step that is of another than the step before.
    pub fn new_lot<'a>(&self, steps: &'a [StepView], at: &usize) -> Option<&'a str> {
        let lot = |step: &'a StepView| step.lot.as_deref();
        let before = at.checked_sub(1).and_then(|before| steps.get(before)).and_then(lot);
        steps.get(*at).and_then(lot).filter(|here| before != Some(*here))
    }

    /// The active of a preparation, where its name does not say it.
    pub fn active<'a>(&self, product: &Bilingual, active: &'a Option<Bilingual>) -> Option<&'a str> {
        let active = active.as_ref().filter(|active| !figures::tells(self.locale, product, active))?;
        Some(self.b(active))
    }

    pub fn degrees(&self, centidegrees: &i32) -> String {
        sketch::degrees(*centidegrees)
    }

    /// `脐橙 · 凤早型 · 特级`.
    pub fn full_name(&self, name: &Bilingual, variety: &Option<Bilingual>, grade: &Option<Bilingual>) -> String {
        let parts = [Some(name), variety.as_ref(), grade.as_ref()];
        parts.into_iter().flatten().map(|part| self.b(part)).collect::<Vec<_>>().join(" · ")
    }

    /// The first line of the verdict, in one piece.
    pub fn verdict(&self, verdict: &Verdict) -> String {
        self.t(&format!("verdict-{}", verdict.as_str()))
    }

    /// What is added to the line of an issued code: which look-up this is.
    pub fn verdict_count(&self, view: &ScanView) -> Option<String> {
        let count = view.look_up.as_ref().filter(|_| view.verdict == Verdict::Issued)?;
        Some(match count.nth {
            0 | 1 => self.t("verdict-issued-first"),
            nth => self.t1("verdict-issued-nth", "n", nth),
        })
    }

    /// The sentence under the verdict.
    pub fn sentence(&self, view: &ScanView) -> String {
        let key = format!("verdict-{}-sentence", view.verdict.as_str());
        match view.verdict {
            Verdict::Issued => self.issued_sentence(view.look_up.as_ref()),
            Verdict::Held => {
                let reason = match view.hold_reason {
                    Some(HoldReason::TestFailed) => "hold-test_failed",
                    Some(HoldReason::Discrepancy) => "hold-discrepancy",
                    Some(HoldReason::UnderEnquiry) | None => "hold-under_enquiry",
                };
                self.t1(&key, "reason", self.t(reason))
            }
            Verdict::Recalled => match &view.recall {
                Some(recall) => self.t2(&key, "reason", self.b(&recall.reason), "contact", self.b(&recall.contact)),
                None => self.t2(&key, "reason", self.verdict(&view.verdict), "contact", "12315"),
            },
            Verdict::Expired => {
                let date = view.product.as_ref().and_then(|p| p.best_before.as_deref()).unwrap_or("–");
                self.t1(&key, "date", date)
            }
            _ => self.t(&key),
        }
    }

    fn issued_sentence(&self, count: Option<&LookUpCount>) -> String {
        match count.filter(|count| count.nth > 1) {
            None => self.t("verdict-issued-sentence"),
            Some(count) => {
                let unknown = self.t("place-unknown");
                let place = count.first_place.as_ref().map_or(unknown.as_str(), |place| self.b(place));
                let date: Arg<'_> = format::day(&count.first_at).into();
                t_args(self.locale, "verdict-issued-nth-sentence", &[("date", date), ("place", place.into())])
            }
        }
    }

    pub fn recall_class(&self, class: &u8, since: &str) -> String {
        t_args(self.locale, "recall-class", &[("class", (*class).into()), ("date", since.into())])
    }

    /// The class that colours the verdict; the words and the icon say the same.
    pub fn tone(&self, verdict: &Verdict) -> &'static str {
        match verdict {
            Verdict::Issued => "ok",
            Verdict::Held | Verdict::Recalled | Verdict::Voided => "stop",
            Verdict::LicenceEnded | Verdict::Expired | Verdict::NotActivated => "attention",
            Verdict::Unknown => "unknown",
        }
    }

    /// A test that failed is no calm step, as soon as it is known.
    pub fn step_tone(&self, step: &StepView) -> &'static str {
        let failed = |figure: &Figure| match figure {
            Figure::Analytes { failed, .. } => *failed > 0,
            Figure::Inhibition { positive, .. } => *positive == Some(true),
            _ => false,
        };
        match step.kind {
            StepKind::Tested | StepKind::Screened if step.figures.iter().any(failed) => "stop",
            StepKind::Held | StepKind::Recalled | StepKind::LicenceEnded => "stop",
            StepKind::Corrected | StepKind::CertificateVoided | StepKind::Lost | StepKind::Returned => "attention",
            _ => "ok",
        }
    }

    pub fn report_tone(&self, verdict: &ReportVerdict) -> &'static str {
        match verdict {
            ReportVerdict::Pass | ReportVerdict::Negative => "ok",
            ReportVerdict::Fail | ReportVerdict::Positive => "stop",
            ReportVerdict::NotJudged | ReportVerdict::Invalid => "unknown",
        }
    }

    pub fn report_verdict(&self, verdict: &ReportVerdict) -> String {
        self.t(match verdict {
            ReportVerdict::Pass => "report-pass",
            ReportVerdict::Fail => "report-fail",
            ReportVerdict::NotJudged => "report-not_judged",
            ReportVerdict::Negative => "report-negative",
            ReportVerdict::Positive => "report-positive",
            ReportVerdict::Invalid => "report-invalid",
        })
    }

    pub fn tier(&self, tier: &Tier) -> String {
        self.t(match tier {
            Tier::Screening => "tier-screening",
            Tier::Own => "tier-own",
            Tier::ThirdParty => "tier-third_party",
        })
    }

    pub fn basis(&self, basis: &CertificateBasis) -> String {
        self.t(match basis {
            CertificateBasis::QualityControl => "basis-quality_control",
            CertificateBasis::OwnTest => "basis-own_test",
            CertificateBasis::CommissionedTest => "basis-commissioned_test",
        })
    }

    pub fn promise(&self, form: &CertificateForm) -> String {
        self.t(match form {
            CertificateForm::Producer => "cert-promise-producer",
            CertificateForm::Buyer => "cert-promise-buyer",
        })
    }

    /// The rows with a figure: most of their limit first, those without a limit last.
    pub fn found<'a>(&self, rows: &'a [TestRow]) -> Vec<&'a TestRow> {
        let mut found: Vec<&TestRow> = rows.iter().filter(|row| !is_below(row)).collect();
        found.sort_by_key(|row| std::cmp::Reverse((row.verdict == RowVerdict::Fail, row.share_permille)));
        found
    }

    /// The rows below quantification or not found.
    pub fn below<'a>(&self, rows: &'a [TestRow]) -> Vec<&'a TestRow> {
        rows.iter().filter(|row| is_below(row)).collect()
    }

    pub fn below_value(&self, row: &TestRow) -> String {
        match &row.limit {
            Some(limit) => self.t2("tests-below-row", "value", &row.value, "limit", limit),
            None => self.t1("tests-below-row-open", "value", &row.value),
        }
    }

    /// Each source or unit of the rows once.
    pub fn sources(&self, rows: &[TestRow]) -> String {
        distinct(rows.iter().filter_map(|row| row.limit_source.as_deref()))
    }

    pub fn units(&self, rows: &[TestRow]) -> String {
        distinct(rows.iter().map(|row| row.unit.as_str()))
    }

    pub fn any_open(&self, rows: &[TestRow]) -> bool {
        rows.iter().any(|row| row.verdict == RowVerdict::NotJudged)
    }

    pub fn packs(&self, count: &u64) -> String {
        figures::phrase(self.locale, &Figure::Packs { count: *count, net_g: None })
    }

    /// What witnesses said, and whether it covers what is shown.
    pub fn witnessed(&self, it: &WitnessedView) -> String {
        let key = if it.covers_all { "checks-witnessed-all" } else { "checks-witnessed-part" };
        let by = it.by.join(self.comma());
        // A line does not end within a date (U+2060 joins).
        let at = self.instant(&it.at).replace('-', "-\u{2060}");
        t_args(self.locale, key, &[("records", it.records.into()), ("at", at.into()), ("by", by.into())])
    }

    pub fn checks_history(&self, records: &u64, subjects: &u64) -> String {
        t_args(self.locale, "checks-history-ok", &[("records", (*records).into()), ("subjects", (*subjects).into())])
    }

    /// What the drawing shows, for who does not see it.
    pub fn origin_label(&self, origins: &[OriginView]) -> String {
        let placed: Vec<_> = origins.iter().filter(|o| o.lat_centidegrees.is_some()).collect();
        let [OriginView { place, lat_centidegrees: Some(lat), lon_centidegrees: Some(lon), .. }] = placed[..] else {
            return self.tn("origin-sketch-many", &placed.len());
        };
        let place: Arg<'_> = self.b(place).into();
        let (lat, lon) = (self.degrees(lat), self.degrees(lon));
        t_args(self.locale, "origin-sketch", &[("place", place), ("lat", lat.into()), ("lon", lon.into())])
    }

    /// Length of a bar of 100: never so short that it vanishes, never longer than its track.
    pub fn bar(&self, permille: &u32) -> u32 {
        (permille / 10).clamp(2, 100)
    }

    /// The address, if it is one on this host: a single leading slash, nothing that a browser reads as another host.
    pub fn local<'a>(&self, url: &'a Option<String>) -> Option<&'a str> {
        url.as_deref().filter(|url| is_local(url))
    }

    /// Where to buy again: never beside a code or batch that one should keep away from.
    pub fn buy_url<'a>(&self, view: &'a ScanView) -> Option<&'a str> {
        let url = view.contact.as_ref()?.buy_url.as_deref()?;
        (view.verdict == Verdict::Issued && is_https(url)).then_some(url)
    }

    pub fn sketch(&self, origins: &[OriginView]) -> Option<sketch::Sketch> {
        sketch::draw(origins)
    }

    pub fn lookup_error(&self, error: &LookupError, query: &Option<String>) -> String {
        let query: String = query.as_deref().unwrap_or_default().chars().take(60).collect();
        match error {
            LookupError::NotFound => self.t1("lookup-error-not_found", "query", query),
            LookupError::BadCheckDigit => self.t1("lookup-error-bad_check_digit", "query", query),
            LookupError::BadCharacters => self.t1("lookup-error-bad_characters", "query", query),
            LookupError::TooLong => self.t("lookup-error-too_long"),
        }
    }

    /// The field that was refused.
    pub fn report_field(&self, error: &ReportError) -> &'static str {
        match error {
            ReportError::KindMissing => "kind",
            ReportError::TextMissing | ReportError::TextTooLong => "text",
        }
    }

    pub fn report_error(&self, error: &ReportError) -> String {
        self.t(match error {
            ReportError::KindMissing => "report-error-kind_missing",
            ReportError::TextMissing => "report-error-text_missing",
            ReportError::TextTooLong => "report-error-text_too_long",
        })
    }
}

pub fn is_local(url: &str) -> bool {
    url.starts_with('/') && !url.starts_with("//") && !url.contains(['\\', '\n', '\r', '\t'])
}

pub fn is_https(url: &str) -> bool {
    url.starts_with("https://")
}

fn is_below(row: &TestRow) -> bool {
    let below = row.qualifier != Qualifier::Equal || row.verdict == RowVerdict::BelowLoq;
    below && row.verdict != RowVerdict::Fail
}

fn distinct<'a>(texts: impl Iterator<Item = &'a str>) -> String {
    let mut seen: Vec<&str> = Vec::new();
    for text in texts.filter(|text| !text.is_empty()) {
        if !seen.contains(&text) {
            seen.push(text);
        }
    }
    seen.join(" · ")
}

/// A sentence in pieces: what stands between backticks is typed into a terminal.
pub fn commands(text: &str) -> impl Iterator<Item = (bool, &str)> {
    text.split('`').enumerate().map(|(place, piece)| (place % 2 == 1, piece))
}

mod pieces;
#[cfg(test)]
mod tests;
