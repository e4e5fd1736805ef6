//! The table of services.

use std::collections::HashMap;
use std::ffi::{OsStr, OsString};
use std::thread;

use oslens::process::{Fields, Pid, ProcessRow};
use oslens_service::manager::Service;
use oslens_service::{Config, Entry, Filter, Manager, StartType, State};

use super::{known, manager, service};
use crate::args::high::Settings;
use crate::args::services::{StateWord, SvcListArgs, SvcNameArgs};
use crate::cell::{Cell, Missing, Value};
use crate::column::{Choice, Column, Fit, Shown, Table, Unit};
use crate::convert;
use crate::exit::{Exit, Failure};
use crate::listing::{self, Listing};
use crate::term::Tone;

/// What a column has to have read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Need {
    Listing,
    Config,
    /// The configuration, and whether the start is delayed.
    Start,
    Description,
    Process,
    /// Two readings of the process.
    Cpu,
}

#[derive(Debug)]
struct Row {
    entry: Entry,
    config: Result<Config, Missing>,
    delayed: Result<bool, Missing>,
    description: Result<Option<OsString>, Missing>,
    process: Result<ProcessRow, Missing>,
    cpu: Result<f64, Missing>,
}

impl Row {
    fn config<'r>(&'r self, of: impl FnOnce(&'r Config) -> Option<Value<'r>>) -> Cell<'r> {
        match &self.config {
            Ok(config) => Cell::optional(of(config)),
            Err(why) => Cell::Missing(*why),
        }
    }
}

/// `auto`, `delayed`, `manual`, `disabled`, `boot`, `system`.
pub(super) fn start_word(config: &Config, delayed: &Result<bool, Missing>) -> &'static str {
    match (config.start_type, delayed) {
        (StartType::Automatic, Ok(true)) => "delayed",
        (StartType::Automatic, _) => "auto",
        (other, _) => other.as_str(),
    }
}

fn state_tone(cell: &Cell<'_>) -> Tone {
    match cell {
        Cell::Known(Value::Text(state)) if &**state == "stopped" => Tone::Faint,
        Cell::Known(Value::Text(state)) if &**state != "running" => Tone::Warning,
        _ => Tone::Plain,
    }
}

