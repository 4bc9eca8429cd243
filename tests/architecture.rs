//! The rules of the house (docs/ARCHITECTURE.md), read from the source: who may import whom, where the clock and the
//! database are, how long a file may be.
#![allow(clippy::unwrap_used, reason = "helpers of tests; a failed unwrap is a failed test")]

use std::fs;
use std::path::{Path, PathBuf};

/// Module of `src/`, and the modules of ours that it may name.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("labels", &["domain"]),
    ("exchange", &["domain"]),
    ("files", &["domain"]),
    ("outgoing", &["domain"]),
    ("log", &["domain", "outgoing"]),
    ("auth", &["domain"]),
    ("store", &["domain"]),
    // Words for views and problems.
    ("i18n", &["domain"]),
    ("app", &["domain", "store", "files", "log", "outgoing", "auth", "labels", "exchange"]),
    ("http", &["domain", "auth", "labels", "i18n", "app", "web"]),
    ("web", &["domain", "auth", "labels", "i18n", "app", "http"]),
    (
        "cli",
        &["domain", "store", "files", "log", "outgoing", "auth", "labels", "exchange", "i18n", "app", "http", "web"],
    ),
];

/// Libraries, and the only places that may name them.
const ONLY_IN: &[(&str, &[&str])] = &[
    ("actix_web", &["src/http/", "src/web/", "src/cli/serve.rs", "src/cli/witness.rs"]),
    ("actix_multipart", &["src/http/"]),
    ("diesel", &["src/store/"]),
    ("askama", &["src/web/"]),
    ("anyhow", &["src/cli/"]),
    ("ureq", &["src/log/fetch.rs", "src/outgoing/"]),
    ("rustls", &["src/outgoing/tls.rs"]),
    // One rule of acceptance for everybody.
    ("ed25519_dalek", &["src/domain/ed25519.rs"]),
    ("SystemTime::now", &["src/app/clock.rs"]),
    ("now_utc", &["src/app/clock.rs"]),
    // A page is made where it has to say who may have it; what programs ask is listed by hand or in the OpenAPI document.
    ("web::resource(", &["src/web/map.rs"]),
    ("web::get()", &["src/web/map.rs", "src/http/"]),
    ("web::post()", &["src/web/map.rs", "src/http/"]),
    ("web::method(", &["src/web/map.rs"]),
    ("getrandom", &["src/app/randomness.rs"]),
    ("OsRng", &["src/app/randomness.rs"]),
];

/// Files that are longer than 400 lines, and why.
const LONG: &[(&str, &str)] = &[
    ("src/domain/acts/making.rs", "four acts that share how a child is opened"),
    ("src/domain/kinds/batches.rs", "one list of bodies, without logic"),
    ("src/http/problem.rs", "most of it is the registry of slugs"),
];

struct Source {
    /// `src/…` with forward slashes.
    path: String,
    text: String,
}

impl Source {
    /// Lines without comments; what a test inside the file says does not count.
    fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        let end = self.text.find("#[cfg(test)]\nmod tests {").unwrap_or(self.text.len());
        let lines = self.text[..end].lines().enumerate().map(|(index, line)| (index + 1, line));
        lines.filter(|(_, line)| !line.trim_start().starts_with("//"))
    }

    fn module(&self) -> Option<&str> {
        let inside = self.path.strip_prefix("src/")?;
        Some(inside.split_once('/').map_or_else(|| inside.trim_end_matches(".rs"), |(module, _)| module))
    }

    fn is_test(&self) -> bool {
        let name = self.path.rsplit('/').next().unwrap();
        self.path.starts_with("tests/")
            || self.path.contains("/tests/")
            || self.path.contains("/testing/")
            || name == "tests.rs"
    }
}

fn sources(folders: &[&str]) -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut waiting: Vec<PathBuf> = folders.iter().map(|folder| root.join(folder)).collect();
    let mut found = Vec::new();
    while let Some(path) = waiting.pop() {
        if path.is_dir() {
            waiting.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let name = path.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/");
            found.push(Source { path: name, text: fs::read_to_string(&path).unwrap() });
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    assert!(!found.is_empty());
    found
}

/// Modules of ours that a line names as `crate::name`.
fn named(line: &str) -> impl Iterator<Item = &str> {
    line.match_indices("crate::").map(move |(at, found)| {
        let rest = &line[at + found.len()..];
        &rest[..rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len())]
    })
}

