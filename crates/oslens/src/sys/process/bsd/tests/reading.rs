//! The table of processes, and one of them.

use std::{
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use super::*;
use crate::{
    ErrorKind,
    process::{
        CpuTimes, CtxSwitches, Ids, IoCounters, MemoryInfo, MemoryInfoEx, PageFaults, State,
    },
    sys::process::bsd::{identity, list, pid_exists, pids, read},
};

/// What the record of this process says of its start.
const START: u64 = 1_700_000_000_250_001;

fn rows<S: Recorded>(fields: Fields) -> (Vec<ProcessRow>, Log) {
    let mut fake = Fake::new().booted::<S>(BOOT);
    fake.terminals = vec![
        (0x503, "/dev/ttyp3".into()),
        (0x6a_0000_0007, "/dev/pts/7".into()),
        (0x1000_0003, "/dev/ttys003".into()),
    ];
    let (host, log) = fake.answer(S::all(&mut [0; 4]), S::RECORDS).host();
    (list::<Bare<S>>(&host, fields).unwrap(), log)
}

/// What is told by records alone.
const RECORDED: Fields = Fields::NAME
    .union(Fields::PPID)
    .union(Fields::PGID)
    .union(Fields::STATE)
    .union(Fields::TERMINAL)
    .union(Fields::NICE)
    .union(Fields::CREATE_TIME)
    .union(Fields::EFFECTIVE_UID)
    .union(Fields::UIDS)
    .union(Fields::GIDS)
    .union(Fields::GROUPS);

#[test]
fn one_question_tells_of_all_processes() {
    fn check<S: Recorded>() {
        let rows_with = |fields| rows::<S>(fields).0;
        let (rows, log) = rows::<S>(RECORDED);
        assert_eq!(rows.len(), 3, "{}", S::TABLE);
        assert!(rows.is_sorted_by_key(|row| row.pid));
        assert_eq!(log.lines().len(), S::ASKED, "{:?}", log.lines());
        let [kernel, process, zombie] = &rows[..] else {
            unreachable!();
        };
        assert_eq!(kernel.pid, Pid::new(0));
        assert_eq!(kernel.terminal, Ok(None));
        assert_eq!(process.ppid, Ok(Pid::new(812)));
        assert_eq!(process.pgid.unwrap().get(), process.pid.get() / 10 * 10);
        assert_eq!(process.nice, Ok(-5));
        assert_eq!(process.effective_uid, Ok(0));
        let terminal = process.terminal.as_ref().unwrap().as_deref();
        assert!(terminal.unwrap().starts_with("/dev"));
        assert_eq!(process.gids.unwrap().effective, 5);
        assert_eq!(zombie.state, Ok(State::Zombie));
        assert_eq!(zombie.name, Ok("gone".into()));
        assert_eq!(zombie.ppid, Ok(process.pid));
        // What was not asked for is not there, and what nobody tells says so.
        assert_eq!(process.rss, Err(Unavailable::NotRequested));
        let other = rows_with(Fields::CGROUP);
        assert_eq!(other[1].cgroup, Err(Unavailable::Unsupported));
    }
    everywhere!(check);
}

#[test]
fn what_a_process_has_used_is_in_the_records_of_the_bsds() {
    fn check<S: Recorded>() {
        let used = RECORDED
            | Fields::CPU_TIMES
            | Fields::CPU_TOTAL
            | Fields::CPU_NUM
            | Fields::NUM_THREADS
            | Fields::RSS
            | Fields::VMS
            | Fields::MEMORY_INFO
            | Fields::MEMORY_INFO_EX
            | Fields::PAGE_FAULTS
            | Fields::IO_COUNTERS
            | Fields::CTX_SWITCHES
            | Fields::SID;
        let (rows, _) = rows::<S>(used);
        let (process, zombie) = (&rows[1], &rows[2]);
        let is_freebsd = S::TABLE == "sysctl kern.proc.proc";
        let page = 4096;
        let (user, system) = (
            Duration::from_micros(12_345_678),
            Duration::from_micros(1_999_999),
        );
        let children = |seconds, micros: u32| {
            let time = Duration::new(seconds, micros * 1000);
            is_freebsd.then_some(time)
        };
        assert_eq!(
            process.cpu_times,
            Ok(CpuTimes {
                user,
                system,
                children_user: children(100, 1),
                children_system: children(200, 2),
                children_total: Some(Duration::new(300, 3000)),
                iowait: None,
            })
        );
        assert_eq!(process.cpu_total, Ok(user + system));
        assert_eq!(process.cpu_num, Ok(if is_freebsd { 300 } else { 2 }));
        assert_eq!(process.sid, Ok(Pid::new(811)));
        assert_eq!(process.rss, Ok(1000 * page));
        let vms = match S::TABLE {
            "sysctl kern.proc.proc" => 123_456_789,
            "sysctl kern.proc2" => 5000 * page,
            _ => 60 * page,
        };
        assert_eq!(process.vms, Ok(vms));
        assert_eq!(
            process.memory_info,
            Ok(MemoryInfo {
                rss: 1000 * page,
                vms,
                shared: None,
                text: Some(10 * page),
                data: Some(20 * page),
                stack: Some(30 * page),
            })
        );
        assert_eq!(
            process.memory_info_ex,
            Ok(MemoryInfoEx {
                peak_rss: Some(54321 * 1024),
                ..MemoryInfoEx::default()
            })
        );
        assert_eq!(
            process.page_faults,
            Ok(PageFaults {
                minor: 11,
                major: 12,
                children_minor: is_freebsd.then_some(101),
                children_major: is_freebsd.then_some(102),
            })
        );
        // Bytes are not counted: no zeros.
        assert_eq!(
            process.io_counters,
            Ok(IoCounters {
                read_count: Some(13),
                write_count: Some(14),
                ..IoCounters::default()
            })
        );
        assert_eq!(
            process.ctx_switches,
            Ok(CtxSwitches {
                voluntary: 15,
                involuntary: Some(16),
            })
        );
        assert_eq!(
            process.uids,
            Ok(Ids {
                real: 1001,
                effective: 0,
                saved: if is_freebsd { 65534 } else { 32767 },
                filesystem: 0,
            })
        );
        // Neither does a kernel that was never noted begin in 1970, nor has
        // one whose peak nobody looks at used nothing.
        let kernel = &rows[0];
        assert_eq!(kernel.create_time, Err(Unavailable::Unsupported));
        assert_eq!(kernel.memory_info_ex.unwrap().peak_rss, None);
        // What went with the memory of a zombie is not zero.
        for lost in [zombie.rss, zombie.vms] {
            assert_eq!(lost, Err(Unavailable::Zombie));
        }
        assert_eq!(zombie.memory_info, Err(Unavailable::Zombie));
        assert_eq!(zombie.memory_info_ex, Err(Unavailable::Zombie));
        assert_eq!(zombie.num_threads, Err(Unavailable::Zombie));
        if !is_freebsd {
            assert_eq!(zombie.cpu_times, Err(Unavailable::Zombie));
            assert_eq!(zombie.create_time, Err(Unavailable::Zombie));
            assert_eq!(zombie.start, StartTime::UNKNOWN);
        }
    }
    check::<FreeBsd>();
    check::<NetBsd>();
    check::<OpenBsd>();
}

#[test]
fn times_of_creation_are_of_the_clock_of_the_day_and_identities_are_not() {
    fn check<S: Recorded>() {
        let record = Sample::<S>::process().started(START);
        let (host, log) = alone(&record);
        let rows = list::<Bare<S>>(&host, Fields::CREATE_TIME).unwrap();
        let created = SystemTime::UNIX_EPOCH + Duration::from_micros(START);
        assert_eq!(rows[0].create_time, Ok(created));
        let id = started::<S>(record.target_pid(), START);
        assert_eq!(rows[0].id(), id);
        let before = log.lines().len();
        assert_eq!(identity::<S>(&host, id.pid).unwrap(), id);
        assert_eq!(log.lines().len() - before, S::ASKED);

        // The clock is set by an hour: where starts follow it, so does the
        // boot time.
        let hour = 3_600_000_000;
        let later = match S::STARTS_MOVE {
            true => record.clone().started(START + hour),
            false => record.clone(),
        };
        let (host, _) = Fake::new().booted::<S>(BOOT + hour).one(&later).host();
        assert_eq!(identity::<S>(&host, id.pid).unwrap(), id);
    }
    everywhere!(check);
}

#[test]
fn nothing_is_taken_that_was_asked_while_the_clock_was_set() {
    fn check<S: Recorded>() {
        let record = Sample::<S>::process().started(START);
        let moved = record.clone().started(START + 5_000_000);
        // Set between the first question for the boot time and the second.
        let (host, log) = Fake::new()
            .booted::<S>(BOOT)
            .booted::<S>(BOOT + 5_000_000)
            .one(&record)
            .one(&moved)
            .host();
        let pid = record.target_pid();
        assert_eq!(identity::<S>(&host, pid).unwrap(), started::<S>(pid, START));
        // Boot time, record, boot time, record, boot time.
        assert_eq!(log.lines().len(), 5);
    }
    check::<FreeBsd>();
    check::<OpenBsd>();
}

#[test]
fn a_clock_that_is_always_set_is_given_up() {
    let record = Sample::<FreeBsd>::process();
    let mut fake = Fake::new();
    for second in 0..20 {
        fake = fake.booted::<FreeBsd>(BOOT + second * 1_000_000);
    }
    let (host, _) = fake.all(&[&record]).host();
    let error = list::<FreeBsd>(&host, Fields::START).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TimedOut);
}

