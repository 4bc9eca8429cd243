//! The log's key as a secret in a variable, where there is no file of it on the machine.

use std::process::Stdio;

use crate::guard::{HONGQI, Instance, admit, place, public, stop};
use crate::support::program::{on, suyuan};

/// Exit code and all that a verb said whose key stands in the variable.
fn verb(instance: &Instance, key: &str, arguments: &[&str]) -> (Option<i32>, String) {
    let mut command = on(suyuan(arguments), instance.path(), &place(instance.path()));
    let output = command.env("SUYUAN_LOG_KEY", key).stderr(Stdio::piped()).output().unwrap();
    (output.status.code(), String::from_utf8([output.stdout, output.stderr].concat()).unwrap())
}

#[test]
fn a_key_in_a_variable_signs_and_is_never_printed() {
    let instance = Instance::new();
    let file = instance.path().join("log/key");
    let secret = std::fs::read_to_string(&file).unwrap().trim().to_owned();
    let told = suyuan::log::SigningKey::parse(&secret).unwrap().verifier().to_string();
    std::fs::remove_file(&file).unwrap();
    // Base64 may hold a plus of its own.
    let seed = secret.splitn(5, '+').last().unwrap();

    let service = instance.serve(&[("SUYUAN_LOG_KEY", &secret), ("RUST_LOG", "trace")]);
    assert_eq!(admit(&service, HONGQI.0, HONGQI.1).status, 201);
    assert_eq!(public(&service, "/log/key"), (200, format!("{told}\n")));
    let (_, note) = public(&service, "/log/checkpoint");
    let signed = suyuan::log::SignedCheckpoint::parse(note.as_bytes()).unwrap();
    assert_eq!(signed.checkpoint.size, 2);
    signed.verify(&[told.parse().unwrap()]).unwrap();
    let log = stop(service);
    assert!(log.contains("serving") && !log.contains(seed), "{log}");
    assert!(!file.exists(), "it is nowhere on the disk");

    let (code, words) = verb(&instance, &secret, &["log", "key", "--rotate"]);
    assert!(code == Some(1) && words.contains("put the new one there by hand"), "{words}");
    assert!(!words.contains(seed), "{words}");
    let (code, words) = verb(&instance, &secret, &["log", "key", "--origin", "sy.example/log"]);
    assert!(code == Some(1) && words.contains("there is a key already (SUYUAN_LOG_KEY)"), "{words}");
    // One character was lost on the way into the secret.
    let short = &secret[..secret.len() - 1];
    let (code, words) = verb(&instance, short, &["serve", "--listen", "127.0.0.1:0"]);
    assert!(code == Some(1) && words.contains("line 1 of SUYUAN_LOG_KEY is no key"), "{words}");
    assert!(!words.contains(&seed[..10]), "{words}");
}

#[test]
fn two_keys_in_a_variable_both_sign() {
    let instance = Instance::new();
    assert_eq!(instance.verb(&["log", "key", "--rotate"]).0, Some(0));
    let file = instance.path().join("log/key");
    let secret = std::fs::read_to_string(&file).unwrap();
    std::fs::remove_file(&file).unwrap();
    let service = instance.serve(&[("SUYUAN_LOG_KEY", &secret)]);
    assert_eq!(public(&service, "/log/key").1.lines().count(), 2);
    assert_eq!(admit(&service, HONGQI.0, HONGQI.1).status, 201);
    assert_eq!(public(&service, "/log/checkpoint").1.matches('\u{2014}').count(), 2);
    stop(service);
}
