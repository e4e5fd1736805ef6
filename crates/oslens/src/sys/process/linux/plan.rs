//! From the fields that are asked for to the fewest kernel reads.

use bitflags::bitflags;

use crate::process::Fields;

bitflags! {
    /// The reads of one process.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub(super) struct Reads: u32 {
        const STAT = 1 << 0;
        const STATUS = 1 << 1;
        const STATM = 1 << 2;
        const OWNER = 1 << 3;
        const PIDFD_INFO = 1 << 4;
        const CPU_CLOCK = 1 << 5;
        const CMDLINE = 1 << 6;
        const EXE = 1 << 7;
        const CWD = 1 << 8;
        const ROOT = 1 << 9;
        const ENVIRON = 1 << 10;
        const IO = 1 << 11;
        const FDS = 1 << 12;
        const FOOTPRINT = 1 << 13;
        const OOM_SCORE = 1 << 14;
        const CGROUP = 1 << 15;
        const IONICE = 1 << 16;
        const AFFINITY = 1 << 17;
        const NICE = 1 << 18;
    }
}

/// What can be asked of the kernel by PID, besides files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Abilities {
    /// PIDs of this procfs are those that system calls take.
    pub(super) same_pids: bool,
    /// CPU clocks of other processes can be read.
    pub(super) cpu_clock: bool,
    /// Pidfds tell credentials.
    pub(super) pidfd_info: bool,
    /// Directories belong to the effective users of their processes.
    pub(super) owners: bool,
}

/// Fields that `stat` has; `RSS` and `VMS` apart, which `statm` has too.
pub(super) const STAT_FIELDS: Fields = Fields::NAME
    .union(Fields::PPID)
    .union(Fields::PGID)
    .union(Fields::SID)
    .union(Fields::STATE)
    .union(Fields::TERMINAL)
    .union(Fields::CPU_TIMES)
    .union(Fields::CPU_NUM)
    .union(Fields::NICE)
    .union(Fields::NUM_THREADS)
    .union(Fields::CREATE_TIME)
    .union(Fields::PAGE_FAULTS)
    .union(Fields::START);

/// Fields that only `status` has.
const STATUS_FIELDS: Fields = Fields::MEMORY_INFO_EX
    .union(Fields::GROUPS)
    .union(Fields::CTX_SWITCHES)
    .union(Fields::CAPABILITIES);

const CREDENTIALS: Fields = Fields::UIDS.union(Fields::GIDS);

/// Fields with one read of their own.
const SINGLE: [(Fields, Reads); 11] = [
    (Fields::MEMORY_INFO, Reads::STATM),
    (Fields::CMDLINE, Reads::CMDLINE),
    (Fields::EXE, Reads::EXE),
    (Fields::CWD, Reads::CWD),
    (Fields::ROOT, Reads::ROOT),
    (Fields::ENVIRON, Reads::ENVIRON),
    (Fields::IO_COUNTERS, Reads::IO),
    (Fields::NUM_FDS, Reads::FDS),
    (Fields::MEMORY_FOOTPRINT, Reads::FOOTPRINT),
    (Fields::OOM_SCORE, Reads::OOM_SCORE),
    (Fields::CGROUP, Reads::CGROUP),
];

/// Which reads answer these fields.
pub(super) fn reads(fields: Fields, abilities: Abilities) -> Reads {
    let mut reads = Reads::empty();
    for (field, read) in SINGLE {
        reads.set(read, fields.contains(field));
    }
    if fields.intersects(STATUS_FIELDS) {
        reads |= Reads::STATUS;
    }
    if fields.intersects(CREDENTIALS) && !reads.contains(Reads::STATUS) {
        // Three system calls either way, but the pidfd's are cheaper.
        reads |= if abilities.pidfd_info {
            Reads::PIDFD_INFO
        } else {
            Reads::STATUS
        };
    }
    if fields.contains(Fields::EFFECTIVE_UID)
        && !reads.intersects(Reads::STATUS.union(Reads::PIDFD_INFO))
    {
        reads |= if abilities.owners {
            Reads::OWNER
        } else {
            Reads::STATUS
        };
    }
    if fields.intersects(STAT_FIELDS.difference(Fields::NICE)) {
        reads |= Reads::STAT;
    }
    if fields.intersects(Fields::RSS.union(Fields::VMS)) && !reads.contains(Reads::STATM) {
        reads |= Reads::STAT;
    }
    if fields.contains(Fields::CPU_TOTAL) {
        reads |= if abilities.cpu_clock {
            Reads::CPU_CLOCK
        } else {
            Reads::STAT
        };
    }
    if fields.contains(Fields::NICE) && !reads.contains(Reads::STAT) {
        // Alone it is one cheap system call.
        reads |= if abilities.same_pids {
            Reads::NICE
        } else {
            Reads::STAT
        };
    }
    if abilities.same_pids {
        reads.set(Reads::IONICE, fields.contains(Fields::IONICE));
        reads.set(Reads::AFFINITY, fields.contains(Fields::CPU_AFFINITY));
    }
    reads
}

