//! Sockets of every family and state.

use std::io::{self, Read};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::os::fd::{AsRawFd, OwnedFd};

use oslens_testkit::sys::linux as sys;
use oslens_testkit::wire::Reply;

use crate::talk::{Held, Words};

pub(crate) fn make(kind: &str, words: &mut Words, held: &mut Held) -> io::Result<Reply> {
    match kind {
        "tcp4-listen" => tcp_listen("127.0.0.1:0", held),
        "tcp6-listen" => tcp_listen("[::1]:0", held),
        "tcp4-established" => tcp_established("127.0.0.1:0", held),
        "tcp6-established" => tcp_established("[::1]:0", held),
        "tcp4-close-wait" => tcp_half_closed("127.0.0.1:0", held),
        "tcp6-close-wait" => tcp_half_closed("[::1]:0", held),
        "tcp4-time-wait" => tcp_time_wait("127.0.0.1:0"),
        "tcp6-time-wait" => tcp_time_wait("[::1]:0"),
        "tcp4-syn-sent" => tcp_syn_sent(held),
        "tcp4-bound" => {
            let socket = sys::socket(libc::AF_INET, libc::SOCK_STREAM)?;
            sys::bind_loopback(&socket)?;
            let reply = Reply::default().with("fd", socket.as_raw_fd());
            held.push(Box::new(socket));
            Ok(reply)
        }
        "udp4" => udp("127.0.0.1:0", held),
        "udp6" => udp("[::1]:0", held),
        "udp4-connected" => udp_connected("127.0.0.1:0", held),
        "udp6-connected" => udp_connected("[::1]:0", held),
        "unix-listen" => unix_listen(words, held),
        "unix-bound" => unix_bound(words, held),
        "unix-connected" => unix_connected(words, held),
        "unix-pair" => {
            let (one, other) = sys::socket_pair(unix_kind(&words.text()?)?)?;
            let reply = Reply::default()
                .with("fd", one.as_raw_fd())
                .with("peer-fd", other.as_raw_fd());
            held.push(Box::new((one, other)));
            Ok(reply)
        }
        _ => Err(io::Error::other("no such kind of socket")),
    }
}

fn tcp_listen(address: &str, held: &mut Held) -> io::Result<Reply> {
    let listener = TcpListener::bind(address)?;
    let reply = Reply::default()
        .with("fd", listener.as_raw_fd())
        .with("local", listener.local_addr()?);
    held.push(Box::new(listener));
    Ok(reply)
}

/// A connection within this process: listener, client, server.
fn connection(address: &str) -> io::Result<(TcpListener, TcpStream, TcpStream)> {
    let listener = TcpListener::bind(address)?;
    let client = TcpStream::connect(listener.local_addr()?)?;
    let (server, _) = listener.accept()?;
    Ok((listener, client, server))
}

fn ends(client: &TcpStream, server: &TcpStream) -> io::Result<Reply> {
    Ok(Reply::default()
        .with("client-fd", client.as_raw_fd())
        .with("client", client.local_addr()?)
        .with("server-fd", server.as_raw_fd())
        .with("server", server.local_addr()?))
}

fn tcp_established(address: &str, held: &mut Held) -> io::Result<Reply> {
    let (_, client, server) = connection(address)?;
    let reply = ends(&client, &server)?;
    held.push(Box::new((client, server)));
    Ok(reply)
}

/// The server is in CLOSE_WAIT, the client in FIN_WAIT2.
fn tcp_half_closed(address: &str, held: &mut Held) -> io::Result<Reply> {
    let (_, client, mut server) = connection(address)?;
    let reply = ends(&client, &server)?;
    client.shutdown(Shutdown::Write)?;
    // End of stream: the server's side has seen the FIN.
    server.read_exact(&mut [0]).unwrap_err();
    // The answer to the FIN may come a little later.
    const FIN_WAIT2: u8 = 5;
    while sys::tcp_state(&client)? != FIN_WAIT2 {
        std::thread::sleep(std::time::Duration::from_millis(1));
    }
    held.push(Box::new((client, server)));
    Ok(reply)
}

