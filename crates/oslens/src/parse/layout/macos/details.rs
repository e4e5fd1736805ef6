//! What one process has open and mapped, and numbers for it, on macOS.

use super::process::{ProcFileinfo, VinfoStat};
use crate::parse::layout::{Char, layout};

layout! {
    struct PipeInfo = "struct pipe_info" {
        pipe_stat: VinfoStat,
        pipe_handle: u64,
        pipe_peerhandle: u64,
        pipe_status: i32,
        rfu_1: i32,
    }

    struct PipeFdinfo = "struct pipe_fdinfo" {
        pfi: ProcFileinfo,
        pipeinfo: PipeInfo,
    }

    struct PsemInfo = "struct psem_info" {
        psem_stat: VinfoStat,
        psem_name: [Char; 1024],
    }

    struct PsemFdinfo = "struct psem_fdinfo" {
        pfi: ProcFileinfo,
        pseminfo: PsemInfo,
    }

    struct PshmInfo = "struct pshm_info" {
        pshm_stat: VinfoStat,
        pshm_mappaddr: u64,
        pshm_name: [Char; 1024],
    }

    struct PshmFdinfo = "struct pshm_fdinfo" {
        pfi: ProcFileinfo,
        pshminfo: PshmInfo,
    }

    struct KqueueInfo = "struct kqueue_info" {
        kq_stat: VinfoStat,
        kq_state: u32,
        rfu_1: u32,
    }

    struct KqueueFdinfo = "struct kqueue_fdinfo" {
        pfi: ProcFileinfo,
        kqueueinfo: KqueueInfo,
    }

    const i32 {
        PROC_PIDFDPSEMINFO = 4, PROC_PIDFDPSHMINFO = 5, PROC_PIDFDPIPEINFO = 6,
        PROC_PIDFDKQUEUEINFO = 7, PROX_FDTYPE_NETPOLICY = 9, PROX_FDTYPE_CHANNEL = 10,
        PROX_FDTYPE_NEXUS = 11, PROC_PIDLISTTHREADS_SIZE = 8, PROC_PIDTHREADID64INFO = 15,
        TH_FLAGS_IDLE = 2, NSIG = 32, PROC_PIDPATHINFO_MAXSIZE = 0x1000,
    }

    const u32 {
        FREAD = 1, FWRITE = 2, O_WRONLY = 1, O_RDWR = 2, O_APPEND = 8, PROC_REGION_SUBMAP = 1,
        PROC_REGION_SHARED = 2, VM_PROT_READ = 1, VM_PROT_WRITE = 2, VM_PROT_EXECUTE = 4,
        VM_MEMORY_MALLOC = 1, VM_MEMORY_MALLOC_LARGE_REUSED = 9, VM_MEMORY_MALLOC_NANO = 11,
        VM_MEMORY_MALLOC_PROB_GUARD = 13, VM_MEMORY_STACK = 30, VM_MEMORY_GUARD = 31,
    }

    const u16 {
        S_IFMT = 0xf000, S_IFIFO = 0x1000, S_IFCHR = 0x2000, S_IFDIR = 0x4000,
        S_IFBLK = 0x6000, S_IFREG = 0x8000,
    }

    const u64 {
        RLIM_INFINITY = 0x7fff_ffff_ffff_ffff,
    }
}
