//! All columns: what each is called, what it needs, and how it is read.

use std::borrow::Cow;
use std::ffi::OsString;

use oslens::process::{Fields, IoClass};

use super::ProcessColumn;
use super::cells::{
    bytes, cgroup, command, count, cpu_time, cpu_tone, device, footprint, id, ids, involuntary, io,
    letter, more, part, pid, state_tone,
};
use crate::cell::{Cell, Value};
use crate::column::{Column, Fit, Shown, Unit};
use crate::convert::{field, optional_field, result, user};
use crate::processes::{Needs, ProcessLine, groups};

type Read = for<'r> fn(&'r ProcessLine) -> Cell<'r>;

/// A column that is shown on request.
const fn column(
    key: &'static str,
    header: &'static str,
    unit: Unit,
    doc: &'static str,
    fields: Fields,
    read: Read,
) -> ProcessColumn {
    Column::new(key, header, unit, doc, Needs::of(fields), read)
        .shown(Shown::OnRequest)
        .keep(100)
}

/// A column of something per second.
const fn rate(
    key: &'static str,
    header: &'static str,
    unit: Unit,
    doc: &'static str,
    fields: Fields,
    read: Read,
) -> ProcessColumn {
    let mut column = column(key, header, unit, doc, fields, read);
    column.needs = Needs::rate(fields);
    column
}

