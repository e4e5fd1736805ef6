//! What a process has open.
//!
//! Some questions about a file object wait until nobody else uses it: a pipe
//! that another thread reads from answers when something is written to it,
//! which may be never. They are asked by a thread of their own, which is left
//! behind where it does not come back; and while it is, nobody asks again.

use std::{
    collections::{BTreeMap, BTreeSet},
    ffi::OsString,
    os::windows::io::{AsHandle as _, BorrowedHandle, OwnedHandle},
    path::PathBuf,
    sync::{Mutex, MutexGuard, OnceLock, PoisonError, mpsc},
    thread,
    time::Duration,
};

use windows_sys::Win32::{
    Storage::FileSystem::{FILE_APPEND_DATA, FILE_READ_DATA, FILE_WRITE_DATA},
    System::Threading::{PROCESS_DUP_HANDLE, PROCESS_QUERY_INFORMATION},
};

use super::{IDLE, SYSTEM, handle, local};
use crate::{
    Error, ErrorKind, Result,
    parse::windows::{
        Layout,
        device_path::{self, Drive},
        handle_table::{self, Handle as Entry},
    },
    process::{AccessMode, Descriptor, DescriptorKind, Pid, StartTime},
    sys::{
        pal::windows::{
            buffer::Buffer,
            drives, native,
            object::{self, FileKind},
            process::{self, class},
            wide,
        },
        process::Target,
    },
};

/// How long a file object may take to answer.
const LIMIT: Duration = Duration::from_millis(200);
/// How long all those may take together that do not answer.
const BUDGET: Duration = Duration::from_secs(2);

/// Everything that has a handle, by ascending handle.
pub(crate) fn descriptors(target: Target<'_>) -> Result<Vec<Descriptor>> {
    open_objects(target, |_| true)
}

/// The files on disks alone.
pub(crate) fn open_files(target: Target<'_>) -> Result<Vec<Descriptor>> {
    let mut files = open_objects(target, |is_file| is_file)?;
    files.retain(|descriptor| matches!(descriptor.kind, DescriptorKind::File { .. }));
    Ok(files)
}

fn open_objects(target: Target<'_>, wanted: impl Fn(bool) -> bool) -> Result<Vec<Descriptor>> {
    local(target.host)?;
    let pid = target.id.pid;
    if matches!(pid, IDLE | SYSTEM) {
        return Ok(Vec::new());
    }
    let access = PROCESS_DUP_HANDLE | PROCESS_QUERY_INFORMATION;
    let opened = handle::open(target, access)?;
    let process = opened.as_handle();
    let start = StartTime::from_raw(process::times(process)?.creation);
    let mut entries = handles(process, pid)?;
    // Those that may not answer come last, so that only they are left out
    // when there are too many.
    entries.sort_by_key(|entry| may_block(entry.access));
    let file_type = file_type();
    let drives = drives::drives();
    let mut asker = Asker {
        worker: None,
        left: BUDGET,
    };
    let mut type_names = BTreeMap::new();
    let mut descriptors = Vec::new();
    for entry in entries {
        let is_file = file_type.map(|number| entry.object_type == number);
        if !wanted(is_file.unwrap_or(true)) {
            continue;
        }
        // Closed meanwhile, or one that cannot be had.
        let Ok(object) = object::duplicate(process, entry.value) else {
            continue;
        };
        let is_file = is_file.unwrap_or_else(|| is_file_object(object.as_handle()));
        if !wanted(is_file) {
            continue;
        }
        let (kind, position) = if is_file {
            match asker.ask((pid, start, entry.value), object) {
                Some(answer) => kind_of(answer, &drives),
                None => {
                    let link = "a file that does not answer".into();
                    (DescriptorKind::Other { link }, 0)
                }
            }
        } else {
            let name: &mut OsString = type_names.entry(entry.object_type).or_insert_with(|| {
                let name = object::type_name(object.as_handle()).unwrap_or_default();
                wide::text(&name)
            });
            (DescriptorKind::Anonymous { name: name.clone() }, 0)
        };
        descriptors.push(Descriptor {
            fd: entry.value as u32,
            kind,
            position,
            mode: mode(entry.access),
            flags: entry.access,
        });
    }
    descriptors.sort_by_key(|descriptor| descriptor.fd);
    if !target.handle.map_or(Ok(true), handle::Handle::is_current)? {
        return Err(handle::gone(target));
    }
    Ok(descriptors)
}

