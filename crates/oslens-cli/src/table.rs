//! Tables for people and for pipes.

use std::io::{self, Write};

use crate::cell::{Cell, Value};
use crate::clock::Clock;
use crate::column::{Choice, Column, Fit, Unit};
use crate::term::{Terminal, Tone};
use crate::text;
use crate::units::{self, Sizes};

/// How the output is to look.
#[derive(Clone, Debug)]
pub(crate) struct Look {
    pub(crate) terminal: Terminal,
    pub(crate) clock: Clock,
    pub(crate) sizes: Sizes,
    pub(crate) header: bool,
    /// Whether more tables follow that have to stand in line with this one:
    /// no column is narrower than usual.
    pub(crate) steady: bool,
}

impl Look {
    /// A cell as text, safe to print.
    pub(crate) fn cell(&self, cell: &Cell<'_>) -> String {
        match cell {
            Cell::Known(value) => self.value(value),
            Cell::Missing(reason) => reason.symbol().to_owned(),
        }
    }

    /// A value as text, safe to print. Never empty: a pipe's reader counts
    /// fields.
    pub(crate) fn value(&self, value: &Value<'_>) -> String {
        let shown = match value {
            Value::Text(text) => text::neutralise(text, self.terminal.charset),
            Value::Id(number) | Value::Count(number) => number.to_string(),
            Value::Signed(number) => number.to_string(),
            Value::Bytes(count) => units::bytes(*count, self.sizes),
            Value::Rate(rate) => units::rate(*rate, self.sizes),
            Value::Ratio(ratio) => units::percent(*ratio),
            Value::Number(number) => units::number(*number, self.sizes),
            Value::Duration(span) => units::duration(*span, self.sizes),
            Value::Time(time) => self.clock.cell(*time, self.sizes).unwrap_or_default(),
            Value::Flag(flag) => if *flag { "yes" } else { "no" }.to_owned(),
            Value::List(values) => {
                let values: Vec<String> = values.iter().map(|value| self.value(value)).collect();
                values.join(" ")
            }
        };
        if shown.is_empty() {
            "-".to_owned()
        } else {
            shown
        }
    }

    /// The sum of a column. Where there is none, a reader of fields still
    /// finds one.
    fn sum(&self, key: &str, sums: &Sums) -> (String, Tone) {
        let text = match sums.iter().find(|(of, _)| *of == key) {
            Some((_, cell)) => self.cell(cell),
            None if self.terminal.interactive => String::new(),
            None => "-".to_owned(),
        };
        (text, Tone::Heading)
    }

    fn column_cell<R, N>(&self, column: &Column<R, N>, row: &R) -> (String, Tone) {
        let cell = column.cell(row);
        let tone = match &cell {
            Cell::Missing(_) => Tone::Faint,
            Cell::Known(_) => (column.tone)(&cell),
        };
        let text = match cell {
            Cell::Known(Value::Ratio(ratio)) if column.unit == Unit::Bar => {
                self.terminal.charset.bar(ratio, column.width)
            }
            cell => self.cell(&cell),
        };
        (text, tone)
    }
}

/// Puts the rows in the order that was asked for. Rows that compare equal
/// stay as they were.
pub(crate) fn sort<R, N>(rows: &mut [R], choice: &Choice<R, N>) {
    if choice.sort.is_empty() {
        return;
    }
    rows.sort_by(|a, b| {
        choice
            .sort
            .iter()
            .map(|(column, descending)| column.cell(a).compare(&column.cell(b), *descending))
            .find(|order| order.is_ne())
            .unwrap_or(std::cmp::Ordering::Equal)
    });
}

/// Cells by the keys of their columns.
pub(crate) type Sums = [(&'static str, Cell<'static>)];

/// Writes the table, below it a line of sums if there are any, and returns
/// the columns that there was no room for.
///
/// # Errors
///
/// When the output cannot be written.
pub(crate) fn write<R, N>(
    out: &mut impl Write,
    choice: &Choice<R, N>,
    rows: &[R],
    sums: &Sums,
    look: &Look,
) -> io::Result<Vec<&'static str>> {
    // By column: a column that finds no room costs nothing more.
    let grid: Vec<Vec<(String, Tone)>> = choice
        .columns
        .iter()
        .map(|column| {
            let cells = rows.iter().map(|row| look.column_cell(column, row));
            let sum = (!sums.is_empty()).then(|| look.sum(column.key, sums));
            cells.chain(sum).collect()
        })
        .collect();
    let lines = rows.len() + usize::from(!sums.is_empty());
    let demands: Vec<Demand> = choice
        .columns
        .iter()
        .zip(&grid)
        .map(|(column, cells)| Demand::of(column, cells, look))
        .collect();
    let slots = plan(&demands, look.terminal.width);

    if look.header {
        let header = |slot: &Slot| {
            choice
                .columns
                .get(slot.column)
                .map(|c| (c.header, Tone::Heading))
        };
        write_line(out, choice, &slots, look, header)?;
    }
    for row in 0..lines {
        write_line(out, choice, &slots, look, |slot| {
            let (text, tone) = grid.get(slot.column)?.get(row)?;
            Some((text.as_str(), *tone))
        })?;
    }
    let is_hidden = |at: &usize| slots.iter().all(|slot| slot.column != *at);
    Ok((0..choice.columns.len())
        .filter(is_hidden)
        .filter_map(|at| Some(choice.columns.get(at)?.key))
        .collect())
}

