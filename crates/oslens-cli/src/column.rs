//! The column registry: a column is defined once, and the table, the JSON,
//! `-o`, `--sort` and `-o help` all come from that definition.

use crate::cell::{Cell, Missing};
use crate::exit::Failure;
use crate::term::Tone;
use crate::text::{self, Charset};

/// What a column's values are. Decides the alignment, how they are written,
/// and the unit that the help names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unit {
    Text,
    Id,
    Count,
    Bytes,
    BytesPerSecond,
    Ratio,
    /// A ratio drawn as a bar; only where a person looks.
    Bar,
    #[allow(dead_code, reason = "for the commands about processes")]
    Number,
    #[allow(dead_code, reason = "for the commands about processes")]
    Duration,
    Time,
    Flag,
    List,
}

impl Unit {
    pub(crate) const fn is_right_aligned(self) -> bool {
        !matches!(self, Self::Text | Self::Bar | Self::Flag | Self::List)
    }

    /// The unit as `-o help` names it, which is the unit in JSON.
    const fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Id => "id",
            Self::Count => "count",
            Self::Bytes => "bytes",
            Self::BytesPerSecond => "bytes/s",
            Self::Ratio => "0-1",
            Self::Bar => "bar",
            Self::Number => "number",
            Self::Duration => "seconds",
            Self::Time => "time",
            Self::Flag => "yes/no",
            Self::List => "list",
        }
    }
}

/// When a column is shown without being asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shown {
    /// Always.
    Always,
    /// On a terminal with room for it, and in JSON.
    WhenWide,
    /// In JSON, and with `-o`: parts of what another column shows at once.
    InJson,
    /// Only with `-o`: it is costly to read or rarely wanted.
    OnRequest,
}

/// How a column's text gives way when there is not enough room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fit {
    /// It does not: the column is shown whole or dropped.
    Whole,
    /// Cut at the end beyond this many cells, on a terminal.
    UpTo(usize),
    /// Cut at the end beyond this many cells, on a terminal, and down to the
    /// usual width before another column is dropped.
    Squeezed(usize),
    /// It takes the room that is left, cut at the end.
    Rest,
    /// It takes the room that is left, cut in the middle of its path.
    Command,
}

/// One column of a table of `R`. `N` is what must be read from the system
/// before the column has a value.
pub(crate) struct Column<R: 'static, N: 'static = ()> {
    /// The name in JSON, `-o` and `--sort`; once published it stays.
    pub(crate) key: &'static str,
    pub(crate) header: &'static str,
    pub(crate) unit: Unit,
    pub(crate) doc: &'static str,
    pub(crate) needs: N,
    pub(crate) read: for<'r> fn(&'r R) -> Cell<'r>,
    pub(crate) shown: Shown,
    /// Columns with the lowest number go first on a narrow terminal.
    pub(crate) keep: u8,
    /// The usual width: what is planned for before the rows are known, and
    /// the least that a [`Fit::Rest`] column is squeezed to.
    pub(crate) width: usize,
    pub(crate) fit: Fit,
    pub(crate) aliases: &'static [&'static str],
    pub(crate) tone: fn(&Cell<'_>) -> Tone,
}

impl<R, N: Copy> Column<R, N> {
    /// A column that is always shown, never cut, and dropped in the order of
    /// the table from its end.
    pub(crate) const fn new(
        key: &'static str,
        header: &'static str,
        unit: Unit,
        doc: &'static str,
        needs: N,
        read: for<'r> fn(&'r R) -> Cell<'r>,
    ) -> Self {
        Self {
            key,
            header,
            unit,
            doc,
            needs,
            read,
            shown: Shown::Always,
            keep: 100,
            width: 8,
            fit: Fit::Whole,
            aliases: &[],
            tone: |_| Tone::Plain,
        }
    }

    pub(crate) const fn shown(mut self, shown: Shown) -> Self {
        self.shown = shown;
        self
    }

    pub(crate) const fn keep(mut self, keep: u8) -> Self {
        self.keep = keep;
        self
    }

    pub(crate) const fn width(mut self, width: usize) -> Self {
        self.width = width;
        self
    }

    pub(crate) const fn fit(mut self, fit: Fit) -> Self {
        self.fit = fit;
        self
    }

    pub(crate) const fn aliases(mut self, aliases: &'static [&'static str]) -> Self {
        self.aliases = aliases;
        self
    }

    pub(crate) const fn tone(mut self, tone: fn(&Cell<'_>) -> Tone) -> Self {
        self.tone = tone;
        self
    }
}

