//! Who started whom.

use std::ops::Range;

use super::{Pid, ProcessId, ProcessRow};
use crate::sys::process::STARTS_ARE_ORDERED;

/// Parents and children of all processes, as they were in one moment.
///
/// Built once from rows, it answers any number of questions without another
/// system call. A process whose parent is not among the rows is a root. So is
/// one that is older than the process that has its parent's PID: that PID was
/// given to another process while the rows were read. (Not so on NetBSD and
/// macOS, where a start is by a clock that can be set back, and all rows are
/// read at once.)
///
/// Siblings are in the order of their start, and by PID where they started
/// in the same moment.
///
/// ```
/// use oslens::process::{Pid, Tree};
///
/// let tree = Tree::from_rows(&[]);
/// assert!(tree.is_empty());
/// assert_eq!(tree.children(Pid::new(1)).count(), 0);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tree {
    /// By ascending PID.
    nodes: Vec<Node>,
    /// Indices of nodes: the roots, then the children of one after another.
    order: Vec<usize>,
    roots: Range<usize>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Node {
    id: ProcessId,
    parent: Option<usize>,
    /// Where its children are in `order`.
    children: Range<usize>,
}

impl Tree {
    /// The tree of these rows, which need [`Fields::PPID`](super::Fields).
    /// Rows without a parent are roots; of rows with the same PID the
    /// youngest counts.
    #[must_use]
    pub fn from_rows(rows: &[ProcessRow]) -> Self {
        Self::new(
            rows.iter().map(|row| (row.id(), row.ppid.ok())),
            STARTS_ARE_ORDERED,
        )
    }

    /// Where starts are in order, nobody is older than their parent.
    fn new(processes: impl Iterator<Item = (ProcessId, Option<Pid>)>, are_ordered: bool) -> Self {
        let mut processes: Vec<_> = processes.collect();
        // Youngest first within a PID, so that the others are dropped.
        processes.sort_by(|(a, _), (b, _)| a.pid.cmp(&b.pid).then(b.start.cmp(&a.start)));
        processes.dedup_by_key(|(id, _)| id.pid);
        let mut parents: Vec<Option<usize>> = processes
            .iter()
            .map(|&(id, parent)| {
                let index = processes
                    .binary_search_by_key(&parent?, |(id, _)| id.pid)
                    .ok()?;
                let (parent, _) = processes.get(index)?;
                let is_older = are_ordered
                    && id.start.is_known()
                    && parent.start.is_known()
                    && id.start < parent.start;
                (!is_older && parent.pid != id.pid).then_some(index)
            })
            .collect();
        cut_cycles(&mut parents);
        let ids = processes.into_iter().map(|(id, _)| id).collect();
        Self::link(ids, &parents)
    }

    /// Turns "whose child am I" into "who are my children".
    fn link(ids: Vec<ProcessId>, parents: &[Option<usize>]) -> Self {
        let mut order: Vec<usize> = (0..ids.len()).collect();
        let parent_of = |index: usize| parents.get(index).copied().flatten();
        order.sort_by_key(|&index| {
            let id = ids.get(index);
            (parent_of(index), id.map(|id| (id.start, id.pid)))
        });
        let mut nodes: Vec<Node> = ids
            .into_iter()
            .enumerate()
            .map(|(index, id)| Node {
                id,
                parent: parent_of(index),
                children: 0..0,
            })
            .collect();
        let mut roots = 0..0;
        let mut start = 0;
        for family in order.chunk_by(|&a, &b| parent_of(a) == parent_of(b)) {
            let range = start..start + family.len();
            start = range.end;
            match family.first().and_then(|&child| parent_of(child)) {
                None => roots = range,
                Some(parent) => {
                    if let Some(node) = nodes.get_mut(parent) {
                        node.children = range;
                    }
                }
            }
        }
        Self {
            nodes,
            order,
            roots,
        }
    }

