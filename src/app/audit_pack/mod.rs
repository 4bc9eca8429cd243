//! Audit packs (FORMATS §2): all that somebody needs who trusts nobody, in one file.

pub mod judge;
