//! What the table does not have: it takes a handle for each process.

use std::{
    cell::OnceCell,
    os::windows::io::{AsHandle as _, BorrowedHandle, OwnedHandle},
    path::PathBuf,
};

use windows_sys::Win32::System::Threading::{
    PROCESS_QUERY_INFORMATION, PROCESS_QUERY_LIMITED_INFORMATION, PROCESS_VM_READ,
};

use super::{
    IDLE, SYSTEM, affinity,
    parameters::{Memory, Patience, arguments},
    priority, why,
};
use crate::{
    Error, ErrorKind, Field, Unavailable,
    os::windows::PriorityClass,
    parse::windows::{
        Layout,
        device_path::{self, Drive},
        utf16::Utf16,
        working_set,
    },
    process::{Fields, IoNice, MemoryFootprint, Pid, ProcessRow},
    sys::{
        self,
        pal::windows::{
            buffer::Buffer,
            drives, handle,
            process::{self, class},
            wide,
        },
    },
};

/// The fields that the table does not have.
pub(super) const FIELDS: Fields = Fields::CMDLINE
    .union(Fields::EXE)
    .union(Fields::CWD)
    .union(Fields::ENVIRON)
    .union(Fields::IONICE)
    .union(Fields::CPU_AFFINITY)
    .union(Fields::MEMORY_FOOTPRINT);

/// Reads them, with memory and facts that all processes share.
#[derive(Debug)]
pub(super) struct Details {
    buffer: Buffer,
    drives: Option<Vec<Drive>>,
    groups: Option<affinity::Groups>,
    patience: Patience,
}

/// Room that is kept for the next process.
const USUAL_ROOM: usize = 64 << 10;

impl Details {
    pub(super) fn new(patience: Patience) -> Self {
        Self {
            buffer: Buffer::new(4096),
            drives: None,
            groups: None,
            patience,
        }
    }

    /// Forgets what may have changed since the last pass.
    pub(super) fn begin(&mut self) {
        self.drives = None;
        self.groups = None;
        self.buffer.shrink_to(USUAL_ROOM);
    }

    /// The drives that paths of the kernel are on.
    pub(super) fn drives(&mut self) -> &[Drive] {
        self.drives.get_or_insert_with(drives::drives)
    }

    /// Reads the fields into the row, whose start says which process is
    /// meant, if it is known.
    pub(super) fn put(
        &mut self,
        row: &mut ProcessRow,
        fields: Fields,
        image: Option<Utf16<'_>>,
        held: Option<BorrowedHandle<'_>>,
    ) {
        let process = Lazy::new(row, held);
        if fields.contains(Fields::EXE) {
            row.exe = self.exe(row.pid, image, &process);
        }
        if fields.contains(Fields::CMDLINE) {
            row.cmdline = self.cmdline(row.pid, &process);
        }
        if fields.contains(Fields::CWD) {
            row.cwd = process
                .memory(self.patience)
                .and_then(|memory| memory.current_directory().map_err(|error| why(&error)));
        }
        if fields.contains(Fields::ENVIRON) {
            row.environ = process
                .memory(self.patience)
                .and_then(|memory| memory.environment().map_err(|error| why(&error)));
        }
        if fields.contains(Fields::NICE) && row.nice.is_err() {
            row.nice = process.limited().and_then(|process| {
                let class = process::priority_class(process).map_err(|error| why(&error))?;
                PriorityClass::from_raw(class)
                    .map(PriorityClass::niceness)
                    .ok_or(Unavailable::Malformed)
            });
        }
        if fields.contains(Fields::IONICE) {
            row.ionice = process.limited().and_then(ionice);
        }
        if fields.contains(Fields::CPU_AFFINITY) {
            let groups = self.groups.get_or_insert_with(affinity::Groups::now);
            row.cpu_affinity = process
                .limited()
                .and_then(|process| affinity::cpus(process, groups).map_err(|error| why(&error)));
        }
        if fields.contains(Fields::MEMORY_FOOTPRINT) {
            row.memory_footprint = process
                .full()
                .and_then(|process| footprint(process, &mut self.buffer));
            self.buffer.shrink_to(USUAL_ROOM);
        }
    }

    fn exe(
        &mut self,
        pid: Pid,
        image: Option<Utf16<'_>>,
        process: &Lazy<'_>,
    ) -> Field<Option<PathBuf>> {
        if matches!(pid, IDLE | SYSTEM) {
            return Ok(None);
        }
        // By PID first: it takes no rights. Whoever has the PID now may be
        // another process, unless a handle keeps it or the name is the same.
        match process::image_name_of_pid(pid.get()) {
            Ok(native) if process.is_held() || is_image(&native, image) => {
                // Processes of the kernel have a name and no file.
                if native.first() != Some(&u16::from(b'\\')) {
                    return Ok(None);
                }
                let path = device_path::to_dos(&native, self.drives());
                return Ok(Some(wide::text(&path).into()));
            }
            // Gone, or another's name: the handle knows.
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::Unsupported => {}
            Err(error) if process.is_held() => return Err(why(&error)),
            Err(_) => {}
        }
        let path = process::image_name(process.limited()?).map_err(|error| why(&error))?;
        Ok((!path.is_empty()).then(|| wide::text(&path).into()))
    }

