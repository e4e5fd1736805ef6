use std::{ffi::OsString, thread, time::Instant};

use super::{server::Awaited, *};
use crate::security::Descriptor;

const SOON: std::time::Duration = std::time::Duration::from_secs(20);

fn name(of: &str) -> OsString {
    format!("oslens-{of}-{}", std::process::id()).into()
}

fn server(name: &OsStr, longest: usize) -> Server {
    let sddl = format!("D:P(A;;FA;;;S-1-3-4)(A;;{CLIENT_ACCESS:#x};;;AU)");
    let security = Descriptor::from_sddl(OsStr::new(&sddl)).unwrap();
    Server::new(name, security, longest).unwrap()
}

/// Echoes until it is woken: how many came, how many bytes were sent, and what
/// failed.
fn echo(mut server: Server) -> (usize, usize, Vec<String>) {
    let (mut came, mut sent, mut failed) = (0, 0, Vec::new());
    loop {
        match server.wait().unwrap() {
            Event::Connected(_) => came += 1,
            Event::Message(client, message) => server.send(client, message),
            Event::Sent(_, bytes) => sent += bytes,
            Event::Closed(_, error) => failed.extend(error.map(|error| error.to_string())),
            Event::Woken => return (came, sent, failed),
        }
    }
}

#[test]
fn many_clients_are_served_by_one_thread() {
    let name = name("many");
    let server = server(&name, 100_000);
    let waker = server.waker();
    let serving = thread::spawn(|| echo(server));
    thread::scope(|scope| {
        for number in 0..20_usize {
            let name = &name;
            scope.spawn(move || {
                let client = Client::connect(name, SOON).unwrap();
                for round in 0..10 {
                    let message = vec![number as u8; number * 500 + round];
                    assert_eq!(client.ask(&message, 100_000).unwrap(), message);
                }
            });
        }
    });
    waker.wake();
    let (came, sent, failed) = serving.join().unwrap();
    assert_eq!((came, failed), (20, Vec::<String>::new()));
    let wanted: usize = (0..20).map(|number| number * 500 * 10 + 45).sum();
    assert_eq!(sent, wanted);
}

#[test]
fn a_server_that_ends_lets_its_clients_go() {
    let name = name("ends");
    let server = server(&name, 1000);
    let waker = server.waker();
    let serving = thread::spawn(|| echo(server));
    let client = Client::connect(&name, SOON).unwrap();
    assert_eq!(client.ask(b"once", 1000).unwrap(), b"once");
    waker.wake();
    serving.join().unwrap();
    assert!(client.ask(b"twice", 1000).is_err());
    assert!(Client::connect(&name, SOON).is_err());
}

#[test]
fn a_message_that_is_too_long_costs_the_connection_and_no_other() {
    let name = name("long");
    let server = server(&name, 100);
    let waker = server.waker();
    let serving = thread::spawn(|| echo(server));
    let polite = Client::connect(&name, SOON).unwrap();
    let rude = Client::connect(&name, SOON).unwrap();
    assert!(rude.ask(&[7; 101], 1000).is_err());
    assert_eq!(polite.ask(&[7; 100], 1000).unwrap(), [7; 100]);
    assert_eq!(polite.ask(b"", 1000).unwrap(), b"");
    waker.wake();
    let (_, _, failed) = serving.join().unwrap();
    assert_eq!(failed, ["its message has more than 100 bytes"]);
}

#[test]
fn a_server_can_close_a_client_and_need_not_answer() {
    let name = name("close");
    let mut server = server(&name, 100);
    let client = thread::spawn({
        let name = name.clone();
        move || Client::connect(&name, SOON).unwrap().ask(b"hello", 100)
    });
    let Event::Connected(id) = server.wait().unwrap() else {
        panic!()
    };
    let Event::Message(same, message) = server.wait().unwrap() else {
        panic!()
    };
    assert_eq!((same, message.as_slice()), (id, &b"hello"[..]));
    assert_eq!(server.clients(), 1);
    server.receive(id);
    server.close(id);
    let Event::Closed(same, None) = server.wait().unwrap() else {
        panic!()
    };
    assert_eq!((same, server.clients()), (id, 0));
    assert!(client.join().unwrap().is_err());
    // What is gone is left alone.
    server.send(id, vec![1]);
    server.close(id);
    let before = Instant::now();
    drop(server);
    assert!(before.elapsed() < SOON);
}

