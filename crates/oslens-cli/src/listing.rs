//! From rows to output: what all commands that print a table have in common.

use std::io::Write as _;
use std::time::Duration;

use crate::args::high::Settings;
use crate::cell::{Cell, Value};
use crate::column::{Choice, ColumnRequest, Table};
use crate::exit::{Exit, Failure};
use crate::json::{self, Node};
use crate::notes::Partial;
use crate::output::Output;
use crate::table;
use crate::units;

/// What a command found.
pub(crate) struct Listing<R> {
    pub(crate) rows: Vec<R>,
    /// Further fields of the JSON document, beside the rows.
    pub(crate) fields: Vec<(&'static str, Node<'static>)>,
    /// Sums below the columns of the table.
    pub(crate) sums: Vec<(&'static str, Cell<'static>)>,
    /// How long rates were measured, when any were.
    pub(crate) window: Option<Duration>,
    /// Further remarks for the footer.
    pub(crate) remarks: Vec<String>,
    /// Whether the rows were asked for by what they are: finding none is
    /// then an answer of its own, exit code 1.
    pub(crate) is_search: bool,
}

impl<R> Listing<R> {
    pub(crate) fn new(rows: Vec<R>) -> Self {
        Self {
            rows,
            fields: Vec::new(),
            sums: Vec::new(),
            window: None,
            remarks: Vec::new(),
            is_search: false,
        }
    }

    /// With rates that were measured over this time.
    pub(crate) fn window(mut self, window: Duration) -> Self {
        self.window = Some(window);
        self.fields.push(("window", Value::Duration(window).into()));
        self
    }

    pub(crate) fn search(mut self, is_search: bool) -> Self {
        self.is_search = is_search;
        self
    }
}

/// Runs a command whose answer is a table: `-o help`, the choice of columns,
/// the order, the limit, table or JSON, the footer, and the notes.
///
/// `read` gets the choice, so that nothing is read that nobody looks at.
///
/// # Errors
///
/// [`Failure::Usage`] for unknown columns, and what `read` and the output
/// give.
pub(crate) fn show<R, N: Copy>(
    table: &'static Table<R, N>,
    settings: &Settings,
    read: impl FnOnce(&Choice<R, N>) -> Result<Listing<R>, Failure>,
) -> Result<Exit, Failure> {
    let mut out = Output::stdout();
    if settings.columns == ColumnRequest::Help {
        out.write_all(table.help().as_bytes())?;
        out.finish()?;
        return Ok(Exit::Done);
    }
    let choice = table.choose(&settings.columns, &settings.sort, settings.room())?;
    let Listing {
        mut rows,
        fields,
        sums,
        window,
        mut remarks,
        is_search,
    } = read(&choice)?;

    let found = rows.len();
    let mut partial = Partial::default();
    for row in &rows {
        partial.read_row(row, &choice.columns);
    }
    table::sort(&mut rows, &choice);
    rows.truncate(settings.limit.unwrap_or(usize::MAX));

    if settings.json {
        let charset = settings.look.terminal.charset;
        let clock = &settings.look.clock;
        json::write_table(&mut out, table, &choice, &rows, clock, fields, charset)?;
    } else if found > 0 || !is_search {
        let hidden = table::write(&mut out, &choice, &rows, &sums, &settings.look)?;
        if rows.len() < found {
            remarks.insert(0, format!("{} of {found} {}", rows.len(), table.noun));
        }
        if let Some(window) = window {
            remarks.push(format!("window {}", units::duration_in_words(window)));
        }
        if !hidden.is_empty() {
            remarks.push(format!("no room for {}", hidden.join(", ")));
        }
        if settings.look.terminal.interactive && settings.look.header {
            write_footer(&mut out, &remarks, settings)?;
        }
    }
    out.finish()?;
    let exit = settings.conclude(&partial, table.noun);
    if is_search && found == 0 {
        return Ok(Exit::NoMatch);
    }
    Ok(exit)
}

/// The remarks below a table, as many of them in a line as fit.
fn write_footer(out: &mut Output, remarks: &[String], settings: &Settings) -> Result<(), Failure> {
    use crate::term::Tone;
    use crate::text::{self, Charset};

    let terminal = &settings.look.terminal;
    let separator = match terminal.charset {
        Charset::Unicode => " · ",
        Charset::Ascii => ", ",
    };
    let room = terminal.width.unwrap_or(usize::MAX);
    let mut lines: Vec<String> = Vec::new();
    for remark in remarks {
        match lines.last_mut() {
            Some(line)
                if text::width(line) + text::width(separator) + text::width(remark) <= room =>
            {
                line.push_str(separator);
                line.push_str(remark);
            }
            _ => lines.push(text::cut_end(remark, room, terminal.charset)),
        }
    }
    for line in lines {
        writeln!(out, "{}", terminal.paint(Tone::Faint, &line))?;
    }
    Ok(())
}
