//! Lists of CPUs as sysfs, cpusets and `Cpus_allowed_list` print them:
//! `0-3,8,10-11`, see cpuset(7).

use crate::parse::{Malformed, text};

/// One more than the highest CPU number that is believed: eight times what
/// the largest kernels are built for.
const LIMIT: u32 = 1 << 16;

/// The numbers in ascending order. An empty list is empty.
///
/// # Errors
///
/// When an item is neither a number nor a range, or the items do not ascend
/// (the kernel's do, and so the result is never longer than the highest
/// number).
pub fn cpulist(content: &[u8]) -> Result<Vec<u32>, Malformed> {
    const EXPECTED: Malformed = Malformed("an ascending list of CPUs like `0-3,8`");
    let mut cpus = Vec::new();
    let content = content.trim_ascii();
    if content.is_empty() {
        return Ok(cpus);
    }
    for item in content.split(|&byte| byte == b',') {
        let mut ends = item.splitn(2, |&byte| byte == b'-').map(|end| {
            text::decimal(end)
                .and_then(|cpu| u32::try_from(cpu).ok())
                .filter(|&cpu| cpu < LIMIT)
                .ok_or(EXPECTED)
        });
        let first = ends.next().ok_or(EXPECTED)??;
        let last = ends.next().unwrap_or(Ok(first))?;
        if last < first || cpus.last().is_some_and(|&before| first <= before) {
            return Err(EXPECTED);
        }
        cpus.extend(first..=last);
    }
    Ok(cpus)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_and_single_cpus_are_expanded() {
        assert_eq!(cpulist(b"0-3,8,10-11\n").unwrap(), [0, 1, 2, 3, 8, 10, 11]);
        assert_eq!(cpulist(b"0\n").unwrap(), [0]);
        assert!(cpulist(b"\n").unwrap().is_empty());
    }

    #[test]
    fn a_hostile_list_cannot_exhaust_memory() {
        for list in [
            &b"0-4294967295"[..],
            b"0-65536",
            b"3-1",
            b"0-9,0-9",
            b",",
            b"1,",
            b"-",
            b"1-2-3",
            b"a",
            b"99999999999999999999",
        ] {
            assert!(cpulist(list).is_err(), "{list:?}");
        }
    }
}
