//! Problems (RFC 9457): the only shape in which the service says no. Clients branch on the slug, people read `detail` in
//! their language. The registry holds the status of every slug; the sentences are in the locales under `problem-<slug>`.

use std::collections::BTreeMap;
use std::fmt;

use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use actix_web::{HttpResponse, ResponseError};
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::AppError;
use crate::domain::acts::{BlockingAct, Refusal};
use crate::domain::invalid::Invalid;
use crate::domain::terms::english;
use crate::i18n::{Locale, t_args};

/// Slug, status, short English title.
pub struct Entry {
    pub slug: &'static str,
    pub status: u16,
    pub title: &'static str,
}

macro_rules! registry {
    ($($slug:literal $status:literal $title:literal)+) => {
        /// Every slug that the service answers with, grouped by status.
        pub const REGISTRY: &[Entry] = &[$(Entry { slug: $slug, status: $status, title: $title }),+];
    };
}

registry! {
    "malformed-json" 400 "The body is not JSON"
    "wrong-type" 400 "A value has the wrong type"
    "missing-field" 400 "A field is missing"
    "unknown-field" 400 "A field is not known"
    "duplicate-field" 400 "A field stands twice"
    "invalid-value" 400 "A value breaks its rule"
    "bad-address" 400 "The address is not a Digital Link"
    "bad-parameter" 400 "A parameter of the address is not right"
    "log-sizes" 400 "The sizes are the wrong way round"
    "bad-header" 400 "A header is not right"
    "bad-import" 422 "The file cannot be read"
    "table-unreadable" 422 "The file is no table that is read here"
    "table-too-large" 422 "The table is too large"
    "table-formula" 422 "A cell of the table is a formula"
    "table-merged" 422 "Cells of the table are merged"
    "table-long" 422 "A cell of the table is too long"
    "table-format" 422 "A number of the table is shown as something else"
    "table-column" 422 "A column of the table is missing"
    "table-no-figure" 422 "A word stands where a figure belongs"
    "table-units" 422 "Units of the table contradict each other"
    "table-qualifier" 422 "A result of the table contradicts itself"
    "table-hidden" 422 "Rows or columns of the table are hidden"
    "table-strange-column" 422 "A column is not known"
    "table-sample" 422 "The table has no row of this sample"
    "refused-rows" 422 "Rows of the file are refused"
    "unauthorised" 401 "Credentials are missing or not valid"
    "forbidden" 403 "The role may not do this"
    "log-in-first" 401 "Nobody is logged in"
    "not-your-task" 403 "Another member does this"
    "suspended" 403 "The organisation is suspended"
    "out-of-scope" 403 "The key is narrowed to something else"
    "form-expired" 403 "The form is not of this session"
    "not-found" 404 "Not found"
    "no-log" 404 "This service publishes no log"
    "no-batches" 404 "No batch to put into the pack"
    "method-not-allowed" 405 "The method is not allowed here"
    "request-timeout" 408 "The request took too long to arrive"
    "stale" 412 "Somebody else wrote in between"
    "too-large" 413 "The body is too large"
    "file-too-large" 413 "The file is too large"
    "unsupported-media-type" 415 "The media type is not supported"
    "too-many-requests" 429 "Too many requests"
    "internal" 500 "Something of ours failed"
    "busy" 503 "The service is busy"
    "database-away" 503 "The database does not answer"
    "log-stopped" 503 "Nothing may be recorded until the operator has looked"
    "log-unpublished" 503 "Recorded, but not published yet"
    "outcome-unknown" 503 "It is not known yet whether it was stored"
    "storage-full" 507 "No room to write"
    // Refusals by the state of the field.
    "lot-taken" 409 "The lot is taken"
    "gtin-taken" 409 "The GTIN is taken"
    "uscc-taken" 409 "The credit code is taken"
    "code-taken" 409 "The code is taken"
    "report-number-taken" 409 "The report number is taken"
    "overdrawn" 409 "More than is left"
    "outputs-exceed-input" 409 "More comes out than went in"
    "batch-closed" 409 "The batch is closed"
    "batch-held" 409 "The batch is on hold"
    "batch-recalled" 409 "The batch is recalled"
    "nothing-to-erase" 409 "Nothing is left to erase"
    "batch-not-empty" 409 "Something is left in the batch"
    "pre-harvest-interval" 409 "The pre-harvest interval has not passed"
    "implausible-yield" 409 "The yield needs a confirmation"
    "interval-not-kept" 409 "A waiting time was not kept"
    "too-many-treatments" 409 "Applied too often this season"
    "sample-already-received" 409 "The sample was received before"
    "sample-not-received" 409 "The sample was not received yet"
    "not-accredited" 409 "No accreditation in force"
    "not-held-by-report" 409 "No hold by this report"
    "retest-by-another" 409 "Another laboratory tests again"
    "retest-incomplete" 409 "The report does not cover what failed"
    "too-many-reports" 409 "Too many reports on one batch"
    "handle-taken" 409 "The handle is taken"
    "key-taken" 409 "The public key is registered already"
    "key-revoked" 409 "The key is revoked"
    "nonce-used" 409 "The key signed with this nonce before"
    "licence-other-product" 409 "The licence does not cover the product"
    "licence-revoked" 409 "The licence is revoked"
    "licence-not-in-force" 409 "The licence is not in force"
    "licence-quota" 409 "The licence's quota is used up"
    "own-licence" 409 "Nobody licenses himself"
    "no-passing-report" 409 "No passing report"
    "not-a-passing-report" 409 "Not a passing report of this batch"
    "panel-incomplete" 409 "The panel lacks what was sprayed"
    "correct-first" 409 "Other acts must be corrected first"
    "no-discrepancy" 409 "Nothing is left open"
    "correct-at-parent" 409 "To be corrected where it was given"
    "correct-at-plots" 409 "To be corrected plot by plot"
    "not-correctable" 409 "This value is not corrected"
    "not-the-author" 409 "Only its author corrects a record"
    "nothing-changed" 409 "The value stands so already"
    // Values that are wrong by themselves or beside others.
    "pack-too-large" 422 "Too many batches for one pack"
    "idempotency-key-reused" 422 "The key was used for something else"
    "date-in-future" 422 "The date lies ahead"
    "date-before-season" 422 "The date lies too far back"
    "window-reversed" 422 "The end lies before the beginning"
    "picking-days-required" 422 "The picking days are missing"
    "plots-required" 422 "The plots are missing"
    "plots-only-for-harvest" 422 "Plots belong to a harvest"
    "plot-twice" 422 "The plot stands twice"
    "share-required" 422 "The plot's share is missing"
    "shares-differ" 422 "The shares do not add up"
    "origin-required" 422 "The origin is missing"
    "harvest-is-loose" 422 "A harvest is loose goods"
    "unknown-key" 422 "No such key of yours"
    "bad-signature" 422 "The signature does not fit"
    "statement-not-normal" 422 "A signed text is not in normal form"
    "signed-field-required" 422 "What is signed has to be told"
    "statement-by-old-key" 422 "The old key signs the change"
    "countersign-required" 422 "An association has to countersign"
    "countersign-by-association" 422 "Only an association countersigns"
    "not-an-association" 422 "The operator admits keys of associations only"
    "unknown-product" 422 "No product has this GTIN"
    "unknown-laboratory" 422 "No such laboratory"
    "unknown-receiver" 422 "No such receiver"
    "unknown-attachment" 422 "The file is not stored here"
    "amount-range" 422 "The amount is out of range"
    "area-range" 422 "The area is out of range"
    "coordinate-range" 422 "The coordinate is out of range"
    "polygon-crosses" 422 "The outline crosses itself"
    "polygon-corners" 422 "The outline has too few or too many corners"
    "no-grower" 422 "The grower is not named"
    "no-consent" 409 "There is no consent to withdraw"
    "interval-range" 422 "The interval is out of range"
    "percent-range" 422 "Not a percentage"
    "recall-class" 422 "No such recall class"
    "outputs-required" 422 "Outputs are missing or too many"
    "parents-required" 422 "Parents are missing or too many"
    "parent-twice" 422 "The parent stands twice"
    "parents-differ" 422 "The parents are not alike"
    "too-many-ancestors" 422 "The lineage is too wide"
    "other-unit" 422 "The product counts otherwise"
    "other-grade" 422 "The grade is another"
    "not-a-pack" 422 "The product is no pack"
    "net-content-required" 422 "The net content is missing"
    "packs-are-counted" 422 "Packs are counted in pieces"
    "gtins-required" 422 "GTINs are missing or too many"
    "uscc-required" 422 "The credit code is missing"
    "not-a-laboratory" 422 "Only laboratories are accredited"
    "results-required" 422 "Results are missing or too many"
    "retest-by-instrument" 422 "A retest is a third-party report"
    "retests-laboratory-required" 422 "Two laboratories gave this number"
    "negative-result" 422 "A result below zero"
    "verdict-contradicts" 422 "The verdict contradicts the figures"
    "packed-before-picked" 422 "Packed before it was picked"
    "received-before-drawn" 422 "Received before it was drawn"
    "temperature-reversed" 422 "The highest lies below the lowest"
    "too-many-corrections" 422 "Too many corrections at once"
    "not-a-choice" 422 "The value is none of the possible ones"
    "wrong-shape" 422 "The new value does not fit"
    "nothing-there" 422 "Nothing stands at the pointer"
    "nothing-said" 422 "Nothing is said"
    "record-too-large" 422 "The record would be too large"
    "unreadable-record" 500 "A stored record cannot be read"
    "file-type" 415 "The file is not what it says"
    "bad-photo" 422 "The photo cannot be used"
}