static TABLE: Table<Row, Need> = Table {
    name: "svc",
    version: 1,
    noun: "services",
    columns: &[
        Column::new(
            "name",
            "NAME",
            Unit::Text,
            "name of the service",
            Need::Listing,
            |row: &Row| Cell::text(&row.entry.name),
        )
        .keep(200)
        .width(12)
        .fit(Fit::UpTo(32))
        .aliases(&["service"]),
        Column::new(
            "state",
            "STATE",
            Unit::Text,
            "what it is doing",
            Need::Listing,
            |row: &Row| Value::text(row.entry.status.state.as_str()).into(),
        )
        .keep(190)
        .width(8)
        .tone(state_tone)
        .aliases(&["status"]),
        Column::new(
            "start",
            "START",
            Unit::Text,
            "when it starts: auto, delayed, manual, disabled, boot, system",
            Need::Start,
            |row: &Row| row.config(|config| Some(Value::text(start_word(config, &row.delayed)))),
        )
        .keep(150)
        .width(8)
        .aliases(&["start_type"]),
        Column::new(
            "pid",
            "PID",
            Unit::Id,
            "its process",
            Need::Listing,
            |row: &Row| Cell::optional(row.entry.status.pid.map(|pid| Value::Id(pid.into()))),
        )
        .keep(160)
        .width(5),
        Column::new(
            "cpu",
            "CPU%",
            Unit::Ratio,
            "CPU use of its process, which may have other services",
            Need::Cpu,
            |row: &Row| convert::result(&row.cpu, |cpu| Value::Ratio(*cpu)),
        )
        .keep(110)
        .width(5),
        Column::new(
            "rss",
            "RSS",
            Unit::Bytes,
            "memory of its process, which may have other services",
            Need::Process,
            |row: &Row| match &row.process {
                Ok(process) => convert::field(&process.rss, |bytes| Value::Bytes(*bytes)),
                Err(why) => Cell::Missing(*why),
            },
        )
        .keep(120)
        .width(7),
        Column::new(
            "display_name",
            "DISPLAY NAME",
            Unit::Text,
            "name for people",
            Need::Listing,
            |row: &Row| Cell::text(&row.entry.display_name),
        )
        .shown(Shown::WhenWide)
        .keep(80)
        .width(24)
        .fit(Fit::UpTo(40)),
        Column::new(
            "account",
            "ACCOUNT",
            Unit::Text,
            "account that it runs as",
            Need::Config,
            |row: &Row| row.config(|config| Some(Value::text(config.account.as_ref()?))),
        )
        .shown(Shown::WhenWide)
        .keep(60)
        .width(14)
        .fit(Fit::UpTo(28))
        .aliases(&["user", "username"]),
        Column::new(
            "kind",
            "KIND",
            Unit::Text,
            "own or shared process, or kind of driver",
            Need::Listing,
            |row: &Row| {
                Value::Text(OsString::from(row.entry.status.kind.to_string()).into()).into()
            },
        )
        .shown(Shown::InJson),
        Column::new(
            "group",
            "GROUP",
            Unit::Text,
            "load order group",
            Need::Config,
            |row: &Row| row.config(|config| Some(Value::text(config.group.as_ref()?))),
        )
        .shown(Shown::InJson),
        Column::new(
            "exit_code",
            "EXIT",
            Unit::Id,
            "error that it stopped with, a number of Win32",
            Need::Listing,
            |row: &Row| Value::Id(row.entry.status.exit_code.into()).into(),
        )
        .shown(Shown::InJson),
        Column::new(
            "service_code",
            "CODE",
            Unit::Id,
            "error of its own that it stopped with",
            Need::Listing,
            |row: &Row| {
                let code = row.entry.status.service_code;
                Cell::optional(code.map(|code| Value::Id(code.into())))
            },
        )
        .shown(Shown::InJson),
        Column::new(
            "command",
            "COMMAND",
            Unit::Text,
            "program and arguments",
            Need::Config,
            |row: &Row| row.config(|config| Some(Value::text(&config.command_line))),
        )
        .shown(Shown::InJson)
        .keep(40)
        .width(12)
        .fit(Fit::Command),
        Column::new(
            "description",
            "DESCRIPTION",
            Unit::Text,
            "what it does",
            Need::Description,
            |row: &Row| match &row.description {
                Ok(text) => Cell::optional(text.as_ref().map(Value::text)),
                Err(why) => Cell::Missing(*why),
            },
        )
        .keep(100)
        .width(12)
        .fit(Fit::Rest),
    ],
};

/// # Errors
///
/// When the service manager gives no list.
pub(super) fn run(arguments: &SvcListArgs, settings: &Settings) -> Result<Exit, Failure> {
    let mut filter = if arguments.drivers {
        Filter::drivers()
    } else {
        Filter::services()
    };
    filter = match arguments.state {
        None => filter,
        Some(StateWord::Stopped) => filter.inactive(),
        Some(StateWord::Running | StateWord::Paused) => filter.active(),
    };
    if let Some(group) = &arguments.group {
        filter = filter.group(group);
    }
    let is_search = !arguments.query.is_empty();
    listing::show(&TABLE, settings, |choice| {
        let manager = manager(&arguments.on, settings)?;
        let mut entries = manager.services(&filter)?;
        entries.retain(|entry| {
            is_wanted(arguments.state, entry.status.state)
                && arguments.query.iter().all(|word| has(entry, word))
        });
        entries.sort_by_cached_key(|entry| entry.name.to_string_lossy().to_lowercase());
        Ok(rows(&manager, entries, choice, settings).search(is_search))
    })
}

