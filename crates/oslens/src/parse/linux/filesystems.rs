//! `/proc/filesystems`: the file systems that the kernel knows.

use crate::parse::text;

/// The types that are stored on a block device: the lines without `nodev`.
pub fn on_devices(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    text::lines(bytes)
        .filter(|line| !line.starts_with(b"nodev"))
        .map(<[u8]>::trim_ascii)
        .filter(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_without_a_device_are_left_out() {
        let names: Vec<_> =
            on_devices(b"nodev\tsysfs\nnodev\ttmpfs\n\text3\n\text4\n\tfuseblk\n\n").collect();
        assert_eq!(names, [&b"ext3"[..], b"ext4", b"fuseblk"]);
        assert_eq!(on_devices(b"").count(), 0);
        assert_eq!(on_devices(b"xfs").count(), 1);
    }
}
