//! The network: interfaces and their counters, connections and who holds
//! them.
//!
//! ```
//! use oslens::net::{self, Kind};
//!
//! for connection in net::connections(Kind::TCP)? {
//!     println!("{:?} {:?} {:?}", connection.local, connection.remote, connection.state);
//! }
//! for interface in net::interfaces()? {
//!     println!("{:?} {:?}", interface.name, interface.addresses);
//! }
//! # Ok::<(), oslens::Error>(())
//! ```
//!
//! # Platform
//!
//! Linux shows the network namespace of the calling thread. For another one, read
//! through a [`Host`](crate::Host) whose `/proc` belongs to it, or ask one of
//! its processes.

mod connections;
mod counters;
mod interfaces;
mod summary;

pub use connections::{
    Connection, ConnectionQuery, Family, Kind, Owner, Owners, ParseKindError, Protocol, SocketType,
    TcpInfo, TcpState, TcpStates, UnixName, UnixSocket, UnixState, connections,
    connections_with_owners,
};
pub use counters::{InterfaceCounters, InterfaceTraffic, IoCounters, IoNoWrap, io_counters};
pub use interfaces::{
    Address, AddressFlags, AddressScope, Duplex, Interface, InterfaceFlags, InterfaceKind,
    LinkAddress, OperState, interfaces,
};
pub use summary::{SocketSummary, socket_summary};
