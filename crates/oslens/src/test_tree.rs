//! A root for unit tests, and the host that reads it.

use std::path::Path;

use oslens_testkit::FixtureRoot;

use crate::{Host, HostBuilder};

pub(crate) struct TestTree(FixtureRoot);

impl TestTree {
    pub(crate) fn new() -> Self {
        Self(FixtureRoot::new())
    }

    /// Writes a file, and the directories above it.
    pub(crate) fn file(self, path: impl AsRef<Path>, content: impl AsRef<[u8]>) -> Self {
        Self(self.0.file(path, content))
    }

    pub(crate) fn builder(&self) -> HostBuilder {
        // Not this machine's constants: a test must not depend on where it
        // runs.
        Host::builder()
            .root(self.0.path())
            .page_size(4096)
            .ticks_per_second(100)
    }

    pub(crate) fn host(&self) -> Host {
        self.builder().build()
    }
}
