//! Queries in ordinary diesel, written once. Each engine mounts this folder with its own `Conn` and `Database`, its own way of
//! locking the end of the log, and its own `append` and `pairs`.

pub mod access;
mod admission;
mod answers;
mod decide;
pub mod erase;
pub mod group;
pub mod keep;
pub mod load;
pub mod moving;
mod notices;
pub mod read;
#[macro_use]
mod reading;
pub mod one_moment;
pub mod people;
mod people_port;
mod ports;
pub mod rebuild;
pub mod tree;

use super::{Conn, append, lock_log_head, pairs};
