//! Linux on other machines: the library's tests are built and run.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use super::{cargo, lacking, toolchain, zig};
use crate::report::{Counts, Outcome};
use crate::{packages, run, test};

/// A machine as rustc, zig, qemu and Debian call it.
pub(super) struct Machine {
    rust: &'static str,
    zig: &'static str,
    qemu: &'static str,
    /// Where Debian's packages have its libraries, below /usr.
    libraries: &'static str,
    packages: &'static [&'static str],
    /// Tests that cannot hold there, whatever the machine runs.
    left_out: &'static [&'static str],
}

pub(super) const I686: Machine = Machine {
    rust: "i686-unknown-linux-gnu",
    zig: "x86-linux-gnu",
    qemu: "qemu-i386",
    libraries: "i686-linux-gnu",
    packages: &["libc6-i386-cross", "libgcc-s1-i386-cross"],
    left_out: &[
        // The emulator cuts off what does not fit, where a kernel of 32 bits
        // counts in larger units.
        "sys::memory::linux::tests::this_machine_agrees_with_sysinfo",
    ],
};
pub(super) const AARCH64: Machine = Machine {
    rust: "aarch64-unknown-linux-gnu",
    zig: "aarch64-linux-gnu",
    qemu: "qemu-aarch64",
    libraries: "aarch64-linux-gnu",
    packages: &["libc6-arm64-cross", "libgcc-s1-arm64-cross"],
    left_out: &[
        // A file of x86_64 that is cut off is taken for one of the own layout.
        "people::a_record_that_is_cut_off_does_not_spoil_those_before_it",
    ],
};
pub(super) const S390X: Machine = Machine {
    rust: "s390x-unknown-linux-gnu",
    zig: "s390x-linux-gnu",
    qemu: "qemu-s390x",
    libraries: "s390x-linux-gnu",
    packages: &["libc6-s390x-cross", "libgcc-s1-s390x-cross"],
    left_out: &[
        // Their utmp has the byte order of the machine that it came from.
        "people::a_record_that_is_cut_off_does_not_spoil_those_before_it",
        "people::logins_are_told_from_other_records_and_fields_may_lack_their_end",
    ],
};

/// Test programs that are about the library rather than this machine: parsers,
/// golden roots and contracts.
const PROGRAMS: &[&str] = &[
    "golden",
    "render_then_parse",
    "hostile_system_text",
    "contracts",
];

/// What looks at processes and sockets of this machine. Their kernel is this
/// machine's: other processes are seen as emulators, addresses in the files of
/// /proc/net have its byte order, and not all system calls are passed on.
const LIVE: &[&str] = &[
    "sys::net::linux::tests::owners::",
    "sys::net::linux::tests::sockets::",
    // It refuses to wait for events without a place for them, and answers for
    // itself where a program is loaded.
    "sys::process::linux::proof::tests::",
    // Namespaces are entered by a program that starts itself again, which would
    // need the emulator again.
    "bad_files::forbidden_files_are_denied_not_missing",
    "a_field_does_not_depend_on_what_else_an_ordinary_user_asks_for",
    // The emulator's own process, and counters of its threads.
    "a_process_is_consistent_with_itself",
    "counters_only_grow",
    "every_function_answers_the_privileged_caller_here",
    // openat2 and its RESOLVE_IN_ROOT are not passed on.
    "sys::host::linux::tests::a_link_in_another_root_never_leads_to_a_file_of_this_machine",
];

/// The library's tests on a machine that qemu-user makes.
pub(super) fn test(machine: &Machine) -> Outcome {
    prepared(machine)
        .and_then(|(programs, runner)| run_each(machine, &programs, &runner))
        .unwrap_or_else(|outcome| outcome)
}

/// The programs of the tests, and what begins the command that runs them.
fn prepared(machine: &Machine) -> Result<(Vec<PathBuf>, Vec<String>), Outcome> {
    let failed = |reason| Outcome::Failed(Counts::default(), reason);
    let found = toolchain::find(machine.rust)?;
    let zig = zig::find().map_err(Outcome::from)?;
    if !run::works(machine.qemu, &["--version"]) {
        packages::require(&[("qemu-user", "programs of other machines are run by")])
            .map_err(lacking)?;
    }
    let root = libraries(machine)?;
    let mut args = vec!["test", "--no-run", "-p", "oslens", "--all-features"];
    args.extend(["--lib", test::MESSAGES]);
    for program in PROGRAMS {
        args.extend(["--test", program]);
    }
    let mut command = found.cargo(machine.rust, &args)?;
    zig.link(&mut command, machine.rust, machine.zig)
        .map_err(failed)?;
    let built = test::built(&mut command).map_err(failed)?;
    let tests = built.into_iter().filter(|made| made.is_test);
    let root = root.to_string_lossy().into_owned();
    let runner = vec![machine.qemu.to_owned(), "-L".to_owned(), root];
    Ok((tests.map(|made| made.program).collect(), runner))
}

