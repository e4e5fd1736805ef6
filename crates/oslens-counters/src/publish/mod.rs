#![doc = include_str!("tutorial.md")]

mod cells;
mod handles;
pub mod install;
mod template;
#[cfg(test)]
mod tests;

pub use self::handles::{Counter, CounterSet, Instance, Provider};
pub(crate) use self::{cells::Cells, template::template};
