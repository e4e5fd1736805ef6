//! The structures and constants of other systems' kernels are those of their
//! own headers.
//!
//! `OSLENS_ZIG` names a zig that has the headers; `cargo xtask cross` sets it.
//! C assertions are made of the tables themselves, about everything in them.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use oslens::parse::layout::{
    Constant, Kind, Member, SYSTEMS, Structure, System, Table, freebsd, macos, openbsd,
};
use oslens_testkit::skip_allowed;

/// zig, where there is one.
fn zig() -> Option<PathBuf> {
    std::env::var_os("OSLENS_ZIG").map(PathBuf::from)
}

macro_rules! zig_or_skip {
    () => {
        match zig() {
            Some(zig) => zig,
            None => skip_allowed!("cargo xtask cross compares with the systems' headers"),
        }
    };
}

/// What a system's headers must agree with, `off` added to every number.
fn assertions(system: &System, off: i128) -> (String, usize) {
    let mut c = String::new();
    for define in system.defines {
        writeln!(c, "#define {define} 1").unwrap();
    }
    for include in system.includes {
        writeln!(c, "#include <{include}>").unwrap();
    }
    c.push_str("#include <stddef.h>\n");
    c.push_str("#define IS(what, number) _Static_assert((what) == (number), #what)\n");
    let mut count = 0;
    for table in system.tables {
        for structure in table.structures {
            count += of_structure(&mut c, structure, off);
        }
        for Constant { name, value } in table.constants {
            count += is(&mut c, name, value + off);
        }
    }
    (c, count)
}

fn is(c: &mut String, what: &str, number: i128) -> usize {
    writeln!(c, "IS({what}, {number});").unwrap();
    1
}

fn of_structure(c: &mut String, structure: &Structure, off: i128) -> usize {
    let number = |size: usize| i128::try_from(size).unwrap() + off;
    let own = structure.c;
    let mut count = is(c, &format!("sizeof({own})"), number(structure.size));
    count += is(c, &format!("_Alignof({own})"), number(structure.align));
    for member in structure.members {
        let Member {
            name, offset, size, ..
        } = *member;
        let name = name.strip_prefix("r#").unwrap_or(name);
        let mut field = format!("(({own} *)0)->{name}");
        count += is(c, &format!("offsetof({own}, {name})"), number(offset));
        count += is(c, &format!("sizeof({field})"), number(size));
        let mut kind = member.kind;
        while let Kind::Array(item) = kind {
            field.push_str("[0]");
            kind = *item;
        }
        let negative = format!("(__typeof__({field}))-1 < 0");
        count += match kind {
            Kind::Signed => is(c, &negative, 1 + off),
            Kind::Unsigned => is(c, &negative, off),
            Kind::Structure(of) => {
                let same = format!("__builtin_types_compatible_p(__typeof__({field}), {of})");
                is(c, &same, 1 + off)
            }
            Kind::Opaque | Kind::Array(_) => 0,
        };
    }
    count
}

/// Compiles it; what the compiler says when it refuses.
fn compile(zig: &Path, target: &str, name: &str, c: &str) -> Result<(), String> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let source = folder.join(format!("layouts-{name}-{target}.c"));
    std::fs::write(&source, c).unwrap();
    let output = Command::new(zig)
        .args(["cc", "-target", target, "-ferror-limit=0", "-c", "-o"])
        .arg(source.with_extension("o"))
        .arg(&source)
        .output()
        .expect("zig starts");
    if output.status.success() {
        Ok(())
    } else {
        Err(String::from_utf8_lossy(&output.stderr).into_owned())
    }
}

/// How many assertions the compiler refused, and whatever else it refused.
fn refusals(errors: &str) -> (usize, Vec<&str>) {
    let errors = errors.lines().filter(|line| line.contains(": error: "));
    let (failed, others): (Vec<&str>, Vec<&str>) =
        errors.partition(|line| line.contains("static assertion failed"));
    (failed.len(), others)
}

#[test]
fn every_structure_and_constant_is_that_of_the_systems_headers() {
    let zig = zig_or_skip!();
    let mut all = 0;
    for system in SYSTEMS {
        let (c, count) = assertions(system, 0);
        for target in system.targets {
            if let Err(errors) = compile(&zig, target, system.name, &c) {
                panic!("{target} disagrees:\n{errors}");
            }
        }
        println!("{}: {count} assertions hold", system.name);
        all += count;
    }
    assert!(all > 5000, "only {all} assertions");
}

#[test]
fn no_assertion_about_a_layout_holds_whatever_it_says() {
    let zig = zig_or_skip!();
    for system in SYSTEMS {
        let (c, count) = assertions(system, 1);
        let target = system.targets[0];
        let errors = compile(&zig, target, &format!("{}-wrong", system.name), &c).unwrap_err();
        let (failed, others) = refusals(&errors);
        assert_eq!(others, [""; 0], "{target}");
        assert_eq!(failed, count, "{target}");
    }
}

