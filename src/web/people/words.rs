//! What stands beside a field: a sentence by its key, with its figures.

use crate::app::people::PeopleError;
use crate::domain::invalid::Invalid;
use crate::http::problem::Problem;
use crate::i18n::{Locale, t, t_args};

/// Why a field, or a form as a whole, was not taken.
#[derive(Debug, Clone)]
pub struct Said {
    /// Name of the field it stands beside.
    pub field: &'static str,
    what: What,
}

#[derive(Debug, Clone)]
enum What {
    Key(&'static str, u32),
    Weak(&'static str),
    Invalid(Invalid),
}

impl Said {
    pub fn at(field: &'static str, key: &'static str) -> Self {
        Self { field, what: What::Key(key, 0) }
    }

    /// The sentence of an error that is shown in the form; any other is the error of the whole answer.
    pub fn of(error: PeopleError, at: &'static str) -> Result<Self, Problem> {
        let what = match error {
            PeopleError::Wrong => What::Key("login-wrong", 0),
            PeopleError::WrongPassword => What::Key("account-wrong", 0),
            PeopleError::Differ => What::Key("account-differ", 0),
            PeopleError::Wait { seconds } => What::Key("login-wait", seconds.div_ceil(60)),
            PeopleError::WrongCode => What::Key("code-wrong", 0),
            PeopleError::Missing { field: "kind" } => return Ok(Self::at("kind", "field-missing")),
            PeopleError::Missing { field } => return Ok(Self::at(field, "field-empty")),
            PeopleError::Decided => What::Key("application-decided", 0),
            PeopleError::Himself => What::Key("member-himself", 0),
            PeopleError::TooMany { most } => What::Key("member-too_many", most as u32),
            PeopleError::LoginTaken => return Ok(Self::at("login", "join-login_taken")),
            PeopleError::Weak(weak) => return Ok(Self { field: "password", what: What::Weak(weak.as_str()) }),
            PeopleError::Invalid { field, invalid } => return Ok(Self { field, what: What::Invalid(invalid) }),
            PeopleError::NoSuchMember | PeopleError::LinkGone => return Err(Problem::new("not-found").at("path", "")),
            PeopleError::App(error) => return Err(error.into()),
        };
        Ok(Self { field: at, what })
    }

    pub fn invalid(field: &'static str, invalid: Invalid) -> Self {
        Self { field, what: What::Invalid(invalid) }
    }

    pub fn sentence(&self, locale: &Locale) -> String {
        match &self.what {
            What::Key(key, n) => t_args(*locale, key, &[("n", (*n).into())]),
            What::Weak(why) => t(*locale, &format!("weak-{why}")),
            What::Invalid(invalid) => {
                let name = t(*locale, &format!("field-{}", self.field));
                Problem::invalid(name, invalid).detail(*locale)
            }
        }
    }

    /// Whether it stands beside this field.
    pub fn is_at(&self, field: &str) -> bool {
        self.field == field
    }
}