fn run_each(
    machine: &Machine,
    programs: &[PathBuf],
    runner: &[String],
) -> Result<Outcome, Outcome> {
    let mut total = Counts::default();
    let mut failed = Vec::new();
    for program in programs {
        let name = program.file_name().unwrap_or_default().to_string_lossy();
        println!("\n=== {}: {name}", machine.rust);
        let mut command = Command::new(&runner[0]);
        command
            .args(&runner[1..])
            .arg(program)
            .current_dir(crate::root().join("crates/oslens"))
            .env_remove("OSLENS_NO_SKIP");
        for test in LIVE.iter().chain(machine.left_out) {
            command.args(["--skip", test]);
        }
        let outcome = run::watched(&mut command);
        let (status, counts) =
            outcome.map_err(|reason| Outcome::Failed(Counts::default(), reason))?;
        total.add(&counts);
        if !status.success() {
            failed.push(name.into_owned());
        }
    }
    match (programs.is_empty(), failed.is_empty()) {
        (true, _) => Err(Outcome::Failed(total, "no test was built".to_owned())),
        (_, true) => Ok(Outcome::Passed(total)),
        (_, false) => Err(Outcome::Failed(total, failed.join(", "))),
    }
}

/// The machine's C library, which needs no installation.
fn libraries(machine: &Machine) -> Result<PathBuf, Outcome> {
    let root = zig::folder().join("libraries");
    let there = root.join("usr").join(machine.libraries);
    if there.join("lib").is_dir() {
        return Ok(there);
    }
    let reason = format!("apt-get could not download {}", machine.packages.join(" "));
    if crate::wanted("OSLENS_NO_INSTALL") {
        let reason = format!("{reason}: OSLENS_NO_INSTALL is set");
        return Err(Outcome::Skipped(reason));
    }
    let downloads = zig::folder().join(format!("downloads-{}", machine.libraries));
    let _ = fs::remove_dir_all(&downloads);
    fs::create_dir_all(&downloads)
        .map_err(|error| lacking(format!("{}: {error}", downloads.display())))?;
    let download = || {
        // Another user could not write here.
        let sandbox = ["-o", "APT::Sandbox::User=root"];
        Command::new("apt-get")
            .args(["--quiet", "--quiet", "download"])
            .args(sandbox)
            .args(machine.packages)
            .current_dir(&downloads)
            .status()
            .is_ok_and(|status| status.success())
    };
    // The lists of packages may be old.
    let done = download() || (run::works("apt-get", &["--quiet", "update"]) && download());
    if !done {
        return Err(lacking(reason));
    }
    let unpacked = fs::read_dir(&downloads).is_ok_and(|entries| {
        entries.flatten().all(|entry| {
            let package = entry.path().to_string_lossy().into_owned();
            run::works("dpkg-deb", &["-x", &package, &root.to_string_lossy()])
        })
    });
    let _ = fs::remove_dir_all(&downloads);
    match unpacked && there.join("lib").is_dir() {
        true => Ok(there),
        false => Err(lacking(format!("{reason}, or dpkg-deb could not unpack"))),
    }
}

/// Tests that count system calls where musl makes more of them than glibc: for
/// memory, and to close what it opens when another program starts.
const COUNTED: &[&str] = &[
    "counters_cost_one_file",
    "mounts_cost_one_file_and_their_kinds_another",
    "cpu_times_of_each_cpu_cost_one_file",
    "cost::owners_take_one_system_call_for_each_descriptor",
];

/// This machine's own kernel and processor, with another C library.
pub(super) fn musl() -> Outcome {
    const TARGET: &str = "x86_64-unknown-linux-musl";
    if cfg!(not(all(target_os = "linux", target_arch = "x86_64"))) {
        return Outcome::Skipped("this is no Linux on x86_64".to_owned());
    }
    // Not with Debian's compiler: it has no objects that begin such a program.
    if !toolchain::add_target(TARGET) {
        return lacking(format!("rustup could not add the target {TARGET}"));
    }
    // First, so that tests find the test kit's program.
    let mut specimen = cargo(&["build", "-p", "oslens-testkit", "--bins", "--all-features"]);
    if let outcome @ Outcome::Failed(..) = test::watch(specimen.args(["--target", TARGET])) {
        return outcome;
    }
    let mut command = cargo(&["test", "-p", "oslens", "--all-features", "--no-fail-fast"]);
    command.args(["--target", TARGET, "--lib", "--tests", "--"]);
    for test in COUNTED {
        command.args(["--skip", test]);
    }
    test::watch(&mut command)
}
