//! Who has which pages: one table. It decides what stands on the left and what is answered; whose subject it is, is judged where
//! the subject is read. What a form does is judged by the table of operations besides (`auth::policy`).

use crate::domain::record::Role;
use Role::{Association, Cooperative, Laboratory, Operator, Regulator};

/// A page of the console, by the key of its text, its address and whose it is.
pub struct Entry {
    pub key: &'static str,
    pub href: &'static str,
    pub roles: &'static [Role],
}

macro_rules! entries {
    ($($key:literal $href:literal $roles:expr)+) => {
        pub const ENTRIES: &[Entry] = &[$(Entry { key: $key, href: $href, roles: $roles }),+];
    };
}

entries! {
    "nav-home" "/console" &[Cooperative, Laboratory, Association, Operator, Regulator]
    "nav-pending" "/console/pending" &[Cooperative]
    "nav-scan" "/console/scan" &[Cooperative, Laboratory, Association]
    "nav-plots" "/console/plots" &[Cooperative]
    "nav-batches" "/console/batches" &[Cooperative]
    "nav-stock" "/console/stock" &[Cooperative]
    "nav-samples" "/console/samples" &[Cooperative, Laboratory]
    "nav-shipments" "/console/shipments" &[Cooperative]
    "nav-marks" "/console/marks" &[Association]
    "nav-licences" "/console/licences" &[Cooperative, Association]
    "nav-products" "/console/products" &[Cooperative]
    "nav-sites" "/console/sites" &[Cooperative]
}

/// Whether `role` has the pages under `href`.
pub fn has(role: Role, href: &str) -> bool {
    ENTRIES.iter().any(|entry| entry.href == href && entry.roles.contains(&role))
}

/// What stands on the left for a role.
pub fn of(role: Role) -> impl Iterator<Item = &'static Entry> {
    ENTRIES.iter().filter(move |entry| entry.roles.contains(&role))
}
