//! Text from the system, made safe to show.
//!
//! Process names, arguments, mount points and interface names are chosen by
//! whoever made them. Printed as they are, they can move the cursor, recolour
//! the terminal, reorder a line or forge a second one. Nothing reaches a table
//! without passing through [`neutralise`].

use std::ffi::OsStr;
use std::fmt::Write as _;

use unicode_width::UnicodeWidthChar;

/// Which characters the output may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Charset {
    /// Anything visible.
    Unicode,
    /// ASCII only: the locale is not UTF-8 or `--no-unicode` was given.
    Ascii,
}

impl Charset {
    /// What stands for text that was cut away.
    pub(crate) const fn ellipsis(self) -> &'static str {
        match self {
            Self::Unicode => "…",
            Self::Ascii => "...",
        }
    }

    /// A bar of `width` cells, filled in proportion to `ratio`.
    pub(crate) fn bar(self, ratio: f64, width: usize) -> String {
        let (full, empty) = match self {
            Self::Unicode => ('█', '░'),
            Self::Ascii => ('#', '.'),
        };
        // A float to integer cast saturates and takes NaN to 0: never more
        // than `width` cells, whatever the ratio.
        let filled = ((ratio * width as f64).round() as usize).min(width);
        let mut bar = String::new();
        bar.extend(std::iter::repeat_n(full, filled));
        bar.extend(std::iter::repeat_n(empty, width - filled));
        bar
    }
}

/// The text with everything that a terminal would obey, or a reader could not
/// see, written out as a visible escape.
///
/// Newlines become `\n`, control characters `\x1b`, direction overrides and
/// other invisible characters `\u{202e}`, bytes that are not UTF-8 `\xff`.
/// The backslash itself stays single: paths stay readable, and `--json` is
/// there for whoever needs the exact bytes.
pub(crate) fn neutralise(text: &OsStr, charset: Charset) -> String {
    let bytes = text.as_encoded_bytes();
    let mut safe = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        for character in chunk.valid().chars() {
            push_safe(&mut safe, character, charset);
        }
        for byte in chunk.invalid() {
            push_escape(&mut safe, format_args!("\\x{byte:02x}"));
        }
    }
    safe
}

fn push_safe(safe: &mut String, character: char, charset: Charset) {
    match character {
        '\n' => safe.push_str("\\n"),
        '\r' => safe.push_str("\\r"),
        '\t' => safe.push_str("\\t"),
        ' '..='~' => safe.push(character),
        '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' => {
            push_escape(safe, format_args!("\\x{:02x}", character as u32));
        }
        _ if charset == Charset::Ascii || is_deceptive(character) => {
            push_escape(safe, format_args!("\\u{{{:x}}}", character as u32));
        }
        _ => safe.push(character),
    }
}

fn push_escape(safe: &mut String, escape: std::fmt::Arguments<'_>) {
    // Writing into a String cannot fail.
    let _ = safe.write_fmt(escape);
}

/// Whether a character beyond ASCII acts on the text around it, or shows
/// nothing, so that two different names could look alike.
pub(crate) fn is_deceptive(character: char) -> bool {
    matches!(
        character,
        '\u{80}'..='\u{9f}'         // C1: CSI and friends as single characters
        | '\u{ad}'                  // soft hyphen
        | '\u{61c}'                 // Arabic letter mark
        | '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}' // Hangul fillers
        | '\u{17b4}' | '\u{17b5}'   // invisible Khmer vowels
        | '\u{180b}'..='\u{180f}'   // Mongolian selectors
        | '\u{200b}'..='\u{200f}'   // zero width, direction marks
        | '\u{2028}'..='\u{202e}'   // line separators, direction overrides
        | '\u{2060}'..='\u{206f}'   // invisible operators, isolates
        | '\u{fe00}'..='\u{fe0f}'   // variation selectors
        | '\u{feff}'                // byte order mark
        | '\u{fff0}'..='\u{fffb}'   // interlinear annotation
        | '\u{e0000}'..='\u{e0fff}' // tags, more selectors
    )
}

