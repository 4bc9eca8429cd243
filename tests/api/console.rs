//! The console as its people use it: forms that are filled in, lists that are read, and what is refused.

mod board;
mod bounds;
mod day;
mod forms;
mod goods;
mod health;
mod households;
mod lists;
mod next;
mod offline;
mod parts;
mod plots;
mod tables;