#[test]
fn a_name_is_one_servers() {
    let name = name("first");
    let _first = server(&name, 100);
    let security = Descriptor::from_sddl(OsStr::new("D:(A;;FA;;;AU)")).unwrap();
    let second = Server::new(&name, security, 100);
    if crate::wine_version().is_some() {
        println!("skipped: Wine does not enforce FILE_FLAG_FIRST_PIPE_INSTANCE");
        return;
    }
    assert_eq!(second.unwrap_err().raw(), Some(5));
}

#[test]
fn a_client_that_is_gone_before_it_is_waited_for_ends_no_server() {
    let name = name("hasty");
    let mut server = server(&name, 100);
    // All pipes that wait get a client.
    let others: Vec<_> = (0..4)
        .map(|_| Client::connect(&name, SOON).unwrap())
        .collect();
    let (key, pipe) = server.instance(false).unwrap();
    drop(Client::connect(&name, SOON).unwrap());
    assert_eq!(server.await_client(key, pipe).unwrap(), Awaited::Gone);
    // One that stays is served.
    let (key, pipe) = server.instance(false).unwrap();
    let stays = Client::connect(&name, SOON).unwrap();
    assert_eq!(server.await_client(key, pipe).unwrap(), Awaited::Came);
    let waker = server.waker();
    let serving = thread::spawn(|| echo(server));
    assert_eq!(stays.ask(b"here", 100).unwrap(), b"here");
    assert_eq!(others[0].ask(b"here", 100).unwrap(), b"here");
    waker.wake();
    let (came, _, failed) = serving.join().unwrap();
    assert_eq!((came, failed), (5, Vec::<String>::new()));
}

#[test]
fn clients_that_do_not_read_hold_up_nobody() {
    use std::io::Write as _;
    let name = name("mute");
    let server = server(&name, 1000);
    let waker = server.waker();
    let serving = thread::spawn(|| {
        let result = echo(server);
        (result, Instant::now())
    });
    // More than a wait for handles takes. Each sends until there is no more
    // room for answers.
    let mute: Vec<_> = (0..80)
        .map(|_| {
            let client = Client::connect(&name, SOON).unwrap();
            let mut pipe = client.file().try_clone().unwrap();
            for _ in 0..2 {
                pipe.write_all(&[7; 1000]).unwrap();
            }
            client
        })
        .collect();
    let reads = Client::connect(&name, SOON).unwrap();
    assert_eq!(reads.ask(b"hello", 100).unwrap(), b"hello");
    let before = Instant::now();
    waker.wake();
    let ((came, _, failed), ended) = serving.join().unwrap();
    assert!(ended - before < std::time::Duration::from_secs(3));
    assert_eq!((came, failed), (81, Vec::<String>::new()));
    drop(mute);
}

#[test]
fn a_server_goes_on_while_the_system_has_no_room_for_more_pipes() {
    let name = name("room");
    let mut server = server(&name, 100);
    // No such path can be made.
    let path = server.move_to(vec![u16::from(b'x'), 0]);
    let connect = || Client::connect(&name, SOON).unwrap();
    let mut clients: Vec<_> = (0..3).map(|_| connect()).collect();
    for _ in 0..3 {
        assert!(matches!(server.wait().unwrap(), Event::Connected(_)));
    }
    let nowhere = server.move_to(path);
    clients.push(connect());
    assert!(matches!(server.wait().unwrap(), Event::Connected(_)));
    // There is room again: all four wait.
    clients.extend((0..4).map(|_| connect()));
    server.move_to(nowhere);
    for _ in 0..3 {
        assert!(matches!(server.wait().unwrap(), Event::Connected(_)));
    }
    // The last one that waited.
    assert!(server.wait().is_err());
    assert!(matches!(server.wait().unwrap(), Event::Connected(_)));
    assert_eq!(server.clients(), 8);
}
