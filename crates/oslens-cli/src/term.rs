//! What the output goes to: a terminal of some width, or a file or pipe.

use std::env;
use std::ffi::{OsStr, OsString};
use std::io::{self, IsTerminal as _};

use crate::platform;
use crate::text::Charset;

/// The width when a terminal does not tell its own.
const USUAL_WIDTH: usize = 80;

/// When to colour, as `--color` says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum ColorChoice {
    #[default]
    Auto,
    Always,
    Never,
}

/// Where the output goes, and what it can show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Terminal {
    /// The width to fit into; `None` when nothing is to be cut: a pipe, a
    /// file, or `--wide`.
    pub(crate) width: Option<usize>,
    /// Whether a person is likely to be looking: bars, footers.
    pub(crate) interactive: bool,
    pub(crate) color: bool,
    pub(crate) charset: Charset,
}

impl Terminal {
    /// What standard output is connected to.
    pub(crate) fn detect(color: ColorChoice, wide: bool, no_unicode: bool) -> Self {
        let stdout = io::stdout();
        let interactive = stdout.is_terminal();
        let environment = |name: &str| env::var_os(name);
        // Asked of the terminal itself, so only where there is one.
        let obeys = interactive && platform::obeys_escapes();
        let width = (interactive && !wide).then(|| {
            columns_variable(environment("COLUMNS").as_deref())
                .or_else(|| {
                    let (width, _) = terminal_size::terminal_size_of(&stdout)?;
                    Some(usize::from(width.0)).filter(|width| *width > 0)
                })
                .unwrap_or(USUAL_WIDTH)
        });
        Self {
            width,
            interactive,
            color: wants_color(color, obeys, environment),
            charset: if no_unicode || !platform::is_utf8_locale(environment) {
                Charset::Ascii
            } else {
                Charset::Unicode
            },
        }
    }

    /// The text in a tone, when colours are on.
    pub(crate) fn paint(&self, tone: Tone, text: &str) -> String {
        match tone.code().filter(|_| self.color && !text.is_empty()) {
            Some(code) => format!("\x1b[{code}m{text}\x1b[0m"),
            None => text.to_owned(),
        }
    }
}

/// How a piece of output stands out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Tone {
    #[default]
    Plain,
    Heading,
    Faint,
    Warning,
    Critical,
}

impl Tone {
    const fn code(self) -> Option<&'static str> {
        match self {
            Self::Plain => None,
            Self::Heading => Some("1"),
            Self::Faint => Some("2"),
            Self::Warning => Some("33"),
            Self::Critical => Some("1;31"),
        }
    }
}

fn columns_variable(value: Option<&OsStr>) -> Option<usize> {
    value?
        .to_str()?
        .parse()
        .ok()
        .filter(|width: &usize| *width > 0)
}

/// NO_COLOR (no-color.org) and CLICOLOR_FORCE (bixense.com/clicolors) count
/// when set and not empty.
fn wants_color(
    choice: ColorChoice,
    interactive: bool,
    environment: impl Fn(&str) -> Option<OsString>,
) -> bool {
    let set = |name| environment(name).is_some_and(|value| !value.is_empty());
    let forced = set("CLICOLOR_FORCE") && environment("CLICOLOR_FORCE").is_none_or(|v| v != "0");
    match choice {
        ColorChoice::Always => true,
        ColorChoice::Never => false,
        ColorChoice::Auto if set("NO_COLOR") => false,
        ColorChoice::Auto if forced => true,
        ColorChoice::Auto => interactive && environment("TERM").is_none_or(|term| term != "dumb"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(pairs: &'static [(&str, &str)]) -> impl Fn(&str) -> Option<OsString> {
        move |name| {
            let (_, value) = pairs.iter().find(|(key, _)| *key == name)?;
            Some(OsString::from(value))
        }
    }

    #[test]
    fn colours_obey_the_flag_then_the_environment_then_the_terminal() {
        let auto = ColorChoice::Auto;
        assert!(wants_color(auto, true, with(&[])));
        assert!(!wants_color(auto, false, with(&[])));
        assert!(!wants_color(auto, true, with(&[("NO_COLOR", "1")])));
        assert!(wants_color(auto, true, with(&[("NO_COLOR", "")])));
        assert!(wants_color(auto, false, with(&[("CLICOLOR_FORCE", "1")])));
        assert!(!wants_color(auto, false, with(&[("CLICOLOR_FORCE", "0")])));
        assert!(wants_color(auto, true, with(&[("CLICOLOR_FORCE", "")])));
        assert!(!wants_color(auto, true, with(&[("TERM", "dumb")])));
        let both = with(&[("NO_COLOR", "1"), ("CLICOLOR_FORCE", "1")]);
        assert!(!wants_color(auto, true, &both));
        assert!(wants_color(ColorChoice::Always, false, &both));
        assert!(!wants_color(ColorChoice::Never, true, with(&[])));
    }

    #[test]
    fn a_senseless_columns_variable_is_ignored() {
        let columns = |text| columns_variable(Some(OsStr::new(text)));
        assert_eq!(columns("20"), Some(20));
        assert_eq!(columns("0"), None);
        assert_eq!(columns("wide"), None);
        assert_eq!(columns_variable(None), None);
    }

    #[test]
    fn without_colour_nothing_is_painted() {
        let mut terminal = Terminal {
            width: None,
            interactive: false,
            color: false,
            charset: Charset::Ascii,
        };
        assert_eq!(terminal.paint(Tone::Critical, "x"), "x");
        terminal.color = true;
        assert_eq!(terminal.paint(Tone::Heading, "x"), "\x1b[1mx\x1b[0m");
        assert_eq!(terminal.paint(Tone::Heading, ""), "");
    }
}