#[test]
fn modules_import_only_what_lies_below_them() {
    let mut broken = Vec::new();
    for source in sources(&["src"]) {
        let Some((module, allowed)) = MAY_IMPORT.iter().find(|(module, _)| source.module() == Some(module)) else {
            continue;
        };
        for (number, line) in source.code() {
            assert!(
                !line.contains("use crate::{"),
                "{}:{number}: one `use` a module, so that this test reads it",
                source.path
            );
            let strangers = named(line).filter(|it| it != module && !allowed.contains(it));
            let known = strangers.filter(|it| MAY_IMPORT.iter().any(|(name, _)| name == it));
            broken.extend(known.map(|it| format!("{}:{number}: {module} may not import {it}", source.path)));
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn every_module_has_its_line_in_the_rules() {
    let library = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/src/lib.rs")).unwrap();
    for line in library.lines().filter_map(|line| line.strip_prefix("pub mod ")) {
        let name = line.trim_end_matches(';');
        assert!(MAY_IMPORT.iter().any(|(module, _)| *module == name), "src/lib.rs has {name}, MAY_IMPORT has not");
    }
}

#[test]
fn libraries_time_and_randomness_stay_in_their_places() {
    let mut broken = Vec::new();
    for source in sources(&["src"]).iter().filter(|source| !source.is_test()) {
        for (number, line) in source.code() {
            for (name, places) in ONLY_IN {
                if line.contains(name) && !places.iter().any(|place| source.path.starts_with(place)) {
                    broken.push(format!("{}:{number}: {name} belongs in {}", source.path, places.join(", ")));
                }
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn no_file_is_longer_than_400_lines_without_a_reason() {
    let mut broken = Vec::new();
    let all = sources(&["src", "tests", "benches"]);
    for source in &all {
        let lines = source.text.lines().count();
        if lines > 400 && !LONG.iter().any(|(path, _)| *path == source.path) {
            broken.push(format!("{}: {lines} lines", source.path));
        }
    }
    for (path, _) in LONG {
        if let Some(source) = all.iter().find(|source| source.path == *path)
            && source.text.lines().count() <= 400
        {
            broken.push(format!("{path} is short by now and needs no exception"));
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn nothing_is_left_undone_or_switched_off() {
    let marks = ["todo", "unimplemented", "dbg"].map(|name| format!("{name}!("));
    let ignored = format!("#[{}", "ignore");
    let mut broken = Vec::new();
    for source in sources(&["src", "tests", "benches"]) {
        for (index, line) in source.text.lines().enumerate() {
            if marks.iter().any(|mark| line.contains(mark)) || line.trim_start().starts_with(&ignored) {
                broken.push(format!("{}:{}: {}", source.path, index + 1, line.trim()));
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

/// Own scripts of the console, as they are handed out: nothing takes them down for older browsers.
const SCRIPTS: &[&str] = &[
    "console",
    "forms",
    "neighbours",
    "offline",
    "pending",
    "photos",
    "progress",
    "queue",
    "rows",
    "scan",
    "walk",
    "worker",
];

#[test]
fn scripts_of_the_console_are_small_and_run_in_a_browser_of_2019() {
    // What came later than ES2019; and code out of text, which the policy of pages forbids.
    let later = [
        "?.",
        "??",
        ".replaceAll(",
        ".at(",
        "||=",
        "&&=",
        "#private",
        "static {",
        "eval(",
        "new Function",
        ".innerHTML",
    ];
    let mut broken = Vec::new();
    for name in SCRIPTS {
        let path = format!("{}/src/web/assets/{name}.js", env!("CARGO_MANIFEST_DIR"));
        let text = fs::read_to_string(path).unwrap();
        assert!(text.len() <= 14_000, "{name}.js has {} bytes", text.len());
        for (index, line) in text.lines().enumerate() {
            let found = later.iter().filter(|mark| line.contains(**mark));
            broken.extend(found.map(|mark| format!("{name}.js:{}: {mark}", index + 1)));
        }
    }
    // Every handler is set by a script.
    for folder in ["console", "people"] {
        let folder = format!("{}/src/web/templates/{folder}", env!("CARGO_MANIFEST_DIR"));
        for entry in fs::read_dir(folder).unwrap() {
            let text = fs::read_to_string(entry.unwrap().path()).unwrap();
            let inline = [" onclick", " onsubmit", " oninput", " onload", "javascript:", " style=\""];
            broken.extend(inline.iter().filter(|mark| text.contains(**mark)).map(|mark| format!("a template: {mark}")));
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}
