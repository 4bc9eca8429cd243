//! The program itself, started as people start it, and asked over a socket.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::engine::Place;

/// `suyuan` with arguments.
pub fn suyuan(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_suyuan"));
    command.args(arguments).env("RUST_LOG", "warn").stdout(Stdio::piped()).stderr(Stdio::inherit());
    command
}

/// A demo that is being served; it ends with the test.
pub struct Demo {
    child: Child,
    pub folder: PathBuf,
    /// How long it took until the addresses were printed.
    pub ready_after: Duration,
}

impl Demo {
    /// Starts the demo in a folder as if it were this day.
    pub fn start(folder: &Path, place: &Place, today: &str) -> Self {
        let begun = Instant::now();
        let folder_name = folder.to_str().unwrap();
        let arguments = ["demo", "--data-dir", folder_name, "--listen", "127.0.0.1:0", "--today", today];
        let mut child = suyuan(&arguments).args(["--database", &place.url()]).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        // Whoever reads goes away after the last line; the demo must not mind.
        let last = lines.map(Result::unwrap).find(|line| line.contains("Ctrl-C"));
        assert!(last.is_some(), "the demo ended early");
        Self { child, folder: folder.to_owned(), ready_after: begun.elapsed() }
    }

    pub fn summary(&self) -> Value {
        serde_json::from_str(&std::fs::read_to_string(self.folder.join("demo.json")).unwrap()).unwrap()
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// Status and body of an address, asked with some headers.
pub fn fetch(url: &str, headers: &[(&str, &str)]) -> (u16, String) {
    let rest = url.strip_prefix("http://").unwrap();
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let mut stream = TcpStream::connect(host).unwrap();
    let mut request = format!("GET /{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n");
    for (name, value) in headers {
        request.push_str(&format!("{name}: {value}\r\n"));
    }
    stream.write_all(format!("{request}\r\n").as_bytes()).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    let answer = String::from_utf8(answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.split(' ').nth(1).unwrap().parse().unwrap(), body.to_owned())
}
