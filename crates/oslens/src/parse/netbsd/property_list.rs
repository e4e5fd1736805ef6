//! Property lists in XML, as proplib of NetBSD writes them.

use std::borrow::Cow;

use crate::parse::Malformed;

/// How deep lists may stand in lists. The kernel's are three deep.
const DEEPEST: usize = 16;

const END: Malformed = Malformed("the end of an element");

/// A value in a property list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value<'a> {
    /// Values with names.
    Dictionary(Vec<(Cow<'a, [u8]>, Value<'a>)>),
    /// Values in a row.
    Array(Vec<Value<'a>>),
    /// A number.
    Number(i128),
    /// Text.
    Text(Cow<'a, [u8]>),
    /// Yes or no.
    Truth(bool),
    /// Bytes, which nobody needs.
    Data,
}

impl<'a> Value<'a> {
    /// The value with this name in a dictionary.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Self> {
        self.entries()
            .iter()
            .find_map(|(key, value)| (key.as_ref() == name.as_bytes()).then_some(value))
    }

    /// What is in a dictionary.
    #[must_use]
    pub fn entries(&self) -> &[(Cow<'a, [u8]>, Self)] {
        match self {
            Self::Dictionary(entries) => entries,
            _ => &[],
        }
    }

    /// What is in an array.
    #[must_use]
    pub fn items(&self) -> &[Self] {
        match self {
            Self::Array(items) => items,
            _ => &[],
        }
    }

    /// The number that it is.
    #[must_use]
    pub fn number(&self) -> Option<i64> {
        match self {
            Self::Number(number) => i64::try_from(*number).ok(),
            _ => None,
        }
    }

    /// The text that it is.
    #[must_use]
    pub fn text(&self) -> Option<&[u8]> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }
}

/// The value of a property list, which may end with a NUL.
///
/// # Errors
///
/// When it is none.
pub fn property_list(list: &[u8]) -> Result<Value<'_>, Malformed> {
    let mut text = Rest(list.split(|&byte| byte == 0).next().unwrap_or_default());
    loop {
        match text.tag()? {
            // The declarations before.
            tag if tag.starts_with(b"?") || tag.starts_with(b"!") => {}
            tag if name_of(tag) == b"plist" => break,
            _ => return Err(Malformed("a property list")),
        }
    }
    let tag = text.tag()?;
    let value = value(tag, &mut text, DEEPEST)?;
    match text.tag()? {
        b"/plist" => Ok(value),
        _ => Err(END),
    }
}

/// What has not been read.
struct Rest<'a>(&'a [u8]);

impl<'a> Rest<'a> {
    /// Up to this byte, which is skipped.
    fn until(&mut self, byte: u8) -> Result<&'a [u8], Malformed> {
        let end = memchr::memchr(byte, self.0).ok_or(END)?;
        let (before, after) = self.0.split_at_checked(end).ok_or(END)?;
        self.0 = after.get(1..).unwrap_or_default();
        Ok(before)
    }

    /// What stands between the next angle brackets. There may be white space
    /// and comments before them, and nothing else.
    fn tag(&mut self) -> Result<&'a [u8], Malformed> {
        loop {
            if !self.until(b'<')?.trim_ascii().is_empty() {
                return Err(Malformed("an element"));
            }
            let Some(comment) = self.0.strip_prefix(b"!--") else {
                return self.until(b'>');
            };
            let end = memchr::memmem::find(comment, b"-->").ok_or(END)?;
            self.0 = comment.get(end + 3..).unwrap_or_default();
        }
    }

    /// The text of the element that has just begun.
    fn content(&mut self, name: &[u8]) -> Result<Cow<'a, [u8]>, Malformed> {
        let content = self.until(b'<')?;
        match self.until(b'>')?.strip_prefix(b"/") {
            Some(end) if end == name => plain(content),
            _ => Err(END),
        }
    }
}

/// A tag without its attributes.
fn name_of(tag: &[u8]) -> &[u8] {
    tag.split(u8::is_ascii_whitespace)
        .next()
        .unwrap_or_default()
}

/// The value that begins with this tag.
fn value<'a>(tag: &'a [u8], rest: &mut Rest<'a>, deeper: usize) -> Result<Value<'a>, Malformed> {
    let deeper = deeper
        .checked_sub(1)
        .ok_or(Malformed("fewer lists in lists"))?;
    if let Some(empty) = tag.strip_suffix(b"/") {
        return match name_of(empty) {
            b"true" => Ok(Value::Truth(true)),
            b"false" => Ok(Value::Truth(false)),
            b"dict" => Ok(Value::Dictionary(Vec::new())),
            b"array" => Ok(Value::Array(Vec::new())),
            b"string" => Ok(Value::Text(Cow::Borrowed(b""))),
            b"data" => Ok(Value::Data),
            _ => Err(Malformed("a known element")),
        };
    }
    match name_of(tag) {
        b"dict" => {
            let mut entries = Vec::new();
            loop {
                match rest.tag()? {
                    b"/dict" => return Ok(Value::Dictionary(entries)),
                    b"key" => {
                        let key = rest.content(b"key")?;
                        let tag = rest.tag()?;
                        entries.push((key, value(tag, rest, deeper)?));
                    }
                    _ => return Err(Malformed("a key")),
                }
            }
        }
        b"array" => {
            let mut items = Vec::new();
            loop {
                match rest.tag()? {
                    b"/array" => return Ok(Value::Array(items)),
                    tag => items.push(value(tag, rest, deeper)?),
                }
            }
        }
        b"integer" => {
            let content = rest.content(b"integer")?;
            number(&content)
                .map(Value::Number)
                .ok_or(Malformed("a number"))
        }
        b"string" => rest.content(b"string").map(Value::Text),
        b"data" => rest.content(b"data").map(|_| Value::Data),
        _ => Err(Malformed("a known element")),
    }
}

