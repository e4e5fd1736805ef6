//! Memory maps.

use super::*;
use crate::os::freebsd::Mapped;

const MAPS: &[u8] = include_bytes!("../../../../parse/freebsd/fixtures/freebsd_kinfo_vmentry.bin");

#[test]
fn mappings_have_names_rights_and_what_is_resident() {
    let numbers = mib(KERN_PROC_VMMAP);
    let question = Question::Sysctl(&numbers);
    let (host, _) = fake().page_size(16384).answer(question, MAPS).host();
    let found = memory_maps(target(&host, PID)).unwrap();
    let shown: Vec<String> = found
        .iter()
        .map(|map| format!("{} {:?}", map.permissions, map.name))
        .collect();
    assert_eq!(
        shown,
        [
            "r-xp Some(\"/bin/sh\")",
            "rw-p None",
            "---p Some(\"[guard]\")",
            "rw-p Some(\"[stack]\")"
        ]
    );
    let text = &found[0];
    assert_eq!((text.offset, text.inode), (4096, 1234));
    assert_eq!(text.device, (0, 0x7b05));
    assert_eq!(text.usage.rss, Some(60 * 16384));
    assert_eq!(text.usage.size, 0x4_0000);
    let told = mappings(target(&host, PID)).unwrap();
    assert_eq!(
        told.iter()
            .map(|told| &told.map)
            .cloned()
            .collect::<Vec<_>>(),
        found
    );
    let kinds: Vec<_> = told.iter().map(|told| told.mapped).collect();
    let anonymous = Mapped::Anonymous;
    assert_eq!(kinds, [Mapped::File, anonymous, Mapped::Guard, anonymous]);
    assert_eq!((told[0].own_resident, told[0].references), (16384, 3));
    assert_eq!((told[1].own_resident, told[1].shadows), (0, 0));
    // What the kernel calls private is something else.
    assert_eq!(
        (text.usage.private_clean, text.usage.locked),
        (None, Some(0))
    );
}

#[test]
fn a_device_that_is_mapped_is_in_dev() {
    use crate::parse::layout::freebsd::process::{KVME_TYPE_DEVICE, KinfoVmentry};
    let mut maps = MAPS[1160..2 * 1160].to_vec();
    let (kind, path) = (KinfoVmentry::kve_type, KinfoVmentry::kve_path.offset());
    maps[kind.offset()..][..4].copy_from_slice(&KVME_TYPE_DEVICE.to_le_bytes());
    let numbers = mib(KERN_PROC_VMMAP);
    let question = Question::Sysctl(&numbers);
    for (told, expected) in [
        (&b"dri/card0\0"[..], Some("/dev/dri/card0")),
        (&b"/dev/dsp\0"[..], Some("/dev/dsp")),
        (&b"\0"[..], None),
    ] {
        maps[path..].fill(0);
        maps[path..][..told.len()].copy_from_slice(told);
        let (host, _) = fake().answer(question, maps.clone()).host();
        let found = memory_maps(target(&host, PID)).unwrap();
        assert_eq!(found[0].name.as_deref(), expected.map(AsRef::as_ref));
        assert!(!found[0].permissions.shared, "copied on writing");
    }
}

#[test]
fn what_is_resident_is_unknown_where_the_kernel_does_not_count_it() {
    use crate::parse::layout::freebsd::process::KinfoVmentry;
    let mut maps = MAPS.to_vec();
    for map in maps.chunks_exact_mut(1160) {
        let at = KinfoVmentry::kve_resident.offset();
        map[at..at + 4].fill(0);
    }
    let numbers = mib(KERN_PROC_VMMAP);
    let question = Question::Sysctl(&numbers);
    let (host, _) = fake().answer(question, maps).host();
    let found = memory_maps(target(&host, PID)).unwrap();
    assert_eq!(found.len(), 4);
    assert!(found.iter().all(|map| map.usage.rss.is_none()));
    // That a guard has nothing is known.
    let (host, _) = fake().answer(question, MAPS).host();
    let found = memory_maps(target(&host, PID)).unwrap();
    assert_eq!(found[2].usage.rss, Some(0));
}
