//! The `suyuan` program. Everything is in the library.

fn main() -> std::process::ExitCode {
    suyuan::cli::run()
}
