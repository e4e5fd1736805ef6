//! The machine as a whole on NetBSD.

use std::time::SystemTime;

use super::bsd;
pub(crate) use super::bsd::{all_names, uptime};
use crate::{
    Host, Result,
    host::{Info, User},
    parse::bsd::{boot, logins},
};

/// When the machine booted; 1 question.
pub(crate) fn boot_time(host: &Host) -> Result<SystemTime> {
    let kernel = host.kernel()?;
    let answer = kernel.named("sysctl kern.boottime")?;
    bsd::boot_time(boot::netbsd(&answer, kernel.endian))
}

/// Who is logged in; 1 question.
pub(crate) fn users(host: &Host) -> Result<Vec<User>> {
    bsd::users(host, "getutxent", logins::netbsd)
}

/// What the machine is called; 5 questions.
pub(crate) fn info(host: &Host) -> Result<Info> {
    let kernel = host.kernel()?;
    let name = |name| Ok::<_, crate::Error>(kernel.optional(name)?.and_then(|it| bsd::text(&it)));
    let mut info = Info {
        hostname: name("kern.hostname")?,
        kernel: name("kern.ostype")?,
        kernel_release: name("kern.osrelease")?,
        kernel_version: name("kern.version")?,
        // `hw.machine` is the port: `evbarm`.
        architecture: name("hw.machine_arch")?,
        os_name: None,
        os_id: None,
        os_version: None,
    };
    bsd::name_system(&mut info);
    Ok(info)
}
