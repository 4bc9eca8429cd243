//! docs/PERMISSIONS.md: the table of operations, with the addresses of the API and the pages that each stands for. Made from
//! what is enforced, so that it cannot say anything else.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::auth::policy::{TABLE, asks_again, writes};
use crate::domain::people::MemberKind;
use crate::domain::record::Role;
use crate::web::map::Who;
use crate::web::routes;

const ABOVE: &str = "\
# Who may do what

Made by `suyuan permissions` from the table in `src/auth/policy.rs`; a test fails where this page is old, and another walks over
every cell of it: each operation of the API and each page, by each role and each kind of member, on what is its own, on what is
another's, on what is not there, without credentials and with such as were ended.

- **Whose**: *house*, nothing is named that is there already; *own*, what the organisation opened; *party*, that and what an act of
  another made it a party to (a sample, a shipment, a licence); *given*, only that; *anybody's*, whatever there is. Everything else
  answers as what does not exist.
- **Members**: a manager may all that his organisation may; a letter says who else: w workers, s signers. A key of the organisation
  may what its scope leaves (`suyuan key create --scope`, or the page API keys); `token.read` it may always. Pages are for people.
- **Again**: a person gives his password again, if he has not for half an hour.
- Who reads what is personal of another leaves a line that its owner sees; what leaves none, and why, is said in docs/OPERATIONS.md.
- What is not listed is denied. What is public needs no line: look-up and scan pages, chains, histories, proofs, QR symbols, the log.
- `instance.found`, `log.reopen` and `sealed.erase` are verbs of the server's terminal.

";

/// What stands on neither map: addresses for machines and of the log. Whoever reaches the service may ask them, and is not asked who
/// he is; a test holds this list against the routes.
pub const ANYBODYS: &[&str] = &[
    "/livez",
    "/readyz",
    "/version",
    "/metrics",
    "/.well-known/jwks.json",
    "/problems/{slug}",
    "/api/openapi.json",
    "/api/docs",
    "/api/docs/{_:.*}",
    "/log/checkpoint",
    "/log/witnessed",
    "/log/key",
    "/log/tile/{tile:.*}",
    "/log/proof/{index}",
    "/log/consistency",
    "/log/epoch/{epoch}/checkpoint",
    "/log/epoch/{epoch}/key",
    "/log/epoch/{epoch}/tile/{tile:.*}",
    "/log/epoch/{epoch}/proof/{index}",
    "/log/epoch/{epoch}/consistency",
];

/// The whole page.
pub fn page() -> String {
    let mut page = ABOVE.to_owned();
    let mut head = "| operation | changes | whose |".to_owned();
    for role in Role::ALL {
        let _ = write!(head, " {} |", role.as_str());
    }
    page += &format!("{head} also | again | where |\n|---|---|---|{}---|---|---|\n", "---|".repeat(Role::ALL.len()));
    let places = places();
    for rule in TABLE {
        let changes = if writes(rule.operation) { "yes" } else { "" };
        let _ = write!(page, "| `{}` | {changes} | {} |", rule.operation, rule.whose.as_str());
        for role in Role::ALL {
            page += if rule.roles.contains(role) { " ✓ |" } else { " |" };
        }
        let also = rule.members.iter().filter_map(|kind| match kind {
            MemberKind::Manager => None,
            MemberKind::Worker => Some("w"),
            MemberKind::Signer => Some("s"),
        });
        let also = also.collect::<Vec<_>>().join(" ");
        let again = if asks_again(rule.operation) { "yes" } else { "" };
        let places = places.get(rule.operation).map(|places| places.join("<br>")).unwrap_or_default();
        let _ = writeln!(page, " {also} | {again} | {places} |");
    }
    page + &doors()
}

/// Pages that no operation stands for.
fn doors() -> String {
    let all = routes::pages();
    let of = |who: Who| {
        let places = all.iter().filter(|page| page.who == who);
        places.map(|page| format!("`{} {}`", page.method, page.path)).collect::<Vec<_>>().join(", ")
    };
    format!(
        "\nPages without an account: {}.\n\nPages on the way in, once the password was right: {}.\n\nFor machines, and of the log, to \
         whoever reaches the service (a proxy keeps `/metrics` to its owner): {}.\n",
        of(Who::Anybody),
        of(Who::Arriving),
        ANYBODYS.iter().map(|path| format!("`GET {path}`")).collect::<Vec<_>>().join(", ")
    )
}

/// Addresses by operation: of the API first.
fn places() -> BTreeMap<String, Vec<String>> {
    let mut places: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (path, item) in &super::openapi::document().paths.paths {
        for (method, operation) in [("GET", &item.get), ("POST", &item.post)] {
            for name in operation.iter().flat_map(super::openapi::needs) {
                places.entry(name).or_default().push(format!("`{method} {path}`"));
            }
        }
    }
    for page in routes::pages() {
        if let Who::May(operation) = page.who {
            places.entry(operation.to_owned()).or_default().push(format!("`{} {}`", page.method, page.path));
        }
    }
    places
}
