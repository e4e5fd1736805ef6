//! `oslens tree`: every process below its parent.
//!
//! In JSON the rows come in the order of the tree, each process before its
//! children; `depth` says how deep it is and `ppid` whose child it is. A
//! process whose parent is not among the rows has depth 0.

use std::collections::{BTreeSet, HashMap};

use oslens::process::{Fields, Pid, ProcessId, Tree};

use super::ps;
use crate::args::high::Settings;
use crate::args::low::QueryArgs;
use crate::column::{Choice, ColumnRequest, Edit};
use crate::exit::{Exit, Failure};
use crate::listing::{self, Listing};
use crate::output;
use crate::processes::columns::TREE;
use crate::processes::{Branch, Needs, ProcessLine, Query, Snapshot};
use crate::table;
use crate::text::Charset;

/// # Errors
///
/// When the process table cannot be read.
pub(super) fn run(arguments: &QueryArgs, settings: &Settings) -> Result<Exit, Failure> {
    let query = Query::new(&arguments.query);
    let mut settings = settings.clone();
    if settings.json && settings.columns == ColumnRequest::Usual {
        let more = ["ppid", "depth", "euid"].map(|key| Edit::Add(key.to_owned()));
        settings.columns = ColumnRequest::Edits(more.to_vec());
    }
    // The order is among siblings: nothing may be sorted across the tree
    // after it has been drawn.
    let sort = std::mem::take(&mut settings.sort);
    let room = settings.room();
    let order = TREE.choose(&ColumnRequest::Usual, &sort, room)?;
    listing::show(&TREE, &settings, |choice| {
        find(query, choice, &order, &settings)
    })
}

fn find(
    query: Query<'_>,
    choice: &Choice<ProcessLine, Needs>,
    order: &Choice<ProcessLine, Needs>,
    settings: &Settings,
) -> Result<Listing<ProcessLine>, Failure> {
    let sorted_by = order.sort.iter().map(|(column, _)| column.needs);
    let needs = Needs::all(choice.needs().chain(sorted_by))
        .and(query.needs())
        .and(Needs::of(Fields::PPID));
    let snapshot = Snapshot::read(&settings.host, needs, settings.interval)?;
    let total = snapshot.rows().len();
    let window = snapshot.window;
    let matching = snapshot.matching(query);
    ps::tell_hidden_owners(snapshot.hidden_owners(query), settings);
    let tree = Tree::from_rows(snapshot.rows());
    let mut lines = snapshot.into_lines(&with_relatives(&matching, &tree));
    // One that ended while it was being read is left out, unless others hang
    // on it.
    lines.retain(|line| !ps::is_gone(line, choice) || tree.children(line.row.pid).next().is_some());

    if matching.is_empty() && !query.is_everything() {
        output::complain(&format!("oslens: no process matches '{query}'"));
    }
    let charset = (!settings.json).then_some(settings.look.terminal.charset);
    let lines = in_tree_order(lines, &tree, order, charset);
    let counts = (matching.len(), total);
    let limit = settings.limit;
    Ok(ps::listing(lines, counts, query, window, limit, choice))
}

/// These processes, all that they come from and all that came from them.
fn with_relatives(matching: &BTreeSet<Pid>, tree: &Tree) -> BTreeSet<Pid> {
    if matching.len() == tree.len() {
        return matching.clone();
    }
    let mut wanted = BTreeSet::new();
    for &pid in matching {
        wanted.insert(pid);
        wanted.extend(tree.ancestors(pid).map(|id| id.pid));
        wanted.extend(tree.descendants(pid).map(|(_, id)| id.pid));
    }
    wanted
}

/// Each process before its children, with its branch drawn where there is a
/// charset to draw with.
fn in_tree_order(
    mut lines: Vec<ProcessLine>,
    tree: &Tree,
    order: &Choice<ProcessLine, Needs>,
    charset: Option<Charset>,
) -> Vec<ProcessLine> {
    // Without an order siblings come by age, as they are in the tree.
    let age: HashMap<Pid, usize> = tree
        .iter()
        .enumerate()
        .map(|(at, (_, id))| (id.pid, at))
        .collect();
    lines.sort_by_key(|line| age.get(&line.row.pid).copied());
    table::sort(&mut lines, order);
    let rank: HashMap<Pid, usize> = lines
        .iter()
        .enumerate()
        .map(|(at, line)| (line.row.pid, at))
        .collect();

    // Only those that are shown; backwards, as the last is taken first.
    let ranked = |ids: &mut dyn Iterator<Item = ProcessId>| {
        let mut ids: Vec<Pid> = ids
            .map(|id| id.pid)
            .filter(|pid| rank.contains_key(pid))
            .collect();
        ids.sort_by_key(|pid| std::cmp::Reverse(rank.get(pid).copied()));
        ids
    };
    // A stack of its own: a chain of processes may be longer than this
    // thread's allows.
    let mut waiting: Vec<Waiting> = ranked(&mut tree.roots())
        .into_iter()
        .map(|pid| Waiting {
            pid,
            depth: 0,
            indent: String::new(),
            is_last: true,
        })
        .collect();
    let mut places: HashMap<Pid, (usize, Branch)> = HashMap::new();
    while let Some(next) = waiting.pop() {
        let (drawn, indent) = next.draw(charset);
        let children = ranked(&mut tree.children(next.pid));
        for (at, pid) in children.into_iter().enumerate() {
            waiting.push(Waiting {
                pid,
                depth: next.depth + 1,
                indent: indent.clone(),
                is_last: at == 0,
            });
        }
        let place = places.len();
        let depth = Some(next.depth);
        places.insert(next.pid, (place, Branch { depth, drawn }));
    }
    for line in &mut lines {
        if let Some((_, branch)) = places.get_mut(&line.row.pid) {
            line.branch = std::mem::take(branch);
        }
    }
    lines.sort_by_key(|line| places.get(&line.row.pid).map(|(place, _)| *place));
    lines
}

/// A process whose turn in the tree is to come.
struct Waiting {
    pid: Pid,
    depth: u32,
    /// What is drawn before it for those that it comes from.
    indent: String,
    is_last: bool,
}

impl Waiting {
    /// What is drawn before its name, and before its children's branches.
    fn draw(&self, charset: Option<Charset>) -> (String, String) {
        let Some(charset) = charset.filter(|_| self.depth > 0) else {
            return (String::new(), String::new());
        };
        let (branch, below) = match (charset, self.is_last) {
            (Charset::Unicode, false) => ("├─ ", "│  "),
            (Charset::Unicode, true) => ("└─ ", "   "),
            (Charset::Ascii, false) => ("|- ", "|  "),
            (Charset::Ascii, true) => ("`- ", "   "),
        };
        let with = |part: &str| format!("{}{part}", self.indent);
        (with(branch), with(below))
    }
}
