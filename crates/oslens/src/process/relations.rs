//! Parents and children.

use super::{Fields, Process, Tree};
use crate::{Error, ErrorKind, Host, Result, sys};

/// Parents and children of all processes of the local host. See [`Tree`].
///
/// ```
/// use oslens::process::{self, Pid};
///
/// let tree = process::tree()?;
/// assert!(tree.get(Pid::current()).is_some());
/// # Ok::<(), oslens::Error>(())
/// ```
///
/// # Errors
///
/// As [`list`](super::list).
///
/// # Cost
///
/// Linux: 3 system calls for each process. Windows, FreeBSD, NetBSD, OpenBSD,
/// macOS: the whole table, as [`list`](super::list).
pub fn tree() -> Result<Tree> {
    Host::local().process_tree()
}

impl Host {
    /// Parents and children of all processes. See [`tree`].
    ///
    /// # Errors
    ///
    /// As [`Host::processes`].
    pub fn process_tree(&self) -> Result<Tree> {
        Ok(Tree::from_rows(&self.processes(Fields::PPID)?))
    }
}

/// How often the parent is looked for again, when it ends between the
/// question who it is and the look at it.
const ATTEMPTS: usize = 5;

impl Process {
    /// Its parent. `None` for the first process of a PID namespace and the
    /// first kernel thread, when the parent is in a namespace further out,
    /// and when `hidepid` hides it.
    ///
    /// ```
    /// use oslens::process::Process;
    ///
    /// let me = Process::current()?;
    /// if let Some(parent) = me.parent()? {
    ///     assert_eq!(parent.pid(), me.ppid()?);
    /// }
    /// # Ok::<(), oslens::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `NoSuchProcess`, `Reused`; `AccessDenied` when the system does not
    /// tell who it is.
    ///
    /// # Cost
    ///
    /// Linux: two reads of [`Fields::PPID`] and a [`Process::open`].
    pub fn parent(&self) -> Result<Option<Process>> {
        let mut row = self.read(Fields::PPID)?;
        for _ in 0..ATTEMPTS {
            let ppid = row.ppid.map_err(|why| self.unavailable(why, "parent"))?;
            if ppid.get() == 0 {
                return Ok(None);
            }
            let parent = self.host.process(ppid);
            // It is the parent if it had the PID while the PID was the
            // parent's: a child is given to another process as soon as its
            // parent ends.
            row = self.read(Fields::PPID)?;
            if row.ppid != Ok(ppid) {
                continue;
            }
            match parent {
                // Its PID may still have been given away between the end of
                // the parent and the second read. Nobody is older than their
                // parent.
                Ok(parent) => {
                    let is_older = !sys::process::STARTS_ARE_ORDERED
                        || !row.start.is_known()
                        || parent.id.start <= row.start;
                    return Ok(is_older.then_some(parent));
                }
                // hidepid: it is there, but not for the caller.
                Err(error) if error.kind() == ErrorKind::NoSuchProcess => return Ok(None),
                Err(error) => return Err(error),
            }
        }
        Ok(None)
    }

    /// Its parent, the parent's parent and so on.
    ///
    /// # Errors
    ///
    /// As [`Process::parent`], for this process only: where one of the
    /// others ends meanwhile, so does the list.
    ///
    /// # Cost
    ///
    /// That of a [`Process::parent`] for each, and a descriptor for each.
    pub fn parents(&self) -> Result<Vec<Process>> {
        let mut parents: Vec<Process> = Vec::new();
        let mut next = self.parent()?;
        while let Some(parent) = next {
            if parent == *self || parents.contains(&parent) {
                break;
            }
            next = parent.parent().unwrap_or_default();
            parents.push(parent);
        }
        Ok(parents)
    }

    /// Its children, oldest first, zombies too.
    ///
    /// The values hold no handles, so that many children need no
    /// descriptors; whatever is done with one compares its start.
    ///
    /// ```
    /// # #[cfg(unix)] {
    /// use std::process::Command;
    /// use oslens::process::Process;
    ///
    /// let mut child = Command::new("sleep").arg("60").spawn().unwrap();
    /// let children = Process::current()?.children()?;
    /// assert!(children.iter().any(|process| process.pid().get() == child.id()));
    /// child.kill().unwrap();
    /// # child.wait().unwrap();
    /// # }
    /// # Ok::<(), oslens::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `NoSuchProcess`, `Reused`; else as [`list`](super::list).
    ///
    /// # Cost
    ///
    /// Linux: 3 system calls for each process of the host. Windows, FreeBSD,
    /// NetBSD, OpenBSD, macOS: the whole table. For the children of many
    /// processes build a [`Tree`].
    pub fn children(&self) -> Result<Vec<Process>> {
        let tree = self.tree_around()?;
        Ok(tree
            .children(self.pid())
            .map(|id| self.sibling(id))
            .collect())
    }

    /// Its children, each followed by its own: depth first, siblings oldest
    /// first. See [`Process::children`].
    ///
    /// # Errors
    ///
    /// As [`Process::children`].
    ///
    /// # Cost
    ///
    /// As [`Process::children`].
    pub fn descendants(&self) -> Result<Vec<Process>> {
        let tree = self.tree_around()?;
        Ok(tree
            .descendants(self.pid())
            .map(|(_, id)| self.sibling(id))
            .collect())
    }

    /// The tree of its host, which has this very process.
    fn tree_around(&self) -> Result<Tree> {
        let tree = self.host.process_tree()?;
        match tree.get(self.pid()) {
            Some(found) if self.id.differs_from(&found) => Err(Error::reused(self.pid())),
            // Starts are told in ticks, and two processes may have had the
            // same: the handle knows.
            Some(_) if self.is_running()? => Ok(tree),
            // The one in the tree is another, or ended since.
            Some(_) if sys::process::identity(&self.host, self.pid()).is_ok() => {
                Err(Error::reused(self.pid()))
            }
            Some(_) | None => Err(Error::no_such_process(self.pid())),
        }
    }

    fn sibling(&self, id: super::ProcessId) -> Process {
        Process {
            host: self.host.clone(),
            id,
            handle: None,
            proof: None,
        }
    }
}
