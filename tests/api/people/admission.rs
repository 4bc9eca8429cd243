//! How an organisation comes in, and how it is kept from writing for a while; and who is told that he was looked at.

use serde_json::json;
use suyuan::domain::people::MemberKind;
use suyuan::domain::record::{Handle, Subject, SubjectKind, sealed};
use suyuan::store::admission::Decision;

use crate::support::desk::texts;
use crate::support::{Browser, PASSWORD, TestApp, batch_path};

pub const FORM: &[(&str, &str)] = &[
    ("kind", "family_farm"),
    ("name_zh", "示范山下家庭农场"),
    ("name_en", "Foothill Farm"),
    ("uscc", "92999001MA00006005"),
    ("place", "示范县"),
    ("contact", "王五 13812345678"),
    ("manager_name", "王五"),
    ("manager_login", "Wang.Wu"),
];

fn with<'f>(name: &'f str, value: &'f str) -> Vec<(&'f str, &'f str)> {
    FORM.iter().map(|(known, text)| (*known, if *known == name { value } else { *text })).collect()
}

async fn apply(app: &TestApp, browser: &Browser) -> String {
    browser.open("/join").await.expect(200);
    browser.submit("/join", FORM).await.expect(200);
    app.store.applications(0, 1).unwrap()[0].id.to_string()
}

#[actix_web::test]
async fn an_organisation_applies_is_approved_and_its_first_manager_joins_by_the_link() {
    let app = TestApp::start().await;
    let applicant = app.browser();
    for page in ["/", "/login"] {
        assert!(applicant.open(page).await.text().contains("href=\"/join\""), "{page}");
    }
    let records = app.log_length();
    let id = apply(&app, &applicant).await;
    assert_eq!(app.log_length(), records, "an application is no record");
    app.laboratory.get("/api/v1/organisations").await.ok();

    let operator = app.desk(&app.operator).await;
    assert!(operator.page("/console").await.contains("/console/applications"));
    let list = operator.page("/console/applications").await;
    assert!(list.contains("示范山下家庭农场") && list.contains("待审核"), "{list}");
    let csv = operator.get("/console/applications.csv").await.expect(200).text();
    assert!(csv.contains("92999001MA00006005"), "{csv}");
    let path = format!("/console/applications/{id}");
    assert!(operator.page(&path).await.contains("王五 13812345678"));
    let csrf = [("csrf".to_owned(), operator.csrf())];
    let approved = operator.post(&format!("{path}/approve"), &csrf.clone().into()).await.expect(200).text();
    let link = texts(&approved, "#link code")[0].replace("https://sy.example", "");

    let organisations = app.laboratory.get("/api/v1/organisations?limit=200").await.ok();
    let admitted = organisations["items"].as_array().unwrap().iter().find(|it| it["uscc"] == "92999001MA00006005");
    assert_eq!(admitted.unwrap()["name"]["en"], "Foothill Farm");
    assert!(!organisations.to_string().contains("13812345678"));
    let home = admitted.unwrap()["id"].as_str().unwrap().to_owned();

    // Made anew, the first one is good no more.
    let again = operator.post(&format!("{path}/approve"), &csrf.clone().into()).await.expect(200).text();
    let newer = texts(&again, "#link code")[0].replace("https://sy.example", "");
    applicant.open(&link).await.expect(404);
    let join = applicant.open(&newer).await.expect(200).text();
    assert!(join.contains("value=\"wang.wu\"") && join.contains("Foothill Farm"), "{join}");
    let action = newer.split('?').next().unwrap();
    let password = crate::support::PASSWORD;
    let fields = [("login", "wang.wu"), ("name", "王五"), ("password", password), ("again", password)];
    applicant.submit(action, &fields).await.expect(200);
    let members = applicant.open("/console/members").await.expect(200).text();
    assert!(members.contains("wang.wu") && !members.contains("li.na"));

    // Whoever decided before does not decide again.
    operator.post(&format!("{path}/approve"), &csrf.clone().into()).await.expect(422);
    let refusal = [("csrf".to_owned(), operator.csrf()), ("reason".to_owned(), "late".to_owned())];
    operator.post(&format!("{path}/refuse"), &refusal.into()).await.expect(422);
    // That the operator read the application stands where its owner sees it.
    operator.page(&path).await;
    let reads = applicant.open("/console/reads").await.expect(200).text();
    assert!(reads.contains("The application for admission") && reads.contains("Demo County Bureau"), "{reads}");
    assert_eq!(app.store.reads(home.parse().unwrap(), 0, 10).unwrap().len(), 5, "each look");
}

