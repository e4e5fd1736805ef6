//! Runs a program in namespaces of its own, for `oslens_testkit::ns`.

use std::ffi::OsStr;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::{fs, io};

use oslens_testkit::ns::UNAVAILABLE;
use oslens_testkit::sys::linux as sys;

/// What the environment variable asks for.
#[derive(Default)]
struct Plan {
    flags: i32,
    proc_options: Option<String>,
    user: Option<u32>,
}

pub(crate) fn run(plan: &OsStr) -> ! {
    let plan = read(&plan.to_string_lossy());
    let code = launch(&plan).unwrap_or_else(|reason| {
        eprintln!("oslens-specimen: unavailable: {reason}");
        UNAVAILABLE
    });
    std::process::exit(code);
}

fn read(text: &str) -> Plan {
    let mut plan = Plan {
        flags: libc::CLONE_NEWNS,
        ..Plan::default()
    };
    for word in text.split_ascii_whitespace() {
        match word.split_once('=').unwrap_or((word, "")) {
            ("pid", _) => plan.flags |= libc::CLONE_NEWPID,
            ("net", _) => plan.flags |= libc::CLONE_NEWNET,
            ("uts", _) => plan.flags |= libc::CLONE_NEWUTS,
            ("ipc", _) => plan.flags |= libc::CLONE_NEWIPC,
            ("user", _) => plan.flags |= libc::CLONE_NEWUSER,
            ("proc", options) => plan.proc_options = Some(options.to_owned()),
            ("uid", uid) => plan.user = uid.parse().ok(),
            (other, _) => panic!("unknown part {other} of a plan"),
        }
    }
    plan
}

fn launch(plan: &Plan) -> Result<i32, String> {
    if plan.flags & libc::CLONE_NEWUSER != 0 {
        let (uid, gid) = own_ids().map_err(|error| format!("/proc/self: {error}"))?;
        sys::unshare(libc::CLONE_NEWUSER).map_err(|error| format!("user namespace: {error}"))?;
        let map = |file: &str, text: String| {
            fs::write(format!("/proc/self/{file}"), text)
                .map_err(|error| format!("user namespace, {file}: {error}"))
        };
        map("setgroups", "deny".to_owned())?;
        map("uid_map", format!("0 {uid} 1"))?;
        map("gid_map", format!("0 {gid} 1"))?;
    }
    let flags = plan.flags & !libc::CLONE_NEWUSER;
    sys::unshare(flags).map_err(|error| format!("namespaces: {error}"))?;
    // Nothing that is mounted from here on reaches the machine.
    sys::mount(None, "/", libc::MS_REC | libc::MS_PRIVATE, "")
        .map_err(|error| format!("private mounts: {error}"))?;
    if flags & libc::CLONE_NEWNET != 0 {
        sys::loopback_up().map_err(|error| format!("loopback: {error}"))?;
    }
    if flags & libc::CLONE_NEWPID == 0 {
        return Err(become_program(plan));
    }
    // The child is PID 1, which adopts and reaps, and whose end is the end of
    // everything in the namespace.
    let init = sys::fork(|| {
        let _ = sys::die_with_parent();
        init(plan).unwrap_or_else(|reason| {
            eprintln!("oslens-specimen: unavailable: {reason}");
            UNAVAILABLE
        })
    })
    .map_err(|error| error.to_string())?;
    reap_until(init)
}

fn init(plan: &Plan) -> Result<i32, String> {
    if let Some(options) = &plan.proc_options {
        sys::mount(Some("proc"), "/proc", 0, options)
            .map_err(|error| format!("mounting proc {options}: {error}"))?;
    }
    let program = sys::fork(|| {
        eprintln!("oslens-specimen: unavailable: {}", become_program(plan));
        UNAVAILABLE
    })
    .map_err(|error| error.to_string())?;
    reap_until(program)
}

fn become_program(plan: &Plan) -> String {
    if let Some(uid) = plan.user {
        if let Err(error) = sys::become_user(uid, uid) {
            return format!("user {uid}: {error}");
        }
    }
    let args: Vec<Vec<u8>> = std::env::args_os()
        .skip(1)
        .map(OsStringExt::into_vec)
        .collect();
    let path = args.first().cloned().unwrap_or_default();
    format!(
        "{}: {}",
        OsStr::from_bytes(&path).to_string_lossy(),
        sys::exec(&path, &args)
    )
}

fn reap_until(wanted: u32) -> Result<i32, String> {
    loop {
        match sys::reap(None, true) {
            Ok(Some((pid, status))) if pid == wanted => return Ok(sys::shell_code(status)),
            Ok(_) => {}
            Err(error) => return Err(format!("waiting: {error}")),
        }
    }
}

fn own_ids() -> io::Result<(u32, u32)> {
    use std::os::unix::fs::MetadataExt;
    let own = fs::metadata("/proc/self")?;
    Ok((own.uid(), own.gid()))
}
