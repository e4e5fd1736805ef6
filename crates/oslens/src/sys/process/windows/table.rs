//! The processes, all or one.

use std::{
    os::windows::io::{AsHandle as _, BorrowedHandle},
    time::Instant,
};

use windows_sys::Win32::System::Threading::PROCESS_QUERY_LIMITED_INFORMATION;

use super::{
    IDLE, cells,
    details::{self, Details},
    handle::{self, Handle},
    local,
    parameters::Patience,
    snapshot::{Snapshot, pid_of},
};
use crate::{
    Error, Host, Result,
    parse::windows::device_path,
    process::{Fields, Pid, ProcessRow, StartTime},
    sys::{
        pal::windows::{
            process::{self, class},
            system, wide,
        },
        process::Target,
    },
};

/// The PIDs of all processes, ascending.
pub(crate) fn pids(host: &Host) -> Result<Vec<Pid>> {
    local(host)?;
    let snapshot = Snapshot::take()?;
    let mut pids = snapshot
        .processes()
        .map(|process| process.map(|process| pid_of(&process)))
        .collect::<Result<Vec<_>>>()?;
    pids.sort_unstable();
    Ok(pids)
}

/// Whether a process has this PID that has not ended.
pub(crate) fn pid_exists(host: &Host, pid: Pid) -> Result<bool> {
    local(host)?;
    match Handle::open(host, pid) {
        Ok(Some(handle)) => handle.is_current(),
        // It is there, but not for us; or it is the idle process.
        Ok(None) => Ok(Snapshot::take()?.find(pid)?.is_some()),
        Err(_) => Ok(false),
    }
}

/// What a row of the table needs beside it.
pub(super) fn needs_handle(row: &ProcessRow, fields: Fields) -> bool {
    fields.intersects(details::FIELDS) || (fields.contains(Fields::NICE) && row.nice.is_err())
}

/// The rows of all processes, ascending by PID.
pub(crate) fn list(host: &Host, fields: Fields) -> Result<Vec<ProcessRow>> {
    local(host)?;
    let now = Instant::now();
    let snapshot = Snapshot::take()?;
    let mut details = Details::new(Patience::None);
    let mut rows = Vec::new();
    for process in snapshot.processes() {
        let process = process?;
        let mut row = ProcessRow::empty(pid_of(&process), now);
        cells::put_entry(&mut row, &process, fields);
        cells::put_unix(&mut row, fields);
        if needs_handle(&row, fields) {
            details.put(&mut row, fields, Some(process.name), None);
        }
        rows.push(row);
    }
    rows.sort_by_key(|row| row.pid);
    Ok(rows)
}

/// What a handle can answer without the table.
const BY_HANDLE: Fields = details::FIELDS
    .union(Fields::NAME)
    .union(Fields::PPID)
    .union(Fields::CPU_TIMES)
    .union(Fields::CPU_TOTAL)
    .union(Fields::NICE)
    .union(Fields::CREATE_TIME)
    .union(Fields::START)
    .union(Fields::RSS)
    .union(Fields::VMS)
    .union(Fields::MEMORY_INFO_EX)
    .union(Fields::IO_COUNTERS)
    .union(Fields::NUM_FDS);

/// The row of one process, which is proved to be the one that is meant.
pub(crate) fn read(target: Target<'_>, fields: Fields) -> Result<ProcessRow> {
    local(target.host)?;
    if BY_HANDLE.contains(fields) && target.id.pid != IDLE {
        if let Some(row) = read_by_handle(target, fields)? {
            return Ok(row);
        }
    }
    read_from_table(target, fields)
}

/// The values as the calls for one process tell them. `None`: the caller may
/// not ask one of them, and the table knows.
fn read_by_handle(target: Target<'_>, fields: Fields) -> Result<Option<ProcessRow>> {
    let fresh;
    let process = match target.handle {
        Some(handle) => handle.borrow(),
        None => match handle::open(target, PROCESS_QUERY_LIMITED_INFORMATION) {
            Ok(opened) => {
                fresh = opened;
                fresh.as_handle()
            }
            Err(error) if error.kind() == crate::ErrorKind::AccessDenied => return Ok(None),
            Err(error) => return Err(error),
        },
    };
    let mut row = ProcessRow::empty(target.id.pid, Instant::now());
    let is_complete = put_by_handle(&mut row, process, fields);
    if is_complete {
        Details::new(Patience::Some).put(&mut row, fields, None, Some(process));
    }
    // What was read was this process's, whether or not it has ended since:
    // but then it is no more.
    let is_current = match target.handle {
        Some(handle) => handle.is_current()?,
        None => handle::runs(process)?,
    };
    if !is_current {
        return Err(handle::gone(target));
    }
    Ok(is_complete.then_some(row))
}

