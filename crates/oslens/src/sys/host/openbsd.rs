//! The machine as a whole on OpenBSD.

use std::time::SystemTime;

use super::bsd;
pub(crate) use super::bsd::{all_names, uptime};
use crate::{
    Host, Result,
    host::{Info, User},
    parse::{
        bsd::{boot, logins},
        layout::openbsd::{
            host::{HW_MACHINE, KERN_HOSTNAME, KERN_OSRELEASE, KERN_OSTYPE, KERN_VERSION},
            system::{CTL_HW, CTL_KERN, KERN_BOOTTIME},
        },
    },
};

/// When the machine booted; 1 question.
pub(crate) fn boot_time(host: &Host) -> Result<SystemTime> {
    let kernel = host.kernel()?;
    let answer = kernel.sysctl("sysctl kern.boottime", &[CTL_KERN, KERN_BOOTTIME])?;
    bsd::boot_time(boot::openbsd(&answer, kernel.endian))
}

/// Who is logged in; 1 question.
pub(crate) fn users(host: &Host) -> Result<Vec<User>> {
    bsd::users(host, "/var/run/utmp", logins::openbsd)
}

/// What the machine is called; 5 questions.
pub(crate) fn info(host: &Host) -> Result<Info> {
    let kernel = host.kernel()?;
    let name = |what, mib: [i32; 2]| {
        let answer = kernel.sysctl(what, &mib)?;
        Ok::<_, crate::Error>(bsd::text(&answer))
    };
    let mut info = Info {
        hostname: name("sysctl kern.hostname", [CTL_KERN, KERN_HOSTNAME])?,
        kernel: name("sysctl kern.ostype", [CTL_KERN, KERN_OSTYPE])?,
        kernel_release: name("sysctl kern.osrelease", [CTL_KERN, KERN_OSRELEASE])?,
        kernel_version: name("sysctl kern.version", [CTL_KERN, KERN_VERSION])?,
        architecture: name("sysctl hw.machine", [CTL_HW, HW_MACHINE])?,
        os_name: None,
        os_id: None,
        os_version: None,
    };
    bsd::name_system(&mut info);
    Ok(info)
}
