//! Destroying what was sealed, for whoever asks that it be forgotten.

use std::path::PathBuf;

use anyhow::{Context, bail};
use clap::Args;

use super::settings::{Flags, Settings};
use super::{instance, say};
use crate::app::erase::{self, Settled, Wanted};
use crate::domain::record::{Handle, Subject};
use crate::domain::text::LongText;
use crate::log::erased::ErasedList;
use crate::store::Scrubbed;

#[derive(Debug, Args)]
pub struct Arguments {
    /// Everything sealed of this subject, such as batch:00112233445566778899aabbccddeeff; may be given several times
    #[arg(long)]
    subject: Vec<String>,
    /// What is sealed of this organisation (its handle), everything personal in what is its own, and every field that names it
    #[arg(long)]
    organisation: Option<String>,
    /// Only where the sealed value is this text, such as a name or a telephone number
    #[arg(long)]
    person: Option<String>,
    /// As --person, out of the first line of a file: then it stands in no list of processes
    #[arg(long, conflicts_with = "person")]
    person_from: Option<PathBuf>,
    /// Only this sealed field, such as contact
    #[arg(long)]
    field: Option<String>,
    /// Why, for everybody to read: such as "erased on request"; never a name
    #[arg(long, required_unless_present_any = ["dry_run", "finish"])]
    reason: Option<String>,
    /// Say what would be erased, and erase nothing
    #[arg(long)]
    dry_run: bool,
    /// Go on with what an earlier attempt left, and erase nothing else
    #[arg(long, conflicts_with_all = ["subject", "organisation", "person", "person_from", "field", "reason", "dry_run"])]
    finish: bool,
}

pub fn run(flags: &Flags, arguments: &Arguments) -> anyhow::Result<()> {
    let settings = Settings::load(flags)?;
    let list = list(&settings)?;
    let wanted = arguments.wanted()?;
    let reason = arguments.reason.as_deref().map(str::parse::<LongText<500>>).transpose().context("--reason")?;
    if arguments.finish {
        let instance = instance::open_now(&settings)?;
        if let Some(left) = erase::settle(&instance.app, &list, true)?.left {
            return Err(left.into());
        }
        say("Nothing is left to do: all that the list names is erased.");
        return Ok(());
    }
    let instance = instance::open_now(&settings)?;
    let found = erase::find(&instance.app, &wanted)?;
    if found.is_empty() {
        bail!("nothing was erased: no sealed field that fits is there. It was never sealed here, or was erased before");
    }
    let subjects = found.iter().map(|it| it.place.subject).collect::<std::collections::BTreeSet<_>>().len();
    let Some(reason) = reason.filter(|_| !arguments.dry_run) else {
        for found in &found {
            say(format_args!("{} record {} {}", found.place.subject, found.place.seq, found.place.field));
        }
        say(format_args!("{} would be erased; nothing was.", fields_of(found.len(), subjects)));
        return Ok(());
    };
    let settled = erase::erase(&instance.app, &list, &found, &reason)?;
    tell(&settled, found.len(), subjects);
    Ok(())
}

/// The list of what was erased from this instance.
pub fn list(settings: &Settings) -> anyhow::Result<ErasedList> {
    Ok(ErasedList::within(settings.log_dir()?))
}

/// `2 sealed fields of 1 subject`
fn fields_of(count: usize, subjects: usize) -> String {
    let plural = |count: usize| if count == 1 { "" } else { "s" };
    format!("{count} sealed field{} of {subjects} subject{}", plural(count), plural(subjects))
}

fn tell(settled: &Settled, count: usize, subjects: usize) {
    let records: Vec<String> = settled.receipts.iter().map(|receipt| receipt.log_index.to_string()).collect();
    let what = fields_of(count, subjects);
    say(format_args!("{what} erased for good; the records that say so are {} of the log.", records.join(", ")));
    if settled.files_removed > 0 {
        say(format_args!("{} files that only they named are removed.", settled.files_removed));
    }
    if settled.scrubbed == Some(Scrubbed::LeftToServer) {
        say("PostgreSQL keeps the bytes until its tables are written anew: \
             vacuum full openings, subjects, unique_names, grants, idempotency;");
    }
    say("Backups and exports made before still hold it: let them expire (docs/OPERATIONS.md, \"Erasing\").");
}

impl Arguments {
    fn wanted(&self) -> anyhow::Result<Wanted> {
        let person = match &self.person_from {
            None => self.person.clone(),
            Some(path) => {
                let text = std::fs::read_to_string(path);
                let text = text.with_context(|| format!("--person-from: {} cannot be read", path.display()))?;
                Some(text.lines().next().unwrap_or_default().to_owned())
            }
        };
        if person.as_ref().is_some_and(|text| text.trim().is_empty()) {
            bail!("--person: give the text that is to be erased, such as a name");
        }
        let wanted = Wanted {
            subjects: self
                .subject
                .iter()
                .map(|it| it.parse::<Subject>())
                .collect::<Result<_, _>>()
                .context("--subject")?,
            organisation: self
                .organisation
                .as_deref()
                .map(str::parse::<Handle>)
                .transpose()
                .context("--organisation")?,
            person: person.map(|text| text.trim().to_owned()),
            field: self.field.clone(),
        };
        let narrow = !wanted.subjects.is_empty() || wanted.organisation.is_some() || wanted.person.is_some();
        if !narrow && !self.finish {
            bail!(
                "say whose: --subject KIND:HANDLE, --organisation HANDLE or --person TEXT; --field alone would be everybody's"
            );
        }
        Ok(wanted)
    }
}