/// The fields for which it matters what the kernel can be asked by PID.
pub(super) fn needs_abilities(fields: Fields) -> bool {
    fields.intersects(
        CREDENTIALS
            .union(Fields::CPU_TOTAL)
            .union(Fields::IONICE)
            .union(Fields::CPU_AFFINITY)
            .union(Fields::NICE),
    )
}

/// Whether the directory of the process should be opened: from four names
/// below it on, the two system calls for that cost less than looking the PID
/// up for each of them.
pub(super) fn wants_directory(reads: Reads) -> bool {
    let names = Reads::all()
        .difference(Reads::PIDFD_INFO)
        .difference(Reads::CPU_CLOCK)
        .difference(Reads::IONICE)
        .difference(Reads::NICE)
        .difference(Reads::AFFINITY);
    reads.intersection(names).bits().count_ones() >= 4
}

#[cfg(test)]
mod tests {
    use super::*;

    const NEW: Abilities = Abilities {
        same_pids: true,
        cpu_clock: true,
        pidfd_info: true,
        owners: true,
    };
    const FILES: Abilities = Abilities {
        same_pids: false,
        cpu_clock: false,
        pidfd_info: false,
        owners: true,
    };

    #[test]
    fn fields_of_one_file_cost_one_read() {
        assert_eq!(reads(Fields::TABLE, NEW), Reads::STAT | Reads::OWNER);
        assert_eq!(reads(Fields::TABLE, FILES), Reads::STAT | Reads::OWNER);
        let captured = Abilities {
            owners: false,
            ..FILES
        };
        assert_eq!(reads(Fields::TABLE, captured), Reads::STAT | Reads::STATUS);
        assert_eq!(reads(STAT_FIELDS | Fields::RSS, NEW), Reads::STAT);
        assert_eq!(reads(Fields::CPU_TOTAL, NEW), Reads::CPU_CLOCK);
        assert_eq!(reads(Fields::NICE, NEW), Reads::NICE);
        assert_eq!(reads(Fields::NICE, FILES), Reads::STAT);
        assert_eq!(reads(Fields::NICE | Fields::PPID, NEW), Reads::STAT);
        assert_eq!(reads(Fields::empty(), NEW), Reads::empty());
        assert_eq!(reads(Fields::MEMORY_FOOTPRINT, NEW), Reads::FOOTPRINT);
    }

    #[test]
    fn a_file_that_is_read_anyway_gives_what_else_it_has() {
        let memory = Fields::MEMORY_INFO | Fields::RSS | Fields::VMS;
        assert_eq!(reads(memory, NEW), Reads::STATM);
        let users = Fields::UIDS | Fields::EFFECTIVE_UID;
        assert_eq!(reads(users, NEW), Reads::PIDFD_INFO);
        assert_eq!(reads(users, FILES), Reads::STATUS);
        assert_eq!(reads(users | Fields::GROUPS, NEW), Reads::STATUS);
        assert_eq!(reads(Fields::CPU_TOTAL, FILES), Reads::STAT);
    }

    #[test]
    fn every_field_has_a_read_where_the_kernel_can_be_asked() {
        for field in Fields::all().iter() {
            assert!(!reads(field, NEW).is_empty(), "{field:?}");
        }
        assert_eq!(
            reads(Fields::all(), NEW),
            Reads::all() - Reads::OWNER - Reads::PIDFD_INFO - Reads::NICE
        );
    }

    #[test]
    fn the_directory_is_opened_from_four_names_on() {
        assert!(!wants_directory(
            Reads::STAT | Reads::STATM | Reads::CMDLINE | Reads::CPU_CLOCK
        ));
        assert!(wants_directory(
            Reads::STAT | Reads::STATM | Reads::CMDLINE | Reads::EXE
        ));
    }
}
