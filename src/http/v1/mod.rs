//! REST, version 1. One file per resource; [`configure`] is the list of routes, which is also the list of OpenAPI.

pub mod access;
pub mod acts;
pub mod attachments;
pub mod audit_packs;
pub mod batches;
pub mod imports;
pub mod keys;
pub mod laboratory;
pub mod licences;
pub mod page;
pub mod resources;
pub mod trace;

use utoipa_actix_web::service_config::ServiceConfig;

use crate::domain::record::SubjectKind;

/// Adds every operation below `/api/v1`.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config.service(access::token);
    config.service(acts::register_organisation).service(acts::register_site).service(acts::register_plot);
    config.service(acts::treat_plot).service(acts::use_input).service(acts::correct_plot);
    config.service(acts::register_product);
    config.service(acts::merge_batches).service(acts::open_batch).service(acts::process_batch);
    config.service(acts::grade_batch).service(acts::split_batch).service(acts::pack_batch);
    config.service(acts::issue_certificate).service(acts::store_batch).service(acts::lose_quantity);
    config
        .service(acts::note_batch)
        .service(acts::note_plot)
        .service(acts::consent_plot)
        .service(acts::withdraw_consent)
        .service(acts::close_batch)
        .service(acts::recall_batch)
        .service(acts::correct_batch);
    config.service(acts::draw_sample).service(acts::receive_sample).service(laboratory::report_test);
    config.service(acts::ship_batch).service(acts::receive_shipment).service(acts::return_quantity);
    config.service(acts::register_mark).service(acts::grant_licence).service(acts::revoke_licence);
    config.service(resources::list_organisations).service(resources::get_organisation);
    config.service(resources::list_sites).service(resources::get_site);
    config.service(resources::list_plots).service(resources::get_plot);
    config.service(resources::list_products).service(resources::get_product);
    config.service(resources::list_samples).service(resources::get_sample).service(resources::list_reports);
    config.service(resources::list_shipments).service(resources::get_shipment);
    config.service(resources::list_marks).service(resources::get_mark);
    config.service(resources::list_licences).service(resources::get_licence).service(licences::packed_under);
    config.service(batches::list).service(batches::get).service(batches::chain).service(batches::history);
    config.service(batches::proof);
    config.service(audit_packs::of_batch).service(audit_packs::of_licence).service(audit_packs::of_organisation);
    config.service(batches::openings).service(batches::qr_svg).service(batches::qr_png).service(trace::trace_batch);
    config.service(keys::register_key).service(keys::rotate_key).service(keys::revoke_key);
    config.service(keys::list_keys).service(keys::get_key).service(keys::key_chain);
    config.service(attachments::upload).service(imports::import_table);
}

/// The collection that subjects of a kind stand in.
pub fn resource(kind: SubjectKind) -> &'static str {
    match kind {
        SubjectKind::Organisation => "organisations",
        SubjectKind::Site => "sites",
        SubjectKind::Plot => "plots",
        SubjectKind::Product => "products",
        SubjectKind::Batch => "batches",
        SubjectKind::Sample => "samples",
        SubjectKind::Shipment => "shipments",
        SubjectKind::Mark => "marks",
        SubjectKind::Licence => "licences",
        SubjectKind::Key => "keys",
        other => other.as_str(),
    }
}
