//! An event as a tree of elements, however it was written down.

use std::fmt::{self, Write as _};

/// An element of XML.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Element {
    /// Its name, without a prefix.
    pub name: String,
    /// Its attributes in their order.
    pub attributes: Vec<(String, String)>,
    /// What is in it.
    pub children: Vec<Node>,
}

/// What can be in an element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Node {
    /// Another element.
    Element(Element),
    /// Text, unescaped.
    Text(String),
}

impl Element {
    /// The value of an attribute.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The elements right below.
    pub fn elements(&self) -> impl Iterator<Item = &Element> {
        self.children.iter().filter_map(|child| match child {
            Node::Element(element) => Some(element),
            Node::Text(_) => None,
        })
    }

    /// The first element right below that has this name.
    #[must_use]
    pub fn child(&self, name: &str) -> Option<&Element> {
        self.elements().find(|child| child.name == name)
    }

    /// The text right in it.
    #[must_use]
    pub fn text(&self) -> String {
        let mut all = String::new();
        for child in &self.children {
            if let Node::Text(text) = child {
                all.push_str(text);
            }
        }
        all
    }

    /// Adds text, to the text in front of it where there is some.
    pub(crate) fn push_text(&mut self, more: &str) {
        match self.children.last_mut() {
            Some(Node::Text(text)) => text.push_str(more),
            _ if more.is_empty() => {}
            _ => self.children.push(Node::Text(more.to_owned())),
        }
    }
}

/// As the modern log writes it: in one line, with single quotes.
impl fmt::Display for Element {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<{}", self.name)?;
        for (name, value) in &self.attributes {
            write!(f, " {name}='")?;
            escape(f, value)?;
            f.write_char('\'')?;
        }
        if self.children.is_empty() {
            return f.write_str("/>");
        }
        f.write_char('>')?;
        for child in &self.children {
            match child {
                Node::Element(element) => element.fmt(f)?,
                Node::Text(text) => escape(f, text)?,
            }
        }
        write!(f, "</{}>", self.name)
    }
}

fn escape(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    let mut rest = text;
    while let Some(at) = rest.find(['&', '<', '>', '\'']) {
        let (before, special) = rest.split_at(at);
        f.write_str(before)?;
        let mut chars = special.chars();
        f.write_str(match chars.next() {
            Some('&') => "&amp;",
            Some('<') => "&lt;",
            Some('>') => "&gt;",
            _ => "&apos;",
        })?;
        rest = chars.as_str();
    }
    f.write_str(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_special_is_escaped() {
        let mut element = Element {
            name: "Data".to_owned(),
            attributes: vec![("Name".to_owned(), "it's".to_owned())],
            children: Vec::new(),
        };
        assert_eq!(element.to_string(), "<Data Name='it&apos;s'/>");
        element.push_text("a<b");
        element.push_text("&c>");
        let xml = "<Data Name='it&apos;s'>a&lt;b&amp;c&gt;</Data>";
        assert_eq!(element.to_string(), xml);
    }
}
