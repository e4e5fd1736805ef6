//! The machine as a whole on FreeBSD.

use std::time::SystemTime;

use super::bsd;
pub(crate) use super::bsd::{all_names, uptime};
use crate::{
    Host, Result,
    host::{Info, User},
    parse::{
        bsd::{boot, logins},
        linux::os_release,
    },
};

/// When the machine booted; 1 question.
pub(crate) fn boot_time(host: &Host) -> Result<SystemTime> {
    let kernel = host.kernel()?;
    let answer = kernel.named("sysctl kern.boottime")?;
    bsd::boot_time(boot::freebsd(&answer, kernel.endian))
}

/// Who is logged in; 1 question.
pub(crate) fn users(host: &Host) -> Result<Vec<User>> {
    bsd::users(host, "getutxent", logins::freebsd)
}

/// What the machine is called; 5 questions and a file.
pub(crate) fn info(host: &Host) -> Result<Info> {
    let kernel = host.kernel()?;
    let name = |name| Ok::<_, crate::Error>(kernel.optional(name)?.and_then(|it| bsd::text(&it)));
    let mut info = Info {
        hostname: name("kern.hostname")?,
        kernel: name("kern.ostype")?,
        kernel_release: name("kern.osrelease")?,
        kernel_version: name("kern.version")?,
        architecture: name("hw.machine_arch")?,
        os_name: None,
        os_id: None,
        os_version: None,
    };
    bsd::name_system(&mut info);
    // The rest of the system may be of another release than its kernel, or be
    // called something else. Before FreeBSD 13 there is no such file.
    let content = bsd::etc_file(host, "os-release").unwrap_or_default();
    for (key, value) in os_release::assignments(&content) {
        let field = match key {
            b"PRETTY_NAME" => &mut info.os_name,
            b"ID" => &mut info.os_id,
            b"VERSION_ID" => &mut info.os_version,
            _ => continue,
        };
        *field = bsd::text(&value).or_else(|| field.take());
    }
    Ok(info)
}
