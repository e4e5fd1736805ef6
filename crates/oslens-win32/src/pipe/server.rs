//! The server's side.

use std::{
    collections::{BTreeMap, VecDeque},
    ffi::OsStr,
    io,
    sync::Arc,
    time::{Duration, Instant},
};

use windows_sys::Win32::Foundation::ERROR_NO_DATA;

use super::pal::{Began, Completion, Pipe, Port, is_too_long};
use crate::{Error, Result, security::Descriptor, wide};

/// The key of what a waker posts.
const WAKE: usize = 0;
/// So many pipes wait for clients at a time, so that they are not told that
/// it is busy when some come at once.
const WAITING: usize = 4;
/// The system ends a cancelled operation at once; this is for one that does
/// not.
const PATIENCE: Duration = Duration::from_secs(5);

/// A client of a server, never the same number again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClientId(usize);

/// What happens to a server.
#[derive(Debug)]
pub enum Event {
    /// A client has connected.
    Connected(ClientId),
    /// It sent this message, and may send more when it is answered
    /// ([`Server::send`]) or when that is not wanted ([`Server::receive`]).
    Message(ClientId, Vec<u8>),
    /// The answer was written: so many bytes.
    Sent(ClientId, usize),
    /// It is gone: by itself (`None`), or for this reason.
    Closed(ClientId, Option<io::Error>),
    /// A [`Waker`] was used.
    Woken,
}

/// Wakes a server that waits.
#[derive(Debug, Clone)]
pub struct Waker(Arc<Port>);

impl Waker {
    /// Has [`Server::wait`] return [`Event::Woken`], once for each call.
    pub fn wake(&self) {
        self.0.post(WAKE);
    }
}

/// A server of a named pipe: many clients, one thread.
///
/// When it is dropped, its clients are disconnected and what is pending is
/// cancelled.
#[derive(Debug)]
pub struct Server {
    port: Arc<Port>,
    path: Vec<u16>,
    security: Descriptor,
    longest: usize,
    last_key: usize,
    connections: BTreeMap<usize, Connection>,
    ready: VecDeque<Event>,
}

#[derive(Debug)]
struct Connection {
    pipe: Pipe,
    doing: Doing,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Doing {
    /// There is no client yet.
    Connecting,
    /// Nothing: it is the owner's turn.
    Idle,
    Reading,
    Writing,
    /// It goes when what is pending is complete.
    Closing,
}

/// What became of waiting for a client.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Awaited {
    /// None is there yet.
    Pending,
    /// One was there before it was waited for.
    Came,
    /// It was, and has gone again.
    Gone,
}

impl Server {
    /// A server of the pipe `\\.\pipe\NAME` for whom `security` lets in, from
    /// this machine only, and with messages of at most `longest` bytes.
    ///
    /// # Errors
    ///
    /// `ERROR_ACCESS_DENIED` where another program has a pipe of this name.
    pub fn new(name: &OsStr, security: Descriptor, longest: usize) -> Result<Self> {
        let mut server = Self {
            port: Arc::new(Port::new()?),
            path: wide::with_nul(&super::path(name))?,
            security,
            longest,
            last_key: WAKE,
            connections: BTreeMap::new(),
            ready: VecDeque::new(),
        };
        server.listen(true)?;
        for _ in 1..WAITING {
            server.listen(false)?;
        }
        Ok(server)
    }

    /// What wakes it from [`wait`](Self::wait), from any thread.
    #[must_use]
    pub fn waker(&self) -> Waker {
        Waker(Arc::clone(&self.port))
    }

    /// How many clients are connected.
    #[must_use]
    pub fn clients(&self) -> usize {
        let served = |connection: &&Connection| {
            !matches!(connection.doing, Doing::Connecting | Doing::Closing)
        };
        self.connections.values().filter(served).count()
    }

    /// One more pipe that waits for a client. Where a client was faster, that
    /// one is served, and another pipe waits.
    fn listen(&mut self, mut first: bool) -> Result<()> {
        loop {
            let (key, pipe) = self.instance(first)?;
            match self.await_client(key, pipe)? {
                Awaited::Pending => return Ok(()),
                Awaited::Came => first = false,
                Awaited::Gone => {}
            }
        }
    }

    /// A pipe that clients can connect to from now on.
    pub(super) fn instance(&mut self, first: bool) -> Result<(usize, Pipe)> {
        self.last_key += 1;
        let key = self.last_key;
        let buffer = u32::try_from(self.longest).unwrap_or(u32::MAX);
        let pipe = Pipe::new(&self.path, first, buffer, &self.security, &self.port, key)?;
        Ok((key, pipe))
    }

    pub(super) fn await_client(&mut self, key: usize, mut pipe: Pipe) -> Result<Awaited> {
        let began = match pipe.connect() {
            // Nobody else's loss: any client can do this at any time.
            Err(error) if error.raw() == Some(ERROR_NO_DATA) => return Ok(Awaited::Gone),
            began => began?,
        };
        let doing = Doing::Connecting;
        self.connections.insert(key, Connection { pipe, doing });
        if began == Began::Pending {
            return Ok(Awaited::Pending);
        }
        self.welcome(key);
        Ok(Awaited::Came)
    }

    fn connected(&mut self, key: usize) -> Result<()> {
        self.welcome(key);
        self.refill()
    }

    /// As many pipes wait as should; fewer where the system has no room for
    /// more just now, which is tried again with the next client.
    fn refill(&mut self) -> Result<()> {
        while self.waiting() < WAITING {
            if let Err(error) = self.listen(false) {
                return match self.waiting() {
                    0 => Err(error),
                    _ => Ok(()),
                };
            }
        }
        Ok(())
    }

