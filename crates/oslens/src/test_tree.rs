//! A root for tests: files in a directory that goes away with it.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::atomic::{AtomicU32, Ordering},
};

use crate::{Host, HostBuilder};

pub(crate) struct TestTree(PathBuf);

impl TestTree {
    pub(crate) fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let path = std::env::temp_dir().join(format!(
            "oslens-test-{}-{}",
            std::process::id(),
            NEXT.fetch_add(1, Ordering::Relaxed)
        ));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    /// Writes a file, and the directories above it.
    pub(crate) fn file(self, path: impl AsRef<Path>, content: impl AsRef<[u8]>) -> Self {
        let path = self.0.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
        self
    }

    pub(crate) fn builder(&self) -> HostBuilder {
        // Not this machine's: a test must not depend on where it runs.
        Host::builder()
            .root(&self.0)
            .page_size(4096)
            .ticks_per_second(100)
    }

    pub(crate) fn host(&self) -> Host {
        self.builder().build()
    }
}

impl Drop for TestTree {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
