//! `/proc/spl/kstat/zfs/arcstats`: the cache of OpenZFS.

use crate::parse::{Malformed, text};

/// Bytes, and events since the module was loaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ArcStats {
    /// `size`: what the cache holds.
    pub size: u64,
    /// `c`: what it would like to hold.
    pub target: Option<u64>,
    /// `c_min`: below this it does not shrink.
    pub min: Option<u64>,
    /// `c_max`: above this it does not grow.
    pub max: Option<u64>,
    /// `hits`.
    pub hits: Option<u64>,
    /// `misses`.
    pub misses: Option<u64>,
}

/// Reads the statistics: lines of name, type and number.
///
/// # Errors
///
/// When there is no `size`.
pub fn arcstats(content: &[u8]) -> Result<ArcStats, Malformed> {
    let (mut size, mut target, mut min, mut max) = (None, None, None, None);
    let (mut hits, mut misses) = (None, None);
    let mut rest = content;
    while let Some(mut line) = text::take_line(&mut rest) {
        let field = match text::take_word(&mut line) {
            Some(b"size") => &mut size,
            Some(b"c") => &mut target,
            Some(b"c_min") => &mut min,
            Some(b"c_max") => &mut max,
            Some(b"hits") => &mut hits,
            Some(b"misses") => &mut misses,
            _ => continue,
        };
        let _kind = text::take_word(&mut line);
        *field = text::take_word(&mut line).and_then(text::decimal);
    }
    Ok(ArcStats {
        size: size.ok_or(Malformed("a line `size` with a type and a number"))?,
        target,
        min,
        max,
        hits,
        misses,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_hits_are_read() {
        let stats = arcstats(
            b"13 1 0x01 123 33456 4534785041 1205426397424\nname                            type data\n\
              hits                            4    1024\nmisses                          4    7\n\
              c                               4    4096\nc_min                           4    512\n\
              c_max                           4    8192\nsize                            4    2048\n\
              compressed_size                 4    1\n",
        )
        .unwrap();
        assert_eq!(
            stats,
            ArcStats {
                size: 2048,
                target: Some(4096),
                min: Some(512),
                max: Some(8192),
                hits: Some(1024),
                misses: Some(7),
            }
        );
        assert!(arcstats(b"").is_err());
        assert!(arcstats(b"size 4\n").is_err());
        assert!(arcstats(b"size 4 -1\n").is_err());
    }
}
