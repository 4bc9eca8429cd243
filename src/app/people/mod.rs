//! People: how somebody gets in, who may act for an organisation, how long. Members are rows beside the records; what they do to
//! goods goes the way of every other caller.

pub mod door;
pub mod login;
pub mod members;
pub mod second_factor;
pub mod sessions;
pub mod throttle;

use crate::auth::password::Weak;
use crate::domain::invalid::Invalid;

use super::AppError;
use crate::store::StoreError;

/// What use cases take and give: pages need not know the store.
pub use crate::store::people::Step;
pub use crate::store::{Invitation, Member, Session};

/// Why something about people is not done. The pages show it beside the field.
#[derive(Debug, thiserror::Error)]
pub enum PeopleError {
    /// Login or password; which of them is not told.
    #[error("login or password is not right")]
    Wrong,
    /// Of somebody whose login is not in question.
    #[error("the password is not right")]
    WrongPassword,
    /// A new password is typed twice.
    #[error("the two new passwords differ")]
    Differ,
    #[error("too many attempts; {seconds} s to wait")]
    Wait { seconds: u32 },
    #[error("the password is not taken: {}", .0.as_str())]
    Weak(Weak),
    #[error("{field}: {invalid}")]
    Invalid { field: &'static str, invalid: Invalid },
    #[error("{field} is missing")]
    Missing { field: &'static str },
    /// An application that was decided before.
    #[error("it was decided before")]
    Decided,
    #[error("somebody logs in by this name already")]
    LoginTaken,
    /// A link that was used, withdrawn, or is too old.
    #[error("the link is no longer good")]
    LinkGone,
    #[error("no such member of this organisation")]
    NoSuchMember,
    /// Whoever decides for himself would lock himself out.
    #[error("nobody does this to himself")]
    Himself,
    #[error("an organisation has at most {most} members and open invitations")]
    TooMany { most: usize },
    /// The code of an authenticator, or a recovery code.
    #[error("the code is not right")]
    WrongCode,
    #[error(transparent)]
    App(#[from] AppError),
}

impl From<StoreError> for PeopleError {
    fn from(error: StoreError) -> Self {
        Self::App(error.into())
    }
}

/// A typed field that does not parse.
pub(super) fn parsed<T: std::str::FromStr<Err = Invalid>>(field: &'static str, typed: &str) -> Result<T, PeopleError> {
    typed.parse().map_err(|invalid| PeopleError::Invalid { field, invalid })
}
