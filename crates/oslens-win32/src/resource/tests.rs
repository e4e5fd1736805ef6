use std::{fs, path::PathBuf, process::Command};

use super::*;

const MACHINES: [Machine; 3] = [Machine::X86, Machine::X86_64, Machine::Aarch64];

fn sample() -> Resources {
    let mut resources = Resources::new();
    resources.add_strings(ENGLISH, [(1, "one"), (2, "zwöi \"2\""), (0xffff, "last")]);
    resources.add_strings(0x407, [(1, "eins")]);
    resources.add(10, 7, 0, vec![1, 2, 3]);
    resources
}

/// A directory of this test alone.
fn scratch(name: &str) -> PathBuf {
    let name = format!("oslens-win32-{name}-{}", std::process::id());
    let dir = std::env::temp_dir().join(name);
    fs::create_dir_all(&dir).unwrap();
    dir
}

#[test]
fn a_string_table_has_sixteen_texts_with_their_lengths() {
    let mut resources = Resources::new();
    resources.add_strings(ENGLISH, [(17, "ab"), (31, "c")]);
    let expected = [
        vec![0, 0, 2, 0, b'a', 0, b'b', 0],
        vec![0; 13 * 2],
        vec![1, 0, b'c', 0],
    ]
    .concat();
    assert_eq!(resources.0[&STRINGS][&2][&ENGLISH], expected);
}

#[test]
fn a_resource_file_is_as_its_documentation_says() {
    let mut resources = Resources::new();
    resources.add(11, 1, ENGLISH, vec![1, 2, 3, 4, 5]);
    let bytes = resources.res();
    assert_eq!(bytes.len(), 32 + 32 + 8);
    assert_eq!(
        bytes[..16],
        [0, 0, 0, 0, 32, 0, 0, 0, 255, 255, 0, 0, 255, 255, 0, 0]
    );
    assert_eq!(
        bytes[32..48],
        [5, 0, 0, 0, 32, 0, 0, 0, 255, 255, 11, 0, 255, 255, 1, 0]
    );
    assert_eq!(bytes[52..56], [0x30, 0, 9, 4]);
    assert_eq!(bytes[64..], [1, 2, 3, 4, 5, 0, 0, 0]);
}

/// The section's data, found the way that a loader goes.
fn find(section: &[u8], path: [u32; 3], base: u32) -> Option<&[u8]> {
    use crate::bytes::{u16_at, u32_at};
    let mut directory = 0;
    let mut at = 0;
    for id in path {
        let entries = usize::from(u16_at(section, directory + 14)?);
        let entry = (0..entries)
            .map(|entry| directory + 16 + 8 * entry)
            .find(|&entry| u32_at(section, entry) == Some(id))?;
        at = u32_at(section, entry + 4)?;
        directory = (at & 0x7fff_ffff) as usize;
    }
    assert_eq!(at & 0x8000_0000, 0, "the third leads to the data");
    let start = (u32_at(section, directory)? - base) as usize;
    let length = u32_at(section, directory + 4)? as usize;
    section.get(start..start + length)
}

#[test]
fn every_resource_is_found_in_the_directory() {
    let sample = sample();
    for machine in MACHINES {
        for (section, base) in [
            (sample.object(machine)[60..].to_vec(), 0),
            (sample.library(machine)[0x200..].to_vec(), 0x1000),
        ] {
            for (&kind, names) in &sample.0 {
                for (&name, languages) in names {
                    for (&language, data) in languages {
                        let path = [kind, name, language].map(u32::from);
                        assert_eq!(find(&section, path, base), Some(&data[..]));
                    }
                }
            }
            assert_eq!(find(&section, [10, 8, 0], base), None);
        }
    }
}

