//! One event, to be reported.

use crate::{
    Error, ErrorKind, Result,
    message::{Message, Severity},
};

/// The longest string of an event, in units of UTF-16.
pub const MOST_TEXT: usize = 31_839;
/// How many strings an event has at most.
pub const MOST_STRINGS: usize = 256;
/// The bytes that an event has at most beside its strings.
pub const MOST_DATA: usize = 61_440;

/// How long an event is at most, in bytes: a record of the log has 64 KiB,
/// with the names of source and machine, for which room is left.
const MOST: usize = (64 << 10) - 1024;

/// An event: which message, with which strings, and what else is known of it.
///
/// # Examples
///
/// ```
/// use oslens_eventlog::{Event, message::generic};
///
/// let event = generic::ERROR.with(["Volume C: is full."]).data([1, 2, 3]);
/// assert!(event.check().is_ok());
/// // Or by numbers.
/// let event = Event::new(oslens_eventlog::message::Severity::Warning, 0x8000_0007).string("C:");
/// assert_eq!(event.texts(), ["C:"]);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Event {
    severity: Severity,
    id: u32,
    category: u16,
    strings: Vec<String>,
    data: Vec<u8>,
    sid: Option<Vec<u8>>,
}

impl Event {
    /// An event that is so grave, with the whole number of its message.
    #[must_use]
    pub fn new(severity: Severity, id: u32) -> Self {
        Self {
            severity,
            id,
            category: 0,
            strings: Vec::new(),
            data: Vec::new(),
            sid: None,
        }
    }

    /// One more string.
    ///
    /// The system's viewers look for places of strings in strings, too: what
    /// has a per cent sign and a number, as the address `fe80::1%3`, may be
    /// shown with another string there.
    #[must_use]
    pub fn string(mut self, string: impl Into<String>) -> Self {
        self.strings.push(string.into());
        self
    }

    /// These strings, behind those that it has.
    #[must_use]
    pub fn strings<S: Into<String>>(mut self, strings: impl IntoIterator<Item = S>) -> Self {
        self.strings.extend(strings.into_iter().map(Into::into));
        self
    }

    /// Of this category of the source; 0 is none.
    #[must_use]
    pub fn category(mut self, category: u16) -> Self {
        self.category = category;
        self
    }

    /// With these bytes, whose meaning is the source's own.
    #[must_use]
    pub fn data(mut self, data: impl Into<Vec<u8>>) -> Self {
        self.data = data.into();
        self
    }

    /// On behalf of the user with this security identifier, in its binary
    /// form.
    #[must_use]
    pub fn sid(mut self, sid: impl Into<Vec<u8>>) -> Self {
        self.sid = Some(sid.into());
        self
    }

    /// On behalf of the user with this security identifier, in its written
    /// form: `S-1-5-18`. One that is none is refused by [`Event::check`].
    ///
    /// # Examples
    ///
    /// ```
    /// use oslens_eventlog::message::generic;
    ///
    /// let event = generic::ERROR.with(["It is too late."]).user("S-1-5-18");
    /// assert_eq!(event.user_sid(), Some(&[1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0][..]));
    /// ```
    #[must_use]
    pub fn user(self, sid: &str) -> Self {
        self.sid(parse_sid(sid).unwrap_or_default())
    }

    /// How grave it is.
    #[must_use]
    pub fn severity(&self) -> Severity {
        self.severity
    }

    /// The whole number of its message.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.id
    }

    /// The number of its category, 0 for none.
    #[must_use]
    pub fn category_number(&self) -> u16 {
        self.category
    }

    /// Its strings.
    #[must_use]
    pub fn texts(&self) -> &[String] {
        &self.strings
    }

    /// Its bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.data
    }

    /// The security identifier of the user.
    #[must_use]
    pub fn user_sid(&self) -> Option<&[u8]> {
        self.sid.as_deref()
    }

    /// Whether the log takes it. Reporting does that itself.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidInput`]: more than [`MOST_STRINGS`] strings, one of
    /// more than [`MOST_TEXT`] units of UTF-16 or with a NUL, more than
    /// [`MOST_DATA`] bytes, more than 63 KiB in all, or a security identifier
    /// that is none. The system refuses all that with numbers that say nothing
    /// of lengths, others in each version.
    pub fn check(&self) -> Result<()> {
        let refuse = |why: String| Err(Error::message(ErrorKind::InvalidInput, why));
        if self.strings.len() > MOST_STRINGS {
            let count = self.strings.len();
            return refuse(format!(
                "an event with {count} strings: {MOST_STRINGS} is the most"
            ));
        }
        // The fixed part of a record.
        let mut total = 56;
        for (number, string) in (1..).zip(&self.strings) {
            let length = string.encode_utf16().count();
            if length > MOST_TEXT {
                return refuse(format!(
                    "string {number} of an event has {length} characters: {MOST_TEXT} is the most"
                ));
            }
            if string.contains('\0') {
                return refuse(format!("string {number} of an event has a NUL"));
            }
            total += (length + 1) * 2;
        }
        if self.data.len() > MOST_DATA {
            let length = self.data.len();
            return refuse(format!(
                "an event with {length} bytes of data: {MOST_DATA} is the most"
            ));
        }
        total += self.data.len();
        if let Some(sid) = &self.sid {
            if !is_sid(sid) {
                return refuse(
                    "what an event has as its user is no security identifier".to_owned(),
                );
            }
            total += sid.len();
        }
        if total > MOST {
            return refuse(format!(
                "an event of {total} bytes in all: {MOST} is the most"
            ));
        }
        Ok(())
    }
}

