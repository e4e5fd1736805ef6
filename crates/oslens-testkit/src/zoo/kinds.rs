//! Specimens that are born with a property.

use super::{Builder, Specimen, sleeper};

/// The user that tests take for "someone else": nobody.
pub const NOBODY: u32 = 65534;

/// A process that exited and which nobody reaped.
pub fn zombie() -> Specimen {
    let mut specimen = sleeper();
    specimen.exit_unreaped();
    specimen
}

/// A process in state `T`.
pub fn stopped() -> Specimen {
    let mut specimen = sleeper();
    specimen.stop();
    specimen
}

/// A process with the main thread and one more for each name.
pub fn threaded(names: &[&[u8]]) -> Specimen {
    let mut specimen = sleeper();
    for name in names {
        specimen.thread(name);
    }
    specimen
}

/// A process of this `comm`: any bytes but NUL, of which the kernel keeps 15.
pub fn renamed(name: &[u8]) -> Specimen {
    let mut specimen = sleeper();
    specimen.rename(name);
    specimen
}

/// A process whose executable was deleted after it started.
pub fn deleted_executable() -> Specimen {
    Builder::new().delete_exe().spawn()
}

/// A process of the user and group nobody.
///
/// # Errors
///
/// The reason, fit for [`skip!`](crate::skip!), when only root could.
pub fn of_another_user() -> Result<Specimen, String> {
    if !crate::is_root() {
        return Err("only root can start a process of another user".to_owned());
    }
    Ok(Builder::new().user(NOBODY).spawn())
}

/// A process in a network namespace of its own, loopback up.
///
/// # Errors
///
/// The reason when the machine does not allow it.
pub fn in_another_network() -> Result<Specimen, String> {
    let mut specimen = sleeper();
    let kinds: &[u8] = if crate::is_root() {
        b"net"
    } else {
        b"user,net"
    };
    specimen.try_ask("unshare", &[kinds])?;
    Ok(specimen)
}

/// A process, and the PID (as seen from here) of its child, which is PID 1 of
/// a PID namespace of its own.
///
/// # Errors
///
/// The reason when the machine does not allow it.
pub fn with_child_in_another_pid_namespace() -> Result<(Specimen, u32), String> {
    let mut specimen = sleeper();
    let kinds: &[u8] = if crate::is_root() {
        b"pid"
    } else {
        b"user,pid"
    };
    specimen.try_ask("unshare", &[kinds])?;
    let child = specimen.fan(1)[0];
    Ok((specimen, child))
}
