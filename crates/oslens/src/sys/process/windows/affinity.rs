//! The CPUs that a process may run on, of all processor groups.
//!
//! A group has at most 64 CPUs. Here they are numbered one group after
//! another, so that the first CPU of the second group follows the last one of
//! the first.

use std::os::windows::io::{AsHandle as _, BorrowedHandle};

use windows_sys::Win32::System::Threading::{PROCESS_QUERY_INFORMATION, PROCESS_SET_INFORMATION};

use super::handle;
use crate::{
    Error, ErrorKind, Result,
    sys::{
        pal::windows::{
            groups,
            process::{self, GroupMask},
        },
        process::Target,
    },
};

/// How many CPUs each group has.
#[derive(Debug)]
pub(super) struct Groups(Vec<u32>);

impl Groups {
    pub(super) fn now() -> Self {
        Self(groups::active_counts())
    }

    /// Number of the first CPU of a group.
    fn first(&self, group: u16) -> u32 {
        self.0.iter().take(group.into()).sum()
    }

    /// All CPUs of a group.
    fn all(&self, group: u16) -> u64 {
        match self.0.get(usize::from(group)) {
            Some(count) if *count < 64 => (1 << count) - 1,
            Some(_) => u64::MAX,
            None => 0,
        }
    }

    /// Appends the CPUs of a mask of a group.
    fn push(&self, group: u16, mask: u64, cpus: &mut Vec<u32>) {
        let first = self.first(group);
        cpus.extend(
            (0..64)
                .filter(|bit| mask >> bit & 1 != 0)
                .map(|bit| first + bit),
        );
    }

    /// The mask of each group that these CPUs are in.
    fn masks(&self, cpus: &[u32]) -> Result<Vec<(u16, u64)>> {
        let mut masks: Vec<(u16, u64)> = Vec::new();
        for &cpu in cpus {
            let (group, bit) = self.place(cpu).ok_or_else(|| {
                let last = self.0.iter().sum::<u32>().saturating_sub(1);
                Error::invalid_input(format!("there is no CPU {cpu}: they go from 0 to {last}"))
            })?;
            match masks.iter_mut().find(|(known, _)| *known == group) {
                Some((_, mask)) => *mask |= 1 << bit,
                None => masks.push((group, 1 << bit)),
            }
        }
        masks.sort_unstable();
        Ok(masks)
    }

    fn place(&self, cpu: u32) -> Option<(u16, u32)> {
        let mut bit = cpu;
        for (group, count) in self.0.iter().enumerate() {
            if bit < *count {
                return Some((u16::try_from(group).ok()?, bit));
            }
            bit -= count;
        }
        None
    }
}

/// Wine has the functions and says that it does not implement them.
fn offered<T>(answer: Result<Option<T>>) -> Result<Option<T>> {
    match answer {
        Err(error) if error.kind() == ErrorKind::Unsupported => Ok(None),
        answer => answer,
    }
}

/// The CPUs that a process may run on, ascending.
pub(super) fn cpus(process: BorrowedHandle<'_>, groups: &Groups) -> Result<Vec<u32>> {
    let mut cpus = Vec::new();
    let of_process = offered(process::groups(process))?.unwrap_or_default();
    // Chosen from all groups, where the system can do that.
    let chosen = offered(process::default_cpu_sets(process))?.unwrap_or_default();
    if !chosen.is_empty() {
        for mask in chosen {
            groups.push(mask.group, mask.mask as u64, &mut cpus);
        }
    } else {
        match (process::affinity(process)?, of_process.as_slice()) {
            // Its threads are in several groups, in each of which they may
            // run everywhere; or it is in all of them since Windows 11, and
            // the mask is that of the first alone.
            ((mask, all), several) if several.len() > 1 && (mask == 0 || mask == all) => {
                for &group in several {
                    groups.push(group, groups.all(group), &mut cpus);
                }
            }
            ((mask, _), several) => {
                groups.push(several.first().copied().unwrap_or(0), mask, &mut cpus);
            }
        }
    }
    cpus.sort_unstable();
    cpus.dedup();
    Ok(cpus)
}

/// Sets the CPUs that a process may run on.
pub(crate) fn set_cpu_affinity(target: Target<'_>, cpus: &[u32]) -> Result<()> {
    if cpus.is_empty() {
        return Err(Error::invalid_input("no CPU is given"));
    }
    let masks = Groups::now().masks(cpus)?;
    let access = PROCESS_QUERY_INFORMATION | PROCESS_SET_INFORMATION;
    let opened = handle::open_to_act(target, access)?;
    let process = opened.as_handle();
    set(process, &masks).map_err(|error| {
        /// How the system refuses CPUs that the process may not have.
        const ERROR_INVALID_PARAMETER: i32 = 87;
        let error = match error.raw_os_error() {
            Some(ERROR_INVALID_PARAMETER) => error.with_kind(ErrorKind::InvalidInput),
            _ => error,
        };
        handle::named(target, error)
    })
}

fn set(process: BorrowedHandle<'_>, masks: &[(u16, u64)]) -> Result<()> {
    let groups = offered(process::groups(process))?.unwrap_or_else(|| vec![0]);
    let is_chosen =
        offered(process::default_cpu_sets(process))?.is_some_and(|sets| !sets.is_empty());
    match masks {
        [(group, mask)] if groups == [*group] => {
            if is_chosen {
                process::set_default_cpu_sets(process, &[])?;
            }
            process::set_affinity(process, word(*mask)?)
        }
        _ => {
            let masks: Vec<GroupMask> = masks
                .iter()
                .map(|&(group, mask)| Ok(GroupMask::new(group, word(mask)?)))
                .collect::<Result<_>>()?;
            process::set_default_cpu_sets(process, &masks).map_err(|error| match error.kind() {
                ErrorKind::Unsupported => Error::unsupported(
                    "CPUs of several processor groups before Windows 11 and Server 2022",
                ),
                _ => error,
            })
        }
    }
}

/// A mask as the system's calls take it, which have room for 32 CPUs of a
/// group in a 32-bit program.
fn word(mask: u64) -> Result<usize> {
    usize::try_from(mask)
        .map_err(|_| Error::unsupported("CPUs beyond the first 32 of a group for a 32-bit program"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cpus_are_numbered_through_all_groups() {
        let groups = Groups(vec![64, 16, 8]);
        let mut cpus = Vec::new();
        groups.push(1, 0b101, &mut cpus);
        groups.push(2, groups.all(2), &mut cpus);
        assert_eq!(cpus, [64, 66, 80, 81, 82, 83, 84, 85, 86, 87]);
        assert_eq!(groups.all(0), u64::MAX);
        assert_eq!(groups.all(3), 0);
        assert_eq!(
            groups.masks(&[87, 0, 63, 64, 0]).unwrap(),
            [(0, 1 << 63 | 1), (1, 1), (2, 1 << 7)]
        );
        let error = groups.masks(&[88]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        assert!(error.to_string().contains("0 to 87"), "{error}");
    }

    #[test]
    fn a_mask_is_never_cut_off() {
        assert_eq!(word(0x8000_0001).unwrap(), 0x8000_0001);
        match word(1 << 40) {
            Ok(mask) => assert_eq!(mask as u64, 1 << 40),
            Err(error) => assert_eq!(error.kind(), ErrorKind::Unsupported),
        }
    }
}
