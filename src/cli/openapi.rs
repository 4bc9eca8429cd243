//! The OpenAPI document on standard output, as it is checked in under `openapi/`.

pub fn run() -> anyhow::Result<()> {
    super::say(crate::http::openapi_document().to_pretty_json()?);
    Ok(())
}
