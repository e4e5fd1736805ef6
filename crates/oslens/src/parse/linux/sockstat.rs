//! `/proc/net/sockstat` and `sockstat6`, and the line of `/proc/net/snmp`
//! that counts TCP connections.

use crate::parse::text;

/// The value of `key` in the line of `protocol` (`TCP`, `UDP6`, …), `None`
/// when the kernel does not say it.
#[must_use]
pub fn value(content: &[u8], protocol: &str, key: &str) -> Option<u64> {
    let (_, values) = text::lines(content)
        .filter_map(text::key_value)
        .find(|&(name, _)| name == protocol.as_bytes())?;
    let mut words = text::words(values);
    while let Some(name) = words.next() {
        let value = words.next()?;
        if name == key.as_bytes() {
            return text::decimal(value);
        }
    }
    None
}

/// The value of `key` in a pair of lines of `snmp`: the names in the first,
/// the values in the second, both after `protocol` and a colon.
#[must_use]
pub fn snmp_value(content: &[u8], protocol: &str, key: &str) -> Option<u64> {
    let mut pair = text::lines(content)
        .filter_map(text::key_value)
        .filter(|&(name, _)| name == protocol.as_bytes());
    let (_, names) = pair.next()?;
    let (_, values) = pair.next()?;
    text::words(names)
        .zip(text::words(values))
        .find(|&(name, _)| name == key.as_bytes())
        .and_then(|(_, value)| text::decimal(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOCKSTAT: &[u8] = b"sockets: used 16\nTCP: inuse 1 orphan 0 tw 7 alloc 3 mem 442\nUDP: inuse 2 mem 5\nUDPLITE: inuse 0\nRAW: inuse 0\nFRAG: inuse 0 memory 0\n";
    const SNMP: &[u8] = b"Ip: Forwarding DefaultTTL\nIp: 1 64\nTcp: RtoAlgorithm RtoMin RtoMax MaxConn CurrEstab\nTcp: 1 200 120000 -1 12\n";

    #[test]
    fn values_are_found_by_name() {
        assert_eq!(value(SOCKSTAT, "sockets", "used"), Some(16));
        assert_eq!(value(SOCKSTAT, "TCP", "tw"), Some(7));
        assert_eq!(value(SOCKSTAT, "TCP", "mem"), Some(442));
        assert_eq!(value(SOCKSTAT, "UDP", "inuse"), Some(2));
        assert_eq!(value(SOCKSTAT, "UDP", "orphan"), None);
        assert_eq!(value(SOCKSTAT, "SCTP", "inuse"), None);
        assert_eq!(value(b"TCP: inuse", "TCP", "inuse"), None);
        assert_eq!(snmp_value(SNMP, "Tcp", "CurrEstab"), Some(12));
        assert_eq!(snmp_value(SNMP, "Tcp", "MaxConn"), None);
        assert_eq!(snmp_value(SNMP, "Udp", "InErrors"), None);
        for end in 0..SNMP.len() {
            let _ = snmp_value(&SNMP[..end], "Tcp", "CurrEstab");
        }
    }
}
