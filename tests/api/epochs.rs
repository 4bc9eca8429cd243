//! Epochs of the log that have ended, and what every kind of answer below `/log` says of itself to whoever keeps it.

use suyuan::domain::merkle::{Leaf, leaf_hash, verify_consistency};
use suyuan::domain::record::{Digest, Handle};
use suyuan::log::lines::read_hash_lines;
use suyuan::log::{OfflineProof, Policy, SignedCheckpoint};

use crate::guard::{BUYER, HONGQI, Instance, JIANGAN, admit, stop};
use crate::support::program::{Reply, Service, ask};

fn get(service: &Service, path: &str) -> Reply {
    ask(&service.address, "GET", path, &[], "").unwrap()
}

#[track_caller]
fn found(service: &Service, path: &str) -> Reply {
    let reply = get(service, path);
    assert_eq!(reply.status, 200, "{path}: {}", reply.body);
    reply
}

/// An instance whose second epoch has begun, and the key of the first: three of its four records were kept.
fn reopened() -> (Instance, Service, String) {
    let instance = Instance::new();
    let service = instance.serve(&[]);
    for (zh, uscc) in [HONGQI, JIANGAN, BUYER] {
        assert_eq!(admit(&service, zh, uscc).status, 201);
    }
    let key = found(&service, "/log/key").body;
    stop(service);
    std::fs::remove_file(instance.path().join("log/guard")).unwrap();
    assert_eq!(instance.verb(&["log", "reopen", "--reason", "the guard was lost"]).0, Some(0));
    let service = instance.serve(&[]);
    (instance, service, key.trim().to_owned())
}

/// Entries of a bundle.
fn entries(bundle: &[u8]) -> Vec<&[u8]> {
    bundle.chunks(2 + Leaf::ENTRY_BYTES).map(|entry| entry.strip_prefix(&[0, 57]).unwrap()).collect()
}

#[test]
fn what_was_kept_of_an_ended_epoch_is_served_with_its_own_bytes_and_proofs() {
    let (_instance, service, key) = reopened();
    let bundle = found(&service, "/log/epoch/1/tile/entries/000.p/3");
    let kept = entries(&bundle.bytes);
    assert_eq!(kept.len(), 3);
    assert_eq!(found(&service, "/log/tile/entries/000.p/5").bytes[..bundle.bytes.len()], bundle.bytes[..]);
    let leaves: Vec<Digest> = kept.iter().map(|entry| leaf_hash(entry)).collect();
    let tile = found(&service, "/log/epoch/1/tile/0/000.p/3");
    assert_eq!(tile.bytes, leaves.iter().flat_map(|leaf| *leaf.as_bytes()).collect::<Vec<u8>>());
    assert_eq!(found(&service, "/log/epoch/1/tile/0/000.p/2").bytes, tile.bytes[..64]);
    // An entry names the record that has it.
    let operator: Handle = service.operator.0.parse().unwrap();
    assert_eq!(kept[0][1..17], *operator.as_bytes());

    let mut policy = Policy::parse(b"quorum none\n").unwrap();
    policy.trust_log(key.parse().unwrap());
    let signed = |size: u64| {
        let proof = found(&service, &format!("/log/epoch/1/proof/1?size={size}"));
        let proof = OfflineProof::parse(&proof.bytes).unwrap();
        proof.verify(&leaves[1], &policy).unwrap();
        assert!(proof.verify(&leaves[0], &policy).is_err());
        SignedCheckpoint::try_from(proof.note).unwrap().checkpoint
    };
    let (two, three) = (signed(2), signed(3));
    assert_eq!((two.size, three.size, &*three.origin), (2, 3, "sy.example/log"));
    assert_eq!(
        found(&service, "/log/epoch/1/proof/1").body,
        found(&service, "/log/epoch/1/proof/1?size=3").body,
        "against the last checkpoint of which all was kept"
    );
    let lines = found(&service, "/log/epoch/1/consistency?from=2&to=3").body;
    verify_consistency(2, 3, &two.root, &three.root, &read_hash_lines(&lines).unwrap()).unwrap();
    for path in ["proof/1", "consistency?from=2&to=5", "tile/0/000.p/5", "tile/entries/000.p/5", "checkpoint", "key"] {
        let newest = found(&service, &format!("/log/{path}"));
        assert_eq!(found(&service, &format!("/log/epoch/2/{path}")).bytes, newest.bytes, "{path}");
    }
    stop(service);
}

