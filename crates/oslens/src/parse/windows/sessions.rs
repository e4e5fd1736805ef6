//! Sessions of users, as the Remote Desktop Services give them.

use std::{net::Ipv4Addr, time::SystemTime};

use super::{
    bytes::{u32_at, u64_at},
    time::system_time,
};

/// When somebody logged in to a session: `LogonTime` of a `WTSINFOW`. `None`
/// where nobody has, and for what is too short to be one.
#[must_use]
pub fn logon_time(bytes: &[u8]) -> Option<SystemTime> {
    system_time(u64_at(bytes, 200)?)
}

/// Where a user came from: a `WTS_CLIENT_ADDRESS`. `None` at the console, and
/// for families whose form is not documented.
#[must_use]
pub fn client_address(bytes: &[u8]) -> Option<Ipv4Addr> {
    /// `AF_INET`.
    const INTERNET: u32 = 2;
    if u32_at(bytes, 0)? != INTERNET {
        return None;
    }
    // Behind two bytes of the address, where a port would be.
    let octets: [u8; 4] = bytes.get(6..10)?.try_into().ok()?;
    let address = Ipv4Addr::from(octets);
    (!address.is_unspecified()).then_some(address)
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use super::*;

    #[test]
    fn a_session_began_when_somebody_logged_in() {
        let mut bytes = vec![0; 216];
        assert_eq!(logon_time(&bytes), None);
        bytes[200..208].copy_from_slice(&116_444_736_010_000_000_u64.to_le_bytes());
        let second = UNIX_EPOCH + Duration::from_secs(1);
        assert_eq!(logon_time(&bytes), Some(second));
        assert_eq!(logon_time(&bytes[..207]), None);
    }

    #[test]
    fn an_address_is_behind_two_bytes() {
        let mut bytes = vec![0; 24];
        bytes[0] = 2;
        assert_eq!(client_address(&bytes), None);
        bytes[6..10].copy_from_slice(&[192, 0, 2, 7]);
        assert_eq!(client_address(&bytes), Some(Ipv4Addr::new(192, 0, 2, 7)));
        bytes[0] = 23;
        assert_eq!(client_address(&bytes), None);
        assert_eq!(client_address(&bytes[..3]), None);
    }
}
