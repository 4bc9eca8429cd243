//! A member at a browser: pages are read, forms are filled in as they came and sent with what they carry.

use std::cell::RefCell;
use std::collections::BTreeMap;

use actix_web::test::TestRequest;
use scraper::{Html, Selector};
use suyuan::app::people::{Step, sessions};
use suyuan::auth::session::Secret;
use suyuan::domain::people::MemberKind;
use suyuan::domain::record::Handle;
use suyuan::store::Member;

use super::client::{Client, with_headers};
use super::{Answer, TestApp};

/// Somebody who is signed in for the organisation of `client`.
pub struct Desk {
    client: Client,
    cookie: String,
    csrf: String,
    pub member: Handle,
    pub language: RefCell<&'static str>,
}

/// A form as the page shows it: names and values, the boxes that are ticked.
pub type Fields = BTreeMap<String, String>;

impl TestApp {
    /// A manager of the organisation, with everything shown that he has to show.
    pub async fn desk(&self, client: &Client) -> Desk {
        self.desk_as(client, MemberKind::Manager).await
    }

    pub async fn desk_as(&self, client: &Client, kind: MemberKind) -> Desk {
        let (app, home) = (self.app.clone(), client.id.parse().unwrap());
        let now = app.now();
        let id = Handle::from_bytes(fresh(&app));
        let login = format!("m{id}").parse().unwrap();
        let member = Member {
            home,
            id,
            login,
            name: "李某".parse().unwrap(),
            kind,
            password: String::new(),
            password_at: now,
            totp_secret: Some(vec![7; 20]),
            totp_step: None,
            created_at: now,
            disabled_at: None,
        };
        let secret = actix_web::web::block(move || {
            app.store.add_member(&member, &[]).unwrap();
            sessions::open(&app, &member, Step::Whole, "test", None).unwrap().reveal()
        });
        let secret = secret.await.unwrap();
        let csrf = Secret::parse(&secret).unwrap().form_token().to_string();
        Desk { csrf, member: id, ..Desk::of_cookie(client, format!("__Host-session={secret}")) }
    }
}

fn fresh(app: &suyuan::app::App) -> [u8; 16] {
    let mut bytes = [0; 16];
    app.random.fill(&mut bytes);
    bytes
}

impl Desk {
    /// Somebody with this cookie, or with none.
    pub fn of_cookie(client: &Client, cookie: String) -> Self {
        let (language, member) = (RefCell::new("zh-CN"), Handle::from_bytes([0; 16]));
        Self { client: client.without_key(), cookie, csrf: String::new(), member, language }
    }

    /// What every form of this browser carries.
    pub fn csrf(&self) -> String {
        self.csrf.clone()
    }

    pub async fn get(&self, path: &str) -> Answer {
        let language = *self.language.borrow();
        let headers = [("cookie", self.cookie.as_str()), ("accept-language", language), ("accept", "text/html")];
        self.client.send(with_headers(TestRequest::get().uri(path), &headers)).await
    }

    /// The text of a page, which has to be one.
    pub async fn page(&self, path: &str) -> String {
        let answer = self.get(path).await.expect(200);
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{path}");
        answer.text()
    }

    /// The form of a page.
    pub async fn form(&self, path: &str) -> Fields {
        fields(&self.page(path).await)
    }

    pub async fn post(&self, path: &str, fields: &Fields) -> Answer {
        self.post_with(path, &[], fields).await
    }

