//! Records one behind the other: all of one size, or each with its own size
//! at its beginning.

use crate::parse::Malformed;
use crate::parse::layout::{Endian, Field, Number, Record};

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
pub fn sized<N: Number + TryInto<usize>>(
    data: &[u8],
    size: Field<N>,
    endian: Endian,
) -> impl Iterator<Item = Result<Record<'_>, Malformed>> + Clone {
    let mut rest = data;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let stride = Record::new(rest, endian)
            .get(size)
            .and_then(|stride| stride.try_into().ok());
        if stride == Some(0) {
            rest = &[];
            return None;
        }
        let split = stride.and_then(|stride: usize| rest.split_at_checked(stride));
        rest = split.map_or(&[][..], |(_, behind)| behind);
        Some(
            split
                .map(|(record, _)| Record::new(record, endian))
                .ok_or(Malformed("a whole record")),
        )
    })
}

/// What is read from records: `Some(None)` leaves one out, and `None` is for
/// one that is not what was expected. Ends after that, and after a record that
/// is not whole.
pub fn read<'a, T>(
    records: impl Iterator<Item = Result<Record<'a>, Malformed>> + Clone,
    expected: Malformed,
    read: fn(Record<'a>) -> Option<Option<T>>,
) -> impl Iterator<Item = Result<T, Malformed>> + Clone {
    let mut records = Some(records);
    std::iter::from_fn(move || {
        loop {
            let record = records.as_mut()?.next()?;
            match record.ok().and_then(read) {
                Some(Some(found)) => return Some(Ok(found)),
                Some(None) => {}
                None => {
                    records = None;
                    return Some(Err(expected));
                }
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sizes(data: &[u8]) -> Vec<Result<usize, Malformed>> {
        sized(data, Field::<i32>::at(0), Endian::Little)
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
    fn what_is_left_out_ends_nothing_and_what_is_wrong_does() {
        let read = |data: &[u8]| -> Vec<Result<u8, Malformed>> {
            let records = equal(data, 2, Endian::Little).unwrap();
            super::read(records, Malformed("a whole pair"), |record| {
                match record.get(Field::<u8>::at(0))? {
                    0 => None,
                    1 => Some(None),
                    number => Some(Some(number)),
                }
            })
            .collect()
        };
        let wrong = Err(Malformed("a whole pair"));
        assert_eq!(read(&[2, 0, 1, 0, 3, 0]), [Ok(2), Ok(3)]);
        assert_eq!(read(&[2, 0, 0, 0, 3, 0]), [Ok(2), wrong]);
        assert_eq!(read(&[2, 0, 1]), [Ok(2), wrong]);
        assert_eq!(read(&[]), []);
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
