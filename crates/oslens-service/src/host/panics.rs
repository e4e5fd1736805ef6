//! Panics, which must not vanish.

use std::{
    cell::RefCell,
    panic,
    sync::{Mutex, Once, PoisonError},
};

use super::{Level, journal::Journal, run::panic_text};

thread_local! {
    /// Where the last panic of a thread that runs a service took place;
    /// `None` for other threads.
    static PLACE: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Who is told of panics of threads that run no service.
static JOURNAL: Mutex<Option<Journal>> = Mutex::new(None);

/// Notes panics from now on, beside what was done about them before.
pub(crate) fn watch(journal: Journal) {
    static ONCE: Once = Once::new();
    *JOURNAL.lock().unwrap_or_else(PoisonError::into_inner) = Some(journal);
    ONCE.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            before(info);
            let place = info.location().map(ToString::to_string).unwrap_or_default();
            let of_a_service = PLACE.try_with(|last| {
                let mut last = last.try_borrow_mut().ok()?;
                last.as_mut().map(|last| *last = place.clone())
            });
            if matches!(of_a_service, Ok(Some(()))) {
                return;
            }
            let text = panic_text(info.payload());
            // A panic in here would end the program.
            let journal = JOURNAL.try_lock().ok().and_then(|journal| journal.clone());
            if let Some(journal) = journal {
                let thread = std::thread::current();
                let name = thread.name().unwrap_or("without a name").to_owned();
                let text = format!("thread {name} panicked at {place}: {text}");
                journal.write(Level::Error, &text);
            }
        }));
    });
}

/// This thread runs a service, whose panics are told when it stops.
pub(crate) fn enter() {
    PLACE.with(|place| *place.borrow_mut() = Some(String::new()));
}

/// Where its last panic took place, where that was noted.
pub(crate) fn place() -> Option<String> {
    let place = PLACE.with(|place| place.borrow_mut().take());
    place.filter(|place| !place.is_empty())
}
