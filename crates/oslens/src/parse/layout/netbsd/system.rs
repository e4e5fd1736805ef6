//! CPUs, memory, disks, file systems and users, on NetBSD 10.

use crate::parse::layout::{Char, Pointer, Raw2, Raw4, layout};

layout! {
    struct UvmexpSysctl = "struct uvmexp_sysctl" {
        pagesize: i64,
        pagemask: i64,
        pageshift: i64,
        npages: i64,
        free: i64,
        active: i64,
        inactive: i64,
        paging: i64,
        wired: i64,
        zeropages: i64,
        reserve_pagedaemon: i64,
        reserve_kernel: i64,
        freemin: i64,
        freetarg: i64,
        inactarg: i64,
        wiredmax: i64,
        nswapdev: i64,
        swpages: i64,
        swpginuse: i64,
        swpgonly: i64,
        nswget: i64,
        unused1: i64,
        cpuhit: i64,
        cpumiss: i64,
        faults: i64,
        traps: i64,
        intrs: i64,
        swtch: i64,
        softs: i64,
        syscalls: i64,
        pageins: i64,
        swapins: i64,
        swapouts: i64,
        pgswapin: i64,
        pgswapout: i64,
        forks: i64,
        forks_ppwait: i64,
        forks_sharevm: i64,
        pga_zerohit: i64,
        pga_zeromiss: i64,
        zeroaborts: i64,
        fltnoram: i64,
        fltnoanon: i64,
        fltpgwait: i64,
        fltpgrele: i64,
        fltrelck: i64,
        fltrelckok: i64,
        fltanget: i64,
        fltanretry: i64,
        fltamcopy: i64,
        fltnamap: i64,
        fltnomap: i64,
        fltlget: i64,
        fltget: i64,
        flt_anon: i64,
        flt_acow: i64,
        flt_obj: i64,
        flt_prcopy: i64,
        flt_przero: i64,
        pdwoke: i64,
        pdrevs: i64,
        unused4: i64,
        pdfreed: i64,
        pdscans: i64,
        pdanscan: i64,
        pdobscan: i64,
        pdreact: i64,
        pdbusy: i64,
        pdpageouts: i64,
        pdpending: i64,
        pddeact: i64,
        anonpages: i64,
        filepages: i64,
        execpages: i64,
        colorhit: i64,
        colormiss: i64,
        ncolors: i64,
        bootpages: i64,
        poolpages: i64,
        countsyncone: i64,
        countsyncall: i64,
        anonunknown: i64,
        anonclean: i64,
        anondirty: i64,
        fileunknown: i64,
        fileclean: i64,
        filedirty: i64,
        fltup: i64,
        fltnoup: i64,
    }

    struct IoSysctl = "struct io_sysctl" {
        name: [Char; 16],
        busy: i32,
        r#type: i32,
        xfer: u64,
        seek: u64,
        bytes: u64,
        attachtime_sec: u32,
        attachtime_usec: u32,
        timestamp_sec: u32,
        timestamp_usec: u32,
        time_sec: u32,
        time_usec: u32,
        rxfer: u64,
        rbytes: u64,
        wxfer: u64,
        wbytes: u64,
        wait_sec: u32,
        wait_usec: u32,
        waitsum_sec: u32,
        waitsum_usec: u32,
        busysum_sec: u32,
        busysum_usec: u32,
    }

    struct Vmtotal = "struct vmtotal" {
        t_rq: i16,
        t_dw: i16,
        t_pw: i16,
        t_sl: i16,
        _reserved1: i16,
        t_vm: i32,
        t_avm: i32,
        t_rm: i32,
        t_arm: i32,
        t_vmshr: i32,
        t_avmshr: i32,
        t_rmshr: i32,
        t_armshr: i32,
        t_free: i32,
    }

    struct Statvfs = "struct statvfs" {
        f_flag: u64,
        f_bsize: u64,
        f_frsize: u64,
        f_iosize: u64,
        f_blocks: u64,
        f_bfree: u64,
        f_bavail: u64,
        f_bresvd: u64,
        f_files: u64,
        f_ffree: u64,
        f_favail: u64,
        f_fresvd: u64,
        f_syncreads: u64,
        f_syncwrites: u64,
        f_asyncreads: u64,
        f_asyncwrites: u64,
        f_fsidx: [Raw4; 2],
        f_fsid: u64,
        f_namemax: u64,
        f_owner: u32,
        f_spare: [u64; 4],
        f_fstypename: [Char; 32],
        f_mntonname: [Char; 1024],
        f_mntfromname: [Char; 1024],
        f_mntfromlabel: [Char; 1024],
    }

    struct Swapent = "struct swapent" {
        se_dev: u64,
        se_flags: i32,
        se_nblks: i32,
        se_inuse: i32,
        se_priority: i32,
        se_path: [Char; 1025],
    }

    struct Clockinfo = "struct clockinfo" {
        hz: i32,
        tick: i32,
        tickadj: i32,
        stathz: i32,
        profhz: i32,
    }

    struct Loadavg = "struct loadavg" {
        ldavg: [u32; 3],
        fscale: i64,
    }

    struct Cpustate = "cpustate_t" {
        cs_id: u32,
        cs_online: u8,
        cs_intr: u8,
        cs_unused: [u8; 2],
        cs_lastmod: i32,
        cs_name: [Char; 16],
        cs_lastmodhi: i32,
        cs_intrcnt: u32,
        cs_hwid: u32,
        cs_reserved: u32,
    }

    struct Plistref = "struct plistref" {
        pref_plist: Pointer,
        pref_len: u64,
    }

    struct SockaddrStorage = "struct sockaddr_storage" {
        ss_len: u8,
        ss_family: u8,
        __ss_pad1: [Char; 6],
        __ss_align: i64,
        __ss_pad2: [Char; 112],
    }

    struct Timeval = "struct timeval" {
        tv_sec: i64,
        tv_usec: i32,
    }

    struct Utmpx = "struct utmpx" {
        ut_name: [Char; 32],
        ut_id: [Char; 4],
        ut_line: [Char; 32],
        ut_host: [Char; 256],
        ut_session: u16,
        ut_type: u16,
        ut_pid: i32,
        ut_exit: [Raw2; 2],
        ut_ss: SockaddrStorage,
        ut_tv: Timeval,
        ut_pad: [u8; 36],
    }

    struct EnvsysBasicInfo = "struct envsys_basic_info" {
        sensor: u32,
        units: u32,
        desc: [Char; 33],
        rfact: u32,
        rpms: u32,
        validflags: u32,
    }

    struct EnvsysTreData = "struct envsys_tre_data" {
        sensor: u32,
        cur: [Raw4; 1],
        min: [Raw4; 1],
        max: [Raw4; 1],
        avg: [Raw4; 1],
        warnflags: u32,
        validflags: u32,
        units: u32,
    }

    const i32 {
        CTL_KERN = 1, CTL_VM = 2, CTL_NET = 4, CTL_HW = 6, KERN_CP_TIME = 51,
        KERN_BOOTTIME = 83, KERN_CLOCKRATE = 12, VM_METER = 1, VM_LOADAVG = 2, VM_UVMEXP2 = 5, HW_IOSTATS = 9,
        HW_NCPU = 3, HW_NCPUONLINE = 16, HW_PHYSMEM64 = 13, IOSTAT_DISK = 0, CP_USER = 0,
        CP_NICE = 1, CP_SYS = 2, CP_INTR = 3, CP_IDLE = 4, CPUSTATES = 5, SWAP_NSWAP = 3,
        SWAP_STATS = 10, SWF_ENABLE = 2, DEV_BSIZE = 0x200, ST_RDONLY = 1, ST_NOEXEC = 4,
        ST_NOSUID = 8, ST_LOCAL = 0x1000, ST_NOWAIT = 2, USER_PROCESS = 7, BOOT_TIME = 2,
    }

    const u32 {
        ENVSYS_GETDICTIONARY = 0xc0104500, IOC_CPU_GETSTATE = 0xc02c6301,
    }
}