/// Numbers that are never negative are written in base 16.
fn number(content: &[u8]) -> Option<i128> {
    let text = std::str::from_utf8(content.trim_ascii()).ok()?;
    match text.strip_prefix("0x") {
        Some(digits) => u64::from_str_radix(digits, 16).ok().map(i128::from),
        None => text
            .parse::<i64>()
            .map(i128::from)
            .or_else(|_| text.parse::<u64>().map(i128::from))
            .ok(),
    }
}

/// Text without the words that stand for what XML needs itself.
fn plain(content: &[u8]) -> Result<Cow<'_, [u8]>, Malformed> {
    if memchr::memchr(b'&', content).is_none() {
        return Ok(Cow::Borrowed(content));
    }
    let mut rest = Rest(content);
    let mut text = Vec::with_capacity(content.len());
    while let Ok(before) = rest.until(b'&') {
        text.extend_from_slice(before);
        text.push(match rest.until(b';')? {
            b"amp" => b'&',
            b"lt" => b'<',
            b"gt" => b'>',
            b"quot" => b'"',
            b"apos" => b'\'',
            _ => return Err(Malformed("a known entity")),
        });
    }
    text.extend_from_slice(rest.0);
    Ok(Cow::Owned(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!DOCTYPE plist PUBLIC \
        \"-//Apple Computer//DTD PLIST 1.0//EN\" \
        \"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">\n<plist version=\"1.0\">\n";

    fn of(body: &str) -> Result<String, Malformed> {
        let list = format!("{HEAD}{body}\n</plist>\n\0");
        property_list(list.as_bytes()).map(|value| format!("{value:?}"))
    }

    #[test]
    fn values_of_all_kinds_are_read() {
        let list = format!(
            "{HEAD}<dict>\n\t<key>a &amp; b</key>\n\t<array>\n\t\t<integer>0x1e</integer>\n\
             <integer>-7</integer><integer>18446744073709551615</integer><true/><false/>\
             <string>x &lt;&gt;&quot;&apos;</string><string/><data>AAEC</data><dict/>\
             </array>\n</dict>\n</plist>"
        );
        let value = property_list(list.as_bytes()).unwrap();
        let items = value.get("a & b").unwrap().items();
        assert_eq!((items[0].number(), items[1].number()), (Some(30), Some(-7)));
        assert_eq!(
            (items[2].number(), &items[2]),
            (None, &Value::Number(u64::MAX.into()))
        );
        assert_eq!(
            (&items[3], &items[4]),
            (&Value::Truth(true), &Value::Truth(false))
        );
        assert_eq!(items[5].text(), Some(&b"x <>\"'"[..]));
        assert_eq!(items[6].text(), Some(&b""[..]));
        assert_eq!((&items[7], items[8].entries().len()), (&Value::Data, 0));
        assert_eq!(value.get("b"), None);
    }

    #[test]
    fn comments_stand_before_any_element() {
        let plain = of("<dict><key>a</key><array><true/></array></dict>");
        let body = "<!-- <dict> --><dict><!----><key>a</key> <!-- > -->\
            <array><true/><!-- - -- --></array><!-- x --></dict><!-- end -->";
        assert_eq!(of(body), plain);
        for bad in ["<!-- <true/>", "<!--><true/>", "<!-- --><!-->"] {
            assert!(of(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn what_is_no_list_is_refused() {
        for bad in [
            "",
            "<dict>",
            "<dict></array>",
            "<dict><integer>1</integer></dict>",
            "<dict><key>a</key></dict>",
            "<dict>text</dict>",
            "<integer>seven</integer>",
            "<integer>1</string>",
            "<string>&nbsp;</string>",
            "<string>&amp</string>",
            "<real>1</real>",
            "<string>a</string><string>b</string>",
        ] {
            assert!(of(bad).is_err(), "{bad}");
        }
        assert!(of("<true/>").is_ok());
        assert!(property_list(b"").is_err());
        assert!(property_list(b"<dict/>").is_err());
        let deep = |depth| format!("{}{}", "<array>".repeat(depth), "</array>".repeat(depth));
        assert!(of(&deep(16)).is_ok());
        assert!(of(&deep(17)).is_err());
        assert!(of(&"<array>".repeat(100_000)).is_err());
    }
}
