//! Plots and products; and the page of one plot.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;

use super::{Found, Lines, List, Row, Shown, done, lines};
use crate::app::desk::{self, Names, PlotStory};
use crate::app::{App, AppError, Cursor, Slice, plots, subjects};
use crate::domain::acts::{Known, Refusal};
use crate::domain::entities::{Entity, Plot};
use crate::domain::quantity::mu;
use crate::domain::record::SubjectKind;
use crate::domain::time::CivilDate;
use crate::domain::view::Bilingual;
use crate::http::extract::State;
use crate::i18n::format;
use crate::web::console::page::{self, Asked};
use crate::web::console::read::Typed;
use crate::web::console::shell::Shell;
use crate::web::map::{Map, Who};
use crate::web::words::Words;

pub fn configure(map: &mut Map<'_>) {
    lines::<Plots>(map);
    lines::<Products>(map);
    lines::<Sites>(map);
    lines::<Households>(map);
    map.get("/console/plots/{id}", Who::May("page.plots"), plot);
}

pub struct Plots;

impl List for Plots {
    const HREF: &'static str = "/console/plots";
    const OPERATION: &'static str = "page.plots";
    const KEY: &'static str = "nav-plots";

    fn columns() -> &'static [(&'static str, bool)] {
        &[
            ("col-plot", false),
            ("col-crop", false),
            ("col-area-mu", true),
            ("col-place", false),
            ("col-harvest-from", false),
        ]
    }

    fn slice(app: &App, shell: &Shell, _: &Typed, after: Option<Cursor>, limit: u32) -> Result<Slice, AppError> {
        subjects::list(app, shell.caller, SubjectKind::Plot, after, limit)
    }

    fn row(shell: &Shell, _: &Names, known: &Known) -> Option<Row> {
        let Entity::Plot(plot) = &known.entity else { return None };
        let href = format!("/console/plots/{}", known.subject.handle);
        let crop = shell.name(&plot.crop).to_owned();
        let variety = plot.variety.as_ref().map(|variety| shell.name(variety).to_owned());
        let waits = harvest_from(plot).filter(|day| *day > shell.today);
        let from = waits.map_or_else(|| shell.w.t("harvest-now"), |day| day.to_string());
        let verb = shell
            .may("batch.open")
            .then(|| (format!("/console/batches/new?plot={}", known.subject.handle), shell.w.t("verb-harvest")));
        Some(Row {
            href: Some(href),
            cells: vec![
                Shown::text(plot.code.as_str()),
                match variety {
                    Some(variety) => Shown::text(crop).sub(variety),
                    None => Shown::text(crop),
                },
                in_mu(plot),
                Shown::text(shell.name(&plot.place)),
                Shown::text(from),
            ],
            verb,
        })
    }

    fn verb(shell: &Shell) -> Option<(&'static str, String)> {
        shell.may("plot.register").then(|| ("/console/plots/new", shell.w.t("verb-plot-new")))
    }
}

/// As the head of the column says, with hectares below.
fn in_mu(plot: &Plot) -> Shown {
    let hectares = format::hectares(i64::try_from(plot.area_m2).unwrap_or(i64::MAX));
    let mu = mu(plot.area_m2);
    Shown::number(mu.to_string(), mu).sub(hectares)
}

/// The first day on which everything sprayed so far allows picking.
fn harvest_from(plot: &Plot) -> Option<CivilDate> {
    plot.treatments.iter().map(|treatment| treatment.harvest_from()).max()
}

pub struct Products;

impl List for Products {
    const HREF: &'static str = "/console/products";
    const OPERATION: &'static str = "page.products";
    const KEY: &'static str = "nav-products";

