//! Plots, what was sprayed on them, and what a GTIN stands for.

use super::{choices, neighbours};
use serde_json::{Value, json};

use crate::app::{App, AppError, Receipt, plots};
use crate::domain::acts::note::NotePlot;
use crate::domain::acts::plots::{
    ConsentPlot, Point, RegisterPlot, RegisterSite, TreatPlot, UseInput, WithdrawConsent,
};
use crate::domain::acts::products::RegisterProduct;
use crate::domain::entities::{Entity, Plot};
use crate::domain::gs1::check_digit;
use crate::domain::record::{Handle, SubjectKind};
use crate::i18n::format;
use crate::web::console::kit::{Choice, Form, Kind};
use crate::web::console::sheet::{Desk, Question, Sheet};

pub struct NewPlot;

impl Sheet for NewPlot {
    type Act = RegisterPlot;
    const OPERATION: &'static str = "plot.register";
    const KEY: &'static str = "plot-new";
    const PATH: &'static str = "/console/plots/new";
    const TAKES_FILE: bool = true;
    const KEPT: bool = true;

    fn draw(desk: &Desk<'_>, form: &mut Form) -> Result<(), AppError> {
        let w = desk.w();
        let plots = choices::plots(desk)?;
        let last = plots.first().map(|(_, plot)| plot);
        form.back = "/console/plots".into();
        form.many = Some("/console/plots/import");
        form.field("code", Kind::Code).hint(w.t("h-plot-code"));
        form.field("area_m2", Kind::Area).hint(w.t("h-area"));
        form.field("place.zh", Kind::Line).hint(w.t("h-place")).suggest(last.map_or("", |plot| plot.place.zh.as_str()));
        form.field("crop.zh", Kind::Line).suggest(last.map_or("", |plot| plot.crop.zh.as_str()));
        let variety = last.and_then(|plot| plot.variety.as_ref()).map_or("", |variety| variety.zh.as_str());
        form.field("variety.zh", Kind::Line).optional().suggest(variety);
        form.rows("polygon", "lat", 1, |row, _| {
            row.field("lat", Kind::Figure("°"), "").optional();
            row.field("lon", Kind::Figure("°"), "").optional();
        });
        form.neighbours = Some(neighbours::of(desk)?);
        let is_needed = !takes_point_from_outline(form);
        form.field("point.lat", Kind::Figure("°")).either().hint(w.t("h-point")).need = is_needed;
        form.field("point.lon", Kind::Figure("°")).either().need = is_needed;
        form.field("confirm_overlap", Kind::Tick).answer();
        form.field("confirm_area", Kind::Tick).answer();
        form.folded("grower", Kind::Line).hint(w.t("h-sealed"));
        form.folded("consent", Kind::Pick(consents(desk))).hint(w.t("h-consent"));
        form.folded("altitude_m", Kind::Whole("unit-m"));
        let english =
            |name: Option<&crate::domain::kinds::Name>| name.and_then(|it| it.en.clone()).map(|en| en.to_string());
        form.folded("place.en", Kind::Line).suggest(english(last.map(|plot| &plot.place)).unwrap_or_default());
        form.folded("crop.en", Kind::Line).suggest(english(last.map(|plot| &plot.crop)).unwrap_or_default());
        form.told();
        Ok(())
    }

    /// As the script of the form does.
    fn adjust(_: &App, _: &Form, act: &mut Value) -> Result<(), AppError> {
        if act.get("point").is_none() {
            let corners: Vec<Point> = serde_json::from_value(act["polygon"].clone()).unwrap_or_default();
            let middle = |of: fn(&Point) -> i128| {
                let sum: i128 = corners.iter().map(of).sum();
                format!("{:.6}", sum as f64 / corners.len().max(1) as f64 / 1e7)
            };
            let [lat, lon] = [middle(|it| it.lat.scaled(7)), middle(|it| it.lon.scaled(7))];
            act["point"] = json!({"lat": lat, "lon": lon});
        }
        Ok(())
    }

