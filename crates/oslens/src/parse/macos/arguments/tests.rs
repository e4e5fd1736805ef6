use super::*;

const FULL: &[u8] = include_bytes!("../fixtures/macos_arguments.bin");
const LITTLE: Endian = Endian::Little;

fn answer(count: i32, strings: &[u8]) -> Vec<u8> {
    [&count.to_le_bytes(), strings].concat()
}

fn words(answer: &[u8]) -> Vec<&[u8]> {
    arguments(answer, LITTLE).unwrap().arguments().collect()
}

fn variables(answer: &[u8]) -> Option<Vec<(&[u8], &[u8])>> {
    let all = arguments(answer, LITTLE).unwrap().environment()?;
    Some(all.collect())
}

#[test]
fn path_arguments_and_environment_are_told_apart() {
    let found = arguments(FULL, LITTLE).unwrap();
    assert_eq!(found.path, b"/Applications/A B.app/Contents/MacOS/a");
    assert_eq!(words(FULL), [&b"a"[..], b"-x", b""]);
    assert_eq!(
        variables(FULL).unwrap(),
        [
            (&b"HOME"[..], &b"/Users/alice"[..]),
            (b"EMPTY", b""),
            (b"A", b"b=c"),
            (b"LANG", b"\xc3"),
        ]
    );
}

#[test]
fn what_the_kernel_tells_a_program_is_no_variable_of_it() {
    // The environment ends where a pointer could begin: there is no NUL.
    let strings = b"/bin/a\0\0a\0AB=12\0ptr_munge=\0main_stack=\0";
    assert_eq!(strings.iter().position(|byte| *byte == b'p'), Some(16));
    assert_eq!(
        variables(&answer(1, strings)).unwrap(),
        [(&b"AB"[..], &b"12"[..])]
    );
    // A variable that is called so stands somewhere else, most likely.
    let strings = b"/bin/a\0\0a\0AB=1\0ptr_munge=mine\0\0";
    assert_eq!(variables(&answer(1, strings)).unwrap().len(), 2);
}

#[test]
fn an_environment_that_is_kept_from_the_caller_is_not_an_empty_one() {
    assert_eq!(variables(&answer(2, b"/bin/a\0\0a\0b\0")), None);
    assert_eq!(
        variables(&answer(2, b"/bin/a\0\0a\0b\0\0\0")),
        Some(Vec::new())
    );
    assert_eq!(words(&answer(2, b"/bin/a\0\0a\0b\0")), [b"a", b"b"]);
}

#[test]
fn the_number_of_arguments_is_not_trusted() {
    assert_eq!(words(&answer(i32::MAX, b"/a\0a\0b\0")), [b"a", b"b"]);
    assert_eq!(variables(&answer(i32::MAX, b"/a\0a\0b\0")), None);
    assert_eq!(words(&answer(0, b"/a\0\0\0\0\0\0X=1\0")).len(), 0);
    assert_eq!(
        variables(&answer(0, b"/a\0\0\0\0\0\0X=1\0")).unwrap(),
        [(&b"X"[..], &b"1"[..])]
    );
    assert!(arguments(&answer(-1, b"/a\0a\0"), LITTLE).is_err());
    assert!(arguments(&answer(i32::MIN, b"/a\0a\0"), LITTLE).is_err());
}

#[test]
fn what_is_cut_is_read_as_far_as_it_goes() {
    for length in 0..FULL.len() {
        let cut = &FULL[..length];
        match arguments(cut, LITTLE) {
            Ok(found) => {
                assert!(length >= 4 && found.path.len() <= 38);
                assert!(found.arguments().count() <= 3);
                _ = found.environment().map(Iterator::count);
            }
            Err(_) => assert!(length < 4),
        }
    }
    // No end of the path, of an argument, of a variable.
    assert_eq!(arguments(&answer(1, b"/a"), LITTLE).unwrap().path, b"/a");
    assert_eq!(words(&answer(1, b"/a\0b")), [b"b"]);
    assert_eq!(
        variables(&answer(1, b"/a\0b\0X=1")).unwrap(),
        [(&b"X"[..], &b"1"[..])]
    );
}
