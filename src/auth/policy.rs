//! Who may do what: one table, one pure function. What is not listed is denied. docs/PERMISSIONS.md is this table, and a test
//! walks over every cell of it, on the API and on the pages.
//!
//! Whose a subject is, is not judged here but where it is read or where the act is decided; the table says what to expect.

use crate::domain::people::MemberKind;
use crate::domain::record::Role;
use MemberKind::{Manager, Signer, Worker};
use Role::{Association, Cooperative, Laboratory, Operator, Regulator};
use Whose::{Anybodys, Given, House, Own, Party};

/// One line of the table.
#[derive(Debug)]
pub struct Rule {
    /// `subject.verb`. What ends in `.read` and what begins with `page.` changes nothing.
    pub operation: &'static str,
    /// Organisations that may. Whoever acts by a key of one may all that the key's scope leaves.
    pub roles: &'static [Role],
    /// Which of their members may.
    pub members: &'static [MemberKind],
    pub whose: Whose,
}

/// Whose subjects an operation reaches. Of all others none exists: they answer as a missing one does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// Nothing is named that is there already: something is opened, or the organisation itself is looked after.
    House,
    /// What the organisation opened.
    Own,
    /// That, and what an act of another made it a party to: a sample, a shipment, a licence.
    Party,
    /// Only what an act of another made it a party to.
    Given,
    /// Whatever there is.
    Anybodys,
}

impl Whose {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::House => "house",
            Self::Own => "own",
            Self::Party => "party",
            Self::Given => "given",
            Self::Anybodys => "anybody's",
        }
    }
}

const ALL_ROLES: [Role; 5] = [Cooperative, Laboratory, Association, Operator, Regulator];
const EVERY: &[MemberKind] = &[Manager, Worker, Signer];
const MANAGERS: &[MemberKind] = &[Manager];
const SIGNERS: &[MemberKind] = &[Manager, Signer];

macro_rules! table {
    ($($operation:literal $whose:ident $members:ident $roles:expr;)+) => {
        /// Every operation, and who may.
        pub const TABLE: &[Rule] = &[$(
            Rule { operation: $operation, roles: &$roles, members: $members, whose: $whose }
        ),+];
    };
}

table! {
    "instance.found" House MANAGERS [Operator];
    "organisation.register" House MANAGERS [Operator];
    "site.register" House EVERY [Cooperative];
    "plot.register" House EVERY [Cooperative];
    "plot.treat" Own EVERY [Cooperative];
    "plot.use_input" Own EVERY [Cooperative];
    "plot.note" Own EVERY [Cooperative];
    "plot.consent" Own EVERY [Cooperative];
    "plot.withdraw_consent" Own EVERY [Cooperative];
    "product.register" House EVERY [Cooperative];
    "batch.open" House EVERY [Cooperative];
    "batch.process" Own EVERY [Cooperative];
    "batch.grade" Own EVERY [Cooperative];
    "batch.split" Own EVERY [Cooperative];
    // And of those that the body names.
    "batch.merge" Own EVERY [Cooperative];
    "batch.pack" Own EVERY [Cooperative];
    "batch.certify" Own EVERY [Cooperative];
    "batch.store" Own EVERY [Cooperative];
    "batch.ship" Own EVERY [Cooperative];
    "batch.return" Own EVERY [Cooperative];
    "batch.lose" Own EVERY [Cooperative];
    "batch.close" Own EVERY [Cooperative];
    "batch.note" Own EVERY [Cooperative];
    "batch.recall" Own MANAGERS [Cooperative];
    "shipment.receive" Given EVERY [Cooperative];
    "sample.draw" Own EVERY [Cooperative];
    "sample.receive" Given EVERY [Laboratory];
    "sample.report" Given SIGNERS [Laboratory];
    "mark.register" House MANAGERS [Association];
    // Under a mark of its own, which the body names.
    "licence.grant" House MANAGERS [Association];
    "licence.revoke" Own MANAGERS [Association];
    // A root is admitted by the operator, everybody else registers his own.
    "key.register" House SIGNERS [Laboratory, Association, Operator];
    "key.rotate" Own SIGNERS [Laboratory, Association];
    // The association that countersigned it is a party.
    "key.revoke" Party SIGNERS [Laboratory, Association];
    "log.reopen" House MANAGERS [Operator];
    "sealed.erase" Anybodys MANAGERS [Operator];
    // A record of a batch or plot is corrected by who wrote it, on whosever subject it stands: by a laboratory the remark of its
    // report. Associations write on neither.
    "record.correct" Party EVERY [Cooperative, Laboratory];
    // The form of it, which draws up what stands on one's own subject.
    "own_record.correct" Own EVERY [Cooperative];
    "attachment.upload" House EVERY [Cooperative, Laboratory, Association, Operator];
    "members.manage" House MANAGERS ALL_ROLES;
    "application.decide" Anybodys MANAGERS [Operator];
    "organisation.suspend" Anybodys MANAGERS [Operator];
    "api_keys.manage" House MANAGERS ALL_ROLES;
    "webhooks.manage" Own MANAGERS ALL_ROLES;

    "token.read" House EVERY ALL_ROLES;
    "organisation.read" Anybodys EVERY ALL_ROLES;
    "product.read" Anybodys EVERY ALL_ROLES;
    "mark.read" Anybodys EVERY ALL_ROLES;
    "key.read" Anybodys EVERY ALL_ROLES;
    "site.read" Party EVERY ALL_ROLES;
    "plot.read" Party EVERY ALL_ROLES;
    "batch.read" Party EVERY ALL_ROLES;
    "trace.read" Own EVERY ALL_ROLES;
    "openings.read" Party EVERY ALL_ROLES;
    "sample.read" Party EVERY ALL_ROLES;
    "shipment.read" Party EVERY ALL_ROLES;
    "licence.read" Party EVERY ALL_ROLES;
    // Of a licence or an organisation; those of a single batch are public.
    "audit_pack.read" Party EVERY ALL_ROLES;
    "foreign_audit_pack.read" Anybodys EVERY [Regulator];

    "page.home" House EVERY ALL_ROLES;
    "page.search" House EVERY ALL_ROLES;
    "page.account" House EVERY ALL_ROLES;
    "page.notices" House EVERY ALL_ROLES;
    "page.pending" House EVERY [Cooperative];
    "page.scan" House EVERY [Cooperative, Laboratory, Association];
    "page.plots" Own EVERY [Cooperative];
    "page.batches" Own EVERY [Cooperative];
    "page.samples" House EVERY [Cooperative, Laboratory];
    "page.sample" Party EVERY [Cooperative, Laboratory];
    "page.shipments" House EVERY [Cooperative];
    "page.marks" House EVERY [Association];
    "page.licences" Party EVERY [Cooperative, Association];
    "page.licensees" House EVERY [Association];
    "page.products" House EVERY [Cooperative];
    "page.sites" House EVERY [Cooperative];
    "page.households" Own EVERY [Cooperative];
    "page.stock" House EVERY [Cooperative];
    // Names and telephones of people.
    "page.applications" Anybodys MANAGERS [Operator];
    "page.organisations" Anybodys EVERY [Operator];
    "page.signing_keys" House EVERY [Laboratory, Association, Operator];
    "page.health" House MANAGERS [Operator];
    // Who read what is not public of its own organisation.
    "page.reads" House EVERY ALL_ROLES;
}

