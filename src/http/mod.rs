//! The service over HTTP: REST under `/api/v1`, its description, operations. [`configure`] is the route table that the
//! binary and the tests share.

mod callers;
pub(crate) mod extract;
mod log;
mod middleware;
mod openapi;
pub mod operations;
pub(crate) mod parts;
mod permissions;
pub(crate) mod problem;
pub mod server;
pub(crate) mod streamed;
mod v1;
pub mod witness;

use actix_web::web::ServiceConfig;

pub use openapi::document as openapi_document;
pub use permissions::{ANYBODYS, page as permissions_page};
pub use problem::REGISTRY as PROBLEMS;

/// Every route of the service.
pub fn configure(config: &mut ServiceConfig) {
    // The router tries one pattern after the other: what everybody asks for comes first.
    crate::web::routes::configure_scanned(config);
    openapi::configure(config);
    operations::configure(config);
    log::configure(config);
    crate::web::routes::configure(config);
}
