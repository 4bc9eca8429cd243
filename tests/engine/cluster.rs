//! A private PostgreSQL cluster: made by `initdb` in a temporary folder, reached by a socket in it, run by an own user when
//! the tests run as root. It ends with the process that started it, however that ends.

use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

pub struct Cluster {
    folder: PathBuf,
    settings: Vec<String>,
    databases: AtomicU32,
    keeper: Option<Keeper>,
}

/// A shell that stops the server once nobody holds its input open any more.
struct Keeper {
    shell: Child,
    _input: ChildStdin,
}

/// Arguments: folder, then the server's own.
const KEEP: &str = r#"folder=$1; shift; "$@" > "$folder/log" 2>&1 & server=$!
read -r _; kill -QUIT $server; wait $server; rm -rf "$folder""#;

impl Cluster {
    /// Makes and starts a cluster with these settings (`name=value`).
    pub fn start(settings: &[&str]) -> Self {
        let mut cluster = Self::in_new_folder(settings);
        let made = as_own_user(&program("initdb"))
            .args([
                "--encoding=UTF8",
                "--locale=C",
                "--auth=trust",
                "--username=suyuan",
                "--data-checksums",
                "--no-sync",
            ])
            .arg("--pgdata")
            .arg(cluster.data())
            .output()
            .unwrap();
        assert!(made.status.success(), "initdb: {}", String::from_utf8_lossy(&made.stderr));
        cluster.run();
        cluster
    }

    /// A cluster that is still to be made.
    fn in_new_folder(settings: &[&str]) -> Self {
        let folder = tempfile::Builder::new().prefix("suyuan-pg-").tempdir_in("/tmp").unwrap().keep();
        if let Some((uid, gid)) = own_user() {
            std::os::unix::fs::chown(&folder, Some(uid), Some(gid)).unwrap();
        }
        let settings = settings.iter().map(|setting| (*setting).to_owned()).collect();
        Self { folder, settings, databases: AtomicU32::new(0), keeper: None }
    }

    /// A base backup of this cluster, taken while it is written to, in a folder of its own; not started.
    pub fn base_backup(&self, settings: &[&str], arguments: &[&str]) -> Self {
        let copy = Self::in_new_folder(settings);
        copy.take_base_backup(self, arguments);
        copy
    }

    /// A standby that follows this cluster and answers readers.
    pub fn standby(&self, settings: &[&str]) -> Self {
        let mut standby = self.base_backup(settings, &["--write-recovery-conf"]);
        standby.run();
        standby
    }

    /// Makes what is left of this cluster, which has crashed, a standby of another: from nothing, because it may hold what
    /// the other never had.
    pub fn rejoin(&mut self, primary: &Self) {
        std::fs::remove_dir_all(self.data()).unwrap();
        self.take_base_backup(primary, &["--write-recovery-conf"]);
        self.run();
    }

    fn take_base_backup(&self, from: &Self, arguments: &[&str]) {
        let mut backup = as_own_user(&program("pg_basebackup"));
        backup.args(["--username=suyuan", "--checkpoint=fast", "--no-sync", "--pgdata"]).arg(self.data());
        let taken = backup.arg("--host").arg(&from.folder).args(arguments).output().unwrap();
        assert!(taken.status.success(), "pg_basebackup: {}", String::from_utf8_lossy(&taken.stderr));
    }

    /// Ends a standby's following: from now on it takes writes.
    pub fn promote(&self) {
        let mut promote = as_own_user(&program("pg_ctl"));
        let promoted = promote.args(["promote", "--pgdata"]).arg(self.data()).output().unwrap();
        assert!(promoted.status.success(), "{}", String::from_utf8_lossy(&promoted.stderr));
    }

    /// From now on every role but our own needs its password.
    pub fn demand_passwords(&mut self) {
        let rules = "local all suyuan trust\nlocal all all scram-sha-256\n";
        std::fs::write(self.data().join("pg_hba.conf"), rules).unwrap();
        self.sql("postgres", "select pg_reload_conf()");
    }

    /// Folder of the server's data.
    pub fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// Starts the server on the cluster's folder and waits until it takes connections.
    pub fn run(&mut self) {
        let server = as_own_user(&program("postgres"));
        let mut shell = Command::new("sh");
        shell.args(["-c", KEEP, "keeper"]).arg(&self.folder).arg(server.get_program()).args(server.get_args());
        shell.arg("-D").arg(self.data()).arg("-k").arg(&self.folder).args(["-c", "listen_addresses="]);
        for setting in &self.settings {
            shell.args(["-c", setting]);
        }
        let mut shell = shell.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let input = shell.stdin.take().unwrap();
        self.keeper = Some(Keeper { shell, _input: input });
        self.wait_until_ready();
    }

