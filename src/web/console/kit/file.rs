//! The files that may stand beside the fields of a form.

use crate::app::attachments;
use crate::domain::kinds::Attachment;
use crate::web::words::Words;

/// Where a file is chosen.
#[derive(Debug)]
pub struct FileField {
    /// What was sent before and is stored already.
    pub attached: Option<Attachment>,
    /// A photo from the phone, or the paper that a laboratory hands in.
    pub is_photo: bool,
    /// What the form is for, not what stands beside it.
    pub is_main: bool,
    pub error: Option<String>,
}

impl FileField {
    /// Its part of the form, and the element of the page.
    pub const NAME: &'static str = "file";
    pub const ID: &'static str = "f-file";

    /// What is said of one that is too large, before it is sent.
    pub fn too_large(&self, w: &Words) -> String {
        w.t1("problem-file-too-large", "expected", format!("{} MB", attachments::MAX_BYTES / (1024 * 1024)))
    }

    /// Ids of what is said of it.
    pub fn described_by(&self) -> &'static str {
        if self.error.is_some() { "f-file-error f-file-hint" } else { "f-file-hint" }
    }

    pub fn label(&self) -> &'static str {
        match (self.is_main, self.is_photo) {
            (true, _) => "f-photo-or-file",
            (_, true) => "f-photo",
            _ => "f-file",
        }
    }

    pub fn hint(&self) -> &'static str {
        match (self.is_main, self.is_photo) {
            (true, _) => "h-photo-or-file",
            (_, true) => "h-photo",
            _ => "h-file",
        }
    }

    /// For the hidden field, by which it is known again.
    pub fn to_text(&self) -> String {
        self.attached.as_ref().map(|attached| serde_json::json!(attached).to_string()).unwrap_or_default()
    }
}

/// Where a table is chosen that fills the list of the form.
#[derive(Debug)]
pub struct TableField {
    /// Address of the template, without its ending.
    pub template: String,
    pub error: Option<String>,
}

impl TableField {
    pub const NAME: &'static str = "table";
    pub const ID: &'static str = "f-table";

    /// Of the form that stands at this address.
    pub fn of(path: &str) -> Self {
        Self { template: path.to_owned(), error: None }
    }
}
