//! The frame of `.evtx` files: their head, chunks, and records in chunks.
//!
//! A file is a head of 4 KiB and chunks of 64 KiB. A chunk is a head of 512
//! bytes and records; what it shares, names and templates, its records find
//! by offsets within the chunk, so that each chunk can be read alone.

use std::time::SystemTime;

use oslens_win32::{
    bytes::{u16_at, u32_at, u64_at},
    time::system_time,
};

use super::Malformed;

/// Bytes of a chunk.
pub const CHUNK: usize = 1 << 16;
/// Bytes of the head of a file that are read.
pub const FILE_HEAD: usize = 128;
/// Bytes of the head of a chunk that are read.
pub const CHUNK_HEAD: usize = 128;
/// Where the records of a chunk begin.
const RECORDS: usize = 512;
/// What a record has around its event: signature, length, number, time; the
/// length again.
const RECORD_HEAD: usize = 24;
const RECORD_SIGNATURE: u32 = 0x0000_2a2a;

/// The head of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileHead {
    /// Where the first chunk is.
    pub first_chunk: u64,
    /// How many chunks there are, if the file was closed in order.
    pub chunks: u16,
    /// Whether it was not: the numbers here and in chunks may be old.
    pub dirty: bool,
}

/// Reads the head of a file.
///
/// # Errors
///
/// It is the head of another kind of file.
pub fn file_head(data: &[u8]) -> Result<FileHead, Malformed> {
    const EXPECTED: Malformed = Malformed("the head of an .evtx file");
    if !data.starts_with(b"ElfFile\0") {
        return Err(EXPECTED);
    }
    let first_chunk = u16_at(data, 40).ok_or(EXPECTED)?;
    let flags = u32_at(data, 120).ok_or(EXPECTED)?;
    // The head is larger than what is used of it, and not larger than 64 KiB.
    if usize::from(first_chunk) < FILE_HEAD {
        return Err(EXPECTED);
    }
    Ok(FileHead {
        first_chunk: u64::from(first_chunk),
        chunks: u16_at(data, 42).ok_or(EXPECTED)?,
        dirty: flags & 1 != 0,
    })
}

/// The head of a chunk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChunkHead {
    /// The number of its first record in the file.
    pub first: u64,
    /// Where the records end that it knows of.
    pub end: usize,
}

/// Reads the head of a chunk; `None` for one that was never used.
///
/// # Errors
///
/// It is no chunk.
pub fn chunk_head(data: &[u8]) -> Result<Option<ChunkHead>, Malformed> {
    const EXPECTED: Malformed = Malformed("a chunk of an .evtx file");
    if !data.starts_with(b"ElfChnk\0") {
        // Room that was reserved.
        let head = data.get(..CHUNK_HEAD).ok_or(EXPECTED)?;
        return match head.iter().all(|&byte| byte == 0) {
            true => Ok(None),
            false => Err(EXPECTED),
        };
    }
    let first = u64_at(data, 8).ok_or(EXPECTED)?;
    let end = u32_at(data, 48).ok_or(EXPECTED)?;
    let head = ChunkHead {
        first,
        end: (end as usize).min(CHUNK),
    };
    Ok((first != u64::MAX).then_some(head))
}

/// A record in its chunk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Frame {
    /// Its number in the file. The number that it had in its log is in the
    /// event, and another one where the file holds a choice of records.
    pub number: u64,
    /// When it was written.
    pub written: Option<SystemTime>,
    /// Where its event begins in the chunk.
    pub start: usize,
    /// Where its event ends.
    pub end: usize,
}

/// The records of a chunk. Ends behind a damaged one, as it is not known then
/// where the next begins.
pub fn frames(chunk: &[u8]) -> impl Iterator<Item = Result<Frame, Malformed>> + '_ {
    // What the head says is old in a file that was copied while it was
    // written: behind it come records whose numbers go on, or those of an
    // earlier use of the chunk, whose numbers do not.
    let known = chunk_head(chunk).ok().flatten().map_or(0, |head| head.end);
    let mut at = RECORDS;
    let mut last: Option<u64> = None;
    std::iter::from_fn(move || {
        let found = frame(chunk, at);
        let goes_on =
            |frame: &Frame| last.and_then(|last| last.checked_add(1)) == Some(frame.number);
        match found {
            Some(frame) if at < known || goes_on(&frame) => {
                last = Some(frame.number);
                at = frame.end + 4;
                Some(Ok(frame))
            }
            None if at < known => {
                at = usize::MAX;
                Some(Err(Malformed("a whole record in a chunk")))
            }
            _ => None,
        }
    })
}

