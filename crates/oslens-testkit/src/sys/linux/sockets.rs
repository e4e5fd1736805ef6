//! Sockets of the specimen.

use std::ffi::c_int;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::{io, mem, ptr};

use super::cvt;

/// A new socket, closed on exec.
pub fn socket(family: c_int, kind: c_int) -> io::Result<OwnedFd> {
    // SAFETY: takes numbers; a descriptor of success is ours alone.
    unsafe {
        cvt(libc::socket(family, kind | libc::SOCK_CLOEXEC, 0)).map(|fd| OwnedFd::from_raw_fd(fd))
    }
}

/// Two sockets of the UNIX family, connected with each other.
pub fn socket_pair(kind: c_int) -> io::Result<(OwnedFd, OwnedFd)> {
    let mut fds = [-1; 2];
    let kind = kind | libc::SOCK_CLOEXEC;
    // SAFETY: `fds` has room for two; both are ours alone on success.
    unsafe {
        cvt(libc::socketpair(libc::AF_UNIX, kind, 0, fds.as_mut_ptr()))?;
        Ok((OwnedFd::from_raw_fd(fds[0]), OwnedFd::from_raw_fd(fds[1])))
    }
}

/// A UNIX socket address: a path, or an abstract name behind a NUL byte.
fn unix_address(name: &[u8]) -> io::Result<(libc::sockaddr_un, libc::socklen_t)> {
    // SAFETY: sockaddr_un is plain data, for which zeroes are valid.
    let mut address: libc::sockaddr_un = unsafe { mem::zeroed() };
    address.sun_family = libc::AF_UNIX as _;
    if name.len() >= address.sun_path.len() {
        return Err(io::Error::from(io::ErrorKind::InvalidInput));
    }
    for (to, &from) in address.sun_path.iter_mut().zip(name) {
        *to = from as _;
    }
    let terminator = usize::from(name.first() != Some(&0));
    let length = mem::offset_of!(libc::sockaddr_un, sun_path) + name.len() + terminator;
    Ok((address, length as _))
}

/// Binds a UNIX socket.
pub fn bind_unix(socket: &OwnedFd, name: &[u8]) -> io::Result<()> {
    let (address, length) = unix_address(name)?;
    // SAFETY: the address is valid for reading `length` bytes.
    cvt(unsafe { libc::bind(socket.as_raw_fd(), (&raw const address).cast(), length) }).map(drop)
}

/// Connects a UNIX socket.
pub fn connect_unix(socket: &OwnedFd, name: &[u8]) -> io::Result<()> {
    let (address, length) = unix_address(name)?;
    let fd = socket.as_raw_fd();
    // SAFETY: the address is valid for reading `length` bytes.
    cvt(unsafe { libc::connect(fd, (&raw const address).cast(), length) }).map(drop)
}

/// Has a bound socket listen.
pub fn listen(socket: &impl AsRawFd, backlog: c_int) -> io::Result<()> {
    // SAFETY: takes numbers.
    cvt(unsafe { libc::listen(socket.as_raw_fd(), backlog) }).map(drop)
}

/// Accepts one connection.
pub fn accept(socket: &OwnedFd) -> io::Result<OwnedFd> {
    let fd = socket.as_raw_fd();
    // SAFETY: null addresses are allowed; a descriptor of success is ours alone.
    unsafe {
        cvt(libc::accept4(
            fd,
            ptr::null_mut(),
            ptr::null_mut(),
            libc::SOCK_CLOEXEC,
        ))
        .map(|fd| OwnedFd::from_raw_fd(fd))
    }
}

/// Binds a TCP or UDP socket to a free port of the loopback address.
pub fn bind_loopback(socket: &OwnedFd) -> io::Result<()> {
    // SAFETY: sockaddr_in is plain data, for which zeroes are valid.
    let mut address: libc::sockaddr_in = unsafe { mem::zeroed() };
    address.sin_family = libc::AF_INET as _;
    address.sin_addr.s_addr = u32::from_ne_bytes([127, 0, 0, 1]);
    let length = mem::size_of_val(&address) as _;
    // SAFETY: the address is valid for reading `length` bytes.
    cvt(unsafe { libc::bind(socket.as_raw_fd(), (&raw const address).cast(), length) }).map(drop)
}

/// Starts to connect a socket to a port of the loopback address, without
/// waiting for the other side.
pub fn begin_connect_loopback(port: u16) -> io::Result<OwnedFd> {
    let socket = socket(libc::AF_INET, libc::SOCK_STREAM | libc::SOCK_NONBLOCK)?;
    // SAFETY: sockaddr_in is plain data, for which zeroes are valid.
    let mut address: libc::sockaddr_in = unsafe { mem::zeroed() };
    address.sin_family = libc::AF_INET as _;
    address.sin_addr.s_addr = u32::from_ne_bytes([127, 0, 0, 1]);
    address.sin_port = port.to_be();
    let length = mem::size_of_val(&address) as _;
    let fd = socket.as_raw_fd();
    // SAFETY: the address is valid for reading `length` bytes.
    match cvt(unsafe { libc::connect(fd, (&raw const address).cast(), length) }) {
        Err(error) if error.raw_os_error() != Some(libc::EINPROGRESS) => Err(error),
        _ => Ok(socket),
    }
}

/// The state of a TCP socket, by its number in `/proc/net/tcp`.
pub fn tcp_state(socket: &impl AsRawFd) -> io::Result<u8> {
    let mut state = 0_u8;
    let mut length: libc::socklen_t = 1;
    // SAFETY: `state` is valid for writing the one byte asked for, which is the
    // first of tcp_info.
    cvt(unsafe {
        libc::getsockopt(
            socket.as_raw_fd(),
            libc::IPPROTO_TCP,
            libc::TCP_INFO,
            (&raw mut state).cast(),
            &mut length,
        )
    })?;
    Ok(state)
}
