//! The machine as a whole on macOS.

use std::{ffi::OsString, time::SystemTime};

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
    bsd::boot_time(boot::macos(&answer, kernel.endian))
}

/// Who is logged in; 1 question.
pub(crate) fn users(host: &Host) -> Result<Vec<User>> {
    bsd::users(host, "getutxent", logins::macos)
}

/// What the machine is called; 6 questions.
pub(crate) fn info(host: &Host) -> Result<Info> {
    let kernel = host.kernel()?;
    let name = |name| Ok::<_, crate::Error>(kernel.optional(name)?.and_then(|it| bsd::text(&it)));
    // Since macOS 10.13.4. The kernel has a release of its own.
    let version = name("kern.osproductversion")?;
    let mut os_name = OsString::from("macOS");
    if let Some(version) = &version {
        os_name.push(" ");
        os_name.push(version);
    }
    Ok(Info {
        hostname: name("kern.hostname")?,
        kernel: name("kern.ostype")?,
        kernel_release: name("kern.osrelease")?,
        kernel_version: name("kern.version")?,
        architecture: name("hw.machine")?,
        os_name: Some(os_name),
        os_id: Some("macos".into()),
        os_version: version,
    })
}
