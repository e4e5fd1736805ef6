//! Records as they come.

use std::thread;
use std::time::Duration;

use oslens_eventlog::message::Catalog;
use oslens_eventlog::{Bookmark, Follow, Log, Query, Record, Result as Told};

use super::columns::{Row, TABLE};
use super::{LeftOut, is_damage, logs, newest};
use crate::args::high::Settings;
use crate::args::log::LogArgs;
use crate::exit::{Exit, Failure};
use crate::stream::{self, Stream};
use crate::text::{self, Charset};

/// So many that are there already before those that come.
const FOLLOW_AFTER: usize = 10;
/// How often several logs are looked at for what came.
const LOOK: Duration = Duration::from_millis(250);

/// Where a log ended when it began to be followed.
enum End {
    /// It had no records: whatever it has later is new.
    Empty,
    At(Bookmark),
    /// Its newest record is damaged.
    Unknown,
}

impl End {
    fn of(log: &Log) -> Told<Self> {
        let mut last = log.query(&Query::new().newest_first().limit(1))?;
        match last.next() {
            None => Ok(Self::Empty),
            Some(Ok(record)) => Ok(Self::At(Bookmark::of(&record))),
            Some(Err(error)) if is_damage(&error) => Ok(Self::Unknown),
            Some(Err(error)) => Err(error),
        }
    }

    /// The query of what comes behind it.
    fn behind(&self, query: &Query) -> Query {
        match self {
            Self::Empty => query.clone().from(0),
            Self::At(end) => query.clone().after(end.clone()),
            Self::Unknown => query.clone(),
        }
    }
}

/// Whether this record was there when the logs ended like this.
fn was_there(record: &Record, ends: &[End]) -> bool {
    let end_of_log = ends.iter().find_map(|end| match end {
        End::At(end) if end.log == record.log => Some(end),
        _ => None,
    });
    match end_of_log {
        Some(end) => record.number <= end.number,
        None => ends.iter().any(|end| matches!(end, End::Unknown)),
    }
}

/// Shows the last records, and then what comes, until it is interrupted.
pub(super) fn run(
    arguments: &LogArgs,
    query: &Query,
    settings: &Settings,
) -> Result<Exit, Failure> {
    if stream::help(&TABLE, settings)? {
        return Ok(Exit::Done);
    }
    let mut stream = Stream::new(&TABLE, settings)?;
    let needs_account = stream.choice().needs().any(|needs| needs);
    let catalog = Catalog::new();
    let row = |record| Row::new(record, &catalog, needs_account, settings);
    let mut left_out = LeftOut::default();
    let mut logs = logs(arguments, settings, &mut left_out)?;
    // First where each ends now, so that nothing is between the records that
    // are there and those that come.
    let mut ends = Vec::new();
    logs.retain(|log| match End::of(log) {
        Ok(end) => {
            ends.push(end);
            true
        }
        Err(error) => {
            left_out.logs.push(error);
            false
        }
    });
    let usual = match arguments.since {
        Some(_) => usize::MAX,
        None => FOLLOW_AFTER,
    };
    let limit = settings.limit.unwrap_or(usual);
    let mut records = newest(&logs, query, limit, &mut left_out)?;
    records.retain(|record| was_there(record, &ends));
    records.reverse();
    stream.write(&records.into_iter().map(row).collect::<Vec<_>>())?;
    let mut following = Vec::new();
    for (log, end) in logs.iter().zip(&ends) {
        match log.follow(&end.behind(query)) {
            Ok(follow) => following.push(Followed {
                name: text::neutralise(log.name(), Charset::Unicode),
                log: follow,
                lost: 0,
                cleared: 0,
            }),
            Err(error) => left_out.logs.push(error),
        }
    }
    loop {
        if following.is_empty() {
            return Err(left_out.nothing_else(arguments));
        }
        left_out.tell(settings);
        let mut came = Vec::new();
        let is_alone = following.len() == 1;
        following.retain_mut(|log| {
            let within = if is_alone { LOOK } else { Duration::ZERO };
            match take(&mut log.log, within, &mut came, &mut left_out) {
                Ok(()) => {
                    log.tell(settings);
                    true
                }
                Err(error) => {
                    left_out.logs.push(error);
                    false
                }
            }
        });
        if came.is_empty() {
            if !is_alone {
                thread::sleep(LOOK);
            }
            continue;
        }
        came.sort_by_key(|record| record.time_generated);
        stream.write(&came.into_iter().map(row).collect::<Vec<_>>())?;
    }
}

/// A log that is followed, and what was said of it.
struct Followed {
    name: String,
    log: Follow,
    lost: u64,
    cleared: u64,
}

impl Followed {
    /// Says what happened to the log since it was last asked.
    fn tell(&mut self, settings: &Settings) {
        let Self { name, log, .. } = self;
        let (lost, cleared) = (log.lost(), log.cleared());
        if cleared > self.cleared {
            settings.note(&format!("{name} was cleared"));
        }
        if let Some(more @ 1..) = lost.checked_sub(self.lost) {
            settings.note(&format!(
                "{more} records of {name} were overwritten before they could be read"
            ));
        }
        (self.lost, self.cleared) = (lost, cleared);
    }
}

/// So many records of one log are shown before the others are looked at.
const AT_ONCE: usize = 1000;

/// Takes what has come, after waiting for it so long.
fn take(
    log: &mut Follow,
    mut within: Duration,
    came: &mut Vec<Record>,
    left_out: &mut LeftOut,
) -> Told<()> {
    for _ in 0..AT_ONCE {
        match log.next_within(within) {
            Ok(None) => break,
            Ok(Some(record)) => came.push(record),
            Err(error) if is_damage(&error) => left_out.add_damage(error),
            Err(error) => return Err(error),
        }
        within = Duration::ZERO;
    }
    Ok(())
}