/// Names of the figures that sentences mention.
const FIGURES: &[&str] = &[
    "active",
    "ceiling",
    "code",
    "count",
    "day",
    "discrepancy",
    "grade",
    "gtin",
    "interval",
    "left",
    "limit",
    "lot",
    "number",
    "parent",
    "plot",
    "reason",
    "report",
    "seq",
    "since",
    "sprayed",
    "what",
];

/// A no, in a form that the problem middleware puts into the caller's language.
#[derive(Debug, Clone, Default)]
pub struct Problem {
    pub slug: &'static str,
    pub field: String,
    pub value: String,
    pub expected: String,
    pub details: Vec<(&'static str, String)>,
    pub blocking: Vec<BlockingAct>,
    /// A rule inside the slug: for `invalid-value` the code of the broken one.
    pub rule: String,
    /// Rows of an import, each with its own problem.
    pub rows: Vec<(u64, Problem)>,
    pub retry_after_seconds: Option<u32>,
}

/// The wire form.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProblemBody {
    /// Address of the problem's description.
    #[serde(rename = "type")]
    #[schema(example = "/problems/overdrawn")]
    pub kind: String,
    #[schema(example = "overdrawn")]
    pub slug: &'static str,
    #[schema(example = 409)]
    pub status: u16,
    #[schema(example = "More than is left")]
    pub title: &'static str,
    /// One sentence in the caller's language.
    #[schema(example = "SF26P011116: 9600001 were asked for, 9600000 are left.")]
    pub detail: String,
    /// JSON path of the field.
    #[serde(skip_serializing_if = "String::is_empty")]
    #[schema(example = "quantity")]
    pub field: String,
    /// The offending value.
    #[serde(skip_serializing_if = "String::is_empty")]
    #[schema(example = "9600001")]
    pub value: String,
    /// What would have been right.
    #[serde(skip_serializing_if = "String::is_empty")]
    #[schema(example = "9600000")]
    pub expected: String,
    /// The rule that a value broke.
    #[serde(skip_serializing_if = "String::is_empty")]
    #[schema(example = "")]
    pub rule: String,
    /// Figures of the sentence by name.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[schema(value_type = BTreeMap<String, String>)]
    pub details: BTreeMap<&'static str, String>,
    /// Records that must be corrected first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub blocking: Vec<BlockingRecord>,
    /// Rows of an import that are refused.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rows: Vec<RowProblem>,
    /// To find the request in the log.
    #[schema(example = "0f8fad5bd9cb469fa165708677289aa3")]
    pub request_id: String,
}