/// Fills in what the calls tell. `false`: one of them failed.
fn put_by_handle(row: &mut ProcessRow, process: BorrowedHandle<'_>, fields: Fields) -> bool {
    let Ok(times) = process::times(process) else {
        return false;
    };
    row.start = StartTime::from_raw(times.creation);
    row.create_time = cells::create_time(times.creation);
    if fields.intersects(Fields::CPU_TIMES | Fields::CPU_TOTAL) {
        // Wine tells everybody the caller's own.
        if system::is_wine() && row.pid != Pid::current() {
            return false;
        }
        cells::put_times(row, times.user, times.kernel);
    }
    if fields.contains(Fields::NAME) {
        let Ok(path) = process::image_name(process) else {
            return false;
        };
        let name = device_path::file_name(&path);
        if name.is_empty() {
            return false;
        }
        row.name = Ok(wide::text(name));
    }
    if fields.contains(Fields::PPID) {
        let Ok([.., parent]) = process::query::<[usize; 6]>(process, class::BASIC) else {
            return false;
        };
        row.ppid = Ok(Pid::new(parent as u32));
    }
    if fields.intersects(Fields::RSS | Fields::VMS | Fields::MEMORY_INFO_EX) {
        let Ok(memory) = process::memory(process) else {
            return false;
        };
        cells::put_memory(row, memory.working_set, memory.commit, None);
        cells::put_memory_ex(row, memory.peak_working_set, memory.peak_commit);
        // The table knows more of it.
        row.memory_info = Err(crate::Unavailable::NotRequested);
    }
    if fields.contains(Fields::IO_COUNTERS) {
        let Ok(io) = process::io_counters(process) else {
            return false;
        };
        row.io_counters = cells::counted(cells::io_counters(io));
    }
    if fields.contains(Fields::NUM_FDS) {
        match process::handle_count(process) {
            // Wine counts them in the table alone.
            Err(_) | Ok(0) => return false,
            Ok(count) => row.num_fds = Ok(count),
        }
    }
    true
}

