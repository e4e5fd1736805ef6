use super::*;

/// Writes tokens, names where they stand.
#[derive(Default)]
struct Writer(Vec<u8>);

impl Writer {
    fn bytes(&mut self, bytes: &[u8]) -> &mut Self {
        self.0.extend(bytes);
        self
    }

    fn name(&mut self, name: &str) -> &mut Self {
        let at = self.0.len() as u32 + 4;
        self.bytes(&at.to_le_bytes()).bytes(&[0; 6]);
        self.units(name).bytes(&[0, 0])
    }

    fn units(&mut self, text: &str) -> &mut Self {
        let units: Vec<u16> = text.encode_utf16().collect();
        self.bytes(&(units.len() as u16).to_le_bytes());
        let units: Vec<u8> = units.into_iter().flat_map(u16::to_le_bytes).collect();
        self.bytes(&units)
    }

    /// `<name` of a template; it depends on this place.
    fn open(&mut self, name: &str, depends: u16, attributes: bool) -> &mut Self {
        self.bytes(&[if attributes { 0x41 } else { 0x01 }]);
        self.bytes(&depends.to_le_bytes()).bytes(&[0; 4]).name(name);
        if attributes {
            self.bytes(&[0; 4]);
        }
        self
    }

    fn attribute(&mut self, name: &str) -> &mut Self {
        self.bytes(&[0x06]).name(name)
    }

    fn text(&mut self, text: &str) -> &mut Self {
        self.bytes(&[0x05, 0x01]).units(text)
    }

    fn place(&mut self, place: u8, optional: bool) -> &mut Self {
        self.bytes(&[if optional { 0x0e } else { 0x0d }, place, 0, 1])
    }

    /// A template with this body, and values for it, each of a kind.
    fn template(&mut self, body: impl FnOnce(&mut Self), values: &[(u8, Vec<u8>)]) -> &mut Self {
        let definition = self.0.len() as u32 + 10;
        self.bytes(&[0x0c, 1, 0, 0, 0, 0]);
        self.bytes(&definition.to_le_bytes()).bytes(&[0; 24]);
        let start = self.0.len();
        body(self);
        self.bytes(&[0]);
        let length = (self.0.len() - start) as u32;
        self.0[start - 4..start].copy_from_slice(&length.to_le_bytes());
        self.bytes(&(values.len() as u32).to_le_bytes());
        for (kind, value) in values {
            let length = value.len() as u16;
            self.bytes(&length.to_le_bytes()).bytes(&[*kind, 0]);
        }
        for (_, value) in values {
            self.bytes(value);
        }
        self
    }

    fn read(&self) -> Result<String, Malformed> {
        event(&self.0, 0, self.0.len()).map(|event| event.to_string())
    }
}

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

const FRAGMENT: [u8; 4] = [0x0f, 1, 1, 0];
const NONE: u16 = 0xffff;

#[test]
fn values_are_put_into_their_places() {
    let mut writer = Writer::default();
    writer.bytes(&FRAGMENT).template(
        |body| {
            body.bytes(&FRAGMENT).open("Event", NONE, true);
            body.attribute("a").text("1 ").place(1, false);
            body.attribute("b").place(2, true);
            body.bytes(&[0x02]).text("<").bytes(&[0x08, 0x41, 0]);
            body.bytes(&[0x09]).name("amp").place(0, true);
            // Left out, as the value that it depends on is null.
            body.open("Gone", 2, false).bytes(&[0x03]);
            body.open("Empty", NONE, false).bytes(&[0x03]);
            body.bytes(&[0x07]).units("c").bytes(&[0x04]);
        },
        &[(1, utf16("é")), (8, vec![7, 0, 0, 0]), (0, Vec::new())],
    );
    let expected = "<Event a='1 7'>&lt;A&amp;é<Empty/>c</Event>";
    assert_eq!(writer.bytes(&[0]).read().unwrap(), expected);
}

#[test]
fn an_array_repeats_the_element_that_it_is_in() {
    let template = |values: &[(u8, Vec<u8>)]| {
        let mut writer = Writer::default();
        writer.template(
            |body| {
                body.open("Event", NONE, false).bytes(&[0x02]);
                body.open("Data", NONE, true).attribute("n").text("x");
                body.bytes(&[0x02]).text("[").place(0, true).text("]");
                body.bytes(&[0x04, 0x04]);
            },
            values,
        );
        writer.read().unwrap()
    };
    assert_eq!(
        template(&[(0x81, utf16("a\0\0b\0"))]),
        "<Event><Data n='x'>[a]</Data><Data n='x'>[]</Data><Data n='x'>[b]</Data></Event>"
    );
    assert_eq!(template(&[(0x81, Vec::new())]), "<Event/>");
    assert_eq!(
        template(&[(0x01, utf16("a\0"))]),
        "<Event><Data n='x'>[a]</Data></Event>"
    );
}

