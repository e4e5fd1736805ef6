//! The modern interface of the event log: `wevtapi.dll`.
//!
//! Looked up when it is first needed. Wine has the functions, and most of them
//! end the program; [`available`] says so.

use std::{
    ffi::{OsStr, OsString, c_void},
    os::windows::io::{AsHandle as _, AsRawHandle as _},
};

use oslens_win32::{
    buffer::{Attempt, Buffer},
    bytes,
    event::Event,
    optional, wide, wine_version,
};
use windows_sys::Win32::{
    Foundation::{
        ERROR_INSUFFICIENT_BUFFER, ERROR_INVALID_OPERATION, ERROR_NO_MORE_ITEMS, GetLastError,
        HANDLE,
    },
    System::EventLog::{EVT_HANDLE, EVT_RPC_LOGIN},
};

use crate::{Error, ErrorKind, Result, backend::Extent};

optional! {
    fn EvtOpenSession in "wevtapi.dll" (
        class: u32, login: *const c_void, timeout: u32, flags: u32,
    ) -> EVT_HANDLE;
    fn EvtClose in "wevtapi.dll" (object: EVT_HANDLE) -> i32;
    fn EvtQuery in "wevtapi.dll" (
        session: EVT_HANDLE, path: *const u16, query: *const u16, flags: u32,
    ) -> EVT_HANDLE;
    fn EvtSubscribe in "wevtapi.dll" (
        session: EVT_HANDLE, signal: HANDLE, channel: *const u16, query: *const u16,
        bookmark: EVT_HANDLE, context: *const c_void, callback: *const c_void, flags: u32,
    ) -> EVT_HANDLE;
    fn EvtCreateBookmark in "wevtapi.dll" (xml: *const u16) -> EVT_HANDLE;
    fn EvtNext in "wevtapi.dll" (
        results: EVT_HANDLE, room: u32, events: *mut EVT_HANDLE, timeout: u32, flags: u32,
        returned: *mut u32,
    ) -> i32;
    fn EvtRender in "wevtapi.dll" (
        context: EVT_HANDLE, fragment: EVT_HANDLE, flags: u32, room: u32, buffer: *mut c_void,
        used: *mut u32, properties: *mut u32,
    ) -> i32;
    fn EvtOpenPublisherMetadata in "wevtapi.dll" (
        session: EVT_HANDLE, publisher: *const u16, file: *const u16, locale: u32, flags: u32,
    ) -> EVT_HANDLE;
    fn EvtFormatMessage in "wevtapi.dll" (
        publisher: EVT_HANDLE, event: EVT_HANDLE, message: u32, count: u32,
        values: *const c_void, flags: u32, room: u32, buffer: *mut u16, used: *mut u32,
    ) -> i32;
    fn EvtOpenLog in "wevtapi.dll" (
        session: EVT_HANDLE, path: *const u16, flags: u32,
    ) -> EVT_HANDLE;
    fn EvtGetLogInfo in "wevtapi.dll" (
        log: EVT_HANDLE, property: u32, room: u32, buffer: *mut c_void, used: *mut u32,
    ) -> i32;
    fn EvtOpenChannelEnum in "wevtapi.dll" (session: EVT_HANDLE, flags: u32) -> EVT_HANDLE;
    fn EvtNextChannelPath in "wevtapi.dll" (
        channels: EVT_HANDLE, room: u32, buffer: *mut u16, used: *mut u32,
    ) -> i32;
    fn EvtOpenPublisherEnum in "wevtapi.dll" (session: EVT_HANDLE, flags: u32) -> EVT_HANDLE;
    fn EvtNextPublisherId in "wevtapi.dll" (
        publishers: EVT_HANDLE, room: u32, buffer: *mut u16, used: *mut u32,
    ) -> i32;
    fn EvtClearLog in "wevtapi.dll" (
        session: EVT_HANDLE, channel: *const u16, backup: *const u16, flags: u32,
    ) -> i32;
    fn EvtExportLog in "wevtapi.dll" (
        session: EVT_HANDLE, path: *const u16, query: *const u16, to: *const u16, flags: u32,
    ) -> i32;
}

const RPC_LOGIN: u32 = 1;
const CHANNEL_PATH: u32 = 1;
pub(crate) const QUERY_FORWARD: u32 = 0x100;
pub(crate) const QUERY_REVERSE: u32 = 0x200;
pub(crate) const SUBSCRIBE_FUTURE: u32 = 1;
pub(crate) const SUBSCRIBE_OLDEST: u32 = 2;
pub(crate) const SUBSCRIBE_AFTER_BOOKMARK: u32 = 3;
const RENDER_EVENT_XML: u32 = 1;
const FORMAT_MESSAGE_XML: u32 = 9;
const LOG_RECORDS: u32 = 5;
const LOG_OLDEST: u32 = 6;
/// Bytes of an `EVT_VARIANT`.
const VARIANT: usize = 16;
/// Larger than any event, whose parts have 64 KiB at most.
const MOST: usize = 16 << 20;
/// How long a call waits for events that are there: forever never.
const PATIENCE: u32 = 30_000;

