//! Paths as the kernel names them, and as programs do.

const BACKSLASH: u16 = b'\\' as u16;

/// A drive and what it stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drive {
    /// `A` to `Z`.
    pub letter: u8,
    /// `\Device\HarddiskVolume3`, or for a folder that was made a drive
    /// `\??\C:\folder`.
    pub target: Vec<u16>,
}

/// The path of a kernel's path that programs can open: of
/// `\Device\HarddiskVolume3\a` the drive's `C:\a`, of `\??\C:\a` `C:\a`, of
/// `\Device\Mup\server\share` and `\??\UNC\server\share` `\\server\share`.
/// What has no drive keeps the device behind `\\?\GLOBALROOT`, by which
/// programs can open it too. Anything else is given back as it is: names
/// without a path (`Registry`), paths of drives, servers' paths.
#[must_use]
pub fn to_dos(native: &[u16], drives: &[Drive]) -> Vec<u16> {
    if let Some(rest) = after(native, r"\??\") {
        if let Some(share) = after(rest, r"UNC\") {
            return [&[BACKSLASH, BACKSLASH], share].concat();
        }
        // A volume without a letter, a pipe: `\\?\` is this very directory
        // of names.
        let is_drive = matches!(rest, [_, colon, ..] if *colon == u16::from(b':'));
        if is_drive {
            return rest.to_vec();
        }
        return [&wide(r"\\?\"), rest].concat();
    }
    if let Some(share) = after(native, r"\Device\Mup\") {
        // The redirector and a mapped drive may come first:
        // `;LanmanRedirector\;Z:000000000001e240\`.
        let mut share = share;
        while let [semicolon, named @ ..] = share {
            let end = named.iter().position(|unit| *unit == BACKSLASH);
            let after = end.and_then(|at| named.get(at + 1..));
            match after {
                Some(after) if *semicolon == u16::from(b';') => share = after,
                _ => break,
            }
        }
        return [&[BACKSLASH, BACKSLASH], share].concat();
    }
    // The longest target, so that a folder's drive comes before its
    // volume's.
    let best = drives
        .iter()
        .filter_map(|drive| Some((drive, below(native, &drive.target)?)))
        .max_by_key(|(drive, _)| drive.target.len());
    if let Some((drive, rest)) = best {
        let root = [u16::from(drive.letter), u16::from(b':')];
        return [&root, rest].concat();
    }
    if after(native, r"\Device\").is_some() {
        return [&wide(r"\\?\GLOBALROOT"), native].concat();
    }
    native.to_vec()
}

/// A path as programs show it: without the `\\?\` that lifts the limit of
/// its length, and without the last backslash unless it is the root.
#[must_use]
pub fn plain(path: &[u16]) -> &[u16] {
    let path = match after(path, r"\\?\") {
        Some(rest) if matches!(rest, [_, colon, ..] if *colon == u16::from(b':')) => rest,
        _ => path,
    };
    match path {
        [start @ .., last]
            if *last == BACKSLASH
                && start.len() > 2
                && start.last() != Some(&u16::from(b':'))
                && start.last() != Some(&BACKSLASH) =>
        {
            start
        }
        _ => path,
    }
}

/// The last part of a path.
#[must_use]
pub fn file_name(path: &[u16]) -> &[u16] {
    let at = path
        .iter()
        .rposition(|unit| *unit == BACKSLASH || *unit == u16::from(b'/'));
    match at {
        Some(at) => path.get(at + 1..).unwrap_or_default(),
        None => path,
    }
}

fn wide(text: &str) -> Vec<u16> {
    text.encode_utf16().collect()
}

fn lower(unit: u16) -> u16 {
    match u8::try_from(unit) {
        Ok(byte) => u16::from(byte.to_ascii_lowercase()),
        Err(_) => unit,
    }
}

/// What follows a prefix, whatever its case.
fn after<'a>(path: &'a [u16], prefix: &str) -> Option<&'a [u16]> {
    let (start, rest) = path.split_at_checked(prefix.len())?;
    start
        .iter()
        .zip(prefix.bytes())
        .all(|(unit, byte)| lower(*unit) == u16::from(byte.to_ascii_lowercase()))
        .then_some(rest)
}

