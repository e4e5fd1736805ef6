//! `kern.geom.confxml`: the devices of GEOM and what each is made of.
//!
//! `<mesh>` has a `<class>` for each kind of thing (`DISK`, `PART`, `ELI`),
//! that has a `<geom>` for each of them. What a geom makes is a `<provider>`,
//! which is found in `/dev`; what it makes it of are its `<consumer>`s, each of
//! which names another geom's provider by its `id`.

use std::{collections::HashMap, sync::Arc};

use crate::parse::{Malformed, text};

/// A device.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Provider {
    /// Name, without `/dev/`.
    pub name: Vec<u8>,
    /// The class that makes it: `DISK`, `PART`, `MIRROR`.
    pub class: Vec<u8>,
    /// Bytes of it.
    pub size: Option<u64>,
    /// What a disk calls itself.
    pub model: Option<Vec<u8>>,
    /// Rotations per minute; 0 for a disk that has nothing to rotate.
    pub rotation: Option<u64>,
    /// What kind of its class it is: `swap`, `vnode`, `freebsd-ufs`.
    pub kind: Option<Vec<u8>>,
    /// It is about to go.
    pub is_going: bool,
    /// What it is made of: places in the list of all.
    pub lower: Arc<[usize]>,
}

/// All devices, in the kernel's order, which is none.
///
/// # Errors
///
/// When it is no whole tree.
pub fn providers(data: &[u8]) -> Result<Vec<Provider>, Malformed> {
    let end = memchr::memchr(0, data).unwrap_or(data.len());
    let mut tree = Tree::default();
    let mut rest = data.get(..end).unwrap_or_default();
    let mut has_root = false;
    while let Some(tag) = next_tag(&mut rest)? {
        if let Some(name) = tag.name.strip_prefix(b"/") {
            let text = tag.text;
            if tree.open.pop() != Some(name) {
                return Err(WHOLE);
            }
            tree.close(name, text);
            continue;
        }
        // Neither `<?xml …?>` nor a comment.
        if matches!(tag.name.first(), Some(b'?' | b'!')) {
            continue;
        }
        if tree.open.is_empty() {
            if has_root || tag.name != b"mesh" {
                return Err(WHOLE);
            }
            has_root = true;
        }
        tree.begin(&tag);
        if !tag.is_empty {
            tree.open.push(tag.name);
        }
    }
    match has_root && tree.open.is_empty() {
        true => Ok(tree.finish()),
        false => Err(WHOLE),
    }
}

const WHOLE: Malformed = Malformed("a whole <mesh>");

/// A tag, and the text before it.
struct Tag<'a> {
    text: &'a [u8],
    name: &'a [u8],
    attributes: &'a [u8],
    /// It has no end of its own: `<wither/>`.
    is_empty: bool,
}

fn next_tag<'a>(rest: &mut &'a [u8]) -> Result<Option<Tag<'a>>, Malformed> {
    let Some(start) = memchr::memchr(b'<', rest) else {
        return Ok(None);
    };
    let (text, tag) = rest.split_at(start);
    let end = match tag.starts_with(b"<!--") {
        // Its own end is not a part of its beginning: `<!-->`.
        true => memchr::memmem::find(tag.get(4..).unwrap_or_default(), b"-->").map(|end| end + 6),
        false => memchr::memchr(b'>', tag),
    };
    let end = end.ok_or(WHOLE)?;
    let (tag, behind) = tag.split_at(end);
    *rest = behind.get(1..).unwrap_or_default();
    let inner = tag.get(1..).unwrap_or_default();
    let (inner, is_empty) = match inner.strip_suffix(b"/") {
        Some(inner) if !inner.is_empty() => (inner, true),
        _ => (inner, false),
    };
    let blank = memchr::memchr(b' ', inner).unwrap_or(inner.len());
    let (name, attributes) = inner.split_at(blank);
    Ok(Some(Tag {
        text,
        name,
        attributes,
        is_empty,
    }))
}

/// The value of an attribute.
fn attribute<'a>(attributes: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    attributes.split(|&byte| byte == b' ').find_map(|word| {
        word.strip_prefix(name)?
            .strip_prefix(b"=\"")?
            .strip_suffix(b"\"")
    })
}

/// What has been read so far.
#[derive(Default)]
struct Tree<'a> {
    /// The elements that have begun.
    open: Vec<&'a [u8]>,
    class: Vec<u8>,
    /// The geom that is being read.
    geom: Geom<'a>,
    /// Those before it.
    geoms: Vec<Geom<'a>>,
    providers: Vec<Provider>,
}