#[test]
fn only_openbsd_takes_starts_a_microsecond_apart_for_the_same() {
    fn check<S: Recorded>(apart: u64) -> ErrorKind {
        let record = Sample::<S>::process().started(START);
        let (host, _) = alone(&record);
        let id = started::<S>(record.target_pid(), START - apart);
        match read::<Bare<S>>(target(&host, id), Fields::NICE) {
            Ok(row) => {
                assert_eq!(row.nice, Ok(-5));
                ErrorKind::Os
            }
            Err(error) => error.kind(),
        }
    }
    const SAME: ErrorKind = ErrorKind::Os;
    assert_eq!(check::<OpenBsd>(1), SAME);
    assert_eq!(check::<OpenBsd>(2), ErrorKind::Reused);
    assert_eq!(check::<FreeBsd>(0), SAME);
    assert_eq!(check::<FreeBsd>(1), ErrorKind::Reused);
    assert_eq!(check::<NetBsd>(1), ErrorKind::Reused);
    assert_eq!(check::<MacOs>(1), ErrorKind::Reused);
}

#[test]
fn who_is_not_there_is_missing_and_a_thread_is_no_process() {
    fn check<S: Recorded>() {
        let record = Sample::<S>::process();
        let zombie = Sample::<S>::zombie();
        let (host, log) = Fake::new()
            .booted::<S>(BOOT)
            .one(&record)
            .one(&zombie)
            .nobody::<S>(77)
            // The number of a thread: FreeBSD answers with its process.
            .answer(S::one(&mut [0; 4], 100_321), record.bytes.clone())
            .host();
        assert!(pid_exists::<S>(&host, record.target_pid()).unwrap());
        assert!(pid_exists::<S>(&host, zombie.target_pid()).unwrap());
        assert_eq!(log.lines().len(), 2, "one question each");
        for nobody in [77, 100_321, u32::MAX, 1 << 31] {
            assert!(!pid_exists::<S>(&host, Pid::new(nobody)).unwrap());
            let error = identity::<S>(&host, Pid::new(nobody)).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::NoSuchProcess);
            assert_eq!(error.pid(), Some(Pid::new(nobody)));
        }
    }
    everywhere!(check);
}

