//! Where the fields of a structure are, by the rules of C.

/// Where each field is, and what that makes of the whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Placed<const N: usize> {
    /// Where each field begins.
    pub offsets: [usize; N],
    /// Bytes of the structure.
    pub size: usize,
    /// What its place is a multiple of.
    pub align: usize,
}

/// Places fields of these sizes and alignments. `limits` has what the
/// declaration says: `("packed", 4)` or `("align", 8)`.
///
/// # Panics
///
/// When there is another number of fields, or another word: while compiling.
#[must_use]
pub const fn place<const N: usize>(
    types: &[(usize, usize)],
    limits: &[(&str, usize)],
) -> Placed<N> {
    assert!(types.len() == N);
    let (mut most, mut align) = (usize::MAX, 1);
    if let [(word, limit)] = *limits {
        match word.as_bytes() {
            b"packed" => most = limit,
            b"align" => align = limit,
            _ => panic!("neither packed nor align"),
        }
    }
    let mut offsets = [0; N];
    let mut end = 0_usize;
    let mut i = 0;
    while i < N {
        let (size, own) = types[i];
        let own = if own < most { own } else { most };
        end = end.next_multiple_of(own);
        offsets[i] = end;
        end += size;
        if own > align {
            align = own;
        }
        i += 1;
    }
    Placed {
        offsets,
        size: end.next_multiple_of(align),
        align,
    }
}
