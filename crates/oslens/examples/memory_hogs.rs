//! What each process would give back if it ended: its unique set size.
//!
//! ```console
//! $ cargo run --release --example memory_hogs
//! ```
//!
//! The resident set counts a shared library once for every process that uses
//! it; added up, it is more than the machine has. The kernel has to walk every
//! page table for the true number, so this takes longer than a listing, and
//! it may be read of own processes only (root: of all).

use oslens::process::{self, Fields};

fn main() -> Result<(), oslens::Error> {
    let rows = process::list(Fields::NAME | Fields::RSS | Fields::MEMORY_FOOTPRINT)?;
    let mut denied = 0;
    let mut hogs = Vec::new();
    for row in &rows {
        match row.memory_footprint {
            Ok(footprint) => hogs.push((footprint, row)),
            Err(oslens::Unavailable::Denied) => denied += 1,
            // Zombies, and those that ended meanwhile, have no memory.
            Err(_) => {}
        }
    }
    hogs.sort_by_key(|(footprint, _)| std::cmp::Reverse(footprint.uss));

    let mib = |bytes: u64| format!("{:.1}", bytes as f64 / f64::from(1 << 20));
    let or_unknown = |bytes: Option<u64>| bytes.map_or("?".to_owned(), mib);
    println!(
        "{:>8} {:>9} {:>9} {:>9} {:>9}  NAME (MiB)",
        "PID", "USS", "PSS", "SWAP", "RSS"
    );
    for (footprint, row) in hogs.into_iter().take(20) {
        println!(
            "{:>8} {:>9} {:>9} {:>9} {:>9}  {:?}",
            row.pid.to_string(),
            mib(footprint.uss),
            or_unknown(footprint.pss),
            or_unknown(footprint.swap),
            or_unknown(row.rss.ok()),
            row.name.as_deref().unwrap_or_default(),
        );
    }
    if denied > 0 {
        println!("{denied} processes of other users may not be looked into");
    }
    Ok(())
}