#[actix_web::test]
async fn what_is_ill_formed_is_told_at_its_field_and_stays_typed() {
    let app = TestApp::start().await;
    let browser = app.browser();
    for (field, wrong, says) in [
        ("uscc", "92999001MA0000600A", "92999001MA0000600A"),
        ("uscc", "", "fill this in"),
        ("kind", "operator", "choose"),
        ("kind", "household", "choose"),
        ("name_zh", " ", "fill this in"),
        ("name_zh", "a\u{202e}b", "direction of writing"),
        ("contact", "", "fill this in"),
        ("manager_login", "x", "wrong length"),
    ] {
        browser.open("/join").await.expect(200);
        let answer = browser.submit("/join", &with(field, wrong)).await.expect(422).text();
        let told = texts(&answer, &format!("#{field}-error")).concat();
        assert!(told.contains(says), "{field} {wrong:?}: {told}");
        assert!(answer.contains("Foothill Farm") && answer.contains("value=\"示范县\""), "nothing typed is lost");
    }
    assert_eq!(app.store.applications(0, 1).unwrap().len(), 0);
    // Of another site nothing is taken.
    let fields: Vec<(String, String)> = FORM.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
    assert_eq!(browser.post_from("/join", &fields, "cross-site").await.status, 403);
}

#[actix_web::test]
async fn one_network_applies_a_few_times_and_then_waits_while_others_do_not() {
    let app = TestApp::start().await;
    let (eager, other) = (app.browser(), app.browser().at("198.51.100.9:4000"));
    let mut taken = 0;
    loop {
        eager.open("/join").await.expect(200);
        let answer = eager.submit("/join", FORM).await;
        if answer.status == 429 {
            assert!(answer.header("retry-after").is_some() && answer.text().contains("Foothill Farm"));
            break;
        }
        answer.expect(200);
        taken += 1;
    }
    assert_eq!(taken, 6);
    other.open("/join").await.expect(200);
    other.submit("/join", FORM).await.expect(200);
    // Whoever logs in from there does not pay for it.
    app.member(&app.cooperative, "li.na", MemberKind::Worker);
    eager.log_in("li.na").await.expect(200);
}

#[actix_web::test]
async fn what_nobody_answers_in_a_quarter_of_a_year_lapses_and_the_next_one_takes_it_away() {
    let app = TestApp::start().await;
    let applicant = app.browser();
    applicant.open("/join").await.expect(200);
    let sent = applicant.submit("/join", FORM).await.expect(200).text();
    assert!(sent.contains("within 90 days"), "{sent}");
    app.at("2026-11-30T00:59:00.000Z");
    let operator = app.desk(&app.operator).await;
    assert!(operator.page("/console/applications").await.contains("待审核"));
    assert!(operator.page("/console").await.contains("加入申请待审核"));
    app.at("2026-11-30T01:01:00.000Z");
    let (home, list) = (operator.page("/console").await, operator.page("/console/applications").await);
    assert!(list.contains("天未审核，已失效") && !list.contains("待审核"), "{list}");
    assert!(!home.contains("加入申请待审核"), "{home}");
    applicant.open("/join").await.expect(200);
    applicant.submit("/join", &with("uscc", "93999001MA0000015G")).await.expect(200);
    let all = app.store.applications(0, 9).unwrap();
    assert_eq!(all.iter().map(|it| it.uscc.as_str()).collect::<Vec<_>>(), ["93999001MA0000015G"]);
}

