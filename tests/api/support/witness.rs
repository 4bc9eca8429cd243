//! The program as a witness.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use suyuan::log::VerifierKey;

use super::program::{Reply, ask, listening, suyuan};

/// A witness that is being served; it ends with the test.
pub struct Witness {
    child: Child,
    pub address: String,
    pub key: VerifierKey,
}

fn serve(folder: &Path, log: &VerifierKey, listen: &str) -> Command {
    let mut command = suyuan(&["witness", "serve", "--listen", listen, "--log", &log.to_string(), "--dir"]);
    command.arg(folder).env("RUST_LOG", "info").stderr(Stdio::piped());
    command
}

impl Witness {
    /// Makes the key, where there is none yet, and serves.
    pub fn start(folder: &Path, name: &str, log: &VerifierKey) -> Self {
        Self::start_on(folder, name, log, "127.0.0.1:0")
    }

    pub fn start_on(folder: &Path, name: &str, log: &VerifierKey, listen: &str) -> Self {
        if !folder.join("key").exists() {
            let made = suyuan(&["witness", "key", "--name", name, "--dir"]).arg(folder).output().unwrap();
            assert!(made.status.success());
        }
        let mut child = serve(folder, log, listen).spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines().map(Result::unwrap);
        let line = lines.find(|line| line.contains("serving")).expect("the witness ended early");
        // Read on, else the program would stand still once the pipe is full.
        std::thread::spawn(move || lines.for_each(drop));
        let address = listening(&line);
        let key = ask(&address, "GET", "/key", &[], "").unwrap().body.trim().parse().unwrap();
        Self { child, address, key }
    }

    /// What a second process in the same folder says.
    pub fn second(folder: &Path, log: &VerifierKey) -> (bool, String) {
        let output = serve(folder, log, "127.0.0.1:0").output().unwrap();
        (output.status.success(), String::from_utf8(output.stderr).unwrap())
    }

    pub fn ask(&self, body: &str) -> Reply {
        ask(&self.address, "POST", "/add-checkpoint", &[], body).unwrap()
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for Witness {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}
