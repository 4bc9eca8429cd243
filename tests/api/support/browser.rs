//! Somebody with a browser: keeps cookies, sends the forms that a page shows, goes where he is sent.

use std::cell::RefCell;
use std::collections::BTreeMap;

use actix_web::test::TestRequest;
use scraper::{Html, Selector};

use super::{Answer, Client};

/// A browser without script.
pub struct Browser {
    client: Client,
    cookies: RefCell<BTreeMap<String, String>>,
    shown: RefCell<Option<Answer>>,
    address: String,
}

impl Browser {
    pub fn new(client: Client) -> Self {
        Self { client, cookies: RefCell::default(), shown: RefCell::default(), address: "192.0.2.1:5000".into() }
    }

    /// The same in another network.
    pub fn at(self, address: &str) -> Self {
        Self { address: address.into(), ..self }
    }

    pub fn cookie(&self, name: &str) -> Option<String> {
        self.cookies.borrow().get(name).cloned()
    }

    pub fn set_cookie(&self, name: &str, value: &str) {
        self.cookies.borrow_mut().insert(name.into(), value.into());
    }

    /// Logs in; answers where that leads.
    pub async fn log_in(&self, login: &str) -> Answer {
        self.open("/login?then=/console/account").await.expect(200);
        self.submit("/login", &[("login", login), ("password", super::PASSWORD)]).await
    }

    /// Looks at a page in English, and goes where it is sent.
    pub async fn open(&self, path: &str) -> Answer {
        let mut answer = self.ask(TestRequest::get().uri(path)).await;
        for _ in 0..5 {
            let Some(next) = answer.header("location").map(str::to_owned) else { break };
            answer = self.ask(TestRequest::get().uri(&next)).await;
        }
        self.shown.replace(Some(answer.clone()));
        answer
    }

    /// Sends the form of the page that is shown which goes to `action`, with these fields filled in; does not go on.
    pub async fn send(&self, action: &str, filled: &[(&str, &str)]) -> Answer {
        self.post(action, &self.filled(action, filled)).await
    }

    fn filled(&self, action: &str, filled: &[(&str, &str)]) -> Vec<(String, String)> {
        let mut fields = self.hidden(action);
        for (name, value) in filled {
            fields.retain(|(known, _)| known != name);
            fields.push(((*name).into(), (*value).into()));
        }
        fields
    }

    /// As [`Self::send`], and goes where that leads.
    pub async fn submit(&self, action: &str, filled: &[(&str, &str)]) -> Answer {
        let fields = self.filled(action, filled);
        let mut answer = self.post(action, &fields).await;
        if answer.status == 307 {
            // The same form, to another address.
            answer = self.post(answer.header("location").unwrap(), &fields).await;
        }
        match answer.header("location").map(str::to_owned) {
            Some(next) => self.open(&next).await,
            None => {
                self.shown.replace(Some(answer.clone()));
                answer
            }
        }
    }

    /// Sends fields that no page showed.
    pub async fn post(&self, action: &str, fields: &[(String, String)]) -> Answer {
        self.post_from(action, fields, "same-origin").await
    }

    /// The same, from where the browser says.
    pub async fn post_from(&self, action: &str, fields: &[(String, String)], site: &str) -> Answer {
        let request = TestRequest::post().uri(action).insert_header(("Sec-Fetch-Site", site.to_owned()));
        self.ask(request.set_form(fields)).await
    }

    /// Fields of a form that the page brings along, hidden or filled in.
    pub fn hidden(&self, action: &str) -> Vec<(String, String)> {
        let shown = self.shown.borrow();
        let shown = shown.as_ref().expect("a page is shown");
        let document = Html::parse_document(&shown.text());
        let form = Selector::parse(&format!("form[action='{action}']")).unwrap();
        let form = document.select(&form).next().unwrap_or_else(|| panic!("no form to {action}: {}", shown.text()));
        let hidden = Selector::parse("input[type=hidden], input[type=text][value]").unwrap();
        let pair = |field: scraper::ElementRef<'_>| {
            (field.attr("name").unwrap().to_owned(), field.attr("value").unwrap_or_default().to_owned())
        };
        form.select(&hidden).map(pair).collect()
    }

    async fn ask(&self, request: TestRequest) -> Answer {
        let pairs: Vec<String> = self.cookies.borrow().iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = request
            .insert_header(("Cookie", pairs.join("; ")))
            .insert_header(("Accept", "text/html"))
            .insert_header(("Accept-Language", "en"))
            .insert_header(("User-Agent", "Mozilla/5.0 (Linux; Android 14) Chrome/130.0"))
            .peer_addr(self.address.parse().unwrap());
        let answer = self.client.send(request).await;
        for line in answer.headers.get_all("set-cookie") {
            let line = line.to_str().unwrap();
            let (name, value) = line.split(';').next().unwrap().split_once('=').unwrap();
            match line.contains("Max-Age=0") {
                true => self.cookies.borrow_mut().remove(name),
                false => self.cookies.borrow_mut().insert(name.into(), value.into()),
            };
        }
        answer
    }
}
