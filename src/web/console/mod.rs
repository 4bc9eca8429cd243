//! The console: pages for the people of an organisation. The same use cases and the same rules as over REST; nothing is reachable
//! from a page that REST refuses.

mod batch;
mod batches;
mod forms;
mod home;
mod kit;
mod lineage;
mod lists;
mod nav;
mod notices;
mod offline;
pub(crate) mod page;
mod read;
mod scan;
mod search;
mod sheet;
pub(crate) mod shell;

use actix_web::web::{self, ServiceConfig};

use sheet::Sheet;

pub use forms::FORMS;
pub use nav::ENTRIES as PAGES;

/// Every page of the console.
pub fn configure(config: &mut ServiceConfig) {
    config.route("/console", web::get().to(home::show)).route("/console/search", web::get().to(search::show));
    // Before the pages of one subject, whose `{id}` would take `new` for a handle.
    forms::configure(config);
    offline::configure(config);
    scan::configure(config);
    lists::configure(config);
    batches::configure(config);
    batch::configure(config);
    notices::configure(config);
}

/// The two ways of a form: looked at, and sent.
fn routes<S: Sheet>(config: &mut ServiceConfig) {
    config.service(
        web::resource(S::PATH).route(web::get().to(sheet::show::<S>)).route(web::post().to(sheet::posted::<S>)),
    );
}
