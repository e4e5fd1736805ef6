//! The structures and constants of other systems' kernels are those of their
//! own headers.
//!
//! `OSLENS_ZIG` names a zig that has the headers; `cargo xtask cross` sets it.
//! C assertions are made of the tables themselves, about everything in them.

mod mutations;

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use oslens::parse::layout::{Constant, Kind, SYSTEMS, Structure, System, macos};
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

/// Something that C can be asked, and the only right answer.
type Fact = (String, i128);

/// What a system's headers are.
fn headers(system: &System) -> String {
    let mut c = String::new();
    for define in system.defines {
        writeln!(c, "#define {define} 1").unwrap();
    }
    for include in system.includes {
        writeln!(c, "#include <{include}>").unwrap();
    }
    c.push_str("#include <stddef.h>\n");
    c
}

/// An assertion, on a line of its own. Numbers are compared as what they are:
/// for C, -1 would be the same as 0xffffffff.
fn assertion((what, number): &Fact) -> String {
    format!("_Static_assert((__int128)({what}) == ({number}), \"{what}\");\n")
}

/// What a system's headers must agree with, `off` added to every number.
fn assertions(system: &System, off: i128) -> (String, usize) {
    let mut c = headers(system);
    let mut count = 0;
    for table in system.tables {
        let structures = table.structures.iter().flat_map(of_structure);
        for (what, number) in structures.chain(table.constants.iter().map(of_constant)) {
            c.push_str(&assertion(&(what, number + off)));
            count += 1;
        }
    }
    (c, count)
}

fn of_constant(constant: &Constant) -> Fact {
    (constant.name.to_owned(), constant.value)
}

fn of_structure(structure: &Structure) -> Vec<Fact> {
    let mut facts = Vec::new();
    let mut is = |what: String, number: i128| facts.push((what, number));
    let number = |size: usize| i128::try_from(size).unwrap();
    let own = structure.c;
    is(format!("sizeof({own})"), number(structure.size));
    is(format!("_Alignof({own})"), number(structure.align));
    for member in structure.members {
        let name = member.name.strip_prefix("r#").unwrap_or(member.name);
        let mut field = format!("(({own} *)0)->{name}");
        is(format!("offsetof({own}, {name})"), number(member.offset));
        is(format!("sizeof({field})"), number(member.size));
        let align = format!("_Alignof(__typeof__({field}))");
        is(align, number(member.align));
        let mut kind = member.kind;
        while let Kind::Array(item, count) = kind {
            kind = *item;
            // What a union or a structure is made of here says nothing.
            if kind != Kind::Opaque {
                let of_one = format!("sizeof({field}) / sizeof({field}[0])");
                is(of_one, number(count));
                field.push_str("[0]");
            }
        }
        let same = |name| format!("__builtin_types_compatible_p(__typeof__({field}), {name})");
        // 1 an integer, 5 a pointer, 12 a structure, 13 a union. What decays
        // to a pointer is told apart from one by its size.
        let class = format!("__builtin_classify_type({field})");
        match kind {
            Kind::Signed | Kind::Unsigned => {
                is(class, 1);
                is(same("char"), 0);
                let negative = format!("(__typeof__({field}))-1 < 0");
                is(negative, i128::from(kind == Kind::Signed));
            }
            Kind::Char => is(same("char"), 1),
            Kind::Pointer => is(class, 5),
            Kind::Opaque => is(format!("{class} >= 12"), 1),
            Kind::Named(of) => is(same(of), 1),
            Kind::Array(..) => unreachable!("its items have been looked at"),
        }
    }
    facts
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
        for machine in ["x86_64", "aarch64"] {
            let target = format!("{machine}-{}-none", system.name);
            assert!(system.targets.contains(&target.as_str()), "{target}");
        }
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
        let (c, count) = assertions(system, 2);
        let target = system.targets[0];
        let errors = compile(&zig, target, &format!("{}-wrong", system.name), &c).unwrap_err();
        let (failed, others) = refusals(&errors);
        assert_eq!(others, [""; 0], "{target}");
        assert_eq!(failed, count, "{target}");
    }
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
        // None of them twice.
        let firsts = system.tables.iter().map(|table| {
            let structure = table.structures.first().map(|structure| structure.c);
            (structure, table.constants.first().map(|first| first.name))
        });
        let mut firsts: Vec<_> = firsts.collect();
        firsts.sort_unstable();
        firsts.dedup();
        assert_eq!(firsts.len(), system.tables.len(), "{}", system.name);
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
