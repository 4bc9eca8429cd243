//! A link that is shown once, ready to be handed on: a text to send, a button that copies it, a symbol to be scanned from the screen.
//! Nothing of it is kept: the page it stands on is never stored, and its address goes into no log.

use crate::labels;

/// A link and what is sent with it.
pub struct Handed {
    pub link: String,
    /// Sentence and link, as they go into a message.
    pub text: String,
    /// The same link for the camera of a telephone that is held to the screen.
    pub qr: String,
}

impl Handed {
    pub fn new(link: String, says: &str) -> Self {
        let qr = labels::symbol(&link).map(|symbol| labels::svg(&symbol, &[])).unwrap_or_default();
        Self { text: format!("{says}\n{link}"), qr, link }
    }
}
