//! `/proc/net/{tcp,tcp6,udp,udp6,raw,raw6}`: a heading, then a line for each
//! socket.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use crate::parse::{Malformed, sock_diag::InetSocket, text};

/// The byte order of the machine whose kernel wrote the file: addresses are
/// written as numbers of that order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Endian {
    /// The first byte of an address is the lowest of the number.
    Little,
    /// The first byte of an address is the highest of the number.
    Big,
}

impl Endian {
    /// The byte order that this program runs with.
    pub const NATIVE: Self = if cfg!(target_endian = "big") {
        Self::Big
    } else {
        Self::Little
    };
}

/// The sockets of the file. The width of the addresses tells IPv4 from IPv6.
pub fn sockets(
    content: &[u8],
    endian: Endian,
) -> impl Iterator<Item = Result<InetSocket, Malformed>> {
    text::lines(content)
        .skip(1)
        .map(move |line| socket(line, endian).ok_or(Malformed("the columns of a socket")))
}

#[inline]
fn socket(line: &[u8], endian: Endian) -> Option<InetSocket> {
    let mut words = text::words(line);
    let _number = words.next()?;
    let local = address(words.next()?, endian)?;
    let remote = address(words.next()?, endian)?;
    let state = u8::try_from(text::hexadecimal(words.next()?)?).ok()?;
    let queues = words.next()?;
    let colon = memchr::memchr(b':', queues)?;
    let queue = |digits: &[u8]| u32::try_from(text::hexadecimal(digits)?).ok();
    let send_queue = queue(queues.get(..colon)?)?;
    let recv_queue = queue(queues.get(colon + 1..)?)?;
    let _timer = words.next()?;
    let _retransmissions = words.next()?;
    let uid = u32::try_from(text::decimal(words.next()?)?).ok()?;
    let _timeout = words.next()?;
    let inode = text::decimal(words.next()?)?;
    Some(InetSocket {
        state,
        local,
        remote,
        interface: None,
        recv_queue,
        send_queue,
        uid,
        inode,
        v6_only: None,
    })
}

/// `0100007F:0016`, or four such words and a port.
#[inline]
fn address(word: &[u8], endian: Endian) -> Option<SocketAddr> {
    let colon = memchr::memchr(b':', word)?;
    let (digits, port) = word.split_at_checked(colon)?;
    let port = u16::try_from(text::hexadecimal(port.get(1..)?)?).ok()?;
    let part = |digits: &[u8]| -> Option<[u8; 4]> {
        let number = u32::try_from(text::hexadecimal(digits)?).ok()?;
        Some(match endian {
            Endian::Little => number.to_le_bytes(),
            Endian::Big => number.to_be_bytes(),
        })
    };
    let ip = match digits.len() {
        8 => IpAddr::V4(Ipv4Addr::from(part(digits)?)),
        32 => {
            let mut bytes = [0; 16];
            for (to, from) in bytes.chunks_exact_mut(4).zip(digits.chunks_exact(8)) {
                to.copy_from_slice(&part(from)?);
            }
            IpAddr::V6(Ipv6Addr::from(bytes))
        }
        _ => return None,
    };
    Some(SocketAddr::new(ip, port))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TCP: &[u8] = b"  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode                                                     \n   \
        0: 0100007F:07E8 00000000:0000 0A 00000080:00000003 00:00000000 00000000  1000        0 1076 1 00000000a30502d1 100 0 0 10 0                      \n   \
        1: 0201000A:0000 0200000A:01BB 0C 00000000:00000000 03:00000D29 00000000     0        0 0 3 00000000a30502d2\n";

    const TCP6: &[u8] = b"  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n   \
        0: B80D0120000000000000000001000000:0050 0000000000000000FFFF0000010200C0:C001 08 00000001:0000000A 00:00000000 00000000    33        0 4294967295 1 0 20 4 30 10 -1\n";

    #[test]
    fn addresses_are_numbers_of_the_kernels_byte_order() {
        let sockets: Vec<_> = sockets(TCP, Endian::Little).map(Result::unwrap).collect();
        assert_eq!(sockets[0].local, "127.0.0.1:2024".parse().unwrap());
        assert_eq!(sockets[0].remote, "0.0.0.0:0".parse().unwrap());
        assert_eq!((sockets[0].state, sockets[0].inode), (10, 1076));
        assert_eq!((sockets[0].send_queue, sockets[0].recv_queue), (128, 3));
        assert_eq!(sockets[0].uid, 1000);
        // A state that psutil has no name for, and port 0 with an address.
        assert_eq!(sockets[1].state, 12);
        assert_eq!(sockets[1].local, "10.0.1.2:0".parse().unwrap());

        let big = String::from_utf8_lossy(TCP).replace("0100007F", "7F000001");
        let first = super::sockets(big.as_bytes(), Endian::Big).next().unwrap();
        assert_eq!(first.unwrap().local, "127.0.0.1:2024".parse().unwrap());
    }

    #[test]
    fn the_four_words_of_an_ipv6_address_are_swapped_one_by_one() {
        let socket = sockets(TCP6, Endian::Little).next().unwrap().unwrap();
        assert_eq!(socket.local, "[2001:db8::1]:80".parse().unwrap());
        assert_eq!(socket.remote, "[::ffff:192.0.2.1]:49153".parse().unwrap());
        assert_eq!((socket.recv_queue, socket.inode), (10, 4_294_967_295));
        let big = String::from_utf8_lossy(TCP6)
            .replace(
                "B80D0120000000000000000001000000",
                "20010DB8000000000000000000000001",
            )
            .replace(
                "0000000000000000FFFF0000010200C0",
                "00000000000000000000FFFFC0000201",
            );
        let other = super::sockets(big.as_bytes(), Endian::Big).next().unwrap();
        assert_eq!(other.unwrap(), socket);
    }

    #[test]
    fn a_truncated_line_is_malformed() {
        let heading = memchr::memchr(b'\n', TCP6).unwrap() + 1;
        let inode = TCP6.windows(10).position(|w| w == b"4294967295").unwrap();
        for end in heading + 1..TCP6.len() {
            let result = sockets(&TCP6[..end], Endian::Little).next().unwrap();
            assert_eq!(result.is_ok(), end > inode, "at {end}: {result:?}");
        }
        assert_eq!(sockets(b"", Endian::Little).count(), 0);
    }
}
