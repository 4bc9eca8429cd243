//! One organisation at the service's door, or nobody in particular.

use std::cell::RefCell;
use std::rc::Rc;

use actix_web::test::TestRequest;
use futures_util::future::LocalBoxFuture;
use serde_json::Value;

use super::Answer;

/// Sends a request through the whole application.
pub type Call = Rc<dyn Fn(TestRequest) -> LocalBoxFuture<'static, Answer>>;

/// Calls the service with one organisation's key, or without any.
#[derive(Clone)]
pub struct Client {
    call: Call,
    pub key: Option<String>,
    /// Handle of the organisation.
    pub id: String,
    /// What was answered, for searching it as a whole.
    pub heard: Rc<RefCell<Vec<Answer>>>,
}

impl Client {
    pub fn new(call: &Call, id: String, key: Option<String>) -> Self {
        Self { call: Rc::clone(call), key, id, heard: Rc::default() }
    }

    /// The same door, without the key.
    pub fn without_key(&self) -> Self {
        Self { key: None, ..self.clone() }
    }

    /// Sends what a test built itself, with this client's key.
    pub async fn send(&self, request: TestRequest) -> Answer {
        let request = match &self.key {
            Some(key) => request.insert_header(("Authorization", format!("Bearer {key}"))),
            None => request,
        };
        let answer = (self.call)(request).await;
        self.heard.borrow_mut().push(answer.clone());
        answer
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(TestRequest::get().uri(path)).await
    }

    pub async fn get_with(&self, path: &str, headers: &[(&'static str, &str)]) -> Answer {
        self.send(with_headers(TestRequest::get().uri(path), headers)).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.post_with(path, &[], body).await
    }

    pub async fn post_with(&self, path: &str, headers: &[(&'static str, &str)], body: Value) -> Answer {
        self.send(with_headers(TestRequest::post().uri(path), headers).set_json(body)).await
    }

    /// A body as text, exactly as it is written.
    pub async fn post_text(&self, path: &str, media_type: &str, body: impl Into<Vec<u8>>) -> Answer {
        let request = TestRequest::post().uri(path).insert_header(("Content-Type", media_type.to_owned()));
        self.send(request.set_payload(body.into())).await
    }

    /// Records an act; answers its receipt.
    pub async fn act(&self, path: &str, body: Value) -> Value {
        self.post(path, body).await.created()
    }

    /// Records an act; answers the handle of the subject it is about.
    pub async fn made(&self, path: &str, body: Value) -> String {
        self.act(path, body).await["id"].as_str().unwrap().to_owned()
    }
}

pub fn with_headers(request: TestRequest, headers: &[(&'static str, &str)]) -> TestRequest {
    headers.iter().fold(request, |request, (name, value)| request.insert_header((*name, value.to_string())))
}
