//! Keys by which laboratories and associations sign. Their private halves never come here.

use serde_json::Value;

use super::choices;
use crate::app::desk::Names;
use crate::app::{App, AppError, Caller, Receipt};
use crate::domain::acts::keys::{RegisterKey, RevokeKey};
use crate::domain::acts::{Known, Refusal};
use crate::domain::entities::Entity;
use crate::domain::record::{Handle, Role, SubjectKind};
use crate::i18n::format;
use crate::web::console::kit::{Form, Kind};
use crate::web::console::lists::in_groups;
use crate::web::console::sheet::{Desk, Sheet};

const LIST: &str = "/console/signing-keys";

pub struct NewKey;

impl Sheet for NewKey {
    type Act = RegisterKey;
    const OPERATION: &'static str = "key.register";
    const KEY: &'static str = "key-new";
    const PATH: &'static str = "/console/signing-keys/new";

    /// The operator admits an association's first key; everybody else brings what an association signed over his own.
    fn draw(desk: &Desk<'_>, form: &mut Form) -> Result<(), AppError> {
        let w = desk.w();
        form.back = LIST.into();
        if desk.shell.caller.role == Role::Operator {
            form.lead.push(w.t("lead-key-root"));
            let mut associations = vec![choices::none(desk)];
            associations.extend(choices::organisations(desk, |_, role| role == Role::Association)?);
            form.field("org", Kind::Pick(associations)).label(w.t("f-key-org"));
        } else {
            form.lead.push(w.t("lead-key-new"));
            form.field("occurred_at", Kind::Line).label(w.t("f-key-at")).hint(w.t("h-key-at"));
            form.field("countersign", Kind::Lines).label(w.t("f-key-countersign")).hint(w.t("h-key-countersign"));
        }
        // Its owner knows it by this number: what it signs names it.
        form.field("id", Kind::Code).label(w.t("f-key-id")).hint(w.t("h-key-id"));
        form.field("public", Kind::Line).label(w.t("f-key-public")).hint(w.t("h-key-public"));
        Ok(())
    }

    /// The statement is pasted as the program that signs prints it.
    fn adjust(_: &App, _: &Form, act: &mut Value) -> Result<(), AppError> {
        if let Some(text) = act.get("countersign").and_then(Value::as_str) {
            let wrong = || Refusal::new("wrong-shape").at("countersign", text).detail("reason", "JSON");
            act["countersign"] = serde_json::from_str(text).map_err(|_| wrong())?;
        }
        Ok(())
    }

    fn then(_: &Receipt) -> String {
        LIST.to_owned()
    }
}

pub struct KeyRevocation;

impl Sheet for KeyRevocation {
    type Act = RevokeKey;
    const OPERATION: &'static str = "key.revoke";
    const KEY: &'static str = "key-revoke";
    const PATH: &'static str = "/console/signing-keys/{id}/revoke";
    const ABOUT: Option<SubjectKind> = Some(SubjectKind::Key);

    /// Whose key it is; and the association that vouched for it, which shows when the form is drawn.
    fn concerns(known: &Known, caller: Caller) -> bool {
        known.entity.home() == caller.organisation || caller.role == Role::Association
    }

    fn draw(desk: &Desk<'_>, form: &mut Form) -> Result<(), AppError> {
        let w = desk.w();
        let Entity::Key(key) = &desk.subject()?.entity else { return Ok(()) };
        let by = key.countersigned_by.map(|by| desk.app.store.subject(by)).transpose()?.flatten();
        let vouching = by.map(|by| by.entity.home());
        let own = desk.shell.caller.organisation;
        if key.home != own && vouching != Some(own) {
            return Err(Refusal::not_found("id", desk.subject()?.subject.handle).into());
        }
        form.back = LIST.into();
        form.is_final = true;
        form.lead.push(w.t("lead-key-revoke"));
        let names = Names::of(desk.app, desk.shell.caller, [key.home].into_iter().chain(vouching))?;
        let name = |home| names.organisation(home).map(|name| desk.shell.name(name).to_owned()).unwrap_or_default();
        form.facts.push((w.t("col-organisation"), name(key.home)));
        form.facts.push((w.t("f-key-id"), in_groups(&desk.subject()?.subject.handle.to_string())));
        form.facts.push((w.t("col-public-key"), in_groups(&key.public.to_string())));
        form.facts.push((w.t("col-registered"), format::instant(&key.registered_at.to_string())));
        form.facts.extend(vouching.map(|home| (w.t("col-vouched"), name(home))));
        form.field("reason", Kind::Lines).label(w.t("f-key-reason")).hint(w.t("h-key-reason"));
        Ok(())
    }

    fn about(act: &mut RevokeKey, key: Handle) {
        act.key = key;
    }

    fn then(_: &Receipt) -> String {
        LIST.to_owned()
    }
}
