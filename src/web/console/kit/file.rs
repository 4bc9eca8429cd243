//! The files that may stand beside the fields of a form.

use crate::domain::kinds::Attachment;

/// Where a file is chosen.
#[derive(Debug)]
pub struct FileField {
    /// What was sent before and is stored already.
    pub attached: Option<Attachment>,
    /// A photo from the phone, or the paper that a laboratory hands in.
    pub is_photo: bool,
}

impl FileField {
    pub fn label(&self) -> &'static str {
        if self.is_photo { "f-photo" } else { "f-file" }
    }

    pub fn hint(&self) -> &'static str {
        if self.is_photo { "h-photo" } else { "h-file" }
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
    pub const ID: &'static str = "f-table";

    /// Of the form that stands at this address.
    pub fn of(path: &str) -> Self {
        Self { template: path.to_owned(), error: None }
    }
}
