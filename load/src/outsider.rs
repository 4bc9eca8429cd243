//! A published log of many records, and somebody else's program that checks it.

use std::path::PathBuf;
use std::process::Command;

use anyhow::ensure;
use clap::Args;
use suyuan::domain::record::{Actor, Role};

use crate::appends::{cooperative, opened};
use crate::county;
use crate::service::{Service, default_binary};

#[derive(Debug, Args)]
pub struct Arguments {
    /// Records in the log; three levels of tiles from 65,536 on
    #[arg(long, default_value_t = 70_500)]
    records: usize,
    /// The server [suyuan beside this program]
    #[arg(long)]
    binary: Option<PathBuf>,
    /// Where the data folder is made
    #[arg(long, default_value_os_t = std::env::temp_dir())]
    folder: PathBuf,
    /// The program and its arguments; it is given the service's address and a file with an older checkpoint besides
    #[arg(required = true, last = true)]
    program: Vec<String>,
}

pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let folder = arguments.folder.join(format!("suyuan-outsider-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let binary = arguments.binary.clone().unwrap_or_else(default_binary);
    let mut service = Service::new(&binary, &folder.join("data"))?;
    let operator = Actor { key: None, org: service.init()?.0.parse()?, role: Role::Operator };
    let store = service.database.open()?;
    let actor = cooperative(&*store, &operator)?;
    opened(&*store, &actor, arguments.records.saturating_sub(store.log_end()? as usize))?;
    drop(store);
    service.publish()?;
    let key = service.verb(&["key", "create", "--organisation", &actor.org.to_string()])?.trim().to_owned();
    service.start()?;
    let old = folder.join("checkpoint");
    let checkpoint = "GET /log/checkpoint HTTP/1.1\r\nhost: load\r\n\r\n";
    std::fs::write(&old, service.client()?.send(checkpoint.as_bytes())?.body)?;
    for number in 0..3 {
        let lot = format!("AFTER{number}");
        let (mut client, body) = (service.client()?, county::opening(&lot).to_string());
        let answer = client.post("/api/v1/batches", &key, &lot, &body)?;
        ensure!(answer.status == 201, "{lot} answered {}: {}", answer.status, answer.text());
    }
    let (program, rest) = arguments.program.split_first().map_or(("", &[][..]), |(first, rest)| (first.as_str(), rest));
    let status = Command::new(program).args(rest).arg(format!("http://{}", service.address)).arg(&old).status()?;
    service.kill()?;
    ensure!(status.success(), "{program} refuses the log; it is in {}", folder.display());
    std::fs::remove_dir_all(&folder)?;
    Ok(())
}
