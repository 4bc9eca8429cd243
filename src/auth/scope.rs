//! What a key is narrowed to: some of the operations that its organisation may, or all of them.

use std::fmt;
use std::str::FromStr;

use super::policy::{self, TABLE};
use crate::domain::invalid::Invalid;
use crate::domain::record::Role;

/// Operations; bit n stands for line n of the table. It is kept and told by their names, never by bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scope(u128);

const _: () = assert!(TABLE.len() <= 128, "a scope has a bit for each operation");

/// What no scope takes away: exchanging the key for a token, which may no more than the key.
const ALWAYS: &str = "token.read";

/// What no key does: people do it, or the server's terminal.
const NOT_BY_KEY: &[&str] = &[
    "instance.found",
    "log.reopen",
    "sealed.erase",
    "members.manage",
    "api_keys.manage",
    "webhooks.manage",
    "application.decide",
    "organisation.suspend",
    // A page; over REST it is `record.correct`.
    "own_record.correct",
    ALWAYS,
];

impl Scope {
    /// Whatever the role may, and will.
    pub const ALL: Self = Self(u128::MAX);

    pub fn holds(self, operation: &str) -> bool {
        self == Self::ALL || operation == ALWAYS || position(operation).is_some_and(|bit| self.0 & bit != 0)
    }

    /// What was kept. An operation that the table holds no more is nothing that anybody may.
    pub fn kept(text: &str) -> Self {
        Self(text.split_whitespace().filter_map(position).fold(0, |all, bit| all | bit))
    }

    /// For keeping; `None` for all.
    pub fn to_kept(self) -> Option<String> {
        (self != Self::ALL).then(|| self.to_string())
    }

    /// Its operations in the order of the table; nothing where it is all.
    pub fn operations(self) -> Vec<&'static str> {
        if self == Self::ALL {
            return Vec::new();
        }
        TABLE
            .iter()
            .map(|rule| rule.operation)
            .filter(|operation| position(operation).is_some_and(|bit| self.0 & bit != 0))
            .collect()
    }

    /// Refuses what the key of such an organisation could not do anyway.
    pub fn check(self, role: Role) -> Result<(), Invalid> {
        let foreign = self.operations().into_iter().find(|operation| !of_keys(role).any(|it| it == *operation));
        match foreign {
            Some(operation) => {
                Err(Invalid::new("scope-operation", operation, of_keys(role).collect::<Vec<_>>().join(" ")))
            }
            None => Ok(()),
        }
    }
}

/// What a key of such an organisation can be narrowed to.
pub fn of_keys(role: Role) -> impl Iterator<Item = &'static str> {
    let fits = move |operation: &&'static str| {
        policy::may(role, operation) && !operation.starts_with("page.") && !NOT_BY_KEY.contains(operation)
    };
    TABLE.iter().map(|rule| rule.operation).filter(fits)
}

fn position(operation: &str) -> Option<u128> {
    TABLE.iter().position(|rule| rule.operation == operation).map(|line| 1 << line)
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.operations().join(" "))
    }
}

impl FromStr for Scope {
    type Err = Invalid;

    /// Names with commas or spaces between them.
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let mut bits = 0;
        for name in text.split(|c: char| c == ',' || c.is_whitespace()).filter(|name| !name.is_empty()) {
            bits |= position(name).ok_or_else(|| Invalid::new("scope-operation", name, "batch.pack,batch.store"))?;
        }
        if bits == 0 {
            return Err(Invalid::new("scope-operation", text, "batch.pack,batch.store"));
        }
        Ok(Self(bits))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_holds_what_it_names_and_nothing_else() {
        let scope: Scope = "batch.pack, batch.store".parse().unwrap();
        assert!(scope.holds("batch.pack") && scope.holds("batch.store") && scope.holds("token.read"));
        let held = TABLE.iter().filter(|rule| scope.holds(rule.operation)).count();
        assert_eq!(held, 3);
        assert_eq!(Scope::kept(&scope.to_kept().unwrap()), scope);
    }

    #[test]
    fn what_is_no_operation_is_refused_when_it_is_typed_and_nothing_when_it_was_kept() {
        for text in ["batch.destroy", "batch.pack,all", "", " , "] {
            assert_eq!(text.parse::<Scope>().unwrap_err().code, "scope-operation", "{text}");
        }
        let kept = Scope::kept("batch.destroy");
        assert!(kept != Scope::ALL && kept.operations().is_empty() && !kept.holds("batch.pack"));
    }

    #[test]
    fn a_key_is_not_narrowed_to_what_its_organisation_may_not_or_no_key_does() {
        for (text, role) in
            [("sample.report", Role::Cooperative), ("members.manage", Role::Cooperative), ("page.home", Role::Operator)]
        {
            assert!(text.parse::<Scope>().unwrap().check(role).is_err(), "{text}");
        }
        assert!(
            Scope::ALL.check(Role::Regulator).is_ok()
                && "batch.pack".parse::<Scope>().unwrap().check(Role::Cooperative).is_ok()
        );
        assert!(Scope::ALL.holds("batch.pack") && Scope::ALL.to_kept().is_none());
    }
}
