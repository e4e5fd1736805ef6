//! What FreeBSD alone has: jails, login classes and what else a process is in.

use super::{
    super::{
        Target,
        bsd::{self, System as _, texts},
    },
    FreeBsd,
};
use crate::{
    Error, Result,
    os::freebsd::Setting,
    parse::{
        self, kinfo,
        layout::{
            Number as _,
            freebsd::{
                process::{KERN_PROC, KERN_PROC_UMASK},
                system::CTL_KERN,
            },
        },
    },
    process::Pid,
    sys::kernel::{Question, malformed},
};

/// What the process is in, and who watches it.
pub(crate) fn setting(target: Target<'_>) -> Result<Setting> {
    bsd::proved::<FreeBsd, _>(target, |kernel, pid| {
        let mut answer = Vec::new();
        FreeBsd::ask_one(kernel, pid, &mut answer)?;
        let wrong = |wrong| malformed("sysctl kern.proc.pid", wrong);
        let record = kinfo::freebsd::processes(&answer, kernel.endian)
            .next()
            .ok_or_else(|| Error::no_such_process(target.id.pid))?
            .map_err(wrong)?;
        let setting = parse::freebsd::process::setting(&answer, kernel.endian).map_err(wrong)?;
        let text = |text: Option<&[u8]>| text.filter(|text| !text.is_empty()).map(texts::text);
        let number = |number: i32| u32::try_from(number).ok().filter(|&number| number != 0);
        Ok(Setting {
            jail: number(setting.jail),
            tracer: number(setting.tracer).map(Pid::new),
            routing_table: u32::try_from(setting.fib).unwrap_or(0),
            in_capability_mode: setting.in_capability_mode,
            emulation: text(Some(setting.emulation)),
            login_class: text(Some(setting.login_class)),
            login_name: text(record.login),
            wait_channel: text(record.wait),
        })
    })
}

/// The permissions that files which it makes do not get.
pub(crate) fn umask(target: Target<'_>) -> Result<u16> {
    const WHAT: &str = "sysctl kern.proc.umask";
    if target.id.pid.get() == 0 {
        // The answer would be that of the caller.
        return Err(Error::unsupported("the umask of the kernel").with_pid(target.id.pid));
    }
    bsd::of_living::<FreeBsd, _>(target, None, |kernel, pid| {
        let mib = [CTL_KERN, KERN_PROC, KERN_PROC_UMASK, pid];
        let mut answer = Vec::new();
        kernel.ask_patiently(WHAT, Question::Sysctl(&mib), &mut answer)?;
        u16::read(&answer, kernel.endian).ok_or_else(|| Error::malformed(WHAT, "a number"))
    })
}