fn frame(chunk: &[u8], at: usize) -> Option<Frame> {
    let field = |offset: usize| at.checked_add(offset);
    if u32_at(chunk, at)? != RECORD_SIGNATURE {
        return None;
    }
    let length = u32_at(chunk, field(4)?)? as usize;
    let end = at.checked_add(length)?.checked_sub(4)?;
    let start = at + RECORD_HEAD;
    // The length stands at both ends.
    if start > end || u32_at(chunk, end)? as usize != length {
        return None;
    }
    Some(Frame {
        number: u64_at(chunk, field(8)?)?,
        written: system_time(u64_at(chunk, field(16)?)?),
        start,
        end,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head() -> Vec<u8> {
        let mut head = vec![0; FILE_HEAD];
        head[..8].copy_from_slice(b"ElfFile\0");
        head[40..44].copy_from_slice(&[0, 16, 3, 0]);
        head[120] = 1;
        head
    }

    /// A chunk with records of these numbers, of which the head knows `known`.
    fn chunk(numbers: &[u64], known: usize) -> Vec<u8> {
        let mut chunk = vec![0; RECORDS];
        chunk[..8].copy_from_slice(b"ElfChnk\0");
        chunk[8..16].copy_from_slice(&numbers[0].to_le_bytes());
        for (at, number) in numbers.iter().enumerate() {
            if at == known {
                let end = chunk.len() as u32;
                chunk[48..52].copy_from_slice(&end.to_le_bytes());
            }
            chunk.extend(RECORD_SIGNATURE.to_le_bytes());
            chunk.extend(36_u32.to_le_bytes());
            chunk.extend(number.to_le_bytes());
            chunk.extend(116_444_736_010_000_000_u64.to_le_bytes());
            chunk.extend([0xab; 8]);
            chunk.extend(36_u32.to_le_bytes());
        }
        if known == numbers.len() {
            let end = chunk.len() as u32;
            chunk[48..52].copy_from_slice(&end.to_le_bytes());
        }
        chunk.resize(CHUNK, 0);
        chunk
    }

    #[test]
    fn a_file_says_where_its_chunks_are() {
        let expected = FileHead {
            first_chunk: 4096,
            chunks: 3,
            dirty: true,
        };
        assert_eq!(file_head(&head()), Ok(expected));
        for end in 0..FILE_HEAD - 4 {
            assert!(file_head(&head()[..end]).is_err());
        }
        assert!(file_head(&[0; 4096]).is_err());
    }

    #[test]
    fn records_behind_what_an_old_head_knows_are_found() {
        let numbers = |chunk: &[u8]| -> Vec<u64> {
            frames(chunk).map(|frame| frame.unwrap().number).collect()
        };
        assert_eq!(numbers(&chunk(&[7, 8, 9], 3)), [7, 8, 9]);
        assert_eq!(numbers(&chunk(&[7, 8, 9], 1)), [7, 8, 9]);
        // Left over from when the chunk was used before.
        assert_eq!(numbers(&chunk(&[7, 8, 3, 4], 2)), [7, 8]);
        // A choice of records.
        assert_eq!(numbers(&chunk(&[7, 10, 20], 3)), [7, 10, 20]);
    }

    #[test]
    fn a_damaged_record_is_told_and_ends_the_chunk() {
        let mut damaged = chunk(&[1, 2, 3], 3);
        damaged[RECORDS + 36 + 4] = 0xff;
        let read: Vec<_> = frames(&damaged).collect();
        assert_eq!(read.len(), 2);
        assert!(read[0].is_ok() && read[1].is_err());
        assert_eq!(frames(&[]).count(), 0);
        assert_eq!(chunk_head(&[0; CHUNK]), Ok(None));
        assert!(chunk_head(&[1; CHUNK]).is_err());
    }
}
