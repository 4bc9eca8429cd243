//! What stands on the left, in its order. Who has it says the table of operations (`auth::policy`).

use crate::app::Caller;

/// A page of the console, by the key of its text, its address and the operation that it is.
pub struct Entry {
    pub key: &'static str,
    pub href: &'static str,
    pub operation: &'static str,
}

macro_rules! entries {
    ($($key:literal $href:literal $operation:literal)+) => {
        pub const ENTRIES: &[Entry] = &[$(Entry { key: $key, href: $href, operation: $operation }),+];
    };
}

entries! {
    "nav-home" "/console" "page.home"
    "nav-pending" "/console/pending" "page.pending"
    "nav-scan" "/console/scan" "page.scan"
    "nav-plots" "/console/plots" "page.plots"
    "nav-batches" "/console/batches" "page.batches"
    "nav-stock" "/console/stock" "page.stock"
    "nav-samples" "/console/samples" "page.samples"
    "nav-shipments" "/console/shipments" "page.shipments"
    "nav-marks" "/console/marks" "page.marks"
    "nav-licences" "/console/licences" "page.licences"
    "nav-licensees" "/console/licensees" "page.licensees"
    "nav-products" "/console/products" "page.products"
    "nav-sites" "/console/sites" "page.sites"
    "nav-households" "/console/households" "page.households"
    "nav-applications" "/console/applications" "page.applications"
    "nav-organisations" "/console/organisations" "page.organisations"
    "nav-signing" "/console/signing-keys" "page.signing_keys"
    "nav-health" "/console/health" "page.health"
    "members-title" "/console/members" "members.manage"
    "keys-title" "/console/keys" "api_keys.manage"
    "nav-packs" "/console/audit-packs" "audit_pack.read"
    "nav-reads" "/console/reads" "page.reads"
}

/// What a house that only trades comes for, before everything else it may.
const OF_TRADERS: &[&str] = &["nav-home", "nav-shipments", "nav-stock", "nav-batches", "nav-scan"];

/// What stands on the left for somebody.
pub fn of(caller: Caller, is_trader: bool) -> Vec<&'static Entry> {
    let mut entries: Vec<_> = ENTRIES.iter().filter(|entry| caller.may(entry.operation).is_ok()).collect();
    if is_trader {
        let place = |key: &str| OF_TRADERS.iter().position(|first| *first == key).unwrap_or(OF_TRADERS.len());
        entries.sort_by_key(|entry| place(entry.key));
    }
    entries
}