/// A geom.
#[derive(Default)]
struct Geom<'a> {
    /// The first of its providers.
    first: usize,
    /// What all of these are called elsewhere.
    ids: Vec<&'a [u8]>,
    /// What they are made of.
    consumed: Vec<&'a [u8]>,
    /// They are about to go.
    is_going: bool,
}

impl<'a> Tree<'a> {
    fn begin(&mut self, tag: &Tag<'a>) {
        let parent = self.open.last().copied().unwrap_or_default();
        match (parent, tag.name) {
            (b"mesh", b"class") => self.class.clear(),
            (b"class", b"geom") => {
                self.geom = Geom {
                    first: self.providers.len(),
                    ..Geom::default()
                };
            }
            (b"geom", b"wither") => self.geom.is_going = true,
            (b"provider", b"wither") => {
                if let Some(provider) = self.providers.last_mut() {
                    provider.is_going = true;
                }
            }
            (b"consumer", b"provider") => {
                let id = attribute(tag.attributes, b"ref");
                self.geom.consumed.extend(id);
            }
            (b"geom", b"provider") => {
                let id = attribute(tag.attributes, b"id");
                self.geom.ids.push(id.unwrap_or_default());
                self.providers.push(Provider {
                    class: self.class.clone(),
                    ..Provider::default()
                });
            }
            _ => {}
        }
    }

    /// The element of this name has ended, which is not among the open ones
    /// any more.
    fn close(&mut self, name: &'a [u8], text: &[u8]) {
        let parent = self.open.last().copied().unwrap_or_default();
        if (parent, name) == (b"class", b"geom") {
            self.geoms.push(std::mem::take(&mut self.geom));
            return;
        }
        if (parent, name) == (b"class", b"name") {
            self.class = unescaped(text);
            return;
        }
        // Of `<provider>`, or of the `<config>` in it.
        let above = self.open.iter().rev().find(|&&name| name != b"config");
        let is_config = parent == b"config";
        if above != Some(&&b"provider"[..]) {
            return;
        }
        let Some(provider) = self.providers.last_mut() else {
            return;
        };
        match name {
            b"name" if !is_config => provider.name = unescaped(text),
            b"mediasize" if !is_config => provider.size = text::decimal(text),
            b"descr" if is_config => {
                provider.model =
                    Some(unescaped(text).trim_ascii().to_vec()).filter(|model| !model.is_empty());
            }
            b"rotationrate" if is_config => provider.rotation = text::decimal(text),
            b"type" if is_config => provider.kind = Some(unescaped(text)),
            _ => {}
        }
    }

    fn finish(mut self) -> Vec<Provider> {
        let places: HashMap<&[u8], usize> = self
            .geoms
            .iter()
            .flat_map(|geom| geom.ids.iter().copied().zip(geom.first..))
            .collect();
        for geom in &self.geoms {
            let lower: Arc<[usize]> = geom
                .consumed
                .iter()
                .filter_map(|id| places.get(id).copied())
                .collect();
            let own = self.providers.iter_mut().skip(geom.first);
            for provider in own.take(geom.ids.len()) {
                provider.lower = Arc::clone(&lower);
                provider.is_going |= geom.is_going;
            }
        }
        self.providers
    }
}

/// Text with `&lt;` and its like as the characters that they stand for.
fn unescaped(text: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((&byte, behind)) = rest.split_first() {
        let escaped = || {
            // No name is longer; what has no end is not searched for one.
            let near = behind.get(..8).unwrap_or(behind);
            let (name, _) = near.split_at(memchr::memchr(b';', near)?);
            Some((entity(name)?, behind.get(name.len() + 1..)?))
        };
        let (byte, behind) = match byte {
            b'&' => escaped().unwrap_or((byte, behind)),
            _ => (byte, behind),
        };
        plain.push(byte);
        rest = behind;
    }
    plain
}

