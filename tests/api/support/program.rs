//! The program itself, started as people start it, and asked over a socket.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::thread::JoinHandle;
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

/// A verb in a data folder, on a database.
pub fn on(mut command: Command, folder: &Path, place: &Place) -> Command {
    command.arg("--data-dir").arg(folder).args(["--database", &place.url()]);
    // Else it would stand beside the folder, and outlive the test.
    command.env("SUYUAN_LOG_DIR", folder.join("log"));
    command
}

/// A service that was founded and is being served; it ends with the test.
pub struct Service {
    child: Option<Child>,
    pub folder: PathBuf,
    pub place: Place,
    /// `127.0.0.1:PORT`
    pub address: String,
    /// Handle and key of the operator.
    pub operator: (String, String),
    /// What it says on standard error, to its end.
    log: Option<JoinHandle<String>>,
}

impl Service {
    /// Founds an instance in a folder and serves it, with logs as these variables say.
    pub fn start(folder: &Path, variables: &[(&str, &str)]) -> Self {
        Self::start_at(folder, &Place::new(folder), variables)
    }

    /// As [`Service::start`], on this database.
    pub fn start_at(folder: &Path, place: &Place, variables: &[(&str, &str)]) -> Self {
        let named = ["--name", "示范县农业农村局", "--uscc", "11999001MA0000423G"];
        let output = on(suyuan(&["init"]), folder, place).args(named).output().unwrap();
        let printed = String::from_utf8(output.stdout).unwrap();
        let words: Vec<&str> = printed.split_whitespace().collect();
        Self::serve(folder, place, variables, (words[1].to_owned(), words[3].to_owned()))
    }

    /// Serves what was founded before.
    pub fn serve(folder: &Path, place: &Place, variables: &[(&str, &str)], operator: (String, String)) -> Self {
        let mut command = on(suyuan(&["serve", "--listen", "127.0.0.1:0"]), folder, place);
        command.env("RUST_LOG", "info").envs(variables.iter().copied()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines().map(Result::unwrap);
        let mut log = String::new();
        let address = loop {
            let line = lines.next().unwrap_or_else(|| panic!("the service ended early: {log}"));
            log.push_str(&line);
            log.push('\n');
            if line.contains("serving") {
                break listening(&line);
            }
        };
        // Read on, else the program would stand still once the pipe is full.
        let log = std::thread::spawn(move || lines.fold(log, |log, line| log + &line + "\n"));
        let (folder, place) = (folder.to_owned(), place.clone());
        Self { child: Some(child), folder, place, address, operator, log: Some(log) }
    }

    /// A verb beside the running service; answers what it prints.
    pub fn beside(&self, arguments: &[&str]) -> Output {
        on(suyuan(arguments), &self.folder, &self.place).stderr(Stdio::piped()).output().unwrap()
    }

    /// Sends the form of a page with these fields; answers the reply and the cookie that went along.
    pub fn fill(&self, path: &str, fields: &str) -> (Reply, String) {
        fill(&self.address, path, fields)
    }

    /// Admits an organisation; answers its handle and a key.
    pub fn admit(&self, organisation: &Value) -> (String, String) {
        let made = self.post("/api/v1/organisations", &self.operator.1, organisation);
        assert_eq!(made.status, 201, "{}", made.body);
        let id = made.json()["id"].as_str().unwrap().to_owned();
        let key = self.beside(&["key", "create", "--organisation", &id, "--name", "test"]);
        (id, String::from_utf8(key.stdout).unwrap().trim().to_owned())
    }

    pub fn get(&self, path: &str, key: &str) -> Reply {
        ask(&self.address, "GET", path, &[("Authorization", &format!("Bearer {key}"))], "").unwrap()
    }

    pub fn post(&self, path: &str, key: &str, body: &Value) -> Reply {
        self.try_post(path, key, body).unwrap()
    }

    /// As [`Service::post`], where the service may be gone.
    pub fn try_post(&self, path: &str, key: &str, body: &Value) -> std::io::Result<Reply> {
        let headers = [("Authorization", &*format!("Bearer {key}")), ("Content-Type", "application/json")];
        ask(&self.address, "POST", path, &headers, &body.to_string())
    }

    /// Codes of all plots of whoever has the key.
    pub fn plot_codes(&self, key: &str) -> BTreeSet<String> {
        let (mut codes, mut path) = (BTreeSet::new(), "/api/v1/plots?limit=200".to_owned());
        loop {
            let page = self.get(&path, key).json();
            codes.extend(page["items"].as_array().unwrap().iter().map(|it| it["code"].as_str().unwrap().to_owned()));
            let Some(next) = page["next_cursor"].as_str() else { return codes };
            path = format!("/api/v1/plots?limit=200&cursor={next}");
        }
    }

    /// Kills it without warning.
    #[cfg(feature = "postgres")]
    pub fn kill(&self) {
        let process = self.child.as_ref().unwrap().id().to_string();
        assert!(Command::new("kill").args(["-KILL", &process]).status().unwrap().success());
    }

    /// Asks the program to end.
    pub fn terminate(&self) {
        let process = self.child.as_ref().unwrap().id().to_string();
        assert!(Command::new("kill").args(["-TERM", &process]).status().unwrap().success());
    }

    /// Its exit code, if it ends within this time, and all that it logged.
    pub fn ended(mut self, within: Duration) -> (Option<i32>, String) {
        let mut child = self.child.take().unwrap();
        let (send, ended) = std::sync::mpsc::channel();
        let process = child.id();
        std::thread::spawn(move || send.send(child.wait().unwrap()));
        let status = ended.recv_timeout(within);
        if status.is_err() {
            Command::new("kill").args(["-KILL", &process.to_string()]).status().unwrap();
        }
        let log = self.log.take().unwrap().join().unwrap();
        (status.unwrap_or_else(|_| panic!("it did not end within {within:?}: {log}")).code(), log)
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }
}

/// The address in the line that says where the service listens.
pub fn listening(line: &str) -> String {
    let from = &line[line.find("127.0.0.1:").unwrap_or_else(|| panic!("no address in {line}"))..];
    let end = from.find(|c: char| !c.is_ascii_digit() && !".:".contains(c)).unwrap_or(from.len());
    from[..end].to_owned()
}

/// What came back over a socket.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    /// Names in lower case.
    pub head: String,
    /// As text; what is none there, [`Reply::bytes`] has.
    pub body: String,
    pub bytes: Vec<u8>,
}