    /// The answers belong to the form, not to the act.
    fn ask(desk: &Desk<'_>, act: &mut Value) -> Result<Option<Question>, AppError> {
        let mut answered = |name| act.as_object_mut().is_some_and(|act| act.remove(name).is_some());
        let [is_confirmed, is_large] = ["confirm_overlap", "confirm_area"].map(&mut answered);
        let area = act["area_m2"].as_u64().unwrap_or_default();
        if area > LARGE_M2 && !is_large {
            let said = format::area(desk.w().locale, i64::try_from(area).unwrap_or(i64::MAX));
            return Ok(Some(("confirm_area", desk.w().t1("form-plot-large", "area", said))));
        }
        let polygon = act.get("polygon").cloned().unwrap_or_default();
        let polygon: Vec<Point> = serde_json::from_value(polygon).unwrap_or_default();
        let code = act.get("code").and_then(Value::as_str).unwrap_or_default();
        let found = if is_confirmed { None } else { plots::overlapped(desk.app, desk.shell.caller, code, &polygon)? };
        let question = |(plot, percent)| desk.w().t2("form-plot-overlaps", "plot", plot, "percent", percent);
        Ok(found.map(|found| ("confirm_overlap", question(found))))
    }

    fn then(receipt: &Receipt) -> String {
        format!("/console/plots/{}", receipt.id)
    }
}

/// Larger than what one household works (1,000 mu): more often a unit that was mistaken than a plot.
const LARGE_M2: u64 = 666_667;

/// Somebody drew or typed an outline, and no point.
fn takes_point_from_outline(form: &Form) -> bool {
    let is_told = |name: String| form.told_value(&name).is_some();
    let corners = (0..form.count("polygon", 1)).filter(|index| is_told(format!("polygon[{index}].lat"))).count();
    corners >= 3 && !is_told("point.lat".into()) && !is_told("point.lon".into())
}

/// What every form about a plot says on top.
fn on_plot(desk: &Desk<'_>, form: &mut Form) -> Result<(), AppError> {
    let (w, known) = (desk.w(), desk.subject()?);
    let Entity::Plot(plot) = &known.entity else { return Ok(()) };
    form.back = format!("/console/plots/{}", known.subject.handle);
    form.facts.push((w.t("plot"), plot_line(desk, plot)));
    Ok(())
}

/// `SF-P01 · 脐橙 · 1.2 ha（18 亩）`
pub(super) fn plot_line(desk: &Desk<'_>, plot: &Plot) -> String {
    let area = format::area(desk.w().locale, i64::try_from(plot.area_m2).unwrap_or(i64::MAX));
    format!("{} · {} · {area}", plot.code, desk.shell.name(&plot.crop))
}

pub struct Treatment;

impl Sheet for Treatment {
    type Act = TreatPlot;
    const OPERATION: &'static str = "plot.treat";
    const KEY: &'static str = "plot-treat";
    const PATH: &'static str = "/console/plots/{id}/treatments/new";
    const ABOUT: Option<SubjectKind> = Some(SubjectKind::Plot);
    const TAKES_FILE: bool = true;
    const KEPT: bool = true;

    fn draw(desk: &Desk<'_>, form: &mut Form) -> Result<(), AppError> {
        let w = desk.w();
        on_plot(desk, form)?;
        form.many = Some("/console/plots/treatments/import");
        let Entity::Plot(plot) = &desk.subject()?.entity else { return Ok(()) };
        let last = plot.treatments.last();
        form.field("product", Kind::Line).hint(w.t("h-treat-product"));
        form.field("active", Kind::Line).hint(w.t("h-active"));
        form.field("dose", Kind::Line).hint(w.t("h-dose"));
        form.field("on", Kind::Day).suggest(desk.app.today());
        form.field("interval_days", Kind::Whole("unit-days")).hint(w.t("h-interval"));
        form.field("most_per_season", Kind::Whole("unit-times")).optional().hint(w.t("h-most"));
        if let Some(last) = last {
            form.facts
                .push((w.t("treat-last"), format!("{} · {} · {}", last.on, w.term(&last.product), w.dose(&last.dose))));
        }
        form.folded("worker", Kind::Line).hint(w.t("h-sealed"));
        form.told();
        Ok(())
    }

    fn adjust(_: &App, _: &Form, act: &mut Value) -> Result<(), AppError> {
        choices::to_term(&mut act["active"]);
        Ok(())
    }

    fn about(act: &mut TreatPlot, plot: Handle) {
        act.plot = plot;
    }

    fn then(receipt: &Receipt) -> String {
        format!("/console/plots/{}", receipt.id)
    }
}

pub struct Input;

