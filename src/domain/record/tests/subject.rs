use super::samples::*;
use crate::domain::record::*;

#[test]
fn subjects_handles_and_digests_have_one_text_each() {
    let subject = "label_run:0f8fad5bd9cb469fa16570867728950e";
    assert_eq!(subject.parse::<Subject>().unwrap().to_string(), subject);
    let digest = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
    assert_eq!(digest.parse::<Digest>().unwrap().to_string(), digest);
    assert_eq!(serde_json::to_string(&batch(0xab)).unwrap(), format!("\"batch:{}\"", "ab".repeat(16)));
    assert_eq!(Digest::ZERO.to_string(), "0".repeat(64));
}

#[test]
fn other_texts_are_refused_with_the_rule_they_break() {
    let hex = "0f8fad5bd9cb469fa16570867728950e";
    let code = |text: &str| text.parse::<Subject>().unwrap_err().code.into_owned();
    assert_eq!(code(hex), "subject");
    assert_eq!(code(&format!("orchard:{hex}")), "subject-kind");
    assert_eq!(code(&format!("Batch:{hex}")), "subject-kind");
    assert_eq!(code(&format!(" batch:{hex}")), "subject-kind");
    assert_eq!(code(&format!("batch:{}", hex.to_uppercase())), "handle");
    assert_eq!(code(&format!("batch:{hex}0")), "handle");
    assert_eq!(code(&format!("batch:{}", &hex[1..])), "handle");
    assert_eq!(code(&format!("batch:{}g", &hex[1..])), "handle");
    assert_eq!("ab".repeat(31).parse::<Digest>().unwrap_err().code, "digest");
    assert_eq!("consumer".parse::<Role>().unwrap_err().code, "role");
}

#[test]
fn every_subject_kind_and_role_reads_its_own_word() {
    assert_eq!(SubjectKind::ALL.len(), 16);
    assert!(SubjectKind::ALL.iter().all(|kind| kind.as_str().parse() == Ok(*kind)));
    assert_eq!(Role::ALL.len(), 5);
    assert!(Role::ALL.iter().all(|role| role.as_str().parse() == Ok(*role)));
}
