//! What a process has in its own memory: command line, working directory,
//! environment.

use std::{ffi::OsString, os::windows::io::BorrowedHandle, path::PathBuf, time::Duration};

use windows_sys::Win32::System::Memory::MEM_COMMIT;

use crate::{
    Error, Result,
    parse::windows::{
        Layout, command_line, device_path, environment,
        process_parameters::{self, Parameters},
        utf16::{RemoteText, Utf16},
    },
    sys::pal::windows::{
        process::{self, class},
        remote, wide,
    },
};

/// The longest environment that is read; a structure that claims more is
/// damaged.
const LONGEST_ENVIRONMENT: usize = 16 << 20;

/// How often memory is read again that is not all there yet: a process that
/// is being made has its parameters a moment later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Patience {
    /// Never: there are many processes.
    None,
    /// A few times, for some 60 ms at most.
    Some,
}

/// A process whose memory is read.
pub(super) struct Memory<'a> {
    process: BorrowedHandle<'a>,
    parameters: Parameters,
}

impl<'a> Memory<'a> {
    /// Finds the parameters of a process that was opened with
    /// `PROCESS_QUERY_INFORMATION` and `PROCESS_VM_READ`.
    ///
    /// # Errors
    ///
    /// `Unsupported` for a process that has none, and for a 64-bit process
    /// from a 32-bit one.
    pub(super) fn of(process: BorrowedHandle<'a>, patience: Patience) -> Result<Self> {
        /// Not all of the memory is there.
        const ERROR_PARTIAL_COPY: i32 = 299;
        let mut pause = Duration::from_millis(1);
        loop {
            match Self::try_of(process) {
                Err(error)
                    if error.raw_os_error() == Some(ERROR_PARTIAL_COPY)
                        && patience == Patience::Some
                        && pause <= Duration::from_millis(32) =>
                {
                    std::thread::sleep(pause);
                    pause *= 2;
                }
                other => return other,
            }
        }
    }

    fn try_of(process: BorrowedHandle<'a>) -> Result<Self> {
        let (layout, peb_address) = peb(process)?;
        let mut peb = [0; process_parameters::PEB_SIZE];
        remote::read(process, peb_address, &mut peb)?;
        let malformed =
            |error: crate::parse::Malformed| Error::malformed("memory of the process", error.0);
        let address = process_parameters::parameters_address(&peb, layout)
            .map_err(malformed)?
            .ok_or_else(|| Error::unsupported("parameters of this process"))?;
        let mut data = vec![0; process_parameters::size(layout)];
        // Older versions have a shorter structure, which may end with its
        // page.
        if let Err(error) = remote::read(process, address, &mut data) {
            data.truncate(process_parameters::least_size(layout));
            remote::read(process, address, &mut data).map_err(|_| error)?;
        }
        let parameters =
            process_parameters::parameters(&data, address, layout).map_err(malformed)?;
        Ok(Self {
            process,
            parameters,
        })
    }

    fn text(&self, text: RemoteText) -> Result<Vec<u16>> {
        if text.length == 0 || text.address == 0 {
            return Ok(Vec::new());
        }
        let mut bytes = vec![0; text.length];
        remote::read(self.process, text.address, &mut bytes)?;
        Ok(Utf16::new(&bytes).to_vec())
    }

    pub(super) fn command_line(&self) -> Result<Vec<OsString>> {
        Ok(arguments(&self.text(self.parameters.command_line)?))
    }

    /// The working directory, without the backslash at its end.
    pub(super) fn current_directory(&self) -> Result<PathBuf> {
        let path = self.text(self.parameters.current_directory)?;
        if path.is_empty() {
            return Err(Error::unsupported("working directory of this process"));
        }
        Ok(wide::text(device_path::plain(&path)).into())
    }

    /// Another of its texts.
    pub(super) fn part(&self, pick: fn(&Parameters) -> RemoteText) -> Result<OsString> {
        Ok(wide::text(&self.text(pick(&self.parameters))?))
    }

    pub(super) fn environment(&self) -> Result<Vec<(OsString, OsString)>> {
        let address = self.parameters.environment;
        if address == 0 {
            return Ok(Vec::new());
        }
        // It may have been replaced by a longer one since its size was
        // noted: the pages say how far it can go.
        let region = remote::region(self.process, address)
            .filter(|region| region.state == MEM_COMMIT)
            .and_then(|region| region.start.checked_add(region.size)?.checked_sub(address));
        let noted = self.parameters.environment_size;
        let longest = region
            .or(noted)
            .and_then(|size| usize::try_from(size).ok())
            .ok_or_else(|| Error::malformed("memory of the process", "an environment"))?
            .min(LONGEST_ENVIRONMENT);
        // Most are short, and most regions long.
        let noted = noted.and_then(|size| usize::try_from(size).ok());
        let mut length = noted.unwrap_or(64 << 10).min(longest);
        loop {
            let mut bytes = vec![0; length];
            remote::read(self.process, address, &mut bytes)?;
            let block = Utf16::new(&bytes).to_vec();
            if environment::end(&block).is_some() || length >= longest {
                return Ok(environment::variables(&block)
                    .map(|(name, value)| (wide::text(name), wide::text(value)))
                    .collect());
            }
            length = length.saturating_mul(4).max(4096).min(longest);
        }
    }
}

/// A command line as the system splits it.
pub(super) fn arguments(line: &[u16]) -> Vec<OsString> {
    command_line::arguments(line)
        .iter()
        .map(|argument| wide::text(argument))
        .collect()
}

/// Whether a process is a 32-bit one on a 64-bit system: the address of its
/// 32-bit PEB, or 0.
pub(super) fn wow64_peb(process: BorrowedHandle<'_>) -> Result<usize> {
    process::query::<usize>(process, class::WOW64)
}

/// Where the PEB is, and of which layout.
fn peb(process: BorrowedHandle<'_>) -> Result<(Layout, u64)> {
    let wow64 = wow64_peb(process)?;
    if wow64 != 0 && Layout::NATIVE == Layout::Bits64 {
        return Ok((Layout::Bits32, wow64 as u64));
    }
    reachable(wow64)?;
    let [_, address, ..] = process::query::<[usize; 6]>(process, class::BASIC)?;
    if address == 0 {
        return Err(Error::unsupported("parameters of this process"));
    }
    Ok((Layout::NATIVE, address as u64))
}

/// Fails for a 64-bit process where this program is a 32-bit one: it can see
/// no more than the first 4 GiB of that one's memory.
pub(super) fn check_reachable(process: BorrowedHandle<'_>) -> Result<()> {
    reachable(wow64_peb(process)?)
}

fn reachable(wow64_peb: usize) -> Result<()> {
    if Layout::NATIVE == Layout::Bits32 && wow64_peb == 0 && is_caller_wow64() {
        return Err(Error::unsupported(
            "memory of a 64-bit process from a 32-bit one",
        ));
    }
    Ok(())
}

/// Whether this program is a 32-bit one on a 64-bit system.
fn is_caller_wow64() -> bool {
    let me = process::current();
    wow64_peb(me).is_ok_and(|peb| peb != 0)
}
