//! CPUs, memory, disks, file systems and users, on FreeBSD 14.

use super::process::Timeval;
use crate::parse::layout::{Char, Pointer, Raw8, layout};

layout! {
    struct Vmtotal = "struct vmtotal" {
        t_vm: u64,
        t_avm: u64,
        t_rm: u64,
        t_arm: u64,
        t_vmshr: u64,
        t_avmshr: u64,
        t_rmshr: u64,
        t_armshr: u64,
        t_free: u64,
        t_rq: i16,
        t_dw: i16,
        t_pw: i16,
        t_sl: i16,
        t_sw: i16,
        t_pad: [u16; 3],
    }

    struct Xswdev = "struct xswdev" {
        xsw_version: u32,
        xsw_dev: u64,
        xsw_flags: i32,
        xsw_nblks: i32,
        xsw_used: i32,
    }

    struct Bintime = "struct bintime" {
        sec: i64,
        frac: u64,
    }

    struct Devstat = "struct devstat" {
        sequence0: u32,
        allocated: i32,
        start_count: u32,
        end_count: u32,
        busy_from: Bintime,
        dev_links: [Raw8; 1],
        device_number: u32,
        device_name: [Char; 16],
        unit_number: i32,
        bytes: [u64; 4],
        operations: [u64; 4],
        duration: [Bintime; 4],
        busy_time: Bintime,
        creation_time: Bintime,
        block_size: u32,
        tag_types: [u64; 3],
        flags: u32,
        device_type: u32,
        priority: u32,
        id: Pointer,
        sequence1: u32,
    }

    struct Fsid = "struct fsid" {
        val: [i32; 2],
    }

    struct Statfs = "struct statfs" {
        f_version: u32,
        f_type: u32,
        f_flags: u64,
        f_bsize: u64,
        f_iosize: u64,
        f_blocks: u64,
        f_bfree: u64,
        f_bavail: i64,
        f_files: u64,
        f_ffree: i64,
        f_syncwrites: u64,
        f_asyncwrites: u64,
        f_syncreads: u64,
        f_asyncreads: u64,
        f_nvnodelistsize: u32,
        f_spare0: u32,
        f_spare: [u64; 9],
        f_namemax: u32,
        f_owner: u32,
        f_fsid: Fsid,
        f_charspare: [Char; 80],
        f_fstypename: [Char; 16],
        f_mntfromname: [Char; 1024],
        f_mntonname: [Char; 1024],
    }

    struct Clockinfo = "struct clockinfo" {
        hz: i32,
        tick: i32,
        spare: i32,
        stathz: i32,
        profhz: i32,
    }

    struct Loadavg = "struct loadavg" {
        ldavg: [u32; 3],
        fscale: i64,
    }

    struct AcpiBattinfo = "struct acpi_battinfo" {
        cap: i32,
        min: i32,
        state: i32,
        rate: i32,
    }

    struct AcpiBix = "struct acpi_bix" {
        units: u32,
        dcap: u32,
        lfcap: u32,
        btech: u32,
        dvol: u32,
        wcap: u32,
        lcap: u32,
        gra1: u32,
        gra2: u32,
        model: [Char; 32],
        serial: [Char; 32],
        r#type: [Char; 32],
        oeminfo: [Char; 32],
        rev: u16,
        cycles: u32,
        accuracy: u32,
        stmax: u32,
        stmin: u32,
        aimax: u32,
        aimin: u32,
        scap: u32,
        bix_reserved: [u8; 58],
    }

    struct AcpiBst = "struct acpi_bst" {
        state: u32,
        rate: u32,
        cap: u32,
        volt: u32,
    }

    struct Utmpx = "struct utmpx" {
        ut_type: i16,
        ut_tv: Timeval,
        ut_id: [Char; 8],
        ut_pid: i32,
        ut_user: [Char; 32],
        ut_line: [Char; 16],
        ut_host: [Char; 128],
        __ut_spare: [Char; 64],
    }

    const i32 {
        CTL_KERN = 1, CTL_VM = 2, CTL_VFS = 3, CTL_NET = 4, CTL_HW = 6, KERN_BOOTTIME = 21,
        KERN_CLOCKRATE = 12, CP_USER = 0, CP_NICE = 1, CP_SYS = 2, CP_INTR = 3, CP_IDLE = 4,
        CPUSTATES = 5, VM_TOTAL = 1, VM_LOADAVG = 2, XSWDEV_VERSION = 2, DEVSTAT_VERSION = 6,
        DEVSTAT_N_TRANS_FLAGS = 4, DEVSTAT_NO_DATA = 0, DEVSTAT_READ = 1, DEVSTAT_WRITE = 2,
        DEVSTAT_FREE = 3, DEVSTAT_TYPE_MASK = 15, DEVSTAT_TYPE_DIRECT = 0,
        DEVSTAT_TYPE_CDROM = 5, DEVSTAT_TYPE_PASS = 0x100, DEVSTAT_TYPE_IF_MASK = 240,
        MNT_RDONLY = 1, MNT_NOEXEC = 4, MNT_NOSUID = 8, MNT_LOCAL = 0x1000, MNT_NOWAIT = 2,
        USER_PROCESS = 4, BOOT_TIME = 1,
    }

    const u32 {
        ACPIIO_BATT_GET_UNITS = 0x40044201, ACPIIO_BATT_GET_BATTINFO = 0xc1004203,
        ACPIIO_BATT_GET_BIX = 0xc1004210, ACPIIO_BATT_GET_BST = 0xc1004211,
        ACPIIO_ACAD_GET_STATUS = 0x40044101, ACPI_BATT_STAT_DISCHARG = 1,
        ACPI_BATT_STAT_CHARGING = 2, ACPI_BATT_STAT_NOT_PRESENT = 7,
        ACPI_BATT_UNKNOWN = 0xffffffff, ACPI_BIX_UNITS_MW = 0, ACPI_BIX_UNITS_MA = 1,
        ACPI_BIX_REV_BIF = 0xffff,
    }
}