/// The same system with one thing changed in one structure.
fn refused(
    zig: &Path,
    system: &System,
    structure: &str,
    change: &dyn Fn(&mut Vec<Member>),
) -> usize {
    let mut structure = *system
        .tables
        .iter()
        .flat_map(|table| table.structures)
        .find(|known| known.c == structure)
        .expect("a structure of the system");
    let mut members = structure.members.to_vec();
    change(&mut members);
    structure.members = members.leak();
    let table = Table {
        structures: vec![structure].leak(),
        constants: &[],
    };
    let system = System {
        tables: vec![table].leak(),
        ..*system
    };
    let (c, _) = assertions(&system, 0);
    match compile(
        zig,
        system.targets[0],
        &format!("{}-changed", system.name),
        &c,
    ) {
        Ok(()) => 0,
        Err(errors) => {
            let (failed, others) = refusals(&errors);
            failed + others.len()
        }
    }
}

/// Wrong declarations of the kinds that happen, written down on purpose.
#[test]
fn a_wrong_declaration_is_refused() {
    let zig = zig_or_skip!();
    let system = &freebsd::SYSTEM;
    let name = "struct kinfo_proc";
    let at = |members: &[Member], name: &str| {
        let found = members.iter().position(|member| member.name == name);
        found.expect("a field of the structure")
    };
    assert_eq!(refused(&zig, system, name, &|_| ()), 0);
    // Another sign, another width, two fields exchanged, a name that is not there.
    let sign = |members: &mut Vec<Member>| {
        let pid = at(members, "ki_pid");
        members[pid].kind = Kind::Unsigned;
    };
    assert_eq!(refused(&zig, system, name, &sign), 1);
    let width = |members: &mut Vec<Member>| {
        let start = at(members, "ki_runtime");
        members[start].size = 4;
    };
    assert_eq!(refused(&zig, system, name, &width), 1);
    let order = |members: &mut Vec<Member>| {
        let (pid, parent) = (at(members, "ki_pid"), at(members, "ki_ppid"));
        (members[pid].name, members[parent].name) = (members[parent].name, members[pid].name);
    };
    assert_eq!(refused(&zig, system, name, &order), 2);
    let other = |members: &mut Vec<Member>| {
        let usage = at(members, "ki_rusage");
        members[usage].kind = Kind::Structure("struct timeval");
    };
    assert_eq!(refused(&zig, system, name, &other), 1);
    let unknown = |members: &mut Vec<Member>| members[0].name = "ki_nothing";
    assert!(refused(&zig, &openbsd::SYSTEM, name, &unknown) > 0);
}

/// A structure that is declared elsewhere would not be proved.
#[test]
fn structures_of_these_systems_are_declared_in_the_tables_alone() {
    fn walk(folder: &Path, found: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            let name = path.to_string_lossy().replace('\\', "/");
            if path.is_dir() {
                // Theirs are proved in other ways: Linux's on itself.
                if !["/linux", "/windows", "/layout"]
                    .iter()
                    .any(|known| name.ends_with(known))
                {
                    walk(&path, found);
                }
            } else if name.ends_with(".rs")
                && std::fs::read_to_string(&path).unwrap().contains("repr(C")
            {
                found.push(name);
            }
        }
    }
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    walk(&source, &mut found);
    assert_eq!(found, [""; 0]);
    // And every table is in the list of its system.
    for system in SYSTEMS {
        let folder = source.join("parse/layout").join(system.name);
        let Ok(files) = std::fs::read_dir(folder) else {
            skip_allowed!("the source is not here");
        };
        let modules = files.filter(|file| file.as_ref().unwrap().file_name() != "mod.rs");
        let elsewhere = match system.name {
            "macos" => macos::ELSEWHERE.len(),
            _ => 0,
        };
        let tables = system.tables.len() + elsewhere;
        assert_eq!(modules.count(), tables, "{}", system.name);
    }
}

/// What is declared elsewhere nobody would compare with other declarations.
#[test]
fn functions_of_macos_are_declared_where_they_are_proved() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/sys/pal/macos");
    let Ok(files) = std::fs::read_dir(folder) else {
        skip_allowed!("the source is not here");
    };
    let mut found = Vec::new();
    for file in files {
        let path = file.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let text = std::fs::read_to_string(&path).unwrap();
        let declares = [
            "extern \"C\" {",
            "libc::dlsym(",
            "functions! {",
            "linked! {",
        ];
        if declares.iter().any(|words| text.contains(words)) {
            found.push(name);
        }
    }
    found.sort_unstable();
    // One has the macros, the other what they are used for.
    assert_eq!(found, ["declare.rs", "declared.rs"]);
}
