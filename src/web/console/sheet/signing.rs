//! A form whose record its sender may sign with a key of his own: what he is to sign is told while nothing is recorded, and the form
//! comes back with it. His statement is sent with the same form then.

use actix_web::http::StatusCode;

use super::{Sheet, parsed};
use crate::app::prepare::Prepared;
use crate::app::{App, AppError, Caller};
use crate::domain::record::Handle;
use crate::http::problem::Problem;
use crate::web::console::kit::{Form, Signing};
use crate::web::console::read::Typed;
use crate::web::console::shell::Shell;

/// Tells what is signed of the act in this JSON; `None` where nothing is.
pub type Prepare = fn(&App, Caller, &[u8], Option<Handle>) -> Result<Option<Prepared>, AppError>;

pub fn prepare<S: Sheet>(
    app: &App,
    caller: Caller,
    body: &[u8],
    about: Option<Handle>,
) -> Result<Option<Prepared>, AppError> {
    S::prepare(app, caller, parsed::<S>(body, about)?)
}

/// Whether the button that prepares was pressed. What was prepared before, and signed of that, is nothing any more then.
pub fn is_asked(typed: &mut Typed) -> bool {
    let is_asked = typed.more().as_deref() == Some(Signing::BUTTON);
    if is_asked {
        typed.forget(Signing::NAMES);
    }
    is_asked
}

/// Puts what is to be signed into the form, or why it would not be recorded.
pub fn tell(
    prepared: Result<Option<Prepared>, AppError>,
    form: &mut Form,
    shell: &Shell,
) -> Result<StatusCode, AppError> {
    match prepared {
        Ok(Some(prepared)) => {
            form.notices.push(shell.w.t("sign-prepared"));
            form.prepared(&prepared);
            Ok(StatusCode::OK)
        }
        Ok(None) => Ok(StatusCode::OK),
        Err(AppError::Refused(refusal)) => {
            let problem = Problem::from(refusal);
            let status = StatusCode::from_u16(problem.entry().status).unwrap_or(StatusCode::UNPROCESSABLE_ENTITY);
            form.refuse(problem);
            Ok(status)
        }
        Err(failed) => Err(failed),
    }
}
