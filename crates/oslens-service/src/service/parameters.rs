//! What a service keeps beside its configuration.

use std::ffi::OsString;

use super::Service;
use crate::Result;

/// A value that a service keeps beside its configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Parameter {
    /// A text; names of variables in it, `%SystemRoot%`, stay as they are.
    Text(OsString),
    /// Texts, none of them empty.
    Texts(Vec<OsString>),
    /// A number of 32 bits.
    Number(u32),
    /// A number of 64 bits.
    Long(u64),
    /// Bytes.
    Bytes(Vec<u8>),
}

impl Service {
    /// The parameter with this name; `None` where there is none.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`](crate::ErrorKind::NotFound) where there is no
    /// such service, [`ErrorKind::AccessDenied`](crate::ErrorKind::AccessDenied),
    /// [`ErrorKind::Malformed`](crate::ErrorKind::Malformed) for a kind of
    /// value that is none of [`Parameter`];
    /// [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) for another
    /// machine.
    ///
    /// # Platform
    ///
    /// Windows: the values of the key `Parameters` below that of the service
    /// in the registry.
    ///
    /// # Cost
    ///
    /// Four calls.
    pub fn parameter(&self, name: &str) -> Result<Option<Parameter>> {
        self.existing()?;
        self.scm
            .parameter(&self.name, name)
            .map_err(|error| error.of(&self.name))
    }

    /// Sets the parameter with this name; `None` takes it away.
    ///
    /// A service that runs learns of it when it is told so:
    /// [`Control::PARAM_CHANGE`](crate::Control::PARAM_CHANGE).
    ///
    /// # Errors
    ///
    /// As [`parameter`](Self::parameter);
    /// [`ErrorKind::InvalidInput`](crate::ErrorKind::InvalidInput) for text
    /// with a NUL.
    ///
    /// # Platform
    ///
    /// As [`parameter`](Self::parameter).
    ///
    /// # Cost
    ///
    /// Four calls.
    pub fn set_parameter(&self, name: &str, value: Option<&Parameter>) -> Result<()> {
        self.existing()?;
        self.scm
            .set_parameter(&self.name, name, value)
            .map_err(|error| error.of(&self.name))
    }

    /// That there is such a service: a key for none must not be made.
    fn existing(&self) -> Result<()> {
        self.display_name().map(drop)
    }
}