impl Sheet for Input {
    type Act = UseInput;
    const OPERATION: &'static str = "plot.use_input";
    const KEY: &'static str = "plot-input";
    const PATH: &'static str = "/console/plots/{id}/inputs/new";
    const ABOUT: Option<SubjectKind> = Some(SubjectKind::Plot);

    fn draw(desk: &Desk<'_>, form: &mut Form) -> Result<(), AppError> {
        let w = desk.w();
        on_plot(desk, form)?;
        form.field("name", Kind::Line).label(w.t("f-input-name")).hint(w.t("h-input-name"));
        form.field("purpose", Kind::Line).hint(w.t("h-purpose"));
        form.field("dose", Kind::Line).hint(w.t("h-input-dose"));
        form.field("on", Kind::Day).suggest(desk.app.today());
        form.folded("note", Kind::Lines).hint(w.t("h-note"));
        Ok(())
    }

    fn about(act: &mut UseInput, plot: Handle) {
        act.plot = plot;
    }

    fn then(receipt: &Receipt) -> String {
        format!("/console/plots/{}", receipt.id)
    }
}

pub struct PlotNote;

impl Sheet for PlotNote {
    type Act = NotePlot;
    const OPERATION: &'static str = "plot.note";
    const KEY: &'static str = "plot-note";
    const PATH: &'static str = "/console/plots/{id}/note";
    const ABOUT: Option<SubjectKind> = Some(SubjectKind::Plot);
    const TAKES_FILE: bool = true;

    fn draw(desk: &Desk<'_>, form: &mut Form) -> Result<(), AppError> {
        on_plot(desk, form)?;
        super::goods::remark(desk, form);
        Ok(())
    }

    fn about(act: &mut NotePlot, plot: Handle) {
        act.plot = plot;
    }

    fn then(receipt: &Receipt) -> String {
        format!("/console/plots/{}", receipt.id)
    }
}

/// How a grower agrees to be named.
const CONSENTS: &[&str] = &["paper", "spoken", "message"];

/// Nobody has agreed before somebody says so.
fn consents(desk: &Desk<'_>) -> Vec<Choice> {
    let mut all = vec![choices::none(desk)];
    all.extend(choices::of_words(desk, "consent", CONSENTS));
    all
}

pub struct Consent;

impl Sheet for Consent {
    type Act = ConsentPlot;
    const OPERATION: &'static str = "plot.consent";
    const KEY: &'static str = "plot-consent";
    const PATH: &'static str = "/console/plots/{id}/consent";
    const ABOUT: Option<SubjectKind> = Some(SubjectKind::Plot);

    fn draw(desk: &Desk<'_>, form: &mut Form) -> Result<(), AppError> {
        let w = desk.w();
        on_plot(desk, form)?;
        let grower = plots::grower(desk.app, desk.subject()?)?;
        form.field("shown_as", Kind::Line)
            .hint(w.t("h-shown-as"))
            .suggest(grower.map(|grower| grower.name).unwrap_or_default());
        form.field("how", Kind::Pick(consents(desk))).hint(w.t("h-consent-how"));
        Ok(())
    }

    fn about(act: &mut ConsentPlot, plot: Handle) {
        act.plot = plot;
    }

    fn then(receipt: &Receipt) -> String {
        format!("/console/plots/{}", receipt.id)
    }
}

pub struct Withdrawal;

impl Sheet for Withdrawal {
    type Act = WithdrawConsent;
    const OPERATION: &'static str = "plot.withdraw_consent";
    const KEY: &'static str = "plot-withdraw";
    const PATH: &'static str = "/console/plots/{id}/consent/withdrawal";
    const ABOUT: Option<SubjectKind> = Some(SubjectKind::Plot);

    fn draw(desk: &Desk<'_>, form: &mut Form) -> Result<(), AppError> {
        on_plot(desk, form)?;
        let w = desk.w();
        if let Some(given) = plots::consent(desk.app, desk.subject()?)? {
            form.facts.push((w.t("f-shown_as"), given.shown_as));
            form.facts.push((w.t("f-how"), w.t(&format!("consent-{}", given.how.as_str()))));
            form.facts.push((w.t("consent-since"), format::day(&given.since.to_string())));
        }
        Ok(())
    }

    fn about(act: &mut WithdrawConsent, plot: Handle) {
        act.plot = plot;
    }

