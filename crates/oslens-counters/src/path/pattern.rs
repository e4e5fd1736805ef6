//! Names with wildcards, as the system compares them.

/// Whether two names are the same but for the case of letters.
pub(crate) fn same(one: &str, other: &str) -> bool {
    folded(one).eq(folded(other))
}

/// Whether a name is what the pattern says, in which `*` is any text, also
/// none. In time that grows with the product of their lengths at worst.
pub(crate) fn matches(pattern: &str, name: &str) -> bool {
    let pattern: Vec<char> = folded(pattern).collect();
    let name: Vec<char> = folded(name).collect();
    let (mut p, mut n) = (0_usize, 0_usize);
    // Behind the last `*`, and what it stood for up to there.
    let mut back: Option<(usize, usize)> = None;
    loop {
        match (pattern.get(p), name.get(n)) {
            (Some('*'), _) => {
                p += 1;
                back = Some((p, n));
            }
            (None, None) => return true,
            (Some(wanted), Some(is)) if wanted == is => {
                p += 1;
                n += 1;
            }
            _ => match back {
                // It stands for one more.
                Some((after, upto)) if upto < name.len() => {
                    back = Some((after, upto + 1));
                    p = after;
                    n = upto + 1;
                }
                _ => return false,
            },
        }
    }
}

fn folded(text: &str) -> impl Iterator<Item = char> + '_ {
    text.chars().flat_map(char::to_lowercase)
}