/// Whether the functions are there and do something.
pub(crate) fn available() -> bool {
    wine_version().is_none() && EvtQuery::get().is_some()
}

/// An object of the interface: a session, a query, an event, …
#[derive(Debug)]
pub(crate) struct Object(EVT_HANDLE);

impl Drop for Object {
    fn drop(&mut self) {
        if let Some(close) = EvtClose::get() {
            // SAFETY: opened by us, and closed once.
            unsafe { close(self.0) };
        }
    }
}

/// What a call failed with just now. Some say nothing.
fn failed(call: &'static str) -> Error {
    // SAFETY: it takes nothing.
    match unsafe { GetLastError() } {
        0 => Error::message(
            ErrorKind::Unsupported,
            format!("{call}: it fails and does not say why"),
        ),
        code => Error::code_of(call, code),
    }
}

fn missing(call: &'static str) -> Error {
    Error::message(
        ErrorKind::Unsupported,
        format!("{call} is not in this system"),
    )
}

fn object(call: &'static str, handle: EVT_HANDLE) -> Result<Object> {
    match handle {
        0 => Err(failed(call)),
        handle => Ok(Object(handle)),
    }
}

fn check(call: &'static str, done: i32) -> Result<()> {
    match done {
        0 => Err(failed(call)),
        _ => Ok(()),
    }
}

/// Where calls go: to this machine, or to another one.
#[derive(Debug)]
pub(crate) struct Session(Option<Object>);

impl Session {
    pub(crate) fn open(machine: Option<&OsStr>) -> Result<Self> {
        const CALL: &str = "EvtOpenSession";
        let Some(machine) = machine else {
            return Ok(Self(None));
        };
        let mut server = wide::with_nul(machine)?;
        let login = EVT_RPC_LOGIN {
            Server: server.as_mut_ptr(),
            User: std::ptr::null_mut(),
            Domain: std::ptr::null_mut(),
            Password: std::ptr::null_mut(),
            Flags: 0,
        };
        let open = EvtOpenSession::get().ok_or_else(|| missing(CALL))?;
        // SAFETY: a login with a name that ends with NUL and lives until the
        // call returns; null means the calling user.
        let handle = unsafe { open(RPC_LOGIN, (&raw const login).cast(), 0, 0) };
        object(CALL, handle).map(|session| Self(Some(session)))
    }

    /// Whether it goes to another machine.
    pub(crate) fn is_remote(&self) -> bool {
        self.0.is_some()
    }

    fn raw(&self) -> EVT_HANDLE {
        self.0.as_ref().map_or(0, |session| session.0)
    }

    /// A channel is null where the query names it itself.
    pub(crate) fn query(&self, channel: Option<&OsStr>, query: &str, flags: u32) -> Result<Object> {
        const CALL: &str = "EvtQuery";
        let channel = channel.map(wide::with_nul).transpose()?;
        let query = wide::with_nul(OsStr::new(query))?;
        let channel = channel.as_ref().map_or(std::ptr::null(), Vec::as_ptr);
        let call = EvtQuery::get().ok_or_else(|| missing(CALL))?;
        // SAFETY: an open session or zero, null or text that ends with NUL.
        let handle = unsafe { call(self.raw(), channel, query.as_ptr(), CHANNEL_PATH | flags) };
        object(CALL, handle)
    }

    /// Sets the event when there is something to read.
    pub(crate) fn subscribe(
        &self,
        channel: Option<&OsStr>,
        query: &str,
        bookmark: Option<&Object>,
        signal: &Event,
        flags: u32,
    ) -> Result<Object> {
        const CALL: &str = "EvtSubscribe";
        let channel = channel.map(wide::with_nul).transpose()?;
        let query = wide::with_nul(OsStr::new(query))?;
        let channel = channel.as_ref().map_or(std::ptr::null(), Vec::as_ptr);
        let call = EvtSubscribe::get().ok_or_else(|| missing(CALL))?;
        // SAFETY: an open session or zero, an event that lives longer than
        // the subscription, null or text that ends with NUL, a bookmark or
        // zero, no callback.
        let handle = unsafe {
            call(
                self.raw(),
                signal.as_handle().as_raw_handle(),
                channel,
                query.as_ptr(),
                bookmark.map_or(0, |bookmark| bookmark.0),
                std::ptr::null(),
                std::ptr::null(),
                flags,
            )
        };
        object(CALL, handle)
    }

