//! Asking logs and witnesses over HTTP. Every answer has a time limit and a size limit; redirects are not followed, for a log and
//! a witness are where they are named. Whom to trust over TLS is what the machine trusts.

use std::io;
use std::time::Duration;

use ureq::Agent;

use crate::domain::merkle::{Tile, TileLevel, Tiles};
use crate::domain::record::Digest;
use crate::outgoing::tls::{self, cause_of};

/// Whoever takes longer for one answer is away.
const TIMEOUT: Duration = Duration::from_secs(10);
/// A note with a hundred signatures, or a full bundle of entries, is far less.
const MAX_BODY: u64 = 1 << 20;

pub struct Fetcher(Agent);

/// An answer, whatever its status.
#[derive(Debug)]
pub struct Fetched {
    pub status: u16,
    pub body: Vec<u8>,
}

/// Why nothing usable came back.
#[derive(Debug, thiserror::Error)]
#[error("{url}: {cause}")]
pub struct FetchError {
    pub url: String,
    pub cause: String,
}

impl Fetcher {
    pub fn new() -> Self {
        let config = Agent::config_builder()
            .timeout_global(Some(TIMEOUT))
            .max_redirects(0)
            .max_redirects_will_error(false)
            .http_status_as_error(false)
            .user_agent(concat!("suyuan/", env!("CARGO_PKG_VERSION")))
            .tls_config(tls::config());
        Self(config.build().new_agent())
    }

    pub fn get(&self, url: &str) -> Result<Fetched, FetchError> {
        Self::read(url, self.0.get(url).call())
    }

    pub fn post(&self, url: &str, body: &str) -> Result<Fetched, FetchError> {
        Self::read(url, self.0.post(url).content_type("text/plain; charset=utf-8").send(body))
    }

    fn read(url: &str, answer: Result<ureq::http::Response<ureq::Body>, ureq::Error>) -> Result<Fetched, FetchError> {
        let failed = |error: ureq::Error| FetchError { url: url.to_owned(), cause: cause_of(&error) };
        let mut answer = answer.map_err(failed)?;
        let body = answer.body_mut().with_config().limit(MAX_BODY).read_to_vec().map_err(failed)?;
        Ok(Fetched { status: answer.status().as_u16(), body })
    }
}

impl Default for Fetcher {
    fn default() -> Self {
        Self::new()
    }
}

/// A log somewhere else.
pub struct RemoteLog {
    fetcher: Fetcher,
    /// Without a slash at its end.
    base: String,
}

impl RemoteLog {
    /// `url` is the address of a service, or of its log, which ends with `/log`.
    pub fn at(url: &str) -> Self {
        let url = url.trim_end_matches('/');
        let base = if url.ends_with("/log") || url.contains("/log/") { url.to_owned() } else { format!("{url}/log") };
        Self { fetcher: Fetcher::new(), base }
    }

    /// What stands below the log's address; `None` where there is nothing.
    pub fn find(&self, path: &str) -> Result<Option<Vec<u8>>, FetchError> {
        let url = format!("{}/{path}", self.base);
        let fetched = self.fetcher.get(&url)?;
        match fetched.status {
            200 => Ok(Some(fetched.body)),
            404 | 410 => Ok(None),
            status => Err(FetchError { url, cause: format!("it answers with the status {status}") }),
        }
    }

    pub fn fetch(&self, path: &str) -> Result<Vec<u8>, FetchError> {
        let missing = || FetchError { url: format!("{}/{path}", self.base), cause: "there is nothing".into() };
        self.find(path)?.ok_or_else(missing)
    }

    /// The bytes of a tile or bundle; where a partial one is gone, those of the full one, which begins with them.
    pub fn tile(&self, tile: Tile) -> Result<Vec<u8>, FetchError> {
        match self.find(&format!("tile/{tile}"))? {
            Some(bytes) => Ok(bytes),
            None => self.fetch(&format!("tile/{}", Tile { width: Tile::FULL, ..tile })),
        }
    }
}

impl Tiles for RemoteLog {
    type Error = FetchError;

    fn tile(&self, level: u8, number: u64, width: u16) -> Result<Vec<Digest>, FetchError> {
        let tile = Tile { level: TileLevel::Hashes(level), number, width };
        let bytes = RemoteLog::tile(self, tile)?;
        let hashes = bytes.chunks_exact(32).take(width.into());
        Ok(hashes.filter_map(|hash| hash.try_into().ok().map(Digest::from_bytes)).collect())
    }
}

impl From<FetchError> for io::Error {
    fn from(error: FetchError) -> Self {
        Self::other(error.to_string())
    }
}
