//! The numbers of an instance.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::{CounterType, definition::CounterSetSpec};

/// A number for each counter of a set, at a place that stays the same.
///
/// The system reads them there whenever a consumer asks: of a counter of 32
/// bits the lower half, which comes first in memory on every machine that
/// Windows runs on.
#[derive(Debug)]
pub(crate) struct Cells(Box<[Cell]>);

#[derive(Debug)]
pub(crate) struct Cell {
    pub(crate) id: u32,
    pub(crate) kind: CounterType,
    pub(crate) value: AtomicU64,
}

impl Cells {
    pub(crate) fn new(set: &CounterSetSpec) -> Self {
        let cell = |counter: &crate::definition::CounterSpec| Cell {
            id: counter.id,
            kind: counter.kind,
            value: AtomicU64::new(0),
        };
        Self(set.counters.iter().map(cell).collect())
    }

    pub(crate) fn iter(&self) -> std::slice::Iter<'_, Cell> {
        self.0.iter()
    }

    pub(crate) fn find(&self, id: u32) -> Option<usize> {
        self.0.iter().position(|cell| cell.id == id)
    }

    pub(crate) fn get(&self, place: usize) -> Option<&Cell> {
        self.0.get(place)
    }
}

impl Cell {
    /// The number as a consumer gets it.
    pub(crate) fn read(&self) -> u64 {
        let value = self.value.load(Ordering::Relaxed);
        if self.kind.is_large() {
            value
        } else {
            value & u64::from(u32::MAX)
        }
    }
}
