//! The table and the resource file are those that the compilers of binutils
//! make from the same messages.

use std::{fs, path::PathBuf, process::Command};

use oslens_eventlog_build::Messages;
use oslens_testkit::skip;

fn messages() -> Messages {
    Messages::new()
        .category("Network")
        .category("Disks and Bänder")
        .information("CONNECTED", 1, "Client %1 has connected from %2!08x!.")
        .warning("ODD", 2, "100%% of\n%1%n\u{1f600} %t.")
        .error("FULL", 3, "Nothing was written to %1.%0")
        .error("LAST", 0xffff, "%99")
}

/// Runs a tool, or says why not.
fn run(tool: &str, dir: &PathBuf, args: &[&str]) -> Result<(), String> {
    let output = Command::new(tool)
        .args(args)
        .current_dir(dir)
        .output()
        .map_err(|error| format!("{tool}: {error}"))?;
    assert!(
        output.status.success(),
        "{tool}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(())
}

#[test]
fn the_message_compiler_makes_the_same_table_and_the_resource_compiler_the_same_file() {
    let dir = std::env::temp_dir().join(format!("oslens-messages-{}", std::process::id()));
    fs::create_dir_all(&dir).unwrap();
    let source: Vec<u8> = messages()
        .mc()
        .unwrap()
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    fs::write(dir.join("messages.mc"), source).unwrap();
    let compiled = run(
        "x86_64-w64-mingw32-windmc",
        &dir,
        &["-u", "-U", "messages.mc"],
    )
    .and_then(|()| {
        run(
            "x86_64-w64-mingw32-windres",
            &dir,
            &["messages.rc", "-O", "res", "-o", "messages.res"],
        )
    });
    let files = (
        fs::read(dir.join("MSG00409.bin")),
        fs::read(dir.join("messages.res")),
    );
    fs::remove_dir_all(&dir).unwrap();
    match compiled {
        Ok(()) => {
            assert_eq!(messages().table().unwrap(), files.0.unwrap());
            assert_eq!(messages().res().unwrap(), files.1.unwrap());
        }
        Err(reason) => skip!("{reason}"),
    }
}
