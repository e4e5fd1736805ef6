//! Several lists of a process at once are what each is alone.
#![cfg(target_os = "linux")]

use std::{fs::File, net::TcpListener, process::Command};

use oslens::{
    ErrorKind, Host,
    net::Kind,
    os::linux::{Lists, ProcessExt as _},
    process::{Fields, Process},
};

#[test]
fn lists_read_together_are_those_read_alone() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let file = File::open(std::env::current_exe().unwrap()).unwrap();
    let me = Process::current().unwrap();
    for wanted in [
        Lists::all(),
        Lists::OPEN_FILES,
        Lists::CONNECTIONS,
        Lists::OPEN_FILES | Lists::CONNECTIONS,
        Lists::empty(),
    ] {
        let lists = me.lists(wanted, Kind::INET).unwrap();
        assert_eq!(
            lists.memory_maps.is_some(),
            wanted.contains(Lists::MEMORY_MAPS)
        );
        assert_eq!(lists.threads.is_some(), wanted.contains(Lists::THREADS));
        assert_eq!(
            lists.open_files.is_some(),
            wanted.contains(Lists::OPEN_FILES)
        );
        if let Some(files) = lists.open_files {
            // Other tests of this program may open files meanwhile.
            let mine = |files: Vec<oslens::process::OpenFile>| {
                use std::os::fd::AsRawFd as _;
                let fd = u32::try_from(file.as_raw_fd()).unwrap();
                files.into_iter().find(|open| open.fd == fd)
            };
            assert_eq!(mine(files.unwrap()), mine(me.open_files().unwrap()));
        }
        if let Some(connections) = lists.connections {
            let address = Some(listener.local_addr().unwrap());
            let mine = |connections: Vec<oslens::net::Connection>| {
                connections.into_iter().find(|one| one.local == address)
            };
            let together = mine(connections.unwrap()).unwrap();
            let alone = mine(me.connections(Kind::INET).unwrap()).unwrap();
            assert_eq!(together.owners, alone.owners);
            assert_eq!(together.inode, alone.inode);
        }
    }
}

#[test]
fn each_list_of_a_zombie_has_its_own_answer() {
    let mut child = Command::new("true").spawn().unwrap();
    let process = Process::open(child.id()).unwrap();
    while process.state().unwrap() != oslens::process::State::Zombie {
        std::thread::yield_now();
    }
    let lists = process.lists(Lists::all(), Kind::INET).unwrap();
    let threads = lists.threads.unwrap().unwrap();
    assert_eq!(threads.len(), 1);
    let kind = |error: Option<oslens::Error>| error.map(|error| error.kind());
    let zombie = Some(ErrorKind::Zombie);
    assert_eq!(kind(lists.open_files.unwrap().err()), zombie);
    assert_eq!(kind(lists.connections.unwrap().err()), zombie);
    assert_eq!(kind(lists.memory_maps.unwrap().err()), zombie);
    child.wait().unwrap();
    let gone = process.lists(Lists::THREADS, Kind::INET).unwrap_err();
    assert_eq!(gone.kind(), ErrorKind::NoSuchProcess);
}

#[test]
fn a_table_read_by_several_threads_is_the_same_table() {
    let mut children: Vec<_> = (0..520)
        .map(|_| Command::new("sleep").arg("1000").spawn().unwrap())
        .collect();
    let fields = Fields::NAME | Fields::PPID | Fields::CREATE_TIME | Fields::UIDS;
    let host = Host::local();
    let together = host.processes_in_parallel(fields).unwrap();
    let alone = host.processes(fields).unwrap();
    for child in &mut children {
        child.kill().unwrap();
        child.wait().unwrap();
    }
    assert!(together.is_sorted_by_key(|row| row.pid));
    let me = oslens::process::Pid::current();
    let mine = |rows: Vec<oslens::process::ProcessRow>| -> Vec<_> {
        rows.into_iter()
            .filter(|row| row.ppid == Ok(me) && row.name.as_deref() == Ok("sleep".as_ref()))
            .map(|row| (row.pid, row.name, row.uids, row.start))
            .collect()
    };
    let (together, alone) = (mine(together), mine(alone));
    assert!(together.len() >= 500, "{}", together.len());
    assert_eq!(together, alone);
}