#[test]
fn the_tools_of_mingw_read_the_same_from_all_files() {
    let dir = scratch("windres");
    let object = dir.join("sample.o");
    let res = dir.join("sample.res");
    let library = dir.join("sample.dll");
    fs::write(&object, sample().object(Machine::X86_64)).unwrap();
    fs::write(&res, sample().res()).unwrap();
    fs::write(&library, sample().library(Machine::X86_64)).unwrap();
    let mut scripts = Vec::new();
    for (file, format) in [(&object, "coff"), (&library, "coff"), (&res, "res")] {
        let output = Command::new("x86_64-w64-mingw32-windres")
            .args(["-J", format, "-O", "rc", "-i"])
            .arg(file)
            .output();
        let Ok(output) = output else {
            eprintln!("skipped: no x86_64-w64-mingw32-windres");
            return;
        };
        let messages = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{format}: {messages}");
        let script = String::from_utf8_lossy(&output.stdout).into_owned();
        for text in ["\"one\"", "\"eins\"", "\"last\""] {
            assert!(script.contains(text), "{script}");
        }
        scripts.push(script);
    }
    assert_eq!(scripts[0], scripts[1]);
    let output = Command::new("x86_64-w64-mingw32-objdump")
        .arg("-p")
        .arg(&library)
        .output()
        .unwrap();
    let listing = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && listing.contains("Type Table"),
        "{listing}"
    );
    fs::remove_dir_all(&dir).unwrap();
}

/// GNU's linker makes one directory of several, as where a program has messages
/// of events, too.
#[test]
fn objects_are_linked_into_one_library() {
    let dir = scratch("link");
    let (first, second, linked) = (dir.join("1.o"), dir.join("2.o"), dir.join("linked.dll"));
    let mut other = Resources::new();
    other.add(11, 1, ENGLISH, vec![7; 20]);
    fs::write(&first, sample().object(Machine::X86_64)).unwrap();
    fs::write(&second, other.object(Machine::X86_64)).unwrap();
    let output = Command::new("x86_64-w64-mingw32-gcc")
        .args(["-nostdlib", "-shared", "-Wl,-e,0", "-o"])
        .args([&linked, &first, &second])
        .output();
    let Ok(output) = output else {
        eprintln!("skipped: no x86_64-w64-mingw32-gcc");
        return;
    };
    let messages = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{messages}");
    let output = Command::new("x86_64-w64-mingw32-windres")
        .args(["-J", "coff", "-O", "rc", "-i"])
        .arg(&linked)
        .output()
        .unwrap();
    let messages = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{messages}");
    let script = String::from_utf8_lossy(&output.stdout);
    for part in ["\"one\"", "\"eins\"", "\"last\"", "1 11"] {
        assert!(script.contains(part), "{script}");
    }
    fs::remove_dir_all(&dir).unwrap();
}

/// The system's own loader finds the texts in the library.
#[cfg(windows)]
#[test]
fn the_system_loads_the_texts_of_a_library() {
    use windows_sys::Win32::{
        Foundation::{FreeLibrary, HMODULE},
        System::LibraryLoader::{LOAD_LIBRARY_AS_DATAFILE, LoadLibraryExW},
    };

    crate::optional! {
        fn LoadStringW in "user32.dll" (
            library: HMODULE,
            number: u32,
            text: *mut u16,
            room: i32,
        ) -> i32;
    }
    let dir = scratch("load");
    let file = dir.join("sample.dll");
    fs::write(&file, sample().library(Machine::NATIVE)).unwrap();
    let path = crate::wide::with_nul(file.as_os_str()).unwrap();
    // SAFETY: a path that ends with NUL, of a file without code, loaded as data.
    let library = unsafe {
        LoadLibraryExW(
            path.as_ptr(),
            std::ptr::null_mut(),
            LOAD_LIBRARY_AS_DATAFILE,
        )
    };
    assert!(!library.is_null(), "{}", std::io::Error::last_os_error());
    let load = |number| {
        let mut units = [0; 64];
        let function = LoadStringW::get().unwrap();
        // SAFETY: a library that is loaded, and so many units to write to.
        let length = unsafe { function(library, number, units.as_mut_ptr(), 64) };
        String::from_utf16(&units[..length as usize]).unwrap()
    };
    assert_eq!(load(1), "one");
    assert_eq!(load(2), "zwöi \"2\"");
    assert_eq!(load(0xffff), "last");
    assert_eq!(load(3), "");
    // SAFETY: loaded above, and not used afterwards.
    unsafe { FreeLibrary(library) };
    fs::remove_dir_all(&dir).unwrap();
}