    /// Number of processes.
    #[must_use]
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// The process with this PID.
    #[must_use]
    pub fn get(&self, pid: Pid) -> Option<ProcessId> {
        self.node(pid).map(|node| node.id)
    }

    /// The processes that have no parent here.
    pub fn roots(&self) -> impl Iterator<Item = ProcessId> {
        self.family(self.roots.clone()).map(|node| node.id)
    }

    /// The parent of a process.
    #[must_use]
    pub fn parent(&self, pid: Pid) -> Option<ProcessId> {
        let parent = self.node(pid)?.parent?;
        self.nodes.get(parent).map(|node| node.id)
    }

    /// The parent of a process, the parent's parent and so on.
    pub fn ancestors(&self, pid: Pid) -> impl Iterator<Item = ProcessId> {
        let first = self.node(pid).and_then(|node| node.parent);
        let nodes = std::iter::successors(first.and_then(|index| self.nodes.get(index)), |node| {
            self.nodes.get(node.parent?)
        });
        nodes.map(|node| node.id)
    }

    /// The children of a process, oldest first.
    pub fn children(&self, pid: Pid) -> impl Iterator<Item = ProcessId> {
        let children = self.node(pid).map_or(0..0, |node| node.children.clone());
        self.family(children).map(|node| node.id)
    }

    /// The children of a process, each followed by its own: depth first.
    /// With each comes its depth below the process, children being at 1.
    pub fn descendants(&self, pid: Pid) -> impl Iterator<Item = (usize, ProcessId)> {
        let children = self.node(pid).map_or(0..0, |node| node.children.clone());
        self.walk(children, 1)
    }

    /// All processes, each followed by its children, with their depth; roots
    /// are at 0.
    pub fn iter(&self) -> impl Iterator<Item = (usize, ProcessId)> {
        self.walk(self.roots.clone(), 0)
    }

    fn node(&self, pid: Pid) -> Option<&Node> {
        let index = self
            .nodes
            .binary_search_by_key(&pid, |node| node.id.pid)
            .ok()?;
        self.nodes.get(index)
    }

    fn family(&self, range: Range<usize>) -> impl DoubleEndedIterator<Item = &Node> {
        self.order
            .get(range)
            .unwrap_or_default()
            .iter()
            .filter_map(|&index| self.nodes.get(index))
    }

    fn walk(&self, range: Range<usize>, depth: usize) -> impl Iterator<Item = (usize, ProcessId)> {
        let mut ahead: Vec<(usize, &Node)> = Vec::new();
        ahead.extend(self.family(range).rev().map(|node| (depth, node)));
        std::iter::from_fn(move || {
            let (depth, node) = ahead.pop()?;
            ahead.extend(
                self.family(node.children.clone())
                    .rev()
                    .map(|child| (depth + 1, child)),
            );
            Some((depth, node.id))
        })
    }
}