    fn columns() -> &'static [(&'static str, bool)] {
        &[("col-product", false), ("col-gtin", false), ("col-form", false), ("col-net", true), ("col-grade", false)]
    }

    fn slice(app: &App, shell: &Shell, _: &Typed, after: Option<Cursor>, limit: u32) -> Result<Slice, AppError> {
        subjects::list(app, shell.caller, SubjectKind::Product, after, limit)
    }

    fn row(shell: &Shell, _: &Names, known: &Known) -> Option<Row> {
        let Entity::Product(product) = &known.entity else { return None };
        let form = serde_json::to_value(product.form).ok()?;
        let net = product.net_g.map(|net| net.get());
        Some(Row {
            href: Some(format!("/01/{}", product.gtin)),
            cells: vec![
                Shown::text(shell.name(&product.name)),
                Shown::text(product.gtin.to_string()),
                Shown::text(shell.w.t(&format!("product-form-{}", form.as_str().unwrap_or_default()))),
                match net {
                    Some(net) => Shown::number(
                        format::net_content(shell.w.locale, i64::try_from(net).unwrap_or(i64::MAX)),
                        crate::domain::quantity::Grams::new(net).map(|grams| grams.kg()).unwrap_or_default(),
                    ),
                    None => Shown::text(""),
                },
                Shown::text(product.grade.as_ref().map(|grade| shell.w.term(grade)).unwrap_or_default()),
            ],
            verb: None,
        })
    }

    fn verb(shell: &Shell) -> Option<(&'static str, String)> {
        shell.may("product.register").then(|| ("/console/products/new", shell.w.t("verb-product-new")))
    }
}

/// Who grows on which plot, and whether the public is told.
pub struct Households;

impl Lines for Households {
    const HREF: &'static str = "/console/households";
    const OPERATION: &'static str = "page.households";
    const KEY: &'static str = "nav-households";

    fn columns() -> &'static [(&'static str, bool)] {
        &[
            ("col-household", false),
            ("col-plot", false),
            ("col-crop", false),
            ("col-area-mu", true),
            ("col-place", false),
            ("col-named", false),
        ]
    }

    fn found(app: &App, shell: &Shell, _: &Typed, after: u64, limit: u32) -> Result<Found, AppError> {
        let after = (after > 0).then_some(Cursor(after));
        let slice = subjects::list(app, shell.caller, SubjectKind::Plot, after, limit)?;
        let mut growers = plots::growers(app, &slice.items)?;
        let row = |known: &Known| match &known.entity {
            Entity::Plot(plot) => {
                let grower = growers.remove(&known.subject.handle)?;
                Some(household(shell, known, plot, grower))
            }
            _ => None,
        };
        let rows = by_grower(slice.items.iter().filter_map(row).collect());
        Ok(Found { rows, next: slice.next.map(|next| next.0) })
    }
}

/// The plots of one grower stand together, as far as they are on one page: consent is given for each of them.
fn by_grower(mut rows: Vec<Row>) -> Vec<Row> {
    let name = |row: &Row| row.cells.first().map_or_else(String::new, |cell| cell.text.clone());
    let mut names: Vec<String> = Vec::new();
    rows.sort_by_cached_key(|row| {
        let name = name(row);
        names.iter().position(|known| *known == name).unwrap_or_else(|| {
            names.push(name);
            names.len() - 1
        })
    });
    for at in 1..rows.len() {
        let is_again = name(&rows[at]) == name(&rows[at - 1]);
        rows[at].cells.first_mut().into_iter().for_each(|cell| cell.is_again = is_again);
    }
    rows
}

fn household(shell: &Shell, known: &Known, plot: &Plot, grower: plots::Grower) -> Row {
    let w = &shell.w;
    let href = format!("/console/plots/{}", known.subject.handle);
    let (named, operation, path, verb) = match plot.consented {
        Some(_) => {
            let named = named_as(w, &grower);
            (Shown::text(named).toned("ok"), "plot.withdraw_consent", "/consent/withdrawal", "verb-withdraw")
        }
        None => (Shown::text(w.t("named-no")), "plot.consent", "/consent", "verb-consent"),
    };
    Row {
        cells: vec![
            Shown::text(grower.name),
            Shown::text(plot.code.as_str()),
            Shown::text(shell.name(&plot.crop)),
            in_mu(plot),
            Shown::text(shell.name(&plot.place)),
            named,
        ],
        verb: shell.may(operation).then(|| (format!("{href}{path}"), w.t(verb))),
        href: Some(href),
    }
}

