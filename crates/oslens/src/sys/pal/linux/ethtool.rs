//! What a network driver says about its link: the `SIOCETHTOOL` ioctl.

use std::{
    os::fd::{AsRawFd as _, OwnedFd},
    ptr,
};

use rustix::{
    io::Errno,
    net::{AddressFamily, SocketFlags, SocketType},
};

const SIOCETHTOOL: libc::c_ulong = 0x8946;
const ETHTOOL_GSET: u32 = 0x0000_0001;
const ETHTOOL_GLINKSETTINGS: u32 = 0x0000_004c;
/// Words of each of the three bit maps that the kernel can ask us to take
/// (it says 4 today; the count is a signed byte).
const MASK_WORDS: usize = 127;

/// Speed in Mbit/s and duplex (0 half, 1 full, 255 unknown), as the driver
/// says them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct LinkSettings {
    pub(crate) speed: u32,
    pub(crate) duplex: u8,
}

/// A socket to ask through.
#[derive(Debug)]
pub(crate) struct Ethtool {
    fd: OwnedFd,
    /// How many words the running kernel wants; learnt from the first answer.
    words: i8,
}

/// `struct ethtool_link_settings` and the bit maps behind it.
#[repr(C)]
struct Settings {
    cmd: u32,
    speed: u32,
    duplex: u8,
    port: u8,
    phy_address: u8,
    autoneg: u8,
    mdio_support: u8,
    eth_tp_mdix: u8,
    eth_tp_mdix_ctrl: u8,
    link_mode_masks_nwords: i8,
    transceiver: u8,
    rest: [u8; 3],
    reserved: [u32; 7],
    masks: [u32; 3 * MASK_WORDS],
}

/// `struct ethtool_cmd`, for kernels before 4.6.
#[repr(C)]
#[derive(Default)]
struct Command {
    cmd: u32,
    supported: u32,
    advertising: u32,
    speed: u16,
    duplex: u8,
    rest: [u8; 13],
    speed_hi: u16,
    end: [u8; 14],
}

/// What the kernel may write an answer over.
///
/// # Safety
///
/// Starts with the command, and has room for all that the kernel writes for
/// it.
unsafe trait Answer {}

// SAFETY: behind the fixed part the kernel writes three maps of as many words
// as it was asked for: at most `MASK_WORDS`, the largest positive `i8`.
unsafe impl Answer for Settings {}

// SAFETY: the size of the structure has been the same since Linux 2.4.
unsafe impl Answer for Command {}

impl Ethtool {
    pub(crate) fn open() -> Result<Self, Errno> {
        // Any socket does; UNIX ones exist in every kernel.
        let fd = rustix::net::socket_with(
            AddressFamily::UNIX,
            SocketType::DGRAM,
            SocketFlags::CLOEXEC,
            None,
        )?;
        Ok(Self { fd, words: 0 })
    }

    /// What the driver of the interface says; an error (`EOPNOTSUPP`,
    /// `EINVAL`, `EBUSY`, `ENODEV`) when it says nothing. One system call,
    /// two for the first interface.
    pub(crate) fn link_settings(&mut self, name: &[u8]) -> Result<LinkSettings, Errno> {
        let mut settings = Settings {
            cmd: ETHTOOL_GLINKSETTINGS,
            speed: 0,
            duplex: 0,
            port: 0,
            phy_address: 0,
            autoneg: 0,
            mdio_support: 0,
            eth_tp_mdix: 0,
            eth_tp_mdix_ctrl: 0,
            link_mode_masks_nwords: self.words,
            transceiver: 0,
            rest: [0; 3],
            reserved: [0; 7],
            masks: [0; 3 * MASK_WORDS],
        };
        for _ in 0..2 {
            match self.ask(name, &mut settings) {
                Ok(()) => {}
                // The command is not known (before Linux 4.6), or the driver
                // has only the old one.
                Err(Errno::OPNOTSUPP) => return self.old_settings(name),
                Err(errno) => return Err(errno),
            }
            let words = settings.link_mode_masks_nwords;
            if words > 0 {
                return Ok(LinkSettings {
                    speed: settings.speed,
                    duplex: settings.duplex,
                });
            }
            // A negative count is what the kernel wants to be asked with.
            self.words = words.checked_neg().ok_or(Errno::INVAL)?;
            settings.cmd = ETHTOOL_GLINKSETTINGS;
            settings.link_mode_masks_nwords = self.words;
        }
        Err(Errno::INVAL)
    }

    fn old_settings(&self, name: &[u8]) -> Result<LinkSettings, Errno> {
        let mut command = Command {
            cmd: ETHTOOL_GSET,
            ..Command::default()
        };
        self.ask(name, &mut command)?;
        let speed = u32::from(command.speed_hi) << 16 | u32::from(command.speed);
        Ok(LinkSettings {
            // Unknown was 16 bits wide once.
            speed: if speed == 0xffff { u32::MAX } else { speed },
            duplex: command.duplex,
        })
    }

    fn ask(&self, name: &[u8], data: &mut impl Answer) -> Result<(), Errno> {
        // SAFETY: `ifreq` is integers, a pointer and unions of them, for
        // which zero is a value.
        let mut request: libc::ifreq = unsafe { std::mem::zeroed() };
        // The last byte stays zero.
        if name.len() >= request.ifr_name.len() {
            return Err(Errno::NODEV);
        }
        for (to, &from) in request.ifr_name.iter_mut().zip(name) {
            *to = from as libc::c_char;
        }
        request.ifr_ifru.ifru_data = ptr::from_mut(data).cast();
        // SAFETY: the descriptor is open and `request` is a live `ifreq`
        // whose data points to a live value that has room for the answer.
        let result =
            unsafe { libc::ioctl(self.fd.as_raw_fd(), SIOCETHTOOL as _, &raw mut request) };
        if result >= 0 {
            return Ok(());
        }
        Err(Errno::from_io_error(&std::io::Error::last_os_error()).unwrap_or(Errno::IO))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_structures_have_the_kernels_layout() {
        use std::mem::{offset_of, size_of};
        assert_eq!(offset_of!(Settings, link_mode_masks_nwords), 15);
        assert_eq!(offset_of!(Settings, masks), 48);
        assert_eq!(size_of::<Command>(), 44);
        assert_eq!(offset_of!(Command, speed_hi), 28);
    }
}