/// Makes a root of one process in every circle. The kernel has none, but the
/// rows are not of one moment: when PIDs are given away while they are read,
/// and starts are unknown or the same, they can form one.
fn cut_cycles(parents: &mut [Option<usize>]) {
    #[derive(Clone, Copy, PartialEq)]
    enum Mark {
        New,
        OnThisWay,
        Done,
    }
    let mut marks = vec![Mark::New; parents.len()];
    let mut way = Vec::new();
    for start in 0..parents.len() {
        let mut at = Some(start);
        while let Some(index) = at {
            match marks.get_mut(index) {
                Some(mark @ Mark::New) => {
                    *mark = Mark::OnThisWay;
                    way.push(index);
                    at = parents.get(index).copied().flatten();
                }
                Some(Mark::OnThisWay) => {
                    // The last step closed the circle.
                    if let Some(parent) = way.last().and_then(|&last| parents.get_mut(last)) {
                        *parent = None;
                    }
                    at = None;
                }
                Some(Mark::Done) | None => at = None,
            }
        }
        for index in way.drain(..) {
            if let Some(mark) = marks.get_mut(index) {
                *mark = Mark::Done;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::process::StartTime;

    fn id(pid: u32, start: u64) -> ProcessId {
        ProcessId::new(Pid::new(pid), StartTime::from_raw(start))
    }

    fn tree(processes: &[(u32, u64, u32)]) -> Tree {
        Tree::new(
            processes
                .iter()
                .map(|&(pid, start, ppid)| (id(pid, start), Some(Pid::new(ppid)))),
            true,
        )
    }

    fn pids(ids: impl Iterator<Item = ProcessId>) -> Vec<u32> {
        ids.map(|id| id.pid.get()).collect()
    }

    fn depths(ids: impl Iterator<Item = (usize, ProcessId)>) -> Vec<(usize, u32)> {
        ids.map(|(depth, id)| (depth, id.pid.get())).collect()
    }

    #[test]
    fn siblings_come_by_age_and_descendants_depth_first() {
        // PIDs wrapped around: 3 is younger than 90.
        let tree = tree(&[
            (1, 0, 0),
            (90, 5, 1),
            (3, 9, 1),
            (91, 6, 90),
            (4, 9, 90),
            (2, 0, 0),
        ]);
        assert_eq!(pids(tree.roots()), [1, 2]);
        assert_eq!(pids(tree.children(Pid::new(1))), [90, 3]);
        assert_eq!(
            depths(tree.descendants(Pid::new(1))),
            [(1, 90), (2, 91), (2, 4), (1, 3)]
        );
        assert_eq!(depths(tree.iter()).len(), tree.len());
        assert_eq!(pids(tree.ancestors(Pid::new(91))), [90, 1]);
        assert_eq!(tree.parent(Pid::new(1)), None);
        assert_eq!(tree.get(Pid::new(7)), None);
    }

    #[test]
    fn a_process_older_than_its_parents_pid_is_nobodys_child() {
        let tree = tree(&[(1, 0, 0), (50, 100, 1), (60, 99, 50), (61, 100, 50)]);
        assert_eq!(pids(tree.children(Pid::new(50))), [61]);
        assert_eq!(pids(tree.roots()), [1, 60]);
    }

    #[test]
    fn a_clock_that_was_set_back_takes_no_children_away() {
        let processes = [(id(1, 500), None), (id(7, 90), Some(Pid::new(1)))];
        let tree = Tree::new(processes.into_iter(), false);
        assert_eq!(pids(tree.children(Pid::new(1))), [7]);
    }

    #[test]
    fn circles_end_and_lose_nobody() {
        let tree = tree(&[(1, 7, 2), (2, 7, 3), (3, 7, 1), (4, 7, 4), (5, 7, 3)]);
        let mut all = pids(tree.iter().map(|(_, id)| id));
        all.sort_unstable();
        assert_eq!(all, [1, 2, 3, 4, 5]);
        for pid in 1..=5 {
            assert!(tree.ancestors(Pid::new(pid)).count() < 5);
        }
    }

    #[test]
    fn any_table_gives_a_forest_with_every_process_once() {
        let mut seed = 0x9e37_79b9_7f4a_7c15u64;
        let mut random = |below: u64| {
            seed ^= seed << 13;
            seed ^= seed >> 7;
            seed ^= seed << 17;
            seed % below
        };
        for _ in 0..500 {
            let size = random(40) as u32;
            let processes: Vec<_> = (0..size)
                .map(|_| (random(30) as u32, random(4), random(30) as u32))
                .collect();
            let tree = tree(&processes);
            let mut expected: Vec<_> = processes.iter().map(|&(pid, ..)| pid).collect();
            expected.sort_unstable();
            expected.dedup();
            let mut all = pids(tree.iter().map(|(_, id)| id));
            all.sort_unstable();
            assert_eq!(all, expected);
            for (_, child) in tree.iter() {
                for (_, below) in tree.descendants(child.pid) {
                    assert!(tree.ancestors(below.pid).any(|above| above == child));
                }
                if let Some(parent) = tree.parent(child.pid) {
                    assert!(parent.start <= child.start);
                }
            }
        }
    }
}
