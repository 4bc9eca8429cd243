//! Who signed a record: told only where the signature holds by the key's own records.

use super::history::{Line, bilingual};
use super::{Built, Page};
use crate::domain::kinds::Body;
use crate::domain::kinds::keys::{KeyRegistered, KeyRevoked, KeyRotated};
use crate::domain::record::Link;
use crate::domain::record::statement::{COUNTERSIGN, FIELD, Said, Statement};
use crate::domain::view::{Bilingual, SignedView};

/// A key as the records up to a link leave it, and the record that says so.
struct KeyThen<'h> {
    body: KeyRegistered,
    line: &'h Line,
}

impl Page<'_> {
    pub(super) fn signed(&self, line: &Line) -> Built<Option<SignedView>> {
        let record = &line.record;
        let statement: Option<Statement> =
            record.body.get(FIELD).and_then(|value| serde_json::from_value(value.clone()).ok());
        let Some(statement) = statement.filter(|it| record.actor.key == Some(it.key)) else { return Ok(None) };
        let Some(key) = self.linked_key(line, "key")? else { return Ok(None) };
        let holds = Said::of(record, statement.nonce).verify(&statement, &key.body.public).is_ok();
        let own = key.line.record.subject.handle == statement.key && key.body.org == record.actor.org;
        if !holds || !own {
            return Ok(None);
        }
        let voucher = self.linked_key(key.line, COUNTERSIGN)?;
        let by = voucher.map(|voucher| self.history.organisation(voucher.body.org)).transpose()?.flatten();
        Ok(Some(SignedView {
            key: statement.key.to_string(),
            public: key.body.public.to_string(),
            countersigned_by: by.map(|(name, _)| -> Bilingual { bilingual(&name) }),
        }))
    }

    /// The key that a record links; nothing where it was revoked by then.
    fn linked_key(&self, from: &Line, rel: &str) -> Built<Option<KeyThen<'_>>> {
        let link: Option<&Link> = from.record.links.iter().find(|link| link.rel == rel);
        let Some(link) = link else { return Ok(None) };
        let mut found = None;
        for line in self.history.chain(link.subject.handle).take_while(|line| line.record.seq <= link.seq) {
            match line.record.kind.as_str() {
                KeyRegistered::KIND => found = Some(KeyThen { body: line.body()?, line }),
                KeyRotated::KIND => {
                    let KeyRotated { alg, countersign, org, public } = line.body()?;
                    found = Some(KeyThen { body: KeyRegistered { alg, countersign, org, public }, line });
                }
                KeyRevoked::KIND => return Ok(None),
                _ => {}
            }
        }
        Ok(found)
    }
}
