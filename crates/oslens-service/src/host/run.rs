//! One run of one service, from the first report to the last.

use std::{
    any::Any,
    ffi::OsString,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Mutex, PoisonError},
};

use super::{Context, Exit, Failure, Service, context::Shared, journal::Level, panics};

/// Runs it. Whatever happens, the last thing that is reported is that it has
/// stopped.
pub(crate) fn run(
    service: &Mutex<Box<dyn Service>>,
    shared: &Arc<Shared>,
    name: OsString,
    args: Vec<OsString>,
    debug: bool,
) -> Exit {
    let result = match shared.starting() {
        Ok(()) => {
            let context = Context::new(Arc::clone(shared), name, args, debug);
            // A run that panicked may have left it in disorder; that it is
            // started again is what its failure actions ask for.
            let mut service = service.lock().unwrap_or_else(PoisonError::into_inner);
            panics::enter();
            match catch_unwind(AssertUnwindSafe(|| service.run(&context))) {
                Ok(result) => result,
                Err(payload) => {
                    let mut text = panic_text(&*payload);
                    if let Some(place) = panics::place() {
                        text = format!("{text} ({place})");
                    }
                    Err(Failure::panicked(&text))
                }
            }
        }
        Err(error) => Err(error.into()),
    };
    let failure = result.err();
    let exit = failure.as_ref().map_or(Exit::Success, Failure::exit);
    // Written first: with the report the process may end.
    let exit = shared.exit(exit);
    shared.journal.stopped(exit, failure.as_ref());
    if let Err(error) = shared.stopped(exit) {
        shared.journal.write(Level::Error, &error.to_string());
    }
    exit
}

/// What a panic said.
pub(crate) fn panic_text(payload: &(dyn Any + Send)) -> String {
    if let Some(text) = payload.downcast_ref::<&str>() {
        (*text).to_owned()
    } else if let Some(text) = payload.downcast_ref::<String>() {
        text.clone()
    } else {
        "without a message".to_owned()
    }
}
