//! Names of tiles and bundles by C2SP tlog-tiles, and where a node of the tree stands in them.

use std::fmt;
use std::ops::Range;
use std::str::FromStr;

/// A tile of hashes, or the bundle of entries beside a tile of level 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Tile {
    pub level: TileLevel,
    pub number: u64,
    /// Hashes or entries in it, 1 to 256.
    pub width: u16,
}

/// What stands first in a tile's path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TileLevel {
    /// Roots of full tiles of the level below, or leaf hashes at level 0. At most 63.
    Hashes(u8),
    Entries,
}

/// A path that names no tile.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} names no tile. A tile is <level>/<number> or entries/<number>: level 0 to 63, number in groups of three \
     digits, all but the last with an x (x001/x234/067), and .p/<width> behind it (1 to 255) if it is not full."
)]
pub struct NoTile(String);

impl Tile {
    pub const FULL: u16 = 256;
    const HIGHEST_LEVEL: u8 = 63;

    /// The tile as it stands in a tree of `size` leaves; nothing if that tree has no such tile.
    pub fn in_tree(level: TileLevel, number: u64, size: u64) -> Option<Self> {
        let hashes = hashes_at(level.height(), size);
        let before = number.checked_mul(u64::from(Self::FULL))?;
        let width = hashes.checked_sub(before)?.min(u64::from(Self::FULL)) as u16;
        (width > 0).then_some(Self { level, number, width })
    }

    /// Whether a tree of `size` leaves has all hashes of this tile.
    pub fn is_in(&self, size: u64) -> bool {
        Self::in_tree(self.level, self.number, size).is_some_and(|whole| whole.width >= self.width)
    }

    pub fn is_full(&self) -> bool {
        self.width == Self::FULL
    }
}

impl TileLevel {
    fn height(self) -> u8 {
        match self {
            Self::Hashes(level) => level,
            Self::Entries => 0,
        }
    }
}

/// How many hashes stand in the unfinished tile of a level in a tree of `size` leaves; 0 if there is none.
pub fn partial_width(level: u8, size: u64) -> u16 {
    (hashes_at(level, size) % u64::from(Tile::FULL)) as u16
}

/// Where the root of a complete subtree stands: it is the root of these hashes of a tile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    pub level: u8,
    pub number: u64,
    /// A power of two of them, 1 to 128.
    pub hashes: Range<usize>,
}

/// The place of the `index`-th complete subtree with 2^height leaves.
pub fn place(height: u8, index: u64) -> Place {
    let (level, above) = (height / 8, height % 8);
    let first = index << above;
    let start = (first % 256) as usize;
    Place { level, number: first / 256, hashes: start..start + (1 << above) }
}

/// Hashes in all tiles of a level together.
fn hashes_at(level: u8, size: u64) -> u64 {
    size.checked_shr(8 * u32::from(level)).unwrap_or(0)
}

impl fmt::Display for Tile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.level {
            TileLevel::Hashes(level) => write!(f, "{level}/")?,
            TileLevel::Entries => f.write_str("entries/")?,
        }
        let mut divisor = 1000;
        while self.number / divisor >= 1000 {
            divisor *= 1000;
        }
        while divisor >= 1000 {
            if self.number >= divisor {
                write!(f, "x{:03}/", self.number / divisor % 1000)?;
            }
            divisor /= 1000;
        }
        write!(f, "{:03}", self.number % 1000)?;
        if self.is_full() { Ok(()) } else { write!(f, ".p/{}", self.width) }
    }
}

impl FromStr for Tile {
    type Err = NoTile;

    fn from_str(path: &str) -> Result<Self, NoTile> {
        // Whatever was read must be written the same way: this refuses leading zeros, signs, needless groups.
        let tile = read(path).filter(|tile| tile.to_string() == path);
        tile.ok_or_else(|| NoTile(path.chars().take(80).collect()))
    }
}

fn read(path: &str) -> Option<Tile> {
    let (level, rest) = path.split_once('/')?;
    let level = match level {
        "entries" => TileLevel::Entries,
        digits => TileLevel::Hashes(digits.parse().ok().filter(|level| *level <= Tile::HIGHEST_LEVEL)?),
    };
    let (groups, width) = match rest.split_once(".p/") {
        None => (rest, Tile::FULL),
        Some((groups, digits)) => (groups, digits.parse().ok().filter(|width| (1..Tile::FULL).contains(width))?),
    };
    let mut number = 0u64;
    for group in groups.split('/') {
        let digits = group.strip_prefix('x').unwrap_or(group);
        if digits.len() != 3 {
            return None;
        }
        number = number.checked_mul(1000)?.checked_add(digits.parse().ok()?)?;
    }
    Some(Tile { level, number, width })
}
