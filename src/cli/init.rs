//! The first record of an instance.

use anyhow::{Context, bail};
use clap::Args;

use super::instance;
use super::settings::{Flags, Settings};
use crate::app::{founding, keys};
use crate::domain::acts::organisations::RegisterOrganisation;
use crate::domain::kinds::Name;
use crate::domain::kinds::organisations::OrganisationKind;

#[derive(Debug, Args)]
pub struct Arguments {
    /// Name of the operating organisation
    #[arg(long)]
    name: String,
    /// Its 统一社会信用代码
    #[arg(long)]
    uscc: String,
    /// Minutes east of UTC of civil dates
    #[arg(long, default_value_t = 480, allow_negative_numbers = true)]
    utc_offset_minutes: i32,
}

pub fn run(flags: &Flags, arguments: &Arguments) -> anyhow::Result<()> {
    let settings = Settings::load(flags)?;
    let instance = instance::open_now(&settings)?;
    let app = &instance.app;
    if founding::operator(&*app.store)?.is_some() {
        bail!("the instance in {} has an operator already", settings.data_dir.display());
    }
    let name = arguments.name.parse().context("--name")?;
    let organisation = RegisterOrganisation {
        kind: OrganisationKind::Operator,
        name: Name { zh: name, en: None },
        uscc: Some(arguments.uscc.parse().context("--uscc")?),
        gln: None,
        place: None,
        region: None,
        phone: None,
        accreditation: None,
        contact: None,
        utc_offset_minutes: Some(arguments.utc_offset_minutes),
        told: Default::default(),
    };
    let receipt = founding::found(app, organisation)?;
    let key = keys::create(app, receipt.id, "init")?;
    super::say(format_args!("organisation {}\napi_key      {key}", receipt.id));
    Ok(())
}
