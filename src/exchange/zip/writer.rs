//! Writing: member after member, none held whole; sizes follow the data.

use std::io::{self, Write};

use flate2::write::DeflateEncoder;
use flate2::{Compression, Crc};

use super::{CENTRAL, DEFLATED, DESCRIPTOR, END, END_64, EXTRA_64, FLAG_DESCRIPTOR, LOCAL, LOCATOR_64, STORED};

/// 1 January 1980, the first day of zip: the same content makes the same archive.
const DATE: u16 = 0x0021;
/// A pack is made while somebody waits for it.
const LEVEL: Compression = Compression::new(4);
/// What 32 bits do not hold is announced by all of them.
const FULL_32: u64 = 0xffff_ffff;

/// An archive on its way to `out`.
pub struct ZipWriter<W: Write> {
    out: Counted<W>,
    written: Vec<Written>,
    /// The largest position and the largest number of members that need no zip64; smaller in tests.
    most: (u64, u64),
}

struct Written {
    name: String,
    method: u16,
    crc: u32,
    packed: u64,
    size: u64,
    offset: u64,
}

/// Knows how many bytes went through.
struct Counted<W> {
    inner: W,
    at: u64,
}

impl<W: Write> Write for Counted<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.at += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

impl<W: Write> ZipWriter<W> {
    pub fn new(out: W) -> Self {
        Self { out: Counted { inner: out, at: 0 }, written: Vec::new(), most: (FULL_32 - 1, 0xfffe) }
    }

    /// As if zip64 were needed beyond this position and this number of members.
    #[cfg(test)]
    pub(super) fn with_most(out: W, most: (u64, u64)) -> Self {
        Self { most, ..Self::new(out) }
    }

    /// A member that `content` writes, deflated.
    pub fn deflated(&mut self, name: &str, content: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
        let offset = self.begin(name, DEFLATED)?;
        let start = self.out.at;
        let (crc, size) = deflate(&mut self.out, content)?;
        let packed = self.out.at - start;
        self.end(Written { name: name.to_owned(), method: DEFLATED, crc, packed, size, offset })
    }

    /// A member of bytes that would not become fewer: hashes, photos.
    pub fn stored(&mut self, name: &str, content: &[u8]) -> io::Result<()> {
        let offset = self.begin(name, STORED)?;
        self.out.write_all(content)?;
        let (mut crc, size) = (Crc::new(), content.len() as u64);
        crc.update(content);
        self.end(Written { name: name.to_owned(), method: STORED, crc: crc.sum(), packed: size, size, offset })
    }

    fn begin(&mut self, name: &str, method: u16) -> io::Result<u64> {
        let offset = self.out.at;
        let mut header = Bytes::default();
        header.u32(LOCAL).u16(version(false)).u16(FLAG_DESCRIPTOR).u16(method).u16(0).u16(DATE);
        header.u32(0).u32(0).u32(0).u16(length(name)?).u16(0);
        self.out.write_all(&header.0)?;
        self.out.write_all(name.as_bytes())?;
        Ok(offset)
    }

    fn end(&mut self, written: Written) -> io::Result<()> {
        let mut descriptor = Bytes::default();
        descriptor.u32(DESCRIPTOR).u32(written.crc).u32(size_32(written.packed)?).u32(size_32(written.size)?);
        self.out.write_all(&descriptor.0)?;
        self.written.push(written);
        Ok(())
    }

    /// The directory, which makes it an archive.
    pub fn finish(mut self) -> io::Result<W> {
        let start = self.out.at;
        for member in &self.written {
            self.out.write_all(&central(member, self.most.0)?)?;
        }
        let (size, count) = (self.out.at - start, self.written.len() as u64);
        let large = start > self.most.0 || size > self.most.0 || count > self.most.1;
        let mut end = Bytes::default();
        if large {
            let at = self.out.at;
            end.u32(END_64).u64(44).u16(version(true)).u16(version(true)).u32(0).u32(0);
            end.u64(count).u64(count).u64(size).u64(start);
            end.u32(LOCATOR_64).u32(0).u64(at).u32(1);
            end.u32(END).u16(0).u16(0).u16(0xffff).u16(0xffff).u32(u32::MAX).u32(u32::MAX).u16(0);
        } else {
            let count = count as u16;
            end.u32(END).u16(0).u16(0).u16(count).u16(count).u32(size as u32).u32(start as u32).u16(0);
        }
        self.out.write_all(&end.0)?;
        self.out.flush()?;
        Ok(self.out.inner)
    }
}

/// The checksum and the size of what was written.
fn deflate(out: impl Write, content: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<(u32, u64)> {
    let mut member = Hashed { inner: DeflateEncoder::new(out, LEVEL), crc: Crc::new(), size: 0 };
    content(&mut member)?;
    member.inner.try_finish()?;
    Ok((member.crc.sum(), member.size))
}

fn central(member: &Written, most: u64) -> io::Result<Vec<u8>> {
    let far = member.offset > most;
    let mut header = Bytes::default();
    header.u32(CENTRAL).u16(version(far)).u16(version(far)).u16(FLAG_DESCRIPTOR).u16(member.method).u16(0).u16(DATE);
    header.u32(member.crc).u32(size_32(member.packed)?).u32(size_32(member.size)?);
    header.u16(length(&member.name)?).u16(if far { 12 } else { 0 }).u16(0).u16(0).u16(0).u32(0);
    header.u32(if far { u32::MAX } else { member.offset as u32 });
    header.0.extend_from_slice(member.name.as_bytes());
    if far {
        header.u16(EXTRA_64).u16(8).u64(member.offset);
    }
    Ok(header.0)
}

/// What a reader has to know: zip64, or deflating.
fn version(zip64: bool) -> u16 {
    if zip64 { 45 } else { 20 }
}

fn length(name: &str) -> io::Result<u16> {
    u16::try_from(name.len()).map_err(|_| io::Error::other("a member's name is too long"))
}

fn size_32(size: u64) -> io::Result<u32> {
    let size = u32::try_from(size).ok().filter(|size| u64::from(*size) < FULL_32);
    size.ok_or_else(|| io::Error::other("a member of 4 GiB or more"))
}

/// Counts and hashes what is written through it.
struct Hashed<W> {
    inner: W,
    crc: Crc,
    size: u64,
}

impl<W: Write> Write for Hashed<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.crc.update(&bytes[..written]);
        self.size += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

/// Numbers, lowest byte first.
#[derive(Default)]
struct Bytes(Vec<u8>);

impl Bytes {
    fn u16(&mut self, number: u16) -> &mut Self {
        self.0.extend(number.to_le_bytes());
        self
    }

    fn u32(&mut self, number: u32) -> &mut Self {
        self.0.extend(number.to_le_bytes());
        self
    }

    fn u64(&mut self, number: u64) -> &mut Self {
        self.0.extend(number.to_le_bytes());
        self
    }
}