/// Whether these bytes are one whole security identifier: the revision, how
/// many numbers there are, an authority of six bytes, and the numbers.
fn is_sid(bytes: &[u8]) -> bool {
    match bytes {
        [1, count @ 0..=15, rest @ ..] => rest.len() == 6 + 4 * usize::from(*count),
        _ => false,
    }
}

/// The binary form of a security identifier.
fn parse_sid(text: &str) -> Option<Vec<u8>> {
    let rest = text.strip_prefix("S-1-").or(text.strip_prefix("s-1-"))?;
    // Numbers of Rust may begin with a plus.
    if rest.contains('+') {
        return None;
    }
    let mut parts = rest.split('-');
    let authority = parts.next()?;
    // A large authority is written in sixteens.
    let authority = match authority.strip_prefix("0x") {
        Some(hex) => u64::from_str_radix(hex, 16).ok()?,
        None => authority.parse().ok()?,
    };
    let [0, 0, authority @ ..] = authority.to_be_bytes() else {
        return None;
    };
    let numbers: Vec<u32> = parts.map(|part| part.parse().ok()).collect::<Option<_>>()?;
    let count = u8::try_from(numbers.len()).ok()?;
    let mut bytes = vec![1, count];
    bytes.extend(authority);
    bytes.extend(numbers.into_iter().flat_map(u32::to_le_bytes));
    is_sid(&bytes).then_some(bytes)
}

impl Message {
    /// An event with this message, and these strings for it; as grave as the
    /// message's number says.
    ///
    /// # Examples
    ///
    /// ```
    /// use oslens_eventlog::message::generic;
    ///
    /// let event = generic::SERVICE_STARTED.with(["Spooler", ""]);
    /// assert_eq!(event.id(), 0x4000_1002);
    /// ```
    #[must_use]
    pub fn with<S: Into<String>>(&self, strings: impl IntoIterator<Item = S>) -> Event {
        Event::new(self.severity(), self.id()).strings(strings)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event() -> Event {
        Event::new(Severity::Error, 0xc000_0001)
    }

    fn refused(event: &Event) -> String {
        let error = event.check().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        error.to_string()
    }

    #[test]
    fn every_limit_is_named() {
        assert!(event().check().is_ok());
        assert!(event().string("x".repeat(MOST_TEXT)).check().is_ok());
        let error = refused(&event().string("x".repeat(MOST_TEXT + 1)));
        assert!(
            error.contains("31840") && error.contains("31839"),
            "{error}"
        );
        // Units, not characters.
        let error = refused(&event().string("\u{1f600}".repeat(MOST_TEXT / 2 + 1)));
        assert!(error.contains("31840"), "{error}");
        assert!(event().strings([""; 256]).check().is_ok());
        let error = refused(&event().strings([""; 257]));
        assert!(error.contains("257"), "{error}");
        assert!(event().data([0; MOST_DATA]).check().is_ok());
        let error = refused(&event().data([0; MOST_DATA + 1]));
        assert!(error.contains("61441"), "{error}");
        let both = event().string("x".repeat(20_000)).data([0; 30_000]);
        assert!(refused(&both).contains("in all"));
        let error = refused(&event().strings(["a", "b\0c"]));
        assert!(error.contains("string 2"), "{error}");
    }

    #[test]
    fn a_user_is_a_whole_identifier() {
        // S-1-5-18.
        let system = [1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0];
        assert!(event().sid(system).check().is_ok());
        for length in 0..system.len() {
            refused(&event().sid(&system[..length]));
        }
        for text in ["S-1-5-21-1-2-3-1001", "S-1-0x100000000000-7", "S-1-1-0"] {
            assert!(event().user(text).check().is_ok(), "{text}");
        }
        for text in [
            "",
            "S-1-",
            "S-2-5-18",
            "S-1-5-x",
            "S-1-+5-18",
            "S-1-0x+5-18",
            "S-1-5-+18",
            "S-1-5-4294967296",
            "S-1-0x1000000000000-1",
            "S-1-5-1-2-3-4-5-6-7-8-9-10-11-12-13-14-15-16",
            "BUILTIN",
        ] {
            refused(&event().user(text));
        }
        refused(&event().sid([2, 0, 0, 0, 0, 0, 0, 5]));
        refused(&event().sid([1; 8 + 4 * 16]));
    }
}
