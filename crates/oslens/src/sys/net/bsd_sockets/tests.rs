use super::*;
use crate::parse::bsd::socket::Socket;

fn socket(number: u64, local: &str, remote: Option<&str>) -> Connection {
    connection(&Socket {
        family: Family::Inet4,
        socket_type: SocketType::Stream,
        protocol: Protocol::Tcp,
        state: Some(TcpState::Established),
        local: local.parse().ok(),
        remote: remote.and_then(|remote| remote.parse().ok()),
        v6_only: None,
        recv_queue: None,
        send_queue: None,
        uid: None,
        address: None,
        pcb: Some(number).filter(|&number| number != 0),
        unix: None,
    })
}

#[test]
fn a_socket_without_a_number_is_found_only_where_it_is_alone() {
    let listed = [
        socket(7, "192.0.2.1:1", None),
        socket(0, "192.0.2.1:2", Some("192.0.2.9:9")),
        socket(0, "192.0.2.1:3", None),
        socket(0, "192.0.2.1:3", None),
    ];
    let index = Index::new(&listed);
    assert_eq!(index.find(&socket(7, "192.0.2.8:1", None)), Some(0));
    assert_eq!(index.find(&socket(8, "192.0.2.1:1", None)), None);
    assert_eq!(index.find(&listed[1]), Some(1));
    // Two listeners on one port: whose?
    assert_eq!(index.find(&listed[2]), None);
    assert_eq!(index.find(&socket(0, "192.0.2.1:1", None)), None);
}

#[test]
fn a_million_descriptors_are_distributed_in_no_time() {
    let listed = (1..=50_000).map(|at| (Some(at), socket(at, "192.0.2.1:1", None)));
    let descriptors: Vec<_> = (0..1_000_000)
        .map(|at| Descriptor {
            pid: at / 1000 + 1,
            fd: at % 1000,
            uid: Some(5),
            socket: u64::try_from(at % 50_000).ok().map(|at| at + 1),
        })
        .collect();
    let start = std::time::Instant::now();
    let found = distribute(listed.collect(), &descriptors);
    assert!(found.iter().all(|c| c.owners.as_ref().unwrap().len() == 20));
    assert!(found.iter().all(|c| c.uid == Some(5)));
    // A question for each would take minutes.
    assert!(start.elapsed().as_secs() < 30);
}