#[actix_web::test]
async fn a_refused_application_makes_nothing_and_a_code_that_is_taken_is_told() {
    let app = TestApp::start().await;
    let operator = app.desk(&app.operator).await;
    let csrf = || ("csrf".to_owned(), operator.csrf());
    let id = apply(&app, &app.browser()).await;
    let records = app.log_length();
    let path = format!("/console/applications/{id}");
    operator.post(&format!("{path}/refuse"), &[csrf()].into()).await.expect(422);
    let refused = [csrf(), ("reason".to_owned(), "营业执照已注销".to_owned())];
    operator.post(&format!("{path}/refuse"), &refused.into()).await.expect(303);
    assert!(operator.page(&path).await.contains("营业执照已注销"));
    operator.post(&format!("{path}/approve"), &[csrf()].into()).await.expect(422);
    assert_eq!(app.log_length(), records);

    app.at("2026-09-01T01:05:00.000Z");
    let browser = app.browser();
    browser.open("/join").await.expect(200);
    browser.submit("/join", &with("uscc", "93999001MA0000015G")).await.expect(200);
    let taken = app.store.applications(0, 1).unwrap()[0].id;
    let answer = operator.post(&format!("/console/applications/{taken}/approve"), &[csrf()].into()).await.expect(422);
    assert!(answer.text().contains("已经登记"), "{}", answer.text());
    assert_eq!(app.log_length(), records);
}

#[actix_web::test]
async fn a_suspended_organisation_reads_and_exports_and_writes_nothing_until_it_is_lifted() {
    let app = TestApp::start().await;
    let season = app.season().await;
    let batch = app.harvest(&season, "SF26P011116", 1_000_000).await;
    let coop = app.desk(&app.cooperative).await;
    let invited = [
        ("csrf".to_owned(), coop.csrf()),
        ("name".to_owned(), "王六".to_owned()),
        ("kind".to_owned(), "worker".to_owned()),
    ];
    let made = coop.post("/console/members", &invited.into()).await.expect(200);
    let link = texts(&made.text(), ".cert code").remove(0).replace("https://sy.example", "");
    let joining = app.browser();
    joining.open(&link).await.expect(200);
    let token = app.other_cooperative.post("/api/v1/token", json!({})).await.ok();
    let _ = app.cooperative.post("/api/v1/token", json!({})).await.ok();
    let by_token = app.stranger(token["access_token"].as_str().unwrap());
    let operator = app.desk(&app.operator).await;
    let csrf = || ("csrf".to_owned(), operator.csrf());
    for home in [&app.cooperative.id, &app.other_cooperative.id] {
        let path = format!("/console/organisations/{home}");
        operator.post(&format!("{path}/suspend"), &[csrf()].into()).await.expect(422);
        let why = [csrf(), ("reason".to_owned(), "许可证核查中。".to_owned())];
        operator.post(&format!("{path}/suspend"), &why.into()).await.expect(303);
        assert!(operator.page(&path).await.contains("许可证核查中"));
    }
    assert!(operator.page("/console/organisations").await.contains("已暂停"));
    joining.send(&link, &[("login", "wang.liu"), ("password", PASSWORD), ("again", PASSWORD)]).await.expect(403);
    // A key and a token that worked a moment ago work for two seconds more.
    tokio::time::sleep(std::time::Duration::from_millis(2_100)).await;
    let records = app.log_length();
    let lost = batch_path(&batch, "losses");
    let loss = json!({"quantity": 1, "reason": "rot"});
    let said = app.cooperative.post(&lost, loss.clone()).await.problem(403, "suspended");
    assert!(said["detail"].as_str().unwrap().contains("许可证核查中"), "{said}");
    let plot = json!({"code": "JA-P9", "place": {"zh": "示范县"}, "area_m2": 100, "crop": {"zh": "脐橙"},
        "point": {"lat": "31.018320", "lon": "109.464210"}});
    by_token.post("/api/v1/plots", plot).await.problem(403, "suspended");
    app.cooperative.post_text("/api/v1/attachments", "image/png", "x").await.problem(403, "suspended");
    app.cooperative.get(&format!("/api/v1/batches/{batch}")).await.expect(200);
    app.cooperative.get(&batch_path(&batch, "openings")).await.expect(200);
    app.cooperative.post("/api/v1/token", json!({})).await.expect(200);
    by_token.get("/api/v1/batches").await.expect(200);
    let page = coop.page(&format!("/console/batches/{batch}")).await;
    assert!(page.contains("许可证核查中"), "every page says so");
    coop.get("/console/batches.csv").await.expect(200);
    let form = format!("/console/batches/{batch}/lose");
    coop.fill(&form, &[("quantity", "1"), ("reason", "rot")]).await.expect(403);
    let invited = [
        ("csrf".to_owned(), coop.csrf()),
        ("name".to_owned(), "王".to_owned()),
        ("kind".to_owned(), "worker".to_owned()),
    ];
    coop.post("/console/members", &invited.into()).await.expect(403);
    let made = [("csrf".to_owned(), coop.csrf()), ("name".to_owned(), "秤".to_owned())];
    coop.post("/console/keys", &made.into()).await.expect(403);
    assert_eq!(app.log_length(), records);
    app.anon.get(&batch_path(&batch, "chain")).await.expect(200);

    let path = format!("/console/organisations/{}", app.cooperative.id);
    operator.post(&format!("{path}/lift"), &[csrf()].into()).await.expect(303);
    coop.done(&form, &[("quantity", "1"), ("reason", "rot")]).await;
    let all = app.store.suspensions(Some(app.cooperative.id.parse().unwrap())).unwrap();
    assert!(all.len() == 1 && all[0].lifted_at.is_some() && all[0].by == Some(operator.member), "{all:?}");
    let own = format!("/console/organisations/{}/suspend", app.operator.id);
    let why = [csrf(), ("reason".to_owned(), "x".to_owned())];
    operator.post(&own, &why.into()).await.expect(404);
}

