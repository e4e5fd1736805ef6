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
/// There are zeros in the room: a kernel whose records are shorter than it is
/// asked for writes only the beginning of each (NetBSD).
///
/// An answer that leaves less than `spare` bytes of the room may have been cut
/// without a word, and is asked for again.
///
/// `ask` gets a buffer and its size, or a null pointer to be told the size
/// alone; it writes how many bytes the answer has. `ENOMEM` from it: they have
/// no room.
pub(super) fn fill(
    answer: &mut Vec<u8>,
    spare: usize,
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
            let slack = (size / 8).saturating_add(256).saturating_add(spare);
            answer.reserve(size.saturating_add(slack));
        }
        let room = answer.capacity();
        answer.resize(room, 0);
        let mut size = room;
        let asked = ask(answer.as_mut_ptr(), &mut size);
        answer.truncate(size);
        match asked {
            Ok(()) if room.checked_sub(size).is_some_and(|left| left >= spare) => return Ok(()),
            // NetBSD's list of files is cut without a word, and this is how
            // much there would have been.
            Ok(()) => {}
            Err(error) if is_short(&error) => {}
            Err(error) => {
                answer.clear();
                return Err(error);
            }
        }
        answer.clear();
    }
    Err(io::Error::from_raw_os_error(libc::ENOMEM))
}

