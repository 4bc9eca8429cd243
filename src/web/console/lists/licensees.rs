//! Who packs under the marks of an association: an organisation a line, with what its licences in force allow and what is left of it.

use super::people::stretch;
use super::rights::count;
use super::{AT_ONCE, Filter, Found, Lines, Row, Shown, encoded, lines};
use crate::app::desk::Names;
use crate::app::{App, AppError};
use crate::domain::entities::{Entity, Licence};
use crate::domain::record::{Handle, SubjectKind};
use crate::web::console::kit::Choice;
use crate::web::console::read::Typed;
use crate::web::console::shell::Shell;
use crate::web::map::Map;

pub fn configure(map: &mut Map<'_>) {
    lines::<Licensees>(map);
}

/// One organisation, and what it was licensed.
struct Licensee {
    id: Handle,
    /// Names of the marks, each once, of the newest licence first.
    marks: Vec<String>,
    licences: u64,
    in_force: u64,
    /// Packs, of licences in force.
    allowed: u64,
    packed: u64,
}

/// Whoever was licensed last comes first. An association has as many licences as partners and seasons: they are read whole.
fn all(app: &App, shell: &Shell) -> Result<Vec<Licensee>, AppError> {
    let (mut found, mut after) = (Vec::new(), None);
    loop {
        let slice = app.store.of_home(shell.caller.organisation, SubjectKind::Licence, after, AT_ONCE)?;
        for known in &slice.items {
            if let Entity::Licence(licence) = &known.entity {
                add(&mut found, shell, licence);
            }
        }
        match slice.next {
            Some(next) => after = Some(next),
            None => return Ok(found),
        }
    }
}

fn add(found: &mut Vec<Licensee>, shell: &Shell, licence: &Licence) {
    let at = found.iter().position(|it| it.id == licence.licensee).unwrap_or_else(|| {
        let id = licence.licensee;
        found.push(Licensee { id, marks: Vec::new(), licences: 0, in_force: 0, allowed: 0, packed: 0 });
        found.len() - 1
    });
    let line = &mut found[at];
    let mark = shell.name(&licence.mark_name);
    if !line.marks.iter().any(|known| known == mark) {
        line.marks.push(mark.to_owned());
    }
    line.licences += 1;
    if licence.in_force_on(shell.today) {
        line.in_force += 1;
        line.allowed = line.allowed.saturating_add(licence.packs);
        line.packed = line.packed.saturating_add(licence.used);
    }
}

struct Licensees;

/// `yes` or `no` where it is asked for.
fn in_force(typed: &Typed) -> Option<bool> {
    match typed.get("force").as_deref() {
        Some("yes") => Some(true),
        Some("no") => Some(false),
        _ => None,
    }
}

impl Lines for Licensees {
    const HREF: &'static str = "/console/licensees";
    const OPERATION: &'static str = "page.licensees";
    const KEY: &'static str = "nav-licensees";

    fn columns() -> &'static [(&'static str, bool)] {
        &[
            ("col-licensee", false),
            ("nav-marks", false),
            ("col-in-force", true),
            ("col-licences-ever", true),
            ("col-allowed", true),
            ("col-used-of-it", true),
            ("col-packs-left", true),
        ]
    }

    fn found(app: &App, shell: &Shell, typed: &Typed, after: u64, limit: u32) -> Result<Found, AppError> {
        let wanted = in_force(typed);
        let mut all = all(app, shell)?;
        all.retain(|it| wanted.is_none_or(|wanted| wanted == (it.in_force > 0)));
        let names = Names::of(app, shell.caller, all.iter().map(|it| it.id))?;
        let joint = shell.w.t("keys-joint");
        let row = |it: &Licensee| {
            let name = names.organisation(it.id).map(|name| shell.name(name).to_owned()).unwrap_or_default();
            Row {
                href: Some(format!("/console/licences?contains={}", encoded(&name))).filter(|_| !name.is_empty()),
                cells: vec![
                    Shown::text(name),
                    Shown::text(it.marks.join(&joint)),
                    number(it.in_force),
                    number(it.licences),
                    number(it.allowed),
                    number(it.packed),
                    number(it.allowed.saturating_sub(it.packed)),
                ],
                verb: None,
            }
        };
        Ok(stretch(all.iter().map(row), after, limit))
    }

    fn filters(_: &App, shell: &Shell, typed: &Typed) -> Result<Vec<Filter>, AppError> {
        let choices = [("", "filter-all"), ("yes", "licensees-in-force"), ("no", "licensees-none-in-force")];
        let choices = choices.map(|(value, key)| Choice::new(value, shell.w.t(key))).to_vec();
        let value = in_force(typed).map_or("", |yes| if yes { "yes" } else { "no" });
        Ok(vec![Filter::choice("force", shell.w.t("col-in-force"), choices, value.to_owned())])
    }
}

fn number(n: u64) -> Shown {
    Shown::number(count(n), n)
}
