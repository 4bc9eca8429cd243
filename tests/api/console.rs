//! The console as its people use it: forms that are filled in, lists that are read, and what is refused.

mod board;
mod bounds;
mod certificates;
mod day;
mod faults;
mod forms;
mod goods;
mod health;
mod households;
mod imports;
mod intervals;
mod kept_lists;
mod labels;
mod licences;
mod lists;
mod next;
mod offers;
mod offline;
mod parts;
mod plots;
mod reports;
mod signing;
mod tables;