/// A refused row of an imported file.
#[derive(Debug, Serialize, ToSchema)]
pub struct RowProblem {
    /// Line of the file; the header is 1.
    #[schema(example = 17)]
    pub line: u64,
    #[schema(example = "invalid-value")]
    pub slug: &'static str,
    pub detail: String,
    pub field: String,
    pub value: String,
    pub expected: String,
}

/// A record that stands in the way.
#[derive(Debug, Serialize, ToSchema)]
pub struct BlockingRecord {
    pub subject: String,
    pub seq: u64,
    #[schema(example = "batch.packed")]
    pub kind: String,
    pub hash: String,
}

impl Problem {
    pub fn new(slug: &'static str) -> Self {
        Self { slug, ..Self::default() }
    }

    pub fn at(mut self, field: impl Into<String>, value: impl fmt::Display) -> Self {
        self.field = field.into();
        self.value = value.to_string().chars().take(200).collect();
        self
    }

    pub fn expected(mut self, expected: impl fmt::Display) -> Self {
        self.expected = expected.to_string();
        self
    }

    /// A value that broke the rule of its type.
    pub fn invalid(field: impl Into<String>, invalid: &Invalid) -> Self {
        Refusal::invalid(field, invalid).into()
    }

    pub fn entry(&self) -> &'static Entry {
        entry(self.slug)
    }

    /// The sentence in `locale`.
    pub fn detail(&self, locale: Locale) -> String {
        let key = match self.rule.as_str() {
            "" => format!("problem-{}", self.slug),
            rule => format!("invalid-{rule}"),
        };
        // Grams as people say them, where the figures are weights.
        let weight = |text: &str| text.parse().map_or_else(|_| text.to_owned(), crate::i18n::format::weight);
        let value = if OF_TERMS.contains(&self.slug) { terms(locale, &self.value) } else { self.value.clone() };
        let mut args: Vec<(&str, crate::i18n::Arg<'_>)> = vec![
            ("field", self.field.as_str().into()),
            ("value", value.into()),
            ("expected", self.expected.as_str().into()),
            ("value_weight", weight(&self.value).into()),
            ("expected_weight", weight(&self.expected).into()),
        ];
        // A sentence whose figure is missing reads with a gap; without a value it would not be a sentence at all.
        args.extend(FIGURES.iter().map(|name| (*name, "".into())));
        args.extend(self.details.iter().map(|(name, value)| match *name {
            "active" => (*name, terms(locale, value).into()),
            _ => (*name, value.as_str().into()),
        }));
        t_args(locale, &key, &args)
    }

    /// The response in `locale`.
    pub fn respond(&self, locale: Locale, request_id: &str) -> HttpResponse {
        let entry = self.entry();
        let body = ProblemBody {
            kind: format!("/problems/{}", entry.slug),
            slug: entry.slug,
            status: entry.status,
            title: entry.title,
            detail: self.detail(locale),
            field: self.field.clone(),
            value: self.value.clone(),
            expected: self.expected.clone(),
            rule: self.rule.clone(),
            details: self.details.iter().cloned().collect(),
            blocking: self.blocking.iter().map(BlockingRecord::from).collect(),
            rows: self.rows.iter().map(|(line, problem)| RowProblem::of(*line, problem, locale)).collect(),
            request_id: request_id.to_owned(),
        };
        let mut response = HttpResponse::build(self.status_code());
        response.insert_header((CONTENT_TYPE, "application/problem+json"));
        if entry.status == 401 {
            response.insert_header((WWW_AUTHENTICATE, "Bearer"));
        }
        if let Some(seconds) = self.retry_after_seconds {
            response.insert_header((RETRY_AFTER, seconds.to_string()));
        }
        response.body(serde_json::to_string(&body).unwrap_or_default())
    }
}

