//! What the flags mean for a run.

use std::path::PathBuf;
use std::time::Duration;

use oslens::Host;

use super::low::GlobalFlags;
use crate::clock::Clock;
use crate::column::{ColumnRequest, Room, SortKey};
use crate::exit::{Exit, Failure};
use crate::notes::Partial;
use crate::output;
use crate::platform;
use crate::table::Look;
use crate::term::Terminal;
use crate::text::Charset;
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
    /// The same, if it was given: some waits are usually longer.
    pub(crate) given_timeout: Option<Duration>,
    /// How long rates are measured for, if that was given.
    pub(crate) given_interval: Option<Duration>,
    pub(crate) strict: bool,
    pub(crate) quiet: bool,
    /// The machine to look at.
    pub(crate) host: Host,
    /// Where its files are: `/`, or what `--root` says.
    pub(crate) root: PathBuf,
}

impl Settings {
    /// # Errors
    ///
    /// When there is nothing to look at.
    pub(crate) fn new(flags: GlobalFlags) -> Result<Self, Failure> {
        let mut terminal = Terminal::detect(flags.color, flags.wide, flags.no_unicode);
        if flags.json {
            // JSON is UTF-8 by definition, whatever the locale.
            terminal.charset = if flags.no_unicode {
                Charset::Ascii
            } else {
                Charset::Unicode
            };
        }
        let host = match &flags.root {
            Some(root) => Host::builder().root(root).build(),
            None => Host::local().clone(),
        };
        // `-o help` tells about this program and not about a machine.
        if flags.columns != Some(ColumnRequest::Help) {
            platform::can_look(&host)?;
        }
        Ok(Self {
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
                steady: false,
            },
            timeout: flags.timeout.unwrap_or(USUAL_TIMEOUT),
            given_timeout: flags.timeout,
            given_interval: flags.interval,
            strict: flags.strict,
            quiet: flags.quiet,
            host,
            root: flags.root.unwrap_or_else(|| PathBuf::from("/")),
        })
    }

    /// The flags for tables, refused where there is no table: a flag that is
    /// silently ignored would be taken for obeyed.
    ///
    /// # Errors
    ///
    /// [`Failure::Usage`] when one was given.
    pub(crate) fn refuse_table_flags(&self, what: &str) -> Result<(), Failure> {
        let given = [
            ("--columns", self.columns != ColumnRequest::Usual),
            ("--sort", !self.sort.is_empty()),
            ("--limit", self.limit.is_some()),
            ("--no-header", !self.look.header),
        ];
        match given.iter().find(|(_, given)| *given) {
            Some((flag, _)) => Err(Failure::Usage(format!(
                "'{flag}' does not apply to {what} (see --help)"
            ))),
            None => Ok(()),
        }
    }

    /// `--root`, refused where only the running system can be asked.
    ///
    /// # Errors
    ///
    /// [`Failure::Usage`] when it was given.
    pub(crate) fn refuse_root(&self, what: &str) -> Result<(), Failure> {
        if self.host.is_local() {
            return Ok(());
        }
        Err(Failure::Usage(format!(
            "'--root' does not apply to {what} (see --help)"
        )))
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
    pub(crate) fn conclude(&self, partial: &Partial, noun: &str) -> Exit {
        if partial.is_partial() {
            for line in partial.lines(noun, &platform::reader()) {
                self.note(&line);
            }
        }
        if self.strict && partial.is_partial() {
            Exit::Partial
        } else {
            Exit::Done
        }
    }

    /// Says something on standard error, unless `--quiet`.
    pub(crate) fn note(&self, line: &str) {
        if !self.quiet {
            output::complain(&format!("note: {line}"));
        }
    }
}
