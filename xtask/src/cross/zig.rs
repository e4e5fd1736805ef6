//! zig: a C compiler and linker with the headers and libraries of all systems.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use crate::wine::Lack;
use crate::{run, test};

/// The package on PyPI, whose headers the tables of layouts follow.
const PACKAGE: &str = "ziglang==0.17.0";
/// What `zig version` begins with.
const VERSION: &str = "0.17.";
/// Below it the library has its bytes of other systems, in folders of this
/// name beside their readers.
const READERS: &str = "crates/oslens/src/parse";
const FIXTURES: &str = "fixtures";

/// Libraries that libc's declarations name and zig has no stub of; nothing of
/// them is called. `-m64` is of another compiler.
const DROPPED: &str = "-lkvm|-lmemstat|-lprocstat|-ldevstat|-liconv|-m64|-m32";

/// A zig of the right version.
pub(super) struct Zig {
    program: PathBuf,
}

/// Finds it, or installs it.
pub(super) fn find() -> Result<Zig, Lack> {
    if let Some(program) = env::var_os("OSLENS_ZIG") {
        let zig = Zig {
            program: program.into(),
        };
        return match zig.works() {
            true => Ok(zig),
            false => Err(Lack::Broken(format!(
                "OSLENS_ZIG is no zig {VERSION}x: {}",
                zig.program.display()
            ))),
        };
    }
    let venv = folder().join("venv");
    let python = venv.join("bin/python");
    if let Some(zig) = installed(&python) {
        return Ok(zig);
    }
    if crate::wanted("OSLENS_NO_INSTALL") {
        let reason = format!("there is no {PACKAGE}, and OSLENS_NO_INSTALL is set");
        return Err(Lack::Here(reason));
    }
    println!("{PACKAGE} is installed in {}", venv.display());
    let _ = fs::remove_dir_all(&venv);
    let text = |path: &Path| path.to_string_lossy().into_owned();
    let quiet = ["--quiet", "--disable-pip-version-check"];
    let install = [&["-m", "pip", "install"], &quiet[..], &[PACKAGE]].concat();
    run::works("python3", &["-m", "venv", &text(&venv)]);
    run::works(&text(&python), &install);
    installed(&python).ok_or_else(|| {
        let _ = fs::remove_dir_all(&venv);
        Lack::Broken(format!("python3 could not install {PACKAGE}"))
    })
}

fn installed(python: &Path) -> Option<Zig> {
    let script =
        "import os, ziglang; print(os.path.join(os.path.dirname(ziglang.__file__), 'zig'))";
    let output = Command::new(python).args(["-c", script]).output().ok()?;
    let path = String::from_utf8_lossy(&output.stdout).into_owned();
    let zig = Zig {
        program: path.trim().into(),
    };
    zig.works().then_some(zig)
}

/// What the cross builds keep.
pub(super) fn folder() -> PathBuf {
    test::target_dir().join("cross")
}

impl Zig {
    fn works(&self) -> bool {
        let output = Command::new(&self.program).arg("version").output();
        output.is_ok_and(|output| output.stdout.starts_with(VERSION.as_bytes()))
    }

    /// Where its headers are, too. `None`: it is one of those on the path.
    pub(super) fn folder(&self) -> Option<PathBuf> {
        let folder = self.program.parent()?;
        folder.is_absolute().then(|| folder.to_owned())
    }

    /// Tells a command where zig is, and zig where to keep what it builds.
    pub(super) fn environment<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        let cache = folder().join("zig-cache");
        command
            .env("OSLENS_ZIG", &self.program)
            .env("ZIG_GLOBAL_CACHE_DIR", &cache)
            .env("ZIG_LOCAL_CACHE_DIR", &cache)
    }

    /// Lets cargo link by zig for `target`, which zig calls `zig_target`.
    /// What Python loads has its functions from the program that loads it:
    /// macOS wants to be told.
    pub(super) fn link(
        &self,
        command: &mut Command,
        target: &str,
        zig_target: &str,
    ) -> Result<(), String> {
        let linker = folder().join("linkers").join(zig_target);
        let script = format!(
            "#!/bin/sh
# Made by cargo xtask cross.
for word do
    shift
    case $word in
    {DROPPED}) ;;
    -dynamiclib) set -- \"$@\" \"$word\" -undefined dynamic_lookup ;;
    *) set -- \"$@\" \"$word\" ;;
    esac
