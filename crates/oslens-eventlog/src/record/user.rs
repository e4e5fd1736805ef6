//! On whose behalf an event happened.

use std::fmt;

/// An account, as records keep it: by its security identifier.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct User {
    /// The identifier in its written form, `S-1-5-18`.
    pub sid: String,
}

impl User {
    /// The account with this identifier, `S-1-5-18`.
    #[must_use]
    pub fn new(sid: impl Into<String>) -> Self {
        Self { sid: sid.into() }
    }

    /// The account's name, `DOMAIN\name`. `None` where this machine cannot
    /// tell: the account of another machine, or one that was deleted.
    ///
    /// # Platform
    ///
    /// Outside Windows only the accounts that every Windows has are known,
    /// by their English names.
    ///
    /// # Cost
    ///
    /// The system may ask a domain controller, which can take seconds: ask
    /// once for each account, not once for each record.
    ///
    /// ```no_run
    /// # fn show(user: &oslens_eventlog::User) {
    /// println!("{}", user.account().unwrap_or_else(|| user.sid.clone()));
    /// # }
    /// ```
    #[must_use]
    pub fn account(&self) -> Option<String> {
        crate::sys::account(&self.sid).or_else(|| well_known(&self.sid).map(str::to_owned))
    }
}

impl fmt::Display for User {
    /// The identifier.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.sid)
    }
}

/// The accounts that every Windows has.
fn well_known(sid: &str) -> Option<&'static str> {
    Some(match sid {
        "S-1-0-0" => "NULL SID",
        "S-1-1-0" => "Everyone",
        "S-1-5-7" => r"NT AUTHORITY\ANONYMOUS LOGON",
        "S-1-5-11" => r"NT AUTHORITY\Authenticated Users",
        "S-1-5-18" => r"NT AUTHORITY\SYSTEM",
        "S-1-5-19" => r"NT AUTHORITY\LOCAL SERVICE",
        "S-1-5-20" => r"NT AUTHORITY\NETWORK SERVICE",
        "S-1-5-32-544" => r"BUILTIN\Administrators",
        "S-1-5-32-545" => r"BUILTIN\Users",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_system_has_a_name_everywhere() {
        let name = User::new("S-1-5-18").account().unwrap();
        assert!(name.contains("SYSTEM") || cfg!(windows), "{name}");
        assert_eq!(User::new("S-1-5-21-1-2-3-424242").account(), None);
    }
}
