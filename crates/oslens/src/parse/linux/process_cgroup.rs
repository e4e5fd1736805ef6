//! `/proc/PID/cgroup`: a line `number:controllers:path` for each hierarchy,
//! see cgroups(7).

use crate::parse::{Malformed, text};

/// One line. The path may hold any byte but a newline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Membership<'a> {
    /// Number of the hierarchy; 0 is cgroup v2.
    pub hierarchy: u32,
    /// Controllers of a v1 hierarchy, separated by commas; empty for v2.
    pub controllers: &'a [u8],
    /// Path below the hierarchy's mount point.
    pub path: &'a [u8],
}

impl<'a> Membership<'a> {
    /// The controllers, one by one.
    pub fn controllers(&self) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        self.controllers
            .split(|&byte| byte == b',')
            .filter(|name| !name.is_empty())
    }
}

/// Reads the lines.
pub fn process_cgroup(content: &[u8]) -> impl Iterator<Item = Result<Membership<'_>, Malformed>> {
    text::lines(content).map(|line| {
        let mut parts = line.splitn(3, |&byte| byte == b':');
        let hierarchy = parts
            .next()
            .and_then(text::decimal)
            .and_then(|number| u32::try_from(number).ok());
        match (hierarchy, parts.next(), parts.next()) {
            (Some(hierarchy), Some(controllers), Some(path)) => Ok(Membership {
                hierarchy,
                controllers,
                path,
            }),
            _ => Err(Malformed("number:controllers:path")),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_versions_are_read_and_paths_keep_their_colons() {
        let content = b"12:cpu,cpuacct:/a:b\n1:name=systemd:/init.scope\n0::/user.slice\n";
        let lines: Vec<_> = process_cgroup(content).collect::<Result<_, _>>().unwrap();
        assert_eq!(lines.len(), 3);
        assert_eq!(lines[0].path, b"/a:b");
        assert_eq!(
            lines[0].controllers().collect::<Vec<_>>(),
            [&b"cpu"[..], b"cpuacct"]
        );
        assert_eq!(lines[1].controllers, b"name=systemd");
        assert_eq!((lines[2].hierarchy, lines[2].controllers().count()), (0, 0));
    }

    #[test]
    fn a_line_of_another_form_is_malformed() {
        for content in [&b"x::/\n"[..], b"0:/\n", b"4294967296::/\n", b"\n\n"] {
            assert!(
                process_cgroup(content).any(|line| line.is_err()),
                "{content:?}"
            );
        }
        assert_eq!(process_cgroup(b"").count(), 0);
    }
}