impl<R, N> Column<R, N> {
    /// The row's cell in this column.
    pub(crate) fn cell<'r>(&self, row: &'r R) -> Cell<'r> {
        match (self.read)(row) {
            // Such as a rate over no time at all; it must not be printed as
            // if it had been measured.
            Cell::Known(value) if !value.is_sound() => Cell::Missing(Missing::Malformed),
            cell => cell,
        }
    }

    /// Why a row has no value in this column, if it has none.
    pub(crate) fn missing(&self, row: &R) -> Option<Missing> {
        match self.cell(row) {
            Cell::Known(_) => None,
            Cell::Missing(reason) => Some(reason),
        }
    }

    pub(crate) const fn takes_the_rest(&self) -> bool {
        matches!(self.fit, Fit::Rest | Fit::Command)
    }

    fn is_named(&self, name: &str) -> bool {
        let same = |own: &str| own.eq_ignore_ascii_case(name);
        same(self.key) || same(self.header) || self.aliases.iter().copied().any(same)
    }
}

/// A table: what the rows are called, and which columns they have.
pub(crate) struct Table<R: 'static, N: 'static = ()> {
    /// The command that shows it, and the name of its JSON schema.
    pub(crate) name: &'static str,
    /// Raised when a JSON key changes its meaning or goes away.
    pub(crate) version: u32,
    /// What the rows are, in the plural.
    pub(crate) noun: &'static str,
    pub(crate) columns: &'static [Column<R, N>],
}

/// What `-o` asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum ColumnRequest {
    #[default]
    Usual,
    /// `-o help`: the list of columns instead of the table.
    Help,
    Edits(Vec<Edit>),
}

/// One item of `-o a,+b,-c`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Edit {
    Only(String),
    Add(String),
    Remove(String),
}

/// One item of `--sort a,-b`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SortKey {
    pub(crate) column: String,
    pub(crate) descending: bool,
}

/// Which columns there is room for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Room {
    /// A terminal of this width, with as many [`Shown::WhenWide`] columns as
    /// fit.
    Cells(usize),
    /// A pipe or a file: the same columns wherever it runs.
    Pipe,
    /// JSON: all columns but those on request.
    Json,
}

/// The columns of one run, and the order of its rows.
pub(crate) struct Choice<R: 'static, N: 'static = ()> {
    pub(crate) columns: Vec<&'static Column<R, N>>,
    pub(crate) sort: Vec<(&'static Column<R, N>, bool)>,
}

impl<R, N: Copy> Choice<R, N> {
    /// What has to be read for these columns and this order.
    pub(crate) fn needs(&self) -> impl Iterator<Item = N> {
        let sorted = self.sort.iter().map(|(column, _)| column.needs);
        self.columns.iter().map(|column| column.needs).chain(sorted)
    }
}

/// The room that a command line should have before further columns arrive.
const COMFORTABLE_REST: usize = 32;

impl<R, N: Copy> Table<R, N> {
    /// The columns and the order that were asked for.
    ///
    /// # Errors
    ///
    /// [`Failure::Usage`] with the nearest names when there is no such column.
    pub(crate) fn choose(
        &'static self,
        request: &ColumnRequest,
        sort: &[SortKey],
        room: Room,
    ) -> Result<Choice<R, N>, Failure> {
        let columns = match request {
            ColumnRequest::Edits(edits) => self.edited(edits, room)?,
            ColumnRequest::Usual | ColumnRequest::Help => self.usual(room),
        };
        let sort = sort
            .iter()
            .map(|key| Ok((self.find(&key.column)?, key.descending)))
            .collect::<Result<_, Failure>>()?;
        Ok(Choice { columns, sort })
    }

