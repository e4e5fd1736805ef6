//! Users of processes on systems where users have no numbers.

use std::collections::HashMap;
use std::ffi::{OsStr, OsString};

use oslens::process::{Pid, ProcessRow};
use oslens::{Host, Unavailable};

use crate::cell::Missing;
use crate::platform;

/// The accounts that processes run as, each asked for once.
#[derive(Debug, Default)]
pub(crate) struct Accounts(HashMap<Pid, Result<Option<OsString>, Missing>>);

impl Accounts {
    /// Looks up the account of this process, if its user was asked for and
    /// has no number.
    pub(crate) fn look_up(&mut self, host: &Host, row: &ProcessRow) {
        if row.effective_uid == Err(Unavailable::Unsupported) {
            self.0
                .entry(row.pid)
                .or_insert_with(|| platform::account(&host.process_from_id(row.id())));
        }
    }

    /// The account, `None` where it has no name.
    pub(crate) fn of(&self, pid: Pid) -> Result<Option<&OsStr>, Missing> {
        match self.0.get(&pid) {
            Some(Ok(name)) => Ok(name.as_deref()),
            Some(Err(why)) => Err(*why),
            None => Err(Missing::Unsupported),
        }
    }

    /// Whether the process runs as this account: `name` or `DOMAIN\name`, in
    /// any case.
    pub(crate) fn is(&self, pid: Pid, user: &OsStr) -> bool {
        self.of(pid)
            .is_ok_and(|name| name.is_some_and(|name| is_named(name, user)))
    }
}

/// Names of accounts are the same in capitals.
pub(crate) fn is_named(account: &OsStr, user: &OsStr) -> bool {
    let account = account.to_string_lossy().to_lowercase();
    let user = user.to_string_lossy().to_lowercase();
    let own = account
        .rsplit_once('\\')
        .map_or(&*account, |(_, name)| name);
    account == user || own == user
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_is_found_with_and_without_its_domain() {
        let is = |user: &str| is_named(OsStr::new(r"HERE\Zoë"), OsStr::new(user));
        assert!(is("Zoë") && is("zOË") && is(r"here\zoë"));
        assert!(!is("here") && !is(r"there\zoë") && !is(""));
    }
}
