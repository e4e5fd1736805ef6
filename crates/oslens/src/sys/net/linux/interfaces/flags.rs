//! The kernel's flags in the library's own numbers.

use crate::net::{AddressFlags, InterfaceFlags};

/// `IFF_*` of `linux/if.h`, from bit 0 upwards.
const INTERFACE: [InterfaceFlags; 19] = [
    InterfaceFlags::UP,
    InterfaceFlags::BROADCAST,
    InterfaceFlags::DEBUG,
    InterfaceFlags::LOOPBACK,
    InterfaceFlags::POINTOPOINT,
    InterfaceFlags::NOTRAILERS,
    InterfaceFlags::RUNNING,
    InterfaceFlags::NOARP,
    InterfaceFlags::PROMISC,
    InterfaceFlags::ALLMULTI,
    InterfaceFlags::MASTER,
    InterfaceFlags::SLAVE,
    InterfaceFlags::MULTICAST,
    InterfaceFlags::PORTSEL,
    InterfaceFlags::AUTOMEDIA,
    InterfaceFlags::DYNAMIC,
    InterfaceFlags::LOWER_UP,
    InterfaceFlags::DORMANT,
    InterfaceFlags::ECHO,
];

/// `IFA_F_*` of `linux/if_addr.h`, from bit 0 upwards.
const ADDRESS: [AddressFlags; 12] = [
    AddressFlags::SECONDARY,
    AddressFlags::NODAD,
    AddressFlags::OPTIMISTIC,
    AddressFlags::DADFAILED,
    AddressFlags::HOMEADDRESS,
    AddressFlags::DEPRECATED,
    AddressFlags::TENTATIVE,
    AddressFlags::PERMANENT,
    AddressFlags::MANAGETEMPADDR,
    AddressFlags::NOPREFIXROUTE,
    AddressFlags::MCAUTOJOIN,
    AddressFlags::STABLE_PRIVACY,
];

pub(super) fn interface(bits: u32) -> InterfaceFlags {
    set(bits, INTERFACE)
}

pub(super) fn address(bits: u32) -> AddressFlags {
    set(bits, ADDRESS)
}

/// The flags whose bits are set; bits without a flag are newer than this.
fn set<F: FromIterator<F>>(bits: u32, flags: impl IntoIterator<Item = F>) -> F {
    let is_set = |bit: usize| u32::try_from(bit).is_ok_and(|bit| bits >> bit & 1 == 1);
    flags
        .into_iter()
        .enumerate()
        .filter(|(bit, _)| is_set(*bit))
        .map(|(_, flag)| flag)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_of_the_c_library_means_its_flag() {
        for (number, flag) in [
            (libc::IFF_UP, InterfaceFlags::UP),
            (libc::IFF_BROADCAST, InterfaceFlags::BROADCAST),
            (libc::IFF_DEBUG, InterfaceFlags::DEBUG),
            (libc::IFF_LOOPBACK, InterfaceFlags::LOOPBACK),
            (libc::IFF_POINTOPOINT, InterfaceFlags::POINTOPOINT),
            (libc::IFF_NOTRAILERS, InterfaceFlags::NOTRAILERS),
            (libc::IFF_RUNNING, InterfaceFlags::RUNNING),
            (libc::IFF_NOARP, InterfaceFlags::NOARP),
            (libc::IFF_PROMISC, InterfaceFlags::PROMISC),
            (libc::IFF_ALLMULTI, InterfaceFlags::ALLMULTI),
            (libc::IFF_MASTER, InterfaceFlags::MASTER),
            (libc::IFF_SLAVE, InterfaceFlags::SLAVE),
            (libc::IFF_MULTICAST, InterfaceFlags::MULTICAST),
            (libc::IFF_PORTSEL, InterfaceFlags::PORTSEL),
            (libc::IFF_AUTOMEDIA, InterfaceFlags::AUTOMEDIA),
            (libc::IFF_DYNAMIC, InterfaceFlags::DYNAMIC),
        ] {
            assert_eq!(interface(u32::try_from(number).unwrap()), flag);
        }
        for (number, flag) in [
            (libc::IFA_F_SECONDARY, AddressFlags::SECONDARY),
            (libc::IFA_F_NODAD, AddressFlags::NODAD),
            (libc::IFA_F_OPTIMISTIC, AddressFlags::OPTIMISTIC),
            (libc::IFA_F_DADFAILED, AddressFlags::DADFAILED),
            (libc::IFA_F_HOMEADDRESS, AddressFlags::HOMEADDRESS),
            (libc::IFA_F_DEPRECATED, AddressFlags::DEPRECATED),
            (libc::IFA_F_TENTATIVE, AddressFlags::TENTATIVE),
            (libc::IFA_F_PERMANENT, AddressFlags::PERMANENT),
        ] {
            assert_eq!(address(number), flag);
        }
    }

    #[test]
    fn bits_without_a_flag_are_left_out() {
        let of_others = InterfaceFlags::OACTIVE
            | InterfaceFlags::SIMPLEX
            | InterfaceFlags::LINK0
            | InterfaceFlags::LINK1
            | InterfaceFlags::LINK2;
        let all = InterfaceFlags::all().difference(of_others);
        assert_eq!(interface(u32::MAX), all);
        assert_eq!(address(u32::MAX), AddressFlags::all());
        assert_eq!(interface(0), InterfaceFlags::empty());
    }
}
