//! Reading: the whole archive is judged before a member is read, and a member while it is read.

use std::collections::HashSet;
use std::io::{self, BufReader, Read, Seek, SeekFrom, Take};

use flate2::Crc;
use flate2::read::DeflateDecoder;

use super::{CENTRAL, DEFLATED, DESCRIPTOR, END, END_64, EXTRA_64, FLAG_DESCRIPTOR, LOCAL, LOCATOR_64, STORED};

/// Deflate's own settings and UTF-8 names, which say nothing of how to read; all else is refused.
const FLAGS: u16 = FLAG_DESCRIPTOR | 0b110 | 1 << 11;
const ENCRYPTED: u16 = 1 | 1 << 6 | 1 << 13;

/// Why bytes are no archive, or not one that is read here. Each a sentence.
#[derive(Debug, thiserror::Error)]
pub enum ZipFault {
    #[error("The file cannot be read: {0}.")]
    Io(io::Error),
    #[error("This is no whole zip archive: {0}.")]
    Broken(&'static str),
    #[error("The archive's member {name:?} is damaged: {why}.")]
    Member { name: String, why: &'static str },
    #[error("The archive's member {0:?} is encrypted; a pack is not.")]
    Encrypted(String),
    #[error("The archive has {0:?} twice.")]
    Twice(String),
}

/// A member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub name: String,
    /// Bytes of its content.
    pub size: u64,
    flags: u16,
    method: u16,
    crc: u32,
    packed: u64,
    offset: u64,
    data: u64,
}

/// An archive that was judged as a whole.
pub struct ZipReader<R> {
    from: R,
    entries: Vec<Entry>,
}

type Read_<T> = Result<T, ZipFault>;

impl<R: Read + Seek> ZipReader<R> {
    pub fn open(mut from: R) -> Read_<Self> {
        let length = from.seek(SeekFrom::End(0)).map_err(ZipFault::Io)?;
        let directory = end(&mut from, length)?;
        from.seek(SeekFrom::Start(directory.start)).map_err(ZipFault::Io)?;
        let mut entries = Vec::new();
        let mut left = BufReader::new((&mut from).take(directory.size));
        for _ in 0..directory.count {
            entries.push(central(&mut left)?);
        }
        if left.read(&mut [0]).map_err(ZipFault::Io)? > 0 {
            return Err(ZipFault::Broken("its directory is longer than it says"));
        }
        let mut names = HashSet::new();
        if let Some(twice) = entries.iter().find(|entry| !names.insert(entry.name.as_str())) {
            return Err(ZipFault::Twice(twice.name.clone()));
        }
        places(&mut from, &mut entries, directory.start)?;
        Ok(Self { from, entries })
    }

    /// All members, in the order in which they stand.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The content of a member. Its end is judged when it is reached: whoever stops before has not seen the member whole.
    pub fn read(&mut self, entry: &Entry) -> Read_<Content<'_, R>> {
        self.from.seek(SeekFrom::Start(entry.data)).map_err(ZipFault::Io)?;
        let packed = (&mut self.from).take(entry.packed);
        let packed = match entry.method {
            DEFLATED => Packed::Deflated(DeflateDecoder::new_with_buf(packed, vec![0; 1 << 16])),
            _ => Packed::Stored(packed),
        };
        Ok(Content { packed, packed_size: entry.packed, left: entry.size, crc: Crc::new(), expected: entry.crc })
    }
}

/// The bytes of one member.
pub struct Content<'r, R> {
    packed: Packed<Take<&'r mut R>>,
    packed_size: u64,
    left: u64,
    crc: Crc,
    expected: u32,
}

enum Packed<R> {
    Stored(R),
    Deflated(DeflateDecoder<R>),
}

impl<R: Read> Packed<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Stored(from) => from.read(into),
            Self::Deflated(from) => from.read(into),
        }
    }
}

