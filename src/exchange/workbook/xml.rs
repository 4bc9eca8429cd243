//! The little of XML that a workbook needs.

use quick_xml::Reader;
use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};

use super::unreadable;
use crate::domain::acts::Refusal;

/// What an event says: texts, and characters that have a name or a number. Entities of the file's own are not known.
pub fn said(event: &Event<'_>) -> String {
    match event {
        Event::Text(text) => text.xml10_content().into_owned(),
        Event::CData(text) => text.xml10_content().into_owned(),
        Event::GeneralRef(named) => match (named.resolve_char_ref(), &**named) {
            (Ok(Some(c)), _) => c.to_string(),
            (_, "amp") => "&".to_owned(),
            (_, "lt") => "<".to_owned(),
            (_, "gt") => ">".to_owned(),
            (_, "quot") => "\"".to_owned(),
            (_, "apos") => "'".to_owned(),
            _ => String::new(),
        },
        _ => String::new(),
    }
}

pub fn attribute(start: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = start.attributes().flatten().find(|it| it.key.local_name().into_inner() == name)?;
    found.normalized_value(XmlVersion::Implicit1_0).ok().map(|value| value.into_owned())
}

/// Whether an attribute says yes, in one of the ways that the schema has for it.
pub fn is_set(start: &BytesStart<'_>, name: &str) -> bool {
    attribute(start, name).is_some_and(|value| matches!(value.as_str(), "1" | "true" | "on"))
}

/// Every event of a document. One that declares entities is none that a spreadsheet writes.
pub fn each(xml: &str, mut with: impl FnMut(&Event<'_>) -> Result<(), Refusal>) -> Result<(), Refusal> {
    let mut reader = Reader::from_str(xml.trim_start_matches('\u{feff}'));
    loop {
        match reader.read_event() {
            Ok(Event::Eof) => return Ok(()),
            Ok(Event::DocType(_)) | Err(_) => return Err(unreadable("zip")),
            Ok(event) => with(&event)?,
        }
    }
}