/// What follows a device: nothing, or a backslash and more.
/// `\Device\HarddiskVolume1` is no start of `\Device\HarddiskVolume10`.
fn below<'a>(path: &'a [u16], device: &[u16]) -> Option<&'a [u16]> {
    if device.is_empty() {
        return None;
    }
    let (start, rest) = path.split_at_checked(device.len())?;
    let is_below = start
        .iter()
        .zip(device)
        .all(|(a, b)| lower(*a) == lower(*b))
        && rest.first().is_none_or(|unit| *unit == BACKSLASH);
    is_below.then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drives() -> Vec<Drive> {
        [
            (b'C', r"\Device\HarddiskVolume1"),
            (b'D', r"\Device\HarddiskVolume10"),
            (b'S', r"\??\C:\some folder"),
            (b'E', ""),
        ]
        .map(|(letter, target)| Drive {
            letter,
            target: wide(target),
        })
        .to_vec()
    }

    fn dos(native: &str) -> String {
        String::from_utf16(&to_dos(&wide(native), &drives())).unwrap()
    }

    #[test]
    fn devices_become_drives_and_servers() {
        for (native, expected) in [
            (r"\Device\HarddiskVolume1\a\b.exe", r"C:\a\b.exe"),
            (r"\device\harddiskvolume1\a", r"C:\a"),
            (r"\Device\HarddiskVolume10\a", r"D:\a"),
            (r"\Device\HarddiskVolume1", "C:"),
            (r"\??\C:\a", r"C:\a"),
            (r"\??\Z:\tmp\a", r"Z:\tmp\a"),
            (r"\??\UNC\server\share\a", r"\\server\share\a"),
            (r"\Device\Mup\server\share\a", r"\\server\share\a"),
            (
                r"\Device\Mup\;Z:000000000001e240\server\share\a",
                r"\\server\share\a",
            ),
            (
                r"\Device\Mup\;LanmanRedirector\;Z:000000000001e240\server\share\a",
                r"\\server\share\a",
            ),
            (r"\Device\Mup\;Z:0", r"\\;Z:0"),
            (r"\??\Volume{12}\a", r"\\?\Volume{12}\a"),
            (
                r"\Device\HarddiskVolume2\a",
                r"\\?\GLOBALROOT\Device\HarddiskVolume2\a",
            ),
            (r"\\server\share", r"\\server\share"),
            ("Registry", "Registry"),
            ("MemCompression", "MemCompression"),
            ("", ""),
        ] {
            assert_eq!(dos(native), expected, "{native}");
        }
    }

    #[test]
    fn names_keep_lone_surrogates() {
        let mut native = wide(r"\Device\HarddiskVolume1\");
        native.push(0xd800);
        assert_eq!(to_dos(&native, &drives()), [67, 58, 92, 0xd800]);
    }

    #[test]
    fn a_path_is_shown_without_its_ornaments() {
        for (path, expected) in [
            (r"C:\a\", r"C:\a"),
            (r"C:\", r"C:\"),
            (r"\\?\C:\a", r"C:\a"),
            (r"\\?\Volume{12}\", r"\\?\Volume{12}"),
            (r"\\server\share\", r"\\server\share"),
            (r"\\", r"\\"),
            ("", ""),
        ] {
            assert_eq!(plain(&wide(path)), wide(expected), "{path}");
        }
    }

    #[test]
    fn the_file_name_is_the_last_part() {
        for (path, expected) in [
            (r"C:\a\b.exe", "b.exe"),
            ("b.exe", "b.exe"),
            (r"C:\a/b", "b"),
            (r"C:\", ""),
            ("", ""),
        ] {
            assert_eq!(file_name(&wide(path)), wide(expected), "{path}");
        }
    }
}
