//! `/proc/PID/status`: keys and values, see proc_pid_status(5).

use crate::{
    parse::{Malformed, text},
    process::{Capabilities, CtxSwitches, Ids, MemoryInfoEx},
};

/// What is used of one `status` file. Keys that the kernel does not have are
/// `None`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Status<'a> {
    /// State letter.
    pub state: Option<u8>,
    /// PID of the process that this thread belongs to.
    pub tgid: Option<u32>,
    /// Users.
    pub uids: Option<Ids>,
    /// Groups.
    pub gids: Option<Ids>,
    /// Supplementary groups, as decimal numbers between blanks; see
    /// [`Status::groups`].
    pub groups: Option<&'a [u8]>,
    /// Memory. All `None` for kernel threads and zombies.
    pub memory: MemoryInfoEx,
    /// Voluntary context switches.
    pub voluntary: Option<u64>,
    /// Involuntary context switches.
    pub involuntary: Option<u64>,
    /// Capabilities; `None` unless the four oldest sets are there.
    pub capabilities: Option<Capabilities>,
}

impl Status<'_> {
    /// Both counts of context switches.
    #[must_use]
    pub fn ctx_switches(&self) -> Option<CtxSwitches> {
        Some(CtxSwitches {
            voluntary: self.voluntary?,
            involuntary: Some(self.involuntary?),
        })
    }

    /// The supplementary groups, one by one.
    ///
    /// # Errors
    ///
    /// Where one is no number.
    pub fn groups(&self) -> impl Iterator<Item = Result<u32, Malformed>> {
        text::words(self.groups.unwrap_or_default())
            .map(|word| number(word).ok_or(Malformed("numbers after Groups:")))
    }
}

/// Reads a `status` file.
///
/// # Errors
///
/// When a value that is used is there and not in the expected form.
pub fn status(content: &[u8]) -> Result<Status<'_>, Malformed> {
    let mut status = Status::default();
    let mut capabilities = [None; 5];
    for line in text::lines(text::whole_lines(content)) {
        // The kernel escapes newlines in the name: no line can be forged.
        let Some((key, value)) = text::key_value(line) else {
            continue;
        };
        match key {
            b"State" => status.state = value.first().copied(),
            b"Tgid" => {
                status.tgid = Some(number(value).ok_or(Malformed("a number after Tgid:"))?);
            }
            b"Uid" => status.uids = Some(ids(value).ok_or(Malformed("four numbers after Uid:"))?),
            b"Gid" => status.gids = Some(ids(value).ok_or(Malformed("four numbers after Gid:"))?),
            b"Groups" => status.groups = Some(value),
            b"VmPeak" => status.memory.peak_vms = Some(bytes(value)?),
            b"VmLck" => status.memory.locked = Some(bytes(value)?),
            b"VmHWM" => status.memory.peak_rss = Some(bytes(value)?),
            b"RssAnon" => status.memory.rss_anon = Some(bytes(value)?),
            b"RssFile" => status.memory.rss_file = Some(bytes(value)?),
            b"RssShmem" => status.memory.rss_shmem = Some(bytes(value)?),
            b"VmSwap" => status.memory.swap = Some(bytes(value)?),
            b"HugetlbPages" => status.memory.hugetlb = Some(bytes(value)?),
            b"CapInh" | b"CapPrm" | b"CapEff" | b"CapBnd" | b"CapAmb" => {
                let [inheritable, permitted, effective, bounding, ambient] = &mut capabilities;
                let set = match key {
                    b"CapInh" => inheritable,
                    b"CapPrm" => permitted,
                    b"CapEff" => effective,
                    b"CapBnd" => bounding,
                    _ => ambient,
                };
                *set = Some(
                    text::hexadecimal(value).ok_or(Malformed("a hexadecimal number after Cap"))?,
                );
            }
            b"voluntary_ctxt_switches" => status.voluntary = text::decimal(value),
            b"nonvoluntary_ctxt_switches" => status.involuntary = text::decimal(value),
            _ => {}
        }
    }
    if let [
        Some(inheritable),
        Some(permitted),
        Some(effective),
        Some(bounding),
        ambient,
    ] = capabilities
    {
        status.capabilities = Some(Capabilities {
            inheritable,
            permitted,
            effective,
            bounding,
            ambient,
        });
    }
    Ok(status)
}

fn number(word: &[u8]) -> Option<u32> {
    text::decimal(word).and_then(|number| u32::try_from(number).ok())
}

fn ids(value: &[u8]) -> Option<Ids> {
    let mut words = text::words(value).map(number);
    let mut next = || words.next().flatten();
    Some(Ids {
        real: next()?,
        effective: next()?,
        saved: next()?,
        filesystem: next()?,
    })
}

