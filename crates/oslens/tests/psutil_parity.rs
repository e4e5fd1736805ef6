//! What psutil 7.2.2 says, function by function and method by method, of the
//! machine, of processes made here and of all others. Where oslens differs
//! on purpose the test says why, and another witness says who is right.

#![cfg(target_os = "linux")]

use std::{
    collections::{BTreeMap, BTreeSet},
    ffi::OsStr,
    net::SocketAddr,
    os::unix::ffi::OsStrExt as _,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use oslens::{
    Error, ErrorKind, Host, cpu, disk, host, memory,
    net::{self, Connection, Family, Kind, SocketType, UnixName},
    process::{self, AccessMode, IoClass, Process},
    sensors,
};
use oslens_testkit::{FixtureRoot, here, skip, tool, zoo};
use serde_json::{Value, json};

const WITNESS: &str = include_str!("witness/psutil_witness.py");

/// Asks psutil; the reason when there is none, or another one.
fn ask(arguments: &[&str]) -> Result<Value, String> {
    let python = std::env::var("OSLENS_TEST_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let version = oslens_testkit::psutil("print(psutil.__version__)")?;
    if !version.starts_with("7.2.") {
        return Err(format!("psutil is {}, not 7.2", version.trim()));
    }
    let mut all = vec!["-c", WITNESS];
    all.extend(arguments);
    let output = tool(&python, &all)?;
    assert_eq!(output.code, Some(0), "{}", output.stderr);
    Ok(serde_json::from_str(&output.stdout).unwrap())
}

fn lossy(text: impl AsRef<OsStr>) -> Value {
    Value::from(text.as_ref().to_string_lossy())
}

fn seconds(time: Duration) -> f64 {
    time.as_secs_f64()
}

fn near(ours: f64, theirs: &Value, tolerance: f64) -> bool {
    theirs
        .as_f64()
        .is_some_and(|theirs| (ours - theirs).abs() <= tolerance)
}

/// Collects what differs, with both answers.
#[derive(Default)]
struct Differences(Vec<String>);

impl Differences {
    fn note(&mut self, what: &str, ours: impl std::fmt::Debug, theirs: &Value) {
        self.0
            .push(format!("{what}: oslens {ours:?}, psutil {theirs}"));
    }

    /// Compares a value, or the reason why there is none.
    fn value<T: std::fmt::Debug>(
        &mut self,
        what: &str,
        ours: Result<T, Error>,
        theirs: &Value,
        same: impl FnOnce(&T, &Value) -> bool,
    ) {
        let refusal = match theirs["error"].as_str() {
            Some("AccessDenied") => Some(ErrorKind::AccessDenied),
            Some("ZombieProcess") => Some(ErrorKind::Zombie),
            Some("NoSuchProcess") => Some(ErrorKind::NoSuchProcess),
            Some(_) => Some(ErrorKind::Os),
            None => None,
        };
        match (&ours, refusal) {
            (Ok(ours), None) if same(ours, theirs) => {}
            (Err(error), Some(kind)) if error.kind() == kind => {}
            // The kernel refuses a zombie's files to an ordinary user before
            // it says that there is nothing in them.
            (Err(error), Some(ErrorKind::AccessDenied)) if error.kind() == ErrorKind::Zombie => {}
            _ => self.note(what, ours, theirs),
        }
    }

    fn equal<T: std::fmt::Debug + Into<Value> + Clone>(
        &mut self,
        what: &str,
        ours: Result<T, Error>,
        theirs: &Value,
    ) {
        self.value(what, ours, theirs, |ours, theirs| {
            ours.clone().into() == *theirs
        });
    }
}

/// A socket as psutil prints it, without the descriptor.
type Socket = (i64, i64, String, String, String);

fn address(address: Option<SocketAddr>) -> String {
    // psutil has no address where there is no port.
    match address.filter(|address| address.port() != 0) {
        Some(address) => format!("{} {}", address.ip(), address.port()),
        None => String::new(),
    }
}

fn our_socket(connection: &Connection) -> Socket {
    let family = match connection.family {
        Family::Inet4 => 2,
        Family::Inet6 => 10,
        _ => 1,
    };
    let kind = match connection.socket_type {
        SocketType::Stream => 1,
        SocketType::Datagram => 2,
        SocketType::SeqPacket => 5,
        _ => 0,
    };
    let (local, remote) = match &connection.unix {
        Some(unix) => {
            let name = match &unix.name {
                Some(UnixName::Path(path)) => path.to_string_lossy().into_owned(),
                Some(UnixName::Abstract(name)) => format!("@{}", name.to_string_lossy()),
                None => String::new(),
            };
            (name, String::new())
        }
        None => (address(connection.local), address(connection.remote)),
    };
    let state = connection
        .state
        .map_or("NONE".to_owned(), |state| state.to_string());
    (family, kind, local, remote, state)
}

fn their_socket(row: &Value) -> Socket {
    let address = |value: &Value| match value {
        Value::String(path) => path.clone(),
        Value::Object(address) => format!(
            "{} {}",
            address["ip"].as_str().unwrap_or_default(),
            address["port"]
        ),
        _ => String::new(),
    };
    (
        row["family"].as_i64().unwrap(),
        row["type"].as_i64().unwrap(),
        address(&row["laddr"]),
        address(&row["raddr"]),
        row["status"].as_str().unwrap().to_owned(),
    )
}

/// Every socket of the one is one of the other.
fn compare_sockets(differences: &mut Differences, ours: &[Connection], theirs: &Value) {
    let theirs: BTreeSet<(i64, Socket)> = theirs
        .as_array()
        .into_iter()
        .flatten()
        .map(|row| (row["fd"].as_i64().unwrap(), their_socket(row)))
        .collect();
    let mut all = BTreeSet::new();
    for connection in ours {
        let socket = our_socket(connection);
        let rows: Vec<_> = connection
            .owners
            .iter()
            .flatten()
            .map(|owner| (i64::from(owner.fd.unwrap_or(-1)), socket.clone()))
            .collect();
        // Bound and not listening: the kernel shows those to sock_diag alone.
        let is_shown = connection.state != Some(net::TcpState::BoundInactive);
        // A socket with two descriptors is one row of psutil's.
        if is_shown && !rows.iter().any(|row| theirs.contains(row)) {
            differences.0.push(format!("psutil lacks {connection:?}"));
        }
        all.extend(rows);
    }
    for row in theirs.difference(&all) {
        differences.0.push(format!("oslens lacks {row:?}"));
    }
}

/// Compares all that psutil's methods say.
fn compare(process: &Process, theirs: &Value) -> Vec<String> {
    let mut all = Differences::default();
    let zombie = process
        .state()
        .is_ok_and(|state| state == process::State::Zombie);
    all.equal(
        "name",
        process
            .name()
            .map(|name| name.to_string_lossy().into_owned()),
        &theirs["name"],
    );
    // A kernel thread has neither an executable nor an environment, which the
    // kernel refuses to tell an ordinary user, and psutil with it; we know.
    let kernel_thread = process.exe().is_ok_and(|exe| exe.is_none());
    if !kernel_thread || theirs["exe"]["error"] != "AccessDenied" {
        all.value("exe", process.exe(), &theirs["exe"], |ours, theirs| {
            // psutil has "" where there is none.
            lossy(ours.as_deref().unwrap_or("".as_ref())) == *theirs
        });
    }
    all.value(
        "cmdline",
        process.cmdline(),
        &theirs["cmdline"],
        |ours, theirs| ours.iter().map(lossy).collect::<Value>() == *theirs,
    );
    // To root, psutil calls a kernel thread gone.
    if kernel_thread && !theirs["environ"]["error"].is_null() {
        let environ = process.environ();
        if !environ.as_ref().is_ok_and(Vec::is_empty) || !process.is_running().unwrap() {
            all.note("environ", environ, &theirs["environ"]);
        }
    } else {
        all.value(
            "environ",
            process.environ(),
            &theirs["environ"],
            |ours, theirs| {
                let ours: BTreeMap<String, Value> = ours
                    .iter()
                    .map(|(name, value)| (name.to_string_lossy().into_owned(), lossy(value)))
                    .collect();
                json!(ours) == *theirs
            },
        );
    }
    all.value("cwd", process.cwd(), &theirs["cwd"], |ours, theirs| {
        lossy(ours) == *theirs
    });
    all.equal(
        "ppid",
        process.ppid().map(process::Pid::get),
        &theirs["ppid"],
    );
    all.equal(
        "status",
        process.state().map(process::State::as_str),
        &theirs["status"],
    );
    // psutil adds the boot time in whole seconds.
    all.value(
        "create_time",
        process.create_time(),
        &theirs["create_time"],
        |ours, theirs| {
            near(
                seconds(ours.duration_since(UNIX_EPOCH).unwrap()),
                theirs,
                1.1,
            )
        },
    );
    all.value(
        "terminal",
        process.terminal(),
        &theirs["terminal"],
        |ours, theirs| ours.as_ref().map(lossy).unwrap_or_default() == *theirs,
    );
    let ids = |ids: &process::Ids, theirs: &Value| {
        json!({"real": ids.real, "effective": ids.effective, "saved": ids.saved}) == *theirs
    };
    all.value("uids", process.uids(), &theirs["uids"], ids);
    all.value("gids", process.gids(), &theirs["gids"], ids);
    all.value(
        "username",
        process.username(),
        &theirs["username"],
        |ours, theirs| match ours {
            Some(name) => lossy(name) == *theirs,
            None => theirs
                .as_str()
                .is_some_and(|text| text.parse::<u32>().is_ok()),
        },
    );
    all.equal("nice", process.nice(), &theirs["nice"]);
    all.value(
        "ionice",
        process.ionice(),
        &theirs["ionice"],
        |ours, theirs| {
            let class = match ours.class {
                IoClass::None => 0,
                IoClass::RealTime => 1,
                IoClass::BestEffort => 2,
                IoClass::Idle => 3,
                _ => return false,
            };
            json!({"ioclass": class, "value": ours.value}) == *theirs
        },
    );
    all.equal(
        "cpu_affinity",
        process.cpu_affinity(),
        &theirs["cpu_affinity"],
    );
    all.value(
        "cpu_times",
        process.cpu_times(),
        &theirs["cpu_times"],
        |ours, theirs| {
            near(seconds(ours.user), &theirs["user"], 0.05)
                && near(seconds(ours.system), &theirs["system"], 0.05)
                && ours
                    .children_user
                    .is_some_and(|time| near(seconds(time), &theirs["children_user"], 0.05))
                && ours
                    .children_system
                    .is_some_and(|time| near(seconds(time), &theirs["children_system"], 0.05))
                && ours
                    .iowait
                    .is_none_or(|time| near(seconds(time), &theirs["iowait"], 0.05))
        },
    );
    if zombie {
        // psutil shows the zeros of a memory that is no more.
        let gone = process.memory_info().unwrap_err().kind();
        if gone != ErrorKind::Zombie {
            all.note("memory_info", gone, &theirs["memory_info"]);
        }
    } else {
        all.value(
            "memory_info",
            process.memory_info(),
            &theirs["memory_info"],
            |ours, theirs| {
                ours.vms == theirs["vms"]
                    && ours.text.unwrap() == theirs["text"]
                    && ours.data.unwrap() == theirs["data"]
                    && near(ours.rss as f64, &theirs["rss"], 128.0 * 1024.0)
                    && near(
                        ours.shared.unwrap() as f64,
                        &theirs["shared"],
                        128.0 * 1024.0,
                    )
            },
        );
        // Pages are shared with whoever comes and goes.
        all.value(
            "memory_footprint",
            process.memory_footprint(),
            &theirs["memory_full_info"],
            |ours, theirs| {
                let near = |ours: u64, theirs| near(ours as f64, theirs, 2e6);
                near(ours.uss, &theirs["uss"])
                    && ours.pss.is_none_or(|pss| near(pss, &theirs["pss"]))
                    && ours.swap.is_none_or(|swap| near(swap, &theirs["swap"]))
            },
        );
    }
    all.value(
        "num_ctx_switches",
        process.ctx_switches(),
        &theirs["num_ctx_switches"],
        |ours, theirs| {
            // Being looked at wakes nobody, but a stopped or new process may
            // still have been on its way to sleep.
            near(ours.voluntary as f64, &theirs["voluntary"], 2.0)
                && ours
                    .involuntary
                    .is_some_and(|count| near(count as f64, &theirs["involuntary"], 5.0))
        },
    );
    all.equal("num_threads", process.num_threads(), &theirs["num_threads"]);
    all.value(
        "threads",
        process.threads(),
        &theirs["threads"],
        |ours, theirs| {
            let Some(rows) = theirs.as_array() else {
                return false;
            };
            rows.len() == ours.len()
                && ours.iter().all(|thread| {
                    rows.iter().any(|row| {
                        row["id"] == thread.id
                            && near(seconds(thread.user), &row["user_time"], 0.05)
                            && near(seconds(thread.system.unwrap()), &row["system_time"], 0.05)
                    })
                })
        },
    );
    all.equal("num_fds", process.num_fds(), &theirs["num_fds"]);
    all.value(
        "open_files",
        process.open_files(),
        &theirs["open_files"],
        |ours, theirs| {
            // psutil leaves out a file that is deleted; so here, for the
            // comparison. Where the test prints to may be a file, which grows.
            let ours: BTreeMap<u32, Value> = ours
                .iter()
                .filter(|file| !file.deleted && file.mode != AccessMode::Path && file.fd > 2)
                .map(|file| {
                    let row = json!({"path": file.path.to_string_lossy(), "fd": file.fd,
                        "position": file.position, "mode": file.mode.as_str(),
                        "flags": file.flags});
                    (file.fd, row)
                })
                .collect();
            let theirs: BTreeMap<u32, Value> = theirs
                .as_array()
                .into_iter()
                .flatten()
                .map(|row| (row["fd"].as_u64().unwrap() as u32, row.clone()))
                .filter(|(fd, _)| *fd > 2)
                .collect();
            ours == theirs
        },
    );
    all.value(
        "io_counters",
        process.io_counters(),
        &theirs["io_counters"],
        |ours, theirs| {
            ours.read_count == theirs["read_count"].as_u64()
                && ours.write_count == theirs["write_count"].as_u64()
                && ours.read_chars == theirs["read_chars"].as_u64()
                && ours.write_chars == theirs["write_chars"].as_u64()
                && ours.read_bytes == theirs["read_bytes"].as_u64()
                && ours.write_bytes == theirs["write_bytes"].as_u64()
        },
    );
    all.equal("is_running", process.is_running(), &theirs["is_running"]);
    all.value(
        "parents",
        process.parents(),
        &theirs["parents"],
        |ours, theirs| {
            json!(
                ours.iter()
                    .map(|parent| parent.pid().get())
                    .collect::<Vec<_>>()
            ) == *theirs
        },
    );
    all.value(
        "children",
        process.descendants(),
        &theirs["children"],
        |ours, theirs| {
            let ours: BTreeSet<u32> = ours.iter().map(|child| child.pid().get()).collect();
            json!(ours) == *theirs
        },
    );
    all.value(
        "memory_maps",
        process.memory_maps(),
        &theirs["memory_maps"],
        |ours, theirs| {
            let Some(rows) = theirs.as_array() else {
                return false;
            };
            rows.len() == ours.len()
                && ours.iter().zip(rows).all(|(map, row)| {
                    let range = format!("{:x}-{:x}", map.start, map.end);
                    row["addr"].as_str().is_some_and(|addr| {
                        // psutil keeps the zeros of the kernel.
                        let plain: Vec<_> = addr
                            .split('-')
                            .map(|part| part.trim_start_matches('0'))
                            .collect();
                        plain.join("-") == range
                    }) && row["perms"] == map.permissions.to_string()
                        && row["size"] == map.usage.size
                        && map
                            .usage
                            .rss
                            .is_none_or(|rss| near(rss as f64, &row["rss"], 128.0 * 1024.0))
                })
        },
    );
    all.value(
        "memory_maps grouped",
        process.memory_maps_grouped(),
        &theirs["memory_maps_grouped"],
        |ours, theirs| {
            let total = |key: &str| -> u64 {
                theirs
                    .as_array()
                    .into_iter()
                    .flatten()
                    .filter_map(|row| row[key].as_u64())
                    .sum()
            };
            let size: u64 = ours.iter().map(|group| group.usage.size).sum();
            size == total("size")
        },
    );
    if let Some(limits) = theirs["rlimits"].as_object() {
        for (resource, limit) in process.limits().into_iter().flatten() {
            let number = |limit: Option<u64>| limit.map_or(json!(-1), Value::from);
            if let Some(theirs) = limits.get(resource.as_str()) {
                let ours = json!([number(limit.soft), number(limit.hard)]);
                if theirs["error"].is_null() && ours != *theirs {
                    all.note(resource.as_str(), ours, theirs);
                }
            }
        }
    }
    match process.connections(Kind::ALL) {
        Ok(ours) if theirs["net_connections"].is_array() => {
            compare_sockets(&mut all, &ours, &theirs["net_connections"]);
        }
        // psutil has [] for what went with the descriptors.
        Err(error) if zombie && error.kind() == ErrorKind::Zombie => {}
        ours => all.value(
            "net_connections",
            ours,
            &theirs["net_connections"],
            |_, _| true,
        ),
    }
    all.0
}

/// Compares one specimen; `known` are the methods that differ on purpose.
#[track_caller]
fn assert_parity(label: &str, pid: u32, theirs: &Value, known: &[&str]) {
    let process = Process::open(pid).unwrap();
    let differences: Vec<_> = compare(&process, &theirs[pid.to_string()])
        .into_iter()
        .filter(|line| !known.iter().any(|known| line.starts_with(known)))
        .collect();
    assert!(
        differences.is_empty(),
        "{label}:\n{}",
        differences.join("\n")
    );
}

#[test]
fn every_method_says_the_same_of_the_whole_zoo() {
    let scratch = FixtureRoot::new().file("plain", b"some text");
    let odd = scratch.join(OsStr::from_bytes(b"odd \xff name"));
    std::fs::write(&odd, b"more").unwrap();
    let mut zoo: Vec<(&str, zoo::Specimen, &[&str])> = vec![
        ("a sleeper", zoo::sleeper(), &[]),
        ("a stopped one", zoo::stopped(), &[]),
        ("one with threads", zoo::threaded(&[b"a", b"b c"]), &[]),
        ("a name of bytes", zoo::renamed(b"x \xff\n) S (y"), &[]),
        ("a deleted executable", zoo::deleted_executable(), &[]),
        (
            "a long name",
            zoo::Builder::new()
                .exe_name("a-name-that-is-longer-than-fifteen-bytes")
                .arg0("/some/dir/a-name-that-is-longer-than-fifteen-bytes")
                .args(["one", "two words", ""])
                .env("KEY", "a=b")
                .env("EMPTY", "")
                .cwd(scratch.path())
                .spawn(),
            &[],
        ),
    ];
    let mut tuned = zoo::sleeper();
    tuned.set_nice(7);
    tuned.set_affinity(&[0]);
    tuned.set_io_priority(3, 0);
    tuned.set_limit(libc::RLIMIT_NOFILE as _, 99, 100);
    tuned.set_limit(libc::RLIMIT_CORE as _, 0, 0);
    tuned.burn(Duration::from_millis(150));
    tuned.hold_memory(8 << 20, 4 << 20);
    tuned.hold_shared_memory(2 << 20, 1 << 20);
    zoo.push(("a tuned one", tuned, &[]));
    let mut files = zoo::sleeper();
    for mode in ["r", "w", "a", "r+", "w+", "a+"] {
        let path = scratch.join(format!("file-{mode}"));
        std::fs::write(&path, b"0123456789").unwrap();
        files.open(mode, &path, 3);
    }
    files.open("r", &odd, 0);
    files.map_file(&scratch.join("plain"));
    files.open_deleted(&scratch.join("deleted"));
    files.open_memory(b"memory");
    files.pipe();
    zoo.push(("open files", files, &[]));
    let mut sockets = zoo::sleeper();
    for kind in [
        "tcp4-listen",
        "tcp4-established",
        "tcp4-close-wait",
        "tcp4-time-wait",
        "tcp4-bound",
        "udp4",
        "udp4-connected",
    ] {
        sockets.socket(kind);
    }
    for kind in ["tcp6-listen", "tcp6-established", "udp6"] {
        let _ = sockets.try_ask(&format!("socket:{kind}"), &[]);
    }
    let path = scratch.join("socket");
    sockets.unix_socket("listen", "stream", path.as_os_str().as_bytes());
    let name = format!("\0oslens-parity-{}", std::process::id());
    sockets.unix_socket("bound", "dgram", name.as_bytes());
    sockets.unix_socket("listen", "seqpacket", format!("{name}-2").as_bytes());
    sockets.unix_pair("stream");
    zoo.push(("sockets of all kinds", sockets, &[]));
    let mut parent = zoo::sleeper();
    parent.fan(3);
    parent.chain(3);
    zoo.push(("a parent", parent, &[]));
    let mut session = zoo::sleeper();
    session.take_terminal();
    zoo.push(("a session with a terminal", session, &[]));
    let mut title = zoo::sleeper();
    title.set_title(b"worker: idle");
    // Without the zeros behind the title that psutil takes for arguments.
    zoo.push(("a title", title, &["cmdline"]));
    if let Ok(other) = zoo::of_another_user() {
        zoo.push(("another user's", other, &[]));
    }
    if let Ok((outer, inner)) = zoo::with_child_in_another_pid_namespace() {
        assert!(inner != 0);
        zoo.push(("a parent of another PID namespace", outer, &[]));
    }

    let pids: Vec<String> = zoo.iter().map(|(_, it, _)| it.pid().to_string()).collect();
    let mut arguments = vec!["process"];
    arguments.extend(pids.iter().map(String::as_str));
    let theirs = match ask(&arguments) {
        Ok(theirs) => theirs,
        Err(reason) => skip!("{reason}"),
    };
    for (label, specimen, known) in &zoo {
        assert_parity(label, specimen.pid(), &theirs, known);
    }
}

#[test]
fn every_method_says_the_same_of_pid_1_and_a_kernel_thread() {
    let kernel_thread = process::list(process::Fields::all())
        .unwrap()
        .into_iter()
        .find(|row| row.exe == Ok(None) && row.ppid == Ok(2.into()));
    let mut pids = vec![1];
    pids.extend(kernel_thread.map(|row| row.pid.get()));
    let text: Vec<String> = pids.iter().map(u32::to_string).collect();
    let mut arguments = vec!["process"];
    arguments.extend(text.iter().map(String::as_str));
    let mut last = Vec::new();
    for _ in 0..4 {
        let theirs = match ask(&arguments) {
            Ok(theirs) => theirs,
            Err(reason) => skip!("{reason}"),
        };
        last = differences_of_all(&theirs);
        if last.is_empty() {
            return;
        }
    }
    panic!("{}", last.join("\n"));
}

/// Of processes that live their own life: what differs, without what may
/// differ between two looks.
fn differences_of_all(theirs: &Value) -> Vec<String> {
    let moving = [
        "cpu_times",
        "num_ctx_switches",
        "io_counters",
        "children",
        "memory_",
        "status",
        "threads",
        "num_threads",
        "num_fds",
        "open_files",
        "psutil lacks",
        "oslens lacks",
        // As an ordinary user: oslens reads the size of the directory, which
        // is no secret.
        "num_fds: oslens Ok",
    ];
    let mut all = Vec::new();
    for (pid, theirs) in theirs.as_object().unwrap() {
        let Ok(process) = Process::open(pid.parse::<u32>().unwrap()) else {
            continue;
        };
        let differences = compare(&process, theirs);
        if !process.is_running().unwrap_or(false) {
            continue;
        }
        all.extend(
            differences
                .into_iter()
                .filter(|line| !moving.iter().any(|moving| line.starts_with(moving)))
                .map(|line| format!("{pid} {:?}: {line}", process.name())),
        );
    }
    all
}

#[test]
fn every_method_says_the_same_of_all_processes() {
    let mut persistent: Option<BTreeSet<String>> = None;
    for _ in 0..3 {
        let pids: Vec<String> = process::pids()
            .unwrap()
            .iter()
            .map(ToString::to_string)
            .take(150)
            .collect();
        let mut arguments = vec!["process"];
        arguments.extend(pids.iter().map(String::as_str));
        let theirs = match ask(&arguments) {
            Ok(theirs) => theirs,
            Err(reason) => skip!("{reason}"),
        };
        let now: BTreeSet<String> = differences_of_all(&theirs).into_iter().collect();
        // What is a difference of oslens and psutil is one every time; what
        // was one of two moments is another the next time.
        let both = match persistent {
            None => now,
            Some(before) => before.intersection(&now).cloned().collect(),
        };
        if both.is_empty() {
            return;
        }
        persistent = Some(both);
    }
    let all: Vec<_> = persistent.unwrap_or_default().into_iter().collect();
    panic!("{}", all.join("\n"));
}

#[test]
fn a_zombie_is_told_in_full_where_psutil_invents() {
    let zombie = zoo::zombie();
    let theirs = match ask(&["process", &zombie.pid().to_string()]) {
        Ok(theirs) => theirs,
        Err(reason) => skip!("{reason}"),
    };
    // A root directory, descriptors and files went with the rest: psutil has
    // 0 and [] for some of them, and a cwd of "".
    let known = [
        "cwd",
        "num_fds",
        "open_files",
        "net_connections",
        "memory_maps grouped",
    ];
    assert_parity("a zombie", zombie.pid(), &theirs, &known);
    let theirs = &theirs[zombie.pid().to_string()];
    assert_eq!(theirs["memory_info"]["rss"], 0, "psutil has learnt it");
    assert_eq!(
        Process::open(zombie.pid())
            .unwrap()
            .memory_info()
            .unwrap_err()
            .kind(),
        ErrorKind::Zombie
    );
}

#[test]
fn d9_a_process_in_another_network_is_seen_there_and_psutil_sees_nothing() {
    let mut specimen = match zoo::in_another_network() {
        Ok(specimen) => specimen,
        Err(reason) => skip!("{reason}"),
    };
    let listener = match specimen.try_ask("socket:tcp4-listen", &[]) {
        Ok(reply) => reply.address("local"),
        Err(reason) => skip!("no listener in another network namespace: {reason}"),
    };
    let theirs = match ask(&["process", &specimen.pid().to_string()]) {
        Ok(theirs) => theirs,
        Err(reason) => skip!("{reason}"),
    };
    let ours = Process::open(specimen.pid())
        .unwrap()
        .connections(Kind::TCP4)
        .unwrap();
    assert!(ours.iter().any(|it| it.local == Some(listener)), "{ours:?}");
    assert_eq!(
        theirs[specimen.pid().to_string()]["net_connections"],
        json!([])
    );
    // The kernel's own table of that namespace.
    let table = String::from_utf8(specimen.proc_file("net/tcp")).unwrap();
    assert!(
        table.contains(&format!(":{:04X} ", listener.port())),
        "{table}"
    );
}

#[test]
fn d10_every_holder_of_a_shared_socket_is_shown_and_psutil_shows_one() {
    let mut parent = zoo::sleeper();
    let local = parent.socket("tcp4-listen").address("local");
    let children = parent.fan(2);
    let ours = net::connections_with_owners(Kind::TCP4).unwrap();
    let mine = ours.iter().find(|it| it.local == Some(local)).unwrap();
    let holders: BTreeSet<u32> = mine
        .owners
        .as_ref()
        .unwrap()
        .iter()
        .map(|owner| owner.pid.get())
        .collect();
    let expected: BTreeSet<u32> = children.iter().copied().chain([parent.pid()]).collect();
    assert_eq!(holders, expected);
    match ask(&["system"]) {
        Ok(theirs) => {
            let rows = theirs["net_connections"].as_array().unwrap();
            let mine = rows
                .iter()
                .filter(|row| row["laddr"]["port"] == local.port())
                .count();
            assert_eq!(mine, 1, "psutil has learnt it");
        }
        Err(reason) => skip!("{reason}"),
    }
}

#[test]
fn d11_a_thread_with_a_parenthesis_in_its_name_keeps_its_times() {
    let names: [&[u8]; 2] = [b"a) S 1 2 3", b"b)c"];
    let specimen = zoo::threaded(&names);
    let theirs = match ask(&["process", &specimen.pid().to_string()]) {
        Ok(theirs) => theirs,
        Err(reason) => skip!("{reason}"),
    };
    // All but the threads is the same; those it takes apart at the first ).
    assert_parity("odd threads", specimen.pid(), &theirs, &["threads"]);
    let threads = Process::open(specimen.pid()).unwrap().threads().unwrap();
    for name in names {
        let thread = threads
            .iter()
            .find(|it| it.name.as_bytes() == name)
            .unwrap();
        // The other witness: the file that has no name in it.
        let path = format!("/proc/{}/task/{}/schedstat", specimen.pid(), thread.id);
        let on_cpu: u64 = std::fs::read_to_string(path)
            .unwrap()
            .split_whitespace()
            .next()
            .unwrap()
            .parse()
            .unwrap();
        let told = thread.user + thread.system.unwrap();
        assert!(told.abs_diff(Duration::from_nanos(on_cpu)) < Duration::from_millis(30));
    }
}

#[test]
fn every_system_function_says_the_same() {
    let before = (
        cpu::times().unwrap(),
        cpu::stats().unwrap(),
        net::io_counters().unwrap(),
        disk::io_counters().unwrap(),
    );
    let theirs = match ask(&["system"]) {
        Ok(theirs) => theirs,
        Err(reason) => skip!("{reason}"),
    };
    let after = (
        cpu::times().unwrap(),
        cpu::stats().unwrap(),
        net::io_counters().unwrap(),
        disk::io_counters().unwrap(),
    );
    let mut all = Differences::default();
    // What grows lies between the look before and the look after.
    let mut between = |what: &str, low: f64, high: f64, theirs: &Value| {
        let value = theirs.as_f64().unwrap_or(f64::NAN);
        // A tick of the idle time may be counted back (iowait too).
        if !(low - 0.5 <= value && value <= high + 0.5) {
            all.note(what, (low, high), theirs);
        }
    };
    let times = &theirs["cpu_times"];
    for (name, part) in [
        ("user", before.0.user),
        ("system", before.0.system),
        ("idle", before.0.idle),
        ("nice", before.0.nice),
    ] {
        let high = match name {
            "user" => after.0.user,
            "system" => after.0.system,
            "idle" => after.0.idle,
            _ => after.0.nice,
        };
        between(name, seconds(part), seconds(high), &times[name]);
    }
    for (name, low, high) in [
        ("iowait", before.0.iowait, after.0.iowait),
        ("irq", before.0.irq, after.0.irq),
        ("softirq", before.0.softirq, after.0.softirq),
        ("steal", before.0.steal, after.0.steal),
        ("guest", before.0.guest, after.0.guest),
        ("guest_nice", before.0.guest_nice, after.0.guest_nice),
    ] {
        if let (Some(low), Some(high)) = (low, high) {
            between(name, seconds(low), seconds(high), &times[name]);
        }
    }
    for (name, low, high) in [
        ("ctx_switches", before.1.ctx_switches, after.1.ctx_switches),
        ("interrupts", before.1.interrupts, after.1.interrupts),
        (
            "soft_interrupts",
            before.1.soft_interrupts,
            after.1.soft_interrupts,
        ),
    ] {
        let stats = &theirs["cpu_stats"][name];
        between(name, low.unwrap() as f64, high.unwrap() as f64, stats);
    }
    for low in &before.2 {
        let name = low.name.to_string_lossy().into_owned();
        let Some(high) = after.2.iter().find(|it| it.name == low.name) else {
            continue;
        };
        let nic = &theirs["net_io_counters_pernic"][&name];
        for (key, low, high) in [
            (
                "bytes_sent",
                low.counters.bytes_sent,
                high.counters.bytes_sent,
            ),
            (
                "bytes_recv",
                low.counters.bytes_recv,
                high.counters.bytes_recv,
            ),
            (
                "packets_sent",
                low.counters.packets_sent,
                high.counters.packets_sent,
            ),
            (
                "packets_recv",
                low.counters.packets_recv,
                high.counters.packets_recv,
            ),
            ("errin", low.counters.errin, high.counters.errin),
            ("errout", low.counters.errout, high.counters.errout),
            ("dropin", low.counters.dropin, high.counters.dropin),
        ] {
            between(&format!("{name} {key}"), low as f64, high as f64, &nic[key]);
        }
    }
    for low in &before.3.devices {
        let name = low.name.to_string_lossy().into_owned();
        let high = after.3.get(&low.name).unwrap();
        let disk = &theirs["disk_io_counters_perdisk"][&name];
        for (key, low, high) in [
            ("read_count", low.counters.read_count, high.read_count),
            ("write_count", low.counters.write_count, high.write_count),
            ("read_bytes", low.counters.read_bytes, high.read_bytes),
            ("write_bytes", low.counters.write_bytes, high.write_bytes),
        ] {
            between(
                &format!("{name} {key}"),
                low as f64,
                high as f64,
                &disk[key],
            );
        }
        let ms = |time: Option<Duration>| time.unwrap().as_millis() as f64;
        between(
            &format!("{name} read_time"),
            ms(low.counters.read_time),
            ms(high.read_time),
            &disk["read_time"],
        );
        between(
            &format!("{name} busy_time"),
            ms(low.counters.busy_time),
            ms(high.busy_time),
            &disk["busy_time"],
        );
    }

    all.equal("cpu_count", cpu::count(), &theirs["cpu_count"]);
    all.equal(
        "cpu_count physical",
        cpu::physical_count(),
        &theirs["cpu_count_physical"],
    );
    let per_cpu = theirs["cpu_times_percpu"].as_array().unwrap().len();
    assert_eq!(cpu::times_per_cpu().unwrap().len(), per_cpu);
    if let (Ok(ours), Some(theirs)) = (cpu::frequency(), theirs["cpu_freq"]["current"].as_f64()) {
        let ours = ours.current.unwrap() as f64 / 1e6;
        assert!((ours - theirs).abs() < 0.2 * theirs, "{ours} {theirs} MHz");
    }
    all.value(
        "getloadavg",
        cpu::load_average(),
        &theirs["getloadavg"],
        |ours, theirs| {
            near(ours.one, &theirs[0], 1.0)
                && near(ours.five, &theirs[1], 0.5)
                && near(ours.fifteen, &theirs[2], 0.5)
        },
    );
    all.value(
        "virtual_memory",
        memory::virtual_memory(),
        &theirs["virtual_memory"],
        |ours, theirs| {
            let close = |ours: Option<u64>, key: &str| {
                let ours = ours.unwrap_or(0) as f64;
                near(ours, &theirs[key], 3e8)
            };
            ours.total == theirs["total"]
                && close(Some(ours.available), "available")
                && close(Some(ours.free), "free")
                && close(Some(ours.used), "used")
                && close(ours.active, "active")
                && close(ours.inactive, "inactive")
                && close(ours.buffers, "buffers")
                && close(ours.cached, "cached")
                && close(ours.shared, "shared")
                && close(ours.slab, "slab")
                && near(
                    ours.used_fraction() * 100.0,
                    &theirs["percent"],
                    3e10 / ours.total as f64,
                )
        },
    );
    // D5: psutil takes every page for 4 KiB, which is right where this runs.
    all.value(
        "swap_memory",
        memory::swap_memory(),
        &theirs["swap_memory"],
        |ours, theirs| {
            ours.total == theirs["total"]
                && near(ours.used as f64, &theirs["used"], 1e8)
                && near(ours.swapped_in.unwrap() as f64, &theirs["sin"], 1e8)
                && near(ours.swapped_out.unwrap() as f64, &theirs["sout"], 1e8)
        },
    );
    for (which, key) in [
        (disk::Partitions::All, "disk_partitions_all"),
        (disk::Partitions::Physical, "disk_partitions"),
    ] {
        all.value(
            key,
            disk::partitions(which),
            &theirs[key],
            |ours, theirs| {
                let ours: Vec<(Value, Value)> = ours
                    .iter()
                    .map(|it| (lossy(&it.mountpoint), lossy(&it.fstype)))
                    .collect();
                let theirs: Vec<(Value, Value)> = theirs
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|row| (row["mountpoint"].clone(), row["fstype"].clone()))
                    .collect();
                // psutil knows a mounted file system by its type alone.
                theirs.iter().all(|row| ours.contains(row))
                    && (which != disk::Partitions::All || ours.len() == theirs.len())
            },
        );
    }
    all.value(
        "disk_usage",
        disk::usage("/"),
        &theirs["disk_usage"],
        |ours, theirs| {
            ours.total == theirs["total"]
                && near(ours.used as f64, &theirs["used"], 1e9)
                && near(ours.available as f64, &theirs["free"], 1e9)
                && near(ours.used_fraction() * 100.0, &theirs["percent"], 2.0)
        },
    );
    let interfaces = net::interfaces().unwrap();
    for interface in &interfaces {
        let name = interface.name.to_string_lossy().into_owned();
        let stats = &theirs["net_if_stats"][&name];
        if stats.is_null() {
            // Made or removed by another test.
            continue;
        }
        assert_eq!(stats["isup"], interface.is_up(), "{interface:?} {stats}");
        assert_eq!(stats["mtu"], interface.mtu.unwrap(), "{interface:?}");
        let speed = interface.speed_mbps.unwrap_or(0);
        assert_eq!(stats["speed"], speed, "{interface:?} {stats}");
        // psutil asks for the flags of BSD's time: 16 bits.
        let theirs_flags: BTreeSet<&str> = stats["flags"].as_str().unwrap().split(',').collect();
        let names: BTreeSet<&str> = interface.flags.names().collect();
        assert!(theirs_flags.is_subset(&names), "{theirs_flags:?} {names:?}");
        let addresses: BTreeSet<String> = theirs["net_if_addrs"][&name]
            .as_array()
            .into_iter()
            .flatten()
            .filter(|row| row["family"] == 2 || row["family"] == 10)
            .map(|row| {
                let text = row["address"].as_str().unwrap();
                text.split('%').next().unwrap().to_owned()
            })
            .collect();
        let ours: BTreeSet<String> = interface
            .addresses
            .iter()
            .flatten()
            .map(|it| it.ip.to_string())
            .collect();
        assert_eq!(ours, addresses, "{name}");
    }
    all.value(
        "boot_time",
        host::boot_time(),
        &theirs["boot_time"],
        |ours, theirs| {
            near(
                seconds(ours.duration_since(UNIX_EPOCH).unwrap()),
                theirs,
                1.1,
            )
        },
    );
    all.value("users", host::users(), &theirs["users"], |ours, theirs| {
        // psutil knows utmp alone.
        theirs
            .as_array()
            .unwrap()
            .iter()
            .all(|user| ours.iter().any(|it| lossy(&it.name) == user["name"]))
    });
    let temperatures = sensors::temperatures().unwrap();
    let count: usize = theirs["sensors_temperatures"]
        .as_object()
        .map_or(0, |chips| {
            chips
                .values()
                .filter_map(Value::as_array)
                .map(Vec::len)
                .sum()
        });
    assert!(temperatures.len() >= count);
    // D8: without /sys/class/power_supply psutil fails.
    let batteries = sensors::batteries().unwrap();
    if theirs["sensors_battery"]["percent"].is_number() {
        assert!(!batteries.is_empty());
    }
    assert!(all.0.is_empty(), "{}", all.0.join("\n"));
    assert!(SystemTime::now() > host::boot_time().unwrap());
}

#[test]
fn the_same_processes_and_sockets_are_there() {
    let mut specimen = zoo::sleeper();
    let listener = specimen.socket("tcp4-listen").address("local");
    let pids = |list: Vec<process::Pid>| -> BTreeSet<u64> {
        list.iter().map(|pid| u64::from(pid.get())).collect()
    };
    let before = pids(process::pids().unwrap());
    let theirs = match ask(&["system"]) {
        Ok(theirs) => theirs,
        Err(reason) => skip!("{reason}"),
    };
    let after = pids(Host::local().pids().unwrap());
    let seen: BTreeSet<u64> = theirs["pids"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(Value::as_u64)
        .collect();
    for pid in before.intersection(&after) {
        assert!(seen.contains(pid), "psutil lacks {pid}");
    }
    let rows = theirs["net_connections"].as_array().unwrap();
    let row = rows
        .iter()
        .find(|row| row["laddr"]["port"] == listener.port())
        .unwrap_or_else(|| panic!("{}: psutil lacks {listener}", here!()));
    assert_eq!(row["pid"], specimen.pid());
    assert_eq!(row["status"], "LISTEN");
}
