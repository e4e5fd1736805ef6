//! Records one behind the other: all of one size, or each with its own size
//! at its beginning.

use crate::parse::Malformed;
use crate::parse::layout::{Endian, Field, Record};

/// Records of this size, the one behind the other. Ends after one that is not
/// whole.
///
/// # Errors
///
/// When the size is zero.
pub fn equal(
    data: &[u8],
    stride: usize,
    endian: Endian,
) -> Result<impl Iterator<Item = Result<Record<'_>, Malformed>> + Clone, Malformed> {
    if stride == 0 {
        return Err(Malformed("a size of records"));
    }
    let mut rest = data;
    Ok(std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let split = rest.split_at_checked(stride);
        rest = split.map_or(&[][..], |(_, behind)| behind);
        Some(
            split
                .map(|(record, _)| Record::new(record, endian))
                .ok_or(Malformed("a whole record")),
        )
    }))
}

/// Records whose size is in this field of each. Ends at one of size zero,
/// which marks the end, and after one that is not whole.
pub fn sized(
    data: &[u8],
    size: Field<i32>,
    endian: Endian,
) -> impl Iterator<Item = Result<Record<'_>, Malformed>> + Clone {
    let mut rest = data;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let stride = Record::new(rest, endian).get(size);
        if stride == Some(0) {
            rest = &[];
            return None;
        }
        let split = stride
            .and_then(|stride| usize::try_from(stride).ok())
            .and_then(|stride| rest.split_at_checked(stride));
        rest = split.map_or(&[][..], |(_, behind)| behind);
        Some(
            split
                .map(|(record, _)| Record::new(record, endian))
                .ok_or(Malformed("a whole record")),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sizes(data: &[u8]) -> Vec<Result<usize, Malformed>> {
        sized(data, Field::at(0), Endian::Little)
            .map(|record| record.map(|record| record.size()))
            .collect()
    }

    #[test]
    fn records_of_one_size_follow_each_other_until_one_is_cut() {
        let found: Vec<_> = equal(&[0; 10], 4, Endian::Little)
            .unwrap()
            .map(|record| record.map(|record| record.size()))
            .collect();
        assert_eq!(found, [Ok(4), Ok(4), Err(Malformed("a whole record"))]);
        assert!(equal(&[0; 10], 0, Endian::Little).is_err());
    }

    #[test]
    fn records_that_say_how_long_they_are_do_so_each() {
        let mut data = vec![6, 0, 0, 0, 1, 2, 4, 0, 0, 0];
        assert_eq!(sizes(&data), [Ok(6), Ok(4)]);
        // The end is marked, and what follows is nobody's.
        data.extend([0, 0, 0, 0, 9, 9]);
        assert_eq!(sizes(&data), [Ok(6), Ok(4)]);
    }

    #[test]
    fn a_size_that_cannot_be_is_the_end() {
        let wrong = Err(Malformed("a whole record"));
        assert_eq!(sizes(&[255; 4]), [wrong], "negative");
        assert_eq!(sizes(&[9, 0, 0, 0, 1]), [wrong], "beyond the end");
        assert_eq!(sizes(&[1, 0]), [wrong], "no size at all");
        // Shorter than the field it is in, but there is progress.
        assert_eq!(sizes(&[1, 0, 0, 0]).len(), 2);
    }
}
