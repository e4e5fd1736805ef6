//! The 128-bit names of Windows.

use std::{fmt, str::FromStr};

/// The 128-bit name of something of Windows: a provider of events or
/// counters, an interface, an activity.
///
/// For a name of your own make one with `uuidgen`, once, and keep it as long
/// as it means the same: what is installed under it is found under it again.
///
/// ```
/// use oslens_win32::Guid;
///
/// const PROVIDER: Guid = Guid::from_u128(0x6f2e1b0c_9d34_4a7e_8c51_0b7d2f6a1e93);
/// assert_eq!(PROVIDER.to_string(), "{6f2e1b0c-9d34-4a7e-8c51-0b7d2f6a1e93}");
/// assert_eq!("6F2E1B0C-9D34-4A7E-8C51-0B7D2F6A1E93".parse(), Ok(PROVIDER));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Guid(u128);

/// A text that is no [`Guid`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseGuidError(());

impl Guid {
    /// The one with these digits, in the order in which it is written.
    #[must_use]
    pub const fn from_u128(digits: u128) -> Self {
        Self(digits)
    }

    /// The digits, in the order in which it is written.
    #[must_use]
    pub const fn to_u128(self) -> u128 {
        self.0
    }

    /// Whether all digits are zero: the name of nothing.
    #[must_use]
    pub const fn is_nil(self) -> bool {
        self.0 == 0
    }

    /// From the 16 bytes of the structure of Windows: three numbers with their
    /// lowest byte first, then eight bytes in order.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        let [a, b, c, d, e, f, g, h, rest @ ..] = bytes;
        let [i, j, k, l, m, n, o, p] = rest;
        Self(u128::from_be_bytes([
            d, c, b, a, f, e, h, g, i, j, k, l, m, n, o, p,
        ]))
    }

    /// The 16 bytes of the structure of Windows: three numbers with their
    /// lowest byte first, then eight bytes in order.
    #[must_use]
    pub const fn to_bytes(self) -> [u8; 16] {
        // To swap twice is to leave as it was.
        Self::from_bytes(self.0.to_be_bytes()).0.to_be_bytes()
    }

    /// A name below this one: always the same for the same text, another for
    /// another.
    ///
    /// For counter sets that were never given one, as in definitions of the
    /// old kind. A UUID of version 8 (RFC 9562) from a hash that is not
    /// cryptographic.
    #[must_use]
    pub fn derive(self, text: &str) -> Self {
        // FNV-1a with 128 bits.
        const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;
        let mut hash: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
        for byte in self.0.to_be_bytes().into_iter().chain(text.bytes()) {
            hash = (hash ^ u128::from(byte)).wrapping_mul(PRIME);
        }
        let version = hash & !(0xf << 76) | 8 << 76;
        Self(version & !(0b11 << 62) | 0b10 << 62)
    }
}

impl fmt::Display for Guid {
    /// As the registry and manifests have it: `{8-4-4-4-12}` digits.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = format!("{:032x}", self.0);
        let part = |from, to| digits.get(from..to).unwrap_or_default();
        write!(
            f,
            "{{{}-{}-{}-{}-{}}}",
            part(0, 8),
            part(8, 12),
            part(12, 16),
            part(16, 20),
            part(20, 32)
        )
    }
}

impl fmt::Debug for Guid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Guid {
    type Err = ParseGuidError;

    /// With braces or without them, digits of either case.
    fn from_str(text: &str) -> Result<Self, ParseGuidError> {
        let inner = match text.strip_prefix('{') {
            Some(rest) => rest.strip_suffix('}').ok_or(ParseGuidError(()))?,
            None => text,
        };
        let mut digits = 0;
        let mut lengths = [8, 4, 4, 4, 12].into_iter();
        for part in inner.split('-') {
            let length = lengths.next().ok_or(ParseGuidError(()))?;
            if part.len() != length || !part.bytes().all(|digit| digit.is_ascii_hexdigit()) {
                return Err(ParseGuidError(()));
            }
            let value = u128::from_str_radix(part, 16).map_err(|_| ParseGuidError(()))?;
            digits = digits << (4 * length) | value;
        }
        match lengths.next() {
            None => Ok(Self(digits)),
            Some(_) => Err(ParseGuidError(())),
        }
    }
}

// As text: few formats have numbers of 128 bits.
#[cfg(feature = "serde")]
impl serde::Serialize for Guid {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(feature = "serde")]
impl<'de> serde::Deserialize<'de> for Guid {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <String as serde::Deserialize>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl fmt::Display for ParseGuidError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a GUID: 32 hexadecimal digits in groups of 8-4-4-4-12")
    }
}

impl std::error::Error for ParseGuidError {}

#[cfg(test)]
mod tests {
    use super::*;

    const ODD: Guid = Guid::from_u128(0x0123_4567_89ab_cdef_0011_2233_4455_6677);

    #[test]
    fn a_guid_comes_back_from_its_text() {
        let text = "{01234567-89ab-cdef-0011-223344556677}";
        assert_eq!(ODD.to_string(), text);
        assert_eq!(text.parse(), Ok(ODD));
        assert_eq!("01234567-89AB-CDEF-0011-223344556677".parse(), Ok(ODD));
        for wrong in [
            "",
            "{}",
            "{01234567-89ab-cdef-0011-223344556677",
            "01234567-89ab-cdef-0011-223344556677}",
            "01234567-89ab-cdef-0011-22334455667",
            "01234567-89ab-cdef-0011-2233445566777",
            "01234567-89ab-cdef-0011",
            "01234567-89ab-cdef-0011-223344556677-",
            "+1234567-89ab-cdef-0011-223344556677",
            "0123456789abcdef0011223344556677",
            "01234567-89äb-cdef-0011-22334455667",
        ] {
            assert!(wrong.parse::<Guid>().is_err(), "{wrong}");
        }
    }

    #[cfg(feature = "serde")]
    #[test]
    fn a_guid_is_written_as_text() {
        use serde::{Deserialize as _, de::IntoDeserializer as _};

        type Deserializer<'a> = serde::de::value::StrDeserializer<'a, serde::de::value::Error>;

        let text: Deserializer<'_> = "{01234567-89ab-cdef-0011-223344556677}".into_deserializer();
        assert_eq!(Guid::deserialize(text), Ok(ODD));
        let none: Deserializer<'_> = "{01234567}".into_deserializer();
        assert!(Guid::deserialize(none).is_err());
    }

    #[test]
    fn the_bytes_are_those_of_the_structure() {
        assert_eq!(
            ODD.to_bytes(),
            [
                0x67, 0x45, 0x23, 0x01, 0xab, 0x89, 0xef, 0xcd, 0x00, 0x11, 0x22, 0x33, 0x44, 0x55,
                0x66, 0x77
            ]
        );
        assert_eq!(Guid::from_bytes(ODD.to_bytes()), ODD);
    }

    #[test]
    fn derived_guids_differ_by_their_text_and_stay_the_same() {
        let one = ODD.derive("one");
        assert_eq!(one, ODD.derive("one"));
        assert_ne!(one, ODD.derive("two"));
        assert_ne!(one, one.derive("one"));
        let text = one.to_string();
        assert_eq!(text.as_bytes()[15], b'8', "{text}");
        assert!(b"89ab".contains(&text.as_bytes()[20]), "{text}");
        // Installed counters are found by it: it may never change.
        assert_eq!(text, "{e8e0d88f-7603-8e4b-99ec-5b0d682f7aa7}");
    }
}
