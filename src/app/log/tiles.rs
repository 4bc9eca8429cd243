//! Where proofs read tiles: from what was published last, which stays in memory, else from the store. A receipt is asked for
//! right after its act, and rests on the right edge of the tree.

use std::sync::{Arc, PoisonError, RwLock};

use moka::sync::Cache;

use crate::domain::merkle::{Edge, Tile, Tiles};
use crate::domain::record::Digest;
use crate::store::{Damaged, Store, StoreError};

/// Finished tiles that are kept; each has 8 KiB.
const TILES: u64 = 256;

/// Tiles in memory. What is in a tile never changes, so that none is ever wrong; one that is not here is read.
pub struct TileMemory {
    finished: Cache<(u8, u64), Arc<Vec<Digest>>>,
    /// As this instance published it last; others may have gone on since.
    edge: RwLock<Arc<Edge>>,
}

impl Default for TileMemory {
    fn default() -> Self {
        Self { finished: Cache::new(TILES), edge: RwLock::default() }
    }
}

impl TileMemory {
    pub fn published(&self, edge: &Arc<Edge>) {
        *self.edge.write().unwrap_or_else(PoisonError::into_inner) = Arc::clone(edge);
    }

    /// Tiles from here, and from a store what is not here.
    pub fn over<'a>(&'a self, store: &'a dyn Store) -> Recent<'a> {
        let edge = Arc::clone(&self.edge.read().unwrap_or_else(PoisonError::into_inner));
        Recent { finished: &self.finished, edge, stored: Stored(store) }
    }
}

/// The tiles of a store's tree, those of its right edge from memory.
pub struct Recent<'a> {
    finished: &'a Cache<(u8, u64), Arc<Vec<Digest>>>,
    edge: Arc<Edge>,
    stored: Stored<'a>,
}

impl Tiles for Recent<'_> {
    type Error = StoreError;

    fn tile(&self, level: u8, number: u64, width: u16) -> Result<Vec<Digest>, StoreError> {
        let first = |hashes: &[Digest]| hashes.get(..usize::from(width)).map(<[Digest]>::to_vec);
        if let Some(hashes) = self.edge.unfinished(level, number).and_then(first) {
            return Ok(hashes);
        }
        let finished = self.finished.get(&(level, number)).map(Ok).or_else(|| self.finish(level, number).transpose());
        match finished.transpose()? {
            Some(hashes) => Ok(first(&hashes).unwrap_or_default()),
            None => self.stored.tile(level, number, width),
        }
    }
}

impl Recent<'_> {
    /// A finished tile of the store, kept from now on.
    fn finish(&self, level: u8, number: u64) -> Result<Option<Arc<Vec<Digest>>>, StoreError> {
        let Some(hashes) = self.stored.0.tile(level, number, Tile::FULL)? else { return Ok(None) };
        let hashes = Arc::new(hashes);
        self.finished.insert((level, number), Arc::clone(&hashes));
        Ok(Some(hashes))
    }
}

/// The tiles of a store's tree.
pub struct Stored<'s>(pub &'s dyn Store);

impl Tiles for Stored<'_> {
    type Error = StoreError;

    fn tile(&self, level: u8, number: u64, width: u16) -> Result<Vec<Digest>, StoreError> {
        let hashes = self.0.tile(level, number, width)?;
        hashes.ok_or_else(|| Damaged::new("log_tiles", format!("tile {level}/{number} lacks hashes")).into())
    }
}
