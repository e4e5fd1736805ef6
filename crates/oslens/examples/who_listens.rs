//! Who waits for connections from the network, and at which address.
//!
//! ```console
//! $ cargo run --example who_listens
//! ```
//!
//! The sockets are everybody's to see. Their owners are known for the
//! processes that the caller may look into: for those of others run it as
//! root.

use oslens::{
    net::{self, ConnectionQuery, Kind, Owners, TcpStates},
    process::Process,
};

fn main() -> Result<(), oslens::Error> {
    let query = ConnectionQuery::new(Kind::TCP)
        .states(TcpStates::LISTEN)
        .owners(Owners::All);
    for socket in net::connections(query)? {
        let Some(address) = socket.local else {
            continue;
        };
        match &socket.owners {
            Ok(owners) => {
                for owner in owners {
                    // It may have ended since.
                    let name = Process::open(owner.pid).and_then(|process| process.name());
                    let name = name.unwrap_or_default();
                    println!("{address:<28} {:>8} {name:?}", owner.pid.to_string());
                }
                if owners.is_empty() {
                    println!("{address:<28} {:>8} the kernel, or nobody any more", "-");
                }
            }
            Err(why) => println!("{address:<28} {:>8} {why}", "?"),
        }
    }
    Ok(())
}