/// # Errors
///
/// When there is no such service, or the manager gives no list.
pub(super) fn dependents(arguments: &SvcNameArgs, settings: &Settings) -> Result<Exit, Failure> {
    listing::show(&TABLE, settings, |choice| {
        let manager = manager(&arguments.on, settings)?;
        let entries = service(arguments, settings)?.dependents()?;
        Ok(rows(&manager, entries, choice, settings))
    })
}

fn is_wanted(wanted: Option<StateWord>, state: State) -> bool {
    match wanted {
        None => true,
        Some(StateWord::Running) => state == State::Running,
        Some(StateWord::Stopped) => state == State::Stopped,
        Some(StateWord::Paused) => state == State::Paused,
    }
}

fn has(entry: &Entry, word: &str) -> bool {
    let word = word.to_lowercase();
    let has = |name: &OsStr| name.to_string_lossy().to_lowercase().contains(&word);
    has(&entry.name) || has(&entry.display_name)
}

/// Reads what the columns need of these services.
fn rows(
    manager: &Manager,
    entries: Vec<Entry>,
    choice: &Choice<Row, Need>,
    settings: &Settings,
) -> Listing<Row> {
    let needs: Vec<Need> = choice.needs().collect();
    let needs = |need| needs.contains(&need);
    let is_local = manager.machine().is_none();
    let (processes, cpu) = match (is_local, needs(Need::Cpu), needs(Need::Process)) {
        (true, true, _) => {
            let before = processes(Fields::CPU_TIMES, settings);
            thread::sleep(settings.interval);
            let now = processes(Fields::CPU_TIMES | Fields::RSS, settings);
            (now, Some(before))
        }
        (true, false, true) => (processes(Fields::RSS, settings), None),
        _ => (Ok(HashMap::new()), None),
    };
    let rows = entries.into_iter().map(|entry| {
        let service: Service = manager.service(&entry.name);
        let config = match needs(Need::Config) || needs(Need::Start) {
            true => known(service.config()),
            false => Err(Missing::Failed),
        };
        let delayed = match &config {
            Ok(config) if needs(Need::Start) && config.start_type == StartType::Automatic => {
                known(service.delayed_start())
            }
            Ok(_) => Ok(false),
            Err(why) => Err(*why),
        };
        let description = match needs(Need::Description) {
            true => known(service.description()),
            false => Err(Missing::Failed),
        };
        let pid = entry.status.pid.filter(|_| is_local);
        let process = find(&processes, pid);
        let cpu = process.and_then(|row| {
            let before = cpu
                .as_ref()
                .map_or(Err(Missing::FirstSample), |all| find(all, pid))?;
            let delta = row.since(before).ok_or(Missing::FirstSample)?;
            delta.cpu.map_err(Missing::from)
        });
        Row {
            config,
            delayed,
            description,
            process: process.cloned(),
            cpu,
            entry,
        }
    });
    let listing = Listing::new(rows.collect());
    match cpu {
        Some(_) => listing.window(settings.interval),
        None => listing,
    }
}

type Processes = Result<HashMap<Pid, ProcessRow>, Missing>;

fn processes(fields: Fields, settings: &Settings) -> Processes {
    let rows = convert::missing(settings.host.processes(fields))?;
    Ok(rows.into_iter().map(|row| (row.pid, row)).collect())
}

