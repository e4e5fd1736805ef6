//! Who a service runs as.

use std::{ffi::OsString, fmt, hint};

/// Who a service runs as.
///
/// ```
/// use oslens_service::{Account, Password};
///
/// let account = Account::User {
///     name: r".\backup".into(),
///     password: Some(Password::new("secret")),
/// };
/// assert!(!format!("{account:?}").contains("secret"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Account {
    /// The system itself, which may do anything.
    LocalSystem,
    /// Nobody much: as a user without privileges, anonymous on the network.
    LocalService,
    /// As `LocalService`, and on the network the machine itself.
    NetworkService,
    /// An account of the service's own, `NT SERVICE\name`, that needs no
    /// password.
    Virtual,
    /// A user.
    User {
        /// `DOMAIN\name`, or `.\name` for an account of this machine. A
        /// managed account ends with `$` and has no password here.
        name: OsString,
        /// Its password; needed to install, not to keep an account.
        password: Option<Password>,
    },
}

impl Account {
    /// The account as the system takes it, for this service.
    #[allow(dead_code)] // Not on every system.
    pub(crate) fn name(&self, service: &std::ffi::OsStr) -> OsString {
        match self {
            Self::LocalSystem => "LocalSystem".into(),
            Self::LocalService => r"NT AUTHORITY\LocalService".into(),
            Self::NetworkService => r"NT AUTHORITY\NetworkService".into(),
            Self::Virtual => {
                let mut name = OsString::from(r"NT SERVICE\");
                name.push(service);
                name
            }
            Self::User { name, .. } => name.clone(),
        }
    }

    #[allow(dead_code)] // Not on every system.
    pub(crate) fn password(&self) -> Option<&Password> {
        match self {
            Self::User { password, .. } => password.as_ref(),
            _ => None,
        }
    }
}

/// A password: never shown, and wiped from memory when it is dropped.
///
/// Read it from a terminal or from standard input: arguments and variables of
/// the environment are seen by others.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(OsString);

impl Password {
    /// Keeps this password; text that is moved in is not copied.
    #[must_use]
    pub fn new(password: impl Into<OsString>) -> Self {
        Self(password.into())
    }

    /// The password.
    #[allow(dead_code)] // Not on every system.
    pub(crate) fn reveal(&self) -> &std::ffi::OsStr {
        &self.0
    }
}

impl Drop for Password {
    fn drop(&mut self) {
        let mut bytes = std::mem::take(&mut self.0).into_encoded_bytes();
        bytes.fill(0);
        // So that writing what nobody reads is not left out.
        hint::black_box(&bytes);
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

#[cfg(test)]
mod tests {
    use std::ffi::OsStr;

    use super::*;

    #[test]
    fn a_password_is_never_shown() {
        let account = Account::User {
            name: "a".into(),
            password: Some(Password::new("hunter2")),
        };
        assert!(!format!("{account:#?}").contains("hunter2"));
        assert_eq!(account.password().unwrap().reveal(), "hunter2");
    }

    #[test]
    fn an_account_of_its_own_is_named_after_the_service() {
        assert_eq!(Account::Virtual.name(OsStr::new("x")), r"NT SERVICE\x");
        assert_eq!(Account::LocalSystem.name(OsStr::new("x")), "LocalSystem");
        assert!(Account::Virtual.password().is_none());
    }
}
