//! Sources, messages and reporting, against the system's own functions and
//! tools.
#![cfg(windows)]

use std::{path::Path, process::Command};

use oslens_eventlog::{
    ErrorKind, Event, Registered, Report as _, Source, Writer,
    message::{Catalog, MessageFile, Severity, format, generic},
};
use windows_sys::Win32::System::{
    Diagnostics::Debug::{
        FORMAT_MESSAGE_ARGUMENT_ARRAY, FORMAT_MESSAGE_FROM_HMODULE, FORMAT_MESSAGE_FROM_STRING,
        FormatMessageW,
    },
    LibraryLoader::{FindResourceW, GetModuleHandleW, SizeofResource},
};

fn wide(text: &str) -> Vec<u16> {
    text.encode_utf16().chain([0]).collect()
}

/// What the system makes of a message of this program, or of a text. There
/// must be as many strings as it asks for.
fn system_format(text: Result<u32, &str>, strings: &[&str]) -> Option<String> {
    let strings: Vec<Vec<u16>> = strings.iter().map(|string| wide(string)).collect();
    let pointers: Vec<*const u16> = strings.iter().map(Vec::as_ptr).collect();
    let (source, id, from) = match text {
        Ok(id) => (Vec::new(), id, FORMAT_MESSAGE_FROM_HMODULE),
        Err(text) => (wide(text), 0, FORMAT_MESSAGE_FROM_STRING),
    };
    let mut buffer = vec![0_u16; 4096];
    // SAFETY: null is this program's own module, or a text that ends with NUL;
    // a buffer that is as long as it says, and all the strings that the text
    // asks for.
    let length = unsafe {
        FormatMessageW(
            from | FORMAT_MESSAGE_ARGUMENT_ARRAY,
            match text {
                Ok(_) => std::ptr::null(),
                Err(_) => source.as_ptr().cast(),
            },
            id,
            0,
            buffer.as_mut_ptr(),
            buffer.len() as u32,
            pointers.as_ptr().cast(),
        )
    };
    (length != 0).then(|| String::from_utf16_lossy(&buffer[..length as usize]))
}

#[test]
fn every_program_has_the_messages_and_the_system_finds_them() {
    // SAFETY: null is this program; numbers in place of names.
    let length = unsafe {
        let module = GetModuleHandleW(std::ptr::null());
        let name = std::ptr::without_provenance;
        let found = FindResourceW(module, name(1), name(11));
        assert!(!found.is_null(), "no message table in this program");
        SizeofResource(module, found)
    };
    assert!(length > 100);
    for message in generic::MESSAGES {
        let expected = format!("{}\n", message.format(&["Spooler", "a text"]));
        let shown = system_format(Ok(message.id()), &["Spooler", "a text"]).unwrap();
        assert_eq!(shown.replace("\r\n", "\n"), expected);
    }
    assert_eq!(system_format(Ok(1), &[]), None);
}

#[test]
fn the_formatter_agrees_with_the_system() {
    let strings = ["one", "zwei\u{1f600}", "3", "x y", "5"];
    for text in [
        "%1 %2 %3 %4 %5",
        "%5%4%3%2%1",
        "%1%n%2%t%3",
        "a%%b%.c%!d",
        "%1!10s!|%2!-10s!|",
        "%1!.2s!|%1!5.1s!|",
        "100%%%n",
        "first\r\nsecond",
        "%1%0",
        "a%0b",
        "a% b%rc",
        // "%b" is a blank to Windows, and a "b" to Wine.
        "",
        "plain",
    ] {
        let expected = system_format(Err(text), &strings).unwrap_or_default();
        let expected = expected.replace("\r\n", "\n");
        assert_eq!(format(text, &strings), expected, "{text:?}");
    }
}

