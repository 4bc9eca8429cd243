//! What leaves a batch for somebody else: samples, shipments; and what arrives.

use serde_json::Value;

use super::batches::head;
use super::choices::{self, amount, batch, shown, typed};
use super::to_batch;
use crate::app::{App, AppError, Caller, Receipt, desk};
use crate::domain::acts::handing_over::{ReceiveShipment, ReturnQuantity, ShipBatch};
use crate::domain::acts::laboratory::DrawSample;
use crate::domain::acts::{Known, Refusal, UniqueName};
use crate::domain::entities::{Entity, Why};
use crate::domain::gs1::Lot;
use crate::domain::quantity::Unit;
use crate::domain::record::{Handle, SubjectKind};
use crate::domain::uscc::Uscc;
use crate::web::console::kit::{Choice, Form, Kind};
use crate::web::console::sheet::{Desk, Sheet};
use crate::web::console::warnings;

pub struct Drawing;

impl Sheet for Drawing {
    type Act = DrawSample;
    const OPERATION: &'static str = "sample.draw";
    const KEY: &'static str = "sample-draw";
    const PATH: &'static str = "/console/batches/{id}/sample";
    const ABOUT: Option<SubjectKind> = Some(SubjectKind::Batch);

    fn draw(desk: &Desk<'_>, form: &mut Form) -> Result<(), AppError> {
        head(desk, form)?;
        let (w, batch) = (desk.w(), batch(desk)?);
        if !batch.holds.is_empty() {
            form.heading = w.t("verb-sample-again");
        }
        let laboratories = choices::laboratories(desk)?;
        let code = free_code(desk.app, &laboratories, batch.lot.as_str())?;
        form.field("laboratory", Kind::Pick(laboratories));
        form.field("code", Kind::Line).label(w.t("f-sample-code")).hint(w.t("h-sample-code")).suggest(code);
        let quantity = form.field("quantity", amount(batch.unit)).label(w.t("f-quantity-sampled"));
        if batch.unit == Unit::Grams {
            quantity.hint(w.t("h-sample-quantity"));
        }
        form.folded("portions", Kind::Line).hint(w.t("h-portions"));
        form.folded("method", Kind::Line).hint(w.t("h-sampling-method"));
        form.folded("sampler", Kind::Line).hint(w.t("h-sealed"));
        form.told();
        Ok(())
    }

    fn about(act: &mut DrawSample, batch: Handle) {
        act.batch = batch;
    }

    fn then(receipt: &Receipt) -> String {
        to_batch(receipt)
    }
}

/// The lot with the number of its sample behind it, as no laboratory has it yet that may be chosen.
fn free_code(app: &App, laboratories: &[Choice], lot: &str) -> Result<String, AppError> {
    let offered: Vec<Handle> = laboratories.iter().filter_map(|it| it.value.parse().ok()).collect();
    for number in 1..100 {
        let tried = format!("{lot}-S{number}");
        let mut is_free = true;
        for laboratory in &offered {
            is_free = is_free && app.store.named(&UniqueName::own("sample", *laboratory, &tried))?.is_none();
        }
        if is_free {
            return Ok(tried);
        }
    }
    Ok(String::new())
}

pub struct Shipping;

impl Sheet for Shipping {
    type Act = ShipBatch;
    const OPERATION: &'static str = "batch.ship";
    const KEY: &'static str = "batch-ship";
    const PATH: &'static str = "/console/batches/{id}/ship";
    const ABOUT: Option<SubjectKind> = Some(SubjectKind::Batch);

    fn draw(desk: &Desk<'_>, form: &mut Form) -> Result<(), AppError> {
        head(desk, form)?;
        let (w, batch) = (desk.w(), batch(desk)?);
        let handle = desk.subject()?.subject.handle;
        if let Some(Entity::Product(product)) = desk.app.store.subject(batch.product)?.map(|known| known.entity)
            && desk::certificate_due(desk.app, handle, batch, &product)?
        {
            form.warnings.extend(warnings::certificate(desk.shell, &handle.to_string()));
        }
        let broken = desk::broken(desk.app, batch)?;
        form.warnings.extend(warnings::intervals(desk.shell, batch, &broken, &handle.to_string()));
        let mut receivers = vec![Choice::new("", w.t("pick-receiver"))];
        receivers.extend(choices::receivers(desk)?);
        form.field("to", Kind::Pick(receivers)).either();
        form.field("to_uscc", Kind::Code).either().hint(w.t("h-to-uscc"));
        form.field("quantity", amount(batch.unit))
            .label(w.t("f-quantity-shipped"))
            .suggest(typed(batch.rest(), batch.unit));
        form.field("order", Kind::Line).optional().hint(w.t("h-order"));
        form.folded("temperature.min_celsius", Kind::Figure("°C"));
        form.folded("temperature.max_celsius", Kind::Figure("°C"));
        form.told();
        Ok(())
    }

