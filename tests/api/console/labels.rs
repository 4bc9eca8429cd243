//! What is stuck on the packs: as large and as many as was asked for, in the language of who buys.

use crate::packs::packed;
use crate::support::TestApp;
use crate::support::desk::{href, texts};

#[actix_web::test]
async fn labels_are_as_large_and_as_many_as_asked_for_and_in_chinese_whatever_the_screen_speaks() {
    let app = TestApp::start().await;
    let (_, batch, _) = packed(&app).await;
    let coop = app.desk(&app.cooperative).await;
    let path = format!("/console/batches/{batch}/label");
    *coop.language.borrow_mut() = "en";
    let page = coop.page(&path).await;
    let label = texts(&page, ".label.of-70x50");
    assert_eq!(label.len(), 1);
    for word in ["脐橙 5 kg 箱装", "特级", "批次", "P01", "2026-11-19", "生产者", "扫码看来历"] {
        assert!(label[0].contains(word), "{word}: {label:?}");
    }
    // The symbol alone is as large as the label lets it be; what it says stands beneath in letters that can be set.
    let symbol = format!("/api/v1/batches/{batch}/qr.svg");
    assert!(page.contains(&format!("{symbol}?caption=false")) && label[0].contains("(10) P01"));
    let drawn = async |path: &str| app.anon.get(path).await.expect(200).text();
    assert!(drawn(&symbol).await.contains("(10) P01"));
    assert!(!drawn(&format!("{symbol}?caption=false")).await.contains("<text"));
    app.anon.get(&format!("{symbol}?caption=perhaps")).await.problem(400, "bad-parameter");
    let many = coop.page(&format!("{path}?size=50x30&copies=24&paper=sheet&in=en")).await;
    let labels = texts(&many, ".label-sheet.is-sheet .label.of-50x30");
    assert_eq!(labels.len(), 24);
    assert!(labels[23].contains("Special grade") && labels[23].contains("Scan to see"), "{}", labels[23]);
    assert_eq!(texts(&many, ".label").len(), 24);
    let all = href(&many, "For all 100 packs");
    assert!(all.starts_with(&format!("{path}?size=50x30&copies=")) && all.ends_with("&paper=sheet&in=en"), "{all}");
    let page = coop.page(&all).await;
    assert_eq!(texts(&page, ".label").len(), 100, "one for each pack that is there");
    assert!(!page.contains("For all"), "{page}");
    // The line of the certificate stands there once it is issued.
    assert!(!label[0].contains("承诺达标合格证"));
    coop.done(&format!("/console/batches/{batch}/certify"), &[("basis", "quality_control")]).await;
    assert!(texts(&coop.page(&path).await, ".label")[0].contains("承诺达标合格证"));
}
