//! The county's signing keys: the operator admits the association's, the association vouches for the laboratory's. The
//! files lie in the data folder, as if the three were one; elsewhere each keeps its own.

use std::path::Path;

use anyhow::Context;

use super::super::sign::KeyFile;
use super::county::People;
use super::summary::KeyLine;
use super::teller::Teller;
use crate::app::prepare;
use crate::domain::acts::keys::RegisterKey;
use crate::domain::record::Handle;

pub fn register(teller: &mut Teller<'_>, people: &People, data_dir: &Path) -> anyhow::Result<Vec<KeyLine>> {
    let folder = data_dir.join("keys");
    std::fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
    let (root, key) = (KeyFile::draw(None)?, KeyFile::draw(None)?);
    root.write(&folder.join("association.json"))?;
    key.write(&folder.join("laboratory.json"))?;
    teller.tell(people.operator, registering(&root, Some(people.association.organisation)))?;
    let mut form = registering(&key, None);
    form.occurred_at = Some(teller.app.now());
    let prepared = prepare::register_key(teller.app, people.laboratory, form.clone())?;
    form.countersign = Some(root.sign(&prepared.to_sign)?);
    teller.tell(people.laboratory, form)?;
    let lines = vec![
        line(people.association.organisation, &root, "keys/association.json"),
        line(people.laboratory.organisation, &key, "keys/laboratory.json"),
    ];
    teller.key = Some(key);
    Ok(lines)
}

fn registering(key: &KeyFile, org: Option<Handle>) -> RegisterKey {
    RegisterKey { id: Some(key.key), org, public: key.public, countersign: None, occurred_at: None }
}

fn line(organisation: Handle, key: &KeyFile, file: &str) -> KeyLine {
    KeyLine {
        organisation: organisation.to_string(),
        id: key.key.to_string(),
        public: key.public.to_string(),
        file: file.to_owned(),
    }
}
