//! A whole instance for one test: [`TestApp`] with clients by role, and builders for what most tests need first.

mod answer;
mod app;
mod browser;
mod build;
mod client;
pub mod desk;
pub mod hand_log;
pub mod program;
pub mod witness;
mod public;

pub use answer::Answer;
pub use app::{BUYER, PASSWORD, TestApp};
pub use browser::Browser;
pub use build::{CARTON, LOOSE, Season, batch_path, harvest, plot};
pub use client::Client;
pub use public::{kinds, scan_path};
