mod files;
mod history;
mod statements;