    fn wait_until_ready(&self) {
        let begun = Instant::now();
        while !Command::new(program("pg_isready")).arg("-q").arg("-h").arg(&self.folder).status().unwrap().success() {
            let log = || std::fs::read_to_string(self.folder.join("log")).unwrap_or_default();
            assert!(begun.elapsed() < Duration::from_secs(30), "the server does not start: {}", log());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Folder of the socket.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Address of a database of this cluster.
    pub fn url(&self, database: &str) -> String {
        format!("postgres:///{database}?host={}&user=suyuan", self.folder.display())
    }

    /// Makes an empty database and answers its address.
    pub fn new_database(&self) -> String {
        let name = format!("t{}", self.databases.fetch_add(1, Ordering::Relaxed));
        self.sql("postgres", &format!("create database {name} template template0"));
        self.url(&name)
    }

    /// Runs a statement as an administrator would.
    pub fn sql(&self, database: &str, statement: &str) -> String {
        let arguments =
            ["-X", "-q", "-t", "-A", "-v", "ON_ERROR_STOP=1", "-U", "suyuan", "-d", database, "-c", statement];
        let done = Command::new(program("psql")).arg("-h").arg(&self.folder).args(arguments).output().unwrap();
        assert!(done.status.success(), "{statement}: {}", String::from_utf8_lossy(&done.stderr));
        String::from_utf8(done.stdout).unwrap().trim().to_owned()
    }

    /// Ends the server as a crash would; its folder stays.
    pub fn crash(&mut self) {
        let mut stop = as_own_user(&program("pg_ctl"));
        let stopped = stop.args(["stop", "-m", "immediate", "-D"]).arg(self.data()).output().unwrap();
        assert!(stopped.status.success(), "{}", String::from_utf8_lossy(&stopped.stderr));
        self.leave();
    }

    /// Kills every process of the server at once, as the end of its machine would; its folder stays.
    pub fn kill_all(&mut self) {
        let lock = std::fs::read_to_string(self.data().join("postmaster.pid")).unwrap();
        let postmaster = lock.lines().next().unwrap().to_owned();
        let kill = |signal: &str, pids: &[String]| drop(Command::new("kill").arg(signal).args(pids).output().unwrap());
        // It stands still first, so that it starts no other process meanwhile.
        kill("-STOP", std::slice::from_ref(&postmaster));
        let listed = Command::new("ps").args(["-o", "pid=", "--ppid", &postmaster]).output().unwrap();
        let listed = String::from_utf8(listed.stdout).unwrap();
        let mut all: Vec<String> = listed.split_whitespace().map(str::to_owned).collect();
        assert!(all.len() > 3, "the server's processes are not found: {all:?}");
        all.push(postmaster);
        kill("-KILL", &all);
        self.leave();
        let alive = |pid: &String| Path::new("/proc").join(pid).exists();
        let begun = Instant::now();
        while all.iter().any(alive) {
            assert!(begun.elapsed() < Duration::from_secs(5), "of {all:?} some live on");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Leaves the folder of a server that has ended.
    fn leave(&mut self) {
        // The shell is killed before its input closes: it would remove the folder.
        let mut keeper = self.keeper.take().unwrap();
        keeper.shell.kill().unwrap();
        keeper.shell.wait().unwrap();
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let Some(Keeper { mut shell, _input }) = self.keeper.take() else {
            // It crashed, or was never started: nobody else tidies up.
            let _ = std::fs::remove_dir_all(&self.folder);
            return;
        };
        drop(_input);
        let _ = shell.wait();
    }
}

/// User and group of Debian's `postgres`, where the tests run as root: the server refuses to be run by root.
fn own_user() -> Option<(u32, u32)> {
    let number = |arguments: &[&str]| {
        let printed = Command::new("id").args(arguments).output().unwrap().stdout;
        String::from_utf8(printed).unwrap().trim().parse().ok()
    };
    (number(&["-u"]) == Some(0)).then(|| {
        number(&["-u", "postgres"])
            .zip(number(&["-g", "postgres"]))
            .expect("the tests run as root and there is no user postgres; Debian's package postgresql makes it")
    })
}

fn as_own_user(program: &Path) -> Command {
    match own_user() {
        None => Command::new(program),
        Some((uid, gid)) => {
            let mut command = Command::new("setpriv");
            command.arg(format!("--reuid={uid}")).arg(format!("--regid={gid}")).arg("--clear-groups").arg(program);
            // The folder in which the tests were started may be closed to that user.
            command.current_dir("/");
            command
        }
    }
}

/// A program of the server's: Debian keeps them out of the path.
pub fn program(name: &str) -> PathBuf {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let newest = versions.map(|version| version.path().join("bin").join(name)).filter(|path| path.is_file()).max();
    newest.unwrap_or_else(|| PathBuf::from(name))
}
