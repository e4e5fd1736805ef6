//! The names that DOS had for devices, and what is behind them.
//!
//! `QueryDosDevice` gives lists of UTF-16 texts, each with a zero behind it.

/// The texts of a list. One without a zero behind it was cut off and is left
/// out.
pub fn list(list: &[u16]) -> impl Iterator<Item = &[u16]> {
    list.split_inclusive(|unit| *unit == 0)
        .filter_map(|text| text.strip_suffix(&[0]))
        .filter(|text| !text.is_empty())
}

/// The number of a disk: 12 of `PhysicalDrive12`.
#[must_use]
pub fn physical_drive(name: &[u16]) -> Option<u32> {
    let digits = strip_ascii_prefix(name, "PhysicalDrive")?;
    // No sign, no empty text.
    if digits.is_empty() || digits.len() > 9 {
        return None;
    }
    digits.iter().try_fold(0_u32, |number, unit| {
        let digit = char::from_u32(u32::from(*unit))?.to_digit(10)?;
        number.checked_mul(10)?.checked_add(digit)
    })
}

/// What a drive letter stands for, as people write it.
///
/// - `\??\C:\work` (made by `subst`) is `C:\work`;
/// - `\Device\Mup\;LanmanRedirector\;Z:00000000000a1b2c\server\share`, and
///   the same without `Mup`, is `\\server\share`;
/// - `\??\UNC\server\share` is `\\server\share` too;
/// - anything else stays the kernel's name: `\Device\HarddiskVolume3`.
#[must_use]
pub fn readable(target: &[u16]) -> Vec<u16> {
    if let Some(share) = strip_ascii_prefix(target, r"\??\UNC\") {
        return network(share);
    }
    if let Some(path) = strip_ascii_prefix(target, r"\??\") {
        return path.to_vec();
    }
    // The redirectors put the session and the letter between two
    // semicolons' parts and the share.
    let Some(letter) = parts(target).position(is_letter_part) else {
        return target.to_vec();
    };
    let mut share = Vec::new();
    for (at, part) in parts(target).skip(letter + 1).enumerate() {
        if at > 0 {
            share.push(BACKSLASH);
        }
        share.extend_from_slice(part);
    }
    if share.is_empty() {
        return target.to_vec();
    }
    network(&share)
}

/// An absolute path in the form that may be longer than 260 units:
/// `\\?\C:\…`, `\\?\UNC\server\share\…`. One that has such a form already
/// (also `\\.\`) stays as it is.
#[must_use]
pub fn extended_length(path: &[u16]) -> Vec<u16> {
    let (prefix, rest) = match path {
        [BACKSLASH, BACKSLASH, mark, BACKSLASH, ..] if [0x2e, 0x3f].contains(mark) => ("", path),
        [BACKSLASH, BACKSLASH, rest @ ..] => (r"\\?\UNC\", rest),
        path => (r"\\?\", path),
    };
    prefix.encode_utf16().chain(rest.iter().copied()).collect()
}

const BACKSLASH: u16 = b'\\' as u16;

fn parts(path: &[u16]) -> impl Iterator<Item = &[u16]> {
    path.split(|unit| *unit == BACKSLASH)
}

/// `;Z:00000000000a1b2c`.
fn is_letter_part(part: &[u16]) -> bool {
    let ascii = |unit: u16| u8::try_from(unit).unwrap_or(0);
    match part {
        [semicolon, letter, colon, ..] => {
            ascii(*semicolon) == b';'
                && ascii(*letter).is_ascii_alphabetic()
                && ascii(*colon) == b':'
        }
        _ => false,
    }
}

fn network(share: &[u16]) -> Vec<u16> {
    let mut name = vec![BACKSLASH, BACKSLASH];
    name.extend_from_slice(share);
    name
}

/// Names of devices are the same in capitals.
fn strip_ascii_prefix<'a>(text: &'a [u16], prefix: &str) -> Option<&'a [u16]> {
    let (start, rest) = text.split_at_checked(prefix.len())?;
    let matches = start
        .iter()
        .zip(prefix.bytes())
        .all(|(unit, byte)| u8::try_from(*unit).is_ok_and(|unit| unit.eq_ignore_ascii_case(&byte)));
    matches.then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wide(text: &str) -> Vec<u16> {
        text.encode_utf16().collect()
    }

    fn read(target: &str) -> String {
        String::from_utf16_lossy(&readable(&wide(target)))
    }

    #[test]
    fn a_list_ends_where_it_was_cut_off() {
        let names = wide("C:\0PhysicalDrive0\0\0NUL\0cut");
        let names: Vec<_> = list(&names).map(String::from_utf16_lossy).collect();
        assert_eq!(names, ["C:", "PhysicalDrive0", "NUL"]);
        assert_eq!(list(&[]).count(), 0);
        assert_eq!(list(&[0, 0]).count(), 0);
    }

    #[test]
    fn disks_beyond_the_32nd_are_disks_too() {
        let number = |name: &str| physical_drive(&wide(name));
        assert_eq!(number("PhysicalDrive0"), Some(0));
        assert_eq!(number("PHYSICALDRIVE147"), Some(147));
        for other in ["PhysicalDrive", "PhysicalDrive1a", "Physical", "C:", ""] {
            assert_eq!(number(other), None, "{other}");
        }
        assert_eq!(number("PhysicalDrive99999999999"), None);
        assert_eq!(number("PhysicalDrive+1"), None);
    }

    #[test]
    fn devices_shares_and_directories_are_named_as_people_do() {
        assert_eq!(read(r"\Device\HarddiskVolume3"), r"\Device\HarddiskVolume3");
        assert_eq!(read(r"\??\C:\work"), r"C:\work");
        assert_eq!(read(r"\??\UNC\server\share"), r"\\server\share");
        assert_eq!(
            read(r"\Device\LanmanRedirector\;Z:0000000000012345\server\share"),
            r"\\server\share"
        );
        assert_eq!(
            read(r"\Device\Mup\;LanmanRedirector\;z:000a1b2c\server\share\deeper"),
            r"\\server\share\deeper"
        );
        assert_eq!(read(""), "");
        assert_eq!(read(r"\Device\Mup\;X:"), r"\Device\Mup\;X:");
    }

    #[test]
    fn long_paths_get_the_prefix_that_allows_them() {
        let of = |path: &str| String::from_utf16_lossy(&extended_length(&wide(path)));
        assert_eq!(of(r"C:\a\b"), r"\\?\C:\a\b");
        assert_eq!(of(r"\\server\share\a"), r"\\?\UNC\server\share\a");
        assert_eq!(of(r"\\?\C:\a"), r"\\?\C:\a");
        assert_eq!(of(r"\\.\PhysicalDrive0"), r"\\.\PhysicalDrive0");
    }

    #[test]
    fn half_a_surrogate_pair_survives() {
        let mut target = wide(r"\??\C:\");
        target.push(0xd800);
        assert_eq!(readable(&target).last(), Some(&0xd800));
    }
}
