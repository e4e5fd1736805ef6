//! The page as people read it.

use std::io::Write as _;

use super::details::{Details, Part};
use crate::args::high::Settings;
use crate::cell::{Cell, Missing, Value};
use crate::exit::Failure;
use crate::output::Output;
use crate::table::Look;
use crate::term::Tone;
use crate::text::{self, Charset};
use crate::units::Sizes;

/// So many items of a list are shown without being asked for.
const FIRST: usize = 10;

type Facts<'a> = [(&'static str, Cell<'a>)];

/// Writes one page, with a blank line before it if it is not the first.
///
/// # Errors
///
/// When the output cannot be written.
pub(super) fn write(
    out: &mut Output,
    details: &Details,
    is_next: bool,
    all: bool,
    settings: &Settings,
) -> Result<(), Failure> {
    let look = &settings.look;
    if is_next {
        writeln!(out)?;
    }
    let name = look.cell(&details.name());
    let title = format!("{name}  {}", details.pid());
    line(out, look, Tone::Heading, &title)?;
    for (key, part) in details.parts() {
        match part {
            Part::Facts(facts) => write_facts(out, look, key, &facts)?,
            Part::List(Err(why)) => {
                let unknown = format!("{key}  {}", why.symbol());
                line(out, look, Tone::Plain, &unknown)?;
            }
            Part::List(Ok(items)) => {
                let most = if all { usize::MAX } else { FIRST };
                // Limits are as many for every process.
                let most = if key == "limits" { usize::MAX } else { most };
                write_list(out, look, key, &items, most)?;
            }
        }
    }
    Ok(())
}

/// What does not apply is left out: most processes are in no container, and
/// have no debugger.
fn write_facts(
    out: &mut Output,
    look: &Look,
    title: &str,
    facts: &Facts<'_>,
) -> Result<(), Failure> {
    let shown: Vec<(String, String)> = facts
        .iter()
        .filter(|(key, cell)| *key != "args" && !is_beside_the_point(cell))
        .map(|(key, cell)| (key.replace('_', " "), value(look, cell)))
        .collect();
    if shown.is_empty() {
        return line(out, look, Tone::Heading, &format!("{title}  -"));
    }
    line(out, look, Tone::Heading, title)?;
    let widest = shown.iter().map(|(label, _)| label.len()).max();
    let is_narrow = look.terminal.width.is_some_and(|width| width < 40);
    let labels = widest.filter(|_| !is_narrow).unwrap_or(0);
    for (label, value) in shown {
        let together = format!("  {label:labels$}  {value}");
        let width = look.terminal.width.unwrap_or(usize::MAX);
        if is_narrow && text::width(&together) > width {
            // The label must not push the value out of sight.
            line(out, look, Tone::Plain, &format!("  {label}"))?;
            line(out, look, Tone::Plain, &format!("    {value}"))?;
        } else {
            line(out, look, Tone::Plain, &together)?;
        }
    }
    Ok(())
}

fn is_beside_the_point(cell: &Cell<'_>) -> bool {
    match cell {
        Cell::Missing(why) => matches!(why, Missing::NotApplicable | Missing::Unsupported),
        Cell::Known(Value::List(values)) => values.is_empty(),
        Cell::Known(_) => false,
    }
}

/// A value that stands by itself, so that its unit must be told.
fn value(look: &Look, cell: &Cell<'_>) -> String {
    let shown = look.cell(cell);
    match cell {
        Cell::Known(Value::Ratio(_)) => format!("{shown}%"),
        Cell::Known(Value::Rate(_)) => format!("{shown}/s"),
        Cell::Known(Value::Time(time)) if look.sizes != Sizes::Raw => {
            look.clock.moment(*time).unwrap_or(shown)
        }
        _ => shown,
    }
}

/// The items in columns, the last of which takes the room that is left.
fn write_list(
    out: &mut Output,
    look: &Look,
    title: &str,
    items: &[Vec<(&'static str, Cell<'_>)>],
    most: usize,
) -> Result<(), Failure> {
    let count = items.len();
    line(out, look, Tone::Heading, &format!("{title}  {count}"))?;
    let shown: Vec<Vec<String>> = items
        .iter()
        .take(most)
        .map(|item| {
            let cells = item.iter().map(|(_, cell)| match cell {
                Cell::Missing(Missing::NotApplicable) if title == "limits" => "unlimited".into(),
                cell => value(look, cell),
            });
            cells.collect()
        })
        .collect();
    let Some(first) = items.first() else {
        return Ok(());
    };
    let header: Vec<String> = first.iter().map(|(key, _)| key.to_uppercase()).collect();
    let widths: Vec<usize> = (0..header.len())
        .map(|at| {
            let cells = shown.iter().chain([&header]).filter_map(|row| row.get(at));
            cells.map(|cell| text::width(cell)).max().unwrap_or(0)
        })
        .collect();
    let is_number = |at: usize| {
        let cells = items.iter().take(most).filter_map(|item| item.get(at));
        cells
            .map(|(_, cell)| cell)
            .all(|cell| !matches!(cell, Cell::Known(Value::Text(_) | Value::List(_))))
    };
    for (at, row) in [&header].into_iter().chain(&shown).enumerate() {
        let mut text = String::from(" ");
        for (column, (cell, width)) in row.iter().zip(&widths).enumerate() {
            let blanks = " ".repeat(width.saturating_sub(text::width(cell)));
            text.push(' ');
            text += &if is_number(column) {
                blanks + cell
            } else {
                format!("{cell}{blanks}")
            };
        }
        let tone = if at == 0 { Tone::Faint } else { Tone::Plain };
        line(out, look, tone, text.trim_end())?;
    }
    if count > most {
        let more = format!("  {} more (--all shows them)", count - most);
        line(out, look, Tone::Faint, &more)?;
    }
    Ok(())
}

/// One line, no longer than the terminal is wide. Its text is safe: it comes
/// from [`Look::cell`].
fn line(out: &mut Output, look: &Look, tone: Tone, text: &str) -> Result<(), Failure> {
    let charset: Charset = look.terminal.charset;
    let text = match look.terminal.width {
        Some(width) => text::cut_end(text, width, charset),
        None => text.to_owned(),
    };
    writeln!(out, "{}", look.terminal.paint(tone, &text))?;
    Ok(())
}
