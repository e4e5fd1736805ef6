//! Files of the C library and of the distribution.

use oslens::parse::linux::{os_release, passwd, utmp};

use crate::random::{check, put};

#[test]
fn users_and_groups() {
    check(|random| {
        let mut text = Vec::new();
        let mut expected = Vec::new();
        for _ in 0..random.below(6) {
            if random.below(4) == 0 {
                // Comments, what NIS would add, and rubbish.
                let junk: &[u8] = random.pick(&[
                    &b"# root:x:0:0"[..],
                    b"+::::::",
                    b"-mallory:x:5:5::/:",
                    b"",
                    b"name:x",
                    b"name:x:nine:9::/:",
                    b"name:x:4294967296:9::/:",
                ]);
                text.extend(junk);
            } else {
                let mut name = random.name(16, b":\n");
                if matches!(name.first(), Some(b'#' | b'+' | b'-')) {
                    name.insert(0, b'u');
                }
                let number = random.small();
                text.extend(&name);
                put!(text, ":x:{number}:0:");
                text.extend(random.bytes(20, b":\n"));
                text.extend(b":/home:/bin/sh");
                expected.push((name, number));
            }
            text.push(b'\n');
        }
        let parsed: Vec<_> = passwd::names(&text)
            .map(|(name, number)| (name.to_vec(), number))
            .collect();
        assert_eq!(parsed, expected);
    });
}

fn field(record: &mut [u8], at: usize, text: &[u8]) {
    record[at..at + text.len()].copy_from_slice(text);
}

#[test]
fn logins() {
    check(|random| {
        let layout = random.pick(&[utmp::Layout::Time32, utmp::Layout::Time64]);
        let texts = random.several(4, |random| {
            [
                random.bytes(32, b""),
                random.bytes(32, b""),
                random.bytes(256, b""),
            ]
        });
        let expected: Vec<_> = texts
            .iter()
            .map(|[line, user, host]| utmp::Record {
                kind: random.below(10) as i16,
                pid: random.small() as i32,
                line,
                user,
                host,
                session: random.small() as i32,
                seconds: match layout {
                    utmp::Layout::Time32 => i64::from(random.small()),
                    utmp::Layout::Time64 => random.signed(),
                },
                microseconds: random.below(1_000_000) as u32,
            })
            .collect();
        let mut file = Vec::new();
        for record in &expected {
            let mut bytes = vec![0; layout.size()];
            field(&mut bytes, 0, &record.kind.to_ne_bytes());
            field(&mut bytes, 4, &record.pid.to_ne_bytes());
            field(&mut bytes, 8, record.line);
            field(&mut bytes, 44, record.user);
            field(&mut bytes, 76, record.host);
            let microseconds = record.microseconds;
            match layout {
                utmp::Layout::Time32 => {
                    field(&mut bytes, 336, &record.session.to_ne_bytes());
                    field(&mut bytes, 340, &(record.seconds as u32).to_ne_bytes());
                    field(&mut bytes, 344, &microseconds.to_ne_bytes());
                }
                utmp::Layout::Time64 => {
                    field(&mut bytes, 336, &i64::from(record.session).to_ne_bytes());
                    field(&mut bytes, 344, &record.seconds.to_ne_bytes());
                    field(&mut bytes, 352, &u64::from(microseconds).to_ne_bytes());
                }
            }
            file.extend(bytes);
        }
        let parsed: Vec<_> = utmp::records(&file, layout).collect();
        assert_eq!(parsed, expected);
        // A record that is being written is left out.
        file.extend(vec![7; random.below(layout.size() as u64) as usize]);
        assert_eq!(utmp::records(&file, layout).count(), expected.len());
    });
}

#[test]
fn assignments() {
    check(|random| {
        let variables: Vec<(Vec<u8>, Vec<u8>)> = random.several(5, |random| {
            let key = format!("KEY_{}", random.small()).into_bytes();
            (key, random.bytes(20, b"\n"))
        });
        let mut text = Vec::new();
        for (key, value) in &variables {
            text.extend([key, &b"="[..]].concat());
            let quote = if random.flag() && !value.contains(&b'\'') {
                b'\''
            } else {
                b'"'
            };
            text.push(quote);
            for byte in value {
                if quote == b'"' && b"\"\\$`".contains(byte) {
                    text.push(b'\\');
                }
                text.push(*byte);
            }
            text.push(quote);
            text.extend(random.pick(&[&b"\n"[..], b"\n# a comment\n", b"\n\n"]));
        }
        let parsed: Vec<_> = os_release::assignments(&text)
            .map(|(key, value)| (key.to_vec(), value))
            .collect();
        assert_eq!(parsed, variables);
    });
}