impl<R: Read> Packed<Take<R>> {
    /// Whether all that is packed was needed.
    fn is_used_up(&self, packed: u64) -> bool {
        match self {
            Self::Stored(from) => from.limit() == 0,
            Self::Deflated(from) => from.total_in() == packed,
        }
    }
}

impl<R: Read> Read for Content<'_, R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if into.is_empty() {
            return Ok(0);
        }
        let most = into.len().min(usize::try_from(self.left).unwrap_or(usize::MAX));
        if most == 0 {
            return self.end();
        }
        let read = self.packed.read(&mut into[..most]).map_err(|_| damaged("its data cannot be unfolded"))?;
        if read == 0 {
            return Err(damaged("it is shorter than the archive says"));
        }
        self.crc.update(&into[..read]);
        self.left -= read as u64;
        Ok(read)
    }
}

impl<R: Read> Content<'_, R> {
    fn end(&mut self) -> io::Result<usize> {
        let more = self.packed.read(&mut [0]).map_err(|_| damaged("its data cannot be unfolded"))?;
        if more > 0 || !self.packed.is_used_up(self.packed_size) {
            return Err(damaged("it is longer than the archive says"));
        }
        if self.crc.sum() != self.expected {
            return Err(damaged("its checksum is another"));
        }
        Ok(0)
    }
}

fn damaged(why: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why)
}

/// Where the directory is.
struct Directory {
    start: u64,
    size: u64,
    count: u64,
}

/// The record at the very end: no comment may stand behind it, so that there is one place to look.
fn end(from: &mut (impl Read + Seek), length: u64) -> Read_<Directory> {
    let at = length.checked_sub(22).ok_or(ZipFault::Broken("it is too short"))?;
    let mut record = fields(from, at, 22)?;
    if record.u32()? != END {
        return Err(ZipFault::Broken("its last 22 bytes are not the end of one"));
    }
    let (disk, first_disk, here, count) = (record.u16()?, record.u16()?, record.u16()?, record.u16()?);
    let (size, start, comment) = (record.u32()?, record.u32()?, record.u16()?);
    if comment != 0 || disk != 0 || first_disk != 0 || here != count {
        return Err(ZipFault::Broken("it is split or has a comment"));
    }
    let (directory, end) = if count == u16::MAX || size == u32::MAX || start == u32::MAX {
        let (large, at) = end_64(from, at)?;
        let said = [
            (u64::from(count), 0xffff, large.count),
            (size.into(), 0xffff_ffff, large.size),
            (start.into(), 0xffff_ffff, large.start),
        ];
        if said.iter().any(|(small, full, large)| small != full && small != large) {
            return Err(ZipFault::Broken("its two ends contradict each other"));
        }
        (large, at)
    } else {
        (Directory { start: start.into(), size: size.into(), count: count.into() }, at)
    };
    if directory.start.checked_add(directory.size) != Some(end) {
        return Err(ZipFault::Broken("its directory does not stand where it says"));
    }
    // The shortest line of a directory has 46 bytes: a count that lies costs no memory.
    if directory.count > directory.size / 46 {
        return Err(ZipFault::Broken("its directory is shorter than it says"));
    }
    Ok(directory)
}

/// The large form, which stands directly before the small one.
fn end_64(from: &mut (impl Read + Seek), end: u64) -> Read_<(Directory, u64)> {
    const WRONG: ZipFault = ZipFault::Broken("its end for large archives is wrong");
    let at = end.checked_sub(20 + 56).ok_or(WRONG)?;
    let mut record = fields(from, at, 76)?;
    let wanted = (record.u32()?, record.u64()?) == (END_64, 44);
    record.skip(4)?;
    let disks = (record.u32()?, record.u32()?);
    let (here, count, size, start) = (record.u64()?, record.u64()?, record.u64()?, record.u64()?);
    let locator = (record.u32()?, record.u32()?, record.u64()?, record.u32()?);
    if !wanted || disks != (0, 0) || here != count || locator != (LOCATOR_64, 0, at, 1) {
        return Err(WRONG);
    }
    Ok((Directory { start, size, count }, at))
}