fn read_from_table(target: Target<'_>, fields: Fields) -> Result<ProcessRow> {
    let pid = target.id.pid;
    let snapshot = Snapshot::take()?;
    let now = Instant::now();
    let process = snapshot.find(pid)?.ok_or_else(|| handle::gone(target))?;
    let mut row = ProcessRow::empty(pid, now);
    cells::put_entry(&mut row, &process, fields);
    cells::put_unix(&mut row, fields);
    if target.id.differs_from(&row.id()) {
        return Err(Error::reused(pid));
    }
    if needs_handle(&row, fields) {
        let held = target.handle.map(Handle::borrow);
        Details::new(Patience::Some).put(&mut row, fields, Some(process.name), held);
    }
    if let Some(handle) = target.handle {
        if !handle.is_current()? {
            return Err(handle::gone(target));
        }
    }
    Ok(row)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Unavailable;

    fn me() -> (Handle, crate::process::ProcessId) {
        let host = Host::local();
        let pid = Pid::current();
        let handle = Handle::open(host, pid).unwrap().unwrap();
        (handle, handle::identity(host, pid).unwrap())
    }

    #[test]
    fn the_table_says_what_the_handle_says() {
        let (handle, id) = me();
        let target = Target {
            host: Host::local(),
            id,
            handle: Some(&handle),
            proof: None,
        };
        let fields = BY_HANDLE - Fields::IO_COUNTERS;
        let by_table = read_from_table(target, fields).unwrap();
        // Each field by itself: one that the handle cannot tell here leaves
        // the others.
        for field in fields {
            let Some(by_handle) = read_by_handle(target, field).unwrap() else {
                continue;
            };
            assert_eq!(by_handle.start, by_table.start);
            macro_rules! same {
                ($($flag:ident $field:ident),* $(,)?) => {
                    $(if field == Fields::$flag {
                        assert_eq!(by_handle.$field, by_table.$field);
                    })*
                };
            }
            same! {
                NAME name, PPID ppid, CREATE_TIME create_time, NICE nice, CMDLINE cmdline,
                EXE exe, CWD cwd, ENVIRON environ, IONICE ionice, CPU_AFFINITY cpu_affinity,
            }
            if field == Fields::RSS {
                let (a, b) = (by_handle.rss.unwrap(), by_table.rss.unwrap());
                assert!(a.abs_diff(b) < 16 << 20, "{a} {b}");
            }
        }
    }

    #[test]
    fn who_may_not_be_opened_has_a_row_all_the_same() {
        // Nobody can open the idle process.
        let mut row = ProcessRow::empty(IDLE, Instant::now());
        row.start = StartTime::from_raw(0);
        Details::new(Patience::None).put(&mut row, Fields::all(), None, None);
        assert_eq!(row.cmdline, Ok(Vec::new()));
        assert_eq!(row.exe, Ok(None));
        assert_eq!(row.cwd, Err(Unavailable::Denied));
        assert_eq!(row.environ, Err(Unavailable::Denied));
        assert_eq!(row.ionice, Err(Unavailable::Denied));
        assert_eq!(row.cpu_affinity, Err(Unavailable::Denied));
        assert_eq!(row.memory_footprint, Err(Unavailable::Denied));
    }

    #[test]
    fn details_of_whoever_has_the_pid_now_are_not_those_of_the_former() {
        let (_, id) = me();
        let mut row = ProcessRow::empty(id.pid, Instant::now());
        row.start = StartTime::from_raw(id.start.raw().unwrap() - 1);
        Details::new(Patience::None).put(&mut row, Fields::all(), None, None);
        assert_eq!(row.cmdline, Err(Unavailable::Gone));
        assert_eq!(row.exe, Err(Unavailable::Gone));
        assert_eq!(row.cwd, Err(Unavailable::Gone));
        assert_eq!(row.cpu_affinity, Err(Unavailable::Gone));
    }

    #[test]
    fn what_is_refused_is_denied_in_its_cell_and_the_table_tells_the_rest() {
        use crate::{
            ErrorKind,
            process::{Process, Waited, wait_all},
            sys::pal::windows::security,
        };

        let mut child = child();
        let pid = Pid::new(child.id());
        if !security::deny_everybody(child.as_handle()) {
            panic!("{}", std::io::Error::last_os_error());
        }
        let process = Process::open(pid).unwrap();
        if process.target().handle.is_some() {
            child.kill().unwrap();
            child.wait().unwrap();
            // As an administrator with SeDebugPrivilege.
            eprintln!("skipped: the caller may open what nobody may");
            return;
        }
        assert!(process.is_running().unwrap());
        assert!(crate::process::pid_exists(pid).unwrap());

        // One by one: what has a call for one process comes from the table.
        assert_eq!(process.name().unwrap(), "cmd.exe");
        assert_eq!(process.ppid().unwrap(), Pid::current());
        assert!(process.create_time().is_ok() && process.cpu_total().is_ok());
        assert!(process.read(Fields::RSS).unwrap().rss.unwrap() > 0);
        assert!(process.num_fds().unwrap() > 0 && process.num_threads().unwrap() > 0);
        assert!(!process.threads().unwrap().is_empty());
        let exe = process.exe().unwrap().unwrap();
        assert_eq!(exe.file_name().unwrap(), "cmd.exe");
        for error in [
            process.cmdline().unwrap_err(),
            process.cwd().unwrap_err(),
            process.environ().unwrap_err(),
            process.cpu_affinity().unwrap_err(),
            process.open_files().unwrap_err(),
            process.memory_maps().unwrap_err(),
            process.username().unwrap_err(),
            process.kill().unwrap_err(),
            process.suspend().unwrap_err(),
            process.set_nice(5).unwrap_err(),
        ] {
            assert_eq!(error.kind(), ErrorKind::AccessDenied, "{error}");
            assert!(error.to_string().contains("cmd.exe"), "{error}");
        }

        // And in a listing.
        let rows = list(Host::local(), Fields::all()).unwrap();
        let row = rows.iter().find(|row| row.pid == pid).unwrap();
        assert_eq!(row.id(), process.id());
        assert_eq!(row.cwd, Err(Unavailable::Denied));
        assert_eq!(row.cmdline, Err(Unavailable::Denied));
        assert!(row.rss.is_ok() && row.exe.is_ok());

        // It cannot be waited for: it is looked at.
        let soon = Some(std::time::Duration::from_millis(20));
        let waited = wait_all(std::slice::from_ref(&process), soon).unwrap();
        assert_eq!(waited, [Waited::Running]);
        child.kill().unwrap();
        assert_eq!(process.wait(None).unwrap(), None, "nobody tells how");
        child.wait().unwrap();
        drop(child);
        assert!(!process.is_running().unwrap());
    }

    fn child() -> std::process::Child {
        std::process::Command::new("cmd")
            .args(["/c", "pause"])
            .stdin(std::process::Stdio::piped())
            .stdout(std::process::Stdio::null())
            .spawn()
            .unwrap()
    }

    #[test]
    fn a_handle_without_the_right_to_wait_still_knows_whether_it_runs() {
        let host = Host::local();
        let mut child = child();
        let pid = Pid::new(child.id());
        let handle = Handle::open(host, pid).unwrap().unwrap().without_waiting();
        assert!(handle.is_current().unwrap());
        let id = handle::identity(host, pid).unwrap();
        let target = Target {
            host,
            id,
            handle: Some(&handle),
            proof: None,
        };
        let running = super::super::wait(&[target], Some(Instant::now()), true).unwrap();
        assert_eq!(running, [crate::process::Waited::Running]);
        child.kill().unwrap();
        let ended = super::super::wait(&[target], None, true).unwrap();
        let crate::process::Waited::Ended(Some(status)) = ended[0] else {
            panic!("{ended:?}");
        };
        assert_eq!(status, child.wait().unwrap());
        assert!(!handle.is_current().unwrap());
    }
}
