mod files;
mod history;
