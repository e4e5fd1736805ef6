//! `KERN_PROCARGS2`: what a process was started with, as it has it in its own
//! memory now.
//!
//! First the number of arguments, then the path that was executed, NULs, the
//! arguments, the environment, NULs, and what the kernel tells the program
//! beside them (`apple[]`). Where the caller may not see the environment, the
//! answer ends with the last argument.

use crate::parse::Malformed;
use crate::parse::layout::{Endian, Number as _};

/// What a process was started with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arguments<'a> {
    /// The path that was executed; relative where that was.
    pub path: &'a [u8],
    /// From the first argument on.
    strings: &'a [u8],
    /// Bytes from the start of the path to the first argument.
    offset: usize,
    count: usize,
}

/// Reads the answer.
///
/// # Errors
///
/// When it is too short for a number of arguments, or that is negative.
pub fn arguments(data: &[u8], endian: Endian) -> Result<Arguments<'_>, Malformed> {
    const EXPECTED: Malformed = Malformed("a number of arguments");
    let (count, strings) = data.split_at_checked(4).ok_or(EXPECTED)?;
    let count = i32::read(count, endian).ok_or(EXPECTED)?;
    let count = usize::try_from(count).map_err(|_| EXPECTED)?;
    let (path, padding) = split(strings);
    // The kernel aligns the first argument, and skips all NULs itself where
    // it looks for it: one that is empty cannot be told from the padding.
    let nuls = padding.iter().take_while(|byte| **byte == 0).count();
    let rest = padding.get(nuls..).unwrap_or_default();
    Ok(Arguments {
        path,
        strings: rest,
        offset: strings.len().saturating_sub(rest.len()),
        count,
    })
}

impl<'a> Arguments<'a> {
    /// The arguments, as many as there are said to be and are there.
    pub fn arguments(self) -> impl Iterator<Item = &'a [u8]> {
        Strings(self.strings).take(self.count)
    }

    /// The environment: names and values. `None`: it was left out, because
    /// the caller may not see it.
    ///
    /// What has no name is left out.
    #[must_use]
    pub fn environment(self) -> Option<impl Iterator<Item = (&'a [u8], &'a [u8])>> {
        let mut strings = Strings(self.strings);
        for _ in 0..self.count {
            if strings.next().is_none() {
                break;
            }
        }
        // There is always something behind it, and were it NULs.
        if strings.0.is_empty() {
            return None;
        }
        let all = self.strings.len();
        let items = std::iter::from_fn(move || {
            let place = self.offset + (all - strings.0.len());
            let item = strings.next()?;
            let is_end = item.is_empty() || (place % 4 == 0 && is_of_the_kernel(item));
            (!is_end).then_some(item)
        });
        Some(items.filter_map(|item| {
            // A name that begins with the sign is one of a shell's own.
            let at = memchr::memchr(b'=', item).filter(|at| *at > 0)?;
            let (name, value) = item.split_at_checked(at)?;
            Some((name, value.get(1..)?))
        }))
    }
}

/// Whether this is one of the strings that the kernel adds. They begin at a
/// place that pointers could, right behind an environment that ends there.
fn is_of_the_kernel(item: &[u8]) -> bool {
    const NAMES: [&[u8]; 6] = [
        b"pfz=",
        b"stack_guard=",
        b"malloc_entropy=",
        b"ptr_munge=",
        b"main_stack=",
        b"executable_file=",
    ];
    NAMES.iter().any(|name| item.starts_with(name))
}

/// Text up to its NUL, and what follows that.
fn split(data: &[u8]) -> (&[u8], &[u8]) {
    match memchr::memchr(0, data) {
        Some(end) => (
            data.get(..end).unwrap_or_default(),
            data.get(end + 1..).unwrap_or_default(),
        ),
        None => (data, &[]),
    }
}

/// Texts one behind the other, each with a NUL; the last may lack it.
struct Strings<'a>(&'a [u8]);

impl<'a> Iterator for Strings<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<Self::Item> {
        if self.0.is_empty() {
            return None;
        }
        let (item, rest) = split(self.0);
        self.0 = rest;
        Some(item)
    }
}

#[cfg(test)]
mod tests;
