use super::*;

const REGIONS: &[u8] = include_bytes!("../fixtures/macos_regions.bin");
const LITTLE: Endian = Endian::Little;

fn all() -> Vec<(Region, Option<Vnode<'static>>)> {
    REGIONS
        .chunks_exact(1272)
        .map(|one| region_with_file(one, LITTLE).unwrap())
        .collect()
}

#[test]
fn a_region_is_read_as_the_headers_write_it() {
    let found = all();
    assert_eq!(found.len(), 9);
    let (code, file) = &found[0];
    assert_eq!(
        (code.start, code.size, code.offset),
        (1 << 32, 0x10000, 0x4000)
    );
    assert_eq!((code.protection, code.flags, code.tag), (5, 0, 0));
    assert_eq!((code.resident, code.share_mode, code.uses), (3, 1, 2));
    let file = file.unwrap();
    assert_eq!((file.inode, file.path), (4242, &b"/usr/local/bin/a"[..]));
    let (heap, none) = &found[2];
    assert_eq!(
        (heap.tag, heap.wired, heap.swapped, heap.dirtied),
        (7, 1, 5, 15)
    );
    assert!(none.is_none());
    // Without a file it is the same answer.
    for (one, (region, _)) in REGIONS.chunks_exact(1272).zip(&found) {
        assert_eq!(super::region(&one[..96], LITTLE), Ok(*region));
    }
}

#[test]
fn unique_is_what_nobody_else_has() {
    let unique: Vec<u32> = all().iter().map(|(one, _)| one.unique_pages()).collect();
    // Code that is in a file; data with two pages of its own, which the kernel
    // counts twice; heap; shared; what all processes have; stack; heap with a
    // part that is protected; a copy for a child that has ended; code.
    assert_eq!(unique, [0, 2, 20, 0, 0, u32::MAX, 2, 3, 0]);
    for share_mode in [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, u32::MAX] {
        for uses in [0, 1, 2, u32::MAX] {
            let region = Region {
                share_mode,
                uses,
                ..all()[1].0
            };
            assert!(region.unique_pages() <= region.resident);
            let is_private = matches!(share_mode, 2 | 6 | 8) || (share_mode, uses) == (1, 1);
            assert_eq!(region.is_private(), is_private, "{share_mode} {uses}");
        }
    }
    // A path alone does not say that the file is gone.
    let deleted = |(_, file): &(Region, Option<Vnode<'_>>)| file.map(|file| file.is_deleted());
    assert_eq!(
        [deleted(&all()[0]), deleted(&all()[1]), deleted(&all()[8])],
        [Some(false), Some(true), Some(false)]
    );
}

#[test]
fn a_region_that_leads_nowhere_has_no_end() {
    let region = |start, size| Region {
        start,
        size,
        ..all()[0].0
    };
    assert_eq!(region(4096, 4096).end(), Some(8192));
    assert_eq!(region(4096, 0).end(), None);
    assert_eq!(region(u64::MAX, 1).end(), None);
    assert_eq!(region(u64::MAX - 1, 1).end(), Some(u64::MAX));
    assert_eq!(region(1, u64::MAX).end(), None);
}

#[test]
fn what_is_cut_is_an_error() {
    for length in 0..1272 {
        assert!(region_with_file(&REGIONS[..length], LITTLE).is_err());
        assert_eq!(region(&REGIONS[..length], LITTLE).is_err(), length < 96);
    }
}
