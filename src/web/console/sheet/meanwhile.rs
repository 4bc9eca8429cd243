//! What others recorded since somebody opened a form, as the timeline tells it: what, how much, who, when.

use std::collections::HashMap;

use super::kind_name;
use crate::app::desk::Names;
use crate::app::{App, AppError, records, scan};
use crate::domain::record::{Handle, Record, Subject, SubjectKind};
use crate::domain::view::StepView;
use crate::web::console::shell::Shell;

/// One sentence a record, the newest last.
pub fn since(app: &App, shell: &Shell, subject: Subject, seq: u64) -> Result<Vec<String>, AppError> {
    let new = records::read(&*app.store, subject.handle, seq, u64::MAX)?;
    let steps = match subject.kind {
        SubjectKind::Batch if !new.is_empty() => steps(app, subject.handle)?,
        _ => HashMap::new(),
    };
    let names = Names::of(app, shell.caller, new.iter().map(|record| record.actor.org))?;
    Ok(new.iter().map(|record| sentence(shell, &names, record, steps.get(&record.seq))).collect())
}

/// The steps that the batch's own records became, by their place in its chain.
fn steps(app: &App, batch: Handle) -> Result<HashMap<u64, StepView>, AppError> {
    let view = app.visit_database(|visit| scan::of_batch(visit, batch))?.view;
    let own = view.timeline.into_iter().filter_map(|step| {
        let (handle, seq) = step.record?;
        (handle == batch).then_some((seq, step))
    });
    Ok(own.collect())
}

fn sentence(shell: &Shell, names: &Names, record: &Record, step: Option<&StepView>) -> String {
    let w = &shell.w;
    let mut parts = vec![match step {
        Some(step) => w.t(&format!("step-{}", step.kind.as_str())),
        None => kind_name(w, &record.kind),
    }];
    if let Some(step) = step {
        if let Some(fix) = &step.correction {
            parts.push(format!("{}: {} → {} ({})", w.b(&fix.what), fix.old, fix.new, fix.reason));
        }
        parts.extend(step.figures.iter().map(|figure| w.step_figure(step, figure)));
        parts.extend(step.note.iter().map(|note| w.b(note).to_owned()));
    }
    parts.extend(names.organisation(record.actor.org).map(|name| shell.name(name).to_owned()));
    w.t2("form-meanwhile-line", "what", parts.join(" · "), "at", w.instant(&record.recorded_at.to_string()))
}
