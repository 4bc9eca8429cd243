//! Who may do what: one table, one pure function. What is not listed is denied. Ownership is not judged here but where the
//! act is decided, on the state of the subject itself.

use crate::domain::people::MemberKind;
use crate::domain::record::Role;
use MemberKind::{Manager, Signer};
use Role::{Association, Cooperative, Laboratory, Operator, Regulator};

/// Operation and the roles that may perform it.
pub const TABLE: &[(&str, &[Role])] = &[
    ("organisation.register", &[Operator]),
    ("instance.found", &[Operator]),
    ("site.register", &[Cooperative]),
    ("plot.register", &[Cooperative]),
    ("plot.treat", &[Cooperative]),
    ("plot.use_input", &[Cooperative]),
    ("plot.note", &[Cooperative]),
    ("product.register", &[Cooperative]),
    ("batch.open", &[Cooperative]),
    ("batch.process", &[Cooperative]),
    ("batch.grade", &[Cooperative]),
    ("batch.split", &[Cooperative]),
    ("batch.merge", &[Cooperative]),
    ("batch.pack", &[Cooperative]),
    ("batch.certify", &[Cooperative]),
    ("batch.store", &[Cooperative]),
    ("batch.ship", &[Cooperative]),
    ("batch.return", &[Cooperative]),
    ("batch.lose", &[Cooperative]),
    ("batch.close", &[Cooperative]),
    ("batch.note", &[Cooperative]),
    ("batch.recall", &[Cooperative]),
    ("shipment.receive", &[Cooperative]),
    ("sample.draw", &[Cooperative]),
    ("sample.receive", &[Laboratory]),
    ("sample.report", &[Laboratory]),
    ("mark.register", &[Association]),
    ("licence.grant", &[Association]),
    ("licence.revoke", &[Association]),
    // A root is admitted by the operator, everybody else registers his own.
    ("key.register", &[Laboratory, Association, Operator]),
    ("key.rotate", &[Laboratory, Association]),
    ("key.revoke", &[Laboratory, Association]),
    ("log.reopen", &[Operator]),
    ("sealed.erase", &[Operator]),
    ("record.correct", &[Cooperative, Laboratory, Association]),
    // Of organisations and licences that are somebody else's.
    ("audit_pack.foreign", &[Regulator]),
    ("attachment.upload", &[Cooperative, Laboratory, Association, Operator]),
    // Of the own organisation, by its members alone.
    ("members.manage", &[Cooperative, Laboratory, Association, Operator, Regulator]),
    ("api_keys.manage", &[Cooperative, Laboratory, Association, Operator, Regulator]),
    ("webhooks.manage", &[Cooperative, Laboratory, Association, Operator, Regulator]),
];

/// Operations that not every member may perform, and who may; whoever acts by a key of the organisation may all that its role may.
pub const OF_MEMBERS: &[(&str, &[MemberKind])] = &[
    ("organisation.register", &[Manager]),
    ("instance.found", &[Manager]),
    ("batch.recall", &[Manager]),
    ("sample.report", &[Manager, Signer]),
    ("mark.register", &[Manager]),
    ("licence.grant", &[Manager]),
    ("licence.revoke", &[Manager]),
    ("key.register", &[Manager, Signer]),
    ("key.rotate", &[Manager, Signer]),
    ("key.revoke", &[Manager, Signer]),
    ("log.reopen", &[Manager]),
    ("sealed.erase", &[Manager]),
    ("members.manage", &[Manager]),
    ("api_keys.manage", &[Manager]),
    ("webhooks.manage", &[Manager]),
];

/// Whether a member of this kind may perform what his organisation may.
pub fn member_may(kind: MemberKind, operation: &str) -> bool {
    OF_MEMBERS.iter().find(|(name, _)| *name == operation).is_none_or(|(_, kinds)| kinds.contains(&kind))
}

/// Whether such a member has to show a second factor: whose word others rest on.
pub fn needs_second_factor(role: Role, kind: MemberKind) -> bool {
    match role {
        Operator | Association => true,
        Laboratory => member_may(kind, "sample.report"),
        Cooperative | Regulator => false,
    }
}

/// Whether people of `role` may perform `operation` at all.
pub fn may(role: Role, operation: &str) -> bool {
    TABLE.iter().find(|(name, _)| *name == operation).is_some_and(|(_, roles)| roles.contains(&role))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unlisted_operation_is_denied_to_everybody() {
        assert!(Role::ALL.iter().all(|role| !may(*role, "batch.destroy")));
    }

    #[test]
    fn nobody_but_a_laboratory_reports_results() {
        let allowed: Vec<_> = Role::ALL.iter().filter(|role| may(**role, "sample.report")).collect();
        assert_eq!(allowed, [&Laboratory]);
    }

    #[test]
    fn what_only_some_members_may_is_something_that_some_role_may() {
        for (operation, kinds) in OF_MEMBERS {
            assert!(Role::ALL.iter().any(|role| may(*role, operation)), "{operation}");
            assert!(kinds.contains(&Manager), "{operation}: somebody has to be able to");
        }
        assert!(!member_may(MemberKind::Worker, "sample.report") && member_may(MemberKind::Worker, "sample.receive"));
        assert!(!member_may(Signer, "members.manage"));
    }

    #[test]
    fn whoever_reports_results_shows_a_second_factor() {
        let needed = |kind: &&MemberKind| needs_second_factor(Laboratory, **kind);
        assert_eq!(MemberKind::ALL.iter().filter(needed).collect::<Vec<_>>(), [&Manager, &Signer]);
    }

    #[test]
    fn every_operation_is_listed_once() {
        let mut names: Vec<_> = TABLE.iter().map(|(name, _)| name).collect();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), TABLE.len());
    }
}
