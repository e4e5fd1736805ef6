//! What NetBSD has beside what all systems have.

use super::{
    super::{
        Target,
        bsd::{self, System as _, texts},
    },
    NetBsd,
};
use crate::{
    Error, Result,
    os::netbsd::Setting,
    parse::{
        kinfo,
        layout::{Type as _, netbsd::process::KinfoProc2},
    },
    sys::kernel::malformed,
};

/// What the process is in.
pub(crate) fn setting(target: Target<'_>) -> Result<Setting> {
    bsd::proved::<NetBsd, _>(target, |kernel, pid| {
        let mut answer = Vec::new();
        NetBsd::ask_one(kernel, pid, &mut answer)?;
        let wrong = |wrong| malformed(NetBsd::TABLE, wrong);
        let process = kinfo::netbsd::processes(&answer, KinfoProc2::SIZE, kernel.endian)
            .map_err(wrong)?
            .next()
            .ok_or_else(|| Error::no_such_process(target.id.pid))?
            .map_err(wrong)?;
        let text = |text: Option<&[u8]>| text.filter(|text| !text.is_empty()).map(texts::text);
        Ok(Setting {
            emulation: text(kernel.record(&answer).text(KinfoProc2::p_ename)),
            login_name: text(process.login),
            wait_channel: text(process.wait),
        })
    })
}