#[test]
fn pids_come_with_one_question_ascending_and_once() {
    fn check<S: Recorded>() {
        let (process, zombie) = (Sample::<S>::process(), Sample::<S>::zombie());
        let negative = process.clone().pid(-1);
        // It ended while the table was written.
        let ended = process.clone().ended();
        let all = [&zombie, &process, &negative, &ended];
        let (host, log) = Fake::new().booted::<S>(BOOT).all(&all).host();
        let expected = [process.target_pid(), zombie.target_pid()];
        assert_eq!(pids::<S>(&host).unwrap(), expected);
        assert_eq!(log.lines().len(), 1);
        let rows = list::<Bare<S>>(&host, Fields::STATE).unwrap();
        assert_eq!(rows.len(), 2);
        assert_eq!(
            (rows[0].pid, rows[0].state),
            (expected[0], Ok(State::Zombie))
        );
    }
    everywhere!(check);
}

#[test]
fn a_refusal_and_a_cut_answer_are_errors_that_name_the_question() {
    fn check<S: Recorded>() {
        let cut = &S::RECORDS[..S::STRIDE + 100];
        let (host, _) = Fake::new()
            .booted::<S>(BOOT)
            .answer(S::all(&mut [0; 4]), cut)
            .fail(S::one(&mut [0; 4], 5), libc::EPERM)
            .host();
        let error = list::<Bare<S>>(&host, Fields::NAME).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Malformed);
        assert!(error.to_string().contains(S::TABLE), "{error}");
        assert_eq!(pids::<S>(&host).unwrap_err().kind(), ErrorKind::Malformed);
        for error in [
            pid_exists::<S>(&host, Pid::new(5)).unwrap_err(),
            identity::<S>(&host, Pid::new(5)).unwrap_err(),
        ] {
            assert_eq!(error.kind(), ErrorKind::AccessDenied);
            assert_eq!(error.pid(), Some(Pid::new(5)));
        }
        // Another machine has no kernel that could be asked.
        let elsewhere = Host::builder().proc("/elsewhere/proc").build();
        let error = list::<Bare<S>>(&elsewhere, Fields::NAME).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unsupported);
    }
    everywhere!(check);
}

