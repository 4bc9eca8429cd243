//! Marks and licences.

use serde_json::Value;

use super::choices;
use crate::app::desk::Names;
use crate::app::{App, AppError, Receipt, subjects};
use crate::domain::acts::licences::{GrantLicence, RegisterMark, RevokeLicence};
use crate::domain::acts::{Known, Refusal, UniqueName};
use crate::domain::entities::{Entity, Product};
use crate::domain::gs1::Gtin;
use crate::domain::record::{Handle, Role, SubjectKind};
use crate::domain::time::CivilDate;
use crate::i18n::{format, t_args};
use crate::web::console::kit::{Choice, Form, Kind, More};
use crate::web::console::sheet::{Desk, Question, Sheet};

pub struct NewMark;

impl Sheet for NewMark {
    type Act = RegisterMark;
    const OPERATION: &'static str = "mark.register";
    const KEY: &'static str = "mark-new";
    const PATH: &'static str = "/console/marks/new";

    fn draw(_: &Desk<'_>, form: &mut Form) -> Result<(), AppError> {
        form.back = "/console/marks".into();
        form.field("name.zh", Kind::Line);
        form.field("name.en", Kind::Line).optional();
        Ok(())
    }

    fn then(_: &Receipt) -> String {
        "/console/marks".to_owned()
    }
}

pub struct NewLicence;

impl Sheet for NewLicence {
    type Act = GrantLicence;
    const OPERATION: &'static str = "licence.grant";
    const KEY: &'static str = "licence-new";
    const PATH: &'static str = "/console/licences/new";

    fn draw(desk: &Desk<'_>, form: &mut Form) -> Result<(), AppError> {
        let (w, today) = (desk.w(), desk.app.today());
        form.back = "/console/licences".into();
        let all = subjects::list(desk.app, desk.shell.caller, SubjectKind::Mark, None, 200)?.items;
        let own = all.iter().filter(|known| known.entity.home() == desk.shell.caller.organisation);
        let marks: Vec<Choice> = own
            .filter_map(|known| match &known.entity {
                Entity::Mark(mark) => Some(Choice::new(known.subject.handle, desk.shell.name(&mark.name))),
                _ => None,
            })
            .collect();
        if marks.is_empty() {
            form.needs_first("lead-no-mark", "/console/marks/new", "verb-mark-new");
        }
        form.field("mark", Kind::Pick(marks));
        let mut licensees = vec![choices::none(desk)];
        licensees.extend(choices::organisations(desk, |kind, role| role == Role::Cooperative && !kind.only_trades())?);
        form.field("licensee", Kind::Pick(licensees));
        let packs = packs_of(desk, form.told_value("licensee"))?;
        let boxes = packs.iter().zip(choices::of_products(desk, &packs));
        let boxes = boxes.map(|(it, choice)| (format!("{PRODUCTS}.{}", it.gtin), choice.label));
        let more = Some(More { value: PRODUCTS, label: w.t("more-products") });
        form.ticks("licence-products", boxes, more);
        form.field("gtins", Kind::Lines).optional().hint(w.t("h-gtins"));
        form.field("number", Kind::Code).hint(w.t("h-licence-number"));
        form.field("packs", Kind::Pieces).hint(w.t("h-quota"));
        form.field("from", Kind::Day).suggest(today);
        form.field("until", Kind::Day).suggest(today.plus_days(364));
        form.field("confirm_past", Kind::Tick).answer();
        form.folded("note", Kind::Lines).hint(w.t("h-note"));
        Ok(())
    }

    /// What is ticked, and what is typed: one GTIN a line, or with commas between them.
    fn adjust(_: &App, _: &Form, act: &mut Value) -> Result<(), AppError> {
        let typed = act["gtins"].as_str().unwrap_or_default().to_owned();
        let parted = typed.split(|c: char| c.is_whitespace() || ",，、;".contains(c)).filter(|gtin| !gtin.is_empty());
        let ticked = act.as_object_mut().and_then(|act| act.remove(PRODUCTS));
        let mut gtins: Vec<String> =
            ticked.iter().filter_map(Value::as_object).flat_map(|ticked| ticked.keys().cloned()).collect();
        for gtin in parted {
            let whole = gtin.parse::<Gtin>().map_or_else(|_| gtin.to_owned(), |gtin| gtin.to_string());
            if !gtins.contains(&whole) {
                gtins.push(whole);
            }
        }
        act["gtins"] = gtins.into_iter().map(Value::from).collect();
        // People name the last day; the record holds the first on which it is not in force.
        let day = |name: &str| act[name].as_str().and_then(|day| day.parse::<CivilDate>().ok());
        if let (Some(from), Some(last)) = (day("from"), day("until")) {
            if last < from {
                return Err(Refusal::new("window-reversed").at("until", last).expected(from).into());
            }
            act["until"] = last.plus_days(1).to_string().into();
        }
        Ok(())
    }