#[test]
fn the_formatter_agrees_with_the_system_on_any_text() {
    const PARTS: &[&str] = &[
        "%1",
        "%2",
        "%10",
        "%99",
        "%1!6s!",
        "%2!-6s!|",
        "%3!.1s!",
        "%n",
        "%t",
        "%%",
        "%.",
        "%!",
        "% ",
        "%0",
        "a",
        "ä",
        "7",
        ".",
        " ",
        "\r\n",
        "\u{1f600}",
        "-",
    ];
    let strings: Vec<String> = (1..=99).map(|number| format!("<{number}>")).collect();
    let strings: Vec<&str> = strings.iter().map(String::as_str).collect();
    let mut state = 1_u64;
    let mut next = |below: usize| {
        // Marsaglia's xorshift: the same texts each time.
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % below as u64) as usize
    };
    for _ in 0..5000 {
        let text: String = (0..next(8)).map(|_| PARTS[next(PARTS.len())]).collect();
        let expected = system_format(Err(&text), &strings).unwrap_or_default();
        // Parameters are nothing that the system's function knows.
        assert_eq!(
            format(&text, &strings),
            expected.replace("\r\n", "\n"),
            "{text:?}"
        );
    }
}

#[test]
fn the_program_is_read_as_the_system_reads_it() {
    let file = MessageFile::read(std::env::current_exe().unwrap()).unwrap();
    assert_eq!(file.languages(), [0x409]);
    for (message, (id, text)) in generic::MESSAGES.iter().zip(file.messages()) {
        assert_eq!(id, message.id());
        assert_eq!(text.trim_end(), message.text());
    }
    let error = MessageFile::read("no-such-file.dll").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    let error = MessageFile::read(file!()).unwrap_err();
    assert!(matches!(
        error.kind(),
        ErrorKind::Malformed | ErrorKind::NotFound
    ));
}

/// A source that is removed whatever happens.
struct Registration(String);

impl Registration {
    fn new(of: &str) -> Self {
        Self(format!("oslens test {of} {}", std::process::id()))
    }
}

impl Drop for Registration {
    fn drop(&mut self) {
        _ = Source::remove(&self.0);
    }
}

/// What the system's tool says of a source's key; `None` where there is none.
fn reg_query(log: &str, source: &str) -> Option<String> {
    let key = format!(r"HKLM\SYSTEM\CurrentControlSet\Services\EventLog\{log}\{source}");
    let output = Command::new("reg").args(["query", &key]).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    output.status.success().then_some(text)
}

#[test]
fn a_source_is_registered_as_the_registry_tool_shows_and_removed_without_rest() {
    let registration = Registration::new("source");
    let name = &registration.0;
    let program = std::env::current_exe().unwrap();
    assert!(!Source::remove(name).unwrap());
    let source = Source::of_this_program(name).unwrap().categories(2);
    assert_eq!(source.register().unwrap(), Registered::Created);
    assert_eq!(source.register().unwrap(), Registered::Unchanged);
    let shown = reg_query("Application", name).unwrap();
    for (value, kind, content) in [
        (
            "EventMessageFile",
            "REG_EXPAND_SZ",
            program.to_str().unwrap(),
        ),
        (
            "CategoryMessageFile",
            "REG_EXPAND_SZ",
            program.to_str().unwrap(),
        ),
        ("CategoryCount", "REG_DWORD", "0x2"),
        ("TypesSupported", "REG_DWORD", "0x7"),
    ] {
        let line = shown.lines().find(|line| line.contains(value));
        let line = line.unwrap_or_else(|| panic!("no {value} in {shown}"));
        assert!(line.contains(kind) && line.contains(content), "{line}");
    }
    assert!(!shown.contains("ParameterMessageFile"), "{shown}");
    // Found in any case, and in the list.
    let found = Source::find(&name.to_uppercase()).unwrap().unwrap();
    assert_eq!(found.log_name(), "Application");
    assert_eq!(found.message_files(), source.message_files());
    assert!(Source::names("Application").unwrap().contains(name));

    // It changes: no categories, and parameters.
    let other = Source::of_this_program(name)
        .unwrap()
        .parameter_file(r"%SystemRoot%\System32\kernel32.dll");
    assert_eq!(other.register().unwrap(), Registered::Updated);
    // What is read has the variable's value, and is the same all the same.
    assert_eq!(other.register().unwrap(), Registered::Unchanged);
    let shown = reg_query("Application", name).unwrap();
    assert!(!shown.contains("Category"), "{shown}");
    assert!(
        shown.contains(r"%SystemRoot%\System32\kernel32.dll"),
        "{shown}"
    );
    let found = Source::find(name).unwrap().unwrap();
    let parameters = found.parameter_files()[0].to_str().unwrap();
    assert!(Path::new(parameters).exists(), "{parameters}");

    // One name, one log.
    let error = source.clone().log("System").register().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    assert!(error.to_string().contains("Application"), "{error}");
    let error = Source::new("application", &program).register().unwrap_err();
    assert!(error.to_string().contains("a log has this name"), "{error}");

    assert!(Source::remove(name).unwrap());
    assert_eq!(reg_query("Application", name), None);
    assert_eq!(Source::find(name).unwrap(), None);
    let error = Source::names("oslens has no such log").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
}

