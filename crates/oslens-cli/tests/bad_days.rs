//! What the built command does with a wrong command line, and when its output
//! cannot be written.

mod command;

#[cfg(unix)]
use command::COMMANDS;
use command::{oslens, stderr};

#[test]
fn a_wrong_command_line_is_one_line_on_stderr_and_exit_code_2() {
    for (arguments, expected) in [
        (&["--jsn"][..], "'--json'"),
        (&["--color", "alway"], "'always'"),
        (&["--timeout", "soon"], "'soon'"),
        (&["-n", "-1"], "-1"),
        (&["--\x1b[2J"], "\\x1b[2J"),
        (&["nett"], "'net'"),
        (&["port"], "'<PORT>' is missing"),
        (&["port", "0"], "1 to 65535"),
        (&["port", "65536"], "1 to 65535"),
        (&["port", "http"], "1 to 65535"),
        (&["ss", ":70000"], "1 to 65535"),
        (&["df", "--sort", "siez"], "'size'"),
        (&["net", "-o", "rx_rat"], "'rx_rate'"),
    ] {
        let output = oslens(arguments).output().unwrap();
        let text = stderr(&output);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert_eq!(text.lines().count(), 1, "{text}");
        assert!(
            text.starts_with("oslens: ") && text.contains(expected),
            "{text}"
        );
        assert!(!text.contains('\x1b'), "{text}");
        assert!(output.stdout.is_empty());
    }
}

