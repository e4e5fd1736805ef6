//! What OpenBSD alone has: promises, and what else a process is in.

use super::{
    super::{
        Target,
        bsd::{self, System as _, texts},
    },
    OpenBsd,
};
use crate::{
    Error, Result,
    os::openbsd::{Pledge, Setting},
    parse::{
        self, kinfo,
        layout::{Type as _, openbsd::process::KinfoProc},
    },
    sys::kernel::malformed,
};

/// What the process is in, and what it has promised.
pub(crate) fn setting(target: Target<'_>) -> Result<Setting> {
    bsd::proved::<OpenBsd, _>(target, |kernel, pid| {
        let mut answer = Vec::new();
        OpenBsd::ask_one(kernel, pid, &mut answer)?;
        let wrong = |wrong| malformed(OpenBsd::TABLE, wrong);
        let process = kinfo::openbsd::processes(&answer, KinfoProc::SIZE, kernel.endian)
            .map_err(wrong)?
            .next()
            .ok_or_else(|| Error::no_such_process(target.id.pid))?
            .map_err(wrong)?;
        let promises = parse::openbsd::process::promises(&answer, kernel.endian).map_err(wrong)?;
        let record = kernel.record(&answer);
        let text = |text: Option<&[u8]>| text.filter(|text| !text.is_empty()).map(texts::text);
        Ok(Setting {
            pledge: promises.pledge.map(Pledge::from_bits_retain),
            has_exec_pledge: promises.has_exec_pledge,
            has_unveil: promises.has_unveil,
            is_unveil_locked: promises.is_unveil_locked,
            is_chrooted: promises.is_chrooted,
            routing_table: record.get(KinfoProc::p_rtableid).unwrap_or(0),
            emulation: text(record.text(KinfoProc::p_emul)),
            login_name: text(process.login),
            wait_channel: text(process.wait),
        })
    })
}