#[test]
fn a_file_is_found_under_a_name_with_per_cent_signs() {
    let registration = Registration::new("signs");
    let name = &registration.0;
    let folder = format!("oslens %OS% 100% {}", std::process::id());
    let folder = std::env::temp_dir().join(folder);
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("messages.exe");
    std::fs::copy(std::env::current_exe().unwrap(), &file).unwrap();
    let source = Source::new(name, &file);
    let registered = [source.register(), source.register()];
    let found = Source::find(name).unwrap().unwrap();
    let text = Catalog::new().message("Application", name, generic::ERROR.id(), &["a"]);
    std::fs::remove_dir_all(&folder).unwrap();
    let registered = registered.map(Result::unwrap);
    assert_eq!(registered, [Registered::Created, Registered::Unchanged]);
    assert_eq!(found.message_files(), [file]);
    assert_eq!(text.unwrap().as_deref(), Some("a"));
}

#[test]
fn values_of_the_wrong_kind_are_no_texts_and_are_put_right() {
    let registration = Registration::new("kinds");
    let name = &registration.0;
    let key = format!(r"HKLM\SYSTEM\CurrentControlSet\Services\EventLog\Application\{name}");
    for (value, kind, content) in [
        ("EventMessageFile", "REG_DWORD", "1"),
        ("CategoryMessageFile", "REG_BINARY", "00d8"),
        ("ParameterMessageFile", "REG_MULTI_SZ", "a"),
        ("CategoryCount", "REG_SZ", "two"),
        ("TypesSupported", "REG_BINARY", "07"),
    ] {
        let args = ["add", &key, "/v", value, "/t", kind, "/d", content, "/f"];
        let output = Command::new("reg").args(args).output().unwrap();
        assert!(output.status.success(), "{output:?}");
    }
    let found = Source::find(name).unwrap().unwrap();
    assert!(found.message_files().is_empty() && found.category_files().is_empty());
    assert!(found.parameter_files().is_empty() && found.category_count() == 0);
    let text = Catalog::new().message("Application", name, generic::ERROR.id(), &["a"]);
    assert_eq!(text.unwrap(), None);
    let source = Source::of_this_program(name).unwrap().categories(2);
    assert_eq!(source.register().unwrap(), Registered::Updated);
    assert_eq!(source.register().unwrap(), Registered::Unchanged);
    let found = Source::find(name).unwrap().unwrap();
    assert_eq!(found, source);
    assert!(Source::remove(name).unwrap());
}

#[test]
fn what_is_not_ours_is_neither_removed_nor_changed() {
    let events = r"HKLM\SYSTEM\CurrentControlSet\Services\EventLog";
    let name = format!("oslens test foreign {}", std::process::id());
    let log = format!("oslens test log {}", std::process::id());
    // Each log has a source of its own name.
    let _log = Added::value(&format!(r"{events}\{log}"), "File", "x");
    let _own = Added::value(&format!(r"{events}\{log}\{log}"), "EventMessageFile", "x");
    let _inner = Added::value(&format!(r"{events}\System\{log}"), "EventMessageFile", "x");
    let guid = "{6f736c65-6e73-4000-8001-000000000001}";
    let _publisher = Added::value(&format!(r"{events}\System\{name}"), "ProviderGuid", guid);
    for (name, said) in [
        (&log, "a log has this name"),
        (&log.to_uppercase(), "a log has this name"),
        (&name, "manifest"),
    ] {
        let error = Source::remove(name).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        assert!(error.to_string().contains(said), "{error}");
        let source = Source::of_this_program(name).unwrap().log("System");
        let error = source.register().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        assert!(error.to_string().contains(said), "{error}");
    }
    for name in ["Application", "SYSTEM", "..", "."] {
        assert!(!Source::remove(name).unwrap_or(false));
    }
    for (log, source) in [(&*log, &*log), ("System", &*log), ("System", &*name)] {
        assert!(reg_query(log, source).is_some(), "{log}, {source}");
    }
    assert!(reg_query("Application", "").is_some());
}

