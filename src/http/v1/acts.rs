//! `POST` endpoints: each carries one act to the writer and answers its receipt. One line of a table each, because they
//! differ in nothing but address, act and words; what an act means and refuses stands in `domain::acts`.

use std::sync::Arc;

use actix_web::http::header::{ETAG, LOCATION};
use actix_web::{HttpResponse, post};
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::log::{self, proofs};
use crate::app::{Receipt, attachments};
use crate::domain::acts::Act;
use crate::domain::acts::batches::OpenBatch;
use crate::domain::acts::correct::CorrectRecord;
use crate::domain::acts::handing_over::{ReceiveShipment, ReturnQuantity, ShipBatch};
use crate::domain::acts::keeping::{CloseBatch, LoseQuantity, RecallBatch, StoreBatch};
use crate::domain::acts::laboratory::{DrawSample, ReceiveSample};
use crate::domain::acts::licences::{GrantLicence, RegisterMark, RevokeLicence};
use crate::domain::acts::making::{GradeBatch, MergeBatches, ProcessBatch, SplitBatch};
use crate::domain::acts::note::{NoteBatch, NotePlot};
use crate::domain::acts::organisations::RegisterOrganisation;
use crate::domain::acts::packing::{IssueCertificate, PackBatch};
use crate::domain::acts::plots::{ConsentPlot, RegisterPlot, RegisterSite, TreatPlot, UseInput, WithdrawConsent};
use crate::domain::acts::products::RegisterProduct;
use crate::domain::kinds::Attachment;
use crate::domain::record::{Digest, Handle, Subject, SubjectKind};
use crate::http::extract::{Body, Doing, Form, Id, State, blocking};
use crate::http::problem::Problem;

/// Performs the act of a form that came with `attachments` in a body of `hash`.
pub(super) async fn perform<A: Form + Act>(
    app: State,
    doing: Doing,
    subject: Option<Handle>,
    act: A,
    hash: Digest,
    named: Vec<Attachment>,
) -> Result<HttpResponse, Problem> {
    // Two tables say it, this one early and the act for good; every test that posts compares them.
    debug_assert_eq!(act.operation(), A::OPERATION);
    record(app, doing, subject, Arc::new(act), hash, named).await
}

/// As [`perform`], for an act that has no form of its own.
pub(super) async fn record(
    app: State,
    doing: Doing,
    subject: Option<Handle>,
    act: Arc<dyn Act>,
    hash: Digest,
    named: Vec<Attachment>,
) -> Result<HttpResponse, Problem> {
    if !named.is_empty() {
        blocking(&app, move |app| attachments::check_named(app, &named)).await?;
    }
    if doing.with_proofs {
        // Before anything is recorded.
        log::of(&app)?;
    }
    let conditions = doing.conditions(subject, hash);
    let receipt = app.perform(doing.caller, act, conditions).await?;
    let proofs = match doing.with_proofs {
        true => {
            let indexes: Vec<u64> = receipt.records.iter().map(|record| record.log_index).collect();
            Some(blocking(&app, move |app| proofs::of_records(app, &indexes)).await?)
        }
        false => None,
    };
    Ok(created(Recorded { receipt, proofs }))
}

/// What an act wrote.
#[derive(Serialize, ToSchema)]
pub struct Recorded {
    #[serde(flatten)]
    receipt: Receipt,
    /// With `?proof=true`: for each record a proof that the log holds it, in the form of `/log/proof/{index}`, to be kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    proofs: Option<Vec<String>>,
}

/// 201 with the receipt; the ETag is the head, ready for `If-Match`.
fn created(recorded: Recorded) -> HttpResponse {
    let receipt = &recorded.receipt;
    let location = format!("/api/v1/{}/{}", super::resource(receipt.subject.kind), receipt.id);
    HttpResponse::Created()
        .insert_header((LOCATION, location))
        .insert_header((ETAG, format!("\"{}\"", receipt.head)))
        .json(&recorded)
}

