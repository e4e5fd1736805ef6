//! Processes, their files and their memory, on FreeBSD 14.

use crate::parse::layout::{Char, Pointer, Raw8, layout};

layout! {
    struct Sigset = "struct __sigset" {
        __bits: [u32; 4],
    }

    struct Timeval = "struct timeval" {
        tv_sec: i64,
        tv_usec: i64,
    }

    struct Priority = "struct priority" {
        pri_class: u8,
        pri_level: u8,
        pri_native: u8,
        pri_user: u8,
    }

    struct Rusage = "struct rusage" {
        ru_utime: Timeval,
        ru_stime: Timeval,
        ru_maxrss: i64,
        ru_ixrss: i64,
        ru_idrss: i64,
        ru_isrss: i64,
        ru_minflt: i64,
        ru_majflt: i64,
        ru_nswap: i64,
        ru_inblock: i64,
        ru_oublock: i64,
        ru_msgsnd: i64,
        ru_msgrcv: i64,
        ru_nsignals: i64,
        ru_nvcsw: i64,
        ru_nivcsw: i64,
    }

    struct KinfoProc = "struct kinfo_proc" {
        ki_structsize: i32,
        ki_layout: i32,
        ki_args: Pointer,
        ki_paddr: Pointer,
        ki_addr: Pointer,
        ki_tracep: Pointer,
        ki_textvp: Pointer,
        ki_fd: Pointer,
        ki_vmspace: Pointer,
        ki_wchan: Pointer,
        ki_pid: i32,
        ki_ppid: i32,
        ki_pgid: i32,
        ki_tpgid: i32,
        ki_sid: i32,
        ki_tsid: i32,
        ki_jobc: i16,
        ki_spare_short1: i16,
        ki_tdev_freebsd11: u32,
        ki_siglist: Sigset,
        ki_sigmask: Sigset,
        ki_sigignore: Sigset,
        ki_sigcatch: Sigset,
        ki_uid: u32,
        ki_ruid: u32,
        ki_svuid: u32,
        ki_rgid: u32,
        ki_svgid: u32,
        ki_ngroups: i16,
        ki_spare_short2: i16,
        ki_groups: [u32; 16],
        ki_size: u64,
        ki_rssize: i64,
        ki_swrss: i64,
        ki_tsize: i64,
        ki_dsize: i64,
        ki_ssize: i64,
        ki_xstat: u16,
        ki_acflag: u16,
        ki_pctcpu: u32,
        ki_estcpu: u32,
        ki_slptime: u32,
        ki_swtime: u32,
        ki_cow: u32,
        ki_runtime: u64,
        ki_start: Timeval,
        ki_childtime: Timeval,
        ki_flag: i64,
        ki_kiflag: i64,
        ki_traceflag: i32,
        ki_stat: Char,
        ki_nice: i8,
        ki_lock: Char,
        ki_rqindex: Char,
        ki_oncpu_old: u8,
        ki_lastcpu_old: u8,
        ki_tdname: [Char; 17],
        ki_wmesg: [Char; 9],
        ki_login: [Char; 18],
        ki_lockname: [Char; 9],
        ki_comm: [Char; 20],
        ki_emul: [Char; 17],
        ki_loginclass: [Char; 18],
        ki_moretdname: [Char; 4],
        ki_sparestrings: [Char; 46],
        ki_spareints: [i32; 2],
        ki_tdev: u64,
        ki_oncpu: i32,
        ki_lastcpu: i32,
        ki_tracer: i32,
        ki_flag2: i32,
        ki_fibnum: i32,
        ki_cr_flags: u32,
        ki_jid: i32,
        ki_numthreads: i32,
        ki_tid: i32,
        ki_pri: Priority,
        ki_rusage: Rusage,
        ki_rusage_ch: Rusage,
        ki_pcb: Pointer,
        ki_kstack: Pointer,
        ki_udata: Pointer,
        ki_tdaddr: Pointer,
        ki_pd: Pointer,
        ki_uerrmsg: Pointer,
        ki_spareptrs: [Pointer; 4],
        ki_sparelongs: [i64; 12],
        ki_sflag: i64,
        ki_tdflags: i64,
    }

    struct CapRights = "struct cap_rights" {
        cr_rights: [u64; 2],
    }

    struct KinfoFile = "struct kinfo_file" {
        kf_structsize: i32,
        kf_type: i32,
        kf_fd: i32,
        kf_ref_count: i32,
        kf_flags: i32,
        kf_pad0: i32,
        kf_offset: i64,
        kf_un: [Raw8; 38],
        kf_status: u16,
        kf_pad1: u16,
        _kf_ispare0: i32,
        kf_cap_rights: CapRights,
        _kf_cap_spare: u64,
        kf_path: [Char; 1024],
    }

    struct SockaddrStorage = "struct sockaddr_storage" {
        ss_len: u8,
        ss_family: u8,
        __ss_pad1: [Char; 6],
        __ss_align: i64,
        __ss_pad2: [Char; 112],
    }

    struct KfSock = "__typeof__(((struct kinfo_file *)0)->kf_un.kf_sock)" {
        kf_sock_sendq: u32,
        kf_sock_domain0: i32,
        kf_sock_type0: i32,
        kf_sock_protocol0: i32,
        kf_sa_local: SockaddrStorage,
        kf_sa_peer: SockaddrStorage,
        kf_sock_pcb: u64,
        kf_sock_inpcb: u64,
        kf_sock_unpconn: u64,
        kf_sock_snd_sb_state: u16,
        kf_sock_rcv_sb_state: u16,
        kf_sock_recvq: u32,
    }

    struct KfFile = "__typeof__(((struct kinfo_file *)0)->kf_un.kf_file)" {
        kf_file_type: i32,
        kf_spareint: [i32; 3],
        kf_spareint64: [u64; 29],
        kf_file_nlink: u64,
        kf_file_fsid: u64,
        kf_file_rdev: u64,
        kf_file_fileid: u64,
        kf_file_size: u64,
        kf_file_fsid_freebsd11: u32,
        kf_file_rdev_freebsd11: u32,
        kf_file_mode: u16,
        kf_file_pad0: u16,
        kf_file_pad1: u32,
    }

    struct KfPipe = "__typeof__(((struct kinfo_file *)0)->kf_un.kf_pipe)" {
        kf_spareint: [u32; 4],
        kf_spareint64: [u64; 32],
        kf_pipe_addr: u64,
        kf_pipe_peer: u64,
        kf_pipe_buffer_cnt: u32,
        kf_pipe_buffer_in: u32,
        kf_pipe_buffer_out: u32,
        kf_pipe_buffer_size: u32,
    }

    struct KfProc = "__typeof__(((struct kinfo_file *)0)->kf_un.kf_proc)" {
        kf_spareint: [u32; 4],
        kf_spareint64: [u64; 32],
        kf_pid: i32,
    }

    struct KinfoVmentry = "struct kinfo_vmentry" {
        kve_structsize: i32,
        kve_type: i32,
        kve_start: u64,
        kve_end: u64,
        kve_offset: u64,
        kve_vn_fileid: u64,
        kve_vn_fsid_freebsd11: u32,
        kve_flags: i32,
        kve_resident: i32,
        kve_private_resident: i32,
        kve_protection: i32,
        kve_ref_count: i32,
        kve_shadow_count: i32,
        kve_vn_type: i32,
        kve_vn_size: u64,
        kve_vn_rdev_freebsd11: u32,
        kve_vn_mode: u16,
        kve_status: u16,
        kve_type_spec: [Raw8; 1],
        kve_vn_rdev: u64,
        _kve_ispare: [i32; 8],
        kve_path: [Char; 1024],
    }

    struct Xfile = "struct xfile" {
        xf_size: u64,
        xf_pid: i32,
        xf_uid: u32,
        xf_fd: i32,
        _xf_int_pad1: i32,
        xf_file: u64,
        xf_type: i16,
        _xf_short_pad1: i16,
        xf_count: i32,
        xf_msgcount: i32,
        _xf_int_pad2: i32,
        xf_offset: i64,
        xf_data: u64,
        xf_vnode: u64,
        xf_flag: u32,
        _xf_int_pad3: i32,
        _xf_int64_pad: [i64; 6],
    }

    struct Cpuset = "cpuset_t" {
        __bits: [u64; 16],
    }

    struct Kevent = "struct kevent" {
        ident: u64,
        filter: i16,
        flags: u16,
        fflags: u32,
        data: i64,
        udata: Pointer,
        ext: [u64; 4],
    }

    struct Rlimit = "struct rlimit" {
        rlim_cur: i64,
        rlim_max: i64,
    }

    const i32 {
        KERN_PROC = 14, KERN_FILE = 15, KERN_PROC_ALL = 0, KERN_PROC_PID = 1,
        KERN_PROC_ARGS = 7, KERN_PROC_PROC = 8, KERN_PROC_PATHNAME = 12,
        KERN_PROC_INC_THREAD = 16, KERN_PROC_VMMAP = 32, KERN_PROC_FILEDESC = 33,
        KERN_PROC_ENV = 35, KERN_PROC_RLIMIT = 37, KERN_PROC_CWD = 42, KERN_PROC_NFDS = 43,
        KERN_PROC_GROUPS = 34, KERN_PROC_UMASK = 39, KERN_PROC_OSREL = 40, SIDL = 1, SRUN = 2,
        SSLEEP = 3, SSTOP = 4, SZOMB = 5, SWAIT = 6, SLOCK = 7, P_SYSTEM = 0x200,
        P_INMEM = 0x10000000, P_CONTROLT = 2, P_JAILED = 0x1000000, P_KPROC = 4,
        P_TRACED = 0x800, PZERO = 45, NZERO = 0, KF_FD_TYPE_CWD = -1, KF_FD_TYPE_ROOT = -2,
        KF_FD_TYPE_JAIL = -3, KF_FD_TYPE_TRACE = -4, KF_FD_TYPE_TEXT = -5, KF_FD_TYPE_CTTY = -6,
        KF_TYPE_NONE = 0, KF_TYPE_VNODE = 1, KF_TYPE_SOCKET = 2, KF_TYPE_PIPE = 3,
        KF_TYPE_FIFO = 4, KF_TYPE_KQUEUE = 5, KF_TYPE_SHM = 8, KF_TYPE_SEM = 9,
        KF_TYPE_PTS = 10, KF_TYPE_PROCDESC = 11, KF_TYPE_DEV = 12, KF_TYPE_EVENTFD = 13,
        KF_TYPE_TIMERFD = 14, KF_VTYPE_VREG = 1, KF_VTYPE_VDIR = 2, KF_VTYPE_VBLK = 3,
        KF_VTYPE_VCHR = 4, KF_VTYPE_VFIFO = 7, KF_FLAG_READ = 1, KF_FLAG_WRITE = 2,
        KF_FLAG_APPEND = 4, KVME_TYPE_NONE = 0, KVME_TYPE_DEFAULT = 1, KVME_TYPE_VNODE = 2,
        KVME_TYPE_SWAP = 3, KVME_TYPE_DEVICE = 4, KVME_TYPE_PHYS = 5, KVME_TYPE_DEAD = 6,
        KVME_PROT_READ = 1, KVME_PROT_WRITE = 2, KVME_PROT_EXEC = 4, KVME_FLAG_COW = 1,
        KVME_FLAG_NEEDS_COPY = 2, KVME_FLAG_NOCOREDUMP = 4, KVME_FLAG_GROWS_DOWN = 32,
        CPU_LEVEL_WHICH = 3, CPU_WHICH_PID = 2, EVFILT_PROC = -5, NOTE_FORK = 0x40000000,
        NOTE_EXEC = 0x20000000, EV_ADD = 1, EV_ONESHOT = 16, RLIMIT_CPU = 0, RLIMIT_FSIZE = 1,
        RLIMIT_DATA = 2, RLIMIT_STACK = 3, RLIMIT_CORE = 4, RLIMIT_RSS = 5, RLIMIT_MEMLOCK = 6,
        RLIMIT_NPROC = 7, RLIMIT_NOFILE = 8, RLIMIT_SBSIZE = 9, RLIMIT_VMEM = 10,
        RLIMIT_NPTS = 11, RLIMIT_SWAP = 12, RLIMIT_KQUEUES = 13, RLIMIT_UMTXP = 14,
        MAXCOMLEN = 19, SIGRTMIN = 65, SIGRTMAX = 126,
    }

    const u32 {
        NOTE_EXIT = 0x80000000, KI_CRF_GRP_OVERFLOW = 0x80000000,
    }
}
