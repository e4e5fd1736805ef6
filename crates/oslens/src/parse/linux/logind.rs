//! `/run/systemd/sessions/*`: what systemd-logind (or elogind) keeps about a
//! session. The files are private to logind but have kept their keys since
//! systemd 30; `sd_session_get_*` of libsystemd reads these very files.

use super::os_release;
use crate::parse::text;

/// A session.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Session {
    /// User.
    pub uid: Option<u32>,
    /// Name of the user.
    pub user: Vec<u8>,
    /// `user`, `greeter`, `manager`, `background`, …
    pub class: Vec<u8>,
    /// `online`, `active` or `closing`.
    pub state: Vec<u8>,
    /// Terminal, empty if none.
    pub tty: Vec<u8>,
    /// X display, empty if none.
    pub display: Vec<u8>,
    /// Where the user came from, empty if local.
    pub remote_host: Vec<u8>,
    /// First process of the session.
    pub leader: Option<u32>,
    /// Start, microseconds since 1970.
    pub realtime: Option<u64>,
}

impl Session {
    /// Whether a human is logged in with it, as `who` counts: not a login
    /// screen, not the user's service manager, not a session on its way out.
    #[must_use]
    pub fn is_login(&self) -> bool {
        (self.class == b"user" || self.class.starts_with(b"user-") || self.class.is_empty())
            && self.state != b"closing"
            && !self.user.is_empty()
    }
}

/// Reads one session's file. Keys that are missing or not understood are
/// empty.
#[must_use]
pub fn session(bytes: &[u8]) -> Session {
    let mut session = Session::default();
    for (key, value) in os_release::assignments(bytes) {
        let number = || text::decimal(&value);
        let small = || number().and_then(|number| u32::try_from(number).ok());
        match key {
            b"UID" => session.uid = small(),
            b"LEADER" => session.leader = small(),
            b"REALTIME" => session.realtime = number(),
            b"USER" => session.user = value,
            b"CLASS" => session.class = value,
            b"STATE" => session.state = value,
            b"TTY" => session.tty = value,
            b"DISPLAY" => session.display = value,
            b"REMOTE_HOST" => session.remote_host = value,
            _ => {}
        }
    }
    session
}

#[cfg(test)]
mod tests {
    use super::*;

    const SSH: &[u8] = b"# This is private data. Do not parse.\nUID=1000\nUSER=ada\nACTIVE=1\nIS_DISPLAY=0\nSTATE=active\nREMOTE=1\nLEADER_FD_SAVED=1\nTYPE=tty\nORIGINAL_TYPE=tty\nCLASS=user\nSCOPE=session-5.scope\nFIFO=/run/systemd/sessions/5.ref\nTTY=pts/1\nTTY_VALIDITY=from-utmp\nREMOTE_HOST=2001:db8::7\nSERVICE=sshd\nLEADER=4231\nAUDIT=5\nREALTIME=1700000000123456\nMONOTONIC=99\n";

    #[test]
    fn a_remote_login_is_read() {
        let session = session(SSH);
        assert!(session.is_login());
        assert_eq!(session.uid, Some(1000));
        assert_eq!(session.user, b"ada");
        assert_eq!(session.tty, b"pts/1");
        assert_eq!(session.remote_host, b"2001:db8::7");
        assert_eq!(session.leader, Some(4231));
        assert_eq!(session.realtime, Some(1_700_000_000_123_456));
    }

    #[test]
    fn only_humans_are_logged_in() {
        for (class, state, login) in [
            ("user", "active", true),
            ("user-early", "online", true),
            ("user", "closing", false),
            ("greeter", "active", false),
            ("manager", "active", false),
            ("background", "online", false),
        ] {
            let text = format!("USER=ada\nCLASS={class}\nSTATE={state}\n");
            assert_eq!(
                session(text.as_bytes()).is_login(),
                login,
                "{class} {state}"
            );
        }
        assert!(!session(b"").is_login());
    }

    #[test]
    fn every_truncation_is_survived() {
        for end in 0..SSH.len() {
            let _ = session(&SSH[..end]);
        }
        assert_eq!(
            session(b"LEADER=-1\nUID=99999999999\nREALTIME=x").leader,
            None
        );
    }
}