    /// Buyers have no public name: each is told by its credit code, typed or chosen. A code that was typed goes before a choice.
    fn adjust(_: &App, _: &Form, act: &mut Value) -> Result<(), AppError> {
        let Some(fields) = act.as_object_mut() else { return Ok(()) };
        let chosen = fields.remove("to");
        if fields.contains_key("to_uscc") {
            return Ok(());
        }
        let chosen = chosen.ok_or_else(|| Refusal::new("missing-field").at("to", ""))?;
        let is_code = chosen.as_str().is_some_and(|chosen| chosen.parse::<Uscc>().is_ok());
        fields.insert(if is_code { "to_uscc" } else { "to" }.to_owned(), chosen);
        Ok(())
    }

    fn about(act: &mut ShipBatch, batch: Handle) {
        act.batch = batch;
    }

    fn then(receipt: &Receipt) -> String {
        to_batch(receipt)
    }
}

pub struct Returning;

impl Sheet for Returning {
    type Act = ReturnQuantity;
    const OPERATION: &'static str = "batch.return";
    const KEY: &'static str = "batch-return";
    const PATH: &'static str = "/console/batches/{id}/return";
    const ABOUT: Option<SubjectKind> = Some(SubjectKind::Batch);

    fn draw(desk: &Desk<'_>, form: &mut Form) -> Result<(), AppError> {
        head(desk, form)?;
        let (w, batch) = (desk.w(), batch(desk)?);
        let under_way = choices::under_way(desk)?;
        form.lead.push(w.t(if under_way.is_empty() { "lead-return-none" } else { "lead-return" }));
        form.field("shipment", Kind::Pick(under_way));
        form.field("quantity", amount(batch.unit)).label(w.t("f-quantity-returned"));
        form.field("reason", Kind::Line).hint(w.t("h-note"));
        form.told();
        Ok(())
    }

    fn about(act: &mut ReturnQuantity, batch: Handle) {
        act.batch = batch;
    }

    fn then(receipt: &Receipt) -> String {
        to_batch(receipt)
    }
}

pub struct Arrival;

impl Sheet for Arrival {
    type Act = ReceiveShipment;
    const OPERATION: &'static str = "shipment.receive";
    const KEY: &'static str = "shipment-receive";
    const PATH: &'static str = "/console/shipments/{id}/receive";
    const ABOUT: Option<SubjectKind> = Some(SubjectKind::Shipment);

    /// The receiver's own form, not the sender's.
    fn concerns(known: &Known, caller: Caller) -> bool {
        matches!(&known.entity, Entity::Shipment(shipment) if shipment.buyer == Some(caller.organisation))
    }

    fn draw(desk: &Desk<'_>, form: &mut Form) -> Result<(), AppError> {
        let w = desk.w();
        let Entity::Shipment(shipment) = &desk.subject()?.entity else { return Ok(()) };
        form.back = "/console/shipments".into();
        form.unit = shipment.unit;
        let names = crate::app::desk::Names::of(desk.app, desk.shell.caller, [shipment.home])?;
        if let Some(name) = names.acquaintance(shipment.home, Why::ItCame) {
            form.facts.push((w.t("ship-from"), desk.shell.name(name).to_owned()));
        }
        if let Some(product) = choices::product_of(desk, shipment.gtin)? {
            form.facts.push((w.t("col-product"), product));
        }
        form.facts.push((w.t("batch"), shipment.lot.to_string()));
        form.facts.push((w.t("ship-under-way"), shown(desk, shipment.under_way(), shipment.unit)));
        form.field("quantity", amount(shipment.unit))
            .label(w.t("f-quantity-received"))
            .suggest(typed(shipment.under_way(), shipment.unit));
        form.field("lot", Kind::Code).label(w.t("f-own-lot")).hint(w.t("h-own-lot")).suggest(own_lot(&shipment.lot));
        let mut products = vec![choices::none(desk)];
        products.extend(choices::of_products(desk, &choices::products(desk, |it| it.unit == shipment.unit)?));
        form.folded("gtin", Kind::Pick(products)).hint(w.t("h-own-gtin"));
        form.told();
        Ok(())
    }

    fn about(act: &mut ReceiveShipment, shipment: Handle) {
        act.shipment = shipment;
    }

    fn then(receipt: &Receipt) -> String {
        match super::opened(receipt).first() {
            Some(batch) => format!("/console/batches/{batch}"),
            None => "/console/shipments".to_owned(),
        }
    }
}

/// Made from the sender's: under one bar code no two batches have the same.
fn own_lot(lot: &Lot) -> String {
    let lot: String = lot.as_str().chars().take(18).collect();
    format!("{lot}-R")
}
