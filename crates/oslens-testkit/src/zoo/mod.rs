//! Living processes with known properties.
//!
//! A [`Specimen`] is a child of the test, running the program
//! `oslens-specimen` of this crate, which does what it is asked and answers
//! when it is done: no test sleeps until something may have happened. It is
//! killed and reaped on drop; if the test dies, its input ends and so does it.
//!
//! A bare specimen has one thread, the descriptors 0, 1 and 2, the arguments
//! and environment it was given, and sleeps (state `S`).
//!
//! ```
//! let mut specimen = oslens_testkit::zoo::sleeper();
//! specimen.rename(b"odd ) name");
//! let listener = specimen.socket("tcp4-listen").address("local");
//! assert!(std::net::TcpStream::connect(listener).is_ok());
//! ```

mod binary;
mod builder;
mod specimen;

pub use binary::{STAMP, specimen_path};
pub use builder::Builder;
pub use specimen::Specimen;

/// The user that tests take for "someone else": nobody.
pub const NOBODY: u32 = 65534;

/// A process that sleeps.
pub fn sleeper() -> Specimen {
    Builder::new().spawn()
}

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

#[cfg(test)]
mod tests;
