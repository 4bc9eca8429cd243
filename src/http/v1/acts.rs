//! `POST` endpoints: each carries one act to the writer and answers its receipt. One line of a table each, because they
//! differ in nothing but address, act and words; what an act means and refuses stands in `domain::acts`.

use std::sync::Arc;

use actix_web::http::header::{ETAG, LOCATION};
use actix_web::{HttpResponse, post};

use crate::app::Receipt;
use crate::app::attachments;
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
use crate::domain::acts::plots::{RegisterPlot, RegisterSite, TreatPlot, UseInput};
use crate::domain::acts::products::RegisterProduct;
use crate::domain::kinds::Attachment;
use crate::domain::record::{Digest, Handle, Subject, SubjectKind};
use crate::http::extract::{Body, Doing, Id, State, blocking};
use crate::http::problem::Problem;

/// Performs an act that came with `attachments` in a body of `hash`.
pub(super) async fn perform(
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
    let conditions = doing.conditions(subject, hash);
    let receipt = app.perform(doing.caller, act, conditions).await?;
    Ok(created(&receipt))
}

/// 201 with the receipt; the ETag is the head, ready for `If-Match`.
fn created(receipt: &Receipt) -> HttpResponse {
    let location = format!("/api/v1/{}/{}", super::resource(receipt.subject.kind), receipt.id);
    HttpResponse::Created()
        .insert_header((LOCATION, location))
        .insert_header((ETAG, format!("\"{}\"", receipt.head)))
        .json(receipt)
}

/// Defines the endpoint of an act: on a collection, or on the subject `{id}` that fills one field of the act.
macro_rules! act {
    ($(#[$doc:meta])* $name:ident, $path:literal, $act:ty, $tag:literal) => {
        $(#[$doc])*
        #[utoipa::path(
            tag = $tag,
            request_body = $act,
            params(("Idempotency-Key" = Option<String>, Header, description = "Makes a repetition harmless; kept 30 days")),
            responses((status = 201, description = "Recorded", body = Receipt)),
            security(("bearer" = []))
        )]
        #[post($path)]
        pub async fn $name(app: State, doing: Doing, body: Body<$act>) -> Result<HttpResponse, Problem> {
            perform(app, doing, None, Arc::new(body.value), body.hash, body.attachments).await
        }
    };
    ($(#[$doc:meta])* $name:ident, $path:literal, $act:ty, $field:ident, $tag:literal) => {
        $(#[$doc])*
        #[utoipa::path(
            tag = $tag,
            request_body = $act,
            params(
                ("id" = String, Path, description = "Handle of the subject"),
                ("Idempotency-Key" = Option<String>, Header, description = "Makes a repetition harmless; kept 30 days"),
                ("If-Match" = Option<String>, Header, description = "Head of the subject that you saw; another one answers 412")
            ),
            responses((status = 201, description = "Recorded", body = Receipt)),
            security(("bearer" = []))
        )]
        #[post($path)]
        pub async fn $name(app: State, doing: Doing, id: Id, body: Body<$act>) -> Result<HttpResponse, Problem> {
            let act = <$act>::clone(&body.value);
            let act = Arc::new(std::convert::identity::<$act>({
                let mut act = act;
                act.$field = *id;
                act
            }));
            perform(app, doing, Some(*id), act, body.hash, body.attachments).await
        }
    };
}

act!(
    /// Register an organisation
    register_organisation, "/organisations", RegisterOrganisation, "organisations");
act!(
    /// Register a plot
    register_plot, "/plots", RegisterPlot, "sites");
act!(
    /// Record a plant protection treatment
    treat_plot, "/plots/{id}/treatments", TreatPlot, plot, "sites");
act!(
    /// Record fertiliser or another input
    use_input, "/plots/{id}/inputs", UseInput, plot, "sites");
act!(
    /// Register a packhouse, store or other place
    register_site, "/sites", RegisterSite, "sites");
act!(
    /// Register a product
    register_product, "/products", RegisterProduct, "products");
act!(
    /// Open a batch at its origin
    open_batch, "/batches", OpenBatch, "batches");
act!(
    /// Process a batch
    process_batch, "/batches/{id}/processings", ProcessBatch, batch, "batches");
act!(
    /// Grade a batch
    grade_batch, "/batches/{id}/gradings", GradeBatch, batch, "batches");
act!(
    /// Split parts off a batch
    split_batch, "/batches/{id}/splits", SplitBatch, batch, "batches");
act!(
    /// Merge batches into a new one
    merge_batches, "/batches/merges", MergeBatches, "batches");
act!(
    /// Pack a batch
    pack_batch, "/batches/{id}/packings", PackBatch, batch, "batches");
act!(
    /// Issue the certificate of a batch
    issue_certificate, "/batches/{id}/certificates", IssueCertificate, batch, "batches");
act!(
    /// Record where a batch is kept
    store_batch, "/batches/{id}/storings", StoreBatch, batch, "batches");
act!(
    /// Record a loss
    lose_quantity, "/batches/{id}/losses", LoseQuantity, batch, "batches");
act!(
    /// Close a batch
    close_batch, "/batches/{id}/closing", CloseBatch, batch, "batches");
act!(
    /// Add photos, documents, films or a remark to a batch
    note_batch, "/batches/{id}/notes", NoteBatch, batch, "batches");
act!(
    /// Add photos, documents, films or a remark to a plot
    note_plot, "/plots/{id}/notes", NotePlot, plot, "sites");
act!(
    /// Recall a batch and all made from it
    recall_batch, "/batches/{id}/recalls", RecallBatch, batch, "batches");
act!(
    /// Draw a sample for a laboratory
    draw_sample, "/batches/{id}/samples", DrawSample, batch, "laboratory");
act!(
    /// Take a sample in
    receive_sample, "/samples/{id}/receipt", ReceiveSample, sample, "laboratory");
act!(
    /// Ship an amount of a batch
    ship_batch, "/batches/{id}/shipments", ShipBatch, batch, "shipments");
act!(
    /// Take in a shipment
    receive_shipment, "/shipments/{id}/receipts", ReceiveShipment, shipment, "shipments");
act!(
    /// Take back what was shipped
    return_quantity, "/batches/{id}/returns", ReturnQuantity, batch, "shipments");
act!(
    /// Register a mark
    register_mark, "/marks", RegisterMark, "licences");
act!(
    /// Grant a licence
    grant_licence, "/licences", GrantLicence, "licences");
act!(
    /// Revoke a licence for cause
    revoke_licence, "/licences/{id}/revocation", RevokeLicence, licence, "licences");

/// Correct a record of a batch
#[utoipa::path(
    tag = "batches",
    request_body = CorrectRecord,
    params(("id" = String, Path, description = "Handle of the batch"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes a repetition harmless; kept 30 days"),
        ("If-Match" = Option<String>, Header, description = "Head of the batch that you saw; another one answers 412")),
    responses((status = 201, description = "Recorded", body = Receipt)),
    security(("bearer" = []))
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
        ("If-Match" = Option<String>, Header, description = "Head of the plot that you saw; another one answers 412")),
    responses((status = 201, description = "Recorded", body = Receipt)),
    security(("bearer" = []))
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
    perform(app, doing, Some(id), Arc::new(act), body.hash, Vec::new()).await
}
