//! A handler that answers fixed bytes with fixed headers and does nothing else: what the framework can do at best.

use std::path::PathBuf;

use actix_web::web::Bytes;
use actix_web::{App, HttpResponse, HttpServer, web};
use anyhow::Context;
use clap::Args;
use serde_json::Value;

#[derive(Debug, Args)]
pub struct Arguments {
    #[arg(long)]
    listen: String,
    /// JSON list of headers, each a pair
    #[arg(long)]
    headers: PathBuf,
    #[arg(long)]
    body: PathBuf,
    #[arg(long)]
    workers: usize,
}

pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let body = Bytes::from(std::fs::read(&arguments.body)?);
    let headers: Vec<(String, String)> = serde_json::from_slice::<Value>(&std::fs::read(&arguments.headers)?)?
        .as_array()
        .context("a list")?
        .iter()
        .filter_map(|pair| Some((pair[0].as_str()?.to_owned(), pair[1].as_str()?.to_owned())))
        .collect();
    let server = HttpServer::new(move || {
        let (headers, body) = (headers.clone(), body.clone());
        App::new().route(
            "/{tail:.*}",
            web::get().to(move || {
                let mut response = HttpResponse::Ok();
                for (name, value) in &headers {
                    response.insert_header((name.as_str(), value.as_str()));
                }
                let response = response.body(body.clone());
                async move { response }
            }),
        )
    });
    let serving = server.workers(arguments.workers).bind(&arguments.listen)?.run();
    actix_web::rt::System::new().block_on(serving)?;
    Ok(())
}
