//! Numbers of 128 bits that name things of Windows.

use std::{fmt, str::FromStr};

use crate::{Error, ErrorKind};

/// A number of 128 bits that names something of Windows.
///
/// ```
/// use oslens_service::Guid;
///
/// let guid: Guid = "{1ce20aba-9851-4421-9430-1ddeb766e809}".parse()?;
/// assert_eq!(guid, Guid::from_u128(0x1ce20aba_9851_4421_9430_1ddeb766e809));
/// # Ok::<(), oslens_service::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "String", into = "String"))]
pub struct Guid(u128);

impl Guid {
    /// From its digits as they are written.
    #[must_use]
    pub const fn from_u128(number: u128) -> Self {
        Self(number)
    }

    /// Its digits as they are written.
    #[must_use]
    pub const fn as_u128(self) -> u128 {
        self.0
    }

    /// From memory as the system lays it out: the first three parts with
    /// their lowest byte first.
    pub(crate) const fn from_memory(bytes: [u8; 16]) -> Self {
        let [a0, a1, a2, a3, b0, b1, c0, c1, d @ ..] = bytes;
        let [d0, d1, d2, d3, d4, d5, d6, d7] = d;
        Self(u128::from_be_bytes([
            a3, a2, a1, a0, b1, b0, c1, c0, d0, d1, d2, d3, d4, d5, d6, d7,
        ]))
    }
}

impl fmt::Display for Guid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = self.0;
        write!(
            f,
            "{{{:08x}-{:04x}-{:04x}-{:04x}-{:012x}}}",
            number >> 96,
            number >> 80 & 0xffff,
            number >> 64 & 0xffff,
            number >> 48 & 0xffff,
            number & 0xffff_ffff_ffff
        )
    }
}

impl fmt::Debug for Guid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Guid {
    type Err = Error;

    /// From its usual form, with or without braces.
    fn from_str(text: &str) -> Result<Self, Error> {
        let bare = text
            .strip_prefix('{')
            .and_then(|text| text.strip_suffix('}'))
            .unwrap_or(text);
        let parts: Vec<&str> = bare.split('-').collect();
        let lengths: Vec<usize> = parts.iter().map(|part| part.len()).collect();
        let digits = parts.concat();
        if lengths == [8, 4, 4, 4, 12] && digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            if let Ok(number) = u128::from_str_radix(&digits, 16) {
                return Ok(Self(number));
            }
        }
        Err(Error::message(
            ErrorKind::InvalidInput,
            format!("{text:?} is no GUID"),
        ))
    }
}

impl TryFrom<String> for Guid {
    type Error = Error;

    fn try_from(text: String) -> Result<Self, Error> {
        text.parse()
    }
}

impl From<Guid> for String {
    fn from(guid: Guid) -> Self {
        guid.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_memory_give_the_same_guid() {
        let guid = Guid::from_u128(0x1ce20aba_9851_4421_9430_1ddeb766e809);
        let text = "{1ce20aba-9851-4421-9430-1ddeb766e809}";
        assert_eq!(guid.to_string(), text);
        assert_eq!(text.parse::<Guid>().unwrap(), guid);
        assert_eq!(text.to_uppercase().parse::<Guid>().unwrap(), guid);
        assert_eq!(text[1..37].parse::<Guid>().unwrap(), guid);
        let memory = [
            0xba, 0x0a, 0xe2, 0x1c, 0x51, 0x98, 0x21, 0x44, 0x94, 0x30, 0x1d, 0xde, 0xb7, 0x66,
            0xe8, 0x09,
        ];
        assert_eq!(Guid::from_memory(memory), guid);
    }

    #[test]
    fn what_is_no_guid_is_refused() {
        for text in [
            "",
            "{}",
            "1ce20aba98514421943001ddeb766e809",
            "{1ce20aba-9851-4421-9430-1ddeb766e80}",
            "{+ce20aba-9851-4421-9430-1ddeb766e809}",
        ] {
            assert!(text.parse::<Guid>().is_err(), "{text}");
        }
    }
}