#[test]
fn help_and_version_go_to_stdout() {
    for flag in ["--help", "-h", "--version", "-V"] {
        let output = oslens(&[flag]).output().unwrap();
        assert_eq!(output.status.code(), Some(0));
        assert!(!output.stdout.is_empty() && output.stderr.is_empty());
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_one_line_on_stderr_and_exit_code_3() {
    for words in COMMANDS.into_iter().chain([&["--help"][..]]) {
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full");
        let output = oslens(words)
            .arg("-q")
            .stdout(full.unwrap())
            .output()
            .unwrap();
        let text = stderr(&output);
        assert_eq!(output.status.code(), Some(3), "{words:?}");
        assert!(
            text.starts_with("oslens: cannot write the output: "),
            "{text}"
        );
        assert_eq!(text.lines().count(), 1, "{text}");
    }
}

#[cfg(unix)]
#[test]
fn a_closed_pipe_ends_the_command_quietly() {
    for words in COMMANDS.into_iter().chain([&["--help"][..]]) {
        let (reader, writer) = rustix::pipe::pipe().unwrap();
        drop(reader);
        let output = oslens(words).arg("-q").stdout(writer).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{words:?}");
        assert_eq!(stderr(&output), "");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn without_procfs_there_is_one_line_and_exit_code_3() {
    let empty = oslens_testkit::FixtureRoot::new().dir("proc");
    for root in ["/no/such/root", &empty.path().to_string_lossy()] {
        for words in COMMANDS.into_iter().chain([&["port", "80"][..]]) {
            let output = oslens(&["--root", root]).args(words).output().unwrap();
            let text = stderr(&output);
            assert_eq!(output.status.code(), Some(3), "{words:?}");
            assert_eq!(text.lines().count(), 1, "{text}");
            assert!(text.contains("no procfs is mounted at"), "{text}");
            assert!(output.stdout.is_empty());
        }
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_half_written_procfs_is_an_error_with_the_name_of_the_file() {
    let root = oslens_testkit::FixtureRoot::new()
        .file("proc/meminfo", b"MemTotal:  12")
        .file("proc/1/mountinfo", b"22 27 0:21 / /proc rw,rel");
    let root = root.path().to_string_lossy().into_owned();
    for (command, file) in [("mem", "proc/meminfo"), ("df", "mountinfo")] {
        let output = oslens(&["--root", &root, command]).output().unwrap();
        let text = stderr(&output);
        assert_eq!(output.status.code(), Some(3), "{command} {text}");
        assert!(text.contains(file), "{text}");
        assert_eq!(text.lines().count(), 1, "{text}");
    }
}

/// Runs the command as the user who owns nothing.
#[cfg(target_os = "linux")]
#[test]
fn an_ordinary_user_sees_question_marks_and_one_note() {
    use command::as_nobody;
    use oslens_testkit::{skip, zoo};

    let mut specimen = zoo::sleeper();
    let address = specimen.socket("tcp4-listen").address("local").to_string();
    let port = address.rsplit_once(':').unwrap().1.to_owned();
    let output = match as_nobody(&["port", &port]) {
        Ok(output) => output,
        Err(reason) => skip!("{reason}"),
    };
    let table = String::from_utf8(output.stdout.clone()).unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    // The PID and all that is known by it; the user is known anyway.
    let row = table.lines().nth(1).unwrap();
    assert!(row.contains(" ? ") && row.contains("root"), "{table}");
    assert_eq!(stderr(&output).lines().count(), 1);
    assert!(stderr(&output).contains("from uid 65534"));

    let json = as_nobody(&["port", &port, "--json"]).unwrap();
    let document: serde_json::Value = serde_json::from_slice(&json.stdout).unwrap();
    assert!(document["rows"][0]["pid"].is_null());
    assert_eq!(document["rows"][0]["missing"]["pid"], "permission");

    let strict = as_nobody(&["port", &port, "--strict"]).unwrap();
    assert_eq!(strict.status.code(), Some(5));
    let quiet = as_nobody(&["port", &port, "--quiet"]).unwrap();
    assert_eq!(stderr(&quiet), "");

    for words in COMMANDS {
        let output = as_nobody(words).unwrap();
        assert_eq!(
            output.status.code(),
            Some(0),
            "{words:?} {}",
            stderr(&output)
        );
        assert!(stderr(&output).lines().count() <= 1, "{}", stderr(&output));
    }
}

/// A file system whose server never answers: FUSE without a program.
#[cfg(target_os = "linux")]
#[test]
fn a_dead_mount_costs_one_deadline_and_hides_nothing_else() {
    use oslens_testkit::{FixtureRoot, skip};
    use std::os::fd::AsRawFd as _;
    use std::time::{Duration, Instant};

    oslens_testkit::in_namespaces!(oslens_testkit::ns::NsOptions::new());
    let base = FixtureRoot::new().dir("dead").dir("dead too");
    let mut servers = Vec::new();
    for name in ["dead", "dead too"] {
        let device = std::fs::OpenOptions::new()
            .read(true)
            .write(true)
            .open("/dev/fuse");
        let device = match device {
            Ok(device) => device,
            Err(error) => skip!("/dev/fuse: {error}"),
        };
        let options = format!(
            "fd={},rootmode=40000,user_id=0,group_id=0",
            device.as_raw_fd()
        );
        let options = std::ffi::CString::new(options).unwrap();
        let mounted = rustix::mount::mount(
            "server:/export",
            base.path().join(name),
            "fuse",
            rustix::mount::MountFlags::empty(),
            options.as_c_str(),
        );
        if let Err(error) = mounted {
            skip!("a FUSE mount: {error}");
        }
        servers.push(device);
    }
    let start = Instant::now();
    let output = oslens(&["df", "--timeout", "300ms"]).output().unwrap();
    let took = start.elapsed();
    let table = String::from_utf8(output.stdout.clone()).unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let dead: Vec<&str> = table
        .lines()
        .filter(|line| line.contains("/dead"))
        .collect();
    assert_eq!(dead.len(), 2, "{table}");
    assert!(
        dead.iter().all(|line| line.matches('?').count() == 4),
        "{table}"
    );
    assert!(table.lines().count() > 3, "{table}");
    assert!(
        stderr(&output).starts_with("note: 2 of "),
        "{}",
        stderr(&output)
    );
    assert!(stderr(&output).contains("gave no answer in time"));
    assert!(took < Duration::from_secs(20), "{took:?}");

    let strict = oslens(&["df", "--timeout", "50ms", "--strict"])
        .output()
        .unwrap();
    assert_eq!(strict.status.code(), Some(5));

    let page = oslens(&["--timeout", "50ms", "-i", "5ms"])
        .output()
        .unwrap();
    let page = String::from_utf8(page.stdout).unwrap();
    assert!(page.contains("no answer in 50 ms"), "{page}");
    assert!(page.contains("/dead does not answer"), "{page}");

    let path = base.path().join("dead").join("file");
    let path = path.to_string_lossy();
    let output = oslens(&["df", "--timeout", "50ms", "/", &path])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(
        stderr(&output).contains("no answer in time"),
        "{}",
        stderr(&output)
    );
}

#[cfg(unix)]
#[test]
fn a_closed_stderr_does_not_change_the_exit_code() {
    let (reader, writer) = rustix::pipe::pipe().unwrap();
    drop(reader);
    let status = oslens(&["--nonsense"]).stderr(writer).status().unwrap();
    assert_eq!(status.code(), Some(2));
}
