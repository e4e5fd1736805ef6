//! Sockets made here, seen through sock_diag, through the text, and through
//! the system's own tools.

mod interfaces;
mod owners;
mod roots;
mod sockets;

use std::{
    os::fd::AsFd,
    time::{Duration, Instant},
};

use super::{net_dir, sockets::list};
use crate::{
    Host,
    net::{Connection, ConnectionQuery, Kind},
};

/// Whether the first of [`both`] is netlink.
const SOCK_DIAG: bool = !cfg!(oslens_no_sock_diag);

fn inode(socket: impl AsFd) -> u64 {
    rustix::fs::fstat(socket).unwrap().st_ino
}

/// Both ways to the same answer.
fn both(kind: Kind) -> [Vec<Connection>; 2] {
    [true, false].map(|netlink| {
        let mut all = Vec::new();
        let query = ConnectionQuery::new(kind);
        list(
            Host::local(),
            &net_dir(Host::local()),
            netlink,
            &query,
            &|_| true,
            &mut all,
        )
        .unwrap();
        all
    })
}

fn find(all: &[Connection], inode: u64) -> &Connection {
    all.iter()
        .find(|connection| connection.inode == inode)
        .unwrap_or_else(|| panic!("no socket {inode} in {all:#?}"))
}

/// Waits until `ready`, for what the kernel does in its own time.
fn eventually(mut ready: impl FnMut() -> bool) {
    let end = Instant::now() + Duration::from_secs(10);
    while !ready() {
        assert!(Instant::now() < end, "still not so after 10 s");
        std::thread::sleep(Duration::from_millis(5));
    }
}