    fn waiting(&self) -> usize {
        let waits = |connection: &&Connection| connection.doing == Doing::Connecting;
        self.connections.values().filter(waits).count()
    }

    /// From now on pipes are made at this path.
    #[cfg(test)]
    pub(super) fn move_to(&mut self, path: Vec<u16>) -> Vec<u16> {
        std::mem::replace(&mut self.path, path)
    }

    fn welcome(&mut self, key: usize) {
        self.ready.push_back(Event::Connected(ClientId(key)));
        self.read(key);
    }

    fn read(&mut self, key: usize) {
        let buffer = vec![0; self.longest];
        let Some(connection) = self.connections.get_mut(&key) else {
            return;
        };
        connection.doing = Doing::Reading;
        if let Err(error) = connection.pipe.read(buffer) {
            self.failed(key, cause(error));
        }
    }

    fn failed(&mut self, key: usize, error: io::Error) {
        let error = if is_too_long(&error) {
            let longest = self.longest;
            io::Error::other(format!("its message has more than {longest} bytes"))
        } else {
            error
        };
        self.gone(key, Some(error));
    }

    /// It is not there any more; nothing is pending.
    fn gone(&mut self, key: usize, error: Option<io::Error>) {
        let Some(connection) = self.connections.remove(&key) else {
            return;
        };
        if connection.doing != Doing::Connecting {
            // ERROR_BROKEN_PIPE, ERROR_NO_DATA, ERROR_PIPE_NOT_CONNECTED: the
            // client has closed it. ERROR_OPERATION_ABORTED: we have.
            let by_itself =
                |error: &io::Error| matches!(error.raw_os_error(), Some(109 | 232 | 233 | 995));
            let error = error.filter(|error| !by_itself(error));
            self.ready.push_back(Event::Closed(ClientId(key), error));
        }
    }

    /// The next thing that happens, waiting for it.
    ///
    /// # Errors
    ///
    /// The system cannot make one more pipe, and none is left that waits for
    /// clients. Failures of one client are an [`Event::Closed`].
    pub fn wait(&mut self) -> Result<Event> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                return Ok(event);
            }
            let Some(Completion { key, result }) = self.port.next(None)? else {
                continue;
            };
            match result {
                None => return Ok(Event::Woken),
                Some(result) => self.completed(key, result)?,
            }
        }
    }

    fn completed(&mut self, key: usize, result: io::Result<usize>) -> Result<()> {
        let Some(connection) = self.connections.get_mut(&key) else {
            return Ok(());
        };
        // SAFETY: the port has just said that what this pipe does is complete;
        // it does one thing at a time.
        let Some(mut buffer) = (unsafe { connection.pipe.complete() }) else {
            return Ok(());
        };
        let doing = connection.doing;
        match (doing, result) {
            (Doing::Connecting, Ok(_)) => self.connected(key)?,
            (Doing::Connecting, Err(_)) => {
                // A client that was gone before it was there.
                self.connections.remove(&key);
                self.refill()?;
            }
            (Doing::Reading, Ok(bytes)) => {
                connection.doing = Doing::Idle;
                buffer.truncate(bytes);
                self.ready.push_back(Event::Message(ClientId(key), buffer));
            }
            (Doing::Writing, Ok(bytes)) => {
                self.ready.push_back(Event::Sent(ClientId(key), bytes));
                self.read(key);
            }
            (_, Err(error)) => self.failed(key, error),
            (_, Ok(_)) => self.gone(key, None),
        }
        Ok(())
    }

    /// Answers a client, and then waits for its next message. Without effect
    /// for one that is gone, or whose turn it is.
    pub fn send(&mut self, client: ClientId, mut message: Vec<u8>) {
        message.truncate(u32::MAX as usize);
        let Some(connection) = self.idle(client) else {
            return;
        };
        connection.doing = Doing::Writing;
        if let Err(error) = connection.pipe.write(message) {
            self.gone(client.0, Some(cause(error)));
        }
    }

    /// Waits for a client's next message, without an answer to the last.
    pub fn receive(&mut self, client: ClientId) {
        if self.idle(client).is_some() {
            self.read(client.0);
        }
    }

    fn idle(&mut self, client: ClientId) -> Option<&mut Connection> {
        let connection = self.connections.get_mut(&client.0)?;
        (connection.doing == Doing::Idle).then_some(connection)
    }

    /// Disconnects a client; [`Event::Closed`] says that it is gone.
    pub fn close(&mut self, client: ClientId) {
        let Some(connection) = self.connections.get_mut(&client.0) else {
            return;
        };
        if connection.pipe.is_busy() {
            connection.doing = Doing::Closing;
            connection.pipe.cancel();
        } else {
            self.gone(client.0, None);
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        for connection in self.connections.values() {
            connection.pipe.cancel();
        }
        let end = Instant::now() + PATIENCE;
        while self
            .connections
            .values()
            .any(|connection| connection.pipe.is_busy())
        {
            let left = end.saturating_duration_since(Instant::now());
            match self.port.next(Some(left)) {
                Ok(Some(Completion { key, result })) if result.is_some() => {
                    if let Some(connection) = self.connections.get_mut(&key) {
                        // SAFETY: the port has just said that it is complete.
                        drop(unsafe { connection.pipe.complete() });
                    }
                }
                Ok(Some(_)) => {}
                // What is still the system's is left to it: lost, but never
                // written to when it is somebody else's.
                Ok(None) | Err(_) => return,
            }
        }
    }
}

/// The system's error in one of ours.
fn cause(error: Error) -> io::Error {
    match error {
        Error::Call(_, error) => error,
        other => io::Error::other(other.to_string()),
    }
}
