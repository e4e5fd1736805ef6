//! Netlink messages and their attributes: see netlink(7).
//!
//! Everything is in the byte order of the machine that the messages were
//! made on, which is the one that reads them.

use super::Malformed;

/// `NLMSG_ERROR`: an error number, zero for an acknowledgement.
pub const NLMSG_ERROR: u16 = 2;
/// `NLMSG_DONE`: the end of a dump.
pub const NLMSG_DONE: u16 = 3;
/// `NLMSG_OVERRUN`: messages were lost.
pub const NLMSG_OVERRUN: u16 = 4;
/// `NLM_F_REQUEST`.
pub const NLM_F_REQUEST: u16 = 0x01;
/// `NLM_F_DUMP_INTR`: what is being dumped changed meanwhile, so that the
/// whole may contradict itself.
pub const NLM_F_DUMP_INTR: u16 = 0x10;
/// `NLM_F_DUMP`.
pub const NLM_F_DUMP: u16 = 0x300;
/// Length of `struct nlmsghdr`.
pub const HEADER: usize = 16;

/// One message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Message<'a> {
    /// What it is (`nlmsg_type`).
    pub kind: u16,
    /// `NLM_F_*`.
    pub flags: u16,
    /// The sequence number of the request that it answers.
    pub sequence: u32,
    /// What follows the header.
    pub payload: &'a [u8],
}

impl Message<'_> {
    /// The error number that an `NLMSG_ERROR` or `NLMSG_DONE` carries, as a
    /// positive number; zero when there is none.
    #[must_use]
    pub fn error(&self) -> i32 {
        self.payload
            .first_chunk()
            .and_then(|&code| i32::from_ne_bytes(code).checked_neg())
            .map_or(0, |code| code.max(0))
    }
}

/// The messages of one datagram. Ends after the first that does not fit.
pub fn messages(datagram: &[u8]) -> Messages<'_> {
    Messages { rest: datagram }
}

/// See [`messages`].
#[derive(Debug, Clone)]
pub struct Messages<'a> {
    rest: &'a [u8],
}

impl<'a> Iterator for Messages<'a> {
    type Item = Result<Message<'a>, Malformed>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let message = self.split();
        if message.is_none() {
            self.rest = &[];
        }
        Some(message.ok_or(Malformed("a whole netlink message")))
    }
}

impl<'a> Messages<'a> {
    #[inline]
    fn split(&mut self) -> Option<Message<'a>> {
        let header: &[u8; HEADER] = self.rest.first_chunk()?;
        let [l0, l1, l2, l3, k0, k1, f0, f1, s0, s1, s2, s3, ..] = *header;
        let length = usize::try_from(u32::from_ne_bytes([l0, l1, l2, l3])).ok()?;
        let payload = self.rest.get(HEADER..length)?;
        self.rest = self.rest.get(aligned(length)?..).unwrap_or_default();
        Some(Message {
            kind: u16::from_ne_bytes([k0, k1]),
            flags: u16::from_ne_bytes([f0, f1]),
            sequence: u32::from_ne_bytes([s0, s1, s2, s3]),
            payload,
        })
    }
}

/// The attributes after a message's fixed part, each a type (without the
/// `NLA_F_*` bits) and its bytes. Ends at the first that does not fit: the
/// kernel never sends one, and what came before it is still good.
pub fn attributes(bytes: &[u8]) -> Attributes<'_> {
    Attributes { rest: bytes }
}

/// See [`attributes`].
#[derive(Debug, Clone)]
pub struct Attributes<'a> {
    rest: &'a [u8],
}

impl<'a> Iterator for Attributes<'a> {
    type Item = (u16, &'a [u8]);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let &[l0, l1, k0, k1] = self.rest.first_chunk()?;
        let length = usize::from(u16::from_ne_bytes([l0, l1]));
        let value = self.rest.get(4..length);
        self.rest = match value {
            Some(_) => self.rest.get(aligned(length)?..).unwrap_or_default(),
            None => &[],
        };
        // The two highest bits say that it is nested or in network order.
        Some((u16::from_ne_bytes([k0, k1]) & 0x3fff, value?))
    }
}