impl Reply {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }
}

/// Sends one request over a connection of its own. An error is a connection that was refused, or that ended before
/// anything was answered; an answer that is cut off panics.
pub fn ask(host: &str, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> std::io::Result<Reply> {
    let mut stream = TcpStream::connect(host)?;
    // Whoever is not answered at all fails the test, rather than standing still.
    stream.set_read_timeout(Some(Duration::from_secs(45)))?;
    let mut request = format!("{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n");
    for (name, value) in headers {
        request.push_str(&format!("{name}: {value}\r\n"));
    }
    stream.write_all(format!("{request}Content-Length: {}\r\n\r\n{body}", body.len()).as_bytes())?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    if answer.is_empty() {
        return Err(std::io::ErrorKind::UnexpectedEof.into());
    }
    let text = String::from_utf8_lossy(&answer);
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n").unwrap_or_else(|| panic!("cut off: {text}"));
    let (head, bytes) = (String::from_utf8_lossy(&answer[..end]).to_ascii_lowercase(), answer[end + 4..].to_vec());
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    if let Some(length) = length.filter(|_| method != "HEAD") {
        assert_eq!(bytes.len().to_string(), length, "cut off: {text}");
    }
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    Ok(Reply { status, body: String::from_utf8_lossy(&bytes).into_owned(), bytes, head })
}

/// Sends the form of a page with these fields beside its token; answers the reply and the cookie that went along.
pub fn fill(host: &str, path: &str, fields: &str) -> (Reply, String) {
    let page = ask(host, "GET", path, &[], "").unwrap();
    assert_eq!(page.status, 200, "{}", page.body);
    let cookie = page.header("set-cookie").unwrap().split(';').next().unwrap().to_owned();
    let token = page.body.split("name=\"csrf\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    let headers = [("Cookie", cookie.as_str()), ("Content-Type", "application/x-www-form-urlencoded")];
    let body = format!("csrf={token}&{fields}");
    (ask(host, "POST", path, &headers, &body).unwrap(), cookie)
}

/// Status and body of an address, asked with some headers.
pub fn fetch(url: &str, headers: &[(&str, &str)]) -> (u16, String) {
    let rest = url.strip_prefix("http://").unwrap();
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let reply = ask(host, "GET", &format!("/{path}"), headers, "").unwrap();
    (reply.status, reply.body)
}
