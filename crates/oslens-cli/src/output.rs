//! Where the answer is written.

use std::io::{self, BufWriter, StdoutLock, Write};

use crate::exit::Failure;

/// Standard output, locked once and buffered.
///
/// Every error counts: a full disk must not look like a short answer. So the
/// end of a run is [`Output::finish`], which tells; dropping would not.
pub(crate) struct Output {
    to: BufWriter<StdoutLock<'static>>,
}

impl Output {
    pub(crate) fn stdout() -> Self {
        Self {
            to: BufWriter::with_capacity(64 * 1024, io::stdout().lock()),
        }
    }

    /// Writes out what is still held back.
    ///
    /// # Errors
    ///
    /// When standard output does not take it.
    pub(crate) fn finish(mut self) -> Result<(), Failure> {
        self.to.flush().map_err(Failure::Output)
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.to.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

/// One line on standard error, for a note or an error. Where even that cannot
/// be written there is nobody left to tell.
pub(crate) fn complain(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}