/// The client closes first, and its end stays behind without an owner.
fn tcp_time_wait(address: &str) -> io::Result<Reply> {
    let (_, client, mut server) = connection(address)?;
    let reply = ends(&client, &server)?;
    client.shutdown(Shutdown::Write)?;
    server.read_exact(&mut [0]).unwrap_err();
    drop(server);
    // The server's FIN has come when the client reads the end.
    let mut client = client;
    client.read_exact(&mut [0]).unwrap_err();
    drop(client);
    Ok(reply)
}

/// A full queue of a listener leaves later connections in SYN_SENT.
fn tcp_syn_sent(held: &mut Held) -> io::Result<Reply> {
    let socket = sys::socket(libc::AF_INET, libc::SOCK_STREAM)?;
    sys::bind_loopback(&socket)?;
    sys::listen(&socket, 0)?;
    let listener = TcpListener::from(socket);
    let server = listener.local_addr()?;
    // A backlog of 0 takes one; more than enough follow.
    let mut clients: Vec<OwnedFd> = Vec::new();
    for _ in 0..4 {
        clients.push(sys::begin_connect_loopback(server.port())?);
    }
    let fd = clients.last().map_or(-1, AsRawFd::as_raw_fd);
    held.push(Box::new((listener, clients)));
    Ok(Reply::default().with("fd", fd).with("server", server))
}

fn udp(address: &str, held: &mut Held) -> io::Result<Reply> {
    let socket = UdpSocket::bind(address)?;
    let reply = Reply::default()
        .with("fd", socket.as_raw_fd())
        .with("local", socket.local_addr()?);
    held.push(Box::new(socket));
    Ok(reply)
}

fn udp_connected(address: &str, held: &mut Held) -> io::Result<Reply> {
    let (socket, peer) = (UdpSocket::bind(address)?, UdpSocket::bind(address)?);
    let remote: SocketAddr = peer.local_addr()?;
    socket.connect(remote)?;
    let reply = Reply::default()
        .with("fd", socket.as_raw_fd())
        .with("local", socket.local_addr()?)
        .with("remote", remote);
    held.push(Box::new((socket, peer)));
    Ok(reply)
}

fn unix_kind(kind: &str) -> io::Result<i32> {
    match kind {
        "stream" => Ok(libc::SOCK_STREAM),
        "dgram" => Ok(libc::SOCK_DGRAM),
        "seqpacket" => Ok(libc::SOCK_SEQPACKET),
        _ => Err(io::Error::other(format!("no kind {kind} of UNIX socket"))),
    }
}

fn unix_bound_socket(words: &mut Words) -> io::Result<(OwnedFd, i32, Vec<u8>)> {
    let kind = unix_kind(&words.text()?)?;
    let name = words.bytes()?;
    let socket = sys::socket(libc::AF_UNIX, kind)?;
    sys::bind_unix(&socket, &name)?;
    Ok((socket, kind, name))
}

fn unix_bound(words: &mut Words, held: &mut Held) -> io::Result<Reply> {
    let (socket, ..) = unix_bound_socket(words)?;
    let reply = Reply::default().with("fd", socket.as_raw_fd());
    held.push(Box::new(socket));
    Ok(reply)
}

fn unix_listen(words: &mut Words, held: &mut Held) -> io::Result<Reply> {
    let (socket, ..) = unix_bound_socket(words)?;
    sys::listen(&socket, 5)?;
    let reply = Reply::default().with("fd", socket.as_raw_fd());
    held.push(Box::new(socket));
    Ok(reply)
}

fn unix_connected(words: &mut Words, held: &mut Held) -> io::Result<Reply> {
    let (socket, kind, name) = unix_bound_socket(words)?;
    let client = sys::socket(libc::AF_UNIX, kind)?;
    let mut reply = Reply::default()
        .with("fd", socket.as_raw_fd())
        .with("client-fd", client.as_raw_fd());
    if kind == libc::SOCK_DGRAM {
        sys::connect_unix(&client, &name)?;
    } else {
        sys::listen(&socket, 5)?;
        sys::connect_unix(&client, &name)?;
        let server = sys::accept(&socket)?;
        reply = reply.with("server-fd", server.as_raw_fd());
        held.push(Box::new(server));
    }
    held.push(Box::new((socket, client)));
    Ok(reply)
}