/// One line of the directory.
fn central(from: &mut impl Read) -> Read_<Entry> {
    let mut header = take(from, 46)?;
    if header.u32()? != CENTRAL {
        return Err(ZipFault::Broken("a line of its directory is none"));
    }
    header.skip(4)?;
    let (flags, method) = (header.u16()?, header.u16()?);
    header.skip(4)?;
    let (crc, packed, size) = (header.u32()?, header.u32()?, header.u32()?);
    let (name, extra, comment, disk) = (header.u16()?, header.u16()?, header.u16()?, header.u16()?);
    header.skip(6)?;
    let offset = header.u32()?;
    let name =
        String::from_utf8(take(from, name.into())?.bytes).map_err(|_| ZipFault::Broken("a name is not UTF-8"))?;
    let mut extra = take(from, extra.into())?;
    if flags & ENCRYPTED != 0 {
        return Err(ZipFault::Encrypted(name));
    }
    let wrong = |why| ZipFault::Member { name: name.clone(), why };
    if comment != 0 || disk != 0 || flags & !FLAGS != 0 || !matches!(method, STORED | DEFLATED) {
        return Err(wrong("it is kept in a way that packs do not use"));
    }
    let mut large = extra.find(EXTRA_64).map_err(|_| wrong("its extra fields are none"))?;
    let mut whole = |small: u32| match (small, &mut large) {
        (u32::MAX, Some(large)) => large.u64().map_err(|_| wrong("its large sizes are missing")),
        (u32::MAX, None) => Err(wrong("its large sizes are missing")),
        (small, _) => Ok(small.into()),
    };
    let (size, packed, offset) = (whole(size)?, whole(packed)?, whole(offset)?);
    if large.is_some_and(|large| !large.rest().is_empty()) {
        return Err(wrong("its large sizes are not needed"));
    }
    if method == STORED && size != packed {
        return Err(wrong("its sizes contradict each other"));
    }
    Ok(Entry { name, size, flags, method, crc, packed, offset, data: 0 })
}

/// Members stand one behind the other, from the first byte to the directory, and say of themselves what the directory says.
fn places(from: &mut (impl Read + Seek), entries: &mut [Entry], end: u64) -> Read_<()> {
    entries.sort_by_key(|entry| entry.offset);
    let mut at = 0;
    for entry in entries {
        if entry.offset != at {
            return Err(ZipFault::Broken("its members overlap, or something stands between them"));
        }
        at = place(from, entry, end)?;
    }
    if at == end { Ok(()) } else { Err(ZipFault::Broken("something stands before its directory")) }
}

/// Where the member ends, with what belongs to it.
fn place(from: &mut (impl Read + Seek), entry: &mut Entry, end: u64) -> Read_<u64> {
    let wrong = |why| ZipFault::Member { name: entry.name.clone(), why };
    let mut header = fields(from, entry.offset, 30)?;
    let signature = header.u32()?;
    header.skip(2)?;
    let (flags, method) = (header.u16()?, header.u16()?);
    header.skip(4)?;
    let (crc, packed, size) = (header.u32()?, header.u32()?, header.u32()?);
    let (name, extra) = (header.u16()?, header.u16()?);
    let named = signature == LOCAL && take(from, name.into())?.bytes == entry.name.as_bytes();
    if !named || (flags, method) != (entry.flags, entry.method) {
        return Err(wrong("it says something else of itself than the directory"));
    }
    let extra_size = u64::from(extra);
    let mut extra = take(from, extra_size)?;
    let large = extra.find(EXTRA_64).map_err(|_| wrong("its extra fields are none"))?.is_some();
    let described = flags & FLAG_DESCRIPTOR != 0;
    let fits = |small: u32, full: u64| u64::from(small) == full || (small == u32::MAX && large);
    let same = crc == entry.crc && fits(packed, entry.packed) && fits(size, entry.size);
    let left_open = described && crc == 0 && (fits(packed, 0) || large) && (fits(size, 0) || large);
    if !same && !left_open {
        return Err(wrong("it says another size of itself than the directory"));
    }
    entry.data = entry.offset + 30 + u64::from(name) + extra_size;
    let behind = entry.data.checked_add(entry.packed).filter(|behind| *behind <= end);
    let behind = behind.ok_or_else(|| wrong("it is longer than the archive"))?;
    if !described {
        return Ok(behind);
    }
    let length = descriptor(from, behind, end, entry, large)?;
    length.map(|length| behind + length).ok_or_else(|| wrong("what stands behind its data says something else"))
}

