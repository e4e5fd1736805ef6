//! Processes that are born and die all the time.
//!
//! ```
//! let churn = oslens_testkit::churn::Churn::start(1000);
//! // … read every process …
//! let born = churn.stop();
//! assert!(born > 0);
//! ```

use crate::zoo::{Builder, Specimen};

/// A process whose children, about so many a second, live some milliseconds.
/// They exit at once, nap, change their name, exec, or leave an orphan.
/// Stopped on drop.
#[derive(Debug)]
pub struct Churn {
    specimen: Specimen,
}

impl Churn {
    /// Starts it; the first child was born when this returns.
    pub fn start(per_second: u32) -> Self {
        let mut specimen = Builder::new().arg0("oslens-churn").spawn();
        specimen.ask("kin:churn", &[per_second.to_string().as_bytes()]);
        Self { specimen }
    }

    /// The process whose children they are.
    pub fn parent(&self) -> u32 {
        self.specimen.pid()
    }

    /// Stops it and returns how many were born.
    pub fn stop(mut self) -> u64 {
        // Any command ends it; the answer comes first, and then "no such command".
        self.specimen.ask("enough", &[]).number("born")
    }
}