/// The handles of a process: its own list since Windows 8, else its part of
/// the system's.
fn handles(process: BorrowedHandle<'_>, pid: Pid) -> Result<Vec<Entry>> {
    let malformed = |error: crate::parse::Malformed| Error::malformed("table of handles", error.0);
    let mut buffer = Buffer::new(64 << 10);
    match process::query_table(process, class::HANDLES, &mut buffer) {
        Ok(bytes) => {
            return Ok(handle_table::of_process(bytes, Layout::NATIVE)
                .map_err(malformed)?
                .collect());
        }
        Err(error) if error.kind() == ErrorKind::Unsupported => {}
        Err(error) => return Err(error.with_pid(pid)),
    }
    let bytes = native::query_system(native::class::HANDLES, &mut buffer)?;
    Ok(handle_table::of_system(bytes, Layout::NATIVE)
        .map_err(malformed)?
        .filter(|entry| entry.pid == Some(pid.get().into()))
        .collect())
}

/// The number that this system has for the type of files, found by a file of
/// our own. `None`: it could not be found, so that every object is asked.
fn file_type() -> Option<u32> {
    static FOUND: OnceLock<Option<u32>> = OnceLock::new();
    *FOUND.get_or_init(|| {
        let file = std::fs::File::open(std::env::current_exe().ok()?).ok()?;
        let value = std::os::windows::io::AsRawHandle::as_raw_handle(&file) as usize as u64;
        handles(process::current(), Pid::current())
            .ok()?
            .into_iter()
            .find(|entry| entry.value == value)
            .map(|entry| entry.object_type)
    })
}

/// Whether a handle has the rights that the ends of pipes are made with.
const fn may_block(access: u32) -> bool {
    // Both ends of `CreatePipe`, and of named pipes. Files are seldom opened
    // so: to read and to change the attributes, or to write and not to append.
    matches!(
        access,
        0x0012_0189 | 0x0012_0196 | 0x0012_019f | 0x001a_019f
    )
}

fn is_file_object(object: BorrowedHandle<'_>) -> bool {
    object::type_name(object).is_ok_and(|name| name.iter().copied().eq("File".encode_utf16()))
}

fn mode(access: u32) -> AccessMode {
    let has = |right: u32| access & right != 0;
    match (
        has(FILE_READ_DATA),
        has(FILE_WRITE_DATA),
        has(FILE_APPEND_DATA),
    ) {
        (true, true, _) => AccessMode::ReadWrite,
        (true, false, true) => AccessMode::ReadAppend,
        (true, false, false) => AccessMode::Read,
        (false, true, _) => AccessMode::Write,
        (false, false, true) => AccessMode::Append,
        (false, false, false) => AccessMode::Path,
    }
}

/// What was found out about a file object.
struct Answer {
    kind: FileKind,
    /// In the kernel's words.
    name: Vec<u16>,
    facts: Option<object::FileFacts>,
    position: Option<u64>,
}

fn inspect(object: &OwnedHandle) -> Answer {
    let object = object.as_handle();
    let kind = object::file_kind(object);
    let is_on_disk = kind == FileKind::Disk;
    Answer {
        kind,
        name: object::name(object).unwrap_or_default(),
        facts: object::file_facts(object).ok().filter(|_| is_on_disk),
        position: object::file_position(object).filter(|_| is_on_disk),
    }
}

