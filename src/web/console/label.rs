//! The labels of a batch, as they are stuck on its packs: one of a few sizes, one a page for a label printer or many on a sheet. All is in
//! the address and drawn here, so that a browser without scripts prints the same.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;

use super::batch::read;
use super::lists::done;
use super::page::{self, Asked};
use super::read::Typed;
use super::shell::Shell;
use super::warnings::{self, Warning};
use crate::domain::entities::Batch;
use crate::domain::gs1::DigitalLink;
use crate::domain::kinds::Name;
use crate::http::extract::State;
use crate::i18n::Locale;
use crate::web::map::{Map, Who};
use crate::web::words::Words;

pub fn configure(map: &mut Map<'_>) {
    map.get("/console/batches/{id}/label", Who::May("page.batches"), show);
}

/// Width and height in millimetres; the style sheet knows each by this name.
const SIZES: [&str; 3] = ["70x50", "50x30", "100x70"];
/// As many as a browser prints without trouble.
const MOST: u16 = 1_000;

/// What is to be printed.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Print {
    size: &'static str,
    copies: u16,
    /// Many on an A4 sheet; else one a page.
    sheet: bool,
    language: Locale,
}

impl Print {
    /// Labels are for whoever buys: in Chinese, unless it is wished otherwise, whatever the language of the screen.
    fn of(typed: &Typed) -> Self {
        let size = typed.get("size").unwrap_or_default();
        let copies = typed.get("copies").and_then(|copies| copies.trim().parse::<u16>().ok());
        Self {
            size: SIZES.into_iter().find(|known| *known == size).unwrap_or(SIZES[0]),
            copies: copies.unwrap_or(1).clamp(1, MOST),
            sheet: typed.get("paper").is_some_and(|paper| paper == "sheet"),
            language: if typed.get("in").is_some_and(|language| language == "en") { Locale::En } else { Locale::ZhCn },
        }
    }
}

#[derive(Template)]
#[template(path = "console/label.html")]
struct LabelPage<'a> {
    s: &'a Shell,
    w: &'a Words,
    /// The language of the label.
    l: Words,
    id: String,
    b: &'a Batch,
    product: String,
    producer: String,
    phone: Option<String>,
    net: Option<String>,
    certified: bool,
    warnings: Vec<Warning>,
    public: String,
    address: String,
    print: Print,
    /// One for each pack that is there, where those are more than are asked for.
    all: Option<u16>,
    done: Option<String>,
}

async fn show(app: State, asked: Asked) -> HttpResponse {
    let typed = Typed::asked(&asked.query);
    let id = asked.id.clone().unwrap_or_default();
    page::answer(&app, asked, move |app, shell| {
        let page = read(app, shell, &id)?;
        let print = Print::of(&typed);
        let l = Words::new(print.language, "");
        let link = DigitalLink::lot(page.batch.gtin, page.batch.lot.clone());
        let name = |name: &Name| l.house(name).to_owned();
        // Whose telephone it is: as on the page that the label leads to.
        let producer = page.public.contact.as_ref().map(|contact| l.b(&contact.name).to_owned());
        let producer = producer.filter(|name| !name.is_empty());
        let html = page::render(&LabelPage {
            s: shell,
            w: &shell.w,
            b: &page.batch,
            product: page.names.product(page.batch.product).map(|it| name(&it.name)).unwrap_or_default(),
            producer: producer.or_else(|| page.names.organisation(page.batch.home).map(name)).unwrap_or_default(),
            phone: page.public.contact.as_ref().and_then(|contact| contact.phone.clone()),
            net: page.batch.net_g.map(|net| l.net(&i64::try_from(net.get()).unwrap_or(i64::MAX))),
            certified: page.public.certificate.is_some(),
            warnings: warnings::of_label(shell, &page, &id),
            public: link.path(),
            address: link.uri(&app.public_url),
            done: done(&shell.w, &typed),
            id: id.clone(),
            all: all(&page.batch).filter(|all| *all > print.copies),
            print,
            l,
        });
        Ok((StatusCode::OK, html))
    })
    .await
}

/// Packs that want a label, as many as are printed at once.
fn all(batch: &Batch) -> Option<u16> {
    batch.net_g?;
    Some(u16::try_from(batch.rest()).unwrap_or(MOST).min(MOST))
}

impl LabelPage<'_> {
    fn of_all(&self, all: &u16) -> String {
        let (paper, language) =
            (if self.print.sheet { "sheet" } else { "one" }, if self.is_english() { "en" } else { "zh" });
        format!("/console/batches/{}/label?size={}&copies={all}&paper={paper}&in={language}", self.id, self.print.size)
    }

    fn most(&self) -> u16 {
        MOST
    }

    fn sizes(&self) -> [&'static str; 3] {
        SIZES
    }

    fn is_english(&self) -> bool {
        self.print.language == Locale::En
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_for_is_kept_within_what_can_be_printed() {
        let of = |query: &str| Print::of(&Typed::asked(query));
        let plain = Print { size: "70x50", copies: 1, sheet: false, language: Locale::ZhCn };
        assert_eq!(of(""), plain);
        assert_eq!(of("size=9x9&copies=0&paper=wall&in=fr"), plain);
        assert_eq!(of("copies=70000"), plain);
        assert_eq!(of("copies=1001").copies, 1_000);
        let all = Print { size: "50x30", copies: 24, sheet: true, language: Locale::En };
        assert_eq!(of("size=50x30&copies=24&paper=sheet&in=en"), all);
    }
}
