//! Links that are handed on, the way in, and what the operator knows before he decides.

use suyuan::domain::people::MemberKind::Manager;

use crate::support::TestApp;
use crate::support::desk::texts;

const FORM: &[(&str, &str)] = &[
    ("kind", "family_farm"),
    ("name_zh", "示范山下家庭农场"),
    ("uscc", "92999001MA00006005"),
    ("place", "示范县"),
    ("contact", "王五 13812345678"),
    ("manager_name", "王五"),
    ("manager_login", "wang.wu"),
];

#[actix_web::test]
async fn a_link_comes_with_a_text_to_send_a_button_that_copies_it_and_its_symbol() {
    let app = TestApp::start().await;
    let manager = app.logged_in(&app.cooperative, "li.na", Manager).await;
    manager.open("/console/members").await.expect(200);
    let answer = manager.submit("/console/members", &[("name", "王五"), ("kind", "worker")]).await.expect(200);
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let page = answer.text();
    let (text, link) = (&texts(&page, "#handed")[0], &texts(&page, "#handed code")[0]);
    assert!(text.contains("invites you to join; please open this within 7 days") && text.ends_with(link.as_str()));
    assert!(page.contains("data-copy=\"handed\"") && page.contains("hidden>Copy it for a message"));
    let symbol = suyuan::labels::svg(&suyuan::labels::symbol(link).unwrap(), &[]);
    assert!(page.contains(&symbol), "the symbol is that of the link");
}

#[actix_web::test]
async fn the_operator_sees_who_has_the_code_already_and_the_applicant_does_not() {
    let app = TestApp::start().await;
    let applicant = app.browser();
    let mut answers = Vec::new();
    for _ in 0..2 {
        applicant.open("/join").await.expect(200);
        answers.push(applicant.submit("/join", FORM).await.expect(200).text().replace(char::is_alphanumeric, ""));
    }
    assert_eq!(answers[0], answers[1], "a stranger is told nothing");
    let operator = app.desk(&app.operator).await;
    let ids: Vec<String> = app.store.applications(0, 2).unwrap().iter().map(|it| it.id.to_string()).collect();
    let path = format!("/console/applications/{}", ids[0]);
    let warned = texts(&operator.page(&path).await, "p.notice.is-attention:not([hidden])");
    let number = ids[1][..8].to_uppercase();
    assert!(warned.len() == 1 && warned[0].contains("另有一份申请在等") && warned[0].contains(&number), "{warned:?}");
    let csrf = [("csrf".to_owned(), operator.csrf())];
    operator.post(&format!("/console/applications/{}/approve", ids[1]), &csrf.into()).await.expect(200);
    let warned = texts(&operator.page(&path).await, "p.notice.is-attention:not([hidden])");
    assert!(warned.len() == 1 && warned[0].contains("已经登记过单位"), "{warned:?}");
}

#[actix_web::test]
async fn a_slip_in_a_credit_code_is_not_solved_for_him_and_the_way_in_stands_on_top() {
    let app = TestApp::start().await;
    let applicant = app.browser();
    applicant.open("/join").await.expect(200);
    let slip: Vec<(&str, &str)> =
        FORM.iter().map(|(name, text)| (*name, if *name == "uscc" { "92999001MA00006006" } else { *text })).collect();
    let page = applicant.submit("/join", &slip).await.expect(422).text();
    let said = &texts(&page, ".field-error")[0];
    assert!(said.contains("at least one of its 18 characters") && !said.contains("would be"), "{said}");
    let home = applicant.open("/").await.expect(200).text();
    assert_eq!(texts(&home, "header.bar .ways a")[..2], ["Log in", "Apply"]);
    assert_eq!(texts(&applicant.open("/join").await.text(), "header.bar .ways a").len(), 1);
}