/// As [`fill`], with room for whole records of `stride` bytes.
///
/// NetBSD's list of memory maps wants it so: its kernels have been seen to
/// panic when the room has a part of a record at its end. They also refuse more
/// room than [`MOST`], or than ten times that, depending on the version: there
/// is no more than the list takes where it takes as much.
pub(super) fn whole(
    answer: &mut Vec<u8>,
    stride: usize,
    mut ask: impl FnMut(*mut u8, &mut usize) -> io::Result<()>,
) -> io::Result<()> {
    if stride == 0 {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    for _ in 0..TRIES {
        answer.clear();
        let mut size = 0;
        ask(std::ptr::null_mut(), &mut size)?;
        let records = size.div_ceil(stride);
        if records == 0 {
            return Ok(());
        }
        let slack = (records / 8).saturating_add(8);
        let room = records
            .saturating_add(slack)
            .min(records.max(MOST / stride));
        let room = room.saturating_mul(stride);
        answer.resize(room, 0);
        let mut size = room;
        match ask(answer.as_mut_ptr(), &mut size) {
            Ok(()) if size <= room => {
                answer.truncate(size);
                return Ok(());
            }
            // Cut without a word.
            Ok(()) => {}
            Err(error) if is_short(&error) => {}
            Err(error) => {
                answer.clear();
                return Err(error);
            }
        }
    }
    answer.clear();
    Err(io::Error::from_raw_os_error(libc::ENOMEM))
}

/// See [`whole`].
const MOST: usize = 1 << 20;

/// There was no room. `ENOSPC` is NetBSD's word for that about memory maps.
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

#[cfg(test)]
mod tests {
    use super::*;

    /// A kernel with a list of so many bytes, one more with each question.
    fn list(mut length: usize) -> impl FnMut(*mut u8, &mut usize) -> io::Result<()> {
        move |buffer, size| {
            let room = std::mem::replace(size, length);
            length += 1;
            match room.checked_sub(*size) {
                _ if buffer.is_null() => Ok(()),
                None => {
                    *size = room;
                    Err(io::Error::from_raw_os_error(libc::ENOMEM))
                }
                Some(_) => {
                    // SAFETY: `fill` has so much room there, and more.
                    unsafe { buffer.write_bytes(7, *size) };
                    Ok(())
                }
            }
        }
    }

    #[test]
    fn a_list_that_grows_gets_room() {
        let mut answer = Vec::new();
        fill(&mut answer, 0, list(10_000)).unwrap();
        assert_eq!(answer, [7; 10_001]);
        // There is room from before.
        fill(&mut answer, 0, list(20)).unwrap();
        assert_eq!(answer, [7; 20]);
        // Not enough of it.
        fill(&mut answer, 0, list(30_000)).unwrap();
        assert_eq!(answer, [7; 30_002]);
    }

    #[test]
    fn a_list_that_is_cut_without_a_word_is_asked_for_again() {
        // Records of 24 bytes, as many as there is room for, and one more with
        // each question.
        let mut count = 40;
        let mut cutting = |buffer: *mut u8, size: &mut usize| {
            count += 1;
            let fits = if buffer.is_null() {
                count
            } else {
                (*size / 24).min(count)
            };
            *size = fits * 24;
            Ok(())
        };
        // There is room for some of them from before.
        let mut answer = Vec::with_capacity(100);
        fill(&mut answer, 24, &mut cutting).unwrap();
        assert_eq!(answer.len(), 43 * 24, "the third question");
        // And now for all.
        fill(&mut answer, 24, &mut cutting).unwrap();
        assert_eq!(answer.len(), 44 * 24);
        // One that would not fit at all is not nothing.
        let mut answer = Vec::with_capacity(20);
        fill(&mut answer, 24, &mut cutting).unwrap();
        assert_eq!(answer.len(), 47 * 24);
    }

    #[test]
    fn what_the_kernel_leaves_out_between_its_records_is_zero_and_not_of_before() {
        let mut answer = vec![9; 4096];
        fill(&mut answer, 0, |buffer, size| {
            // Records of 16 bytes, of which it has 8.
            for record in 0..2 {
                // SAFETY: there is room for 4096 bytes.
                unsafe { buffer.add(record * 16).write_bytes(7, 8) };
            }
            *size = 32;
            Ok(())
        })
        .unwrap();
        let record = [[7; 8], [0; 8]].concat();
        assert_eq!(answer, record.repeat(2));
    }

    #[test]
    fn nothing_of_a_failed_answer_is_left_and_no_kernel_is_asked_for_ever() {
        let mut answer = vec![9; 64];
        let refused = |_, _: &mut usize| Err(io::Error::from_raw_os_error(libc::EPERM));
        let error = fill(&mut answer, 0, refused).unwrap_err();
        assert_eq!(error.raw_os_error(), Some(libc::EPERM));
        assert!(answer.is_empty());
        let mut asked = 0;
        let error = fill(&mut answer, 0, |buffer, size| {
            asked += 1;
            *size = if buffer.is_null() { 8 } else { *size + 1 };
            Ok(())
        });
        assert_eq!(error.unwrap_err().raw_os_error(), Some(libc::ENOMEM));
        assert!(asked <= 2 * TRIES && answer.is_empty(), "{asked}");
    }

    #[test]
    fn there_is_room_for_whole_records_and_not_for_more_than_the_kernel_takes() {
        const STRIDE: usize = 1128;
        // So many there are when it is asked: one more each time.
        for (mut records, asked) in [(1_usize, 2), (800, 2), (929, 4), (2000, 4)] {
            let mut rooms = Vec::new();
            let mut questions = 0;
            let mut answer = Vec::new();
            let first = records;
            whole(&mut answer, STRIDE, |buffer, size| {
                questions += 1;
                let room = std::mem::replace(size, records * STRIDE);
                if !buffer.is_null() {
                    rooms.push(room);
                    if questions == 2 && asked > 2 {
                        records += 1;
                        return Err(io::Error::from_raw_os_error(libc::ENOSPC));
                    }
                }
                Ok(())
            })
            .unwrap();
            assert_eq!((questions, answer.len()), (asked, records * STRIDE));
            for room in rooms {
                assert_eq!(room % STRIDE, 0);
                assert!(room <= MOST || room == first * STRIDE || room == records * STRIDE);
            }
        }
        let mut answer = vec![1];
        whole(&mut answer, STRIDE, |_, _| Ok(())).unwrap();
        assert!(answer.is_empty());
        assert!(whole(&mut answer, 0, |_, _| Ok(())).is_err());
        let refused = |_, size: &mut usize| match std::mem::replace(size, 7) {
            0 => Ok(()),
            _ => Err(io::Error::from_raw_os_error(libc::E2BIG)),
        };
        let error = whole(&mut answer, STRIDE, refused).unwrap_err();
        assert_eq!(error.raw_os_error(), Some(libc::E2BIG));
        assert!(answer.is_empty());
        // What is cut without a word is not the whole list.
        let cut = |buffer: *mut u8, size: &mut usize| {
            *size = if buffer.is_null() {
                STRIDE
            } else {
                *size + STRIDE
            };
            Ok(())
        };
        assert!(whole(&mut answer, STRIDE, cut).is_err());
        assert!(answer.is_empty());
    }

    #[test]
    fn an_answer_of_nothing_takes_one_question() {
        let mut answer = Vec::new();
        let nothing = |_, size: &mut usize| {
            *size = 0;
            Ok(())
        };
        fill(&mut answer, 0, nothing).unwrap();
        assert!(answer.is_empty());
    }
}