    fn usual(&'static self, room: Room) -> Vec<&'static Column<R, N>> {
        let mut wanted: Vec<_> = self
            .columns
            .iter()
            .filter(|column| match room {
                Room::Cells(_) => column.shown == Shown::Always,
                Room::Pipe => column.shown == Shown::Always && column.unit != Unit::Bar,
                Room::Json => column.shown != Shown::OnRequest && column.unit != Unit::Bar,
            })
            .collect();
        if let Room::Cells(cells) = room {
            let planned = |column: &&Column<R, N>| {
                let rest = usize::from(column.takes_the_rest()) * COMFORTABLE_REST;
                column.width.max(rest) + 1
            };
            let mut used: usize = wanted.iter().map(planned).sum();
            let mut more: Vec<_> = self
                .columns
                .iter()
                .filter(|column| column.shown == Shown::WhenWide)
                .collect();
            more.sort_by_key(|column| std::cmp::Reverse(column.keep));
            for column in more {
                used += planned(&column);
                if used > cells {
                    break;
                }
                wanted.push(column);
            }
            wanted.sort_by_key(|column| self.position(column));
        }
        wanted
    }

    fn position(&self, column: &Column<R, N>) -> usize {
        self.columns
            .iter()
            .position(|own| own.key == column.key)
            .unwrap_or(self.columns.len())
    }

    fn edited(
        &'static self,
        edits: &[Edit],
        room: Room,
    ) -> Result<Vec<&'static Column<R, N>>, Failure> {
        let replaces = edits.iter().any(|edit| matches!(edit, Edit::Only(_)));
        let mut columns = if replaces {
            Vec::new()
        } else {
            self.usual(room)
        };
        for edit in edits {
            let (Edit::Only(name) | Edit::Add(name) | Edit::Remove(name)) = edit;
            if name.eq_ignore_ascii_case("all") && !matches!(edit, Edit::Remove(_)) {
                columns = self.columns.iter().collect();
                continue;
            }
            let column = self.find(name)?;
            columns.retain(|other| other.key != column.key);
            match edit {
                Edit::Only(_) => columns.push(column),
                Edit::Add(_) => {
                    // The command line stays last, where it has room.
                    let end = columns.len();
                    let before_rest = columns
                        .last()
                        .filter(|last| last.takes_the_rest() && !column.takes_the_rest());
                    columns.insert(end - usize::from(before_rest.is_some()), column);
                }
                Edit::Remove(_) => {}
            }
        }
        if columns.is_empty() {
            return Err(Failure::Usage(format!(
                "no column of '{}' is left to show",
                self.name
            )));
        }
        Ok(columns)
    }

    /// The column of that name: its key, its header or an alias, in any case.
    fn find(&'static self, name: &str) -> Result<&'static Column<R, N>, Failure> {
        self.columns
            .iter()
            .find(|column| column.key == name)
            .or_else(|| self.columns.iter().find(|column| column.is_named(name)))
            .ok_or_else(|| {
                let near = nearest(name, self.columns.iter().map(|column| column.key));
                Failure::Usage(format!(
                    "unknown column '{}' of '{}'{near} (-o help lists all)",
                    text::neutralise(name.as_ref(), Charset::Unicode),
                    self.name,
                ))
            })
    }

    /// What `-o help` prints: every column with its unit and meaning.
    pub(crate) fn help(&self) -> String {
        let width = |part: fn(&Column<R, N>) -> usize| self.columns.iter().map(part).max();
        let keys = width(|column| column.key.len()).unwrap_or(0);
        let units = width(|column| column.unit.name().len()).unwrap_or(0);
        let mut help = String::new();
        for column in self.columns {
            let mark = match column.shown {
                Shown::Always => '*',
                Shown::WhenWide => '+',
                Shown::InJson => 'j',
                Shown::OnRequest => ' ',
            };
            help.push_str(&format!(
                "{mark} {:keys$}  {:units$}  {}\n",
                column.key,
                column.unit.name(),
                column.doc
            ));
        }
        help.push_str("(* shown, + shown when there is room, j shown in JSON)\n");
        help
    }
}

/// `; did you mean 'a' or 'b'?`, or nothing when no name is near.
pub(crate) fn nearest<'n>(name: &str, names: impl Iterator<Item = &'n str>) -> String {
    let name = name.to_ascii_lowercase();
    let mut near: Vec<(f64, &str)> = names
        .map(|candidate| (strsim::jaro_winkler(&name, candidate), candidate))
        .filter(|(likeness, _)| *likeness > 0.75)
        .collect();
    near.sort_by(|a, b| b.0.total_cmp(&a.0));
    let quoted: Vec<String> = near.iter().take(3).map(|(_, n)| format!("'{n}'")).collect();
    if quoted.is_empty() {
        return String::new();
    }
    format!("; did you mean {}?", quoted.join(" or "))
}

#[cfg(test)]
pub(crate) mod tests;
