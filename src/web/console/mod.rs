//! The console: pages for the people of an organisation. The same use cases and the same rules as over REST; nothing is reachable
//! from a page that REST refuses.

mod batch;
mod batches;
mod forms;
mod home;
mod import;
mod kit;
mod label;
mod lineage;
mod lists;
mod nav;
mod notices;
mod offline;
mod operator;
mod packs;
pub(crate) mod page;
mod proof;
mod read;
mod scan;
mod search;
mod sheet;
mod warnings;
pub(crate) mod shell;

use sheet::Sheet;

use super::map::{Map, Who};

pub use forms::FORMS;
pub use nav::ENTRIES as PAGES;

/// Every page of the console.
pub fn configure(map: &mut Map<'_>) {
    map.get("/console", Who::May("page.home"), home::show).get(
        "/console/search",
        Who::May("page.search"),
        search::show,
    );
    // Before the pages of one subject, whose `{id}` would take `new` for a handle.
    import::configure(map);
    forms::configure(map);
    offline::configure(map);
    scan::configure(map);
    lists::configure(map);
    batches::configure(map);
    batch::configure(map);
    label::configure(map);
    notices::configure(map);
    packs::configure(map);
    operator::configure(map);
}

/// The two ways of a form: looked at, and sent.
fn routes<S: Sheet>(map: &mut Map<'_>) {
    map.form(S::PATH, Who::May(S::PAGE), sheet::show::<S>, sheet::posted::<S>);
}
