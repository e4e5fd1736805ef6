//! The columns that a process can have: each is defined here once, for every
//! command that lists processes.

mod cells;
mod registry;

use super::{Needs, ProcessLine};
use crate::column::{Column, Fit, Shown, Table};
pub(crate) use cells::letter;
use registry::COLUMNS;

type ProcessColumn = Column<ProcessLine, Needs>;

/// `oslens ps`.
pub(crate) static PS: Table<ProcessLine, Needs> = Table {
    name: "ps",
    version: 1,
    noun: "processes",
    columns: &COLUMNS,
};

/// `oslens tree`: the name comes first, behind the lines that lead to it.
pub(crate) static TREE: Table<ProcessLine, Needs> = Table {
    name: "tree",
    version: 1,
    noun: "processes",
    columns: &selected(
        COLUMNS,
        ("name", Fit::Rest),
        &["name", "pid", "cpu", "rss"],
        &["user", "command"],
    ),
};

/// `oslens mem --procs`.
pub(crate) static FOOTPRINT: Table<ProcessLine, Needs> = Table {
    name: "mem-procs",
    version: 1,
    noun: "processes",
    columns: &selected(
        COLUMNS,
        ("pid", Fit::Whole),
        &["pid", "user", "uss", "pss", "swap", "rss", "command"],
        &[],
    ),
};

/// The same columns with another one in front, and others shown.
const fn selected<const N: usize>(
    mut columns: [ProcessColumn; N],
    (first, fit): (&str, Fit),
    always: &[&str],
    when_wide: &[&str],
) -> [ProcessColumn; N] {
    let mut at = 0;
    while at < N {
        let key = columns[at].key;
        if is_among(key, &[first]) {
            columns[at].fit = fit;
        }
        columns[at].shown = if is_among(key, always) {
            Shown::Always
        } else if is_among(key, when_wide) {
            Shown::WhenWide
        } else {
            Shown::OnRequest
        };
        at += 1;
    }
    // Moved to the front one by one, so that the others keep their order.
    let mut at = N - 1;
    while at > 0 {
        if is_among(columns[at].key, &[first]) {
            columns.swap(at, at - 1);
        }
        at -= 1;
    }
    columns
}

const fn is_among(key: &str, keys: &[&str]) -> bool {
    let mut at = 0;
    while at < keys.len() {
        if is_same(key.as_bytes(), keys[at].as_bytes()) {
            return true;
        }
        at += 1;
    }
    false
}

const fn is_same(a: &[u8], b: &[u8]) -> bool {
    if a.len() != b.len() {
        return false;
    }
    let mut at = 0;
    while at < a.len() {
        if a[at] != b[at] {
            return false;
        }
        at += 1;
    }
    true
}

#[cfg(test)]
mod tests {
    use oslens::process::Fields;

    use super::*;
    use crate::column::tests::check_rules;

    #[test]
    fn the_tables_keep_the_rules() {
        check_rules(&PS);
        check_rules(&TREE);
        check_rules(&FOOTPRINT);
    }

    #[test]
    fn every_table_has_every_column() {
        for table in [&TREE, &FOOTPRINT] {
            let keys = |table: &Table<ProcessLine, Needs>| {
                let mut keys: Vec<_> = table.columns.iter().map(|column| column.key).collect();
                keys.sort_unstable();
                keys
            };
            assert_eq!(keys(table), keys(&PS));
        }
        assert_eq!(TREE.columns[0].key, "name");
        assert_eq!(TREE.columns[1].key, "pid");
    }

    #[test]
    fn what_costs_much_is_read_on_request_only() {
        let costly = Fields::MEMORY_FOOTPRINT | Fields::NUM_FDS;
        for column in PS.columns.iter().filter(|c| c.shown != Shown::OnRequest) {
            assert!(!column.needs.fields.intersects(costly), "{}", column.key);
            assert!(!column.needs.ports, "{}", column.key);
        }
    }
}
