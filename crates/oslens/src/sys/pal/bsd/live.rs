//! The kernel of this machine.

use std::{
    io,
    path::PathBuf,
    time::{Duration, Instant},
};

use super::{control, devices, logins, mounts, process, room, swap, wait};
use crate::sys::kernel::{Action, Answers, Question};
#[cfg(target_os = "macos")]
use crate::sys::{
    kernel::{BlockStorage, PowerSource},
    pal::macos,
};

/// Asks the kernel that this program runs on.
#[derive(Debug)]
pub(crate) struct Live;

impl Answers for Live {
    fn ask(&self, question: Question<'_>, answer: &mut Vec<u8>) -> io::Result<()> {
        match question {
            Question::Sysctl(mib) => control::ask(mib, answer),
            Question::Records { mib, stride } => control::records(mib, stride, answer),
            Question::Whole { mib, stride } => control::whole(mib, stride, answer),
            Question::Room { mib, size } => control::fixed(mib, &[], size, answer),
            Question::From { mib, from, size } => control::fixed(mib, from, size, answer),
            Question::Named(name) => control::named(name, answer),
            Question::NamedRecords {
                name,
                numbers,
                stride,
            } => {
                let mib = [&control::numbers(name)?, numbers].concat();
                control::records(&mib, stride, answer)
            }
            Question::NamedNumbers { name, numbers } => {
                let mib = [&control::numbers(name)?, numbers].concat();
                control::ask(&mib, answer)
            }
            Question::DeviceName(number) => control::device_name(number, answer),
            Question::Mounts => mounts::mounts(answer),
            Question::SwapDevices => swap::devices(answer),
            Question::Logins => logins::logins(answer),
            Question::Interface {
                request,
                name,
                size,
            } => devices::interface(request, name, size, answer),
            Question::Ipv6 { request, structure } => devices::ipv6(request, structure, answer),
            Question::Device {
                path,
                request,
                size,
            } => devices::device(path, request, size, answer),
            Question::Exchange {
                path,
                request,
                structure,
            } => devices::exchange(path, request, structure, answer),
            Question::PropertyList { path, request } => {
                devices::property_list(path, request, "", answer)
            }
            Question::Property {
                path,
                request,
                list,
            } => devices::property_list(path, request, list, answer),
            Question::CpuSet { pid } => process::cpu_set(pid, answer),
            Question::FirstCpuSet { pid, size } => process::first_cpu_set(pid, size, answer),
            Question::OwnLimit(resource) => process::own_limit(resource, answer),
            Question::PidInfo { .. }
            | Question::DescriptorInfo { .. }
            | Question::PidPath(_)
            | Question::Session(_)
            | Question::PidUsage { .. }
            | Question::OwnTask { .. }
            | Question::HostStatistics { .. }
            | Question::ProcessorLoad
            | Question::Processors => mach_or_libproc(question, answer),
        }
    }

    fn act(&self, action: Action<'_>) -> io::Result<()> {
        match action {
            Action::Signal { pid, number } => process::signal(pid, number),
            Action::Nice { pid, value } => process::set_nice(pid, value),
            Action::CpuSet { pid, set } => process::set_cpu_set(pid, set),
            Action::Sysctl { mib, value } => control::set(mib, value),
            Action::OwnLimit { resource, value } => process::set_own_limit(resource, value),
        }
    }

    fn uptime(&self) -> io::Result<Duration> {
        // OpenBSD's name for what counts sleep, too. Its monotonic clock does
        // so in the releases that are known.
        #[cfg(target_os = "openbsd")]
        const SINCE_BOOT: libc::clockid_t = libc::CLOCK_BOOTTIME;
        #[cfg(not(target_os = "openbsd"))]
        const SINCE_BOOT: libc::clockid_t = libc::CLOCK_MONOTONIC;
        let mut now = libc::timespec {
            tv_sec: 0,
            tv_nsec: 0,
        };
        // SAFETY: the structure is writable, and of the type that the call
        // fills.
        room::check(unsafe { libc::clock_gettime(SINCE_BOOT, &mut now) })?;
        let wrong = |_| io::Error::from(io::ErrorKind::InvalidData);
        let seconds = u64::try_from(now.tv_sec).map_err(wrong)?;
        let nanos = u32::try_from(now.tv_nsec).map_err(wrong)?;
        Ok(Duration::from_secs(seconds).saturating_add(Duration::from_nanos(nanos.into())))
    }

    fn await_end(&self, pids: &[i32], deadline: Option<Instant>) -> io::Result<Vec<i32>> {
        wait::end(pids, deadline)
    }

    fn collect(&self, pid: i32) -> io::Result<Option<i32>> {
        process::collect(pid)
    }

    fn terminals(&self) -> io::Result<Vec<(u64, PathBuf)>> {
        devices::terminals()
    }

    #[cfg(target_os = "macos")]
    fn block_storage(&self) -> io::Result<Vec<BlockStorage>> {
        macos::iokit::block_storage()
    }

    #[cfg(target_os = "macos")]
    fn power_sources(&self) -> io::Result<Vec<PowerSource>> {
        macos::iokit::power_sources()
    }

    #[cfg(target_os = "macos")]
    fn voltage_states(&self) -> io::Result<Vec<Vec<u8>>> {
        macos::iokit::voltage_states()
    }
}

#[cfg(target_os = "macos")]
use macos::ask as mach_or_libproc;

/// There are no such things here.
#[cfg(not(target_os = "macos"))]
fn mach_or_libproc(_: Question<'_>, _: &mut Vec<u8>) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}