fn bytes(value: &[u8]) -> Result<u64, Malformed> {
    value
        .strip_suffix(b"kB")
        .and_then(|number| text::decimal(number.trim_ascii_end()))
        .map(|kibibytes| kibibytes.saturating_mul(1024))
        .ok_or(Malformed("a number of kB"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NEW: &[u8] =
        b"Name:\tbash\\n\nUmask:\t0022\nState:\tS (sleeping)\nTgid:\t17248\nNgid:\t0\n\
        Pid:\t17248\nPPid:\t17200\nTracerPid:\t0\nUid:\t1000\t1001\t1002\t1003\n\
        Gid:\t100\t101\t102\t103\nFDSize:\t256\nGroups:\t16 33 100 \nNStgid:\t17248\n\
        VmPeak:\t  131168 kB\nVmSize:\t  131168 kB\nVmLck:\t       8 kB\nVmHWM:\t   13484 kB\n\
        VmRSS:\t   13484 kB\nRssAnon:\t   10264 kB\nRssFile:\t    3220 kB\nRssShmem:\t       0 kB\n\
        VmSwap:\t       4 kB\nHugetlbPages:          2048 kB\nThreads:\t1\n\
        CapInh:\t0000000000000000\nCapPrm:\t0000000000000001\nCapEff:\t0000000000000002\n\
        CapBnd:\tffffffffffffffff\nCapAmb:\t0000000000000004\nSeccomp:\t0\n\
        voluntary_ctxt_switches:\t150\nnonvoluntary_ctxt_switches:\t545\n";

    #[test]
    fn the_values_of_a_new_kernel_are_found() {
        let status = status(NEW).unwrap();
        assert_eq!((status.state, status.tgid), (Some(b'S'), Some(17248)));
        let uids = status.uids.unwrap();
        assert_eq!(
            (uids.real, uids.effective, uids.saved, uids.filesystem),
            (1000, 1001, 1002, 1003)
        );
        assert_eq!(status.gids.unwrap().filesystem, 103);
        assert_eq!(
            status.groups().collect::<Result<Vec<_>, _>>().unwrap(),
            [16, 33, 100]
        );
        assert_eq!(status.memory.peak_rss, Some(13484 * 1024));
        assert_eq!(status.memory.swap, Some(4096));
        assert_eq!(status.memory.hugetlb, Some(2 << 20));
        let capabilities = status.capabilities.unwrap();
        assert_eq!((capabilities.permitted, capabilities.effective), (1, 2));
        assert_eq!(
            (capabilities.bounding, capabilities.ambient),
            (u64::MAX, Some(4))
        );
        let switches = status.ctx_switches().unwrap();
        assert_eq!((switches.voluntary, switches.involuntary), (150, Some(545)));
    }

    #[test]
    fn what_an_old_kernel_lacks_is_unknown_not_zero() {
        let old = b"Name:\tinit\nState:\tS (sleeping)\nTgid:\t1\nPid:\t1\nUid:\t0\t0\t0\t0\n\
            Gid:\t0\t0\t0\t0\nGroups:\t\nVmPeak:\t2000 kB\nVmLck:\t0 kB\nVmHWM:\t600 kB\n\
            CapInh:\t0000000000000000\nCapPrm:\tfffffffffffffeff\nCapEff:\tfffffffffffffeff\n";
        let status = status(old).unwrap();
        assert_eq!(status.memory.rss_anon, None);
        assert_eq!(status.memory.swap, None);
        assert_eq!(status.memory.locked, Some(0));
        assert_eq!(status.ctx_switches(), None);
        assert_eq!(status.capabilities, None);
        assert_eq!(status.groups().count(), 0);
    }

    #[test]
    fn a_zombie_has_no_memory_lines() {
        let status = status(b"State:\tZ (zombie)\nTgid:\t9\nThreads:\t1\n").unwrap();
        assert_eq!(status.state, Some(b'Z'));
        assert_eq!(status.memory, MemoryInfoEx::default());
    }

    #[test]
    fn truncated_and_hostile_text_never_panics() {
        for end in 0..NEW.len() {
            let _ = status(&NEW[..end]);
        }
        assert!(status(b"Uid:\t1 2 3\n").is_err());
        assert!(status(b"VmHWM:\t-1 kB\n").is_err());
        assert!(status(b"CapEff:\txyz\nCapInh:\n").is_err());
        assert_eq!(status(b"").unwrap(), Status::default());
        let forged = status(b"Groups:\t1 x\n").unwrap();
        assert!(forged.groups().any(|group| group.is_err()));
    }
}
