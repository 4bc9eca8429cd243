//! Queries in ordinary diesel, written once. Each engine mounts this folder with its own `Conn`.

pub mod access;
pub mod append;
pub mod group;
pub mod load;
pub mod read;
pub mod rebuild;

use super::Conn;
