//! What macOS alone answers: libproc, Mach, IOKit.

mod declare;
mod declared;
mod foundation;
pub(crate) mod iokit;
mod libproc;
mod mach;

use std::io;

use crate::{
    parse::layout::macos::system::{PROCESSOR_BASIC_INFO, PROCESSOR_CPU_LOAD_INFO},
    sys::kernel::Question,
};

/// Asks libproc or Mach.
pub(crate) fn ask(question: Question<'_>, answer: &mut Vec<u8>) -> io::Result<()> {
    match question {
        Question::PidInfo {
            pid,
            flavor,
            argument,
            size: 0,
        } => libproc::list(pid, flavor, argument, answer),
        Question::PidInfo {
            pid,
            flavor,
            argument,
            size,
        } => libproc::info(pid, flavor, argument, size, answer),
        Question::DescriptorInfo {
            pid,
            descriptor,
            flavor,
            size,
        } => libproc::descriptor(pid, descriptor, flavor, size, answer),
        Question::PidPath(pid) => libproc::path(pid, answer),
        Question::Session(pid) => libproc::session(pid, answer),
        Question::PidUsage { pid, flavor, size } => libproc::usage(pid, flavor, size, answer),
        Question::OwnTask { flavor, words } => mach::own_task(flavor, words, answer),
        Question::HostStatistics { flavor, words } => mach::statistics(flavor, words, answer),
        Question::ProcessorLoad => mach::processors(PROCESSOR_CPU_LOAD_INFO, answer),
        Question::Processors => mach::processors(PROCESSOR_BASIC_INFO, answer),
        _ => Err(io::ErrorKind::Unsupported.into()),
    }
}
