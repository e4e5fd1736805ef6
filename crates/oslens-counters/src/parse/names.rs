//! The table of names of counters: `Counter 009` of `HKEY_PERFORMANCE_DATA`.

use std::fmt;

use oslens_win32::utf16::Utf16;

/// A text of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Text<'a>(Utf16<'a>);

impl fmt::Display for Text<'_> {
    /// Unpaired surrogates are shown as U+FFFD.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for unit in char::decode_utf16(self.0.units()) {
            fmt::Write::write_char(f, unit.unwrap_or(char::REPLACEMENT_CHARACTER))?;
        }
        Ok(())
    }
}

/// The pairs of a number and a text: `REG_MULTI_SZ`, little endian. Pairs
/// whose number is none are left out, as are empty texts. It ends with an
/// empty number, or the bytes.
pub fn names(data: &[u8]) -> impl Iterator<Item = (u32, Text<'_>)> {
    let mut rest = data;
    std::iter::from_fn(move || {
        let index = cut(&mut rest)?;
        if index.is_empty() {
            return None;
        }
        let text = cut(&mut rest)?;
        Some((number(index), text))
    })
    .filter_map(|(index, text)| Some((index?, Text(text))))
    .filter(|(_, text)| !text.0.is_empty())
}

/// Cuts off a text and the NUL behind it.
fn cut<'a>(rest: &mut &'a [u8]) -> Option<Utf16<'a>> {
    if rest.len() < 2 {
        return None;
    }
    let end = rest
        .chunks_exact(2)
        .position(|unit| unit == [0, 0])
        .map_or(rest.len(), |units| units * 2);
    let text = Utf16::new(rest.get(..end)?);
    *rest = rest.get(end.saturating_add(2)..).unwrap_or_default();
    Some(text)
}

fn number(text: Utf16<'_>) -> Option<u32> {
    let mut number = 0_u32;
    for unit in text.units() {
        let digit = char::from_u32(u32::from(unit))?.to_digit(10)?;
        number = number.checked_mul(10)?.checked_add(digit)?;
    }
    (!text.is_empty()).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(text: &str) -> Vec<u8> {
        text.encode_utf16().flat_map(u16::to_le_bytes).collect()
    }

    fn read(data: &[u8]) -> Vec<(u32, String)> {
        names(data)
            .map(|(index, text)| (index, text.to_string()))
            .collect()
    }

    #[test]
    fn pairs_are_read_up_to_the_empty_one() {
        let data = bytes("1\x0010\x002\0System\x004\0Speicher €\0\0rest\0x\0");
        let expected = [(1, "10"), (2, "System"), (4, "Speicher €")];
        assert_eq!(
            read(&data),
            expected.map(|(index, name)| (index, name.to_owned()))
        );
    }

    #[test]
    fn what_is_cut_off_or_odd_costs_only_itself() {
        assert!(read(&[]).is_empty());
        assert!(read(&[0]).is_empty());
        assert!(read(&bytes("2")).is_empty());
        assert!(read(&bytes("2\0")).is_empty());
        assert_eq!(read(&bytes("2\0Sys")), [(2, "Sys".to_owned())]);
        assert_eq!(
            read(&bytes("x\0a\x0099999999999\0b\x006\0\x008\0c\0")),
            [(8, "c".to_owned())]
        );
        let lone: Vec<u8> = [0x32, 0, 0xd800, 0x41, 0, 0]
            .into_iter()
            .flat_map(u16::to_le_bytes)
            .collect();
        assert_eq!(read(&lone), [(2, "\u{fffd}A".to_owned())]);
    }
}
