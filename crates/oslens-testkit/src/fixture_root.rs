//! Directories that stand for the roots of another machine.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::{fs, io};

/// A temporary directory with files a test put there, removed on drop.
///
/// ```
/// let root = oslens_testkit::FixtureRoot::new()
///     .file("proc/uptime", "12.50 20.00\n")
///     .file("proc/7/comm", b"odd \xff name\n")
///     .dir("sys/class/power_supply");
/// assert!(root.join("proc/7/comm").exists());
/// assert!(root.proc().ends_with("proc"));
/// ```
#[derive(Debug)]
pub struct FixtureRoot {
    path: PathBuf,
}

impl FixtureRoot {
    /// An empty root with the directories `proc`, `sys`, `run` and `etc`.
    #[expect(clippy::new_without_default, reason = "makes a directory")]
    pub fn new() -> Self {
        let root = Self { path: fresh_dir() };
        root.dir("proc").dir("sys").dir("run").dir("etc")
    }

    /// Writes a file below the root, with all directories on the way.
    #[must_use]
    pub fn file(self, path: impl AsRef<Path>, content: impl AsRef<[u8]>) -> Self {
        self.write(path, content);
        self
    }

    /// Like [`FixtureRoot::file`], on a root that already has a name: for
    /// tests in which a file changes between two reads.
    pub fn write(&self, path: impl AsRef<Path>, content: impl AsRef<[u8]>) {
        let path = self.prepared(path.as_ref());
        expect(fs::write(&path, content), &path);
    }

    /// Makes a symbolic link whose target is taken as it is (`socket:[12]`).
    #[cfg(unix)]
    #[must_use]
    pub fn symlink(self, path: impl AsRef<Path>, target: impl AsRef<Path>) -> Self {
        let path = self.prepared(path.as_ref());
        expect(std::os::unix::fs::symlink(target, &path), &path);
        self
    }

    /// Makes an empty directory.
    #[must_use]
    pub fn dir(self, path: impl AsRef<Path>) -> Self {
        let path = self.join(path);
        expect(fs::create_dir_all(&path), &path);
        self
    }

    /// Takes a file or directory away again.
    pub fn remove(&self, path: impl AsRef<Path>) {
        let path = self.join(path);
        let result = match fs::symlink_metadata(&path) {
            Ok(meta) if meta.is_dir() => fs::remove_dir_all(&path),
            _ => fs::remove_file(&path),
        };
        expect(result, &path);
    }

    /// Copies a directory into the root, symbolic links as links.
    #[must_use]
    pub fn tree(self, from: impl AsRef<Path>) -> Self {
        let from = from.as_ref();
        expect(copy_tree(from, &self.path), from);
        self
    }

    /// The root itself.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// A path below the root.
    pub fn join(&self, path: impl AsRef<Path>) -> PathBuf {
        let path = path.as_ref();
        assert!(path.is_relative(), "{path:?} is not below the fixture root");
        self.path.join(path)
    }

    /// What stands for `/proc`.
    pub fn proc(&self) -> PathBuf {
        self.join("proc")
    }

    /// What stands for `/sys`.
    pub fn sys(&self) -> PathBuf {
        self.join("sys")
    }

    /// What stands for `/run`.
    pub fn run(&self) -> PathBuf {
        self.join("run")
    }

    /// What stands for `/etc`.
    pub fn etc(&self) -> PathBuf {
        self.join("etc")
    }

    fn prepared(&self, path: &Path) -> PathBuf {
        let path = self.join(path);
        if let Some(parent) = path.parent() {
            expect(fs::create_dir_all(parent), parent);
        }
        path
    }
}

impl Drop for FixtureRoot {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.path);
    }
}

/// A copy of the committed golden root `fixtures/<name>`, which a test may change.
///
/// # Panics
///
/// When there is no such fixture; the message lists those there are.
pub fn fixture(name: &str) -> FixtureRoot {
    let from = fixtures_dir().join(name);
    assert!(
        from.is_dir(),
        "there is no fixture {name}; there are: {}",
        fixture_names().join(", ")
    );
    FixtureRoot::new().tree(from)
}

/// The names of all committed golden roots, sorted.
pub fn fixture_names() -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(fixtures_dir())
        .into_iter()
        .flatten()
        .filter_map(Result::ok)
        .filter(|entry| entry.path().is_dir())
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

/// `OSLENS_FIXTURES` lets tests run by a user who cannot read the checkout
/// find a copy elsewhere.
pub(crate) fn fixtures_dir() -> PathBuf {
    std::env::var_os("OSLENS_FIXTURES").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures"),
        PathBuf::from,
    )
}

/// A new directory that everyone may enter.
pub(crate) fn fresh_dir() -> PathBuf {
    static COUNTER: AtomicU32 = AtomicU32::new(0);
    loop {
        let count = COUNTER.fetch_add(1, Ordering::Relaxed);
        // The time keeps apart the roots of equal PIDs in different namespaces.
        let nanos = std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .map_or(0, |since| since.subsec_nanos());
        let path =
            std::env::temp_dir().join(format!("oslens-{}-{count}-{nanos:08x}", std::process::id()));
        match fs::create_dir(&path) {
            Ok(()) => {
                #[cfg(unix)]
                {
                    use std::os::unix::fs::PermissionsExt;
                    expect(
                        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)),
                        &path,
                    );
                }
                return path;
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => panic!("{}: {error}", path.display()),
        }
    }
}

pub(crate) fn copy_tree(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        let kind = entry.file_type()?;
        if kind.is_dir() {
            copy_tree(&entry.path(), &target)?;
        } else if kind.is_symlink() {
            #[cfg(unix)]
            std::os::unix::fs::symlink(fs::read_link(entry.path())?, &target)?;
        } else {
            fs::copy(entry.path(), &target)?;
        }
    }
    Ok(())
}

#[track_caller]
fn expect<T>(result: io::Result<T>, path: &Path) -> T {
    result.unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::FixtureRoot;
    use std::fs;

    #[test]
    fn a_root_is_gone_after_its_test() {
        let root = FixtureRoot::new().file("proc/1/stat", "1 (x) S");
        let path = root.path().to_owned();
        assert_eq!(fs::read(path.join("proc/1/stat")).unwrap(), b"1 (x) S");
        drop(root);
        assert!(!path.exists());
    }

    #[cfg(unix)]
    #[test]
    fn a_copied_tree_keeps_links_that_lead_nowhere() {
        let source = FixtureRoot::new().symlink("proc/1/fd/3", "socket:[42]");
        let copy = FixtureRoot::new().tree(source.path());
        assert_eq!(
            fs::read_link(copy.join("proc/1/fd/3")).unwrap(),
            std::path::Path::new("socket:[42]")
        );
    }

    #[test]
    #[should_panic(expected = "there is no fixture nowhere")]
    fn an_unknown_fixture_is_refused_by_name() {
        let _ = super::fixture("nowhere");
    }
}