    pub(crate) fn publisher(&self, name: &str) -> Result<Object> {
        const CALL: &str = "EvtOpenPublisherMetadata";
        let name = wide::with_nul(OsStr::new(name))?;
        let call = EvtOpenPublisherMetadata::get().ok_or_else(|| missing(CALL))?;
        // SAFETY: an open session or zero, a name that ends with NUL, null
        // for this machine's files, zero for this thread's language.
        let handle = unsafe { call(self.raw(), name.as_ptr(), std::ptr::null(), 0, 0) };
        object(CALL, handle)
    }

    pub(crate) fn extent(&self, channel: &OsStr) -> Result<Extent> {
        const CALL: &str = "EvtOpenLog";
        let name = wide::with_nul(channel)?;
        let call = EvtOpenLog::get().ok_or_else(|| missing(CALL))?;
        // SAFETY: an open session or zero, a name that ends with NUL.
        let handle = unsafe { call(self.raw(), name.as_ptr(), CHANNEL_PATH) };
        let log = object(CALL, handle)?;
        let count = log_number(&log, LOG_RECORDS)?;
        Ok(Extent {
            count,
            oldest: match count {
                0 => None,
                _ => Some(log_number(&log, LOG_OLDEST)?),
            },
        })
    }

    pub(crate) fn channels(&self) -> Result<Vec<OsString>> {
        const CALL: &str = "EvtOpenChannelEnum";
        let call = EvtOpenChannelEnum::get().ok_or_else(|| missing(CALL))?;
        // SAFETY: an open session or zero.
        let channels = object(CALL, unsafe { call(self.raw(), 0) })?;
        let next = EvtNextChannelPath::get().ok_or_else(|| missing("EvtNextChannelPath"))?;
        names("EvtNextChannelPath", |to, room, used| {
            // SAFETY: an open list, room for so many units of 2 bytes, a
            // number to be filled in.
            unsafe { next(channels.0, room, to, used) }
        })
    }

    /// The names of all publishers, sources of the classic interface too.
    pub(crate) fn publishers(&self) -> Result<Vec<OsString>> {
        const CALL: &str = "EvtOpenPublisherEnum";
        let call = EvtOpenPublisherEnum::get().ok_or_else(|| missing(CALL))?;
        // SAFETY: an open session or zero.
        let publishers = object(CALL, unsafe { call(self.raw(), 0) })?;
        let next = EvtNextPublisherId::get().ok_or_else(|| missing("EvtNextPublisherId"))?;
        names("EvtNextPublisherId", |to, room, used| {
            // SAFETY: an open list, room for so many units of 2 bytes, a
            // number to be filled in.
            unsafe { next(publishers.0, room, to, used) }
        })
    }

    pub(crate) fn clear(&self, channel: &OsStr, backup: Option<&OsStr>) -> Result<()> {
        const CALL: &str = "EvtClearLog";
        let channel = wide::with_nul(channel)?;
        let backup = backup.map(wide::with_nul).transpose()?;
        let backup = backup.as_ref().map_or(std::ptr::null(), Vec::as_ptr);
        let call = EvtClearLog::get().ok_or_else(|| missing(CALL))?;
        // SAFETY: an open session or zero, null or names that end with NUL.
        check(CALL, unsafe {
            call(self.raw(), channel.as_ptr(), backup, 0)
        })
    }

    pub(crate) fn export(&self, channel: &OsStr, query: &str, to: &OsStr) -> Result<()> {
        const CALL: &str = "EvtExportLog";
        let channel = wide::with_nul(channel)?;
        let query = wide::with_nul(OsStr::new(query))?;
        let to = wide::with_nul(to)?;
        let call = EvtExportLog::get().ok_or_else(|| missing(CALL))?;
        // SAFETY: an open session or zero, and text that ends with NUL.
        check(CALL, unsafe {
            call(
                self.raw(),
                channel.as_ptr(),
                query.as_ptr(),
                to.as_ptr(),
                CHANNEL_PATH,
            )
        })
    }
}

/// A number of 64 bits that is told of a log.
fn log_number(log: &Object, property: u32) -> Result<u64> {
    const CALL: &str = "EvtGetLogInfo";
    let call = EvtGetLogInfo::get().ok_or_else(|| missing(CALL))?;
    let mut buffer = Buffer::new(VARIANT);
    let bytes = buffer.fill(CALL, MOST, |to, room| {
        let mut used = 0;
        // SAFETY: an open log, `room` bytes to write to, a number to be
        // filled in.
        let done = unsafe { call(log.0, property, room, to.cast(), &mut used) };
        attempt(CALL, done, used)
    })?;
    bytes::u64_at(bytes, 0).ok_or_else(|| {
        let message = format!("{CALL} gives no number");
        Error::message(ErrorKind::Malformed, message)
    })
}

