//! The operator's pages: who asks to be admitted, and who is here. Deciding is for managers who gave their password of late.

mod applications;
mod health;
mod organisations;

use actix_web::http::StatusCode;

use crate::app::people::PeopleError;
use crate::app::{App, AppError};
use crate::http::extract::{State, blocking};
use crate::http::problem::Problem;
use crate::web::map::Map;
use crate::web::people::Said;

pub fn configure(map: &mut Map<'_>) {
    applications::configure(map);
    organisations::configure(map);
    health::configure(map);
}

/// Does something, and shows the page again with what is wrong, or goes on.
async fn decided<T: Send + 'static>(
    app: &State,
    work: impl FnOnce(&App) -> Result<T, PeopleError> + Send + 'static,
) -> Result<Result<T, Said>, Problem> {
    match blocking(app, move |app| Ok(work(app))).await? {
        Ok(done) => Ok(Ok(done)),
        Err(PeopleError::App(AppError::Refused(refusal))) if refusal.code == "uscc-taken" => {
            Ok(Err(Said::at("decide", "application-taken")))
        }
        Err(error) => Said::of(error, "reason").map(Err),
    }
}

/// What was typed where something was wrong with it.
#[derive(Clone, Default)]
struct Beside {
    status: StatusCode,
    reason: String,
    error: Option<Said>,
}
