//! A program with messages of its own in the event log.
//!
//! `install` registers it as a source, `remove` takes that back, `report`
//! writes three events, and `debug` shows them on the console.

use oslens_eventlog::{Console, Report, Result, Source, Writer};

mod messages {
    include!(concat!(env!("OUT_DIR"), "/event_messages.rs"));
}

const SOURCE: &str = "oslens event sample";

fn work(log: &dyn Report) -> Result<()> {
    log.service_started(SOURCE, "It is a sample.")?;
    log.report(
        &messages::CLIENT_CONNECTED
            .with(["one", "127.0.0.1"])
            .category(messages::CATEGORY_NETWORK),
    )?;
    log.report(
        &messages::DISK_FULL
            .with(["C:", r"C:\log"])
            .category(messages::CATEGORY_STORAGE)
            .data([1, 2, 3]),
    )
}

fn main() -> Result<()> {
    match std::env::args().nth(1).as_deref() {
        Some("install") => {
            let registered = Source::of_this_program(SOURCE)?
                .categories(messages::CATEGORIES.len())
                .register()?;
            println!("{SOURCE}: {registered:?}");
        }
        Some("remove") => {
            let removed = Source::remove(SOURCE)?;
            println!(
                "{SOURCE}: {}",
                if removed { "removed" } else { "not there" }
            );
        }
        Some("report") => work(&Writer::open(SOURCE)?)?,
        Some("debug") => work(&Console::new(SOURCE).messages(messages::MESSAGES))?,
        _ => println!("usage: oslens-eventlog-sample install | remove | report | debug"),
    }
    Ok(())
}