done
exec '{zig}' cc -target {zig_target} \"$@\"
",
            zig = self.program.display(),
        );
        let made = fs::create_dir_all(folder().join("linkers"))
            .and_then(|()| fs::write(&linker, script))
            .and_then(|()| fs::set_permissions(&linker, fs::Permissions::from_mode(0o755)));
        made.map_err(|error| format!("{}: {error}", linker.display()))?;
        let name = target.to_uppercase().replace('-', "_");
        self.environment(command)
            .env(format!("CARGO_TARGET_{name}_LINKER"), linker);
        Ok(())
    }

    /// The committed bytes are those that C makes of their sources, for all
    /// machines.
    pub(super) fn check_fixtures(&self) -> Result<(), String> {
        let mut count = 0;
        for source in sources()? {
            for (extension, machines) in machines(&source) {
                let committed = source.with_extension(extension);
                let expected = fs::read(&committed)
                    .map_err(|error| format!("{}: {error}", committed.display()))?;
                for machine in machines {
                    if self.bytes(&source, machine)? != expected {
                        return Err(format!(
                            "{} is not what {machine} makes of {}; see --write-fixtures",
                            committed.display(),
                            source.display()
                        ));
                    }
                }
                println!("{} holds", committed.display());
                count += 1;
            }
        }
        match count {
            0 => Err(format!("there are no sources below {READERS}")),
            _ => Ok(()),
        }
    }

    /// Makes them anew.
    pub(super) fn write_fixtures(&self) -> Result<(), String> {
        for source in sources()? {
            for (extension, machines) in machines(&source) {
                let bytes = self.bytes(&source, machines[0])?;
                let made = source.with_extension(extension);
                fs::write(&made, &bytes).map_err(|error| format!("{}: {error}", made.display()))?;
                println!("{}: {} bytes", made.display(), bytes.len());
            }
        }
        Ok(())
    }

    /// What the compiler makes of the value in a source, which says between
    /// which words it is: any format of object files will do.
    fn bytes(&self, source: &Path, machine: &str) -> Result<Vec<u8>, String> {
        let name = source.file_stem().unwrap_or_default().to_string_lossy();
        let system = system(source);
        let object = folder().join(format!("{name}-{machine}.o"));
        let mut compile = Command::new(&self.program);
        compile
            .args(["cc", "-target", &format!("{machine}-{system}-none")])
            .args(["-c", "-o"])
            .arg(&object)
            .arg("-I")
            .arg(crate::root().join(READERS))
            .arg(source);
        let output = self
            .environment(&mut compile)
            .output()
            .map_err(|error| format!("zig: {error}"))?;
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).into_owned());
        }
        let bytes = fs::read(&object).map_err(|error| format!("{}: {error}", object.display()))?;
        let _ = fs::remove_file(&object);
        let after = |word: &str, from: usize| {
            let word = word.as_bytes();
            let found = bytes[from..]
                .windows(word.len())
                .position(|window| window == word);
            found.map(|at| from + at)
        };
        let begin = after(BEGIN, 0).map(|at| at + BEGIN.len());
        let found = begin.and_then(|begin| Some(begin..after(END, begin)?));
        found
            .map(|place| bytes[place].to_vec())
            .ok_or_else(|| format!("{} has nothing between its words", source.display()))
    }
}

/// The words of `fixture.h`, of which each fills its field.
const BEGIN: &str = "oslens: the fixture begins here:";
const END: &str = "oslens: and here it has an end.";

/// The system that a source is of, with which its name begins.
fn system(source: &Path) -> String {
    let name = source.file_stem().unwrap_or_default().to_string_lossy();
    let system = name.split('_').next().unwrap_or_default();
    system.to_owned()
}

/// What the bytes of a source are called, and which machines make the same of
/// it: those of 64 bits, with the lowest byte first and, where the system runs
/// on such, with the highest first.
fn machines(source: &Path) -> Vec<(&'static str, Vec<&'static str>)> {
    let mut all = vec![("bin", vec!["x86_64", "aarch64"])];
    match system(source).as_str() {
        "freebsd" | "openbsd" => all.push(("big.bin", vec!["powerpc64"])),
        "netbsd" => all.push(("big.bin", vec!["sparc64"])),
        _ => {}
    }
    all
}

/// The sources of fixtures, in order.
fn sources() -> Result<Vec<PathBuf>, String> {
    let mut sources = Vec::new();
    let mut folders = vec![crate::root().join(READERS)];
    while let Some(folder) = folders.pop() {
        let entries =
            fs::read_dir(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        for path in entries.flatten().map(|entry| entry.path()) {
            if path.is_dir() {
                folders.push(path);
            } else if folder.ends_with(FIXTURES)
                && path.extension().is_some_and(|extension| extension == "c")
            {
                sources.push(path);
            }
        }
    }
    sources.sort();
    Ok(sources)
}