#[test]
fn a_value_can_be_an_event_of_its_own() {
    let write = |values: &[(u8, Vec<u8>)]| {
        let mut writer = Writer::default();
        writer.template(
            |body| {
                body.open("Event", NONE, false).bytes(&[0x02]);
                body.place(0, true).bytes(&[0x04]);
            },
            values,
        );
        writer
    };
    // Names have their offsets in the chunk, so that it must be known where the
    // fragment begins: where the one value does.
    let start = write(&[(0x21, Vec::new())]).0.len();
    // Elements outside a template depend on nothing.
    let mut inner = Writer(vec![0; start]);
    inner.bytes(&FRAGMENT).bytes(&[0x01, 0, 0, 0, 0]);
    inner
        .name("User")
        .bytes(&[0x02])
        .text("x")
        .bytes(&[0x04, 0]);
    let writer = write(&[(0x21, inner.0.split_off(start))]);
    assert_eq!(writer.read().unwrap(), "<Event><User>x</User></Event>");
}

#[test]
fn what_is_cut_off_is_an_error_and_never_a_panic() {
    let mut writer = Writer::default();
    writer.bytes(&FRAGMENT).template(
        |body| {
            body.open("Event", NONE, true).attribute("a").place(0, true);
            body.bytes(&[0x02]).place(1, false).bytes(&[0x04]);
        },
        &[(1, utf16("text")), (0x81, utf16("a\0b\0"))],
    );
    let whole = writer.0.len();
    assert!(writer.read().is_ok());
    for end in 0..whole {
        _ = event(&writer.0[..end], 0, end);
    }
    for at in 0..whole {
        for byte in [0x00, 0x0c, 0x21, 0x7f, 0xff] {
            let mut damaged = writer.0.clone();
            damaged[at] = byte;
            _ = event(&damaged, 0, whole);
        }
    }
    assert!(event(&[], 0, 100).is_err());
    assert!(event(&[0x0f, 1, 1, 0, 0], 1 << 40, usize::MAX).is_err());
}

#[test]
fn a_template_in_itself_comes_to_an_end() {
    let mut writer = Writer::default();
    writer.template(
        |body| {
            body.open("Event", NONE, false).bytes(&[0x02]);
            // The template's own beginning.
            body.bytes(&[0x0c, 1, 0, 0, 0, 0, 10, 0, 0, 0])
                .bytes(&[0; 4]);
            body.bytes(&[0x04]);
        },
        &[],
    );
    assert!(writer.read().is_err());
}

#[test]
fn work_that_shows_nothing_is_limited_too() {
    let mut writer = Writer::default();
    writer.template(
        |body| {
            body.open("Event", NONE, false).bytes(&[0x02]);
            // Left out each time, with ten thousand items in it.
            for _ in 0..500 {
                body.open("Gone", 1, false).bytes(&[0x02]);
                body.place(0, false).bytes(&[0x04]);
            }
            body.bytes(&[0x04]);
        },
        &[(0x84, vec![7; 10_000]), (0, Vec::new())],
    );
    let expected = Malformed("an event that fits into its chunk");
    assert_eq!(writer.read(), Err(expected));
}

#[test]
fn what_is_in_an_element_that_an_array_repeats_is_limited() {
    let write = |wide: usize, items: usize| {
        let mut writer = Writer::default();
        writer.template(
            |body| {
                body.open("Event", NONE, false).bytes(&[0x02]);
                body.place(0, false);
                body.open("In", NONE, false).bytes(&[0x02]);
                for _ in 0..wide {
                    body.open("x", NONE, false).bytes(&[0x03]);
                }
                body.bytes(&[0x04, 0x04]);
            },
            &[(0x84, vec![7; items])],
        );
        writer.read().map(|event| event.len())
    };
    assert!(write(10, 10).is_ok());
    let expected = Malformed("an event that fits into its chunk");
    assert_eq!(write(500, 5_000), Err(expected));
}