fn write_line<'t, R, N>(
    out: &mut impl Write,
    choice: &Choice<R, N>,
    slots: &[Slot],
    look: &Look,
    cell: impl Fn(&Slot) -> Option<(&'t str, Tone)>,
) -> io::Result<()> {
    let charset = look.terminal.charset;
    for (at, slot) in slots.iter().enumerate() {
        let Some((text, tone)) = cell(slot) else {
            continue;
        };
        let Some(column) = choice.columns.get(slot.column) else {
            continue;
        };
        let text = if column.fit == Fit::Command {
            text::cut_command(text, slot.width, charset)
        } else {
            text::cut_end(text, slot.width, charset)
        };
        let is_last = at + 1 == slots.len();
        if is_last && text.is_empty() {
            // The header of a bar: no blanks at the end of the line.
            break;
        }
        let blanks = slot.width.saturating_sub(text::width(&text));
        let painted = look.terminal.paint(tone, &text);
        write!(out, "{:gap$}", "", gap = slot.gap)?;
        if column.unit.is_right_aligned() {
            write!(out, "{:blanks$}{painted}", "")?;
        } else if is_last {
            write!(out, "{painted}")?;
        } else {
            write!(out, "{painted}{:blanks$}", "")?;
        }
    }
    out.write_all(b"\n")
}

/// What a column asks for.
#[derive(Clone, Copy, Debug)]
struct Demand {
    /// The width that shows everything.
    whole: usize,
    /// The least that it can do with.
    least: usize,
    keep: u8,
    gap: usize,
}

impl Demand {
    fn of<R, N>(column: &Column<R, N>, cells: &[(String, Tone)], look: &Look) -> Self {
        let header = if look.header { column.header.len() } else { 0 };
        let usual = if look.steady { column.width } else { 0 };
        let whole = cells
            .iter()
            .map(|(text, _)| text::width(text))
            .fold(header.max(usual), usize::max);
        let (whole, least) = match column.fit {
            Fit::Whole => (whole, whole),
            Fit::UpTo(most) if look.terminal.width.is_some() => {
                let whole = whole.min(most.max(header));
                (whole, whole)
            }
            Fit::Squeezed(most) if look.terminal.width.is_some() => {
                let most = most.max(header);
                // The same in every table that has to stand in line.
                let whole = if look.steady { most } else { whole.min(most) };
                (whole, whole.min(column.width.max(header)))
            }
            Fit::UpTo(_) | Fit::Squeezed(_) => (whole, whole),
            Fit::Rest | Fit::Command => (whole, whole.min(column.width.max(header))),
        };
        Self {
            whole,
            least,
            keep: column.keep,
            // A little air before the part that is read as a sentence.
            gap: if column.takes_the_rest() { 2 } else { 1 },
        }
    }
}

/// A column's place in the line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Slot {
    column: usize,
    gap: usize,
    width: usize,
}

/// Divides the room: the columns that matter least are dropped until the rest
/// can do with what there is, then the columns that take the rest share it.
fn plan(demands: &[Demand], room: Option<usize>) -> Vec<Slot> {
    let mut kept: Vec<(usize, Demand)> = demands.iter().copied().enumerate().collect();
    if let Some(room) = room {
        while kept.len() > 1 && least_width(&kept) > room {
            let least = kept.iter().map(|(_, demand)| demand.keep).min();
            let drop = kept
                .iter()
                .rposition(|(_, demand)| Some(demand.keep) == least)
                .unwrap_or(0);
            kept.remove(drop);
        }
    }
    let mut spare = room.map(|room| room.saturating_sub(least_width(&kept)));
    kept.iter()
        .enumerate()
        .map(|(at, (column, demand))| {
            let width = match &mut spare {
                None => demand.whole,
                Some(spare) => {
                    let more = (demand.whole - demand.least).min(*spare);
                    *spare -= more;
                    // A single column may still be wider than the room.
                    (demand.least + more).min(room.unwrap_or(usize::MAX))
                }
            };
            Slot {
                column: *column,
                gap: if at == 0 { 0 } else { demand.gap },
                width,
            }
        })
        .collect()
}

fn least_width(kept: &[(usize, Demand)]) -> usize {
    let widths: usize = kept.iter().map(|(_, demand)| demand.least).sum();
    let gaps: usize = kept.iter().skip(1).map(|(_, demand)| demand.gap).sum();
    widths + gaps
}

#[cfg(test)]
mod tests;
