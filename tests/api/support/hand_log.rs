//! A log that a test grows by hand: whatever an honest or dishonest operator could sign.

use std::convert::Infallible;

use suyuan::domain::merkle::{self, Edge, Leaf, Tiles, node_hash};
use suyuan::domain::record::{Digest, Handle};
use suyuan::log::{AddCheckpoint, Checkpoint, SignedCheckpoint, SigningKey};

pub struct HandLog {
    pub key: SigningKey,
    pub leaves: Vec<Leaf>,
    /// What is shown in their place.
    pub entries: Option<Vec<Leaf>>,
    /// How many records were written after the checkpoint that is shown.
    pub ahead: u64,
}

impl HandLog {
    /// A log of `size` records, each of a subject of its own; `first` is in the first one's hash, so that two are two histories.
    pub fn new(key: &SigningKey, size: u64, first: u8) -> Self {
        let leaf = |index: u64| {
            let mut subject = [0; 16];
            subject[..8].copy_from_slice(&index.to_be_bytes());
            let record_hash = Digest::from_bytes([if index == 0 { first } else { 9 }; 32]);
            Leaf { subject: Handle::from_bytes(subject), seq: 0, record_hash }
        };
        Self { key: key.clone(), leaves: (0..size).map(leaf).collect(), entries: None, ahead: 0 }
    }

    pub fn signed(&self, size: u64) -> SignedCheckpoint {
        let mut edge = Edge::default();
        self.leaves[..size as usize].iter().for_each(|leaf| edge.push(leaf.hash(), &mut Vec::new()));
        let checkpoint = Checkpoint { origin: self.key.verifier().name().to_owned(), size, root: edge.root() };
        SignedCheckpoint { note: checkpoint.sign(std::slice::from_ref(&self.key)), checkpoint }
    }

    /// The body of `add-checkpoint` that takes a witness from one size to another.
    pub fn request(&self, old: u64, size: u64) -> AddCheckpoint {
        let proof = merkle::consistency(self, old, size).unwrap();
        AddCheckpoint { old, proof, checkpoint: self.signed(size) }
    }
}

impl Tiles for HandLog {
    type Error = Infallible;

    fn tile(&self, level: u8, number: u64, width: u16) -> Result<Vec<Digest>, Infallible> {
        let mut row: Vec<Digest> = self.leaves.iter().map(Leaf::hash).collect();
        for _ in 0..8 * u32::from(level) {
            row = row.chunks_exact(2).map(|pair| node_hash(&pair[0], &pair[1])).collect();
        }
        let from = number as usize * 256;
        Ok(row[from..from + usize::from(width)].to_vec())
    }
}
