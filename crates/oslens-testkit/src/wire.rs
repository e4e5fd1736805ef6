//! How a test and a specimen talk: lines of percent-encoded words.

use std::collections::BTreeMap;
use std::ffi::OsString;

/// One word on the wire, without blanks and line ends.
pub fn encode(bytes: &[u8]) -> String {
    let mut word = String::with_capacity(bytes.len());
    for &byte in bytes {
        if byte.is_ascii_alphanumeric() || b"_./:,@+-[]".contains(&byte) {
            word.push(char::from(byte));
        } else {
            word.push_str(&format!("%{byte:02x}"));
        }
    }
    word
}

/// The bytes of one word.
///
/// # Panics
///
/// On a word that [`encode`] did not make.
pub fn decode(word: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(word.len());
    let mut rest = word.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        if byte == b'%' {
            let digits = std::str::from_utf8(&after[..2]).expect("ASCII digits");
            bytes.push(u8::from_str_radix(digits, 16).expect("hexadecimal digits"));
            rest = &after[2..];
        } else {
            bytes.push(byte);
            rest = after;
        }
    }
    bytes
}

/// A path or name from its bytes; on Windows from UTF-8.
///
/// # Panics
///
/// On Windows, when it is not.
pub fn os_string(bytes: Vec<u8>) -> OsString {
    #[cfg(unix)]
    return std::os::unix::ffi::OsStringExt::from_vec(bytes);
    #[cfg(windows)]
    return String::from_utf8(bytes).expect("UTF-8").into();
}

/// What a specimen answered: `key=value` words.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reply(BTreeMap<String, Vec<u8>>);

impl Reply {
    /// Adds an answer.
    #[must_use]
    pub fn with(mut self, key: &str, value: impl ToString) -> Self {
        self.0
            .insert(key.to_owned(), value.to_string().into_bytes());
        self
    }

    /// The line that carries the reply.
    pub fn line(&self) -> String {
        self.0.iter().fold("ok".to_owned(), |line, (key, value)| {
            format!("{line} {key}={}", encode(value))
        })
    }

    /// The reply of a line; `Err` is the reason the specimen gave.
    ///
    /// # Errors
    ///
    /// The reason why the specimen could not do it.
    pub fn parse(line: &str) -> Result<Self, String> {
        let mut words = line.trim_end_matches('\n').split(' ');
        match words.next() {
            Some("ok") => Ok(Self(
                words
                    .filter_map(|word| word.split_once('='))
                    .map(|(key, value)| (key.to_owned(), decode(value)))
                    .collect(),
            )),
            Some("err") => Err(words
                .map(|word| String::from_utf8_lossy(&decode(word)).into_owned())
                .collect::<Vec<_>>()
                .join(" ")),
            _ => Err(format!("the specimen ended or said {line:?}")),
        }
    }

    /// An answer as bytes.
    ///
    /// # Panics
    ///
    /// When the specimen gave no such answer.
    pub fn bytes(&self, key: &str) -> &[u8] {
        self.0
            .get(key)
            .unwrap_or_else(|| panic!("the specimen's reply has no {key}: {self:?}"))
    }

    /// An answer as a path or name.
    pub fn os(&self, key: &str) -> OsString {
        os_string(self.bytes(key).to_vec())
    }

    /// An answer as a number.
    ///
    /// # Panics
    ///
    /// When it is none.
    pub fn number(&self, key: &str) -> u64 {
        std::str::from_utf8(self.bytes(key))
            .ok()
            .and_then(|text| text.parse().ok())
            .unwrap_or_else(|| panic!("{key} is no number: {self:?}"))
    }

    /// An answer as an Internet address and port.
    ///
    /// # Panics
    ///
    /// When it is none.
    pub fn address(&self, key: &str) -> std::net::SocketAddr {
        std::str::from_utf8(self.bytes(key))
            .ok()
            .and_then(|text| text.parse().ok())
            .unwrap_or_else(|| panic!("{key} is no address: {self:?}"))
    }

    /// An answer as a list of PIDs.
    pub fn pids(&self, key: &str) -> Vec<u32> {
        String::from_utf8_lossy(self.bytes(key))
            .split(',')
            .filter_map(|pid| pid.parse().ok())
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{Reply, decode, encode};

    #[test]
    fn every_byte_survives_the_wire() {
        let all: Vec<u8> = (0..=255).collect();
        assert_eq!(decode(&encode(&all)), all);
        assert!(!encode(&all).contains([' ', '\n', '=', '\0']));
        let reply = Reply::default().with("pid", 7).with("path", "/a b\n=c");
        assert_eq!(Reply::parse(&reply.line()), Ok(reply));
    }
}
