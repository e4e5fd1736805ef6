//! Logs through the modern interface.

use std::{
    collections::HashMap,
    ffi::{OsStr, OsString},
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use oslens_win32::{buffer::Buffer, event::Event};

use crate::{
    Error, ErrorKind, Order, Query, Result,
    backend::{
        Backend, Extent, Store,
        modern::{Calls, From, Modern, bookmark_xml, publisher_of},
        read_only,
    },
    sys::pal::windows::{
        classic::wait,
        evt::{self, Object, Session},
    },
};

/// A channel, on this machine or another one.
#[derive(Debug)]
struct Channel {
    session: Arc<Session>,
    name: OsString,
}

pub(super) fn open(machine: Option<&OsStr>, name: &OsStr) -> Result<Arc<dyn Store>> {
    // The modern interface wants the name without the backslashes.
    let bare = machine.map(|machine| {
        let machine = machine.to_string_lossy();
        OsString::from(machine.trim_start_matches('\\'))
    });
    let session = Arc::new(Session::open(bare.as_deref())?);
    let channel = Channel {
        session,
        name: name.to_owned(),
    };
    match channel.extent() {
        // A log that may not be read exists.
        Err(error) if error.kind() != ErrorKind::AccessDenied => Err(error),
        _ => Ok(Arc::new(channel)),
    }
}

impl Store for Channel {
    fn read(&self, query: &Query, follow: bool) -> Result<Box<dyn Backend>> {
        let live = Live {
            session: Arc::clone(&self.session),
            name: self.name.clone(),
            publishers: query.messages.then(HashMap::new),
            buffer: Buffer::new(16 << 10),
            batch: evt::BATCH,
        };
        let query = self.spelled(query);
        Ok(Box::new(Modern::new(live, &query, follow)))
    }

    fn extent(&self) -> Result<Extent> {
        self.session.extent(&self.name)
    }

    fn clear(&self, backup: Option<&Path>) -> Result<()> {
        let backup = backup.map(|path| self.place(path)).transpose()?;
        let backup = backup.as_deref().map(Path::as_os_str);
        self.session.clear(&self.name, backup)
    }

    fn export(&self, query: &Query, to: &Path) -> Result<()> {
        let query = self.spelled(query);
        let filter = &query.filter;
        let others = Query::new().filter;
        let expression = match &filter.xpath {
            Some(own) => {
                let rest = crate::query::Filter {
                    xpath: None,
                    ..filter.clone()
                };
                if rest != others {
                    return read_only("exporting by XPath and other conditions at once");
                }
                own.clone()
            }
            None if filter.is_all_xpath() => filter.to_xpath(None),
            None => return read_only("exporting by conditions that the system cannot look at"),
        };
        let to = self.place(to)?;
        self.session.export(&self.name, &expression, to.as_os_str())
    }
}

impl Channel {
    /// The query with its sources as the system writes them, where it tells.
    fn spelled(&self, query: &Query) -> Query {
        let mut query = query.clone();
        if !query.filter.sources.is_empty() {
            if let Ok(names) = self.session.publishers() {
                let names = names.iter().map(|name| name.to_string_lossy().into_owned());
                query.filter.spell_sources(&names.collect::<Vec<_>>());
            }
        }
        query
    }

    /// Where a file is to be. It is written by the service that keeps the log,
    /// whose folder is another one; what is on another machine stays as it is.
    fn place(&self, path: &Path) -> Result<PathBuf> {
        if self.session.is_remote() {
            return Ok(path.to_owned());
        }
        std::path::absolute(path).map_err(|error| Error::io("GetFullPathNameW", error))
    }
}

/// A channel that is being read.
struct Live {
    session: Arc<Session>,
    name: OsString,
    /// Where texts are asked for, publishers by name; `None` for those that
    /// this machine does not know.
    publishers: Option<HashMap<String, Option<Object>>>,
    buffer: Buffer,
    /// So many events at once.
    batch: usize,
}

const RPC_S_INVALID_BOUND: u32 = 1734;

/// Events that were asked for. The subscription ends before its event.
struct Events {
    results: Object,
    signal: Option<Event>,
}

impl Live {
    /// A whole list of queries names its channels itself.
    fn channel(&self, expression: &str) -> Option<&OsStr> {
        let is_list = expression.trim_start().starts_with('<');
        (!is_list).then_some(&*self.name)
    }

    fn render(&mut self, event: &Object) -> Result<String> {
        let plain = evt::render(event, &mut self.buffer)?;
        let Some(publishers) = &mut self.publishers else {
            return Ok(plain);
        };
        let Some(name) = publisher_of(&plain) else {
            return Ok(plain);
        };
        let session = &self.session;
        let publisher = publishers
            .entry(name)
            .or_insert_with_key(|name| session.publisher(name).ok());
        // A record without texts is a record all the same.
        let with_texts = publisher
            .as_ref()
            .and_then(|publisher| evt::render_with_texts(event, publisher, &mut self.buffer).ok());
        Ok(with_texts.unwrap_or(plain))
    }
}

impl Calls for Live {
    type Events = Events;

    fn extent(&mut self) -> Result<Extent> {
        self.session.extent(&self.name)
    }

    fn query(&mut self, expression: &str, order: Order) -> Result<Events> {
        let flags = match order {
            Order::Oldest => evt::QUERY_FORWARD,
            Order::Newest => evt::QUERY_REVERSE,
        };
        let channel = self.channel(expression);
        Ok(Events {
            results: self.session.query(channel, expression, flags)?,
            signal: None,
        })
    }

    fn subscribe(&mut self, expression: &str, from: From) -> Result<Events> {
        let signal = Event::new()?;
        let (flags, bookmark) = match from {
            From::Oldest => (evt::SUBSCRIBE_OLDEST, None),
            From::Now => (evt::SUBSCRIBE_FUTURE, None),
            From::After(number) => {
                let xml = bookmark_xml(&self.name.to_string_lossy(), number);
                (evt::SUBSCRIBE_AFTER_BOOKMARK, Some(evt::bookmark(&xml)?))
            }
        };
        let channel = self.channel(expression);
        let bookmark = bookmark.as_ref();
        let results = self
            .session
            .subscribe(channel, expression, bookmark, &signal, flags)?;
        Ok(Events {
            results,
            signal: Some(signal),
        })
    }

    fn next(&mut self, events: &mut Events) -> Result<Vec<Result<String>>> {
        // Before it is looked, so that nothing comes in between.
        if let Some(signal) = &events.signal {
            signal.reset();
        }
        let found = match evt::next(&events.results, self.batch) {
            // Events so large that the batch does not fit into a message, after
            // which the results are of no use.
            Err(error) if error.code() == Some(RPC_S_INVALID_BOUND) && self.batch > 1 => {
                self.batch /= 2;
                let message = "a batch of events is too large";
                return Err(Error::message(ErrorKind::Changed, message));
            }
            // Who follows a log looks again.
            Err(error) if error.kind() == ErrorKind::TimedOut && events.signal.is_some() => {
                Vec::new()
            }
            found => found?,
        };
        let mut rendered = Vec::with_capacity(found.len());
        for event in &found {
            let event = self.render(event);
            // In place of one record.
            rendered
                .push(event.map_err(|error| Error::message(ErrorKind::Corrupt, error.to_string())));
        }
        Ok(rendered)
    }

    fn wait(&mut self, events: &mut Events, within: Duration) -> Result<()> {
        match &events.signal {
            Some(signal) => wait(signal, within),
            None => {
                std::thread::sleep(within);
                Ok(())
            }
        }
    }
}
