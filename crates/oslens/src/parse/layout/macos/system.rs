//! CPUs, memory, disks, file systems and users, on macOS.

use super::process::Timeval;
use crate::parse::layout::{Boolean, Char, layout};

layout! {
    struct Fsid = "struct fsid" {
        val: [i32; 2],
    }

    struct VmStatistics64 = "struct vm_statistics64" {
        free_count: u32,
        active_count: u32,
        inactive_count: u32,
        wire_count: u32,
        zero_fill_count: u64,
        reactivations: u64,
        pageins: u64,
        pageouts: u64,
        faults: u64,
        cow_faults: u64,
        lookups: u64,
        hits: u64,
        purges: u64,
        purgeable_count: u32,
        speculative_count: u32,
        decompressions: u64,
        compressions: u64,
        swapins: u64,
        swapouts: u64,
        compressor_page_count: u32,
        throttled_count: u32,
        external_page_count: u32,
        internal_page_count: u32,
        total_uncompressed_pages_in_compressor: u64,
        swapped_count: u64,
        total_tag_storage_pages: u64,
        nontag_pageable_tag_storage_pages: u64,
        nontag_wired_tag_storage_pages: u64,
        free_tag_storage_pages: u64,
        tag_storing_tag_storage_pages: u64,
        total_tagged_pages: u64,
        resident_tagged_pages: u64,
        compressed_tagged_pages: u64,
        tagged_compressions: u64,
        tagged_decompressions: u64,
        compressed_tag_storage_bytes: u64,
        speculative_pages_created: u64,
        speculative_pages_activated: u64,
        swap_count: u64,
        empty_tag_storing_tag_storage_pages: u64,
        executable_count: u64,
        shared_region_count: u64,
        boot_stolen_count: u64,
        secluded_count: u64,
        active_internal_count: u64,
        inactive_internal_count: u64,
        active_external_count: u64,
        inactive_external_count: u64,
        purgeable_pageable_count: u64,
        purgeable_wired_count: u64,
        background_internal_count: u64,
        background_external_count: u64,
        donated_count: u64,
        realtime_count: u64,
        max_mem_count: u64,
        phantom_ghosts_found: u64,
        phantom_ghosts_added: u64,
    }

    struct XswUsage = "struct xsw_usage" {
        xsu_total: u64,
        xsu_avail: u64,
        xsu_used: u64,
        xsu_pagesize: u32,
        xsu_encrypted: Boolean,
    }

    struct Loadavg = "struct loadavg" {
        ldavg: [u32; 3],
        fscale: i64,
    }

    struct Statfs = "struct statfs" {
        f_bsize: u32,
        f_iosize: i32,
        f_blocks: u64,
        f_bfree: u64,
        f_bavail: u64,
        f_files: u64,
        f_ffree: u64,
        f_fsid: Fsid,
        f_owner: u32,
        f_type: u32,
        f_flags: u32,
        f_fssubtype: u32,
        f_fstypename: [Char; 16],
        f_mntonname: [Char; 1024],
        f_mntfromname: [Char; 1024],
        f_flags_ext: u32,
        f_reserved: [u32; 7],
    }

    struct HostCpuLoadInfo = "struct host_cpu_load_info" {
        cpu_ticks: [u32; 4],
    }

    struct ProcessorBasicInfo = "struct processor_basic_info" {
        cpu_type: i32,
        cpu_subtype: i32,
        running: Boolean,
        slot_num: i32,
        is_master: Boolean,
    }

    struct Utmpx = "struct utmpx" {
        ut_user: [Char; 256],
        ut_id: [Char; 4],
        ut_line: [Char; 32],
        ut_pid: i32,
        ut_type: i16,
        ut_tv: Timeval,
        ut_host: [Char; 256],
        ut_pad: [u32; 16],
    }

    struct Clockinfo = "struct clockinfo" {
        hz: i32,
        tick: i32,
        tickadj: i32,
        stathz: i32,
        profhz: i32,
    }

    struct MachTimebaseInfo = "mach_timebase_info_data_t" {
        numer: u32,
        denom: u32,
    }

    const i32 {
        CTL_KERN = 1, CTL_VM = 2, CTL_NET = 4, CTL_HW = 6, KERN_ARGMAX = 8, KERN_BOOTTIME = 21,
        VM_SWAPUSAGE = 5, VM_LOADAVG = 2, HW_MEMSIZE = 24, HOST_CPU_LOAD_INFO = 3, KERN_NO_ACCESS = 8,
        HOST_CPU_LOAD_INFO_COUNT = 4, HOST_VM_INFO64 = 4, HOST_VM_INFO64_COUNT = 104,
        HOST_INFO_MAX = 0x400, PROCESSOR_BASIC_INFO = 1,
        PROCESSOR_CPU_LOAD_INFO = 2, CPU_STATE_USER = 0,
        CPU_STATE_SYSTEM = 1, CPU_STATE_IDLE = 2, CPU_STATE_NICE = 3, MNT_RDONLY = 1,
        MNT_NOEXEC = 4, MNT_NOSUID = 8, MNT_LOCAL = 0x1000, MNT_NOWAIT = 2, USER_PROCESS = 7,
        BOOT_TIME = 2,
    }
}
