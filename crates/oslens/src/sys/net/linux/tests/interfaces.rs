//! The two sources of interfaces against each other.

use super::eventually;
use crate::{
    Host,
    error::Unavailable,
    net::InterfaceFlags,
    sys::net::linux::{interfaces, interfaces::from_sysfs},
};

#[test]
fn sysfs_agrees_with_netlink_about_the_flags() {
    // Between the two readings a link may change.
    eventually(|| {
        let netlink = interfaces(Host::local()).unwrap();
        let sysfs = from_sysfs(Host::local(), Unavailable::Denied).unwrap();
        if sysfs.len() != netlink.len() {
            return false;
        }
        netlink.iter().zip(&sysfs).all(|(netlink, sysfs)| {
            let flags = InterfaceFlags::UP | InterfaceFlags::RUNNING | InterfaceFlags::LOWER_UP;
            (&netlink.name, netlink.index, netlink.mtu) == (&sysfs.name, sysfs.index, sysfs.mtu)
                && netlink.flags & flags == sysfs.flags & flags
                && netlink.mac == sysfs.mac
                && netlink.speed_mbps == sysfs.speed_mbps
        })
    });
}
