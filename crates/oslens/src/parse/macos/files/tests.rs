use super::*;

const LIST: &[u8] = include_bytes!("../fixtures/macos_descriptors.bin");
const VNODES: &[u8] = include_bytes!("../fixtures/macos_vnodes.bin");
const PLACES: &[u8] = include_bytes!("../fixtures/macos_places.bin");
const PIPES: &[u8] = include_bytes!("../fixtures/macos_pipes.bin");
const SOCKET: &[u8] = include_bytes!("../fixtures/macos_socket.bin");
const MEMORY: &[u8] = include_bytes!("../fixtures/macos_shared_memory.bin");
const SEMAPHORE: &[u8] = include_bytes!("../fixtures/macos_semaphore.bin");
const KQUEUE: &[u8] = include_bytes!("../fixtures/macos_kqueue.bin");
const LITTLE: Endian = Endian::Little;

fn each(data: &[u8], size: usize) -> impl Iterator<Item = &[u8]> {
    assert_eq!(data.len() % size, 0);
    data.chunks_exact(size)
}

#[test]
fn descriptors_are_counted_by_what_the_kernel_filled_in() {
    let found: Vec<_> = descriptors(LIST, LITTLE).collect();
    assert_eq!(found.len(), 13);
    assert_eq!((found[3].number, found[3].kind), (3, 2));
    assert_eq!((found[10].number, found[10].kind), (10, 77));
    // Half a one, and one with a number below zero.
    assert_eq!(descriptors(&LIST[..LIST.len() - 1], LITTLE).count(), 12);
    assert_eq!(descriptors(&[0xff; 16], LITTLE).count(), 0);
    assert_eq!(descriptors(&[], LITTLE).count(), 0);
}

#[test]
fn a_file_is_read_with_its_path_and_how_it_was_opened() {
    let [file, gone, directory, terminal] = each(VNODES, 1200)
        .map(|one| (opened(one, LITTLE).unwrap(), vnode(one, LITTLE).unwrap()))
        .collect::<Vec<_>>()
        .try_into()
        .unwrap();
    assert_eq!((file.0.flags, file.0.offset), (11, 4096));
    assert_eq!(
        file.1,
        Vnode {
            device: 0x100_0012,
            mode: 0o100_644,
            links: 1,
            inode: 0x123_4567_89ab,
            size: 1_234_567,
            path: "/Users/alice/notes ä.txt".as_bytes(),
        }
    );
    // Sizes and places below zero are none.
    assert_eq!((gone.0.offset, gone.1.size), (0, 0));
    assert_eq!((gone.1.links, gone.1.path), (0, &b""[..]));
    assert!(gone.1.is_some());
    assert_eq!(directory.1.path, b"/");
    assert_eq!(terminal.1.mode, 0o20620);
}

#[test]
fn a_root_is_told_where_it_is_not_the_systems() {
    let [usual, jailed, none] = each(PLACES, 2352)
        .map(|one| places(one, LITTLE).unwrap())
        .collect::<Vec<_>>()
        .try_into()
        .unwrap();
    assert_eq!((usual.cwd.path, usual.root), (&b"/Users/alice"[..], None));
    assert_eq!(jailed.cwd.path, b"");
    assert!(jailed.cwd.is_some());
    assert_eq!(jailed.root.unwrap().path, b"/private/var/jail");
    assert!(!none.cwd.is_some() && none.root.is_none());
}

#[test]
fn both_ends_of_a_pipe_have_one_number() {
    let found: Vec<_> = each(PIPES, 184).map(|one| pipe(one, LITTLE)).collect();
    assert_eq!(found, [Ok(0xa0001), Ok(0xa0001), Ok(0xb0001)]);
}

#[test]
fn what_else_is_open_has_a_number_or_a_name() {
    assert_eq!(socket(SOCKET, LITTLE), Ok(0xdead_beef_1234_5678));
    assert_eq!(shared_memory(MEMORY, LITTLE), Ok(&b"com.example.area"[..]));
    assert_eq!(semaphore(SEMAPHORE, LITTLE), Ok(&b"/turn"[..]));
    for (answer, flags) in [(SOCKET, 3), (MEMORY, 1), (SEMAPHORE, 3), (KQUEUE, 3)] {
        assert_eq!(opened(answer, LITTLE).unwrap().flags, flags);
    }
}

#[test]
fn what_is_cut_is_an_error_and_no_text_goes_beyond_its_field() {
    for (whole, length) in [(1200, VNODES), (2352, PLACES), (184, PIPES), (792, SOCKET)] {
        for cut in (0..whole).map(|end| &length[..end]) {
            _ = opened(cut, LITTLE);
            _ = socket(cut, LITTLE);
            assert!(whole != 1200 || vnode(cut, LITTLE).is_err());
            assert!(whole != 2352 || places(cut, LITTLE).is_err());
            assert!(whole != 184 || pipe(cut, LITTLE).is_err());
        }
    }
    assert!(shared_memory(&MEMORY[..MEMORY.len() - 1], LITTLE).is_err());
    assert!(semaphore(&SEMAPHORE[..SEMAPHORE.len() - 1], LITTLE).is_err());
    assert!(opened(&KQUEUE[..23], LITTLE).is_err());
    let hostile = [b'/'; 2352];
    assert_eq!(vnode(&hostile, LITTLE).unwrap().path.len(), 1024);
    assert_eq!(places(&hostile, LITTLE).unwrap().cwd.path.len(), 1024);
    assert_eq!(semaphore(&hostile, LITTLE).unwrap().len(), 1024);
}
