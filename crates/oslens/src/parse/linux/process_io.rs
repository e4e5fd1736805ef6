//! `/proc/PID/io`: see proc_pid_io(5).

use crate::{
    parse::{Malformed, text},
    process::IoCounters,
};

/// Reads the counters. Keys that are not known are passed over.
///
/// # Errors
///
/// When one of the six counters that every kernel with this file has is
/// missing or is no number.
pub fn process_io(content: &[u8]) -> Result<IoCounters, Malformed> {
    let mut found = [None; 7];
    for line in text::lines(content) {
        let Some((key, value)) = text::key_value(line) else {
            continue;
        };
        let [rchar, wchar, syscr, syscw, read, write, cancelled] = &mut found;
        let place = match key {
            b"rchar" => rchar,
            b"wchar" => wchar,
            b"syscr" => syscr,
            b"syscw" => syscw,
            b"read_bytes" => read,
            b"write_bytes" => write,
            b"cancelled_write_bytes" => cancelled,
            _ => continue,
        };
        *place = text::decimal(value);
    }
    match found {
        [
            read_chars @ Some(_),
            write_chars @ Some(_),
            read_count @ Some(_),
            write_count @ Some(_),
            read_bytes @ Some(_),
            write_bytes @ Some(_),
            cancelled_write_bytes,
        ] => Ok(IoCounters {
            read_count,
            write_count,
            read_bytes,
            write_bytes,
            read_chars,
            write_chars,
            cancelled_write_bytes,
            other_count: None,
            other_bytes: None,
        }),
        _ => Err(Malformed(
            "rchar, wchar, syscr, syscw, read_bytes, write_bytes",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOLDEN: &[u8] = b"rchar: 323934931\nwchar: 323929600\nsyscr: 632687\nsyscw: 632675\n\
        read_bytes: 10\nwrite_bytes: 323932160\ncancelled_write_bytes: 7\n";

    #[test]
    fn counters_are_found_by_name() {
        let io = process_io(GOLDEN).unwrap();
        assert_eq!(io.read_count.zip(io.write_count), Some((632_687, 632_675)));
        assert_eq!(io.read_bytes.zip(io.write_bytes), Some((10, 323_932_160)));
        assert_eq!(
            io.read_chars.zip(io.write_chars),
            Some((323_934_931, 323_929_600))
        );
        assert_eq!(io.cancelled_write_bytes, Some(7));
    }

    #[test]
    fn strange_lines_are_passed_over_and_a_missing_counter_is_malformed() {
        let mut content = b"nonsense\n\nnew_key:12\n".to_vec();
        content.extend_from_slice(GOLDEN);
        assert!(process_io(&content).is_ok());
        assert!(process_io(b"").is_err());
        assert!(process_io(&GOLDEN[..GOLDEN.len() / 2]).is_err());
    }
}
