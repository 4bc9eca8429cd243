//! Zip archives (PKWARE APPNOTE 6.3), as audit packs need them: written in one pass to any stream, read so strictly that no two
//! programs read two archives out of one file.
//!
//! Promises of the reader: every member stands once, whole and alone; both places that name it agree; nothing lies between the
//! members, before or behind them; no more is unfolded than was announced. Encrypted, split and commented archives, and other
//! methods than stored and deflated, are refused. Zip64 is read and written where it is needed and nowhere else.
//!
//! Own code on `flate2`, because the crates that read zip are made to get at the members of archives that are not quite right,
//! which is the opposite of what is wanted here.

mod reader;
#[cfg(test)]
mod tests;
mod writer;

pub use reader::{Entry, ZipFault, ZipReader};
pub use writer::ZipWriter;

const LOCAL: u32 = 0x0403_4b50;
const DESCRIPTOR: u32 = 0x0807_4b50;
const CENTRAL: u32 = 0x0201_4b50;
const END: u32 = 0x0605_4b50;
const END_64: u32 = 0x0606_4b50;
const LOCATOR_64: u32 = 0x0706_4b50;

/// The sizes stand behind the data.
const FLAG_DESCRIPTOR: u16 = 1 << 3;
const STORED: u16 = 0;
const DEFLATED: u16 = 8;
/// Tag of the extra field that holds what 32 bits do not.
const EXTRA_64: u16 = 1;
