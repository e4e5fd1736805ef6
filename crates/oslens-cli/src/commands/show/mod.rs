//! `oslens show`: everything about one process.
//!
//! A name stands for every process that is called exactly so, and for whoever
//! was started under that name, up to [`MOST_AT_ONCE`] of them; more are too
//! long a page, and named on standard error instead. In JSON the processes
//! are a list, also when there is one.

mod details;
mod page;

use std::ffi::OsStr;

use oslens::process::{Fields, Pid};
use oslens::{ErrorKind, Host};

use crate::args::high::Settings;
use crate::args::low::ShowArgs;
use crate::args::query::Term;
use crate::cell::Value;
use crate::exit::{Exit, Failure};
use crate::json::{self, Node};
use crate::notes::Partial;
use crate::output::Output;
use crate::text::{self, Charset};
use details::Details;

const SCHEMA: (&str, u32) = ("show", 1);

/// So many processes of one name are shown together.
const MOST_AT_ONCE: usize = 3;

/// # Errors
///
/// [`Failure::Gone`] when there is no such process; [`Failure::Usage`] when a
/// name stands for too many.
pub(super) fn run(arguments: &ShowArgs, settings: &Settings) -> Result<Exit, Failure> {
    settings.refuse_table_flags("the page of a process")?;
    let pids = chosen(&settings.host, &arguments.process)?;
    let mut shown = Vec::new();
    for pid in &pids {
        match Details::read(*pid, arguments.env, settings) {
            Ok(details) => shown.extend(details),
            // One of several may end meanwhile.
            Err(error) if is_gone(error.kind()) => {}
            Err(error) => return Err(error.into()),
        }
    }
    if shown.is_empty() {
        return Err(gone(&arguments.process));
    }

    let mut partial = Partial::default();
    for details in &shown {
        partial.add_row(&details.missing());
    }
    let mut out = Output::stdout();
    if settings.json {
        let window = Value::Duration(settings.interval).into();
        let processes = shown.iter().map(Details::node).collect();
        let fields = vec![("window", window), ("processes", Node::Array(processes))];
        let clock = &settings.look.clock;
        let charset = settings.look.terminal.charset;
        json::write_page(&mut out, SCHEMA, clock, fields, charset)?;
    } else {
        for (at, details) in shown.iter().enumerate() {
            page::write(&mut out, details, at > 0, arguments.all, settings)?;
        }
    }
    out.finish()?;
    Ok(settings.conclude(&partial, "processes"))
}

/// Who is meant.
fn chosen(host: &Host, term: &Term) -> Result<Vec<Pid>, Failure> {
    let name = match term {
        Term::Pid(pid, _) => return Ok(vec![Pid::new(*pid)]),
        // More digits than any PID has.
        Term::Text(word) if is_number(word) => return Err(gone(term)),
        Term::Text(name) => name,
        Term::Port(_) | Term::User(_) => {
            return Err(Failure::Usage(format!(
                "'{term}' is neither a PID nor a name (see 'oslens ps {term}')"
            )));
        }
    };
    let rows = host.processes(Fields::NAME | Fields::CMDLINE)?;
    let own_pid = host.is_local().then(Pid::current);
    let pids: Vec<Pid> = rows
        .iter()
        .filter(|row| Some(row.pid) != own_pid)
        .filter(|row| {
            let program = row.cmdline.as_ref().ok().and_then(|all| all.first());
            row.name.as_ref() == Ok(name) || program.is_some_and(|path| is_file_name(path, name))
        })
        .map(|row| row.pid)
        .collect();
    if pids.len() > MOST_AT_ONCE {
        const LISTED: usize = 10;
        let listed: Vec<String> = pids.iter().take(LISTED).map(Pid::to_string).collect();
        let more = if pids.len() > LISTED { ", ..." } else { "" };
        return Err(Failure::Usage(format!(
            "'{}' are {} processes, give one PID: {}{more}",
            text::neutralise(name, Charset::Unicode),
            pids.len(),
            listed.join(", "),
        )));
    }
    if pids.is_empty() {
        return Err(gone(term));
    }
    Ok(pids)
}

fn is_file_name(path: &OsStr, name: &OsStr) -> bool {
    std::path::Path::new(path).file_name() == Some(name)
}

fn is_number(word: &OsStr) -> bool {
    word.as_encoded_bytes().iter().all(u8::is_ascii_digit)
}

fn is_gone(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::NoSuchProcess | ErrorKind::Reused)
}

fn gone(term: &Term) -> Failure {
    Failure::Gone(match term {
        Term::Pid(_, digits) => format!("no process has PID {}", digits.to_string_lossy()),
        Term::Text(word) if is_number(word) => format!("no process has PID {term}"),
        _ => format!("no process is called '{term}'"),
    })
}