#[test]
fn values_of_whoever_has_the_pid_now_are_never_returned() {
    fn check<S: Recorded>() {
        let record = Sample::<S>::process().started(START);
        let (host, log) = alone(&record);
        let pid = record.target_pid();
        let former = started::<S>(pid, START - 60_000_000);
        let error = read::<Bare<S>>(target(&host, former), Fields::NAME).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Reused);
        assert_eq!(log.lines().len(), S::ASKED);
        // The record itself says whose it is: no further question.
        let id = started::<S>(pid, START);
        let row = read::<Bare<S>>(target(&host, id), Fields::NICE | Fields::UIDS).unwrap();
        assert_eq!(row.id(), id);
        assert_eq!(log.lines().len(), 2 * S::ASKED);
    }
    everywhere!(check);
}

#[test]
fn details_are_proved_by_who_has_the_pid_after_them() {
    fn check<S: Recorded>() {
        let record = Sample::<S>::process().started(START).named("short");
        let successor = record.clone().started(START + 9_000_000);
        let id = started::<S>(record.target_pid(), START);
        let (host, log) = alone(&record);
        let row = read::<Telling<S>>(target(&host, id), Fields::CWD).unwrap();
        assert_eq!(row.cwd, Err(Unavailable::Denied));
        assert_eq!(log.lines().len(), 2 * S::ASKED + 1);

        let fake = Fake::new().booted::<S>(BOOT).one(&record).one(&successor);
        let (host, _) = fake.host();
        let error = read::<Telling<S>>(target(&host, id), Fields::CWD).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Reused);

        // Nothing is asked about what has ended.
        let zombie = record.clone().ended();
        let (host, log) = alone(&zombie);
        let row = read::<Telling<S>>(target(&host, id), Fields::CWD).unwrap();
        assert_eq!(row.cwd, Err(Unavailable::Zombie));
        assert_eq!(log.lines().len(), S::ASKED);
    }
    everywhere!(check);
}

#[test]
fn a_name_that_the_kernel_cut_is_recovered_from_the_command_line() {
    fn check<S: Recorded>() {
        let cut = "n".repeat(S::LONGEST_NAME);
        let whole = format!("{cut}-and-more");
        let short = Sample::<S>::process().named("short").pid(3);
        let long = Sample::<S>::process().named(&cut);
        let line = format!("/usr/bin/{whole}\0-x");
        let asked = |fields, line: &str| {
            let (host, log) = Fake::new()
                .booted::<S>(BOOT)
                .all(&[&short, &long])
                .named("test.cmdline", line)
                .host();
            let rows = list::<Telling<S>>(&host, fields).unwrap();
            assert_eq!(rows[0].name, Ok("short".into()));
            (rows[1].clone(), log.lines().len() - S::ASKED)
        };
        // Only who may have been cut is asked about.
        let (row, questions) = asked(Fields::NAME, &line);
        assert_eq!(row.name, Ok(whole.clone().into()));
        assert_eq!(row.cmdline, Err(Unavailable::NotRequested));
        assert_eq!(questions, 1);
        // Who is asked anyway is asked once.
        let (row, questions) = asked(Fields::NAME | Fields::CMDLINE, &line);
        assert_eq!(row.name, Ok(whole.into()));
        assert_eq!(row.cmdline.unwrap().len(), 2);
        assert_eq!(questions, 2);
        // A title says nothing of the name.
        let (row, _) = asked(Fields::NAME, "worker: idle");
        assert_eq!(row.name, Ok(cut.into()));
    }
    everywhere!(check);
}

#[test]
fn terminals_are_listed_once_and_one_without_a_device_file_is_not_invented() {
    let mut fake = Fake::new();
    fake.terminals = vec![(0x503, PathBuf::from("/dev/ttyp3"))];
    let known = Sample::<NetBsd>::process();
    let at = layout::netbsd::process::KinfoProc2::p_tdev.offset();
    let unknown = known.clone().pid(9000).put(at, &[9, 9, 0, 0]);
    let none = known.clone().pid(9001).put(at, &[0xff; 4]);
    let (host, log) = fake.all(&[&known, &unknown, &none]).host();
    let rows = list::<NetBsd>(&host, Fields::TERMINAL).unwrap();
    let path = rows[0].terminal.as_ref().unwrap();
    assert_eq!(path.as_deref(), Some(Path::new("/dev/ttyp3")));
    assert_eq!(rows[1].terminal, Err(Unavailable::Unsupported));
    assert_eq!(rows[2].terminal, Ok(None));
    assert_eq!(log.lines().len(), 1);
}

#[test]
fn real_time_signals_are_those_of_each_system() {
    assert_eq!(freebsd::real_time_signals(), Some(65..=126));
    assert_eq!(netbsd::real_time_signals(), Some(33..=63));
    assert_eq!(openbsd::real_time_signals(), None);
    assert_eq!(macos::real_time_signals(), None);
}
