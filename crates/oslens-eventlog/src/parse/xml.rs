//! Events written as XML: what `EvtRender` and `EvtFormatMessage` give.
//!
//! A parser of as much XML as there can be: elements, attributes, text,
//! references of characters, CDATA; comments and instructions are passed
//! over. There are no document types, and so no entities that grow.

use super::{
    Malformed,
    element::{Element, Node},
};

/// No event is deeper.
const DEEPEST: usize = 128;

/// The element that a document consists of.
///
/// # Errors
///
/// Anything that is not well-formed.
pub fn document(data: &[u8]) -> Result<Element, Malformed> {
    let text = std::str::from_utf8(data).map_err(|_| Malformed("UTF-8"))?;
    let mut parser = Parser {
        rest: text.trim_start_matches('\u{feff}'),
    };
    parser.pass_over()?;
    let element = parser.element()?;
    parser.pass_over()?;
    if parser.rest.is_empty() {
        Ok(element)
    } else {
        Err(Malformed("nothing behind the element"))
    }
}

struct Parser<'a> {
    rest: &'a str,
}

impl<'a> Parser<'a> {
    fn take(&mut self, prefix: &str) -> bool {
        match self.rest.strip_prefix(prefix) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn expect(&mut self, prefix: &'static str) -> Result<(), Malformed> {
        if self.take(prefix) {
            Ok(())
        } else {
            Err(Malformed(prefix))
        }
    }

    fn until(&mut self, end: &'static str) -> Result<&'a str, Malformed> {
        let (before, behind) = self.rest.split_once(end).ok_or(Malformed(end))?;
        self.rest = behind;
        Ok(before)
    }

    fn blanks(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\t', '\r', '\n']);
    }

    /// Blanks, comments and instructions around the element.
    fn pass_over(&mut self) -> Result<(), Malformed> {
        loop {
            self.blanks();
            if self.take("<!--") {
                self.until("-->")?;
            } else if self.take("<?") {
                self.until("?>")?;
            } else {
                return Ok(());
            }
        }
    }

    fn name(&mut self) -> Result<&'a str, Malformed> {
        let end = self
            .rest
            .find([' ', '\t', '\r', '\n', '/', '>', '=', '<', '\'', '"', '&'])
            .unwrap_or(self.rest.len());
        let (name, rest) = self.rest.split_at(end);
        self.rest = rest;
        if name.is_empty() || name.ends_with(':') {
            return Err(Malformed("a name"));
        }
        Ok(name)
    }

    /// An element, without recursion: hostile depth ends in an error.
    fn element(&mut self) -> Result<Element, Malformed> {
        self.expect("<")?;
        let mut open: Vec<Element> = Vec::new();
        let (mut current, mut empty) = self.tag()?;
        loop {
            if empty {
                let Some(mut parent) = open.pop() else {
                    return Ok(current);
                };
                parent.children.push(Node::Element(current));
                current = parent;
                empty = false;
                continue;
            }
            let text_end = self.rest.find('<').ok_or(Malformed("an end tag"))?;
            let (text, rest) = self.rest.split_at(text_end);
            self.rest = rest;
            // Blanks between elements are only there for people.
            if !text.trim_matches([' ', '\t', '\r', '\n']).is_empty() {
                current.push_text(&unescape(text)?);
            } else if !text.is_empty() && rest.starts_with("</") && current.children.is_empty() {
                current.push_text(text);
            }
            if self.take("<!--") {
                self.until("-->")?;
            } else if self.take("<![CDATA[") {
                let text = self.until("]]>")?;
                current.push_text(text);
            } else if self.take("<?") {
                self.until("?>")?;
            } else if self.take("</") {
                if local(self.name()?) != current.name {
                    return Err(Malformed("the end tag of the element"));
                }
                self.blanks();
                self.expect(">")?;
                empty = true;
            } else {
                self.expect("<")?;
                if open.len() >= DEEPEST {
                    return Err(Malformed("fewer elements in each other"));
                }
                let (child, is_empty) = self.tag()?;
                open.push(std::mem::replace(&mut current, child));
                empty = is_empty;
            }
        }
    }

    /// The rest of a start tag, and whether it is the end as well.
    fn tag(&mut self) -> Result<(Element, bool), Malformed> {
        let mut element = Element {
            name: local(self.name()?).to_owned(),
            ..Element::default()
        };
        loop {
            self.blanks();
            if self.take("/>") {
                return Ok((element, true));
            }
            if self.take(">") {
                return Ok((element, false));
            }
            let name = self.name()?;
            self.blanks();
            self.expect("=")?;
            self.blanks();
            let value = if self.take("'") {
                self.until("'")?
            } else {
                self.expect("\"")?;
                self.until("\"")?
            };
            let value = unescape(value)?;
            element.attributes.push((name.to_owned(), value));
        }
    }
}

fn local(name: &str) -> &str {
    name.rsplit_once(':').map_or(name, |(_, local)| local)
}

fn unescape(text: &str) -> Result<String, Malformed> {
    let mut all = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once('&') {
        all.push_str(before);
        let (name, behind) = behind.split_once(';').ok_or(Malformed(";"))?;
        all.push(reference(name).ok_or(Malformed("a reference of a character"))?);
        rest = behind;
    }
    all.push_str(rest);
    Ok(all)
}

fn reference(name: &str) -> Option<char> {
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix('x') {
                Some(digits) => u32::from_str_radix(digits, 16).ok()?,
                None => number.parse().ok()?,
            };
            // Halves of surrogate pairs are what the system writes for text
            // that is not well-formed.
            char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER)
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_comes_back() {
        let xml = "<Event xmlns='urn:e'><System><Provider Name='a&amp;b'/><Level>2</Level>\
                   </System><EventData><Data>a &lt; b</Data><Data/></EventData></Event>";
        let event = document(xml.as_bytes()).unwrap();
        assert_eq!(event.to_string(), xml);
        let spaced = xml.replace("><", ">\r\n  <");
        let spaced = format!("\u{feff}<?xml version=\"1.0\"?>\n<!-- x -->{spaced}\n");
        assert_eq!(document(spaced.as_bytes()).unwrap(), event);
    }

    #[test]
    fn blanks_that_are_all_of_a_value_stay() {
        let event = document(b"<a><Data> </Data></a>").unwrap();
        assert_eq!(event.child("Data").unwrap().text(), " ");
    }

    #[test]
    fn references_and_cdata_are_text() {
        let text = document(b"<e:a>&#65;&#x42;&#xd800;<![CDATA[<&]]></e:a>").unwrap();
        assert_eq!(text.name, "a");
        assert_eq!(text.text(), "AB\u{fffd}<&");
    }

    #[test]
    fn what_is_not_well_formed_is_an_error() {
        for bad in [
            "",
            "<",
            "<a",
            "<a>",
            "<a></b>",
            "<a/><b/>",
            "<a b=c/>",
            "<a b='c/>",
            "<a>&x;</a>",
            "<a>&</a>",
            "<a><![CDATA[</a>",
            "<a><!-- </a>",
            "text",
            "<a b/>",
            "< a/>",
        ] {
            assert!(document(bad.as_bytes()).is_err(), "{bad}");
        }
        let deep = "<a>".repeat(100_000);
        assert!(document(deep.as_bytes()).is_err());
        assert!(document(&[0xff]).is_err());
    }
}
