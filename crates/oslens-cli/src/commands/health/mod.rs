//! Bare `oslens`: the health of the machine on one page.

mod document;
mod findings;
mod page;
mod vitals;

use crate::args::high::Settings;
use crate::exit::{Exit, Failure};
use crate::output::Output;
use vitals::Vitals;

/// # Errors
///
/// When the process table cannot be read.
pub(super) fn run(settings: &Settings) -> Result<Exit, Failure> {
    settings.refuse_table_flags("the health page")?;
    let vitals = Vitals::take(settings)?;
    let findings = findings::all(&vitals);
    let mut out = Output::stdout();
    if settings.json {
        document::write(&mut out, &vitals, &findings, settings)?;
    } else {
        page::write(&mut out, &vitals, &findings, settings)?;
    }
    out.finish()?;
    let ends = [
        settings.conclude(&vitals.partial, "processes"),
        settings.conclude(&vitals.silent_disks(), "file systems"),
        settings.conclude(&vitals.unread_parts(), "parts"),
    ];
    Ok(ends
        .into_iter()
        .find(|end| *end != Exit::Done)
        .unwrap_or(Exit::Done))
}
