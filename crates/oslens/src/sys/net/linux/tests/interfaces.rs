//! The two sources of interfaces against each other.

use oslens_testkit::skip;

use super::eventually;
use crate::{
    Host,
    error::Unavailable,
    net::InterfaceFlags,
    sys::net::linux::{interfaces, interfaces::from_sysfs, io_counters},
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

#[test]
fn a_thread_in_a_network_of_its_own_sees_that() {
    let seen = std::thread::spawn(|| {
        #[expect(deprecated, reason = "only some of its flags are unsafe")]
        let unshared = rustix::thread::unshare(rustix::thread::UnshareFlags::NEWNET);
        unshared.ok().map(|()| {
            let names = |all: Vec<std::ffi::OsString>| all.join(" ".as_ref());
            let one = interfaces(Host::local()).unwrap();
            let two = io_counters(Host::local()).unwrap();
            let one = names(one.into_iter().map(|one| one.name).collect());
            let two = names(two.into_iter().map(|two| two.name).collect());
            (one, two)
        })
    });
    let Some((one, two)) = seen.join().unwrap() else {
        skip!("no private network namespace can be made here");
    };
    assert_eq!(one, two);
    assert_ne!(one.len(), 0);
    let ours = io_counters(Host::local()).unwrap();
    if ours.iter().all(|one| one.name == "lo") {
        skip!("nothing but loopback on this machine");
    }
    assert!(ours.iter().any(|interface| interface.name != one));
}
