//! What the operator sees of his own service.

use crate::support::TestApp;
use crate::support::desk::texts;

#[actix_web::test]
async fn the_operator_sees_whether_writing_works_and_how_far_the_log_is_published() {
    let app = TestApp::start().await;
    let operator = app.desk(&app.operator).await;
    let lines = texts(&operator.page("/console/health").await, ".waiting li");
    let size = app.log_length().to_string();
    let told =
        ["可以读，可以写", &format!("公开日志{size} 条记录（sy.example/log）"), "还没有核对过", &format!("{size} 条")];
    assert_eq!(lines.len(), told.len(), "{lines:?}");
    assert!(lines.iter().zip(told).all(|(line, told)| line.contains(told)), "{lines:?}");
    app.season().await;
    *operator.language.borrow_mut() = "en";
    let lines = texts(&operator.page("/console/health").await, ".waiting li");
    assert!(lines[1].contains(&format!("{} records (sy.example/log)", app.log_length())), "{lines:?}");
}
