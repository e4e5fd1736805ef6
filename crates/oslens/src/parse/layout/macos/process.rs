//! Processes, their files and their memory, on macOS.

use super::system::Fsid;
use crate::parse::layout::{Boolean, Char, Pointer, Raw1, Raw4, Raw8, layout};

layout! {
    struct Timeval = "struct timeval" {
        tv_sec: i64,
        tv_usec: i32,
    }

    struct Itimerval = "struct itimerval" {
        it_interval: Timeval,
        it_value: Timeval,
    }

    struct ExternProc = "struct extern_proc" {
        p_un: [Raw8; 2],
        p_vmspace: Pointer,
        p_sigacts: Pointer,
        p_flag: i32,
        p_stat: Char,
        p_pid: i32,
        p_oppid: i32,
        p_dupfd: i32,
        user_stack: Pointer,
        exit_thread: Pointer,
        p_debugger: i32,
        sigwait: Boolean,
        p_estcpu: u32,
        p_cpticks: i32,
        p_pctcpu: u32,
        p_wchan: Pointer,
        p_wmesg: Pointer,
        p_swtime: u32,
        p_slptime: u32,
        p_realtimer: Itimerval,
        p_rtime: Timeval,
        p_uticks: u64,
        p_sticks: u64,
        p_iticks: u64,
        p_traceflag: i32,
        p_tracep: Pointer,
        p_siglist: i32,
        p_textvp: Pointer,
        p_holdcnt: i32,
        p_sigmask: u32,
        p_sigignore: u32,
        p_sigcatch: u32,
        p_priority: u8,
        p_usrpri: u8,
        p_nice: Char,
        p_comm: [Char; 17],
        p_pgrp: Pointer,
        p_addr: Pointer,
        p_xstat: u16,
        p_acflag: u16,
        p_ru: Pointer,
    }

    struct Pcred = "struct _pcred" {
        pc_lock: [Char; 72],
        pc_ucred: Pointer,
        p_ruid: u32,
        p_svuid: u32,
        p_rgid: u32,
        p_svgid: u32,
        p_refcnt: i32,
    }

    struct Ucred = "struct _ucred" {
        cr_ref: i32,
        cr_uid: u32,
        cr_ngroups: i16,
        cr_groups: [u32; 16],
    }

    struct Vmspace = "struct vmspace" {
        dummy: i32,
        dummy2: Pointer,
        dummy3: [i32; 5],
        dummy4: [Pointer; 3],
    }

    struct Eproc = "struct eproc" {
        e_paddr: Pointer,
        e_sess: Pointer,
        e_pcred: Pcred,
        e_ucred: Ucred,
        e_vm: Vmspace,
        e_ppid: i32,
        e_pgid: i32,
        e_jobc: i16,
        e_tdev: i32,
        e_tpgid: i32,
        e_tsess: Pointer,
        e_wmesg: [Char; 8],
        e_xsize: i32,
        e_xrssize: i16,
        e_xccount: i16,
        e_xswrss: i16,
        e_flag: i32,
        e_login: [Char; 12],
        e_spare: [i32; 4],
    }

    struct KinfoProc = "struct kinfo_proc" {
        kp_proc: ExternProc,
        kp_eproc: Eproc,
    }

    struct ProcTaskinfo = "struct proc_taskinfo" {
        pti_virtual_size: u64,
        pti_resident_size: u64,
        pti_total_user: u64,
        pti_total_system: u64,
        pti_threads_user: u64,
        pti_threads_system: u64,
        pti_policy: i32,
        pti_faults: i32,
        pti_pageins: i32,
        pti_cow_faults: i32,
        pti_messages_sent: i32,
        pti_messages_received: i32,
        pti_syscalls_mach: i32,
        pti_syscalls_unix: i32,
        pti_csw: i32,
        pti_threadnum: i32,
        pti_numrunning: i32,
        pti_priority: i32,
    }

    struct ProcBsdinfo = "struct proc_bsdinfo" {
        pbi_flags: u32,
        pbi_status: u32,
        pbi_xstatus: u32,
        pbi_pid: u32,
        pbi_ppid: u32,
        pbi_uid: u32,
        pbi_gid: u32,
        pbi_ruid: u32,
        pbi_rgid: u32,
        pbi_svuid: u32,
        pbi_svgid: u32,
        rfu_1: u32,
        pbi_comm: [Char; 16],
        pbi_name: [Char; 32],
        pbi_nfiles: u32,
        pbi_pgid: u32,
        pbi_pjobc: u32,
        e_tdev: u32,
        e_tpgid: u32,
        pbi_nice: i32,
        pbi_start_tvsec: u64,
        pbi_start_tvusec: u64,
    }

    struct ProcTaskallinfo = "struct proc_taskallinfo" {
        pbsd: ProcBsdinfo,
        ptinfo: ProcTaskinfo,
    }

    struct ProcThreadinfo = "struct proc_threadinfo" {
        pth_user_time: u64,
        pth_system_time: u64,
        pth_cpu_usage: i32,
        pth_policy: i32,
        pth_run_state: i32,
        pth_flags: i32,
        pth_sleep_time: i32,
        pth_curpri: i32,
        pth_priority: i32,
        pth_maxpriority: i32,
        pth_name: [Char; 64],
    }

    struct VinfoStat = "struct vinfo_stat" {
        vst_dev: u32,
        vst_mode: u16,
        vst_nlink: u16,
        vst_ino: u64,
        vst_uid: u32,
        vst_gid: u32,
        vst_atime: i64,
        vst_atimensec: i64,
        vst_mtime: i64,
        vst_mtimensec: i64,
        vst_ctime: i64,
        vst_ctimensec: i64,
        vst_birthtime: i64,
        vst_birthtimensec: i64,
        vst_size: i64,
        vst_blocks: i64,
        vst_blksize: i32,
        vst_flags: u32,
        vst_gen: u32,
        vst_rdev: u32,
        vst_qspare: [i64; 2],
    }

    struct VnodeInfo = "struct vnode_info" {
        vi_stat: VinfoStat,
        vi_type: i32,
        vi_pad: i32,
        vi_fsid: Fsid,
    }

    struct VnodeInfoPath = "struct vnode_info_path" {
        vip_vi: VnodeInfo,
        vip_path: [Char; 1024],
    }

    struct ProcVnodepathinfo = "struct proc_vnodepathinfo" {
        pvi_cdir: VnodeInfoPath,
        pvi_rdir: VnodeInfoPath,
    }

    struct ProcRegioninfo = "struct proc_regioninfo" {
        pri_protection: u32,
        pri_max_protection: u32,
        pri_inheritance: u32,
        pri_flags: u32,
        pri_offset: u64,
        pri_behavior: u32,
        pri_user_wired_count: u32,
        pri_user_tag: u32,
        pri_pages_resident: u32,
        pri_pages_shared_now_private: u32,
        pri_pages_swapped_out: u32,
        pri_pages_dirtied: u32,
        pri_ref_count: u32,
        pri_shadow_depth: u32,
        pri_share_mode: u32,
        pri_private_pages_resident: u32,
        pri_shared_pages_resident: u32,
        pri_obj_id: u32,
        pri_depth: u32,
        pri_address: u64,
        pri_size: u64,
    }

    struct ProcRegionwithpathinfo = "struct proc_regionwithpathinfo" {
        prp_prinfo: ProcRegioninfo,
        prp_vip: VnodeInfoPath,
    }

    struct ProcFdinfo = "struct proc_fdinfo" {
        proc_fd: i32,
        proc_fdtype: u32,
    }

    struct ProcFileinfo = "struct proc_fileinfo" {
        fi_openflags: u32,
        fi_status: u32,
        fi_offset: i64,
        fi_type: i32,
        fi_guardflags: u32,
    }

    struct VnodeFdinfowithpath = "struct vnode_fdinfowithpath" {
        pfi: ProcFileinfo,
        pvip: VnodeInfoPath,
    }

    struct SockbufInfo = "struct sockbuf_info" {
        sbi_cc: u32,
        sbi_hiwat: u32,
        sbi_mbcnt: u32,
        sbi_mbmax: u32,
        sbi_lowat: u32,
        sbi_flags: i16,
        sbi_timeo: i16,
    }

    struct SocketInfo = "struct socket_info" {
        soi_stat: VinfoStat,
        soi_so: u64,
        soi_pcb: u64,
        soi_type: i32,
        soi_protocol: i32,
        soi_family: i32,
        soi_options: i16,
        soi_linger: i16,
        soi_state: i16,
        soi_qlen: i16,
        soi_incqlen: i16,
        soi_qlimit: i16,
        soi_timeo: i16,
        soi_error: u16,
        soi_oobmark: u32,
        soi_rcv: SockbufInfo,
        soi_snd: SockbufInfo,
        soi_kind: i32,
        rfu_1: u32,
        soi_proto: [Raw8; 66],
    }

    struct SocketFdinfo = "struct socket_fdinfo" {
        pfi: ProcFileinfo,
        psi: SocketInfo,
    }

    struct InSockinfo = "struct in_sockinfo" {
        insi_fport: i32,
        insi_lport: i32,
        insi_gencnt: u64,
        insi_flags: u32,
        insi_flow: u32,
        insi_vflag: u8,
        insi_ip_ttl: u8,
        rfu_1: u32,
        insi_faddr: [Raw4; 4],
        insi_laddr: [Raw4; 4],
        insi_v4: [Raw1; 1],
        insi_v6: [Raw4; 3],
    }

    struct TcpSockinfo = "struct tcp_sockinfo" {
        tcpsi_ini: InSockinfo,
        tcpsi_state: i32,
        tcpsi_timer: [i32; 4],
        tcpsi_mss: i32,
        tcpsi_flags: u32,
        rfu_1: u32,
        tcpsi_tp: u64,
    }

    struct UnSockinfo = "struct un_sockinfo" {
        unsi_conn_so: u64,
        unsi_conn_pcb: u64,
        unsi_addr: [Raw1; 255],
        unsi_caddr: [Raw1; 255],
    }

    struct RusageInfoV0 = "struct rusage_info_v0" {
        ri_uuid: [u8; 16],
        ri_user_time: u64,
        ri_system_time: u64,
        ri_pkg_idle_wkups: u64,
        ri_interrupt_wkups: u64,
        ri_pageins: u64,
        ri_wired_size: u64,
        ri_resident_size: u64,
        ri_phys_footprint: u64,
        ri_proc_start_abstime: u64,
        ri_proc_exit_abstime: u64,
    }

    struct RusageInfoV2 = "struct rusage_info_v2" {
        ri_uuid: [u8; 16],
        ri_user_time: u64,
        ri_system_time: u64,
        ri_pkg_idle_wkups: u64,
        ri_interrupt_wkups: u64,
        ri_pageins: u64,
        ri_wired_size: u64,
        ri_resident_size: u64,
        ri_phys_footprint: u64,
        ri_proc_start_abstime: u64,
        ri_proc_exit_abstime: u64,
        ri_child_user_time: u64,
        ri_child_system_time: u64,
        ri_child_pkg_idle_wkups: u64,
        ri_child_interrupt_wkups: u64,
        ri_child_pageins: u64,
        ri_child_elapsed_abstime: u64,
        ri_diskio_bytesread: u64,
        ri_diskio_byteswritten: u64,
    }

    struct RusageInfoV4 = "struct rusage_info_v4" {
        ri_uuid: [u8; 16],
        ri_user_time: u64,
        ri_system_time: u64,
        ri_pkg_idle_wkups: u64,
        ri_interrupt_wkups: u64,
        ri_pageins: u64,
        ri_wired_size: u64,
        ri_resident_size: u64,
        ri_phys_footprint: u64,
        ri_proc_start_abstime: u64,
        ri_proc_exit_abstime: u64,
        ri_child_user_time: u64,
        ri_child_system_time: u64,
        ri_child_pkg_idle_wkups: u64,
        ri_child_interrupt_wkups: u64,
        ri_child_pageins: u64,
        ri_child_elapsed_abstime: u64,
        ri_diskio_bytesread: u64,
        ri_diskio_byteswritten: u64,
        ri_cpu_time_qos_default: u64,
        ri_cpu_time_qos_maintenance: u64,
        ri_cpu_time_qos_background: u64,
        ri_cpu_time_qos_utility: u64,
        ri_cpu_time_qos_legacy: u64,
        ri_cpu_time_qos_user_initiated: u64,
        ri_cpu_time_qos_user_interactive: u64,
        ri_billed_system_time: u64,
        ri_serviced_system_time: u64,
        ri_logical_writes: u64,
        ri_lifetime_max_phys_footprint: u64,
        ri_instructions: u64,
        ri_cycles: u64,
        ri_billed_energy: u64,
        ri_serviced_energy: u64,
        ri_interval_max_phys_footprint: u64,
        ri_runnable_time: u64,
    }

    struct RusageInfoV6 = "struct rusage_info_v6" {
        ri_uuid: [u8; 16],
        ri_user_time: u64,
        ri_system_time: u64,
        ri_pkg_idle_wkups: u64,
        ri_interrupt_wkups: u64,
        ri_pageins: u64,
        ri_wired_size: u64,
        ri_resident_size: u64,
        ri_phys_footprint: u64,
        ri_proc_start_abstime: u64,
        ri_proc_exit_abstime: u64,
        ri_child_user_time: u64,
        ri_child_system_time: u64,
        ri_child_pkg_idle_wkups: u64,
        ri_child_interrupt_wkups: u64,
        ri_child_pageins: u64,
        ri_child_elapsed_abstime: u64,
        ri_diskio_bytesread: u64,
        ri_diskio_byteswritten: u64,
        ri_cpu_time_qos_default: u64,
        ri_cpu_time_qos_maintenance: u64,
        ri_cpu_time_qos_background: u64,
        ri_cpu_time_qos_utility: u64,
        ri_cpu_time_qos_legacy: u64,
        ri_cpu_time_qos_user_initiated: u64,
        ri_cpu_time_qos_user_interactive: u64,
        ri_billed_system_time: u64,
        ri_serviced_system_time: u64,
        ri_logical_writes: u64,
        ri_lifetime_max_phys_footprint: u64,
        ri_instructions: u64,
        ri_cycles: u64,
        ri_billed_energy: u64,
        ri_serviced_energy: u64,
        ri_interval_max_phys_footprint: u64,
        ri_runnable_time: u64,
        ri_flags: u64,
        ri_user_ptime: u64,
        ri_system_ptime: u64,
        ri_pinstructions: u64,
        ri_pcycles: u64,
        ri_energy_nj: u64,
        ri_penergy_nj: u64,
        ri_secure_time_in_system: u64,
        ri_secure_ptime_in_system: u64,
        ri_neural_footprint: u64,
        ri_lifetime_max_neural_footprint: u64,
        ri_interval_max_neural_footprint: u64,
        ri_conclave_footprint: u64,
        ri_page_wait_time_mach: u64,
        ri_page_cache_hits: u64,
        ri_reserved: [u64; 6],
    }

    struct TimeValue = "struct time_value" {
        seconds: i32,
        microseconds: i32,
    }

    struct TaskVmInfo (packed 4) = "struct task_vm_info" {
        virtual_size: u64,
        region_count: i32,
        page_size: i32,
        resident_size: u64,
        resident_size_peak: u64,
        device: u64,
        device_peak: u64,
        internal: u64,
        internal_peak: u64,
        external: u64,
        external_peak: u64,
        reusable: u64,
        reusable_peak: u64,
        purgeable_volatile_pmap: u64,
        purgeable_volatile_resident: u64,
        purgeable_volatile_virtual: u64,
        compressed: u64,
        compressed_peak: u64,
        compressed_lifetime: u64,
        phys_footprint: u64,
        min_address: u64,
        max_address: u64,
        ledger_phys_footprint_peak: i64,
        ledger_purgeable_nonvolatile: i64,
        ledger_purgeable_novolatile_compressed: i64,
        ledger_purgeable_volatile: i64,
        ledger_purgeable_volatile_compressed: i64,
        ledger_tag_network_nonvolatile: i64,
        ledger_tag_network_nonvolatile_compressed: i64,
        ledger_tag_network_volatile: i64,
        ledger_tag_network_volatile_compressed: i64,
        ledger_tag_media_footprint: i64,
        ledger_tag_media_footprint_compressed: i64,
        ledger_tag_media_nofootprint: i64,
        ledger_tag_media_nofootprint_compressed: i64,
        ledger_tag_graphics_footprint: i64,
        ledger_tag_graphics_footprint_compressed: i64,
        ledger_tag_graphics_nofootprint: i64,
        ledger_tag_graphics_nofootprint_compressed: i64,
        ledger_tag_neural_footprint: i64,
        ledger_tag_neural_footprint_compressed: i64,
        ledger_tag_neural_nofootprint: i64,
        ledger_tag_neural_nofootprint_compressed: i64,
        limit_bytes_remaining: u64,
        decompressions: i32,
        ledger_swapins: i64,
        ledger_tag_neural_nofootprint_total: i64,
        ledger_tag_neural_nofootprint_peak: i64,
    }

    struct VmRegionTopInfo = "struct vm_region_top_info" {
        obj_id: u32,
        ref_count: u32,
        private_pages_resident: u32,
        shared_pages_resident: u32,
        share_mode: u8,
    }

    struct Kevent (packed 4) = "struct kevent" {
        ident: u64,
        filter: i16,
        flags: u16,
        fflags: u32,
        data: i64,
        udata: Pointer,
    }

    struct Rlimit = "struct rlimit" {
        rlim_cur: u64,
        rlim_max: u64,
    }

    const i32 {
        KERN_PROC = 14, KERN_PROC_ALL = 0, KERN_PROC_PID = 1, KERN_PROCARGS2 = 49,
        PROC_ALL_PIDS = 1, PROC_PIDLISTFDS = 1, PROC_PIDTASKALLINFO = 2, PROC_PIDTBSDINFO = 3,
        PROC_PIDTASKINFO = 4, PROC_PIDTHREADINFO = 5, PROC_PIDLISTTHREADS = 6,
        PROC_PIDREGIONINFO = 7, PROC_PIDREGIONPATHINFO = 8, PROC_PIDVNODEPATHINFO = 9,
        PROC_PIDFDVNODEPATHINFO = 2, PROC_PIDFDSOCKETINFO = 3, PROX_FDTYPE_ATALK = 0,
        PROX_FDTYPE_VNODE = 1, PROX_FDTYPE_SOCKET = 2, PROX_FDTYPE_PSHM = 3,
        PROX_FDTYPE_PSEM = 4, PROX_FDTYPE_KQUEUE = 5, PROX_FDTYPE_PIPE = 6,
        PROX_FDTYPE_FSEVENTS = 7, SOCKINFO_GENERIC = 0, SOCKINFO_IN = 1, SOCKINFO_TCP = 2,
        SOCKINFO_UN = 3, INI_IPV4 = 1, INI_IPV6 = 2, TSI_S_CLOSED = 0, TSI_S_LISTEN = 1,
        TSI_S_SYN_SENT = 2, TSI_S_SYN_RECEIVED = 3, TSI_S_ESTABLISHED = 4,
        TSI_S__CLOSE_WAIT = 5, TSI_S_FIN_WAIT_1 = 6, TSI_S_CLOSING = 7, TSI_S_LAST_ACK = 8,
        TSI_S_FIN_WAIT_2 = 9, TSI_S_TIME_WAIT = 10, RUSAGE_INFO_V0 = 0, RUSAGE_INFO_V2 = 2,
        RUSAGE_INFO_V4 = 4, RUSAGE_INFO_V6 = 6, SM_COW = 1, SM_PRIVATE = 2, SM_EMPTY = 3,
        SM_SHARED = 4, SM_TRUESHARED = 5, SM_PRIVATE_ALIASED = 6, SM_SHARED_ALIASED = 7,
        SM_LARGE_PAGE = 8, SIDL = 1, SRUN = 2, SSLEEP = 3, SSTOP = 4, SZOMB = 5,
        P_SYSTEM = 0x200, P_CONTROLT = 2, P_TRACED = 0x800, P_LP64 = 4, P_TRANSLATED = 0x20000,
        EPROC_CTTY = 1, EPROC_SLEADER = 2, TH_STATE_RUNNING = 1, TH_STATE_STOPPED = 2,
        TH_STATE_WAITING = 3, TH_STATE_UNINTERRUPTIBLE = 4, TH_STATE_HALTED = 5,
        TASK_VM_INFO = 22, TASK_VM_INFO_COUNT = 93, MAXPATHLEN = 0x400,
        MAXCOMLEN = 16, EVFILT_PROC = -5, NOTE_FORK = 0x40000000, NOTE_EXEC = 0x20000000,
        EV_ADD = 1, EV_ONESHOT = 16, RLIMIT_CPU = 0, RLIMIT_FSIZE = 1, RLIMIT_DATA = 2,
        RLIMIT_STACK = 3, RLIMIT_CORE = 4, RLIMIT_AS = 5, RLIMIT_MEMLOCK = 6, RLIMIT_NPROC = 7,
        RLIMIT_NOFILE = 8,
    }

    const u32 {
        NOTE_EXIT = 0x80000000,
    }
}
