//! The table here is public to nobody.
#![allow(missing_docs, non_upper_case_globals, unreachable_pub)]

use super::record::{Endian, Field, Record};
use super::{Char, Pointer, place};

layout! {
    struct Odd (packed 4) = "struct odd" {
        small: u8,
        large: u64,
        text: [Char; 3],
    }
    struct Wide (align 8) = "struct wide" {
        number: i32,
    }
    struct Outer = "struct outer" {
        first: i16,
        odd: Odd,
        wide: Wide,
        numbers: [i32; 2],
        address: Pointer,
    }
}

#[test]
fn fields_are_where_64_bit_c_has_them_on_every_machine() {
    assert_eq!((Odd::small.offset(), Odd::large.offset()), (0, 4));
    assert_eq!(Odd::text.offset(), 12);
    assert_eq!(Outer::odd.offset(), 4);
    assert_eq!(Outer::wide.offset(), 24);
    assert_eq!(Outer::numbers.offset(), 32);
    assert_eq!(Outer::address.offset(), 40);
    let sizes: Vec<(usize, usize)> = TABLE.structures.iter().map(|s| (s.size, s.align)).collect();
    assert_eq!(sizes, [(16, 4), (8, 8), (48, 8)]);
    assert_eq!(place::<1>(&[(8, 8)], &[]).size, 8);
}

#[test]
fn a_field_is_read_in_either_byte_order_and_never_past_the_end() {
    let mut bytes = [0_u8; 48];
    bytes[32..40].copy_from_slice(&[1, 0, 0, 0, 0, 0, 0, 2]);
    bytes[4 + 12..4 + 15].copy_from_slice(b"abc");
    let little = Record::new(&bytes, Endian::Little);
    let big = Record::new(&bytes, Endian::Big);
    assert_eq!(little.item(Outer::numbers, 0), Some(1));
    assert_eq!(big.item(Outer::numbers, 1), Some(2));
    assert_eq!(big.item(Outer::numbers, 2), None);
    assert_eq!(big.item(Outer::numbers, usize::MAX), None);
    let text = Outer::odd.then(Odd::text);
    assert_eq!(little.text(text), Some(&b"abc"[..]));
    assert_eq!(little.get(text.like::<u8>()), Some(b'a'));
    assert_eq!(little.text_to_end(text), b"abc");
    let odd = little.part(Outer::odd).unwrap();
    assert_eq!((odd.size(), odd.text(Odd::text)), (16, Some(&b"abc"[..])));
    assert_eq!(little.get(Field::<u64>::at(usize::MAX)), None);
    for end in 0..bytes.len() {
        let cut = Record::new(&bytes[..end], Endian::Little);
        assert_eq!(cut.get(Outer::address), None);
        assert_eq!(cut.get(Outer::first).is_some(), end >= 2);
        // As much of it as there is.
        let text = cut.text_to_end(text);
        assert_eq!(text, &b"abc"[..end.saturating_sub(16).min(3)]);
    }
}