/// Checksum and sizes behind the data: with or without a signature, in 4 or 8 bytes each.
fn descriptor(from: &mut (impl Read + Seek), at: u64, end: u64, entry: &Entry, large: bool) -> Read_<Option<u64>> {
    let numbers = |record: &mut Fields| -> Read_<(u64, u64)> {
        if large { Ok((record.u64()?, record.u64()?)) } else { Ok((record.u32()?.into(), record.u32()?.into())) }
    };
    let size = if large { 20 } else { 12 };
    for signed in [true, false] {
        let length = size + if signed { 4 } else { 0 };
        if at.checked_add(length).is_none_or(|behind| behind > end) {
            continue;
        }
        let mut record = fields(from, at, length)?;
        let signature = !signed || record.u32()? == DESCRIPTOR;
        if signature && record.u32()? == entry.crc && numbers(&mut record)? == (entry.packed, entry.size) {
            return Ok(Some(length));
        }
    }
    Ok(None)
}

/// Numbers, lowest byte first.
struct Fields {
    bytes: Vec<u8>,
    at: usize,
}

fn fields(from: &mut (impl Read + Seek), at: u64, count: u64) -> Read_<Fields> {
    from.seek(SeekFrom::Start(at)).map_err(ZipFault::Io)?;
    take(from, count)
}

fn take(from: &mut impl Read, count: u64) -> Read_<Fields> {
    let mut bytes = Vec::new();
    from.take(count).read_to_end(&mut bytes).map_err(ZipFault::Io)?;
    if bytes.len() as u64 == count { Ok(Fields { bytes, at: 0 }) } else { Err(SHORT) }
}

const SHORT: ZipFault = ZipFault::Broken("it ends too soon");

impl Fields {
    fn rest(&self) -> &[u8] {
        &self.bytes[self.at..]
    }

    fn array<const N: usize>(&mut self) -> Read_<[u8; N]> {
        let (head, _) = self.rest().split_first_chunk::<N>().ok_or(SHORT)?;
        let head = *head;
        self.at += N;
        Ok(head)
    }

    fn u16(&mut self) -> Read_<u16> {
        self.array().map(u16::from_le_bytes)
    }

    fn u32(&mut self) -> Read_<u32> {
        self.array().map(u32::from_le_bytes)
    }

    fn u64(&mut self) -> Read_<u64> {
        self.array().map(u64::from_le_bytes)
    }

    fn skip(&mut self, count: usize) -> Read_<()> {
        self.at = Some(self.at + count).filter(|at| *at <= self.bytes.len()).ok_or(SHORT)?;
        Ok(())
    }

    /// The extra field with this tag, which stands once at most; all of them have to be whole.
    fn find(&mut self, tag: u16) -> Read_<Option<Self>> {
        let mut found = None;
        while !self.rest().is_empty() {
            let (is, length) = (self.u16()?, usize::from(self.u16()?));
            let bytes = self.rest().get(..length).ok_or(SHORT)?.to_vec();
            self.at += length;
            if is == tag && found.replace(Self { bytes, at: 0 }).is_some() {
                return Err(ZipFault::Broken("it says something twice"));
            }
        }
        Ok(found)
    }
}
