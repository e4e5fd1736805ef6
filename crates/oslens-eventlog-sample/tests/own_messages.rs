//! The program's own messages are in it, once, and it runs from installation
//! to removal.
#![cfg(windows)]

use std::process::{Command, Output};

use oslens_eventlog::message::{Catalog, MessageFile};
use windows_sys::Win32::System::{
    Diagnostics::Debug::{
        FORMAT_MESSAGE_ARGUMENT_ARRAY, FORMAT_MESSAGE_FROM_HMODULE, FormatMessageW,
    },
    LibraryLoader::{LOAD_LIBRARY_AS_DATAFILE, LoadLibraryExW},
};

mod messages {
    include!(concat!(env!("OUT_DIR"), "/event_messages.rs"));
}

const PROGRAM: &str = env!("CARGO_BIN_EXE_oslens-eventlog-sample");
const SOURCE: &str = "oslens event sample";

fn run(verb: &str) -> Output {
    Command::new(PROGRAM).arg(verb).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).replace("\r\n", "\n")
}

#[test]
fn the_table_in_the_program_is_the_one_that_was_defined() {
    let file = MessageFile::read(PROGRAM).unwrap();
    // One: that of the library gave way to it.
    assert_eq!(file.languages(), [0x409]);
    let stored = file.messages();
    for message in messages::MESSAGES {
        let (_, text) = stored
            .iter()
            .find(|(id, _)| *id == message.id())
            .unwrap_or_else(|| panic!("{message:?} is not in the program"));
        assert_eq!(text.trim_end(), message.text());
    }
    let names = stored.iter().take(2).map(|(_, name)| name.trim_end());
    assert_eq!(names.collect::<Vec<_>>(), messages::CATEGORIES);
    assert_eq!(
        stored.len(),
        messages::MESSAGES.len() + messages::CATEGORIES.len()
    );
}

#[test]
fn the_system_formats_them_as_we_do() {
    let path: Vec<u16> = PROGRAM.encode_utf16().chain([0]).collect();
    const STRINGS: [&str; 4] = ["C:", "4096", "left", "right"];
    let strings = STRINGS.map(|text| -> Vec<u16> { text.encode_utf16().chain([0]).collect() });
    let arguments = strings.each_ref().map(Vec::as_ptr);
    let mut buffer = [0_u16; 1024];
    // SAFETY: a name that ends with NUL; a module for its data alone, which
    // stays; as many arguments of the right kinds as the message asks for.
    let length = unsafe {
        let module = LoadLibraryExW(
            path.as_ptr(),
            std::ptr::null_mut(),
            LOAD_LIBRARY_AS_DATAFILE,
        );
        assert!(!module.is_null());
        FormatMessageW(
            FORMAT_MESSAGE_FROM_HMODULE | FORMAT_MESSAGE_ARGUMENT_ARRAY,
            module,
            messages::DISK_NEARLY_FULL.id(),
            0,
            buffer.as_mut_ptr(),
            buffer.len() as u32,
            arguments.as_ptr().cast(),
        )
    };
    let shown = String::from_utf16_lossy(&buffer[..length as usize]);
    let ours = messages::DISK_NEARLY_FULL.format(&STRINGS);
    assert_eq!(ours, "Volume C: has 4096 bytes left: left    |     rig|");
    assert_eq!(shown, format!("{ours}\r\n"));
}

#[test]
fn from_installation_to_removal() {
    assert_eq!(text(&run("install").stdout), format!("{SOURCE}: Created\n"));
    assert_eq!(
        text(&run("install").stdout),
        format!("{SOURCE}: Unchanged\n")
    );
    let catalog = Catalog::new();
    let shown = catalog.message(
        "Application",
        SOURCE,
        messages::DISK_FULL.id(),
        &["C:", r"C:\log"],
    );
    assert_eq!(
        shown.unwrap().unwrap(),
        "Volume C: is 100% full.\nNothing was written to C:\\log."
    );
    let category = catalog.category("Application", SOURCE, messages::CATEGORY_STORAGE);
    assert_eq!(category.unwrap().unwrap(), "Storage");
    assert!(run("report").status.success());
    assert_eq!(text(&run("remove").stdout), format!("{SOURCE}: removed\n"));
    assert_eq!(
        text(&run("remove").stdout),
        format!("{SOURCE}: not there\n")
    );
    let refused = run("report");
    assert!(!refused.status.success());
    assert!(text(&refused.stderr).contains("not registered"));
}

#[test]
fn at_a_console_the_texts_are_the_same() {
    assert_eq!(
        text(&run("debug").stderr),
        "Info 0x40001002 - The service oslens event sample has started. It is a sample.\n\
         Info 0x40000001 - Client one has connected from 127.0.0.1.\n\
         Error 0xc0000003 - Volume C: is 100% full.\n\
         Nothing was written to C:\\log. [3 bytes]\n"
    );
}
