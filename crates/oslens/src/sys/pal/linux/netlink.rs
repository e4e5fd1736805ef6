//! Dumps through netlink sockets.

use std::{
    mem::size_of,
    os::fd::{AsRawFd as _, OwnedFd},
};

use rustix::{
    io::Errno,
    net::{AddressFamily, Protocol, RecvFlags, SendFlags, SocketFlags, SocketType, netlink},
};

use super::file::retry;
use crate::parse::{
    Malformed,
    netlink::{self as format, Message},
};

/// Most that the kernel puts into one datagram is 32 KiB; the buffer leaves
/// room for more.
const BUFFER: usize = 64 << 10;

/// How often a dump is repeated that changed while it was made.
const ATTEMPTS: u32 = 8;

/// A netlink socket that only the kernel can send to, and the buffer for its
/// answers.
#[derive(Debug)]
pub(crate) struct Netlink {
    fd: OwnedFd,
    buffer: Vec<u8>,
    sequence: u32,
}

/// Why a dump failed.
#[derive(Debug)]
pub(crate) enum DumpError {
    /// A call failed, or the kernel refused the request.
    Refused(&'static str, Errno),
    /// The answer was not understood.
    Malformed(Malformed),
}

impl Netlink {
    /// A socket for questions about sockets; 2 system calls.
    pub(crate) fn sock_diag() -> Result<Self, DumpError> {
        Self::open(Some(netlink::SOCK_DIAG))
    }

    /// A socket for questions about interfaces; 2 system calls.
    pub(crate) fn route() -> Result<Self, DumpError> {
        Self::open(None)
    }

    fn open(protocol: Option<Protocol>) -> Result<Self, DumpError> {
        let fd = rustix::net::socket_with(
            AddressFamily::NETLINK,
            SocketType::RAW,
            SocketFlags::CLOEXEC,
            protocol,
        )
        .map_err(|errno| DumpError::Refused("socket(AF_NETLINK)", errno))?;
        connect_to_kernel(&fd).map_err(|errno| DumpError::Refused("connect(AF_NETLINK)", errno))?;
        Ok(Self {
            fd,
            buffer: Vec::with_capacity(BUFFER),
            sequence: 0,
        })
    }

    /// Asks for a dump and appends to `all` what `parse` makes of each
    /// answer.
    ///
    /// A dump that changed while it was made is repeated. One that the
    /// kernel ends with an error leaves `all` as it was.
    pub(crate) fn dump<T>(
        &mut self,
        kind: u16,
        request: &[u8],
        all: &mut Vec<T>,
        mut parse: impl FnMut(&Message<'_>, &mut Vec<T>) -> Result<(), Malformed>,
    ) -> Result<(), DumpError> {
        let before = all.len();
        for _ in 0..ATTEMPTS {
            match self.dump_once(kind, request, all, &mut parse) {
                Ok(true) => return Ok(()),
                Ok(false) | Err(DumpError::Refused(_, Errno::NOBUFS | Errno::INTR)) => {
                    all.truncate(before);
                }
                Err(error) => {
                    all.truncate(before);
                    return Err(error);
                }
            }
        }
        Err(DumpError::Refused(
            "netlink dump, which kept changing",
            Errno::AGAIN,
        ))
    }

    /// Whether the dump is consistent.
    fn dump_once<T>(
        &mut self,
        kind: u16,
        request: &[u8],
        all: &mut Vec<T>,
        parse: &mut impl FnMut(&Message<'_>, &mut Vec<T>) -> Result<(), Malformed>,
    ) -> Result<bool, DumpError> {
        // Answers to an earlier request that was given up have its number.
        self.sequence = self.sequence.wrapping_add(1);
        let request = format::dump_request(kind, self.sequence, request);
        retry(|| rustix::net::send(&self.fd, &request, SendFlags::empty()))
            .map_err(|errno| DumpError::Refused("send(AF_NETLINK)", errno))?;
        let mut consistent = true;
        loop {
            self.buffer.clear();
            let (_, length) = retry(|| {
                rustix::net::recv(
                    &self.fd,
                    rustix::buffer::spare_capacity(&mut self.buffer),
                    RecvFlags::TRUNC,
                )
            })
            .map_err(|errno| DumpError::Refused("recv(AF_NETLINK)", errno))?;
            if length > self.buffer.len() {
                return Err(DumpError::Malformed(Malformed(
                    "a netlink datagram of less than 64 KiB",
                )));
            }
            for message in format::messages(&self.buffer) {
                let message = message.map_err(DumpError::Malformed)?;
                if message.sequence != self.sequence {
                    continue;
                }
                consistent &= message.flags & format::NLM_F_DUMP_INTR == 0;
                match message.kind {
                    format::NLMSG_DONE | format::NLMSG_ERROR => {
                        return match message.error() {
                            0 => Ok(consistent),
                            code => Err(DumpError::Refused(
                                "netlink dump",
                                Errno::from_raw_os_error(code),
                            )),
                        };
                    }
                    format::NLMSG_OVERRUN => consistent = false,
                    kind if kind < 16 => {}
                    _ => parse(&message, all).map_err(DumpError::Malformed)?,
                }
            }
        }
    }
}

/// Connects to port 0, the kernel: from then on the kernel refuses datagrams
/// that other processes send to this socket, so an answer needs no check of
/// its sender. rustix has no netlink addresses.
fn connect_to_kernel(fd: &OwnedFd) -> Result<(), Errno> {
    // SAFETY: `sockaddr_nl` is plain integers, for which zero is a value.
    let mut address: libc::sockaddr_nl = unsafe { std::mem::zeroed() };
    address.nl_family = libc::AF_NETLINK as libc::sa_family_t;
    // SAFETY: the descriptor is open; the pointer is to a live `sockaddr_nl`
    // and the length is its size; the call only reads it.
    let result = unsafe {
        libc::connect(
            fd.as_raw_fd(),
            (&raw const address).cast(),
            size_of::<libc::sockaddr_nl>() as libc::socklen_t,
        )
    };
    if result == 0 {
        return Ok(());
    }
    Err(Errno::from_io_error(&std::io::Error::last_os_error()).unwrap_or(Errno::IO))
}