/// Problems whose value is substances, as records name them: of the field's own words, not of what somebody typed.
const OF_TERMS: &[&str] = &["panel-incomplete", "retest-incomplete"];

/// Terms between `、`, as the reader of `locale` calls them; one that has no English name stays.
fn terms(locale: Locale, text: &str) -> String {
    match locale {
        Locale::ZhCn => text.to_owned(),
        Locale::En => {
            let named = text.split('、').map(|term| english(term).unwrap_or_else(|| term.to_owned()));
            named.collect::<Vec<_>>().join(", ")
        }
    }
}

/// The registry's line of a slug; an unlisted one is a fault of ours.
pub fn entry(slug: &str) -> &'static Entry {
    let internal = || REGISTRY.iter().find(|entry| entry.slug == "internal");
    match REGISTRY.iter().find(|entry| entry.slug == slug).or_else(internal) {
        Some(entry) => entry,
        None => unreachable!("the registry holds `internal`"),
    }
}

impl RowProblem {
    fn of(line: u64, problem: &Problem, locale: Locale) -> Self {
        Self {
            line,
            slug: problem.slug,
            detail: problem.detail(locale),
            field: problem.field.clone(),
            value: problem.value.clone(),
            expected: problem.expected.clone(),
        }
    }
}

impl From<&BlockingAct> for BlockingRecord {
    fn from(act: &BlockingAct) -> Self {
        Self { subject: act.subject.to_string(), seq: act.seq, kind: act.kind.clone(), hash: act.hash.to_string() }
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        Self {
            slug: refusal.code,
            field: refusal.field,
            value: refusal.value,
            expected: refusal.expected,
            details: refusal.details,
            blocking: refusal.blocking,
            rule: refusal.rule,
            rows: refusal.rows.into_iter().map(|row| (row.line, row.refusal.into())).collect(),
            ..Self::default()
        }
    }
}