/// In the order of the table: who it is, what it does, what it uses, and last
/// its command line, which takes the room that is left.
pub(super) const COLUMNS: [ProcessColumn; 66] = [
    column(
        "pid",
        "PID",
        Unit::Id,
        "process ID",
        Fields::empty(),
        |line| Value::Id(line.row.pid.get().into()).into(),
    )
    .shown(Shown::Always)
    .keep(255)
    .width(7),
    column(
        "ppid",
        "PPID",
        Unit::Id,
        "PID of the parent; 0 for none here",
        Fields::PPID,
        |line| pid(&line.row.ppid),
    )
    .width(7),
    column(
        "pgid",
        "PGID",
        Unit::Id,
        "process group",
        Fields::PGID,
        |line| pid(&line.row.pgid),
    )
    .aliases(&["pgrp"]),
    column("sid", "SID", Unit::Id, "session", Fields::SID, |line| {
        pid(&line.row.sid)
    })
    .aliases(&["session"]),
    column(
        "tty",
        "TTY",
        Unit::Text,
        "controlling terminal",
        Fields::TERMINAL,
        |line| {
            optional_field(&line.row.terminal, |path| {
                Value::text(device(path.as_os_str()))
            })
        },
    )
    .aliases(&["terminal"]),
    column(
        "user",
        "USER",
        Unit::Text,
        "user as whom it acts",
        Fields::EFFECTIVE_UID,
        ProcessLine::effective_user,
    )
    .shown(Shown::Always)
    .fit(Fit::UpTo(12))
    .keep(170)
    .width(8)
    .aliases(&["euser"]),
    column(
        "euid",
        "EUID",
        Unit::Id,
        "number of the user as whom it acts",
        Fields::EFFECTIVE_UID,
        |line| id(&line.row.effective_uid, |uid| *uid),
    ),
    column(
        "ruser",
        "RUSER",
        Unit::Text,
        "user who started it",
        Fields::UIDS,
        |line| field(&line.row.uids, |uids| line.user(uids.real)),
    )
    .fit(Fit::UpTo(12)),
    column(
        "uid",
        "UID",
        Unit::Id,
        "number of the user who started it",
        Fields::UIDS,
        |line| id(&line.row.uids, |uids| uids.real),
    )
    .aliases(&["ruid"]),
    column(
        "suid",
        "SUID",
        Unit::Id,
        "number of the user as whom it may act again",
        Fields::UIDS,
        |line| id(&line.row.uids, |uids| uids.saved),
    ),
    column(
        "group",
        "GROUP",
        Unit::Text,
        "group as which it acts",
        Fields::GIDS,
        |line| {
            field(&line.row.gids, |gids| {
                user(line.shared.groups.get(&gids.effective), gids.effective)
            })
        },
    )
    .fit(Fit::UpTo(12))
    .aliases(&["egroup"]),
    column(
        "gid",
        "GID",
        Unit::Id,
        "number of the group that started it",
        Fields::GIDS,
        |line| id(&line.row.gids, |gids| gids.real),
    )
    .aliases(&["rgid"]),
    column(
        "egid",
        "EGID",
        Unit::Id,
        "number of the group as which it acts",
        Fields::GIDS,
        |line| id(&line.row.gids, |gids| gids.effective),
    ),
    column(
        "groups",
        "GROUPS",
        Unit::List,
        "numbers of its further groups",
        Fields::GROUPS,
        |line| ids(&line.row.groups),
    ),
    column(
        "state",
        "S",
        Unit::Text,
        "state: R running, S sleeping, D waiting for a disk, Z zombie, T stopped, I idle",
        Fields::STATE,
        |line| field(&line.row.state, |state| letter(*state)),
    )
    .shown(Shown::Always)
    .keep(180)
    .width(1)
    .tone(state_tone),
    column(
        "status",
        "STATUS",
        Unit::Text,
        "state as a word",
        Fields::STATE,
        |line| field(&line.row.state, |state| Value::text(state.as_str())),
    ),
    rate(
        "cpu",
        "CPU%",
        Unit::Ratio,
        "use of one CPU, measured now; above 100 % on several",
        Fields::CPU_TOTAL.union(Fields::CPU_TIMES),
        |line| result(&line.rates.cpu, |cpus| Value::Ratio(*cpus)),
    )
    .shown(Shown::Always)
    .keep(220)
    .width(6)
    .aliases(&["pcpu"])
    .tone(cpu_tone),
    column(
        "peak_rss",
        "PEAK",
        Unit::Bytes,
        "most that was ever resident",
        Fields::MEMORY_INFO_EX,
        |line| more(&line.row, |more| more.peak_rss),
    ),
    column(
        "rss_anon",
        "ANON",
        Unit::Bytes,
        "resident memory of no file",
        Fields::MEMORY_INFO_EX,
        |line| more(&line.row, |more| more.rss_anon),
    ),
    column(
        "rss_file",
        "FILE",
        Unit::Bytes,
        "resident pages of files",
        Fields::MEMORY_INFO_EX,
        |line| more(&line.row, |more| more.rss_file),
    ),
    column(
        "rss_shmem",
        "SHMEM",
        Unit::Bytes,
        "resident shared memory",
        Fields::MEMORY_INFO_EX,
        |line| more(&line.row, |more| more.rss_shmem),
    ),
    column(
        "shared",
        "SHARED",
        Unit::Bytes,
        "resident pages of files and shared memory",
        Fields::MEMORY_INFO,
        |line| part(&line.row, |memory| memory.shared),
    )
    .aliases(&["shr"]),
    column(
        "code",
        "CODE",
        Unit::Bytes,
        "size of the program's code",
        Fields::MEMORY_INFO,
        |line| part(&line.row, |memory| memory.text),
    )
    .aliases(&["text"]),
    column(
        "data",
        "DATA",
        Unit::Bytes,
        "size of data and stack",
        Fields::MEMORY_INFO,
        |line| part(&line.row, |memory| memory.data),
    ),
    column(
        "vms",
        "VMS",
        Unit::Bytes,
        "address space",
        Fields::VMS,
        |line| bytes(&line.row.vms, |bytes| *bytes),
    )
    .aliases(&["vsz", "vsize", "virt"]),
    column(
        "peak_vms",
        "PEAKVMS",
        Unit::Bytes,
        "largest address space ever",
        Fields::MEMORY_INFO_EX,
        |line| more(&line.row, |more| more.peak_vms),
    ),
    column(
        "locked",
        "LOCKED",
        Unit::Bytes,
        "memory that must not be swapped out",
        Fields::MEMORY_INFO_EX,
        |line| more(&line.row, |more| more.locked),
    ),
    column(
        "hugetlb",
        "HUGETLB",
        Unit::Bytes,
        "memory in reserved huge pages",
        Fields::MEMORY_INFO_EX,
        |line| more(&line.row, |more| more.hugetlb),
    ),
    column(
        "uss",
        "USS",
        Unit::Bytes,
        "memory of its own, free again when it ends; costly to read",
        Fields::MEMORY_FOOTPRINT,
        |line| bytes(&line.row.memory_footprint, |memory| memory.uss),
    )
    .keep(215),
    column(
        "pss",
        "PSS",
        Unit::Bytes,
        "its own and its share of what it shares; costly to read",
        Fields::MEMORY_FOOTPRINT,
        |line| footprint(&line.row, |memory| memory.pss),
    )
    .keep(214),
    column(
        "swap",
        "SWAP",
        Unit::Bytes,
        "memory in swap; costly to read",
        Fields::MEMORY_FOOTPRINT,
        |line| footprint(&line.row, |memory| memory.swap),
    )
    .keep(213),
    column(
        "rss",
        "RSS",
        Unit::Bytes,
        "resident memory, shared pages counted in full",
        Fields::RSS,
        |line| bytes(&line.row.rss, |bytes| *bytes),
    )
    .shown(Shown::Always)
    .keep(210)
    .width(7)
    .aliases(&["res", "rsz"]),
    column(
        "swap_anon",
        "SWAPANON",
        Unit::Bytes,
        "memory of no file in swap; cheap to read",
        Fields::MEMORY_INFO_EX,
        |line| more(&line.row, |more| more.swap),
    ),
    column(
        "minor_faults",
        "MINFLT",
        Unit::Count,
        "page faults without a disk",
        Fields::PAGE_FAULTS,
        |line| count(&line.row.page_faults, |faults| faults.minor),
    )
    .aliases(&["min_flt"]),
    column(
        "major_faults",
        "MAJFLT",
        Unit::Count,
        "page faults that read from a disk",
        Fields::PAGE_FAULTS,
        |line| count(&line.row.page_faults, |faults| faults.major),
    )
    .aliases(&["maj_flt"]),
    rate(
        "read_rate",
        "READ/s",
        Unit::BytesPerSecond,
        "bytes read from storage",
        Fields::IO_COUNTERS,
        |line| result(&line.rates.read, |rate| Value::Rate(*rate)),
    )
    .shown(Shown::WhenWide)
    .keep(95)
    .width(7),
    rate(
        "write_rate",
        "WRITE/s",
        Unit::BytesPerSecond,
        "bytes written to storage",
        Fields::IO_COUNTERS,
        |line| result(&line.rates.write, |rate| Value::Rate(*rate)),
    )
    .shown(Shown::WhenWide)
    .keep(94)
    .width(7),
    column(
        "read_bytes",
        "READ",
        Unit::Bytes,
        "bytes read from storage since the start",
        Fields::IO_COUNTERS,
        |line| io(&line.row, |io| io.read_bytes, Value::Bytes),
    ),
    column(
        "write_bytes",
        "WRITE",
        Unit::Bytes,
        "bytes written to storage since the start",
        Fields::IO_COUNTERS,
        |line| io(&line.row, |io| io.write_bytes, Value::Bytes),
    ),
    column(
        "read_calls",
        "RCALLS",
        Unit::Count,
        "read calls since the start",
        Fields::IO_COUNTERS,
        |line| io(&line.row, |io| io.read_count, Value::Count),
    ),
    column(
        "write_calls",
        "WCALLS",
        Unit::Count,
        "write calls since the start",
        Fields::IO_COUNTERS,
        |line| io(&line.row, |io| io.write_count, Value::Count),
    ),
    column(
        "voluntary_switches",
        "VCSW",
        Unit::Count,
        "times that its main thread waited for something",
        Fields::CTX_SWITCHES,
        |line| count(&line.row.ctx_switches, |switches| switches.voluntary),
    ),
    column(
        "involuntary_switches",
        "ICSW",
        Unit::Count,
        "times that its main thread lost the CPU to another",
        Fields::CTX_SWITCHES,
        |line| involuntary(&line.row),
    ),
    column(
        "time",
        "TIME",
        Unit::Duration,
        "CPU time since the start",
        Fields::CPU_TOTAL.union(Fields::CPU_TIMES),
        cpu_time,
    )
    .shown(Shown::Always)
    .keep(160)
    .width(8)
    .aliases(&["cputime"]),
    column(
        "user_time",
        "UTIME",
        Unit::Duration,
        "CPU time in the program",
        Fields::CPU_TIMES,
        |line| field(&line.row.cpu_times, |times| Value::Duration(times.user)),
    ),
    column(
        "system_time",
        "STIME",
        Unit::Duration,
        "CPU time in the kernel",
        Fields::CPU_TIMES,
        |line| field(&line.row.cpu_times, |times| Value::Duration(times.system)),
    ),
    column(
        "start",
        "START",
        Unit::Time,
        "when it started",
        Fields::CREATE_TIME,
        |line| field(&line.row.create_time, |time| Value::Time(*time)),
    )
    .shown(Shown::WhenWide)
    .keep(80)
    .width(10)
    .aliases(&["lstart", "create_time"]),
    column(
        "age",
        "AGE",
        Unit::Duration,
        "how long it has been running",
        Fields::CREATE_TIME,
        |line| {
            field(&line.row.create_time, |start| {
                // Its start is rounded to a tick, and may lie ahead.
                Value::Duration(line.shared.now.duration_since(*start).unwrap_or_default())
            })
        },
    )
    .aliases(&["elapsed", "etime"]),
    column(
        "threads",
        "THR",
        Unit::Count,
        "number of threads",
        Fields::NUM_THREADS,
        |line| count(&line.row.num_threads, |threads| (*threads).into()),
    )
    .shown(Shown::WhenWide)
    .keep(82)
    .width(4)
    .aliases(&["nlwp"]),
    column(
        "fds",
        "FDS",
        Unit::Count,
        "number of open descriptors",
        Fields::NUM_FDS,
        |line| count(&line.row.num_fds, |fds| (*fds).into()),
    ),
    column(
        "nice",
        "NI",
        Unit::Count,
        "niceness, from -20 (first) to 19 (last)",
        Fields::NICE,
        |line| field(&line.row.nice, |nice| Value::Signed((*nice).into())),
    ),
    column(
        "io_priority",
        "IOPRIO",
        Unit::Text,
        "class and priority for disks",
        Fields::IONICE,
        |line| {
            field(&line.row.ionice, |nice| {
                let class = match nice.class {
                    IoClass::None => return Value::text("none"),
                    IoClass::Idle => return Value::text("idle"),
                    IoClass::RealTime => "realtime",
                    IoClass::BestEffort => "best-effort",
                    _ => "?",
                };
                Value::Text(Cow::Owned(format!("{class}/{}", nice.value).into()))
            })
        },
    )
    .aliases(&["ionice"]),
    column(
        "cpu_number",
        "PSR",
        Unit::Id,
        "CPU that it ran on last",
        Fields::CPU_NUM,
        |line| id(&line.row.cpu_num, |cpu| *cpu),
    ),
    column(
        "affinity",
        "AFFINITY",
        Unit::List,
        "CPUs that it may run on",
        Fields::CPU_AFFINITY,
        |line| ids(&line.row.cpu_affinity),
    ),
    column(
        "oom_score",
        "OOM",
        Unit::Count,
        "how likely it is killed when memory runs out",
        Fields::OOM_SCORE,
        |line| field(&line.row.oom_score, |score| Value::Signed((*score).into())),
    ),
    column(
        "unit",
        "UNIT",
        Unit::Text,
        "service or other unit that it belongs to",
        Fields::CGROUP,
        |line| cgroup(line, crate::unit::of),
    )
    .shown(Shown::WhenWide)
    .fit(Fit::UpTo(24))
    .keep(90)
    .width(16),
    column(
        "container",
        "CONTAINER",
        Unit::Text,
        "ID or name of the container that it is in",
        Fields::CGROUP,
        |line| cgroup(line, groups::container),
    )
    .fit(Fit::UpTo(12)),
    column(
        "cgroup",
        "CGROUP",
        Unit::Text,
        "path of its control group",
        Fields::CGROUP,
        |line| cgroup(line, groups::main_path),
    ),
    {
        let mut ports = column(
            "ports",
            "PORTS",
            Unit::List,
            "ports at which it waits for somebody, in this network; costly to read",
            Fields::empty(),
            |line| match line.row.num_fds {
                Err(why) => Cell::Missing(why.into()),
                Ok(_) => Value::List(
                    line.ports
                        .iter()
                        .map(|port| Value::Id((*port).into()))
                        .collect(),
                )
                .into(),
            },
        );
        ports.needs = Needs::ports();
        ports
    },
    column(
        "depth",
        "DEPTH",
        Unit::Count,
        "how far below the root of its tree, in 'oslens tree'",
        Fields::empty(),
        |line| Cell::optional(line.branch.depth.map(|depth| Value::Count(depth.into()))),
    ),
    column(
        "exe",
        "EXE",
        Unit::Text,
        "path of the program",
        Fields::EXE,
        |line| optional_field(&line.row.exe, Value::text),
    ),
    column(
        "cwd",
        "CWD",
        Unit::Text,
        "working directory",
        Fields::CWD,
        |line| field(&line.row.cwd, Value::text),
    ),
    column(
        "root",
        "ROOT",
        Unit::Text,
        "root directory",
        Fields::ROOT,
        |line| field(&line.row.root, Value::text),
    ),
    column("name", "NAME", Unit::Text, "name", Fields::NAME, |line| {
        field(&line.row.name, |name| {
            if line.branch.drawn.is_empty() {
                return Value::text(name);
            }
            let mut drawn = OsString::from(&line.branch.drawn);
            drawn.push(name);
            Value::Text(Cow::Owned(drawn))
        })
    })
    .keep(240)
    .width(8)
    .aliases(&["comm"]),
    column(
        "args",
        "ARGS",
        Unit::List,
        "command line, argument by argument",
        Fields::CMDLINE,
        |line| {
            field(&line.row.cmdline, |arguments| {
                Value::List(arguments.iter().map(Value::text).collect())
            })
        },
    )
    .aliases(&["cmdline"]),
    column(
        "command",
        "COMMAND",
        Unit::Text,
        "command line; the name in brackets where there is none",
        Fields::CMDLINE.union(Fields::NAME),
        command,
    )
    .shown(Shown::Always)
    .fit(Fit::Command)
    .keep(250)
    .width(12)
    .aliases(&["cmd"]),
];