/// Terminal cells that a neutralised text takes.
pub(crate) fn width(text: &str) -> usize {
    text.chars().map(char_width).sum()
}

fn char_width(character: char) -> usize {
    character.width().unwrap_or(0)
}

/// The text cut at its end to at most `limit` cells.
pub(crate) fn cut_end(text: &str, limit: usize, charset: Charset) -> String {
    if width(text) <= limit {
        return text.to_owned();
    }
    let ellipsis = charset.ellipsis();
    if limit <= width(ellipsis) {
        return take(text, limit).to_owned();
    }
    format!("{}{ellipsis}", take(text, limit - width(ellipsis)))
}

/// The longest start of the text that fits in `limit` cells.
fn take(text: &str, limit: usize) -> &str {
    let mut used = 0;
    for (at, character) in text.char_indices() {
        used += char_width(character);
        if used > limit {
            return &text[..at];
        }
    }
    text
}

/// A command line cut to at most `limit` cells: first the middle of the
/// program's path goes, as the file name says more, then the end of the
/// arguments.
pub(crate) fn cut_command(command: &str, limit: usize, charset: Charset) -> String {
    if width(command) <= limit {
        return command.to_owned();
    }
    let (path, arguments) = command
        .find(' ')
        .map_or((command, ""), |at| command.split_at(at));
    let shorter = shorter_paths(path, charset);
    let forms = || std::iter::once(path).chain(shorter.iter().map(String::as_str));
    let room = limit.saturating_sub(width(arguments));
    // Either all arguments stay, or the path may keep half of the room, or
    // else the shortest form of it has to do.
    let path = forms()
        .find(|form| width(form) <= room)
        .or_else(|| forms().find(|form| width(form) <= limit / 2))
        .or_else(|| forms().last())
        .unwrap_or(path);
    cut_end(&format!("{path}{arguments}"), limit, charset)
}

