//! Who may do what: one table, one pure function. What is not listed is denied. Ownership is not judged here but where the
//! act is decided, on the state of the subject itself.

use crate::domain::record::Role;
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
];

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
    fn every_operation_is_listed_once() {
        let mut names: Vec<_> = TABLE.iter().map(|(name, _)| name).collect();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), TABLE.len());
    }
}
