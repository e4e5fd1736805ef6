//! Systems that can be looked at from within alone.

use oslens::Host;

use crate::exit::Failure;

/// The system is always there, but no other one's files can be looked at.
///
/// # Errors
///
/// [`Failure::Usage`] for another root: it would be passed over in silence.
pub(crate) fn can_look(host: &Host) -> Result<(), Failure> {
    if host.is_local() {
        return Ok(());
    }
    Err(Failure::Usage(
        "'--root' looks at the files of a Linux system, on Linux only".to_owned(),
    ))
}
