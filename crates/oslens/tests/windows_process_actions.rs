//! What is done to processes on Windows, and waiting for them.

#![cfg(windows)]

use std::{
    process::Command,
    time::{Duration, Instant},
};

use oslens::{
    ErrorKind,
    process::{self, Fields, IoClass, Process, ProcessId, Signal, Waited, wait_all, wait_any},
};
use oslens_testkit::{skip_allowed, zoo};

const LONG: Option<Duration> = Some(Duration::from_secs(60));

#[test]
fn a_process_is_ended_and_the_exit_code_says_how() {
    for (signal, code) in [(Signal::TERM, 15), (Signal::KILL, 9)] {
        let specimen = zoo::sleeper();
        let process = Process::open(specimen.pid()).unwrap();
        process.send_signal(signal).unwrap();
        let status = process.wait(LONG).unwrap().unwrap();
        assert_eq!(status.code(), Some(code));
        // A second wait says the same, also where the first value is not.
        assert_eq!(process.wait(LONG).unwrap(), Some(status));
        assert!(!process.is_running().unwrap());
        for error in [
            process.terminate().unwrap_err(),
            process.suspend().unwrap_err(),
            process.set_nice(0).unwrap_err(),
            process.name().unwrap_err(),
            process.cmdline().unwrap_err(),
            process.read(Fields::all()).unwrap_err(),
            process.open_files().unwrap_err(),
            process.memory_maps().unwrap_err(),
        ] {
            assert_eq!(error.kind(), ErrorKind::NoSuchProcess, "{error}");
        }
    }
}

#[test]
fn exit_codes_of_all_sizes_are_told_of_other_peoples_children_too() {
    for code in [0, 7, 259, -1_073_741_819] {
        let mut specimen = zoo::sleeper();
        let process = Process::open(specimen.pid()).unwrap();
        let theirs = specimen.exit(code);
        let status = process.wait(LONG).unwrap().unwrap();
        assert_eq!(status.code(), Some(code));
        assert_eq!(status, theirs);
        assert!(!process.is_running().unwrap(), "{code}");
        let same = Process::from_id(process.id());
        assert!(!same.is_running().unwrap(), "{code}");
        let error = same.name().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NoSuchProcess, "{error}");
    }
    let mut specimen = zoo::sleeper();
    let grandchild = Process::open(specimen.chain(1)[0]).unwrap();
    grandchild.terminate().unwrap();
    let status = grandchild.wait(LONG).unwrap().unwrap();
    assert_eq!(status.code(), Some(15));
}

#[cfg(feature = "serde")]
#[test]
fn the_exit_code_is_known_of_what_ended_before_while_somebody_holds_it() {
    let mut specimen = zoo::sleeper();
    let held = Process::open(specimen.pid()).unwrap();
    let unheld = Process::from_id(held.id());
    // The specimen has the handle of its child.
    specimen.exit(11);
    drop(held);
    let status = unheld.wait(LONG).unwrap().unwrap();
    assert_eq!(status.code(), Some(11));
    // Whoever has only the PID might mean another one.
    let anybody = Process::from_id(ProcessId::from(unheld.pid()));
    assert_eq!(anybody.wait(LONG).unwrap(), None);
}

#[test]
fn an_identity_that_is_anothers_is_never_acted_on() {
    let specimen = zoo::sleeper();
    let id = Process::open(specimen.pid()).unwrap().id();
    // The process that had this PID before, as a program would have kept it.
    let text = serde_json::to_string(&id).unwrap();
    let mut value: serde_json::Value = serde_json::from_str(&text).unwrap();
    value["start"] = serde_json::json!(value["start"].as_u64().unwrap() - 10_000_000);
    let former: ProcessId = serde_json::from_value(value).unwrap();
    let former = Process::from_id(former);
    for error in [
        former.kill().unwrap_err(),
        former.suspend().unwrap_err(),
        former.set_nice(19).unwrap_err(),
        former.set_ionice(IoClass::Idle, 0).unwrap_err(),
        former.set_cpu_affinity(&[0]).unwrap_err(),
        former.name().unwrap_err(),
        former.memory_info().unwrap_err(),
        former.threads().unwrap_err(),
        former.children().unwrap_err(),
    ] {
        assert_eq!(error.kind(), ErrorKind::Reused, "{error}");
    }
    assert!(!former.is_running().unwrap());
    assert_eq!(former.wait(LONG).unwrap(), None);
    let process = Process::from_id(id);
    assert!(process.is_running().unwrap());
    assert_eq!(process.nice().unwrap(), 0);
}

#[test]
fn nobody_gets_the_pid_of_a_process_that_is_held() {
    let mut specimen = zoo::sleeper();
    let process = Process::open(specimen.pid()).unwrap();
    specimen.kill();
    for _ in 0..40 {
        let other = zoo::sleeper();
        assert_ne!(other.pid(), process.pid().get());
    }
    // Threads take their numbers from the same supply.
    for _ in 0..600 {
        std::thread::spawn(|| {}).join().unwrap();
    }
    assert!(!process.is_running().unwrap());
    let error = process.kill().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NoSuchProcess, "{error}");
}

#[test]
fn whoever_has_the_pid_is_not_acted_on() {
    let specimen = zoo::sleeper();
    let anybody = Process::from_id(ProcessId::from(process::Pid::new(specimen.pid())));
    let error = anybody.kill().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput, "{error}");
    assert!(anybody.name().is_ok());
}