/// What a call came to that was given room for `used` bytes or fewer.
fn attempt(call: &'static str, done: i32, used: u32) -> Attempt<Error> {
    if done != 0 {
        return Attempt::Filled(used as usize);
    }
    // SAFETY: it takes nothing.
    match unsafe { GetLastError() } {
        ERROR_INSUFFICIENT_BUFFER => Attempt::TooSmall(used as usize),
        _ => Attempt::Failed(failed(call)),
    }
}

/// The names of a list; `next` gets where to write the next one to, the room
/// there in units, and what to say how many it takes.
fn names(
    call: &'static str,
    mut next: impl FnMut(*mut u16, u32, &mut u32) -> i32,
) -> Result<Vec<OsString>> {
    let mut names = Vec::new();
    let mut buffer = Buffer::new(1024);
    loop {
        let mut ended = false;
        let bytes = buffer.fill(call, MOST, |to, room| {
            let mut used = 0;
            let done = next(to.cast(), room / 2, &mut used);
            // SAFETY: it takes nothing.
            if done == 0 && unsafe { GetLastError() } == ERROR_NO_MORE_ITEMS {
                ended = true;
                return Attempt::Filled(0);
            }
            attempt(call, done, used.saturating_mul(2))
        })?;
        if ended {
            return Ok(names);
        }
        let units: Vec<u16> = bytes::utf16(bytes).collect();
        names.push(wide::text_until_nul(&units));
    }
}

/// A place behind a record of a channel, as XML.
pub(crate) fn bookmark(xml: &str) -> Result<Object> {
    const CALL: &str = "EvtCreateBookmark";
    let xml = wide::with_nul(OsStr::new(xml))?;
    let call = EvtCreateBookmark::get().ok_or_else(|| missing(CALL))?;
    // SAFETY: text that ends with NUL.
    object(CALL, unsafe { call(xml.as_ptr()) })
}

/// At most so many events are asked for at once.
pub(crate) const BATCH: usize = 64;

/// The next events of a query or subscription, at most so many; none at the
/// end. `TimedOut` when the system has found none so far and goes on looking.
pub(crate) fn next(results: &Object, most: usize) -> Result<Vec<Object>> {
    const CALL: &str = "EvtNext";
    let call = EvtNext::get().ok_or_else(|| missing(CALL))?;
    let mut events = [0; BATCH];
    let mut returned = 0;
    // SAFETY: an open query, room for at least as many handles as it is told,
    // a number to be filled in.
    let done = unsafe {
        call(
            results.0,
            most.clamp(1, BATCH) as u32,
            events.as_mut_ptr(),
            PATIENCE,
            0,
            &mut returned,
        )
    };
    if done == 0 {
        // SAFETY: it takes nothing.
        return match unsafe { GetLastError() } {
            // The second is what a subscription says that has nothing new.
            ERROR_NO_MORE_ITEMS | ERROR_INVALID_OPERATION => Ok(Vec::new()),
            _ => Err(failed(CALL)),
        };
    }
    let handles = events.into_iter().take(returned as usize);
    Ok(handles.filter(|&handle| handle != 0).map(Object).collect())
}

/// An event as XML.
pub(crate) fn render(event: &Object, buffer: &mut Buffer) -> Result<String> {
    const CALL: &str = "EvtRender";
    let call = EvtRender::get().ok_or_else(|| missing(CALL))?;
    let bytes = buffer.fill(CALL, MOST, |to, room| {
        let (mut used, mut properties) = (0, 0);
        // SAFETY: an open event, `room` bytes to write to, two numbers to be
        // filled in.
        let done = unsafe {
            call(
                0,
                event.0,
                RENDER_EVENT_XML,
                room,
                to.cast(),
                &mut used,
                &mut properties,
            )
        };
        attempt(CALL, done, used)
    })?;
    Ok(crate::parse::text(bytes))
}

/// An event as XML with the texts of its publisher.
pub(crate) fn render_with_texts(
    event: &Object,
    publisher: &Object,
    buffer: &mut Buffer,
) -> Result<String> {
    const CALL: &str = "EvtFormatMessage";
    let call = EvtFormatMessage::get().ok_or_else(|| missing(CALL))?;
    let bytes = buffer.fill(CALL, MOST, |to, room| {
        let mut used = 0;
        // SAFETY: an open publisher and an event, no values, room for so many
        // units of 2 bytes, a number to be filled in.
        let done = unsafe {
            call(
                publisher.0,
                event.0,
                0,
                0,
                std::ptr::null(),
                FORMAT_MESSAGE_XML,
                room / 2,
                to.cast(),
                &mut used,
            )
        };
        attempt(CALL, done, used.saturating_mul(2))
    })?;
    Ok(crate::parse::text(bytes))
}
