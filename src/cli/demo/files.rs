//! The demo's pictures and its one document. The pictures are drawings, and say so in their corner: a photo would be of
//! somebody's goods.

use super::teller::Teller;
use crate::app::{Caller, attachments};
use crate::domain::acts::Told;
use crate::domain::kinds::Attachment;

/// A file of the demo, uploaded as its organisation would.
pub struct DemoFile {
    media_type: &'static str,
    bytes: &'static [u8],
}

pub const ORANGES: DemoFile = DemoFile { media_type: "image/jpeg", bytes: include_bytes!("files/oranges.jpg") };
pub const HARVEST: DemoFile = DemoFile { media_type: "image/jpeg", bytes: include_bytes!("files/harvest.jpg") };
pub const REPORT: DemoFile = DemoFile { media_type: "application/pdf", bytes: include_bytes!("files/report.pdf") };

impl DemoFile {
    /// Uploads the file, and what an act tells beside its own fields: this file, nothing else.
    pub fn told(&self, teller: &Teller<'_>, caller: Caller) -> anyhow::Result<Told> {
        let file: Attachment = attachments::upload(teller.app, caller, self.media_type, self.bytes.to_vec())?;
        Ok(Told { attachments: vec![file], ..Told::default() })
    }
}