/// The line of an operation; `None` for one that nobody may perform.
pub fn rule(operation: &str) -> Option<&'static Rule> {
    TABLE.iter().find(|rule| rule.operation == operation)
}

/// Whether it changes anything.
pub fn writes(operation: &str) -> bool {
    !(operation.ends_with(".read") || operation.starts_with("page."))
}

/// Whether people of `role` may perform `operation` at all.
pub fn may(role: Role, operation: &str) -> bool {
    rule(operation).is_some_and(|rule| rule.roles.contains(&role))
}

/// Whether a member of this kind may perform what his organisation may.
pub fn member_may(kind: MemberKind, operation: &str) -> bool {
    rule(operation).is_some_and(|rule| rule.members.contains(&kind))
}

/// What a person does only after he gave his password again of late. A key has nothing to give.
const AFTER_THE_PASSWORD: &[&str] = &[
    "batch.recall",
    "licence.revoke",
    "key.rotate",
    "key.revoke",
    "members.manage",
    "api_keys.manage",
    "webhooks.manage",
    "application.decide",
    "organisation.suspend",
];

/// Whether a person has to give his password again before this.
pub fn asks_again(operation: &str) -> bool {
    AFTER_THE_PASSWORD.contains(&operation)
}

/// Whether such a member has to show a second factor: whose word others rest on.
pub fn needs_second_factor(role: Role, kind: MemberKind) -> bool {
    match role {
        Operator | Association => true,
        Laboratory => member_may(kind, "sample.report"),
        Cooperative | Regulator => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unlisted_operation_is_denied_to_everybody() {
        assert!(Role::ALL.iter().all(|role| !may(*role, "batch.destroy")));
        assert!(MemberKind::ALL.iter().all(|kind| !member_may(*kind, "batch.destroy")));
    }

    #[test]
    fn nobody_but_a_laboratory_reports_results() {
        let allowed: Vec<_> = Role::ALL.iter().filter(|role| may(**role, "sample.report")).collect();
        assert_eq!(allowed, [&Laboratory]);
    }

    #[test]
    fn somebody_may_what_is_listed_and_a_manager_may_all() {
        assert!(AFTER_THE_PASSWORD.iter().all(|operation| rule(operation).is_some()));
        for rule in TABLE {
            assert!(!rule.roles.is_empty() && rule.members.contains(&Manager), "{}", rule.operation);
            assert!(rule.operation.split('.').count() == 2, "{}", rule.operation);
        }
        assert!(!member_may(Worker, "sample.report") && member_may(Worker, "sample.receive"));
        assert!(!member_may(Signer, "members.manage"));
    }

    #[test]
    fn whoever_reports_results_shows_a_second_factor() {
        let needed = |kind: &&MemberKind| needs_second_factor(Laboratory, **kind);
        assert_eq!(MemberKind::ALL.iter().filter(needed).collect::<Vec<_>>(), [&Manager, &Signer]);
    }

    #[test]
    fn what_reads_writes_nothing() {
        assert!(writes("batch.pack") && writes("members.manage") && !writes("batch.read") && !writes("page.home"));
    }

    #[test]
    fn every_operation_is_listed_once() {
        let mut names: Vec<_> = TABLE.iter().map(|rule| rule.operation).collect();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), TABLE.len());
    }
}
