//! The words that choose processes.

use std::ffi::{OsStr, OsString};

use crate::text::{self, Charset};

/// One word of a query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Term {
    /// `1234`: the process with that PID. Among sockets the digits may also
    /// be a port or a part of an address.
    Pid(u32, OsString),
    /// `:443`: whoever has a socket at that port.
    Port(u16),
    /// `user=www-data`: whoever acts as that user, by name or number.
    User(OsString),
    /// Anything else: a part of the name or of the arguments.
    Text(OsString),
}

impl Term {
    /// What a word asks for.
    ///
    /// # Errors
    ///
    /// One line when the word cannot match anything: it is empty, or a port
    /// out of range.
    pub(crate) fn parse(word: &OsStr) -> Result<Self, String> {
        let text = word.to_str().unwrap_or_default();
        let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        if word.is_empty() {
            return Err("an empty word matches nothing".to_owned());
        }
        if let Some(digits) = text.strip_prefix(':').filter(|digits| is_number(digits)) {
            return port(digits).map(Self::Port);
        }
        if let Some(user) = text.strip_prefix("user=") {
            if user.is_empty() {
                return Err("'user=' needs the name or number of a user".to_owned());
            }
            return Ok(Self::User(user.into()));
        }
        // Digits beyond every PID can still be part of an argument.
        match text.parse() {
            Ok(pid) if is_number(text) => Ok(Self::Pid(pid, word.to_owned())),
            _ => Ok(Self::Text(word.to_owned())),
        }
    }
}

/// The word as it was typed, safe to show.
impl std::fmt::Display for Term {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let safe = |word: &OsStr| text::neutralise(word, Charset::Unicode);
        match self {
            Self::Pid(pid, _) => pid.fmt(f),
            Self::Port(port) => write!(f, ":{port}"),
            Self::User(user) => write!(f, "user={}", safe(user)),
            Self::Text(word) => f.write_str(&safe(word)),
        }
    }
}

/// A port number.
///
/// # Errors
///
/// One line that names the range.
pub(crate) fn port(text: &str) -> Result<u16, String> {
    text.strip_prefix(':')
        .unwrap_or(text)
        .parse()
        .ok()
        .filter(|port| *port != 0)
        .ok_or_else(|| "a port is a number from 1 to 65535".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_a_pid_a_port_or_text() {
        let term = |word: &str| Term::parse(OsStr::new(word));
        assert_eq!(term("42"), Ok(Term::Pid(42, "42".into())));
        assert_eq!(term(":443"), Ok(Term::Port(443)));
        assert_eq!(term("nginx"), Ok(Term::Text("nginx".into())));
        assert_eq!(term("+1"), Ok(Term::Text("+1".into())));
        assert_eq!(term(":x"), Ok(Term::Text(":x".into())));
        assert_eq!(term("99999999999"), Ok(Term::Text("99999999999".into())));
        assert_eq!(term("user=web"), Ok(Term::User("web".into())));
        assert_eq!(term("user=web").unwrap().to_string(), "user=web");
        for wrong in ["", "user=", ":0", ":65536", ":99999999999999999999"] {
            assert!(term(wrong).is_err(), "{wrong}");
        }
    }
}
