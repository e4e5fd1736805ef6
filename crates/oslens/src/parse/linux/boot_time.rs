//! The `btime` line of `/proc/stat`.

use crate::parse::{Malformed, text};

/// Seconds since the epoch at which the machine started.
///
/// # Errors
///
/// When there is no such line or no number in it.
pub fn boot_time(content: &[u8]) -> Result<u64, Malformed> {
    text::lines(content)
        .find_map(|line| line.strip_prefix(b"btime "))
        .and_then(|value| text::decimal(value.trim_ascii()))
        .ok_or(Malformed("a line `btime` with a number"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_boot_time_is_a_line_of_its_own() {
        let content = b"cpu  1 2 3\nintr 5 0 0\nctxt 9\nbtime 1763718000\nprocesses 7\n";
        assert_eq!(boot_time(content), Ok(1_763_718_000));
        assert!(boot_time(b"cpu  1 2 3\n").is_err());
        assert!(boot_time(b"btime \n").is_err());
        assert!(boot_time(b"btime -5\n").is_err());
        assert!(boot_time(b"").is_err());
    }
}
