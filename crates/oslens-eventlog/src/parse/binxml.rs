//! The binary form of XML in which `.evtx` files keep events.
//!
//! An event is a template, which is kept once in its chunk, and the values
//! for the template's places. Names and templates are found by offsets within
//! the chunk.

mod value;

use oslens_win32::bytes::{u8_at, u16_at, u32_at};

use super::{
    Malformed,
    element::{Element, Node},
    text,
};
use value::Value;

/// No event is deeper, fragments in each other included.
const DEEPEST: usize = 64;
/// More tokens and items of arrays than fit into a chunk are a template that
/// is put into itself. An event of a log has some hundred.
const MOST_NODES: usize = 1 << 17;
/// More text than an event can have: names and values that are put in again
/// and again.
const MOST_TEXT: usize = 4 << 20;

/// The event that begins at `start` in this chunk and ends before `end`.
///
/// # Errors
///
/// The bytes are no event: damaged, or not well-formed.
pub fn event(chunk: &[u8], start: usize, end: usize) -> Result<Element, Malformed> {
    let mut parser = Parser {
        chunk: chunk.get(..end.min(chunk.len())).unwrap_or_default(),
        whole: chunk,
        nodes: 0,
        text: 0,
    };
    let mut root = Element::default();
    let context = Context {
        values: None,
        depth: 0,
    };
    parser.content(start, context, &mut root, &mut None)?;
    root.children
        .into_iter()
        .find_map(|node| match node {
            Node::Element(element) => Some(element),
            Node::Text(_) => None,
        })
        .ok_or(Malformed("an element"))
}

struct Parser<'a> {
    /// The chunk up to the end of the record: tokens are not behind it.
    chunk: &'a [u8],
    /// All of the chunk: names and templates can be anywhere.
    whole: &'a [u8],
    nodes: usize,
    text: usize,
}

/// Where in an event the parser is.
#[derive(Clone, Copy)]
struct Context<'v> {
    /// The values for the places of the template that it is in.
    values: Option<&'v [Value]>,
    depth: usize,
}

/// The texts of an array, of which each makes its element anew.
type Array = Option<Vec<String>>;

/// Stands in an element's text where the items of an array belong.
const PLACE: &str = "\u{0}";

/// What would end a name where the event is written down.
const NOT_IN_NAMES: &[char] = &[
    '<', '>', '&', '\'', '"', '/', '=', ' ', '\t', '\r', '\n', '!', '?',
];

const EXPECTED: Malformed = Malformed("a token of binary XML");