/// Netlink pads everything to four bytes.
#[inline]
fn aligned(length: usize) -> Option<usize> {
    Some(length.checked_add(3)? & !3)
}

/// The bytes of an attribute as a number, `None` when it has another width.
#[inline]
#[must_use]
pub fn u32_of(value: &[u8]) -> Option<u32> {
    value.try_into().ok().map(u32::from_ne_bytes)
}

/// A string without the terminating zero that some attributes have and some
/// have not.
#[must_use]
pub fn string(value: &[u8]) -> &[u8] {
    value.split(|&byte| byte == 0).next().unwrap_or_default()
}

/// Appends an attribute.
pub fn push_attribute(message: &mut Vec<u8>, kind: u16, value: &[u8]) {
    let length = u16::try_from(value.len() + 4).unwrap_or(u16::MAX);
    message.extend(length.to_ne_bytes());
    message.extend(kind.to_ne_bytes());
    message.extend(value);
    message.resize(message.len().next_multiple_of(4), 0);
}

/// A request for a dump: header, fixed part, attributes.
#[must_use]
pub fn dump_request(kind: u16, sequence: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(HEADER + payload.len()).unwrap_or(u32::MAX);
    let mut message = Vec::with_capacity(HEADER + payload.len());
    message.extend(length.to_ne_bytes());
    message.extend(kind.to_ne_bytes());
    message.extend((NLM_F_REQUEST | NLM_F_DUMP).to_ne_bytes());
    message.extend(sequence.to_ne_bytes());
    // The sender's port: zero lets the kernel fill it in.
    message.extend(0u32.to_ne_bytes());
    message.extend(payload);
    message
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(kind: u16, payload: &[u8]) -> Vec<u8> {
        let mut bytes = dump_request(kind, 7, payload);
        bytes.resize(bytes.len().next_multiple_of(4), 0);
        bytes
    }

    #[test]
    fn messages_are_padded_to_four_bytes() {
        let mut datagram = message(20, b"abcde");
        datagram.extend(message(NLMSG_DONE, &(-2i32).to_ne_bytes()));
        let all: Vec<_> = messages(&datagram).map(Result::unwrap).collect();
        assert_eq!(all.len(), 2);
        assert_eq!((all[0].kind, all[0].payload), (20, &b"abcde"[..]));
        assert_eq!(all[0].sequence, 7);
        assert_eq!(all[1].error(), 2);
    }

    #[test]
    fn a_length_that_does_not_fit_ends_the_datagram() {
        let good = message(20, b"abcd");
        for end in 1..good.len() {
            let all: Vec<_> = messages(&good[..end]).collect();
            assert!(matches!(all[..], [Err(_)]), "at {end}: {all:?}");
        }
        for length in [0u32, 3, 15, 21, u32::MAX, u32::MAX - 2] {
            let mut bad = good.clone();
            bad[..4].copy_from_slice(&length.to_ne_bytes());
            let all: Vec<_> = messages(&bad).collect();
            assert!(matches!(all[..], [Err(_)]), "{length}: {all:?}");
        }
    }

    #[test]
    fn an_error_number_that_cannot_be_negated_is_none() {
        let datagram = message(NLMSG_ERROR, &i32::MIN.to_ne_bytes());
        assert_eq!(messages(&datagram).next().unwrap().unwrap().error(), 0);
        let datagram = message(NLMSG_ERROR, b"");
        assert_eq!(messages(&datagram).next().unwrap().unwrap().error(), 0);
    }

    #[test]
    fn attributes_end_at_the_first_that_does_not_fit() {
        let mut bytes = Vec::new();
        push_attribute(&mut bytes, 3, b"eth0\0");
        push_attribute(&mut bytes, 0x8000 | 18, b"xy");
        let all: Vec<_> = attributes(&bytes).collect();
        assert_eq!(all, [(3, &b"eth0\0"[..]), (18, &b"xy"[..])]);
        assert_eq!(string(all[0].1), b"eth0");
        for end in 0..bytes.len() {
            // Never panics, never invents one.
            for found in attributes(&bytes[..end]) {
                assert!(all.contains(&found));
            }
        }
        assert_eq!(attributes(&[3, 0, 1, 0, 0]).count(), 0);
        assert_eq!(attributes(&[0; 64]).count(), 0);
    }
}
