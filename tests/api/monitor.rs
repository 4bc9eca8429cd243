//! The monitor before logs that no honest program would serve.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::path::Path;
use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::thread;

use suyuan::domain::merkle::{Leaf, Tile, TileLevel, Tiles as _, bundle};
use suyuan::log::SigningKey;

use crate::support::hand_log::HandLog;
use crate::support::program::suyuan;

/// A log of `size` records over HTTP, without the partial tiles that a full one has taken the place of.
struct Served {
    log: Arc<Mutex<(HandLog, u64)>>,
    url: String,
}

impl Served {
    fn start(log: HandLog, size: u64) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let log = Arc::new(Mutex::new((log, size)));
        let served = Arc::clone(&log);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let mut line = String::new();
                let mut reader = BufReader::new(&stream);
                reader.read_line(&mut line).unwrap();
                // All that was sent is read: else the connection would be reset.
                while reader.read_line(&mut String::new()).unwrap() > 2 {}
                let (log, size) = &*served.lock().unwrap();
                let found = body(log, *size, line.split(' ').nth(1).unwrap().strip_prefix("/log/").unwrap());
                let status = if found.is_some() { "200 OK" } else { "404 Not Found" };
                let body = found.unwrap_or_default();
                let head = format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
                let _ = stream.write_all(&[head.as_bytes(), &body].concat());
            }
        });
        Self { log, url }
    }

    fn set(&self, change: impl FnOnce(&mut HandLog, &mut u64)) {
        let (log, size) = &mut *self.log.lock().unwrap();
        change(log, size);
    }

    /// Exit code and all that was said.
    fn monitor(&self, state: &Path) -> (i32, String) {
        let mut command = suyuan(&["monitor", &self.url, "--state", state.to_str().unwrap()]);
        let output = command.stderr(Stdio::piped()).output().unwrap();
        (output.status.code().unwrap(), String::from_utf8([output.stdout, output.stderr].concat()).unwrap())
    }
}

fn body(log: &HandLog, size: u64, path: &str) -> Option<Vec<u8>> {
    match path {
        "checkpoint" => Some(log.signed(size).note.to_string().into_bytes()),
        "key" => Some(format!("{}\n", log.key.verifier()).into_bytes()),
        _ => {
            let tile: Tile = path.strip_prefix("tile/")?.parse().unwrap();
            let newest = Tile::in_tree(tile.level, tile.number, size + log.ahead)?;
            if newest.width < tile.width || (newest.is_full() && !tile.is_full()) {
                return None;
            }
            Some(match tile.level {
                TileLevel::Entries => {
                    let from = tile.number as usize * 256;
                    let entries = log.entries.as_ref().unwrap_or(&log.leaves);
                    bundle::write(&entries[from..from + usize::from(tile.width)])
                }
                TileLevel::Hashes(level) => {
                    let hashes = log.tile(level, tile.number, tile.width).unwrap();
                    hashes.iter().flat_map(|hash| *hash.as_bytes()).collect()
                }
            })
        }
    }
}

fn log(size: u64, first: u8) -> HandLog {
    HandLog::new(&SigningKey::from_seed("sy.example/log", &[8; 32]).unwrap(), size, first)
}

#[test]
fn a_log_of_several_tiles_is_read_once_and_then_what_is_new() {
    let folder = tempfile::tempdir().unwrap();
    let served = Served::start(log(70_000, 1), 300);
    for (size, new) in [(300, 300), (300, 0), (511, 211), (512, 1), (66_000, 65_488), (70_000, 4_000)] {
        served.set(|_, now| *now = size);
        let (code, words) = served.monitor(folder.path());
        assert_eq!(code, 0, "{words}");
        assert!(words.contains(&format!("{size} records of {size} subjects, {new} of them new")), "{words}");
    }
    // The log went on after it had shown its checkpoint: partial tiles gave way to full ones.
    served.set(|log, now| (log.ahead, *now) = (300, 66_000));
    let later = tempfile::tempdir().unwrap();
    assert_eq!(served.monitor(later.path()).0, 0);
    served.set(|log, now| (log.ahead, *now) = (400, 69_500));
    let (code, words) = served.monitor(later.path());
    assert!(code == 0 && words.contains("69500 records"), "{words}");
    served.set(|log, now| (log.ahead, *now) = (0, 69_999));
    let (code, words) = served.monitor(folder.path());
    assert!(code == 1 && words.contains("records were taken away"), "{words}");
}

#[test]
fn two_records_at_one_place_and_a_place_left_out_are_alarms() {
    let twice = |leaf: Leaf| Leaf { record_hash: suyuan::domain::merkle::leaf_hash(b"other"), ..leaf };
    let skipped = |leaf: Leaf| Leaf { seq: 2, ..leaf };
    for (change, words) in
        [(&twice as &dyn Fn(Leaf) -> Leaf, "two histories of one thing"), (&skipped, "record 1 must come first")]
    {
        let folder = tempfile::tempdir().unwrap();
        let served = Served::start(log(400, 1), 300);
        assert_eq!(served.monitor(folder.path()).0, 0);
        // The log itself grows as it should: only whoever reads the entries sees it.
        served.set(|log, size| {
            log.leaves[350] = change(log.leaves[7]);
            *size = 400;
        });
        let (code, said) = served.monitor(folder.path());
        assert!(code == 1 && said.contains("entry 350") && said.contains(words), "{said}");
    }
}

#[test]
fn entries_that_do_not_come_to_the_signed_root_are_an_alarm() {
    let folder = tempfile::tempdir().unwrap();
    let served = Served::start(log(400, 1), 300);
    assert_eq!(served.monitor(folder.path()).0, 0);
    // Checkpoint and tiles are of one history, the entries of another.
    served.set(|log, size| {
        let mut entries = log.leaves.clone();
        entries[399].record_hash = entries[0].record_hash;
        (log.entries, *size) = (Some(entries), 400);
    });
    let (code, words) = served.monitor(folder.path());
    assert!(code == 1 && words.contains("do not come to the root"), "{words}");
    let other = tempfile::tempdir().unwrap();
    let (code, words) = served.monitor(other.path());
    assert!(code == 1 && words.contains("do not come to the root"), "{words}");
}

#[test]
fn a_damaged_state_is_told_and_nothing_is_said_of_the_log() {
    let folder = tempfile::tempdir().unwrap();
    let served = Served::start(log(300, 1), 300);
    assert_eq!(served.monitor(folder.path()).0, 0);
    let path = folder.path().join("state");
    let mut bytes = std::fs::read(&path).unwrap();
    let last = bytes.len() - 20;
    bytes[last] ^= 1;
    std::fs::write(&path, bytes).unwrap();
    let (code, words) = served.monitor(folder.path());
    assert!(code == 2 && words.contains("the kept state is damaged"), "{words}");
}