#[test]
fn the_catalog_finds_the_texts_of_a_registered_source() {
    let registration = Registration::new("catalog");
    let name = &registration.0;
    let catalog = Catalog::new();
    let program = std::env::current_exe().unwrap();
    // The first file has no messages, and the second one does not exist.
    Source::new(name, r"%SystemRoot%\System32\ntdll.dll")
        .message_file(r"C:\no such file.dll")
        .message_file(&program)
        .categories(1)
        .register()
        .unwrap();
    let message = |id, strings: &[&str]| catalog.message("Application", name, id, strings).unwrap();
    assert_eq!(
        message(generic::SERVICE_STARTED.id(), &["Spooler", ""]).unwrap(),
        "The service Spooler has started. "
    );
    assert_eq!(
        message(generic::SERVICE_FAILED.id(), &["Spooler"]).unwrap(),
        "The service Spooler has failed: %2"
    );
    assert_eq!(message(0x1234, &[]), None);
    // A parameter that is the system's: its words are its own.
    let shown = message(generic::ERROR.id(), &["%%5"]).unwrap();
    assert!(!shown.is_empty() && shown != "%%5", "{shown}");
    let system = std::io::Error::from_raw_os_error(5).to_string();
    assert!(
        system.starts_with(shown.trim_end_matches('.')),
        "{shown}, {system}"
    );
    assert_eq!(
        message(generic::ERROR.id(), &["%%4000000"]).unwrap(),
        "%%4000000"
    );
    let unknown = catalog.message("Application", "oslens has no such source", 1, &["a"]);
    assert_eq!(unknown.unwrap(), None);
}

/// What the registry tool added, until its end.
struct Added(String);

impl Added {
    fn value(key: &str, value: &str, content: &str) -> Self {
        let args = ["add", key, "/v", value, "/d", content, "/f"];
        assert!(
            Command::new("reg")
                .args(args)
                .output()
                .unwrap()
                .status
                .success()
        );
        Self(key.to_owned())
    }
}

impl Drop for Added {
    fn drop(&mut self) {
        _ = Command::new("reg").args(["delete", &self.0, "/f"]).output();
    }
}

#[test]
fn a_source_that_is_a_publisher_has_its_texts_too() {
    let name = format!("oslens test publisher {}", std::process::id());
    let guid = format!("{{6f736c65-6e73-4000-8000-{:012x}}}", std::process::id());
    let program = std::env::current_exe().unwrap();
    let _source = Added::value(
        &format!(r"HKLM\SYSTEM\CurrentControlSet\Services\EventLog\System\{name}"),
        "ProviderGuid",
        &guid,
    );
    let publishers = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\WINEVT\Publishers";
    let _publisher = Added::value(
        &format!(r"{publishers}\{guid}"),
        "MessageFileName",
        program.to_str().unwrap(),
    );
    let source = Source::find(&name).unwrap().unwrap();
    assert_eq!(source.log_name(), "System");
    assert_eq!(source.message_files(), [program]);
    let text = Catalog::new().message("System", &name, generic::WARNING.id(), &["a"]);
    assert_eq!(text.unwrap().unwrap(), "a");
}

#[test]
fn a_writer_wants_a_registered_source_and_reports() {
    let registration = Registration::new("writer");
    let name = &registration.0;
    let error = Writer::open(name).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert!(error.to_string().contains("not registered"), "{error}");
    Source::of_this_program(name).unwrap().register().unwrap();
    let log = Writer::open(name).unwrap();
    // Wine takes all and keeps nothing: that it is called rightly.
    log.service_starting(name, "").unwrap();
    log.info("ä\u{1f600}").unwrap();
    // S-1-5-18.
    let system = [1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0];
    let event = Event::new(Severity::Warning, generic::WARNING.id())
        .strings(["a", ""])
        .category(1)
        .data(vec![7; 1000])
        .sid(system);
    log.report(&event).unwrap();
    log.report(&Event::new(Severity::Success, 1)).unwrap();
    let too_long = log.error(&"x".repeat(40_000)).unwrap_err();
    assert_eq!(too_long.kind(), ErrorKind::InvalidInput);
    assert!(Writer::open_unregistered("").is_err());
    assert!(Writer::open_unregistered("a\0b").is_err());
}