/// The shorter forms of an absolute path, longest first:
/// `/nix/…/bin/foo`, `/nix/…/foo`, `…/foo`, `foo`.
fn shorter_paths(path: &str, charset: Charset) -> Vec<String> {
    let Some(inner) = path.strip_prefix('/') else {
        return Vec::new();
    };
    let parts: Vec<&str> = inner.split('/').collect();
    let Some((name, directories)) = parts.split_last() else {
        return Vec::new();
    };
    if name.is_empty() || directories.is_empty() {
        return Vec::new();
    }
    let ellipsis = charset.ellipsis();
    let mut forms: Vec<String> = (2..directories.len() + 1)
        .map(|from| format!("/{}/{ellipsis}/{}", parts[0], parts[from..].join("/")))
        .collect();
    forms.push(format!("{ellipsis}/{name}"));
    forms.push((*name).to_owned());
    forms
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        neutralise(OsStr::new(text), Charset::Unicode)
    }

    #[test]
    fn a_hostile_name_cannot_drive_the_terminal() {
        assert_eq!(shown("a\x1b[2Jb"), "a\\x1b[2Jb");
        assert_eq!(shown("\u{9b}31m"), "\\x9b31m");
        assert_eq!(shown("\x7f\0\x07\x08"), "\\x7f\\x00\\x07\\x08");
        assert_eq!(shown("x\n  1 root\r\t"), "x\\n  1 root\\r\\t");
        assert_eq!(shown("\x1b]0;title\x07"), "\\x1b]0;title\\x07");
    }

    #[test]
    fn direction_overrides_and_invisible_characters_are_shown() {
        assert_eq!(shown("gnp\u{202e}exe"), "gnp\\u{202e}exe");
        assert_eq!(shown("\u{2066}a\u{2069}"), "\\u{2066}a\\u{2069}");
        assert_eq!(shown("ss\u{200b}hd\u{feff}"), "ss\\u{200b}hd\\u{feff}");
        assert_eq!(shown("a\u{2028}b"), "a\\u{2028}b");
        assert_eq!(shown("\u{e0041}"), "\\u{e0041}");
    }

    #[test]
    fn every_control_character_is_escaped() {
        for code in (0..0x20).chain(0x7f..0xa0) {
            let text = char::from_u32(code).map(String::from).unwrap_or_default();
            assert!(shown(&text).starts_with('\\'), "{code:#x}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn bytes_that_are_not_utf8_are_shown_as_escapes() {
        use std::os::unix::ffi::OsStrExt as _;
        let text = OsStr::from_bytes(b"caf\xe9 \xf0\x9f");
        assert_eq!(neutralise(text, Charset::Unicode), "caf\\xe9 \\xf0\\x9f");
    }

    #[cfg(windows)]
    #[test]
    fn half_a_surrogate_pair_is_shown_as_escapes() {
        use std::os::windows::ffi::OsStringExt as _;
        let text = std::ffi::OsString::from_wide(&[u16::from(b'a'), 0xd800, u16::from(b'b')]);
        let shown = neutralise(&text, Charset::Unicode);
        assert_eq!(shown, "a\\xed\\xa0\\x80b");
    }

    #[test]
    fn plain_and_foreign_text_stays_as_it_is() {
        assert_eq!(shown("héllo 日本 C:\\x"), "héllo 日本 C:\\x");
        let text = OsStr::new("é日");
        assert_eq!(neutralise(text, Charset::Ascii), "\\u{e9}\\u{65e5}");
    }

    #[test]
    fn wide_characters_count_two_cells() {
        assert_eq!(width("日本"), 4);
        assert_eq!(cut_end("日本語", 4, Charset::Unicode), "日…");
        assert_eq!(cut_end("日本語", 5, Charset::Unicode), "日本…");
        assert_eq!(cut_end("abc", 0, Charset::Unicode), "");
    }

    #[test]
    fn a_command_loses_the_middle_of_its_path_first() {
        let cut = |limit| cut_command("/nix/store/abc-foo/bin/foo --x", limit, Charset::Unicode);
        assert_eq!(cut(30), "/nix/store/abc-foo/bin/foo --x");
        assert_eq!(cut(29), "/nix/…/abc-foo/bin/foo --x");
        assert_eq!(cut(18), "/nix/…/bin/foo --x");
        assert_eq!(cut(14), "/nix/…/foo --x");
        assert_eq!(cut(13), "…/foo --x");
        assert_eq!(cut(7), "foo --x");
        assert_eq!(cut(6), "foo -…");
        assert_eq!(cut(2), "f…");
        assert_eq!(cut(0), "");
    }

    #[test]
    fn a_command_with_many_arguments_loses_their_end() {
        let cut = |limit| cut_command("gzip /var/log/nginx/access.log", limit, Charset::Unicode);
        assert_eq!(cut(19), "gzip /var/log/ngin…");
        let long = "/usr/lib/jvm/java-21/bin/java -Xmx6g -cp a:b:c Main";
        assert_eq!(
            cut_command(long, 30, Charset::Unicode),
            "…/java -Xmx6g -cp a:b:c Main"
        );
        assert_eq!(
            cut_command(long, 24, Charset::Unicode),
            "/usr/…/java -Xmx6g -cp …"
        );
        assert_eq!(cut_command(long, 16, Charset::Ascii), ".../java -Xmx...");
    }

    #[test]
    fn no_cut_is_ever_wider_than_asked() {
        for text in [
            "/a/b/c/d e f",
            "//",
            "/",
            "a",
            "/日/本/語/x 日本語",
            "/a/ b/",
        ] {
            for charset in [Charset::Unicode, Charset::Ascii] {
                for limit in 0..20 {
                    assert!(width(&cut_command(text, limit, charset)) <= limit);
                    assert!(width(&cut_end(text, limit, charset)) <= limit);
                }
            }
        }
    }

    #[test]
    fn a_bar_never_leaves_its_room() {
        assert_eq!(Charset::Unicode.bar(0.5, 4), "██░░");
        assert_eq!(Charset::Ascii.bar(0.25, 4), "#...");
        assert_eq!(Charset::Ascii.bar(7.0, 3), "###");
        assert_eq!(Charset::Ascii.bar(-1.0, 3), "...");
        assert_eq!(Charset::Ascii.bar(f64::NAN, 3), "...");
    }
}