    fn cmdline(&mut self, pid: Pid, process: &Lazy<'_>) -> Field<Vec<std::ffi::OsString>> {
        if matches!(pid, IDLE | SYSTEM) {
            return Ok(Vec::new());
        }
        // Since Windows 8.1 the kernel reads it for whoever may ask for the
        // least.
        let error =
            match process::query_table(process.limited()?, class::COMMAND_LINE, &mut self.buffer) {
                Ok(bytes) => {
                    let line = process::text_in(bytes).ok_or(Unavailable::Malformed)?;
                    return Ok(arguments(&line));
                }
                Err(error) => error,
            };
        /// What STATUS_NOT_FOUND is: it has none.
        const ERROR_NOT_FOUND: i32 = 1168;
        if error.raw_os_error() == Some(ERROR_NOT_FOUND) {
            return Ok(Vec::new());
        }
        process
            .memory(self.patience)
            .and_then(|memory| memory.command_line().map_err(|error| why(&error)))
    }
}

/// Whether a path ends with the name that the table has.
fn is_image(path: &[u16], image: Option<Utf16<'_>>) -> bool {
    image.is_some_and(|image| {
        let lower =
            |unit: u16| u8::try_from(unit).map_or(unit, |byte| byte.to_ascii_lowercase().into());
        device_path::file_name(path)
            .iter()
            .map(|unit| lower(*unit))
            .eq(image.units().map(lower))
    })
}

fn ionice(process: BorrowedHandle<'_>) -> Field<IoNice> {
    process::query::<u32>(process, class::IO_PRIORITY)
        .and_then(priority::io_priority_from_raw)
        .map(priority::ionice)
        .map_err(|error| why(&error))
}

fn footprint(process: BorrowedHandle<'_>, buffer: &mut Buffer) -> Field<MemoryFootprint> {
    let bytes = process::working_set(process, buffer).map_err(|error| why(&error))?;
    let pages = working_set::pages(bytes, Layout::NATIVE).map_err(|_| Unavailable::Malformed)?;
    let unique = pages.filter(|page| page.is_unique()).count() as u64;
    Ok(MemoryFootprint {
        uss: unique.saturating_mul(sys::page_size()),
        pss: None,
        swap: None,
    })
}

/// One process, opened when the first field needs it, and only as far as
/// that needs.
struct Lazy<'a> {
    pid: Pid,
    start: Option<u64>,
    held: Option<BorrowedHandle<'a>>,
    limited: OnceCell<Field<OwnedHandle>>,
    full: OnceCell<Field<OwnedHandle>>,
}

impl<'a> Lazy<'a> {
    fn new(row: &ProcessRow, held: Option<BorrowedHandle<'a>>) -> Self {
        Self {
            pid: row.pid,
            start: row.start.raw(),
            held,
            limited: OnceCell::new(),
            full: OnceCell::new(),
        }
    }

    /// Whether the PID cannot have become another's.
    fn is_held(&self) -> bool {
        self.held.is_some() || matches!(self.limited.get(), Some(Ok(_)))
    }

    /// To be asked what everybody may ask.
    fn limited(&self) -> Field<BorrowedHandle<'_>> {
        if let Some(held) = self.held {
            return Ok(held);
        }
        self.limited
            .get_or_init(|| self.open(PROCESS_QUERY_LIMITED_INFORMATION))
            .as_ref()
            .map(|handle| handle.as_handle())
            .map_err(|why| *why)
    }

    /// To have its memory read.
    fn full(&self) -> Field<BorrowedHandle<'_>> {
        self.full
            .get_or_init(|| {
                self.open(
                    PROCESS_QUERY_LIMITED_INFORMATION | PROCESS_QUERY_INFORMATION | PROCESS_VM_READ,
                )
            })
            .as_ref()
            .map(|handle| handle.as_handle())
            .map_err(|why| *why)
    }

    fn memory(&self, patience: Patience) -> Field<Memory<'_>> {
        Memory::of(self.full()?, patience).map_err(|error| why(&error))
    }

    fn open(&self, access: u32) -> Field<OwnedHandle> {
        if self.pid == IDLE {
            return Err(Unavailable::Denied);
        }
        let opened = handle::open_process(self.pid.get(), access).map_err(|error| {
            if process::is_no_process(&error) {
                return Unavailable::Gone;
            }
            why(&Error::call("OpenProcess", error))
        })?;
        if process::pid(opened.as_handle()) != self.pid.get() {
            return Err(Unavailable::Gone);
        }
        if let Some(start) = self.start {
            let times = process::times(opened.as_handle()).map_err(|error| why(&error))?;
            if times.creation != start {
                return Err(Unavailable::Gone);
            }
        }
        Ok(opened)
    }
}