fn find(processes: &Processes, pid: Option<u32>) -> Result<&ProcessRow, Missing> {
    let pid = pid.ok_or(Missing::NotApplicable)?;
    let processes = processes.as_ref().map_err(|why| *why)?;
    processes.get(&Pid::new(pid)).ok_or(Missing::Gone)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::clock::Clock;
    use crate::column::{ColumnRequest, Room};
    use crate::notes::Partial;
    use crate::table::{self, Look};
    use crate::term::Terminal;
    use crate::text::Charset;
    use crate::units::Sizes;

    fn entry(name: &str, state: &str, pid: Option<u32>) -> Entry {
        serde_json::from_value(json!({
            "name": name,
            "display_name": format!("{name} of the house"),
            "status": {
                "kind": "OWN_PROCESS",
                "state": state,
                "accepted": "STOP",
                "exit_code": 0,
                "service_code": null,
                "checkpoint": 0,
                "wait_hint": {"secs": 0, "nanos": 0},
                "pid": pid,
                "in_system_process": false,
            },
        }))
        .unwrap()
    }

    fn config() -> Config {
        serde_json::from_value(json!({
            "kind": "OWN_PROCESS",
            "start_type": "Automatic",
            "error_control": "Normal",
            "command_line": "C:\\Windows\\system32\\spoolsv.exe",
            "account": "LocalSystem",
            "display_name": "x",
            "dependencies": [],
            "group": null,
            "tag": null,
        }))
        .unwrap()
    }

    fn rows() -> Vec<Row> {
        vec![
            Row {
                entry: entry("Spooler", "Running", Some(812)),
                config: Ok(config()),
                delayed: Ok(true),
                description: Ok(Some("Queues what is to be printed, and more".into())),
                process: Err(Missing::Gone),
                cpu: Ok(0.125),
            },
            // Its owner hides it, and has a sense of humour.
            Row {
                entry: entry("evil\x1b[2J\u{202e}", "StopPending", Some(4)),
                config: Err(Missing::Denied),
                delayed: Err(Missing::Denied),
                description: Err(Missing::Denied),
                process: Err(Missing::Denied),
                cpu: Err(Missing::Denied),
            },
            Row {
                entry: entry("Idle", "Stopped", None),
                config: Ok(config()),
                delayed: Ok(false),
                description: Ok(None),
                process: Err(Missing::NotApplicable),
                cpu: Err(Missing::NotApplicable),
            },
        ]
    }

    fn shown(width: Option<usize>) -> String {
        let look = Look {
            terminal: Terminal {
                width,
                interactive: width.is_some(),
                color: false,
                charset: Charset::Unicode,
            },
            clock: Clock::fixed(),
            sizes: Sizes::Binary,
            header: true,
            steady: false,
        };
        let room = width.map_or(Room::Pipe, Room::Cells);
        let choice = TABLE.choose(&ColumnRequest::Usual, &[], room).unwrap();
        let mut out = Vec::new();
        table::write(&mut out, &choice, &rows(), &[], &look).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn services_fit_the_usual_terminal() {
        assert_eq!(
            shown(Some(80)).lines().collect::<Vec<_>>(),
            [
                "NAME                STATE        START   PID CPU% RSS  DESCRIPTION",
                "Spooler             running      delayed 812 12.5   -  Queues what is to be pri…",
                "evil\\x1b[2J\\u{202e} stop_pending ?         4    ?   ?  ?",
                "Idle                stopped      auto      -    -   -  -",
            ]
        );
    }

    #[test]
    fn a_wide_terminal_has_the_names_for_people_and_the_accounts() {
        assert_eq!(
            shown(Some(150)).lines().collect::<Vec<_>>(),
            [
                "NAME                STATE        START   PID CPU% RSS DISPLAY NAME                     ACCOUNT      DESCRIPTION",
                "Spooler             running      delayed 812 12.5   - Spooler of the house             LocalSystem  Queues what is to be printed, and more",
                "evil\\x1b[2J\\u{202e} stop_pending ?         4    ?   ? evil\\x1b[2J\\u{202e} of the house ?            ?",
                "Idle                stopped      auto      -    -   - Idle of the house                LocalSystem  -",
            ]
        );
    }

    #[test]
    fn what_is_denied_is_counted_and_what_does_not_apply_is_not() {
        let mut partial = Partial::default();
        let choice = TABLE
            .choose(&ColumnRequest::Usual, &[], Room::Cells(80))
            .unwrap();
        for row in rows() {
            partial.read_row(&row, &choice.columns);
        }
        assert_eq!(
            partial.lines("services", "guest"),
            ["1 of 3 services hide start, cpu, rss, description from guest"]
        );
    }
}