    fn then(receipt: &Receipt) -> String {
        format!("/console/plots/{}", receipt.id)
    }
}

pub struct NewSite;

impl Sheet for NewSite {
    type Act = RegisterSite;
    const OPERATION: &'static str = "site.register";
    const KEY: &'static str = "site-new";
    const PATH: &'static str = "/console/sites/new";

    fn draw(desk: &Desk<'_>, form: &mut Form) -> Result<(), AppError> {
        let w = desk.w();
        let kinds = ["packhouse", "store", "workshop", "slaughterhouse", "apiary", "forest"];
        form.back = "/console/sites".into();
        form.field("kind", Kind::Pick(choices::of_words(desk, "site", &kinds)));
        form.field("code", Kind::Code).hint(w.t("h-site-code"));
        form.field("name.zh", Kind::Line);
        form.field("place.zh", Kind::Line).hint(w.t("h-place"));
        form.folded("name.en", Kind::Line);
        form.folded("place.en", Kind::Line);
        Ok(())
    }

    fn then(_: &Receipt) -> String {
        "/console/sites".to_owned()
    }
}

pub struct NewProduct;

impl Sheet for NewProduct {
    type Act = RegisterProduct;
    const OPERATION: &'static str = "product.register";
    const KEY: &'static str = "product-new";
    const PATH: &'static str = "/console/products/new";

    fn draw(desk: &Desk<'_>, form: &mut Form) -> Result<(), AppError> {
        let w = desk.w();
        form.back = "/console/products".into();
        let wished = form.told_value("form").unwrap_or_else(|| "loose".into());
        let is_loose = wished == "loose";
        // What is weighed and what is counted are asked for different things.
        let (forms, other, verb): (&[&str], _, _) = match is_loose {
            true => (&["loose"], "/console/products/new?form=pack", "verb-product-pack"),
            false => (&["pack", "case"], "/console/products/new?form=loose", "verb-product-loose"),
        };
        form.ways.push((other, w.t(verb)));
        form.field("form", Kind::Pick(choices::of_words(desk, "product-form", forms))).suggest(&wished);
        let gtin = form.field("gtin", Kind::Code).label(w.t("f-gtin-number"));
        if is_loose {
            gtin.hint(w.t("h-gtin-loose")).suggest(house_number(desk.app));
        } else {
            gtin.hint(w.t("h-gtin-pack"));
        }
        form.field("name.zh", Kind::Line);
        form.field("name.en", Kind::Line).optional();
        form.field("commodity", Kind::Pick(choices::of_words(desk, "commodity", COMMODITIES)));
        let grade = w.t(if is_loose { "h-loose-grade" } else { "h-product-grade" });
        if !is_loose {
            form.field("net_g", Kind::Weight).hint(w.t("h-net"));
        }
        form.field("grade", Kind::Line).optional().hint(grade);
        // Most of what is registered here is fresh.
        form.field("requires_cert", Kind::Tick).hint(w.t("h-cert")).suggest("true");
        form.folded("shelf_life_days", Kind::Whole("unit-days")).hint(w.t("h-shelf"));
        form.folded("plausible_t_per_ha", Kind::Whole("unit-t-ha")).hint(w.t("h-plausible"));
        form.folded("storage.zh", Kind::Lines);
        Ok(())
    }

    /// Loose goods are weighed, packs are counted.
    fn adjust(_: &App, _: &Form, act: &mut serde_json::Value) -> Result<(), AppError> {
        act["unit"] = if act["form"] == "loose" { "grams".into() } else { "pieces".into() };
        choices::to_term(&mut act["grade"]);
        Ok(())
    }

    fn then(_: &Receipt) -> String {
        "/console/products".to_owned()
    }
}

/// A number for what carries no bar code: from the range that GS1 leaves to each house (20), so that nobody's real one is taken.
fn house_number(app: &App) -> String {
    let mut bytes = [0; 8];
    app.random.fill(&mut bytes);
    let body = format!("20{:010}", u64::from_le_bytes(bytes) % 10_000_000_000);
    let digits: Vec<u8> = body.bytes().map(|byte| byte - b'0').collect();
    format!("{body}{}", check_digit(&digits))
}

/// Those that pages have a drawing and a word for.
const COMMODITIES: &[&str] =
    &["navel_orange", "lychee", "longan", "plum", "peach", "tea", "walnut", "honey", "vegetable", "other"];
