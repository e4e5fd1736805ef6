//! Memory that the system fills with a table of unknown length.

use crate::Error;

/// Memory for structures of the system: aligned for all of them, and
/// initialised, so that nothing unwritten is ever read.
#[derive(Debug, Default)]
pub struct Buffer {
    /// Units of 16 bytes: no structure needs more alignment.
    units: Vec<u128>,
    /// How many bytes the system has filled in.
    filled: usize,
}

const UNIT: usize = size_of::<u128>();

/// What an attempt to fill a buffer came to.
#[derive(Debug)]
pub enum Attempt<E = Error> {
    /// So many bytes were filled in.
    Filled(usize),
    /// Too small; this many bytes would have done just now, where it is said.
    TooSmall(usize),
    /// It fails with any buffer.
    Failed(E),
}

impl Buffer {
    /// Room for that many bytes, to begin with.
    #[must_use]
    pub fn new(bytes: usize) -> Self {
        Self {
            units: vec![0; bytes.div_ceil(UNIT)],
            filled: 0,
        }
    }

    /// What was filled in last.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        let all = self.units.len() * UNIT;
        // SAFETY: the vector's own memory, initialised and never larger than
        // this; bytes have no alignment and all values.
        let bytes = unsafe { std::slice::from_raw_parts(self.units.as_ptr().cast::<u8>(), all) };
        bytes.get(..self.filled).unwrap_or(bytes)
    }

    /// Room, in bytes, as the system's functions take it.
    #[must_use]
    pub fn room(&self) -> u32 {
        u32::try_from(self.units.len() * UNIT).unwrap_or(u32::MAX)
    }

    /// Gives up room beyond that many bytes, after a use that needed more
    /// than the next ones will.
    pub fn shrink_to(&mut self, bytes: usize) {
        self.filled = 0;
        if self.units.len() > bytes.div_ceil(UNIT) {
            self.units.truncate(bytes.div_ceil(UNIT));
            self.units.shrink_to_fit();
        }
    }

    /// Calls `attempt` with the room, and again with more as long as it asks
    /// for more: a table can have grown since its length was asked. It grows
    /// by half of what is wanted at least, so that it ends, and never beyond
    /// `most` bytes.
    ///
    /// `attempt` gets a pointer to so many bytes of initialised memory, which
    /// it may write to until it returns.
    ///
    /// # Errors
    ///
    /// What `attempt` failed with, or that `call` wants more than `most`.
    pub fn fill<E: From<Error>>(
        &mut self,
        call: &'static str,
        most: usize,
        mut attempt: impl FnMut(*mut u8, u32) -> Attempt<E>,
    ) -> Result<&[u8], E> {
        self.filled = 0;
        loop {
            let room = self.room();
            match attempt(self.units.as_mut_ptr().cast(), room) {
                Attempt::Filled(bytes) => {
                    self.filled = bytes.min(room as usize);
                    return Ok(self.bytes());
                }
                Attempt::Failed(error) => return Err(error),
                Attempt::TooSmall(wanted) => {
                    let room = room as usize;
                    if room >= most {
                        return Err(E::from(Error::Malformed(format!(
                            "{call} is not content with {room} bytes"
                        ))));
                    }
                    // The table goes on growing: a quarter more than asked.
                    let wanted = wanted.saturating_add(wanted / 4);
                    let next = wanted.max(room.saturating_add(room / 2)).max(256);
                    self.units.clear();
                    self.units.resize(next.min(most).div_ceil(UNIT), 0);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_that_grows_is_read_at_last() {
        let mut table = 1000;
        let mut buffer = Buffer::new(0);
        let bytes = buffer
            .fill("Call", 1 << 20, |to, room| {
                if (room as usize) < table {
                    // It is longer each time it is looked at.
                    let wanted = table;
                    table += 300;
                    return Attempt::<Error>::TooSmall(wanted);
                }
                // SAFETY: `room` bytes are there.
                unsafe { to.write_bytes(7, table) };
                Attempt::Filled(table)
            })
            .unwrap();
        assert!(bytes.len() >= 1000);
        assert!(bytes.iter().all(|&byte| byte == 7));
    }

    #[test]
    fn a_call_that_is_never_content_ends() {
        let mut buffer = Buffer::new(16);
        let mut calls = 0;
        let error = buffer
            .fill("Call", 1 << 20, |_, _| {
                calls += 1;
                Attempt::<Error>::TooSmall(0)
            })
            .unwrap_err();
        assert!(matches!(error, Error::Malformed(_)), "{error}");
        assert!(calls < 40, "{calls}");
    }

    #[test]
    fn nothing_is_shown_that_was_not_filled() {
        let mut buffer = Buffer::new(64);
        assert!(buffer.bytes().is_empty());
        let bytes = buffer
            .fill("Call", 1024, |_, room| {
                Attempt::<Error>::Filled(room as usize + 1000)
            })
            .unwrap();
        assert_eq!(bytes.len(), 64);
        buffer.shrink_to(16);
        assert!(buffer.bytes().is_empty());
        assert_eq!(buffer.room(), 16);
    }
}
