//! `mountinfo` and `mounts`.

use oslens::parse::linux::{cgroup, mounts};

use crate::random::{Random, check, octal_escaped, put};

/// What the kernel escapes in names of mounts.
const MANGLED: &[u8] = b" \t\n\\#";

struct Mount {
    id: u64,
    parent: u64,
    device: (u32, u32),
    root: Vec<u8>,
    mountpoint: Vec<u8>,
    options: Vec<u8>,
    optional: Vec<String>,
    fstype: Vec<u8>,
    source: Vec<u8>,
    super_options: Vec<u8>,
}

fn any(random: &mut Random) -> Mount {
    Mount {
        id: random.number(),
        parent: random.number(),
        device: (random.small(), random.small()),
        root: random.path(20, b""),
        mountpoint: random.path(30, b""),
        options: random
            .pick(&[&b"rw"[..], b"ro,nosuid", b"rw,relatime"])
            .to_vec(),
        optional: random.several(3, |random| {
            let kind = random.pick(&["shared", "master", "propagate_from"]);
            format!("{kind}:{}", random.small())
        }),
        fstype: match random.below(3) {
            0 => b"cgroup".to_vec(),
            1 => b"cgroup2".to_vec(),
            _ => [b"fuse.", &*random.bytes(9, b"")].concat(),
        },
        // A source may be empty.
        source: random.bytes(20, b""),
        super_options: [b"rw,", &*random.bytes(20, b"")].concat(),
    }
}

fn mangled(bytes: &[u8]) -> Vec<u8> {
    octal_escaped(bytes, MANGLED)
}

fn line(mount: &Mount) -> Vec<u8> {
    let mut line = format!("{} {} ", mount.id, mount.parent).into_bytes();
    put!(line, "{}:{} ", mount.device.0, mount.device.1);
    for field in [&mount.root, &mount.mountpoint, &mount.options] {
        line.extend(mangled(field));
        line.push(b' ');
    }
    for field in &mount.optional {
        put!(line, "{field} ");
    }
    line.extend(b"- ");
    let last = [&mount.fstype, &mount.source, &mount.super_options];
    line.extend(last.map(|field| mangled(field)).join(&b' '));
    line.push(b'\n');
    line
}

#[test]
fn mountinfo_files() {
    check(|random| {
        let all = random.several(5, any);
        let text: Vec<u8> = all.iter().flat_map(line).collect();
        let parsed: Vec<_> = mounts::mountinfo(&text).map(Result::unwrap).collect();
        assert_eq!(parsed.len(), all.len());
        for (parsed, mount) in parsed.iter().zip(&all) {
            let info = parsed.info.as_ref().unwrap();
            assert_eq!((info.id, info.parent), (mount.id, mount.parent));
            assert_eq!((info.major, info.minor), mount.device);
            assert_eq!(*info.root, mount.root);
            assert_eq!(*info.super_options, mount.super_options);
            assert_eq!(*parsed.mountpoint, mount.mountpoint);
            assert_eq!(*parsed.options, mount.options);
            assert_eq!(*parsed.fstype, mount.fstype);
            assert_eq!(*parsed.source, mount.source);
        }
    });
}

#[test]
fn control_groups_in_mountinfo() {
    check(|random| {
        let all = random.several(5, any);
        let text: Vec<u8> = all.iter().flat_map(line).collect();
        let parsed: Vec<_> = cgroup::mounts(&text).collect();
        let expected: Vec<_> = all
            .iter()
            .filter(|mount| mount.fstype.starts_with(b"cgroup"))
            .collect();
        assert_eq!(parsed.len(), expected.len());
        for (parsed, mount) in parsed.iter().zip(expected) {
            assert_eq!(parsed.v2, mount.fstype == b"cgroup2");
            assert_eq!(parsed.root, mount.root);
            assert_eq!(parsed.mount_point, mount.mountpoint);
            assert_eq!(parsed.options, mangled(&mount.super_options));
        }
    });
}

#[test]
fn mounts_files() {
    check(|random| {
        let all = random.several(5, any);
        let mut text = Vec::new();
        for mount in &all {
            let fields = [
                &mount.source,
                &mount.mountpoint,
                &mount.fstype,
                &mount.super_options,
            ];
            text.extend(fields.map(|field| mangled(field)).join(&b' '));
            text.extend(b" 0 0\n");
        }
        let parsed: Vec<_> = mounts::mounts(&text).map(Result::unwrap).collect();
        assert_eq!(parsed.len(), all.len());
        for (parsed, mount) in parsed.iter().zip(&all) {
            assert_eq!(*parsed.source, mount.source);
            assert_eq!(*parsed.mountpoint, mount.mountpoint);
            assert_eq!(*parsed.fstype, mount.fstype);
            assert_eq!(*parsed.options, mount.super_options);
        }
    });
}