    /// Nobody packs what another house registered, and nobody packs in the past.
    fn ask(desk: &Desk<'_>, act: &mut Value) -> Result<Option<Question>, AppError> {
        let is_confirmed = act.as_object_mut().is_some_and(|act| act.remove("confirm_past").is_some());
        let licensee = act["licensee"].as_str().and_then(|id| id.parse::<Handle>().ok());
        let gtins = act["gtins"].as_array().into_iter().flatten().filter_map(|gtin| gtin.as_str()?.parse().ok());
        for gtin in gtins {
            if let Some(owner) = owner_of(desk, gtin)?.filter(|owner| Some(*owner) != licensee) {
                let names = Names::of(desk.app, desk.shell.caller, [owner].into_iter().chain(licensee))?;
                let name =
                    |home| names.organisation(home).map_or_else(String::new, |it| desk.shell.name(it).to_owned());
                let licensee = licensee.map(name).unwrap_or_default();
                let args =
                    [("gtin", gtin.to_string().into()), ("owner", name(owner).into()), ("licensee", licensee.into())];
                return Ok(Some(("gtins", t_args(desk.w().locale, "form-licence-foreign", &args))));
            }
        }
        let end = act["until"].as_str().and_then(|day| day.parse::<CivilDate>().ok());
        let past = end.filter(|end| *end <= desk.app.today() && !is_confirmed);
        Ok(past.map(|end| ("confirm_past", desk.w().t1("form-licence-past", "day", end.plus_days(-1)))))
    }

    fn then(_: &Receipt) -> String {
        "/console/licences".to_owned()
    }
}

/// Boxes of products, and the button that shows those of the licensee.
const PRODUCTS: &str = "products";

/// Products of one organisation that stand to be ticked: as many as a licence may name.
const MOST_PRODUCTS: u32 = 100;

/// What the licensee packs: only that can wear a mark.
fn packs_of(desk: &Desk<'_>, licensee: Option<String>) -> Result<Vec<Product>, AppError> {
    let Some(licensee) = licensee.and_then(|id| id.parse::<Handle>().ok()) else { return Ok(Vec::new()) };
    let all = desk.app.store.of_home(licensee, SubjectKind::Product, None, MOST_PRODUCTS)?.items;
    let product = |known: Known| match known.entity {
        Entity::Product(product) if product.net_g.is_some() => Some(product),
        _ => None,
    };
    Ok(all.into_iter().filter_map(product).collect())
}

/// Who registered what a bar code stands for.
fn owner_of(desk: &Desk<'_>, gtin: Gtin) -> Result<Option<Handle>, AppError> {
    let Some(product) = desk.app.store.named(&UniqueName::gtin(gtin))? else { return Ok(None) };
    Ok(desk.app.store.subject(product)?.map(|known| known.entity.home()))
}

pub struct Revocation;

impl Sheet for Revocation {
    type Act = RevokeLicence;
    const OPERATION: &'static str = "licence.revoke";
    const KEY: &'static str = "licence-revoke";
    const PATH: &'static str = "/console/licences/{id}/revoke";
    const ABOUT: Option<SubjectKind> = Some(SubjectKind::Licence);

    fn draw(desk: &Desk<'_>, form: &mut Form) -> Result<(), AppError> {
        let Entity::Licence(licence) = &desk.subject()?.entity else { return Ok(()) };
        form.back = format!("/console/licences/{}", desk.subject()?.subject.handle);
        let w = desk.w();
        form.is_final = true;
        let names = Names::of(desk.app, desk.shell.caller, [licence.licensee])?;
        let licensee = names.organisation(licence.licensee).map(|name| desk.shell.name(name).to_owned());
        form.facts.push((w.t("licence"), licence.number.clone()));
        form.facts.push((w.t("f-mark"), desk.shell.name(&licence.mark_name).to_owned()));
        form.facts.extend(licensee.map(|name| (w.t("f-licensee"), name)));
        form.facts.push((w.t("col-until"), licence.until.plus_days(-1).to_string()));
        let count = |n: u64| format::thousands(i64::try_from(n).unwrap_or(i64::MAX));
        let used = w.t2("licence-used-of", "used", count(licence.used), "quota", count(licence.packs));
        form.facts.push((w.t("licence-quota"), used));
        form.lead.push(desk.w().t("lead-revoke"));
        form.field("reason", Kind::Lines).label(desk.w().t("f-revoke-reason")).hint(desk.w().t("h-revoke-reason"));
        Ok(())
    }

    fn about(act: &mut RevokeLicence, licence: Handle) {
        act.licence = licence;
    }

    fn then(receipt: &Receipt) -> String {
        format!("/console/licences/{}", receipt.id)
    }
}
