//! Reading a lot as anybody does who scans it.

use serde_json::Value;

use super::TestApp;

pub fn scan_path(gtin: &str, lot: &str) -> String {
    format!("/01/{gtin}/10/{lot}")
}

/// Kinds of the steps of a view, in order.
pub fn kinds(view: &Value) -> Vec<String> {
    view["timeline"].as_array().unwrap().iter().map(|step| step["kind"].as_str().unwrap().to_owned()).collect()
}

impl TestApp {
    /// The view of a lot as JSON; the pages in both languages are read too and must answer.
    pub async fn scan(&self, gtin: &str, lot: &str) -> Value {
        let path = scan_path(gtin, lot);
        for language in ["zh-CN", "en"] {
            let page = self.anon.get_with(&path, &[("accept", "text/html"), ("accept-language", language)]).await;
            let page = page.expect(200).text();
            assert!(page.contains(&format!("lang=\"{language}\"")), "{language}: {page}");
            assert!(page.contains(lot), "the page of {lot} names its lot");
        }
        self.anon.get_with(&path, &[("accept", "application/json")]).await.ok()
    }

    /// The page of a lot as HTML.
    pub async fn page(&self, gtin: &str, lot: &str, language: &str) -> String {
        let headers = [("accept", "text/html"), ("accept-language", language)];
        self.anon.get_with(&scan_path(gtin, lot), &headers).await.expect(200).text()
    }
}
