//! Queries in ordinary diesel, written once. Each engine mounts this folder with its own `Conn`, its own `Database` and its own
//! way of locking the end of the log.

pub mod access;
pub mod append;
pub mod group;
pub mod load;
mod ports;
pub mod read;
pub mod rebuild;

use super::{Conn, lock_log_head};
