use super::*;
use crate::parse::message_table::MessageTable;

/// Linked by GNU ld, 64-bit, and by LLVM's linker in the manner of `link.exe`
/// from a `.res` file, 32-bit: the messages of windmc in English as name 1 and
/// 2 and, not in UTF-16, in German, and other resources.
const FILES: [&[u8]; 2] = [include_bytes!("gnu64.dll"), include_bytes!("lld32.dll")];

#[test]
fn all_tables_are_found_in_files_of_both_kinds() {
    for file in FILES {
        let found = message_tables(file).unwrap();
        let mut ids: Vec<_> = found.iter().map(|one| (one.name, one.language)).collect();
        ids.sort_unstable();
        assert_eq!(ids, [(1, 0x407), (1, 0x409), (2, 0x409)]);
        let text = |language, id| {
            let one = found
                .iter()
                .find(|one| (one.name, one.language) == (1, language));
            MessageTable::parse(one.unwrap().data).unwrap().get(id)
        };
        assert_eq!(text(0x409, 2).unwrap(), "Disks and ä\n");
        assert_eq!(text(0x407, 1).unwrap(), "Netzwerk für alle\r\n");
        assert_eq!(
            text(0x409, 0x4000_1000).unwrap(),
            "The service %1 is starting. %2\n"
        );
    }
}

#[test]
fn what_is_no_program_is_refused() {
    for file in [&b""[..], b"MZ", b"\x7fELF", &[0; 4096]] {
        assert!(message_tables(file).is_err());
    }
    let mut file = FILES[0].to_vec();
    // Behind the end.
    file[0x3c..0x40].fill(0xff);
    assert!(message_tables(&file).is_err());
}

#[test]
fn a_file_that_was_cut_or_damaged_anywhere_is_read_without_harm() {
    for file in FILES {
        for length in 0..file.len() {
            _ = message_tables(&file[..length]);
        }
        let mut damaged = file.to_vec();
        for at in 0..damaged.len() {
            for value in [0xff, 0x80, 0x01] {
                let before = std::mem::replace(&mut damaged[at], value);
                _ = message_tables(&damaged);
                damaged[at] = before;
            }
        }
    }
}

#[test]
fn directories_that_lead_in_circles_end() {
    let mut file = FILES[1].to_vec();
    let section = file.windows(5).position(|bytes| bytes == b".rsrc").unwrap();
    let at = u32_at(&file, section + 20).unwrap() as usize;
    // As many entries as can be said, all message tables that lead back.
    file[at + 14..at + 16].fill(0xff);
    for entry in file[at + 16..].chunks_exact_mut(8) {
        entry.copy_from_slice(&[11, 0, 0, 0, 0, 0, 0, 0x80]);
    }
    assert!(message_tables(&file).unwrap().is_empty());
}

#[test]
fn tables_that_are_all_the_same_bytes_are_not_longer_than_the_file() {
    let mut file = FILES[1].to_vec();
    let section = file.windows(5).position(|bytes| bytes == b".rsrc").unwrap();
    let at = u32_at(&file, section + 20).unwrap() as usize;
    let size = u32_at(&file, section + 16).unwrap();
    let address = u32_at(&file, section + 12).unwrap();
    let directory = |entries: u16| [&[0; 14][..], &entries.to_le_bytes()].concat();
    // One type, one name, and languages that all lead to the whole section.
    let mut bytes = directory(1);
    bytes.extend([11, 0, 0, 0, 24, 0, 0, 0x80]);
    bytes.extend(directory(1));
    bytes.extend([1, 0, 0, 0, 48, 0, 0, 0x80]);
    bytes.extend(directory(30));
    for language in 1_u32..=30 {
        bytes.extend(language.to_le_bytes());
        bytes.extend((64 + 30 * 8_u32).to_le_bytes());
    }
    bytes.extend(address.to_le_bytes());
    bytes.extend(size.to_le_bytes());
    file[at..at + bytes.len()].copy_from_slice(&bytes);
    file[at + bytes.len()..at + bytes.len() + 8].fill(0);
    let found = message_tables(&file).unwrap();
    let total: usize = found.iter().map(|one| one.data.len()).sum();
    assert!(!found.is_empty() && total <= file.len(), "{total}");
}
