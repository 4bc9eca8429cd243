use std::io::{Cursor, Read as _};

use super::*;

fn archive(write: impl FnOnce(&mut ZipWriter<Vec<u8>>)) -> Vec<u8> {
    let mut zip = ZipWriter::new(Vec::new());
    write(&mut zip);
    zip.finish().unwrap()
}

fn two() -> Vec<u8> {
    archive(|zip| {
        zip.deflated("a", |out| out.write_all(&[b'x'; 5_000])).unwrap();
        zip.stored("b", b"hashes").unwrap();
    })
}

fn contents(bytes: &[u8]) -> Result<Vec<(String, Vec<u8>)>, String> {
    let mut zip = ZipReader::open(Cursor::new(bytes)).map_err(|fault| fault.to_string())?;
    let mut found = Vec::new();
    for entry in zip.entries().to_vec() {
        let mut content = Vec::new();
        zip.read(&entry).unwrap().read_to_end(&mut content).map_err(|error| error.to_string())?;
        found.push((entry.name, content));
    }
    Ok(found)
}

fn refused(bytes: &[u8], why: &str) {
    let sentence = contents(bytes).unwrap_err();
    assert!(sentence.contains(why), "{sentence:?} does not say {why:?}");
}

/// Where the directory begins.
fn directory(bytes: &[u8]) -> usize {
    u32::from_le_bytes(bytes[bytes.len() - 6..bytes.len() - 2].try_into().unwrap()) as usize
}

#[test]
fn what_is_written_is_read_and_the_same_content_makes_the_same_bytes() {
    let found = contents(&two()).unwrap();
    assert_eq!(found, [("a".to_owned(), vec![b'x'; 5_000]), ("b".to_owned(), b"hashes".to_vec())]);
    assert_eq!(two(), two());
    assert_eq!(contents(&archive(|_| {})).unwrap(), []);
}

#[test]
fn a_large_archive_is_told_by_zip64_and_lies_in_it_are_refused() {
    let write = |most| {
        let mut zip = ZipWriter::with_most(Vec::new(), most);
        zip.stored("a", b"first").unwrap();
        zip.stored("b", b"second").unwrap();
        zip.finish().unwrap()
    };
    for most in [(30, 0xfffe), (u64::MAX, 1), (0, 0)] {
        assert_eq!(contents(&write(most)).unwrap().len(), 2);
    }
    let good = write((30, 0xfffe));
    let end = good.len() - 22;
    // The large end: its own size, its count, the directory's size and start, the locator's address.
    for at in [end - 76 + 4, end - 76 + 24, end - 76 + 32, end - 76 + 40, end - 76 + 48, end - 20 + 8, end - 20 + 16] {
        let mut lie = good.clone();
        lie[at] ^= 1;
        assert!(contents(&lie).is_err(), "byte {at}");
    }
    // The place of the second member in the directory's extra field.
    let mut lie = good.clone();
    lie[end - 76 - 8] ^= 1;
    refused(&lie, "overlap");
    // All sizes at once beyond the file.
    let mut lie = good;
    lie[end - 76 - 8..end - 76].copy_from_slice(&u64::MAX.to_le_bytes());
    refused(&lie, "overlap");
}

#[test]
fn every_flipped_bit_outside_of_a_date_is_seen() {
    let good = two();
    let directory = directory(&good);
    let mut unseen = Vec::new();
    for at in 0..good.len() {
        for bit in 0..8 {
            let mut bytes = good.clone();
            bytes[at] ^= 1 << bit;
            if contents(&bytes).is_ok_and(|found| found == contents(&good).unwrap()) {
                unseen.push(at);
            }
        }
    }
    unseen.dedup();
    let second = 30 + 1 + good[30 + 1..].windows(4).position(|it| it == LOCAL.to_le_bytes()).unwrap() - 31;
    let silent = |at: usize| {
        // Versions and dates; in the directory also what the system says of a file.
        let local = [0, second + 31].iter().any(|start| at >= *start && matches!(at - start, 4..=5 | 10..=13));
        let central = at >= directory && at < good.len() - 22;
        let inside = (at - directory.min(at)) % 47;
        local || at < directory || (central && matches!(inside, 4..=7 | 12..=15 | 36..=41))
    };
    assert!(unseen.iter().all(|at| silent(*at)), "{unseen:?}");
}

#[test]
fn archives_that_two_programs_could_read_differently_are_refused() {
    let good = two();
    let mut before = b"#!/bin/sh\n".to_vec();
    before.extend(&good);
    refused(&before, "directory does not stand where");
    let mut behind = good.clone();
    behind.extend(b"more");
    refused(&behind, "end of one");
    let mut comment = good.clone();
    let length = comment.len();
    comment[length - 2] = 1;
    comment.push(b'!');
    refused(&comment, "end of one");
    for cut in [0, 21, 22, 60, good.len() - 1] {
        assert!(contents(&good[..cut]).is_err(), "{cut} bytes");
    }
    refused(&archive(|zip| (0..2).for_each(|_| zip.stored("a", b"x").unwrap())), "twice");
    // The second line of the directory names the first member once more.
    let mut overlap = good.clone();
    let line = directory(&good) + 47;
    overlap[line + 42..line + 46].fill(0);
    refused(&overlap, "overlap");
    let mut renamed = good.clone();
    renamed[30] = b'c';
    refused(&renamed, "than the directory");
    let mut encrypted = good.clone();
    encrypted[directory(&good) + 8] |= 1;
    refused(&encrypted, "encrypted");
    let mut method = good.clone();
    method[directory(&good) + 10] = 12;
    refused(&method, "do not use");
    let mut many = good.clone();
    many[length - 14..length - 10].fill(0xfe);
    refused(&many, "shorter than it says");
}

#[test]
fn no_more_is_unfolded_than_was_announced() {
    // A million zeros that say they are ten.
    let mut bomb = archive(|zip| zip.deflated("bomb", |out| out.write_all(&vec![0; 1_000_000])).unwrap());
    let directory = directory(&bomb);
    let descriptor = directory - 4;
    bomb[descriptor..directory].copy_from_slice(&10_u32.to_le_bytes());
    bomb[directory + 24..directory + 28].copy_from_slice(&10_u32.to_le_bytes());
    let mut zip = ZipReader::open(Cursor::new(&bomb)).unwrap();
    let entry = zip.entries()[0].clone();
    let (mut content, mut read) = (Vec::new(), zip.read(&entry).unwrap());
    let error = read.read_to_end(&mut content).unwrap_err();
    assert!(content.len() <= 10 && error.to_string().contains("longer"), "{error}");
    // And the other way round.
    let mut short = archive(|zip| zip.deflated("a", |out| out.write_all(b"ten bytes.")).unwrap());
    let directory = self::directory(&short);
    short[directory - 4..directory].copy_from_slice(&4_000_000_u32.to_le_bytes());
    short[directory + 24..directory + 28].copy_from_slice(&4_000_000_u32.to_le_bytes());
    refused(&short, "shorter");
}