#[actix_web::test]
async fn whose_name_was_erased_is_suspended_and_lifted_all_the_same() {
    let app = TestApp::start().await;
    let home: Handle = app.buyer.id.parse().unwrap();
    let subject = Subject::new(SubjectKind::Organisation, home);
    let openings = app.app.store.openings(subject).unwrap();
    let places = openings.iter().map(|(_, it)| sealed::Place { subject, seq: it.seq, field: it.field.clone() });
    app.app.store.destroy(&places.collect::<Vec<_>>()).unwrap();
    let operator = app.desk(&app.operator).await;
    let path = format!("/console/organisations/{home}");
    let why = [("csrf".to_owned(), operator.csrf()), ("reason".to_owned(), "核查".to_owned())];
    operator.post(&format!("{path}/suspend"), &why.clone().into()).await.expect(303);
    assert!(app.app.store.suspension(home).unwrap().is_some());
    // Nor has the public a page of it, by any of its addresses.
    for (page, accept) in [("/producers", "text/html"), ("/producers", "application/json")] {
        let answer = app.anon.get_with(&format!("{page}/{home}"), &[("accept", accept)]).await;
        assert!(answer.status == 404 && !answer.text().contains(crate::support::BUYER[0]), "{}", answer.text());
    }
    assert!(operator.page(&path).await.contains(&home.to_string()[..8]), "the operator sees which it is");
    operator.post(&format!("{path}/lift"), &why.into()).await.expect(303);
    assert!(app.app.store.suspension(home).unwrap().is_none());
}

#[actix_web::test]
async fn an_organisation_that_was_registered_stays_approved_whoever_refuses_meanwhile() {
    let app = TestApp::start().await;
    apply(&app, &app.browser()).await;
    let application = app.app.store.applications(0, 1).unwrap().remove(0);
    let home: Handle = app.buyer.id.parse().unwrap();
    let refused = Decision { at: app.app.now(), by: None, organisation: None, refusal: Some("不行".into()) };
    let approved = Decision { organisation: Some(home), refusal: None, ..refused.clone() };
    let decide = |decision: &Decision| app.app.store.decide_application(application.id, decision).unwrap();
    assert!(decide(&refused) && !decide(&refused) && decide(&approved) && !decide(&refused));
    let decision = app.app.store.application(application.id).unwrap().unwrap().decision.unwrap();
    assert_eq!((decision.organisation, decision.refusal), (Some(home), None));
}

