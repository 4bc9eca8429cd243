//! Marks and licences.

use serde_json::Value;

use super::choices;
use crate::app::desk::Names;
use crate::app::{App, AppError, Receipt, subjects};
use crate::domain::acts::licences::{GrantLicence, RegisterMark, RevokeLicence};
use crate::domain::entities::Entity;
use crate::domain::record::{Handle, Role, SubjectKind};
use crate::domain::time::CivilDate;
use crate::i18n::format;
use crate::web::console::kit::{Choice, Form, Kind};
use crate::web::console::sheet::{Desk, Sheet};

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
        form.field("number", Kind::Code).hint(w.t("h-licence-number"));
        form.field("gtins", Kind::Lines).hint(w.t("h-gtins"));
        form.field("from", Kind::Day).suggest(today);
        form.field("until", Kind::Day).suggest(today.plus_days(364));
        form.field("packs", Kind::Pieces).hint(w.t("h-quota"));
        form.folded("note", Kind::Lines).hint(w.t("h-note"));
        Ok(())
    }

    /// One GTIN a line, or with commas between them.
    fn adjust(_: &App, _: &Form, act: &mut Value) -> Result<(), AppError> {
        let typed = act["gtins"].as_str().unwrap_or_default().to_owned();
        let parted = typed.split(|c: char| c.is_whitespace() || ",，、;".contains(c)).filter(|gtin| !gtin.is_empty());
        act["gtins"] = parted.map(Value::from).collect();
        // People name the last day; the record holds the first on which it is not in force.
        let last = act["until"].as_str().and_then(|day| day.parse::<CivilDate>().ok());
        if let Some(last) = last {
            act["until"] = last.plus_days(1).to_string().into();
        }
        Ok(())
    }

    fn then(_: &Receipt) -> String {
        "/console/licences".to_owned()
    }
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
