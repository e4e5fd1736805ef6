//! The table: which work is measured, under which load, against which target.

/// What is on the machine while a job is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Load {
    /// The machine as it is, in its own namespaces: for answers that do not
    /// depend on what runs.
    Machine,
    /// A private PID namespace with this many sleeping processes.
    Processes(usize),
    /// As above with 1,000, and 10,000 TCP sockets over 100 more processes.
    Sockets,
}

impl Load {
    pub const ALL: [Load; 4] = [
        Load::Machine,
        Load::Processes(1000),
        Load::Processes(5000),
        Load::Sockets,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Load::Machine => "machine",
            Load::Processes(5000) => "processes-5000",
            Load::Processes(_) => "processes-1000",
            Load::Sockets => "sockets",
        }
    }

    pub fn from_name(name: &str) -> Option<Load> {
        Load::ALL.into_iter().find(|load| load.name() == name)
    }
}

/// One line of the table.
#[derive(Debug)]
pub struct Job {
    pub name: &'static str,
    pub title: &'static str,
    pub loads: &'static [Load],
    /// At most this many times the floor.
    pub target: f64,
    /// Whether its work grows with the processes, so that counts are given per
    /// process.
    pub per_process: bool,
    /// Whole commands that answer the same question.
    pub commands: &'static [Tool],
}

/// A command that is started anew for every run; its start is part of its time.
#[derive(Debug)]
pub struct Tool {
    pub name: &'static str,
    pub argv: &'static [&'static str],
    /// What it leaves out of the line's work, if anything.
    pub leaves_out: &'static str,
}

const fn tool(name: &'static str, argv: &'static [&'static str]) -> Tool {
    Tool {
        name,
        argv,
        leaves_out: "",
    }
}

const PROCESSES: &[Load] = &[Load::Processes(1000), Load::Processes(5000)];
const SOCKETS: &[Load] = &[Load::Sockets];
const MACHINE: &[Load] = &[Load::Machine];

const fn of_processes(
    name: &'static str,
    title: &'static str,
    target: f64,
    commands: &'static [Tool],
) -> Job {
    Job {
        name,
        title,
        loads: PROCESSES,
        target,
        per_process: true,
        commands,
    }
}

const fn of_machine(name: &'static str, title: &'static str) -> Job {
    Job {
        name,
        title,
        loads: MACHINE,
        target: 1.4,
        per_process: false,
        commands: &[],
    }
}

pub const JOBS: &[Job] = &[
    of_processes("pids", "pids", 1.2, &[]),
    of_processes(
        "table",
        "all processes, 11 fields, effective uid",
        1.15,
        &[tool(
            "ps",
            &[
                "ps",
                "-eo",
                "pid,ppid,comm,state,uid,time,rss,vsz,nlwp,lstart",
            ],
        )],
    ),
    of_processes(
        "table-ruid",
        "the same with the exact real uid",
        0.75,
        &[tool(
            "ps",
            &[
                "ps",
                "-eo",
                "pid,ppid,comm,state,uid,ruid,time,rss,vsz,nlwp,lstart",
            ],
        )],
    ),
    of_processes(
        "table-full",
        "the table with cmdline, exe, io, descriptor count",
        1.15,
        &[Tool {
            name: "ps",
            argv: &[
                "ps",
                "-eo",
                "pid,ppid,comm,state,uid,time,rss,vsz,nlwp,lstart,exe,args",
            ],
            leaves_out: "io and descriptor counts",
        }],
    ),
    of_processes("children", "children of pid 1, recursive", 1.2, &[]),
    of_processes(
        "footprint",
        "USS, PSS and swap of all processes",
        1.1,
        &[tool("smem", &["smem", "-H", "-c", "pid uss pss swap"])],
    ),
    // The floor's 1.6 µs per process become 2.2.
    of_processes("sample", "Sampler: CPU and RSS of all, warm", 1.375, &[]),
    Job {
        name: "sockets",
        title: "10,000 sockets without owners",
        loads: SOCKETS,
        target: 1.25,
        per_process: false,
        commands: &[tool("ss", &["ss", "-tuan"])],
    },
    Job {
        name: "sockets-owners",
        title: "10,000 sockets with owners",
        loads: SOCKETS,
        target: 1.1,
        per_process: false,
        commands: &[
            tool("ss", &["ss", "-tuanp"]),
            tool("lsof", &["lsof", "-nP", "-i"]),
        ],
    },
    of_machine("virtual-memory", "virtual memory, one call"),
    of_machine("cpu-times", "CPU times per CPU, one call"),
    of_machine("disk-io", "disk I/O counters, one call"),
    of_machine("net-io", "network I/O counters, one call"),
    of_machine("boot-time", "boot time, one call"),
    Job {
        name: PEAK,
        title: "resident memory of `oslens ps`",
        loads: &[Load::Processes(5000)],
        target: f64::INFINITY,
        per_process: false,
        commands: &[tool("ps", &["ps", "-ef"])],
    },
];

/// The one line that is about memory, not time.
pub const PEAK: &str = "ps-memory";
/// What it may reach.
pub const PEAK_TARGET: u64 = 30 << 20;

pub fn find(name: &str) -> Option<&'static Job> {
    JOBS.iter().find(|job| job.name == name)
}
