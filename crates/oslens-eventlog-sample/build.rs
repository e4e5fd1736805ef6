//! The messages and categories, defined once.

use oslens_eventlog_build::Messages;

fn main() -> std::io::Result<()> {
    Messages::new()
        .category("Network")
        .category("Storage")
        .information("CLIENT_CONNECTED", 1, "Client %1 has connected from %2.")
        .warning(
            "DISK_NEARLY_FULL",
            2,
            "Volume %1 has %2 bytes left: %3!-8s!|%4!8.3s!|",
        )
        .error(
            "DISK_FULL",
            3,
            "Volume %1 is 100%% full.%nNothing was written to %2.",
        )
        .link()
}
