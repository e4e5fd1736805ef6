//! Which processes are asked for.

use std::ffi::OsStr;

use oslens::Host;
use oslens::host::UserNames;
use oslens::process::{Fields, Pid, ProcessRow};

use super::{Needs, Sockets};
use crate::accounts::Accounts;
use crate::args::query::Term;

/// What a process must be to be shown: all of its terms. Without terms, any.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Query<'q>(&'q [Term]);

impl<'q> Query<'q> {
    pub(crate) const fn new(terms: &'q [Term]) -> Self {
        Self(terms)
    }

    pub(crate) const fn is_everything(self) -> bool {
        self.0.is_empty()
    }

    /// What must be read to tell.
    pub(crate) fn needs(self) -> Needs {
        Needs::all(self.0.iter().map(|term| match term {
            Term::Pid(..) => Needs::NONE,
            Term::Port(_) => Needs::ports(),
            Term::User(_) => Needs::of(Fields::EFFECTIVE_UID),
            Term::Text(_) => Needs::of(Fields::NAME.union(Fields::CMDLINE)),
        }))
    }

    /// The ports asked for.
    pub(super) fn ports(self) -> impl Iterator<Item = u16> {
        self.0.iter().filter_map(|term| match term {
            Term::Port(port) => Some(*port),
            _ => None,
        })
    }

    pub(super) fn matches(self, row: &ProcessRow, known: &mut Known<'_>) -> bool {
        self.0.iter().all(|term| match term {
            Term::Pid(pid, _) => row.pid.get() == *pid,
            Term::Port(port) => known
                .sockets
                .is_some_and(|sockets| sockets.holds(row.pid, *port)),
            Term::User(user) => match row.effective_uid {
                Ok(uid) => is_user(&mut known.names, uid, user),
                Err(_) => {
                    known.accounts.look_up(known.host, row);
                    known.accounts.is(row.pid, user)
                }
            },
            // The words stand among the arguments of this very command.
            Term::Text(word) => Some(row.pid) != known.own_pid && has_word(row, word),
        })
    }
}

/// What a row alone does not say.
pub(super) struct Known<'k> {
    pub(super) host: &'k Host,
    pub(super) names: UserNames,
    pub(super) accounts: Accounts,
    pub(super) sockets: Option<&'k Sockets>,
    /// This command's own, where it is among the processes.
    pub(super) own_pid: Option<Pid>,
}

/// The words as they were typed, for the line that nothing matches them.
impl std::fmt::Display for Query<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (at, term) in self.0.iter().enumerate() {
            if at > 0 {
                f.write_str(" ")?;
            }
            write!(f, "{term}")?;
        }
        Ok(())
    }
}

fn is_user(names: &mut UserNames, uid: u32, user: &OsStr) -> bool {
    match user.to_str().and_then(|number| number.parse::<u32>().ok()) {
        Some(number) => number == uid,
        None => names.user(uid) == Some(user),
    }
}

fn has_word(row: &ProcessRow, word: &OsStr) -> bool {
    let name = row.name.as_deref().unwrap_or_default();
    let arguments = row.cmdline.as_deref().unwrap_or_default();
    contains(name, word) || arguments.iter().any(|argument| contains(argument, word))
}

/// Whether the bytes of the text hold those of the word, in any case.
fn contains(text: &OsStr, word: &OsStr) -> bool {
    let (text, word) = (text.as_encoded_bytes(), word.as_encoded_bytes());
    text.windows(word.len().max(1))
        .any(|part| part.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_found_anywhere_in_a_text_also_beyond_utf_8() {
        let has = |text: &str, word: &str| contains(text.as_ref(), word.as_ref());
        assert!(has("postgres: writer", "writer"));
        assert!(has("a", "a"));
        assert!(!has("a", "ab"));
        assert!(!has("", "a"));
        assert!(has("Nginx", "nginx"));
        #[cfg(unix)]
        {
            use std::os::unix::ffi::OsStrExt as _;
            let odd = OsStr::from_bytes(b"odd \xff name");
            assert!(contains(odd, OsStr::from_bytes(b"\xff")));
            assert!(contains(odd, "name".as_ref()));
        }
    }

    #[test]
    fn only_what_the_words_ask_for_is_read() {
        let parse = |word: &str| Term::parse(word.as_ref()).unwrap();
        let terms = [parse("42"), parse("user=root")];
        let needs = Query::new(&terms).needs();
        assert_eq!(needs, Needs::of(Fields::EFFECTIVE_UID));
        assert!(Query::new(&[parse(":443")]).needs().ports);
        assert_eq!(Query::new(&[]).needs(), Needs::NONE);
        assert_eq!(Query::new(&terms).to_string(), "42 user=root");
    }
}