/// Defines the endpoint of an act: on a collection, or on the subject `{id}` that fills one field of the act.
macro_rules! act {
    ($(#[$doc:meta])* $name:ident, $path:literal, $act:ty, $operation:literal, $tag:literal) => {
        impl Form for $act {
            const OPERATION: &'static str = $operation;
        }

        $(#[$doc])*
        #[utoipa::path(
            tag = $tag,
            request_body = $act,
            params(("Idempotency-Key" = Option<String>, Header, description = "Makes a repetition harmless; kept 30 days"),
                ("proof" = Option<bool>, Query, description = "true: the answer proves that the log holds what was recorded")),
            responses((status = 201, description = "Recorded", body = Recorded)),
            security(("bearer" = [$operation]))
        )]
        #[post($path)]
        pub async fn $name(app: State, doing: Doing, body: Body<$act>) -> Result<HttpResponse, Problem> {
            perform(app, doing, None, body.value, body.hash, body.attachments).await
        }
    };
    ($(#[$doc:meta])* $name:ident, $path:literal, $act:ty, $field:ident, $operation:literal, $tag:literal) => {
        impl Form for $act {
            const OPERATION: &'static str = $operation;
        }

        $(#[$doc])*
        #[utoipa::path(
            tag = $tag,
            request_body = $act,
            params(
                ("id" = String, Path, description = "Handle of the subject"),
                ("Idempotency-Key" = Option<String>, Header, description = "Makes a repetition harmless; kept 30 days"),
                ("proof" = Option<bool>, Query, description = "true: the answer proves that the log holds what was recorded"),
                ("If-Match" = Option<String>, Header, description = "Head of the subject that you saw; another one answers 412")
            ),
            responses((status = 201, description = "Recorded", body = Recorded)),
            security(("bearer" = [$operation]))
        )]
        #[post($path)]
        pub async fn $name(app: State, doing: Doing, id: Id, body: Body<$act>) -> Result<HttpResponse, Problem> {
            let mut act: $act = body.value;
            act.$field = *id;
            perform(app, doing, Some(*id), act, body.hash, body.attachments).await
        }
    };
}

act!(
    /// Register an organisation
    register_organisation, "/organisations", RegisterOrganisation, "organisation.register", "organisations");
act!(
    /// Register a plot
    register_plot, "/plots", RegisterPlot, "plot.register", "sites");
act!(
    /// Record a plant protection treatment
    treat_plot, "/plots/{id}/treatments", TreatPlot, plot, "plot.treat", "sites");
act!(
    /// Record fertiliser or another input
    use_input, "/plots/{id}/inputs", UseInput, plot, "plot.use_input", "sites");
act!(
    /// Register a packhouse, store or other place
    register_site, "/sites", RegisterSite, "site.register", "sites");
act!(
    /// Register a product
    register_product, "/products", RegisterProduct, "product.register", "products");
act!(
    /// Open a batch at its origin
    open_batch, "/batches", OpenBatch, "batch.open", "batches");
act!(
    /// Process a batch
    process_batch, "/batches/{id}/processings", ProcessBatch, batch, "batch.process", "batches");
act!(
    /// Grade a batch
    grade_batch, "/batches/{id}/gradings", GradeBatch, batch, "batch.grade", "batches");
act!(
    /// Split parts off a batch
    split_batch, "/batches/{id}/splits", SplitBatch, batch, "batch.split", "batches");
act!(
    /// Merge batches into a new one
    merge_batches, "/batches/merges", MergeBatches, "batch.merge", "batches");
act!(
    /// Pack a batch
    pack_batch, "/batches/{id}/packings", PackBatch, batch, "batch.pack", "batches");
act!(
    /// Issue the certificate of a batch
    issue_certificate, "/batches/{id}/certificates", IssueCertificate, batch, "batch.certify", "batches");
act!(
    /// Record where a batch is kept
    store_batch, "/batches/{id}/storings", StoreBatch, batch, "batch.store", "batches");
act!(
    /// Record a loss
    lose_quantity, "/batches/{id}/losses", LoseQuantity, batch, "batch.lose", "batches");
act!(
    /// Close a batch
    close_batch, "/batches/{id}/closing", CloseBatch, batch, "batch.close", "batches");
