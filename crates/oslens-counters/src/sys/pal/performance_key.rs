//! `HKEY_PERFORMANCE_DATA`: a key whose values are answers.

use std::{
    ffi::OsStr,
    sync::{Mutex, PoisonError},
};

use oslens_win32::{
    Error as Win32Error,
    buffer::{Attempt, Buffer},
    wide,
};
use windows_sys::Win32::{
    Foundation::{ERROR_MORE_DATA, ERROR_SUCCESS},
    System::Registry::{
        HKEY, HKEY_PERFORMANCE_DATA, HKEY_PERFORMANCE_NLSTEXT, RegCloseKey, RegQueryValueExW,
    },
};

use crate::{Language, Result, registry::PerformanceKey};

/// Most objects' data is smaller.
const FIRST: usize = 64 << 10;
/// No machine's data is larger.
const MOST: usize = 256 << 20;

/// How many there are. The key is one for the whole process, and closing it
/// unloads the providers' libraries: only the last one does.
static OPEN: Mutex<usize> = Mutex::new(0);

/// The key. The system opens it when it is first asked.
#[derive(Debug)]
pub(crate) struct Key {
    /// Kept from sample to sample, so that it has its size at last.
    buffer: Buffer,
}

impl Key {
    pub(crate) fn open() -> Self {
        let mut open = OPEN.lock().unwrap_or_else(PoisonError::into_inner);
        *open = open.saturating_add(1);
        Self {
            buffer: Buffer::new(0),
        }
    }
}

impl Drop for Key {
    fn drop(&mut self) {
        let mut open = OPEN.lock().unwrap_or_else(PoisonError::into_inner);
        *open = open.saturating_sub(1);
        if *open == 0 {
            // SAFETY: a key that always exists. No other is in use: they are
            // counted, and the lock is held until this is done.
            unsafe { RegCloseKey(HKEY_PERFORMANCE_DATA) };
        }
    }
}

fn query<'a>(key: HKEY, buffer: &'a mut Buffer, value: &str) -> Result<&'a [u8]> {
    const CALL: &str = "RegQueryValueExW";
    let name = wide::with_nul(OsStr::new(value))?;
    let bytes = buffer.fill(CALL, MOST, |to, room| {
        let mut length = room;
        // SAFETY: a key that always exists, a name that ends with NUL,
        // `length` bytes to write to; null for what is not wanted.
        let code = unsafe {
            RegQueryValueExW(
                key,
                name.as_ptr(),
                std::ptr::null(),
                std::ptr::null_mut(),
                to,
                &mut length,
            )
        };
        match code {
            ERROR_SUCCESS => Attempt::Filled(length as usize),
            // The length is not what is needed, but anything.
            ERROR_MORE_DATA => Attempt::TooSmall(0),
            code => Attempt::Failed(Win32Error::code(CALL, code)),
        }
    });
    Ok(bytes?)
}

impl PerformanceKey for Key {
    fn data(&mut self, objects: &str) -> Result<Vec<u8>> {
        if self.buffer.room() == 0 {
            self.buffer = Buffer::new(FIRST);
        }
        Ok(query(HKEY_PERFORMANCE_DATA, &mut self.buffer, objects)?.to_vec())
    }

    fn names(&mut self, language: Language) -> Result<Vec<u8>> {
        let mut buffer = Buffer::new(FIRST);
        let names = match language {
            // The English tables are those of language 9, whatever else there is.
            Language::Neutral => query(HKEY_PERFORMANCE_DATA, &mut buffer, "Counter 009"),
            Language::Local => query(HKEY_PERFORMANCE_NLSTEXT, &mut buffer, "Counter"),
        };
        Ok(names?.to_vec())
    }

    fn help(&mut self) -> Result<Vec<u8>> {
        let mut buffer = Buffer::new(FIRST);
        let help = query(HKEY_PERFORMANCE_NLSTEXT, &mut buffer, "Help");
        Ok(help?.to_vec())
    }
}

#[cfg(test)]
mod tests {
    use oslens_win32::time;

    use super::*;
    use crate::parse::performance_data::block;

    #[test]
    fn the_key_answers_with_a_header_of_now() {
        let mut key = Key::open();
        for objects in ["Global", "2 230"] {
            let data = key.data(objects).unwrap();
            let block = block(&data).unwrap();
            assert!(block.frequency > 0 && block.ticks > 0);
            assert!(!block.machine.is_empty());
            let then = time::system_time(u64::try_from(block.steps).unwrap()).unwrap();
            let age = std::time::SystemTime::now().duration_since(then);
            assert!(age.is_ok_and(|age| age.as_secs() < 60));
        }
    }

    #[test]
    fn the_tables_of_names_are_there_in_both_languages() {
        let mut key = Key::open();
        for language in [Language::Neutral, Language::Local] {
            assert!(!crate::Names::parse(&key.names(language).unwrap()).is_empty());
        }
        assert!(!key.help().unwrap().is_empty());
    }

    #[test]
    fn the_key_is_closed_by_the_last_and_opens_again() {
        // In turns and at once with the other tests.
        for _ in 0..3 {
            let mut first = Key::open();
            let mut second = Key::open();
            first.data("2").unwrap();
            drop(first);
            second.data("2").unwrap();
        }
        Key::open().data("2").unwrap();
    }
}
