//! Rows that arrive one after the other: what `--follow` and `watch` print.

use std::io::Write as _;

use crate::args::high::Settings;
use crate::column::{Choice, ColumnRequest, Table};
use crate::exit::Failure;
use crate::output::Output;
use crate::table::{self, Look};
use crate::{json, notes::Partial};

/// A table without an end. In JSON each row is a line and a document of its
/// own.
pub(crate) struct Stream<'s, R: 'static, N: 'static = ()> {
    settings: &'s Settings,
    choice: Choice<R, N>,
    look: Look,
    partial: Partial,
    noun: &'static str,
}

impl<'s, R, N: Copy> Stream<'s, R, N> {
    /// # Errors
    ///
    /// [`Failure::Usage`] for unknown columns, and for an order: what has not
    /// come yet cannot be sorted.
    pub(crate) fn new(
        table: &'static Table<R, N>,
        settings: &'s Settings,
    ) -> Result<Self, Failure> {
        if !settings.sort.is_empty() {
            return Err(Failure::Usage(
                "'--sort' does not apply to what goes on without an end (see --help)".to_owned(),
            ));
        }
        Ok(Self {
            settings,
            choice: table.choose(&settings.columns, &[], settings.room())?,
            look: Look {
                steady: true,
                ..settings.look.clone()
            },
            partial: Partial::default(),
            noun: table.noun,
        })
    }

    pub(crate) fn choice(&self) -> &Choice<R, N> {
        &self.choice
    }

    /// Writes rows at once, whatever comes after them.
    ///
    /// # Errors
    ///
    /// When the output cannot be written.
    pub(crate) fn write(&mut self, rows: &[R]) -> Result<(), Failure> {
        let mut out = Output::stdout();
        for row in rows {
            self.partial.read_row(row, &self.choice.columns);
        }
        if self.settings.json {
            let charset = self.look.terminal.charset;
            for row in rows {
                json::write_line(&mut out, &self.choice, row, charset)?;
            }
        } else if !rows.is_empty() || self.look.header {
            table::write(&mut out, &self.choice, rows, &[], &self.look)?;
            self.look.header = false;
        }
        out.finish()
    }

    /// What could not be read, and how the run ends.
    pub(crate) fn conclude(&self) -> crate::exit::Exit {
        self.settings.conclude(&self.partial, self.noun)
    }
}

/// Answers `-o help`, if it was asked.
///
/// # Errors
///
/// When the output cannot be written.
pub(crate) fn help<R, N: Copy>(
    table: &'static Table<R, N>,
    settings: &Settings,
) -> Result<bool, Failure> {
    if settings.columns != ColumnRequest::Help {
        return Ok(false);
    }
    let mut out = Output::stdout();
    out.write_all(table.help().as_bytes())?;
    out.finish()?;
    Ok(true)
}
