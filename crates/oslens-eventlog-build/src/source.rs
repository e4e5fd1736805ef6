//! What the definitions become as source code: for `rustc`, and for message
//! compilers.

use std::fmt::Write as _;

use crate::{Message, Severity};

/// Constants, and the tables of them all.
pub(crate) fn rust(categories: &[String], messages: &[Message], library: &str) -> String {
    let mut code = String::from("// Made by oslens-eventlog-build.\n\n");
    // Writing to a String cannot fail.
    let mut constant = |name: &str, about: &str, kind: &str, value: &str| {
        for line in about.lines() {
            _ = writeln!(code, "/// {}", line.replace('\t', " "));
        }
        _ = writeln!(
            code,
            "#[allow(dead_code, unreachable_pub)]\npub const {name}: {kind} = {value};\n"
        );
    };
    for (at, name) in categories.iter().enumerate() {
        let number = at + 1;
        let about = format!("The category {}.", code_span(name));
        constant(&constant_name(name), &about, "u16", &number.to_string());
    }
    for message in messages {
        let about = match &message.about {
            Some(about) => format!("{about}\n\n{}", code_span(&message.text)),
            None => code_span(&message.text),
        };
        constant(
            &message.name,
            &about,
            &format!("{library}::message::Message"),
            &format!(
                "{library}::message::Message::new({:#010x}, {:?})",
                message.id, message.text
            ),
        );
    }
    let names: Vec<&str> = messages.iter().map(|message| &*message.name).collect();
    constant(
        "MESSAGES",
        "All messages, sorted by number.",
        &format!("&[{library}::message::Message]"),
        &format!("&[{}]", names.join(", ")),
    );
    constant(
        "CATEGORIES",
        "The names of the categories; the first one is number 1.",
        "&[&str]",
        &format!("&{categories:?}"),
    );
    code
}

/// Text as code in documentation.
fn code_span(text: &str) -> String {
    let line: String = text
        .chars()
        .map(|c| match c {
            '`' => '\'',
            // In a comment the compiler refuses what turns text around.
            '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => ' ',
            c if c.is_control() => ' ',
            c => c,
        })
        .collect();
    format!("`{line}`")
}

/// The name of a category as a constant.
pub(crate) fn constant_name(category: &str) -> String {
    let mut name = String::from("CATEGORY");
    let mut in_word = false;
    for c in category.chars() {
        if c.is_ascii_alphanumeric() {
            if !in_word {
                name.push('_');
            }
            name.push(c.to_ascii_uppercase());
        }
        in_word = c.is_ascii_alphanumeric();
    }
    name
}

/// The text that `mc.exe` and `windmc` compile.
pub(crate) fn mc(categories: &[String], messages: &[Message]) -> String {
    let mut text = String::from(
        "MessageIdTypedef=DWORD\n\
         SeverityNames=(Success=0x0 Information=0x1 Warning=0x2 Error=0x3)\n\
         FacilityNames=(None=0x0)\n\
         LanguageNames=(English=0x409:MSG00409)\n",
    );
    let mut message = |id: u32, name: &str, content: &str| {
        let severity = match Severity::of(id) {
            None => "Success",
            Some(Severity::Information) => "Information",
            Some(Severity::Warning) => "Warning",
            Some(Severity::Error) => "Error",
        };
        _ = write!(
            text,
            "\nMessageId={:#x}\nSeverity={severity}\nFacility=None\nSymbolicName={name}\n\
             Language=English\n{content}\n.\n",
            id & 0xffff
        );
    };
    for (number, name) in (1..).zip(categories) {
        message(number, &constant_name(name), name);
    }
    for defined in messages {
        message(defined.id, &defined.name, &defined.text);
    }
    // The line ends are those of the messages.
    text.replace("\r\n", "\n").replace('\n', "\r\n")
}
