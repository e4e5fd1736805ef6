//! Systems whose programs cannot run here: all is built and linked.

use super::toolchain::{self, Toolchain};
use super::zig;
use crate::report::{Counts, Outcome};
use crate::test;

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

/// The library, its tests, its examples, the command, what Python loads, and the
/// program that tries all that there.
/// In one go: each set of packages and features brings its own variants.
const ALL: &[&str] = &[
    "build",
    "--lib",
    "--bins",
    "--tests",
    "--examples",
    "-p",
    "oslens",
    "-p",
    "oslens-cli",
    "-p",
    "oslens-python",
    "-p",
    "xtask",
    "--all-features",
];

/// Builds and links all for a system that rustup has the standard library of.
pub(super) fn link(system: &System) -> Outcome {
    build(system, toolchain::find(system.rust)).unwrap_or_else(|outcome| outcome)
}

/// rustup has no standard library for it: it is built, too.
pub(super) fn openbsd() -> Outcome {
    build(&OPENBSD, toolchain::find_source()).unwrap_or_else(|outcome| outcome)
}

fn build(system: &System, found: Result<Toolchain, Outcome>) -> Result<Outcome, Outcome> {
    let failed = |reason| Outcome::Failed(Counts::default(), reason);
    let zig = zig::find().map_err(Outcome::from)?;
    let all = [ALL, &[test::MESSAGES]].concat();
    let mut command = found?.cargo(system.rust, &all)?;
    zig.link(&mut command, system.rust, system.zig)
        .map_err(failed)?;
    let built = test::built(&mut command).map_err(failed)?;
    for made in &built {
        let bytes = std::fs::read(&made.program).unwrap_or_default();
        if !bytes.starts_with(system.magic) || !names(&bytes, system.loader) {
            let program = made.program.display();
            let reason = format!("{program} is no program of {}", system.rust);
            return Err(failed(reason));
        }
    }
    println!("{} programs are linked for {}", built.len(), system.rust);
    match built.len() {
        0 => Err(failed("nothing was linked".to_owned())),
        _ => Ok(Outcome::Passed(Counts::default())),
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
    let check = [
        "check",
        "--all-features",
        "-p",
        "oslens",
        "-p",
        "oslens-cli",
    ];
    let command = toolchain::find(ILLUMOS).and_then(|found| found.cargo(ILLUMOS, &check));
    match command {
        Ok(mut command) => test::watch(&mut command),
        Err(outcome) => outcome,
    }
}
