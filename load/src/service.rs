//! The server as a child process: prepared, started, killed without warning.

use std::fs::File;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};

use crate::client::Client;
use crate::cluster::Cluster;
use crate::engine::Database;

/// A start that takes longer than this is a fault.
const START: Duration = Duration::from_secs(10);

/// Folder, binary and address of a server; it may run or not.
pub struct Service {
    pub binary: PathBuf,
    pub folder: PathBuf,
    pub address: SocketAddr,
    pub database: Database,
    log: PathBuf,
    /// Folder of the log's key and guard.
    published: PathBuf,
    arguments: Vec<String>,
    /// The core that it runs on, if not on any.
    pub core: Option<usize>,
    child: Option<Child>,
}

impl Service {
    pub fn new(binary: &Path, folder: &Path) -> anyhow::Result<Self> {
        // The port is free now; nobody else on a test machine takes it in the next moment.
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let binary = binary.to_owned();
        if !binary.is_file() {
            bail!("{} is missing: cargo build --release, or --binary PATH", binary.display());
        }
        let database = Database::Sqlite(folder.join("suyuan.sqlite"));
        Ok(Self {
            binary,
            folder: folder.to_owned(),
            address,
            database,
            log: folder.with_extension("log"),
            published: folder.join("log"),
            arguments: vec!["serve".into()],
            core: None,
            child: None,
        })
    }

    /// Keeps its records in a new database of this cluster, where there is one.
    pub fn within(mut self, cluster: Option<&Cluster>) -> Self {
        if let Some(cluster) = cluster {
            self.database = Database::Postgres(cluster.new_database());
        }
        self
    }

    /// Keeps the server's log there, in place of beside its folder.
    pub fn logging_to(mut self, log: PathBuf) -> Self {
        self.log = log;
        self
    }

    /// Another instance of the service on the same database, with the same token key and files.
    pub fn beside(&self, number: usize) -> anyhow::Result<Self> {
        let folder = self.folder.with_extension(format!("instance-{number}"));
        let mut other = Self::new(&self.binary, &folder)?;
        other.database = self.database.clone();
        other.published = self.published.clone();
        Ok(other)
    }

    /// Serves the demo county in place of an empty instance.
    pub fn demo(mut self) -> Self {
        self.arguments = vec!["demo".into()];
        self
    }

    /// Serves with these flags besides.
    pub fn with(mut self, flags: &[&str]) -> Self {
        self.arguments.extend(flags.iter().map(|flag| (*flag).to_owned()));
        self
    }

    /// Runs a verb to its end and answers what it printed.
    pub fn verb(&self, arguments: &[&str]) -> anyhow::Result<String> {
        let run = Command::new(&self.binary).args(arguments).args(self.flags()).output()?;
        if !run.status.success() {
            bail!("{arguments:?}: {}", String::from_utf8_lossy(&run.stderr));
        }
        Ok(String::from_utf8(run.stdout)?)
    }

    pub fn flags(&self) -> [String; 6] {
        let path = |path: &Path| path.display().to_string();
        let database = self.database.url();
        let (data, log) = (path(&self.folder), path(&self.published));
        ["--data-dir".into(), data, "--database".into(), database, "--log-dir".into(), log]
    }

    /// Has the log published from the next start on.
    pub fn publish(&self) -> anyhow::Result<()> {
        self.verb(&["log", "key", "--origin", "load.example/log"]).map(drop)
    }

    /// Writes the operator's record. Answers organisation and key.
    pub fn init(&self) -> anyhow::Result<(String, String)> {
        let printed = self.verb(&["init", "--name", "示范县农业农村局", "--uscc", "11999001MA0000423G"])?;
        let word = |start: &str| {
            let line = printed.lines().find_map(|line| line.strip_prefix(start));
            line.map(|rest| rest.trim().to_owned()).with_context(|| format!("{start} in {printed}"))
        };
        Ok((word("organisation")?, word("api_key")?))
    }

    pub fn spawn(&mut self) -> anyhow::Result<()> {
        let log = File::options().create(true).append(true).open(&self.log)?;
        let child = on_core(&self.binary, self.core)
            .args(&self.arguments)
            .args(self.flags())
            .args(["--listen", &self.address.to_string()])
            .env("RUST_LOG", "warn")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()?;
        self.child = Some(child);
        Ok(())
    }

    /// Starts the server and waits until it is ready. Answers how long that took.
    pub fn start(&mut self) -> anyhow::Result<Duration> {
        let started = Instant::now();
        self.spawn()?;
        loop {
            if self.is_ready() {
                return Ok(started.elapsed());
            }
            if let Some(child) = &mut self.child
                && let Some(status) = child.try_wait()?
            {
                bail!("the server ended with {status}; see {}", self.log.display());
            }
            if started.elapsed() > START {
                bail!("the server was not ready in {START:?}");
            }
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    fn is_ready(&self) -> bool {
        Client::connect(self.address)
            .is_ok_and(|mut client| client.get("/readyz", "").is_ok_and(|answer| answer.status == 200))
    }

    pub fn client(&self) -> anyhow::Result<Client> {
        Ok(Client::connect(self.address)?)
    }

    pub fn pid(&self) -> u32 {
        self.child.as_ref().map_or(0, Child::id)
    }

    /// SIGSTOP: it does nothing more, and everything that it holds stays as it is. Returns once every thread stands still.
    pub fn stop(&self) -> anyhow::Result<()> {
        self.signal("STOP")?;
        let stands = |task: &Path| {
            let stat = std::fs::read_to_string(task.join("stat")).unwrap_or_default();
            stat.rsplit(") ").next().is_some_and(|rest| rest.starts_with('T'))
        };
        loop {
            let tasks: Vec<_> = std::fs::read_dir(format!("/proc/{}/task", self.pid()))?.collect::<Result<_, _>>()?;
            if tasks.iter().all(|task| stands(&task.path())) {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    /// Waits a while for the server to end, and answers how it did; `None` where it goes on.
    pub fn ended_within(&mut self, patience: Duration) -> anyhow::Result<Option<ExitStatus>> {
        let Some(child) = &mut self.child else { return Ok(None) };
        let started = Instant::now();
        loop {
            let ended = child.try_wait()?;
            if ended.is_some() {
                self.child = None;
                return Ok(ended);
            }
            if started.elapsed() >= patience {
                return Ok(None);
            }
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    pub fn runs(&self) -> bool {
        self.child.is_some()
    }

    pub fn signal(&self, name: &str) -> anyhow::Result<()> {
        let sent = Command::new("kill").args(["-s", name, &self.pid().to_string()]).status()?;
        ensure!(sent.success(), "SIG{name} cannot be sent to the server");
        Ok(())
    }

    /// SIGKILL: no destructor, no checkpoint, no farewell.
    pub fn kill(&mut self) -> anyhow::Result<()> {
        if let Some(mut child) = self.child.take() {
            child.kill()?;
            child.wait()?;
        }
        Ok(())
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.kill();
    }
}

/// A program on one core, or on any.
pub fn on_core(program: &Path, core: Option<usize>) -> Command {
    let Some(core) = core else { return Command::new(program) };
    let mut command = Command::new("taskset");
    command.args(["-c", &core.to_string()]).arg(program);
    command
}

/// The released binary beside this one.
pub fn default_binary() -> PathBuf {
    let own = std::env::current_exe().unwrap_or_default();
    own.with_file_name("suyuan")
}
