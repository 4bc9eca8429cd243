//! People at the door and behind it, as a browser meets them.

mod admission;
mod door;
mod handing;
mod house;
mod proving;
mod second_factor;
mod terminal;
mod typing;
