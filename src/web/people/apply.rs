//! An organisation asks to be admitted: the public form. What it says goes to the operator and nowhere else.

use actix_web::http::StatusCode;
use actix_web::http::header::RETRY_AFTER;
use actix_web::{HttpRequest, HttpResponse, web};

use super::cookies::{self, Cookie};
use super::form::{Sent, is_surely_ours};
use super::login::{checking, status_of};
use super::{Said, page as html_page, people_page, set, source};
use crate::app::admission::{self, KINDS, Typed};
use crate::app::people::PeopleError;
use crate::app::people::throttle::Network;
use crate::auth::session::FormToken;
use crate::http::extract::State;
use crate::http::problem::Problem;
use crate::web::routes::context;

people_page!(ApplyPage, "people/apply.html", ApplyView);
people_page!(AppliedPage, "people/applied.html", String);

struct ApplyView {
    csrf: FormToken,
    kinds: Vec<String>,
    t: Typed,
    error: Option<Said>,
}

/// Under this name and the network applications are counted; nobody logs in by it. Strangers elsewhere shut nobody out.
fn counted(from: Network) -> String {
    format!("\u{0}join {from:?}")
}

pub async fn page(app: State, request: HttpRequest) -> HttpResponse {
    show(&app, &request, StatusCode::OK, Typed::default(), None)
}

fn show(app: &State, request: &HttpRequest, status: StatusCode, typed: Typed, error: Option<Said>) -> HttpResponse {
    let (secret, is_new) = cookies::of_forms(app, request);
    let kinds = KINDS.iter().map(|kind| admission::word(*kind)).collect();
    let view = ApplyView { csrf: secret.form_token(), kinds, t: typed, error };
    let mut response = html_page(request, status, &ApplyPage::of(&view, &context(app, request), request));
    if is_new {
        set(&mut response, Cookie::Form.set(app, &secret.reveal()));
    }
    response
}

/// Takes an application. Each counts at the door, where strangers are counted.
pub async fn apply(app: State, request: HttpRequest, body: web::Payload) -> Result<HttpResponse, Problem> {
    let token = cookies::of_forms(&app, &request).0.form_token();
    let came = Sent::of(&request, body).await?;
    let typed: Typed = match came.checked(&token) {
        // The secret of forms ends with the browser, or where somebody logs in beside: the form comes back with a new one.
        Err(problem) if problem.slug == "form-expired" && is_surely_ours(&request) => {
            let said = Said::at("kind", "apply-again");
            return Ok(show(&app, &request, StatusCode::FORBIDDEN, came.fields()?, Some(said)));
        }
        typed => typed?,
    };
    let sent = typed.clone();
    let from = source::network(&app, &request);
    let done = checking(&app, move |app| {
        // What is ill-formed costs nothing.
        admission::check(app, &sent)?;
        let admitted = app.door.throttle.admit(app.now(), &counted(from), from, None);
        admitted.map_err(|seconds| PeopleError::Wait { seconds })?;
        admission::apply(app, &sent, from)
    });
    let error = match done.await {
        Ok(number) => {
            return Ok(html_page(
                &request,
                StatusCode::OK,
                &AppliedPage::of(&number, &context(&app, &request), &request),
            ));
        }
        Err(error) => error,
    };
    let (status, wait) = status_of(&error);
    let mut response = show(&app, &request, status, typed, Some(Said::of(error, "kind")?));
    if let Some(seconds) = wait {
        response.headers_mut().insert(RETRY_AFTER, seconds.into());
    }
    Ok(response)
}
