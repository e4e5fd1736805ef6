//! Systems whose programs cannot run here: all is built and linked.

use std::process::Command;

use super::{add_target, cargo, lacking, zig};
use crate::report::{Counts, Outcome};
use crate::{run, test};

/// A system as rustc and zig call it, and how its programs are known.
pub(super) struct System {
    rust: &'static str,
    zig: &'static str,
    /// The first bytes of a program: its format and its machine.
    magic: &'static [u8],
    /// What loads it there, which its text names.
    loader: &'static str,
}

const ELF64: &[u8] = b"\x7fELF\x02\x01\x01";
/// `MH_MAGIC_64` and the machine.
const MACH_O_X86_64: &[u8] = b"\xcf\xfa\xed\xfe\x07\x00\x00\x01";
const MACH_O_ARM64: &[u8] = b"\xcf\xfa\xed\xfe\x0c\x00\x00\x01";
const DYLD: &str = "/usr/lib/dyld";

pub(super) const FREEBSD: System = System {
    rust: "x86_64-unknown-freebsd",
    zig: "x86_64-freebsd-none",
    magic: ELF64,
    loader: "/libexec/ld-elf.so.1",
};
pub(super) const NETBSD: System = System {
    rust: "x86_64-unknown-netbsd",
    zig: "x86_64-netbsd-none",
    magic: ELF64,
    loader: "/libexec/ld.elf_so",
};
pub(super) const MACOS: System = System {
    rust: "x86_64-apple-darwin",
    zig: "x86_64-macos-none",
    magic: MACH_O_X86_64,
    loader: DYLD,
};
pub(super) const MACOS_ARM: System = System {
    rust: "aarch64-apple-darwin",
    zig: "aarch64-macos-none",
    magic: MACH_O_ARM64,
    loader: DYLD,
};
const OPENBSD: System = System {
    rust: "x86_64-unknown-openbsd",
    zig: "x86_64-openbsd-none",
    magic: ELF64,
    loader: "/usr/libexec/ld.so",
};
const ILLUMOS: &str = "x86_64-unknown-illumos";

/// The library, its tests, its examples, and the command.
const ALL: &[&str] = &[
    "test",
    "--no-run",
    "-p",
    "oslens",
    "-p",
    "oslens-cli",
    "--all-features",
];

/// Builds and links all for a system that rustup has the standard library of.
pub(super) fn link(system: &System) -> Outcome {
    match add_target(system.rust) {
        Ok(()) => build(system, cargo(ALL)),
        Err(outcome) => outcome,
    }
}

/// rustup has no standard library for it: it is built, too.
pub(super) fn openbsd() -> Outcome {
    if !has_source() {
        let may_add = !crate::wanted("OSLENS_NO_INSTALL");
        let add = ["300", "rustup", "component", "add", "rust-src"];
        if !may_add || !run::works("timeout", &add) || !has_source() {
            return lacking(
                "the source of the standard library (rust-src) cannot be had".to_owned(),
            );
        }
    }
    let mut command = cargo(ALL);
    command
        .arg("-Zbuild-std=std,panic_unwind")
        .env("RUSTC_BOOTSTRAP", "1")
        // Dependencies ask what the compiler can do, and would be built anew
        // for the other systems.
        .arg("--target-dir")
        .arg(zig::folder().join("openbsd"))
        // The standard library is not ours.
        .env_remove("RUSTFLAGS");
    build(&OPENBSD, command)
}

fn has_source() -> bool {
    let output = Command::new("rustc").args(["--print", "sysroot"]).output();
    output.is_ok_and(|output| {
        let root = String::from_utf8_lossy(&output.stdout).into_owned();
        let library = "lib/rustlib/src/rust/library/std/Cargo.toml";
        std::path::Path::new(root.trim()).join(library).is_file()
    })
}

fn build(system: &System, mut command: Command) -> Outcome {
    let zig = match zig::find() {
        Ok(zig) => zig,
        Err(lack) => return lack.into(),
    };
    let failed = |reason| Outcome::Failed(Counts::default(), reason);
    command.args(["--target", system.rust, test::MESSAGES]);
    if let Err(reason) = zig.link(&mut command, system.rust, system.zig) {
        return failed(reason);
    }
    let built = match test::built(&mut command) {
        Ok(built) => built,
        Err(reason) => return failed(reason),
    };
    for made in &built {
        let bytes = std::fs::read(&made.program).unwrap_or_default();
        if !bytes.starts_with(system.magic) || !names(&bytes, system.loader) {
            let program = made.program.display();
            return failed(format!("{program} is no program of {}", system.rust));
        }
    }
    println!("{} programs are linked for {}", built.len(), system.rust);
    match built.len() {
        0 => failed("nothing was linked".to_owned()),
        _ => Outcome::Passed(Counts::default()),
    }
}

/// The loader is named where a program begins.
fn names(program: &[u8], text: &str) -> bool {
    let begin = program.get(..1 << 16).unwrap_or(program);
    begin
        .windows(text.len())
        .any(|window| window == text.as_bytes())
}

/// Nothing here can link for it.
pub(super) fn illumos() -> Outcome {
    if let Err(outcome) = add_target(ILLUMOS) {
        return outcome;
    }
    let mut command = cargo(&["check", "--all-features", "--target", ILLUMOS]);
    test::watch(command.args(["-p", "oslens", "-p", "oslens-cli"]))
}