act!(
    /// Add photos, documents, films or a remark to a batch
    note_batch, "/batches/{id}/notes", NoteBatch, batch, "batch.note", "batches");
act!(
    /// Add photos, documents, films or a remark to a plot
    note_plot, "/plots/{id}/notes", NotePlot, plot, "plot.note", "sites");
act!(
    /// Record that the grower agreed to be named in public
    consent_plot, "/plots/{id}/consents", ConsentPlot, plot, "plot.consent", "sites");
act!(
    /// Record that the grower withdrew that
    withdraw_consent, "/plots/{id}/consent-withdrawals", WithdrawConsent, plot, "plot.withdraw_consent", "sites");
act!(
    /// Recall a batch and all made from it
    recall_batch, "/batches/{id}/recalls", RecallBatch, batch, "batch.recall", "batches");
act!(
    /// Draw a sample for a laboratory
    draw_sample, "/batches/{id}/samples", DrawSample, batch, "sample.draw", "laboratory");
act!(
    /// Take a sample in
    receive_sample, "/samples/{id}/receipt", ReceiveSample, sample, "sample.receive", "laboratory");
act!(
    /// Ship an amount of a batch
    ship_batch, "/batches/{id}/shipments", ShipBatch, batch, "batch.ship", "shipments");
act!(
    /// Take in a shipment
    receive_shipment, "/shipments/{id}/receipts", ReceiveShipment, shipment, "shipment.receive", "shipments");
act!(
    /// Take back what was shipped
    return_quantity, "/batches/{id}/returns", ReturnQuantity, batch, "batch.return", "shipments");
act!(
    /// Register a mark
    register_mark, "/marks", RegisterMark, "mark.register", "licences");
act!(
    /// Grant a licence
    grant_licence, "/licences", GrantLicence, "licence.grant", "licences");
act!(
    /// Revoke a licence for cause
    revoke_licence, "/licences/{id}/revocation", RevokeLicence, licence, "licence.revoke", "licences");

impl Form for CorrectRecord {
    const OPERATION: &'static str = "record.correct";
}

/// Correct a record of a batch
#[utoipa::path(
    tag = "batches",
    request_body = CorrectRecord,
    params(("id" = String, Path, description = "Handle of the batch"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes a repetition harmless; kept 30 days"),
                ("proof" = Option<bool>, Query, description = "true: the answer proves that the log holds what was recorded"),
        ("If-Match" = Option<String>, Header, description = "Head of the batch that you saw; another one answers 412")),
    responses((status = 201, description = "Recorded", body = Recorded)),
    security(("bearer" = ["record.correct"]))
)]
#[post("/batches/{id}/corrections")]
pub async fn correct_batch(
    app: State,
    doing: Doing,
    id: Id,
    body: Body<CorrectRecord>,
) -> Result<HttpResponse, Problem> {
    correct(app, doing, SubjectKind::Batch, *id, body).await
}

/// Correct a record of a plot
#[utoipa::path(
    tag = "sites",
    request_body = CorrectRecord,
    params(("id" = String, Path, description = "Handle of the plot"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes a repetition harmless; kept 30 days"),
                ("proof" = Option<bool>, Query, description = "true: the answer proves that the log holds what was recorded"),
        ("If-Match" = Option<String>, Header, description = "Head of the plot that you saw; another one answers 412")),
    responses((status = 201, description = "Recorded", body = Recorded)),
    security(("bearer" = ["record.correct"]))
)]
#[post("/plots/{id}/corrections")]
pub async fn correct_plot(
    app: State,
    doing: Doing,
    id: Id,
    body: Body<CorrectRecord>,
) -> Result<HttpResponse, Problem> {
    correct(app, doing, SubjectKind::Plot, *id, body).await
}

async fn correct(
    app: State,
    doing: Doing,
    kind: SubjectKind,
    id: Handle,
    body: Body<CorrectRecord>,
) -> Result<HttpResponse, Problem> {
    let act = CorrectRecord { subject: Some(Subject::new(kind, id)), ..body.value };
    perform(app, doing, Some(id), act, body.hash, Vec::new()).await
}