/// The byte that `&name;` stands for.
fn entity(name: &[u8]) -> Option<u8> {
    match name {
        b"lt" => Some(b'<'),
        b"gt" => Some(b'>'),
        b"amp" => Some(b'&'),
        b"quot" => Some(b'"'),
        b"apos" => Some(b'\''),
        _ => {
            let number = name.strip_prefix(b"#")?;
            let number = match number.strip_prefix(b"x") {
                Some(digits) => text::hexadecimal(digits)?,
                None => text::decimal(number)?,
            };
            u8::try_from(number).ok()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DATA: &[u8] = include_bytes!("fixtures/geom.xml");

    fn name(provider: &Provider) -> String {
        String::from_utf8(provider.name.clone()).unwrap()
    }

    /// Name, class, and what it is made of.
    fn all(data: &[u8]) -> Vec<(String, String, Vec<String>)> {
        let all = providers(data).unwrap();
        all.iter()
            .map(|provider| {
                let lower = provider.lower.iter().map(|&place| name(&all[place]));
                let class = String::from_utf8(provider.class.clone()).unwrap();
                (name(provider), class, lower.collect())
            })
            .collect()
    }

    #[test]
    fn devices_are_found_with_what_they_are_made_of() {
        let row = |name: &str, class: &str, lower: &[&str]| {
            let lower = lower.iter().copied().map(ToOwned::to_owned).collect();
            (name.to_owned(), class.to_owned(), lower)
        };
        let expected = [
            row("zvol/tank/vol0", "ZFS::ZVOL", &[]),
            row("mirror/gm0", "MIRROR", &["ada1", "ada0p2"]),
            row("gpt/boot", "LABEL", &["ada0p1"]),
            row("diskid/DISK-GOING", "LABEL", &["ada1"]),
            row("ada0p2", "PART", &["ada0"]),
            row("ada0p1", "PART", &["ada0"]),
            row("md0", "MD", &[]),
            row("ada0", "DISK", &[]),
            row("ada1", "DISK", &[]),
            row("da0", "DISK", &[]),
        ];
        assert_eq!(all(DATA), expected);
    }

    #[test]
    fn a_disk_says_what_it_is() {
        let all = providers(DATA).unwrap();
        let found = |wanted: &str| all.iter().find(|one| name(one) == wanted).unwrap();
        let disk = found("ada0");
        assert_eq!(disk.size, Some(500_107_862_016));
        assert_eq!(disk.model.as_deref(), Some(&b"Disks & <Co> 500"[..]));
        assert_eq!(disk.rotation, Some(7200));
        let other = found("ada1");
        assert_eq!((other.rotation, &other.model), (None, &None));
        assert_eq!(found("md0").kind.as_deref(), Some(&b"swap"[..]));
        assert_eq!(found("ada0p1").kind.as_deref(), Some(&b"freebsd-boot"[..]));
        let going: Vec<_> = all.iter().filter(|one| one.is_going).map(name).collect();
        assert_eq!(going, ["diskid/DISK-GOING", "da0"]);
        // Not what it has in common with the geom, whose name is another.
        assert_eq!(found("gpt/boot").size, Some(524_288));
    }

    #[test]
    fn a_tree_that_is_cut_off_is_malformed() {
        let last = b"</mesh>";
        let end = DATA
            .windows(last.len())
            .position(|window| window == last)
            .unwrap();
        for end in 0..end + last.len() - 1 {
            assert_eq!(providers(&DATA[..end]), Err(WHOLE), "{end}");
        }
        assert!(providers(&[DATA, b"\0<more"].concat()).is_ok());
    }

    #[test]
    fn a_comment_ends_where_it_says() {
        let tree = b"<!-- <mesh> --><mesh><!----><class><!-- > </class> --></class></mesh>";
        assert_eq!(providers(tree), Ok(Vec::new()));
        assert_eq!(providers(b"<mesh><!--></mesh>"), Err(WHOLE));
    }

    #[test]
    fn what_is_no_tree_is_malformed_and_never_hangs() {
        for hostile in [
            &b"<mesh><class></mesh></class>"[..],
            b"<mesh></mesh><mesh></mesh>",
            b"<other></other>",
            b"<></>",
            b"</mesh>",
            b"<mesh><</mesh>",
            b"none",
        ] {
            assert_eq!(providers(hostile), Err(WHOLE), "{hostile:?}");
        }
        let one =
            b"<mesh><class><name>&#65;&#x42;&bad;&</name><geom><consumer><provider ref=\"0x1\"/>\
            </consumer><provider id=\"0x1\"></provider></geom></class></mesh>";
        let found = providers(one).unwrap();
        // Even what is made of itself.
        assert_eq!(
            (found[0].class.as_slice(), &found[0].lower),
            (&b"AB&bad;&"[..], &Arc::from([0]))
        );
    }
}