fn kind_of(answer: Answer, drives: &[Drive]) -> (DescriptorKind, u64) {
    let path = wide::text(&device_path::to_dos(&answer.name, drives));
    let kind = match (answer.kind, answer.facts) {
        (FileKind::Disk, Some(facts)) if !path.is_empty() => {
            let path = PathBuf::from(path);
            let deleted = facts.is_deleted;
            if facts.is_directory {
                DescriptorKind::Directory { path, deleted }
            } else {
                let size = Some(facts.size);
                DescriptorKind::File {
                    path,
                    deleted,
                    size,
                }
            }
        }
        (FileKind::Character, _) if !path.is_empty() => {
            DescriptorKind::CharacterDevice { path: path.into() }
        }
        (kind, _) => DescriptorKind::Other {
            link: if path.is_empty() {
                unnamed(kind).into()
            } else {
                path
            },
        },
    };
    (kind, answer.position.unwrap_or(0))
}

/// What is shown for an object without a name.
fn unnamed(kind: FileKind) -> &'static str {
    match kind {
        FileKind::Disk => "file",
        FileKind::Character => "character device",
        FileKind::Pipe => "pipe",
        FileKind::Other => "unknown",
    }
}

/// Which handle of which process.
type Key = (Pid, StartTime, u64);

/// The handles whose objects have not answered yet.
static STUCK: Mutex<BTreeSet<Key>> = Mutex::new(BTreeSet::new());

fn stuck() -> MutexGuard<'static, BTreeSet<Key>> {
    STUCK.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Asks file objects in a thread that may be left behind.
struct Asker {
    worker: Option<Worker>,
    /// What is left of [`BUDGET`].
    left: Duration,
}

struct Worker {
    questions: mpsc::Sender<(Key, OwnedHandle)>,
    answers: mpsc::Receiver<Answer>,
}

impl Asker {
    /// `None`: it did not answer in time, now or when it was asked before.
    fn ask(&mut self, key: Key, object: OwnedHandle) -> Option<Answer> {
        if self.left.is_zero() || stuck().contains(&key) {
            return None;
        }
        if self.worker.is_none() {
            self.worker = Some(Worker::start()?);
        }
        let worker = self.worker.as_ref()?;
        if worker.questions.send((key, object)).is_err() {
            self.worker = None;
            return None;
        }
        match worker.answers.recv_timeout(LIMIT) {
            Ok(answer) => Some(answer),
            Err(_) => {
                let mut stuck = stuck();
                // The thread answers while it has the list: it has done so by
                // now, or it will find what is noted here, and take it out.
                if let Ok(answer) = worker.answers.try_recv() {
                    return Some(answer);
                }
                stuck.insert(key);
                // The thread is left behind: it ends when its object answers.
                self.worker = None;
                self.left = self.left.saturating_sub(LIMIT);
                None
            }
        }
    }
}

impl Worker {
    fn start() -> Option<Self> {
        let (questions, asked) = mpsc::channel::<(Key, OwnedHandle)>();
        let (answer, answers) = mpsc::channel();
        thread::Builder::new()
            .name("oslens-open-files".into())
            .stack_size(256 << 10)
            .spawn(move || {
                for (key, object) in asked {
                    let found = inspect(&object);
                    drop(object);
                    let mut stuck = stuck();
                    stuck.remove(&key);
                    if answer.send(found).is_err() {
                        return;
                    }
                }
            })
            .ok()?;
        Some(Self { questions, answers })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::process::Process;

    #[test]
    fn who_asks_at_the_same_time_as_others_misses_no_file() {
        let file = std::fs::File::open(std::env::current_exe().unwrap()).unwrap();
        let value = std::os::windows::io::AsRawHandle::as_raw_handle(&file) as usize as u32;
        let me = Process::current().unwrap();
        thread::scope(|scope| {
            for _ in 0..3 {
                scope.spawn(|| {
                    for _ in 0..20 {
                        let files = open_files(me.target()).unwrap();
                        assert!(
                            files.iter().any(|descriptor| descriptor.fd == value),
                            "{files:?}"
                        );
                    }
                });
            }
        });
    }
}
