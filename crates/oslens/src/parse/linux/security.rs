//! The lines of `/proc/PID/status` that say what a process is kept from and
//! who watches it; see proc_pid_status(5).

use crate::parse::{Malformed, text};

/// Restrictions and watchers of one process. `None`: this kernel does not
/// have the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Security<'a> {
    /// PID of the debugger; 0 is none.
    pub tracer: Option<u32>,
    /// Whether `execve` may grant privileges: 0 or 1 (since Linux 4.10).
    pub no_new_privs: Option<u64>,
    /// Mode of the system call filter (since Linux 3.8).
    pub seccomp: Option<u64>,
    /// Number of filters (since Linux 5.9).
    pub seccomp_filters: Option<u32>,
    /// The PID in each namespace, from this one inwards, as numbers between
    /// tabs (since Linux 4.1).
    pub namespace_pids: Option<&'a [u8]>,
}

impl Security<'_> {
    /// The PIDs, one by one.
    pub fn namespace_pids(&self) -> impl Iterator<Item = Result<u32, Malformed>> {
        text::words(self.namespace_pids.unwrap_or_default())
            .map(|word| number(word).ok_or(Malformed("numbers after NSpid:")))
    }
}

/// Reads the lines out of a `status` file.
///
/// # Errors
///
/// When the file has no `TracerPid`, which all kernels have, or a value is
/// no number.
pub fn security(content: &[u8]) -> Result<Security<'_>, Malformed> {
    let mut security = Security::default();
    let need = |value| text::decimal(value).ok_or(Malformed("a number after the key"));
    let small = |value| number(value).ok_or(Malformed("a number after the key"));
    for (key, value) in text::lines(content).filter_map(text::key_value) {
        match key {
            b"TracerPid" => security.tracer = Some(small(value)?),
            b"NoNewPrivs" => security.no_new_privs = Some(need(value)?),
            b"Seccomp" => security.seccomp = Some(need(value)?),
            b"Seccomp_filters" => security.seccomp_filters = Some(small(value)?),
            b"NSpid" => security.namespace_pids = Some(value),
            _ => {}
        }
    }
    if security.tracer.is_none() {
        return Err(Malformed("TracerPid:"));
    }
    Ok(security)
}

fn number(word: &[u8]) -> Option<u32> {
    text::decimal(word).and_then(|number| u32::try_from(number).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_a_kernel_lacks_are_unknown() {
        let old = security(b"Name:\tinit\nTracerPid:\t0\n").unwrap();
        assert_eq!(old.tracer, Some(0));
        assert_eq!(old.seccomp, None);
        assert_eq!(old.namespace_pids().count(), 0);
        let new = security(
            b"TracerPid:\t77\nNSpid:\t4231\t5\t1\nNoNewPrivs:\t1\nSeccomp:\t2\nSeccomp_filters:\t3\n",
        )
        .unwrap();
        assert_eq!((new.tracer, new.no_new_privs), (Some(77), Some(1)));
        assert_eq!((new.seccomp, new.seccomp_filters), (Some(2), Some(3)));
        let pids: Vec<_> = new.namespace_pids().map(Result::unwrap).collect();
        assert_eq!(pids, [4231, 5, 1]);
    }

    #[test]
    fn strange_values_are_malformed() {
        assert!(security(b"").is_err());
        assert!(security(b"TracerPid:\tx\n").is_err());
        assert!(security(b"TracerPid:\t99999999999\n").is_err());
        let security = security(b"TracerPid:\t0\nNSpid:\t1 x\n").unwrap();
        assert!(security.namespace_pids().any(|pid| pid.is_err()));
    }
}