#[test]
fn a_suspended_process_does_nothing_until_it_is_resumed() {
    let mut specimen = zoo::sleeper();
    let process = Process::open(specimen.pid()).unwrap();
    process.suspend().unwrap();
    std::thread::scope(|scope| {
        let answer = scope.spawn(|| specimen.burn(Duration::from_millis(1)));
        std::thread::sleep(Duration::from_millis(500));
        let answered = answer.is_finished();
        process.resume().unwrap();
        assert!(!answered, "it worked while it was suspended");
        answer.join().unwrap();
    });
    assert!(process.is_running().unwrap());
}

#[test]
fn priorities_are_set_and_read_back() {
    let specimen = zoo::sleeper();
    let process = Process::open(specimen.pid()).unwrap();
    for nice in [10, -7, 19, 0] {
        process.set_nice(nice).unwrap();
        assert_eq!(process.nice().unwrap(), nice);
        let row = process.read(Fields::NICE | Fields::NUM_THREADS).unwrap();
        assert_eq!(row.nice, Ok(nice));
    }
    process.set_nice(3).unwrap();
    assert_eq!(process.nice().unwrap(), 0, "the class that it stands for");
    for nice in [-21, 20] {
        let error = process.set_nice(nice).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput, "{error}");
    }
}

#[test]
fn input_and_output_priorities_are_set_or_unsupported() {
    let specimen = zoo::sleeper();
    let process = Process::open(specimen.pid()).unwrap();
    for (class, value) in [(IoClass::BestEffort, 8), (IoClass::Idle, 1)] {
        let error = process.set_ionice(class, value).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput, "{error}");
    }
    match process.set_ionice(IoClass::Idle, 0) {
        Ok(()) => {
            let now = process.ionice().unwrap();
            assert_eq!((now.class, now.value), (IoClass::Idle, 0));
        }
        Err(error) => {
            assert_eq!(error.kind(), ErrorKind::Unsupported, "{error}");
            skip_allowed!("{error}");
        }
    }
}

#[test]
fn cpus_are_set_and_linux_obeys() {
    let specimen = zoo::sleeper();
    let process = Process::open(specimen.pid()).unwrap();
    let all = process.cpu_affinity().unwrap();
    assert!(!all.is_empty());
    process.set_cpu_affinity(&[0]).unwrap();
    assert_eq!(process.cpu_affinity().unwrap(), [0]);
    let listed = process::list(Fields::CPU_AFFINITY).unwrap();
    let row = listed.iter().find(|row| row.pid == process.pid()).unwrap();
    assert_eq!(row.cpu_affinity, Ok(vec![0]));
    for cpus in [&[][..], &[9999]] {
        let error = process.set_cpu_affinity(cpus).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput, "{error}");
    }
    let status = match specimen.proc_file("status") {
        Ok(status) => String::from_utf8_lossy(&status).into_owned(),
        Err(reason) => skip_allowed!("{reason}"),
    };
    let allowed = status
        .lines()
        .find_map(|line| line.strip_prefix("Cpus_allowed_list:"))
        .map(str::trim);
    assert_eq!(allowed, Some("0"));
    process.set_cpu_affinity(&all).unwrap();
    assert_eq!(process.cpu_affinity().unwrap(), all);
}

#[test]
fn more_processes_are_waited_for_than_one_call_takes() {
    let mut parent = zoo::sleeper();
    let children = parent.fan(70);
    let processes: Vec<Process> = children
        .iter()
        .map(|pid| Process::open(*pid).unwrap())
        .collect();
    let start = Instant::now();
    let error = wait_any(&processes, Some(Duration::from_millis(100))).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TimedOut, "{error}");
    assert!(start.elapsed() >= Duration::from_millis(100));

    let last = processes.last().unwrap();
    let waited = std::thread::scope(|scope| {
        let waited = scope.spawn(|| wait_any(&processes, LONG));
        std::thread::sleep(Duration::from_millis(100));
        last.kill().unwrap();
        waited.join().unwrap().unwrap()
    });
    assert_eq!(
        waited.iter().filter(|one| **one != Waited::Running).count(),
        1
    );
    assert!(matches!(waited.last(), Some(Waited::Ended(Some(_)))));

    for process in &processes[..69] {
        process.terminate().unwrap();
    }
    let waited = wait_all(&processes, LONG).unwrap();
    for (index, one) in waited.iter().enumerate() {
        let code = if index == 69 { 9 } else { 15 };
        match one {
            Waited::Ended(Some(status)) => assert_eq!(status.code(), Some(code)),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn waiting_ends_in_time() {
    let specimen = zoo::sleeper();
    let process = Process::open(specimen.pid()).unwrap();
    for timeout in [0, 1, 50] {
        let timeout = Duration::from_millis(timeout);
        let start = Instant::now();
        let error = process.wait(Some(timeout)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TimedOut, "{error}");
        assert!(start.elapsed() >= timeout);
        assert!(start.elapsed() < Duration::from_secs(5));
    }
    // Without a handle of its own, too.
    let same = Process::from_id(process.id());
    assert!(same.wait(Some(Duration::ZERO)).is_err());
    same.terminate().unwrap();
    let status = same.wait(LONG).unwrap();
    assert!(status.is_none_or(|status| status.code() == Some(15)));
}

#[test]
fn a_child_of_std_can_be_waited_for_by_both() {
    let mut child = Command::new("cmd").args(["/c", "exit 3"]).spawn().unwrap();
    let process = Process::open(child.id());
    // When it was quicker, its handle keeps its PID from others.
    if let Ok(process) = process {
        assert_eq!(process.wait(LONG).unwrap().unwrap().code(), Some(3));
    }
    assert_eq!(child.wait().unwrap().code(), Some(3));
}