impl From<AppError> for Problem {
    fn from(error: AppError) -> Self {
        match error {
            AppError::Refused(refusal) => refusal.into(),
            AppError::Forbidden { role, operation } => {
                let mut problem = Self::new("forbidden");
                problem.details = vec![("role", role.to_owned()), ("operation", operation.to_owned())];
                problem
            }
            AppError::NotYours { kind, operation } => {
                let mut problem = Self::new("not-your-task");
                problem.details = vec![("kind", kind.to_owned()), ("operation", operation.to_owned())];
                problem
            }
            AppError::OutOfScope { operation } => {
                let mut problem = Self::new("out-of-scope");
                problem.details = vec![("operation", operation.to_owned())];
                problem
            }
            AppError::Suspended { since, reason } => {
                let mut problem = Self::new("suspended");
                problem.details = vec![("since", since.to_string()), ("reason", reason)];
                problem
            }
            AppError::Busy => Self { retry_after_seconds: Some(1), ..Self::new("busy") },
            AppError::Full(cause) => {
                tracing::error!(cause, "the storage takes no more");
                Self { retry_after_seconds: Some(30), ..Self::new("storage-full") }
            }
            AppError::Unavailable(cause) => {
                tracing::error!(cause, "the database does not answer");
                Self { retry_after_seconds: Some(2), ..Self::new("database-away") }
            }
            AppError::Unresolved(cause) => {
                tracing::error!(cause, "a commit is not resolved");
                Self { retry_after_seconds: Some(5), ..Self::new("outcome-unknown") }
            }
            AppError::LogStopped(cause) => {
                tracing::error!(cause, "the log is stopped");
                Self { retry_after_seconds: Some(60), ..Self::new("log-stopped") }
            }
            AppError::Unpublished(cause) => {
                tracing::error!(cause, "the log could not be published");
                Self { retry_after_seconds: Some(5), ..Self::new("log-unpublished") }
            }
            AppError::Failed(cause) => {
                tracing::error!(cause, "a use case failed");
                Self::new("internal")
            }
        }
    }
}

impl From<actix_web::error::BlockingError> for Problem {
    fn from(_: actix_web::error::BlockingError) -> Self {
        Self { retry_after_seconds: Some(1), ..Self::new("busy") }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.slug)
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.entry().status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// Replaced by the problem middleware, which knows the caller's language.
    fn error_response(&self) -> HttpResponse {
        self.respond(Locale::default(), "")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_slug_stands_once_and_has_a_sentence_in_both_languages() {
        let mut seen = std::collections::BTreeSet::new();
        for entry in REGISTRY {
            assert!(seen.insert(entry.slug), "{} stands twice", entry.slug);
            for locale in Locale::ALL {
                let sentence = Problem::new(entry.slug).detail(locale);
                assert!(sentence.chars().count() > 5 && !sentence.contains("problem-"), "{}: {sentence}", entry.slug);
            }
        }
    }

    #[test]
    fn substances_are_called_as_the_reader_calls_them_and_what_somebody_typed_stays() {
        let missing = Problem::new("panel-incomplete").at("basis", "啶虫脒、噻嗪酮、某新药");
        assert!(
            missing.detail(Locale::En).contains("Acetamiprid, Buprofezin, 某新药"),
            "{}",
            missing.detail(Locale::En)
        );
        assert!(missing.detail(Locale::ZhCn).contains("啶虫脒、噻嗪酮、某新药"));
        let early = Problem::from(Refusal::new("pre-harvest-interval").detail("active", "阿维菌素"));
        assert!(early.detail(Locale::En).contains("Abamectin"), "{}", early.detail(Locale::En));
        let typed = Problem::new("code-taken").at("code", "啶虫脒");
        assert!(typed.detail(Locale::En).contains("啶虫脒"));
    }
}
