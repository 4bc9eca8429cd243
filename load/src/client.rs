//! A blocking HTTP/1.1 client over one connection that is kept alive. Reads answers that carry their length, which all of
//! the service's do; anything else is an error of the connection.

use std::io::{Error, ErrorKind, Read, Result, Write};
use std::net::{SocketAddr, TcpStream};
use std::os::fd::{AsFd, BorrowedFd};
use std::time::Duration;

/// Longer than this nobody waits for an answer.
pub const PATIENCE: Duration = Duration::from_secs(20);

pub struct Client {
    stream: TcpStream,
    buffer: Vec<u8>,
    /// Bytes of an answer that is not whole yet.
    filled: usize,
}

impl AsFd for Client {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.stream.as_fd()
    }
}

/// An answer; it borrows the client's buffer.
pub struct Answer<'a> {
    pub status: u16,
    head: &'a [u8],
    pub body: &'a [u8],
}

impl Client {
    pub fn connect(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        Ok(Self { stream, buffer: vec![0; 64 * 1024], filled: 0 })
    }

    /// Sends a request as it stands and reads the answer.
    pub fn send(&mut self, request: &[u8]) -> Result<Answer<'_>> {
        self.ask(request)?;
        let (head, length) = self.whole()?;
        self.told(head, length)
    }

    /// From now on [`Client::answer`] does not wait for the server.
    pub fn never_wait(&self) -> Result<()> {
        self.stream.set_nonblocking(true)
    }

    pub fn ask(&mut self, request: &[u8]) -> Result<()> {
        self.filled = 0;
        self.stream.write_all(request)
    }

    /// The answer to what was asked, if it has come.
    pub fn answer(&mut self) -> Result<Option<Answer<'_>>> {
        match self.whole() {
            Ok((head, length)) => self.told(head, length).map(Some),
            Err(error) if error.kind() == ErrorKind::WouldBlock => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Reads until an answer is whole: the lengths of its head and of all of it.
    fn whole(&mut self) -> Result<(usize, usize)> {
        let (head, length) = loop {
            if let Some(end) = find(&self.buffer[..self.filled], b"\r\n\r\n") {
                let head = end + 4;
                break (head, head + content_length(&self.buffer[..head])?);
            }
            self.read()?;
        };
        while self.filled < length {
            self.read()?;
        }
        Ok((head, length))
    }

    fn told(&self, head: usize, length: usize) -> Result<Answer<'_>> {
        if self.filled > length {
            return Err(Error::new(ErrorKind::InvalidData, "more bytes than one answer"));
        }
        let status = std::str::from_utf8(&self.buffer[9..12]).ok().and_then(|text| text.parse().ok());
        let status = status.ok_or_else(|| Error::new(ErrorKind::InvalidData, "no status"))?;
        Ok(Answer { status, head: &self.buffer[..head], body: &self.buffer[head..length] })
    }

    fn read(&mut self) -> Result<()> {
        if self.filled == self.buffer.len() {
            self.buffer.resize(self.filled * 2, 0);
        }
        // A machine that was halted for a moment interrupts whoever waits with a time limit.
        let read = loop {
            match self.stream.read(&mut self.buffer[self.filled..]) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                read => break read?,
            }
        };
        match read {
            0 => Err(ErrorKind::UnexpectedEof.into()),
            count => {
                self.filled += count;
                Ok(())
            }
        }
    }

    pub fn get(&mut self, path: &str, key: &str) -> Result<Answer<'_>> {
        self.send(&get(path, key))
    }

    pub fn post(&mut self, path: &str, key: &str, idempotency: &str, body: &str) -> Result<Answer<'_>> {
        self.send(&post(path, key, idempotency, body))
    }
}

impl Answer<'_> {
    pub fn header(&self, name: &str) -> Option<&str> {
        let head = std::str::from_utf8(self.head).ok()?;
        head.lines().skip(1).find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }

    /// The headers as they came, without the status line.
    pub fn headers(&self) -> Vec<(String, String)> {
        let head = String::from_utf8_lossy(self.head);
        let pair = |line: &str| line.split_once(':').map(|(key, value)| (key.to_owned(), value.trim().to_owned()));
        head.lines().skip(1).filter_map(pair).collect()
    }

    pub fn text(&self) -> std::borrow::Cow<'_, str> {
        String::from_utf8_lossy(self.body)
    }
}

/// A GET; without a key where `key` is empty.
pub fn get(path: &str, key: &str) -> Vec<u8> {
    let authorization = if key.is_empty() { String::new() } else { format!("Authorization: Bearer {key}\r\n") };
    format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n{authorization}\r\n").into_bytes()
}

pub fn post(path: &str, key: &str, idempotency: &str, body: &str) -> Vec<u8> {
    format!(
        "POST {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {key}\r\nIdempotency-Key: {idempotency}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}

fn content_length(head: &[u8]) -> Result<usize> {
    let missing = || Error::new(ErrorKind::InvalidData, "an answer without its length");
    let name = b"content-length:";
    let start = head.windows(name.len()).position(|window| window.eq_ignore_ascii_case(name)).ok_or_else(missing)?;
    let value = head[start + name.len()..].split(|byte| *byte == b'\r').next().unwrap_or_default();
    std::str::from_utf8(value).ok().and_then(|text| text.trim().parse().ok()).ok_or_else(missing)
}