#[actix_web::test]
async fn who_is_read_by_another_sees_who_and_what_and_when() {
    let app = TestApp::start().await;
    let season = app.season().await;
    let batch = app.harvest(&season, "SF26P011116", 1_000_000).await;
    let coop = app.desk(&app.cooperative).await;
    *coop.language.borrow_mut() = "en";
    let home = app.cooperative.id.parse().unwrap();
    app.cooperative.get(&batch_path(&batch, "openings")).await.expect(200);
    app.cooperative.get(&batch_path(&batch, "audit-pack")).await.expect(200);
    app.anon.get(&batch_path(&batch, "audit-pack")).await.expect(200);
    app.other_cooperative.get(&batch_path(&batch, "audit-pack")).await.expect(200);
    assert_eq!(app.store.reads(home, 0, 9).unwrap(), [], "one's own and what is public is nobody's business");
    let pack = format!("/api/v1/organisations/{}/audit-pack", app.cooperative.id);
    app.regulator.get(&pack).await.expect(200);
    let page = coop.page("/console/reads").await;
    assert!(page.contains("An audit pack") && page.contains("Demo Market Regulator"), "{page}");
    for file in ["/console/reads.csv", "/console/reads.xlsx"] {
        assert!(!coop.get(file).await.expect(200).bytes.is_empty());
    }
    assert!(!app.desk(&app.other_cooperative).await.page("/console/reads").await.contains("Demo Market Regulator"));
    // A buyer's name stands in no public record: the operator's look at it is noted.
    let buyer = app.buyer.id.parse().unwrap();
    assert_eq!(app.store.reads(buyer, 0, 9).unwrap().len(), 0);
    app.operator.get(&format!("/api/v1/organisations/{}", app.buyer.id)).await.expect(200);
    app.laboratory.get(&format!("/api/v1/organisations/{}", app.buyer.id)).await.expect(200);
    let seen = app.store.reads(buyer, 0, 9).unwrap();
    assert_eq!((seen.len(), seen[0].what.as_str(), seen[0].member), (1, "sealed_name", None));
    assert_eq!(seen[0].reader, app.operator.id.parse().unwrap());
}

#[actix_web::test]
async fn a_recall_asks_for_the_password_again_and_keeps_what_was_typed() {
    let app = TestApp::start().await;
    let season = app.season().await;
    let batch = app.harvest(&season, "SF26P011116", 1_000_000).await;
    let browser = app.logged_in(&app.cooperative, "li.na", MemberKind::Manager).await;
    let path = format!("/console/batches/{batch}/recall");
    browser.open(&path).await.expect(200);
    let records = app.log_length();
    app.at("2026-11-16T02:40:00.000Z");
    let asked = browser.submit(&path, &[("reason.zh", "residue: chlorpyrifos & more")]).await.expect(403).text();
    assert!(asked.contains("action=\"/console/prove\""), "{asked}");
    assert_eq!(app.log_length(), records);
    browser.submit("/console/prove", &[("password", "wrong wrong wrong")]).await.expect(422);
    let form = browser.submit("/console/prove", &[("password", crate::support::PASSWORD)]).await.expect(200).text();
    assert!(form.contains("residue: chlorpyrifos &#38; more"), "{form}");
    // A worker is not asked: he may not at all.
    let worker = app.logged_in(&app.cooperative, "wang.wu", MemberKind::Worker).await;
    app.at("2026-11-16T03:40:00.000Z");
    worker.open(&path).await.expect(403);
}

#[actix_web::test]
async fn organisations_and_applications_are_found_by_what_they_hold_and_only_who_is_shown_counts_as_read() {
    let app = TestApp::start().await;
    apply(&app, &app.browser()).await;
    let other = app.browser();
    other.open("/join").await.expect(200);
    other.submit("/join", &with("uscc", "91110000600037341L")).await.expect(200);
    let operator = app.desk(&app.operator).await;
    let applications = operator.page("/console/applications?contains=92999001ma").await;
    assert_eq!(texts(&applications, "tbody tr").len(), 1, "{applications}");
    let none = operator.page("/console/applications?contains=%E8%8C%B6%E5%8E%82").await;
    assert!(texts(&none, ".empty")[0].contains("没有"), "{none}");
    let buyer: Handle = app.buyer.id.parse().unwrap();
    let read = || app.store.reads(buyer, 0, 9).unwrap().len();
    let page = operator.page("/console/organisations?contains=REGULATOR").await;
    assert_eq!((texts(&page, "tbody tr").len(), read()), (1, 0), "looked through, but not shown: {page}");
    let csv = operator.get("/console/organisations.csv?contains=REGULATOR").await.expect(200).text();
    assert_eq!((csv.lines().count(), read()), (2, 0), "{csv}");
    let sealed = app.store.subject(buyer).unwrap().unwrap();
    let suyuan::domain::entities::Entity::Organisation(it) = sealed.entity else { panic!() };
    let code = it.uscc_for(suyuan::domain::entities::Why::Compared).unwrap().to_string();
    let page = operator.page(&format!("/console/organisations?contains={code}")).await;
    assert_eq!((texts(&page, "tbody tr").len(), read()), (1, 1), "{page}");
}