    pub async fn post_with(&self, path: &str, more: &[(&'static str, &str)], fields: &Fields) -> Answer {
        let language = *self.language.borrow();
        let mut headers =
            vec![("cookie", self.cookie.as_str()), ("accept-language", language), ("accept", "text/html")];
        headers.extend_from_slice(more);
        self.client.send(with_headers(TestRequest::post().uri(path), &headers).set_form(fields)).await
    }

    /// Sends fields with a file, as a browser does.
    pub async fn post_file(&self, path: &str, fields: &Fields, media_type: &str, file: &str) -> Answer {
        self.post_part(path, fields, "file", media_type, file.as_bytes()).await
    }

    /// The same with a file of any bytes, chosen in the field of this name.
    pub async fn post_part(&self, path: &str, fields: &Fields, name: &str, media_type: &str, file: &[u8]) -> Answer {
        let mut body = Vec::new();
        for (name, value) in fields.iter().filter(|(known, _)| *known != name) {
            let part = format!("--cut\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
            body.extend_from_slice(part.as_bytes());
        }
        let head = format!("name=\"{name}\"; filename=\"r\"\r\nContent-Type: {media_type}");
        body.extend_from_slice(format!("--cut\r\nContent-Disposition: form-data; {head}\r\n\r\n").as_bytes());
        body.extend_from_slice(file);
        body.extend_from_slice(b"\r\n--cut--\r\n");
        let language = *self.language.borrow();
        let headers = [
            ("cookie", self.cookie.as_str()),
            ("accept", "text/html"),
            ("accept-language", language),
            ("content-type", "multipart/form-data; boundary=cut"),
            ("sec-fetch-site", "same-origin"),
        ];
        self.client.send(with_headers(TestRequest::post().uri(path), &headers).set_payload(body)).await
    }

    /// Sends a body in parts, cut by `cut`.
    pub async fn post_parts(&self, path: &str, body: Vec<u8>) -> (u16, String) {
        let headers = [
            ("cookie", self.cookie.as_str()),
            ("accept", "application/json"),
            ("content-type", "multipart/form-data; boundary=cut"),
        ];
        let answer = self.client.send(with_headers(TestRequest::post().uri(path), &headers).set_payload(body)).await;
        (answer.status, answer.text())
    }

    /// Fills the form of a page in and sends it; answers what came back.
    pub async fn fill(&self, path: &str, filled: &[(&str, &str)]) -> Answer {
        let mut fields = self.form(path).await;
        for (name, value) in filled {
            fields.insert((*name).to_owned(), (*value).to_owned());
        }
        let address = path.split('?').next().unwrap();
        self.post(address, &fields).await
    }

    /// The same, recorded: answers where the browser is sent.
    pub async fn done(&self, path: &str, filled: &[(&str, &str)]) -> String {
        let answer = self.fill(path, filled).await;
        let said = || texts(&answer.text(), ".error li, .error p").join(" / ");
        assert_eq!(answer.status, 303, "{path}: {}", said());
        answer.header("location").unwrap().to_owned()
    }
}

/// What a form would send if its button were pressed now.
pub fn fields(page: &str) -> Fields {
    let document = Html::parse_document(page);
    let all = |selector: &str| {
        let selector = Selector::parse(selector).unwrap();
        document.select(&selector).map(|it| it.value().clone()).collect::<Vec<_>>()
    };
    let mut fields = Fields::new();
    for input in all("form.sheet input") {
        let ticked = input.attr("type") != Some("checkbox") || input.attr("checked").is_some();
        if let Some(name) = input.attr("name").filter(|_| ticked) {
            fields.insert(name.to_owned(), input.attr("value").unwrap_or_default().to_owned());
        }
    }
    let (selects, options) = (Selector::parse("form.sheet select").unwrap(), Selector::parse("option").unwrap());
    for select in document.select(&selects) {
        let chosen = select.select(&options).find(|option| option.value().attr("selected").is_some());
        let chosen = chosen.or_else(|| select.select(&options).next());
        let value = chosen.and_then(|option| option.value().attr("value")).unwrap_or_default();
        fields.insert(select.value().attr("name").unwrap().to_owned(), value.to_owned());
    }
    for area in document.select(&Selector::parse("form.sheet textarea").unwrap()) {
        fields.insert(area.value().attr("name").unwrap().to_owned(), area.text().collect());
    }
    fields
}

/// The texts of the elements that a selector finds.
pub fn texts(page: &str, selector: &str) -> Vec<String> {
    let document = Html::parse_document(page);
    let selector = Selector::parse(selector).unwrap();
    let text =
        |it: scraper::ElementRef<'_>| it.text().collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ");
    document.select(&selector).map(text).collect()
}

/// The `href` of the first link whose text is this.
pub fn href(page: &str, text: &str) -> String {
    let document = Html::parse_document(page);
    let links = Selector::parse("a[href]").unwrap();
    let found = document.select(&links).find(|link| link.text().collect::<String>().trim() == text);
    found.unwrap_or_else(|| panic!("no link {text}")).value().attr("href").unwrap().to_owned()
}
