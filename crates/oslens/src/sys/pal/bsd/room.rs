//! Buffers for answers whose size is not known before.

use std::io;

/// Asked for an answer so often, its size cannot grow each time by more than
/// the slack.
const TRIES: usize = 12;

/// Asks until the answer has room: first, where `answer` has some from before,
/// in that; then in as much as the kernel says it takes, and some more,
/// because lists grow between the question for their size and the one for
/// them.
///
/// `ask` gets a buffer and its size, or a null pointer to be told the size
/// alone; it writes how many bytes the answer has. `ENOMEM` from it: they have
/// no room; `ENOSPC` is NetBSD's word for that about memory maps.
pub(super) fn fill(
    answer: &mut Vec<u8>,
    mut ask: impl FnMut(*mut u8, &mut usize) -> io::Result<()>,
) -> io::Result<()> {
    answer.clear();
    for attempt in 0..TRIES {
        let known = attempt == 0 && answer.capacity() > 0;
        if !known {
            let mut size = 0;
            ask(std::ptr::null_mut(), &mut size)?;
            if size == 0 {
                return Ok(());
            }
            answer.reserve(size.saturating_add(size / 8).saturating_add(256));
        }
        let room = answer.capacity();
        let mut size = room;
        match ask(answer.as_mut_ptr(), &mut size) {
            Ok(()) if size <= room => {
                // SAFETY: `ask` was told that there are `capacity` bytes, and
                // the kernel has filled in `size` of them, which are not more.
                unsafe { answer.set_len(size) };
                return Ok(());
            }
            // NetBSD's list of files is cut without a word, and this is how
            // much there would have been.
            Ok(()) => {}
            Err(error) if is_short(&error) => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::Error::from_raw_os_error(libc::ENOMEM))
}

fn is_short(error: &io::Error) -> bool {
    matches!(error.raw_os_error(), Some(libc::ENOMEM | libc::ENOSPC))
}

/// Asks once, with room for `size` bytes: `from`, and zeros behind it.
pub(super) fn fixed(
    answer: &mut Vec<u8>,
    from: &[u8],
    size: usize,
    ask: impl FnOnce(*mut u8, &mut usize) -> io::Result<()>,
) -> io::Result<()> {
    answer.clear();
    answer.extend_from_slice(from);
    answer.resize(size, 0);
    let mut filled = size;
    ask(answer.as_mut_ptr(), &mut filled)?;
    answer.truncate(filled);
    Ok(())
}

/// What a call that returns -1 for a failure has returned.
pub(super) fn check(returned: libc::c_int) -> io::Result<libc::c_int> {
    match returned {
        -1 => Err(io::Error::last_os_error()),
        number => Ok(number),
    }
}