/// As the public reads it; a name that was erased is shown to nobody.
fn named_as(w: &Words, grower: &plots::Grower) -> String {
    grower.shown_as.as_ref().map_or_else(|| w.t("named-yes"), |name| w.t1("named-as", "name", name))
}

/// Packhouses, stores, workshops.
pub struct Sites;

impl List for Sites {
    const HREF: &'static str = "/console/sites";
    const OPERATION: &'static str = "page.sites";
    const KEY: &'static str = "nav-sites";

    fn columns() -> &'static [(&'static str, bool)] {
        &[("col-site", false), ("col-name", false), ("col-kind", false), ("col-place", false)]
    }

    fn slice(app: &App, shell: &Shell, _: &Typed, after: Option<Cursor>, limit: u32) -> Result<Slice, AppError> {
        subjects::list(app, shell.caller, SubjectKind::Site, after, limit)
    }

    fn row(shell: &Shell, _: &Names, known: &Known) -> Option<Row> {
        let Entity::Site(site) = &known.entity else { return None };
        let kind = serde_json::to_value(site.kind).ok()?;
        Some(Row {
            href: None,
            cells: vec![
                Shown::text(site.code.as_str()),
                Shown::text(shell.name(&site.name)),
                Shown::text(shell.w.t(&format!("site-{}", kind.as_str().unwrap_or_default()))),
                Shown::text(shell.name(&site.place)),
            ],
            verb: None,
        })
    }

    fn verb(shell: &Shell) -> Option<(&'static str, String)> {
        shell.may("site.register").then(|| ("/console/sites/new", shell.w.t("verb-site-new")))
    }
}

#[derive(Template)]
#[template(path = "console/plot.html")]
struct PlotPage<'a> {
    s: &'a Shell,
    w: &'a Words,
    p: &'a Plot,
    id: String,
    area: String,
    from: Option<(String, bool)>,
    done: Option<String>,
    harvested: Vec<(i32, String)>,
    story: PlotStory,
    grower: Option<plots::Grower>,
}

async fn plot(app: State, asked: Asked) -> HttpResponse {
    let typed = Typed::asked(&asked.query);
    let id = asked.id.clone().unwrap_or_default();
    page::answer(&app, asked, move |app, shell| {
        let missing = || AppError::from(Refusal::not_found("id", &id));
        let handle = id.parse().map_err(|_| missing())?;
        let known = subjects::get(app, shell.caller, SubjectKind::Plot, handle)?;
        let Entity::Plot(plot) = &known.entity else { return Err(missing()) };
        if plot.home != shell.caller.organisation {
            return Err(missing());
        }
        let today = app.today();
        let weight = |g: u64| format::net_content(shell.w.locale, i64::try_from(g).unwrap_or(i64::MAX));
        let page = PlotPage {
            s: shell,
            w: &shell.w,
            p: plot,
            id: id.clone(),
            area: format::area(shell.w.locale, i64::try_from(plot.area_m2).unwrap_or(i64::MAX)),
            from: harvest_from(plot).map(|day| (day.to_string(), today < day)),
            done: done(&shell.w, &typed),
            grower: plots::grower(app, &known)?,
            story: desk::plot(app, handle)?,
            harvested: plot.harvested.iter().rev().map(|(year, season)| (*year, weight(season.quantity))).collect(),
        };
        Ok((StatusCode::OK, page::render(&page)))
    })
    .await
}

impl PlotPage<'_> {
    fn named(&self, grower: &plots::Grower) -> String {
        if self.p.consented.is_some() { named_as(self.w, grower) } else { self.w.t("named-no") }
    }

    /// Whether the name of a preparation says what is in it.
    fn tells(&self, product: &str, active: &str) -> bool {
        self.w.active(&Bilingual::term(product), &Some(Bilingual::term(active))).is_none()
    }

    fn weight(&self, amount: u64) -> String {
        format::net_content(self.w.locale, i64::try_from(amount).unwrap_or(i64::MAX))
    }
}
