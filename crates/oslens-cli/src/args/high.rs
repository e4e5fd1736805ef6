//! What the flags mean for a run.

use std::path::PathBuf;
use std::time::Duration;

use super::low::GlobalFlags;
use crate::clock::Clock;
use crate::column::{ColumnRequest, Room, SortKey};
use crate::exit::Exit;
use crate::notes::Partial;
use crate::output;
use crate::table::Look;
use crate::term::Terminal;
use crate::units::Sizes;

/// Long enough to measure a rate, short enough to wait for.
const USUAL_INTERVAL: Duration = Duration::from_millis(200);
const USUAL_TIMEOUT: Duration = Duration::from_secs(2);

/// Everything that the flags decide, for whichever command runs.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) columns: ColumnRequest,
    pub(crate) sort: Vec<SortKey>,
    pub(crate) limit: Option<usize>,
    /// How long rates are measured for.
    pub(crate) interval: Duration,
    pub(crate) json: bool,
    pub(crate) look: Look,
    pub(crate) timeout: Duration,
    pub(crate) strict: bool,
    pub(crate) quiet: bool,
    pub(crate) root: Option<PathBuf>,
}

impl Settings {
    pub(crate) fn new(flags: GlobalFlags) -> Self {
        let mut terminal = Terminal::detect(flags.color, flags.wide, flags.no_unicode);
        if flags.json {
            // JSON is UTF-8 by definition, whatever the locale.
            terminal.charset = if flags.no_unicode {
                crate::text::Charset::Ascii
            } else {
                crate::text::Charset::Unicode
            };
        }
        Self {
            columns: flags.columns.unwrap_or_default(),
            sort: flags.sort.map(|keys| keys.0).unwrap_or_default(),
            limit: flags.limit,
            interval: flags.interval.unwrap_or(USUAL_INTERVAL),
            json: flags.json,
            look: Look {
                terminal,
                clock: Clock::local(),
                sizes: if flags.raw {
                    Sizes::Raw
                } else if flags.si {
                    Sizes::Decimal
                } else {
                    Sizes::Binary
                },
                header: !flags.no_header,
            },
            timeout: flags.timeout.unwrap_or(USUAL_TIMEOUT),
            strict: flags.strict,
            quiet: flags.quiet,
            root: flags.root,
        }
    }

    /// Where the columns have to find room.
    pub(crate) fn room(&self) -> Room {
        if self.json {
            Room::Json
        } else {
            self.look.terminal.width.map_or(Room::Pipe, Room::Cells)
        }
    }

    /// Says what could not be read, unless `--quiet`, and how the run ends.
    pub(crate) fn conclude(&self, partial: &Partial, noun: &str, reader: &str) -> Exit {
        if !self.quiet {
            for line in partial.lines(noun, reader) {
                output::complain(&format!("note: {line}"));
            }
        }
        if self.strict && partial.is_partial() {
            Exit::Partial
        } else {
            Exit::Done
        }
    }
}
