//! The system's own splitting of command lines, which ours must equal.

use windows_sys::Win32::{Foundation::LocalFree, UI::Shell::CommandLineToArgvW};

use crate::parse::windows::command_line;

fn by_the_system(line: &[u16]) -> Vec<Vec<u16>> {
    let line: Vec<u16> = line.iter().copied().chain([0]).collect();
    let mut count = 0;
    // SAFETY: a text that ends with NUL and a number to be filled in, which
    // outlive the call.
    let list = unsafe { CommandLineToArgvW(line.as_ptr(), &mut count) };
    assert!(!list.is_null());
    let arguments = (0..usize::try_from(count).unwrap())
        .map(|index| {
            let mut units = Vec::new();
            // SAFETY: the list has as many texts as it says, each with a NUL
            // at its end.
            unsafe {
                let mut at = *list.add(index);
                while *at != 0 {
                    units.push(*at);
                    at = at.add(1);
                }
            }
            units
        })
        .collect();
    // SAFETY: the system made it to be given back so.
    unsafe { LocalFree(list.cast()) };
    arguments
}

#[test]
fn every_short_line_is_split_as_the_system_does() {
    let letters: Vec<u16> = "a \"\\\t".encode_utf16().collect();
    for length in 1..=7u32 {
        for number in 0..5usize.pow(length) {
            let line: Vec<u16> = (0..length)
                .map(|place| letters[number / 5usize.pow(place) % 5])
                .collect();
            assert_eq!(
                command_line::arguments(&line),
                by_the_system(&line),
                "{:?}",
                String::from_utf16_lossy(&line)
            );
        }
    }
}

#[test]
fn random_lines_are_split_as_the_system_does() {
    let letters: Vec<u16> = "ab  \"\"\\\\\t\u{e9}\u{1f980}/".encode_utf16().collect();
    let mut seed = 7u64;
    for _ in 0..50_000 {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        let length = 1 + usize::try_from(seed >> 33).unwrap() % 40;
        let mut bits = seed;
        let line: Vec<u16> = (0..length)
            .map(|_| {
                bits = bits.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                letters[usize::try_from(bits >> 40).unwrap() % letters.len()]
            })
            .collect();
        assert_eq!(
            command_line::arguments(&line),
            by_the_system(&line),
            "{:?}",
            String::from_utf16_lossy(&line)
        );
    }
}