impl Parser<'_> {
    /// Reads tokens into `parent` until it ends; returns where.
    fn content(
        &mut self,
        mut at: usize,
        context: Context<'_>,
        parent: &mut Element,
        array: &mut Array,
    ) -> Result<usize, Malformed> {
        if context.depth > DEEPEST {
            return Err(Malformed("fewer elements in each other"));
        }
        while let Some(token) = u8_at(self.chunk, at) {
            self.count(1, 0)?;
            at = match token & !0x40 {
                0x00 => return Ok(at + 1),
                0x04 => return Ok(at + 1),
                0x01 => self.element(at, context, parent)?,
                // The target and the text of an instruction.
                0x0a => self.name(at + 1)?.1,
                0x0b => self.counted(at + 1)?.1,
                0x0c => self.template(at, context, parent)?,
                // The beginning of a fragment: version and flags.
                0x0f => at + 4,
                _ => self.piece(at, context, parent, array)?,
            };
        }
        // A value that is a fragment can end without a token.
        Ok(at)
    }

    /// Text, a reference, or a place for a value.
    fn piece(
        &mut self,
        at: usize,
        context: Context<'_>,
        parent: &mut Element,
        array: &mut Array,
    ) -> Result<usize, Malformed> {
        let token = u8_at(self.chunk, at).ok_or(EXPECTED)? & !0x40;
        match token {
            // Text, whose type is 1; and CDATA.
            0x05 | 0x07 => {
                let start = at + if token == 0x05 { 2 } else { 1 };
                let (text, next) = self.counted(start)?;
                self.push(parent, &text)?;
                Ok(next)
            }
            0x08 => {
                let unit = u16_at(self.chunk, at + 1).ok_or(EXPECTED)?;
                let char = char::from_u32(u32::from(unit));
                let char = char.unwrap_or(char::REPLACEMENT_CHARACTER);
                self.push(parent, char.encode_utf8(&mut [0; 4]))?;
                Ok(at + 3)
            }
            0x09 => {
                let (name, next) = self.name(at + 1)?;
                let text = match name.as_str() {
                    "amp" => "&",
                    "lt" => "<",
                    "gt" => ">",
                    "quot" => "\"",
                    "apos" => "'",
                    _ => return Err(Malformed("the name of a character")),
                };
                self.push(parent, text)?;
                Ok(next)
            }
            0x0d | 0x0e => {
                let place = u16_at(self.chunk, at + 1).ok_or(EXPECTED)?;
                let value = context
                    .values
                    .and_then(|values| values.get(usize::from(place)))
                    .ok_or(Malformed("a value for the place"))?;
                self.put_in(value, context, parent, array)?;
                Ok(at + 4)
            }
            _ => Err(EXPECTED),
        }
    }

    fn put_in(
        &mut self,
        value: &Value,
        context: Context<'_>,
        parent: &mut Element,
        array: &mut Array,
    ) -> Result<(), Malformed> {
        if value.is_fragment() {
            // The fragment ends where the value ends.
            let (start, end) = value.range();
            let outer = self.chunk;
            self.chunk = self.chunk.get(..end).ok_or(EXPECTED)?;
            let context = Context {
                values: None,
                depth: context.depth + 1,
            };
            let read = self.content(start, context, parent, &mut None);
            self.chunk = outer;
            return read.map(drop);
        }
        let mut texts = value.texts(self.chunk);
        // Those of an element that is left out too.
        self.count(texts.len(), 0)?;
        if !value.is_array() {
            let text = texts.pop().unwrap_or_default();
            return self.push(parent, &text);
        }
        match array {
            None => {
                self.push(parent, PLACE)?;
                *array = Some(texts);
            }
            // A second one in the same element has no meaning of its own.
            Some(_) => self.push(parent, &texts.join(", "))?,
        }
        Ok(())
    }

    fn push(&mut self, parent: &mut Element, text: &str) -> Result<(), Malformed> {
        self.count(1, text.len())?;
        parent.push_text(text);
        Ok(())
    }

    fn count(&mut self, nodes: usize, text: usize) -> Result<(), Malformed> {
        self.nodes += nodes;
        self.text += text;
        if self.nodes > MOST_NODES || self.text > MOST_TEXT {
            return Err(Malformed("an event that fits into its chunk"));
        }
        Ok(())
    }

    fn element(
        &mut self,
        at: usize,
        context: Context<'_>,
        parent: &mut Element,
    ) -> Result<usize, Malformed> {
        let has_attributes = u8_at(self.chunk, at).is_some_and(|token| token & 0x40 != 0);
        // In a template there is the number of a value first, without which
        // the element is left out.
        let in_template = context.values.is_some();
        let head = |parser: &mut Self, dependent: bool| {
            let name_at = at + if dependent { 7 } else { 5 };
            parser.name(name_at)
        };
        let (dependent, (name, mut at)) = match head(self, in_template) {
            Ok(head) => (in_template.then_some(at + 1), head),
            // Not all writers keep to that.
            Err(error) => {
                let other = head(self, !in_template).map_err(|_| error)?;
                ((!in_template).then_some(at + 1), other)
            }
        };
        let left_out = dependent
            .and_then(|at| u16_at(self.chunk, at))
            .and_then(|place| context.values?.get(usize::from(place)))
            .is_some_and(Value::is_null);
        let mut element = Element {
            name,
            ..Element::default()
        };
        if has_attributes {
            // Behind the length of the list.
            at += 4;
            while u8_at(self.chunk, at).is_some_and(|token| token & !0x40 == 0x06) {
                at = self.attribute(at, context, &mut element)?;
            }
        }
        let mut array = None;
        at = match u8_at(self.chunk, at).ok_or(EXPECTED)? {
            0x02 => {
                let context = Context {
                    depth: context.depth + 1,
                    ..context
                };
                self.content(at + 1, context, &mut element, &mut array)?
            }
            0x03 => at + 1,
            _ => return Err(EXPECTED),
        };
        if !left_out {
            self.add(parent, element, array)?;
        }
        Ok(at)
    }

    /// Adds the element, once for each item of the array that is in it.
    fn add(
        &mut self,
        parent: &mut Element,
        element: Element,
        array: Array,
    ) -> Result<(), Malformed> {
        let Some(items) = array else {
            parent.children.push(Node::Element(element));
            return Ok(());
        };
        // All that is in it is there as often.
        let (nodes, text) = weight(&element);
        for item in &items {
            self.count(nodes, text.saturating_add(item.len()))?;
            let mut copy = Element {
                name: element.name.clone(),
                attributes: element.attributes.clone(),
                children: Vec::new(),
            };
            for child in &element.children {
                match child {
                    Node::Text(text) => copy.push_text(&text.replacen(PLACE, item, 1)),
                    node @ Node::Element(_) => copy.children.push(node.clone()),
                }
            }
            parent.children.push(Node::Element(copy));
        }
        Ok(())
    }

    fn attribute(
        &mut self,
        at: usize,
        context: Context<'_>,
        element: &mut Element,
    ) -> Result<usize, Malformed> {
        let (name, mut at) = self.name(at + 1)?;
        let mut value = Element::default();
        let mut left_out = false;
        while let Some(token) = u8_at(self.chunk, at) {
            let token = token & !0x40;
            if !matches!(token, 0x05 | 0x08 | 0x09 | 0x0d | 0x0e) {
                break;
            }
            if token == 0x0e {
                let place = u16_at(self.chunk, at + 1).ok_or(EXPECTED)?;
                let value = context
                    .values
                    .and_then(|values| values.get(usize::from(place)));
                left_out |= value.is_some_and(Value::is_null);
            }
            let mut array = None;
            at = self.piece(at, context, &mut value, &mut array)?;
            if let Some(items) = array {
                let text = value.text().replacen(PLACE, &items.join(", "), 1);
                self.count(1, text.len())?;
                value.children = vec![Node::Text(text)];
            }
        }
        if !left_out {
            element.attributes.push((name, value.text()));
        }
        Ok(at)
    }

    /// A template and its values.
    fn template(
        &mut self,
        at: usize,
        context: Context<'_>,
        parent: &mut Element,
    ) -> Result<usize, Malformed> {
        // Behind the token, a byte and the template's short number.
        let definition = u32_at(self.chunk, at + 6).ok_or(EXPECTED)? as usize;
        let mut next = at + 10;
        // Before its definition: the next one's place, and its GUID.
        let length = definition.checked_add(20).ok_or(EXPECTED)?;
        let length = u32_at(self.whole, length).ok_or(EXPECTED)? as usize;
        let body = definition + 24;
        let body_end = body.checked_add(length).ok_or(EXPECTED)?;
        if definition == next {
            next = body_end;
        }
        let (values, next) = value::values(self.chunk, next).ok_or(EXPECTED)?;
        self.count(values.len(), 0)?;
        let outer = self.chunk;
        self.chunk = self.whole.get(..body_end).ok_or(EXPECTED)?;
        // The values lie in the record, which the template can be behind.
        if self.chunk.len() < outer.len() {
            self.chunk = outer;
        }
        let context = Context {
            values: Some(&values),
            depth: context.depth + 1,
        };
        let read = self.content(body, context, parent, &mut None);
        self.chunk = outer;
        read?;
        Ok(next)
    }

    /// The name whose offset stands here; and where it goes on, which is
    /// behind the name where that stands right here too.
    fn name(&mut self, at: usize) -> Result<(String, usize), Malformed> {
        const EXPECTED: Malformed = Malformed("the name of an element");
        let offset = u32_at(self.chunk, at).ok_or(EXPECTED)? as usize;
        let next = at + 4;
        // Before it: the next name with the same hash, and the hash.
        let start = offset.checked_add(6).ok_or(EXPECTED)?;
        let count = usize::from(u16_at(self.whole, start).ok_or(EXPECTED)?);
        let end = start + 2 + count * 2;
        let name = self.whole.get(start + 2..end).ok_or(EXPECTED)?;
        if count == 0 || u16_at(self.whole, end) != Some(0) {
            return Err(EXPECTED);
        }
        let next = if offset == next { end + 2 } else { next };
        self.count(1, name.len())?;
        let name = text(name);
        // What could not be written down as XML.
        if name.is_empty() || name.ends_with(':') || name.contains(NOT_IN_NAMES) {
            return Err(EXPECTED);
        }
        Ok((name, next))
    }

    /// Text behind the number of its units.
    fn counted(&self, at: usize) -> Result<(String, usize), Malformed> {
        let count = usize::from(u16_at(self.chunk, at).ok_or(EXPECTED)?);
        let end = at + 2 + count * 2;
        let units = self.chunk.get(at + 2..end).ok_or(EXPECTED)?;
        Ok((text(units), end))
    }
}

/// How many nodes and attributes there are in an element, itself included, and
/// how much text. It is no deeper than what was read.
fn weight(element: &Element) -> (usize, usize) {
    let mut nodes = 1 + element.attributes.len();
    let mut text = element.name.len();
    for (name, value) in &element.attributes {
        text += name.len() + value.len();
    }
    for child in &element.children {
        let (inner_nodes, inner_text) = match child {
            Node::Element(element) => weight(element),
            Node::Text(text) => (1, text.len()),
        };
        nodes += inner_nodes;
        text += inner_text;
    }
    (nodes, text)
}

#[cfg(test)]
mod tests;
