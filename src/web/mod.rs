//! Pages for people: rendered on the server from views, readable without script, in two languages. Handlers are not
//! here but beside the routes; nothing here reads the store.

/// Files that pages link to, compiled in, addressed by the hash of their content.
pub mod assets;
/// One function a page: view and language in, document out.
pub mod pages;

mod figures;
mod sketch;
mod words;

#[cfg(test)]
mod fixtures;
#[cfg(test)]
mod tests;
