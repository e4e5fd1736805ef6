use super::*;

/// A table with a count and these words as its rows.
fn table(count: u32, words: &[[u8; 4]]) -> Vec<u8> {
    let mut table = count.to_le_bytes().to_vec();
    table.extend(words.concat());
    table
}

const fn number(number: u32) -> [u8; 4] {
    number.to_le_bytes()
}

#[test]
fn a_listener_and_a_connection_are_read_with_their_owners() {
    let table = table(
        2,
        &[
            // What is left in the peer's words of a listener is not a peer.
            [number(2), [0, 0, 0, 0], [0, 135, 0, 0]].concat(),
            [[9, 9, 9, 9], [0xd0, 0x21, 0, 0], number(940)].concat(),
            [number(5), [192, 0, 2, 7], [0xc3, 0x50, 0xaa, 0xbb]].concat(),
            [[198, 51, 100, 1], [1, 0xbb, 0, 0], number(4321)].concat(),
        ]
        .concat()
        .chunks_exact(4)
        .map(|word| word.try_into().unwrap())
        .collect::<Vec<_>>(),
    );
    let sockets: Vec<_> = tcp4(&table).unwrap().collect();
    assert_eq!(
        sockets,
        [
            Socket {
                state: Some(TcpState::Listen),
                local: "0.0.0.0:135".parse().unwrap(),
                remote: None,
                pid: 940,
            },
            Socket {
                state: Some(TcpState::Established),
                local: "192.0.2.7:50000".parse().unwrap(),
                remote: Some("198.51.100.1:443".parse().unwrap()),
                pid: 4321,
            },
        ]
    );
}

fn tcp6_row(local: Ipv6Addr, scope: u32, remote: Ipv6Addr, state: u32, pid: u32) -> Vec<u8> {
    let mut row = local.octets().to_vec();
    row.extend(number(scope));
    row.extend([0x1f, 0x90, 0, 0]);
    row.extend(remote.octets());
    row.extend(number(scope));
    row.extend([0xc0, 0x01, 0, 0]);
    row.extend(number(state));
    row.extend(number(pid));
    row
}

#[test]
fn only_addresses_of_one_link_have_a_scope() {
    let link: Ipv6Addr = "fe80::1".parse().unwrap();
    let global: Ipv6Addr = "2001:db8::1".parse().unwrap();
    let mut bytes = number(2).to_vec();
    bytes.extend(tcp6_row(link, 12, link, 8, 77));
    bytes.extend(tcp6_row(global, 12, global, 11, 0));
    let sockets: Vec<_> = tcp6(&bytes).unwrap().collect();
    assert_eq!(sockets[0].local.to_string(), "[fe80::1%12]:8080");
    assert_eq!(sockets[0].remote.unwrap().to_string(), "[fe80::1%12]:49153");
    assert_eq!(sockets[0].state, Some(TcpState::CloseWait));
    assert_eq!(sockets[1].local.to_string(), "[2001:db8::1]:8080");
    assert_eq!(
        (sockets[1].state, sockets[1].pid),
        (Some(TcpState::TimeWait), 0)
    );
}

#[test]
fn udp_sockets_have_neither_state_nor_peer() {
    let rows = [[127, 0, 0, 1], [0x14, 0xe9, 0, 0], number(1860)];
    let sockets: Vec<_> = udp4(&table(1, &rows)).unwrap().collect();
    let expected = Socket {
        state: None,
        local: "127.0.0.1:5353".parse().unwrap(),
        remote: None,
        pid: 1860,
    };
    assert_eq!(sockets, [expected]);

    let mut bytes = number(1).to_vec();
    bytes.extend(Ipv6Addr::LOCALHOST.octets());
    bytes.extend(number(1));
    bytes.extend([0x14, 0xe9, 0, 0]);
    bytes.extend(number(1860));
    let sockets: Vec<_> = udp6(&bytes).unwrap().collect();
    assert_eq!(sockets[0].local.to_string(), "[::1]:5353");
    assert_eq!(sockets[0].pid, 1860);
}

#[test]
fn every_state_has_its_name() {
    let names: Vec<_> = (1..=12).map(|number| state(number).as_str()).collect();
    assert_eq!(
        names.join(" "),
        "CLOSE LISTEN SYN_SENT SYN_RECV ESTABLISHED FIN_WAIT1 FIN_WAIT2 CLOSE_WAIT CLOSING \
         LAST_ACK TIME_WAIT DELETE_TCB"
    );
    assert_eq!(state(100), TcpState::Other(100));
    assert_eq!(state(u32::MAX), TcpState::Other(u8::MAX));
}

#[test]
fn a_count_that_the_table_does_not_keep_is_malformed() {
    let whole = table(1, &[[0; 4]; 3]);
    assert_eq!(udp4(&whole).unwrap().count(), 1);
    // The rest of the buffer is not looked at.
    assert_eq!(udp4(&table(0, &[[1; 4]; 3])).unwrap().count(), 0);
    for length in 0..whole.len() {
        assert!(udp4(&whole[..length]).is_err(), "{length}");
    }
    let boast = table(u32::MAX, &[[0; 4]; 64]);
    assert!(tcp4(&boast).is_err());
    assert!(tcp6(&boast).is_err());
    assert!(udp6(&boast).is_err());
}
