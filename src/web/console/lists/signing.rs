//! Keys by which laboratories and associations sign: whose they are, who vouched for them, whether they still count.

use std::collections::HashMap;

use super::{Found, Lines, Row, Shown, lines};
use crate::app::desk::Names;
use crate::app::{App, AppError, Cursor};
use crate::domain::entities::{Entity, Key};
use crate::domain::record::{Handle, Role, SubjectKind};
use crate::i18n::format;
use crate::web::console::read::Typed;
use crate::web::console::shell::Shell;
use crate::web::map::Map;

pub fn configure(map: &mut Map<'_>) {
    lines::<SigningKeys>(map);
}

struct SigningKeys;

impl Lines for SigningKeys {
    const HREF: &'static str = "/console/signing-keys";
    const OPERATION: &'static str = "page.signing_keys";
    const KEY: &'static str = "nav-signing";

    fn columns() -> &'static [(&'static str, bool)] {
        &[
            ("col-organisation", false),
            ("col-public-key", false),
            ("col-vouched", false),
            ("col-registered", false),
            ("col-state", false),
        ]
    }

    /// Everybody's: a signature is checked by whoever likes.
    fn found(app: &App, shell: &Shell, _: &Typed, after: u64, limit: u32) -> Result<Found, AppError> {
        let slice = app.store.of_kind(SubjectKind::Key, (after > 0).then_some(Cursor(after)), limit)?;
        let keys: Vec<(Handle, Key)> = slice
            .items
            .into_iter()
            .filter_map(|known| match known.entity {
                Entity::Key(key) => Some((known.subject.handle, key)),
                _ => None,
            })
            .collect();
        let vouching: Vec<Handle> = keys.iter().filter_map(|(_, key)| key.countersigned_by).collect();
        let vouching: HashMap<Handle, Handle> =
            app.store.subjects(&vouching)?.iter().map(|known| (known.subject.handle, known.entity.home())).collect();
        let homes = keys.iter().map(|(_, key)| key.home).chain(vouching.values().copied());
        let names = Names::of(app, shell.caller, homes)?;
        let rows = keys.iter().map(|(handle, key)| {
            let vouched = key.countersigned_by.and_then(|by| vouching.get(&by).copied());
            row(shell, &names, *handle, key, vouched)
        });
        Ok(Found { rows: rows.collect(), next: slice.next.map(|next| next.0) })
    }

    fn verb(shell: &Shell) -> Option<(&'static str, String)> {
        shell.may("key.register").then(|| ("/console/signing-keys/new", shell.w.t("verb-key-new")))
    }
}

fn row(shell: &Shell, names: &Names, handle: Handle, key: &Key, vouched: Option<Handle>) -> Row {
    let (w, own) = (&shell.w, shell.caller.organisation);
    let name = |home| names.organisation(home).map(|name| shell.name(name).to_owned()).unwrap_or_default();
    let day = |at: crate::domain::time::Instant| format::instant(&at.to_string());
    let state = match (&key.revoked, key.rotated_at) {
        (Some(revoked), _) => {
            Shown::text(w.t1("signing-revoked", "at", day(revoked.at))).toned("stop").sub(&revoked.reason)
        }
        (None, Some(at)) => Shown::text(w.t("state-active")).sub(w.t1("signing-rotated", "at", day(at))),
        (None, None) => Shown::text(w.t("state-active")),
    };
    let is_party = key.home == own || vouched == Some(own);
    let verb = key.revoked.is_none() && is_party && shell.may("key.revoke");
    Row {
        href: None,
        cells: vec![
            Shown::text(name(key.home)),
            Shown { text: in_groups(&key.public.to_string()), ..Shown::text(key.public.to_string()) }.sub(w.t1(
                "signing-number",
                "number",
                in_groups(&handle.to_string()),
            )),
            Shown::text(vouched.map_or_else(|| w.t(root(shell)), name)),
            Shown::text(day(key.registered_at)),
            state,
        ],
        verb: verb.then(|| (format!("/console/signing-keys/{handle}/revoke"), w.t("verb-key-revoke"))),
    }
}

/// As people compare it, and as it fits a phone; the file has it in one piece.
pub fn in_groups(key: &str) -> String {
    let groups: Vec<&str> = (0..key.len()).step_by(8).map(|at| &key[at..(at + 8).min(key.len())]).collect();
    // Thin spaces: a line may end at each.
    groups.join("\u{2009}")
}

/// Who stands behind a key for which no other vouches.
fn root(shell: &Shell) -> &'static str {
    if shell.caller.role == Role::Operator { "signing-root-own" } else { "signing-root" }
}
