//! Who may do what, on standard output, as it is checked in under `docs/PERMISSIONS.md`.

pub fn run() -> anyhow::Result<()> {
    super::say(crate::http::permissions_page().trim_end());
    Ok(())
}