#[test]
fn what_was_not_kept_or_never_was_is_not_found_and_never_cached() {
    let (_instance, service, _) = reopened();
    for path in [
        "epoch/1/tile/0/000.p/4",
        "epoch/1/tile/entries/000.p/4",
        "epoch/1/tile/1/000.p/1",
        "epoch/1/tile/0/000",
        "epoch/1/proof/3",
        "epoch/1/proof/0?size=4",
        "epoch/1/proof/0?size=0",
        "epoch/1/consistency?from=1&to=4",
        "epoch/0/checkpoint",
        "epoch/3/checkpoint",
        "epoch/3/key",
        "epoch/3/tile/0/000.p/1",
        "epoch/3/proof/0",
        "epoch/3/consistency?from=1&to=2",
        "epoch/18446744073709551616/checkpoint",
        "epoch/one/checkpoint",
        "witnessed",
        "tile/0/000.p/6",
        "proof/5",
        "proof/0?size=6",
        "consistency?from=1&to=6",
        "nothing",
    ] {
        for method in ["GET", "HEAD"] {
            let reply = ask(&service.address, method, &format!("/log/{path}"), &[], "").unwrap();
            assert_eq!((reply.status, reply.header("cache-control")), (404, Some("no-store")), "{method} {path}");
        }
    }
    for path in ["epoch/1/proof/01", "epoch/1/consistency?from=2&to=1", "epoch/1/consistency?from=2"] {
        assert_eq!(get(&service, &format!("/log/{path}")).status, 400, "{path}");
    }
    stop(service);
}

#[test]
fn each_answer_says_what_it_is_and_how_long_it_may_be_kept_and_head_says_the_same() {
    let (_instance, service, _) = reopened();
    let (text, bytes) = ("text/plain; charset=utf-8", "application/octet-stream");
    let (moment, day) = ("public, max-age=1", "public, max-age=86400, immutable");
    for (path, media_type, kept) in [
        ("checkpoint", text, moment),
        ("key", text, moment),
        ("tile/0/000.p/5", bytes, day),
        ("tile/entries/000.p/5", bytes, day),
        ("consistency?from=1&to=5", text, day),
        ("proof/0?size=5", text, day),
        ("proof/0", text, "no-store"),
        ("epoch/1/checkpoint", text, moment),
        ("epoch/1/tile/0/000.p/3", bytes, day),
        ("epoch/1/tile/entries/000.p/3", bytes, day),
        ("epoch/1/proof/0?size=3", text, day),
        ("epoch/1/consistency?from=1&to=3", text, day),
    ] {
        let path = format!("/log/{path}");
        let got = found(&service, &path);
        assert_eq!((got.header("content-type"), got.header("cache-control")), (Some(media_type), Some(kept)), "{path}");
        assert_eq!(got.header("access-control-allow-origin"), Some("*"), "{path}: checked from other pages too");
        assert_eq!(got.header("content-encoding"), None, "{path}");
        let head = ask(&service.address, "HEAD", &path, &[], "").unwrap();
        assert_eq!((head.status, head.bytes.len()), (200, 0), "{path}");
        for name in ["content-type", "cache-control", "content-length", "access-control-allow-origin"] {
            assert_eq!(head.header(name), got.header(name), "{path}: {name}");
        }
        assert_eq!(head.header("content-length"), Some(&*got.bytes.len().to_string()), "{path}");
    }
    stop(service);
}
