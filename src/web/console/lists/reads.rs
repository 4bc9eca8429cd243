//! Who read what of one's own that is not public.

use super::{Found, Lines, Row, Shown, lines};
use crate::app::desk::Names;
use crate::app::{App, AppError, reads};
use crate::domain::entities::Why;
use crate::web::console::read::Typed;
use crate::web::console::shell::Shell;
use crate::web::map::Map;

pub fn configure(map: &mut Map<'_>) {
    lines::<Reads>(map);
}

struct Reads;

impl Lines for Reads {
    const HREF: &'static str = "/console/reads";
    const OPERATION: &'static str = "page.reads";
    const KEY: &'static str = "nav-reads";

    fn columns() -> &'static [(&'static str, bool)] {
        &[("col-read-at", false), ("col-reader", false), ("col-what", false), ("col-about", false), ("col-by", false)]
    }

    fn found(app: &App, shell: &Shell, _: &Typed, after: u64, limit: u32) -> Result<Found, AppError> {
        let w = &shell.w;
        let all = reads::own(app, shell.caller, after, limit + 1)?;
        let subjects = all.iter().filter_map(|it| it.subject);
        let names = Names::of(app, shell.caller, all.iter().map(|it| it.reader).chain(subjects))?;
        let name = |handle| names.organisation(handle).map(|name| shell.name(name).to_owned());
        let reader = |handle| names.acquaintance(handle, Why::ItCame).map(|name| shell.name(name).to_owned());
        let rows = all.iter().map(|it| {
            let about = it.subject.map(|subject| match names.batch(subject) {
                Some(batch) => batch.lot.to_string(),
                None => name(subject).unwrap_or_else(|| subject.to_string()),
            });
            let by = if it.member.is_some() { "reads-by-member" } else { "reads-by-key" };
            Row {
                href: None,
                cells: vec![
                    Shown::text(w.instant(&it.at.to_string())),
                    Shown::text(reader(it.reader).unwrap_or_default()),
                    Shown::text(w.t(&format!("reads-{}", it.what))),
                    Shown::text(about.unwrap_or_default()),
                    Shown::text(w.t(by)),
                ],
                verb: None,
            }
        });
        Ok(Found::counted(rows.collect(), after, limit))
    }
}
