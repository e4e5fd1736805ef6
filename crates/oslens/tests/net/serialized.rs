//! The types as JSON.

use std::net::TcpListener;

use oslens::net::{self, Connection, ConnectionQuery, Interface, Kind, Owners, TcpState};

#[test]
fn what_was_written_is_read_again() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let query = ConnectionQuery::new(Kind::all())
        .tcp_info(true)
        .owners(Owners::All);
    let connections = net::connections(query).unwrap();
    let text = serde_json::to_string(&connections).unwrap();
    let again: Vec<Connection> = serde_json::from_str(&text).unwrap();
    assert_eq!(again, connections);
    let local = listener.local_addr().unwrap();
    let mine = connections
        .iter()
        .find(|connection| connection.local == Some(local))
        .unwrap();
    let mine = serde_json::to_value(mine).unwrap();
    assert_eq!(mine["state"], "LISTEN");
    assert_eq!(mine["protocol"], "tcp");
    assert_eq!(mine["family"], "inet4");
    assert_eq!(mine["local"], local.to_string());

    for state in [
        TcpState::FinWait1,
        TcpState::CloseWait,
        TcpState::NewSynRecv,
    ] {
        assert_eq!(serde_json::to_value(state).unwrap(), state.as_str());
    }

    let interfaces = net::interfaces().unwrap();
    let text = serde_json::to_string(&interfaces).unwrap();
    let again: Vec<Interface> = serde_json::from_str(&text).unwrap();
    assert_eq!(again, interfaces);

    let counters = serde_json::to_value(net::io_counters().unwrap()).unwrap();
    assert!(counters[0]["counters"]["bytes_recv"].is_u64());
}
