//! Pages for people: rendered on the server from views, readable without script, in two languages. `routes` handles the
//! requests; the pages themselves know only their views.

/// Files that pages link to, compiled in, addressed by the hash of their content.
pub mod assets;
/// Pages for the people of an organisation.
pub mod console;
/// The console as an app on a phone.
pub mod install;
/// One function a page: view and language in, document out.
pub mod pages;
/// Finished pages in memory.
pub mod pages_cache;
/// How people log in, and what they look after themselves: members, sessions, keys.
pub mod people;
/// How many reports are taken.
pub mod throttle;
/// Where a route is made, and who may have it.
pub mod map;
/// Addresses and their handlers.
pub mod routes;

mod reports;

mod figures;
mod sketch;
mod words;

#[cfg(test)]
mod fixtures;
#[cfg(test)]
mod tests;
