//! What came back, with the assertions that every test makes of it.

use actix_web::http::header::HeaderMap;
use serde_json::Value;

/// Status, headers and bytes of an answer.
#[derive(Debug, Clone)]
pub struct Answer {
    pub request: String,
    pub status: u16,
    pub headers: HeaderMap,
    pub bytes: Vec<u8>,
}

impl Answer {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    #[track_caller]
    pub fn json(&self) -> Value {
        match serde_json::from_slice(&self.bytes) {
            Ok(value) => value,
            Err(error) => panic!("{}: {} with no JSON ({error}): {}", self.request, self.status, self.text()),
        }
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The answer, if it has this status.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}: {}", self.request, self.text());
        self
    }

    /// The JSON of an answer with status 200.
    #[track_caller]
    pub fn ok(self) -> Value {
        self.expect(200).json()
    }

    /// The receipt of an act that was recorded.
    #[track_caller]
    pub fn created(self) -> Value {
        self.expect(201).json()
    }

    /// The problem with this status and slug; its sentence names what it must.
    #[track_caller]
    pub fn problem(self, status: u16, slug: &str) -> Value {
        assert_eq!(self.header("content-type"), Some("application/problem+json"), "{}: {}", self.request, self.text());
        let problem = self.json();
        assert_eq!((self.status, problem["slug"].as_str()), (status, Some(slug)), "{}: {problem}", self.request);
        assert_eq!(problem["status"], status, "{problem}");
        assert_eq!(problem["type"], format!("/problems/{slug}"), "{problem}");
        assert!(problem["detail"].as_str().is_some_and(|detail| detail.chars().count() > 5), "{problem}");
        assert_eq!(problem["request_id"].as_str(), self.header("x-request-id"), "{problem}");
        problem
    }
}
