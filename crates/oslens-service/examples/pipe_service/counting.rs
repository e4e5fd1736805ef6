//! What the service counts, published for Perfmon and others.

use std::{env, ffi::OsStr, path::Path};

use oslens_counters::{
    CounterType, Error, ErrorKind, Result,
    definition::{CounterSetSpec, CounterSpec, Definition, Guid, ProviderSpec},
    publish::{Counter, Instance, Provider, install::Installation},
};
use oslens_service::host::{Extras, Failure};

const PROVIDER: Guid = Guid::from_u128(0x0f3a1f0e_6f0c_4d5c_9a35_6d1be0e2c7a4);
const PIPE: Guid = Guid::from_u128(0x5be8a3f1_7a1d_4b0e_8f4b_2f6b8b7d1c93);
const OPEN: u32 = 1;
const CONNECTIONS: u32 = 2;
const RECEIVED: u32 = 3;
const SENT: u32 = 4;

/// Said once: the counters, and what is installed for them.
fn definition() -> Result<Definition> {
    let counter = |id, name, description, kind| CounterSpec::new(id, name, description, kind);
    ProviderSpec::new(PROVIDER, "oslens pipe sample")
        .set(
            CounterSetSpec::new(PIPE, "oslens Pipe Sample", "What the sample service does.")
                .counter(counter(
                    OPEN,
                    "Open Connections",
                    "Clients that are connected now.",
                    CounterType::COUNTER_RAWCOUNT,
                ))
                .counter(counter(
                    CONNECTIONS,
                    "Connections",
                    "Clients that have connected since the service started.",
                    CounterType::COUNTER_LARGE_RAWCOUNT,
                ))
                .counter(counter(
                    RECEIVED,
                    "Bytes Received/sec",
                    "Bytes that clients sent, in a second.",
                    CounterType::COUNTER_BULK_COUNT,
                ))
                .counter(counter(
                    SENT,
                    "Bytes Sent/sec",
                    "Bytes that clients were sent, in a second.",
                    CounterType::COUNTER_BULK_COUNT,
                )),
        )
        .check()
}

/// The counters of a service that runs: atomics, which the system reads.
pub(crate) struct Counting {
    open: Counter,
    connections: Counter,
    received: Counter,
    sent: Counter,
    instance: Instance,
}

impl Counting {
    pub(crate) fn start() -> Result<Self> {
        let provider = Provider::start(&definition()?);
        let instance = provider.set(PIPE)?.instance("service")?;
        Ok(Self {
            open: instance.counter(OPEN)?,
            connections: instance.counter(CONNECTIONS)?,
            received: instance.counter(RECEIVED)?,
            sent: instance.counter(SENT)?,
            instance,
        })
    }

    /// Whether others see them; they count in any case.
    pub(crate) fn publication(&self) -> Result<(), &Error> {
        self.instance.publication()
    }

    pub(crate) fn connected(&self) {
        self.open.increment();
        self.connections.increment();
    }

    pub(crate) fn closed(&self) {
        self.open.decrement();
    }

    pub(crate) fn received(&self, bytes: usize) {
        self.received.add(bytes as u64);
    }

    pub(crate) fn sent(&self, bytes: usize) {
        self.sent.add(bytes as u64);
    }
}

/// Tells the system about the counters when the service is installed.
pub(crate) struct Installed;

impl Installed {
    /// The manifest, and a library with the texts, are made beside the
    /// program.
    fn installation(program: &Path) -> Result<Installation> {
        Installation::beside(&definition()?, program)
    }
}

impl Extras for Installed {
    fn install(&self, _service: &OsStr, program: &Path) -> Result<(), Failure> {
        match Self::installation(program)?.install() {
            // Some systems, Wine among them, cannot. The service does not
            // need it.
            Err(error) if error.kind() == ErrorKind::Unsupported => {
                eprintln!("warning: the counters are not installed: {error}");
                Ok(())
            }
            installed => Ok(installed?),
        }
    }

    fn remove(&self, _service: &OsStr) -> Result<(), Failure> {
        Self::installation(&env::current_exe()?)?.remove()?;
        Ok(())
    }
}
