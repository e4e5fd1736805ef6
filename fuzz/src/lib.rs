//! Every parser meets hostile input: one target for each.
//!
//! To add a target:
//!
//! 1. Add a line to [`TARGETS`], sorted by name: a function that hands the
//!    bytes to the parser, drains an iterator, and drops the result. It may
//!    assert what must hold for every input, and must not panic itself.
//! 2. Put at least one real input into `corpus/<name>/`, small, scrubbed.
//! 3. Run `cargo xtask fuzz --runs 100000 <name>`.
//!
//! `tests/every_parser.rs` fails when a parser module has no target or a
//! target no seeds.

pub mod mutate;

/// What runs one input; a panic is a finding.
pub type Target = fn(&[u8]);

/// All targets by name.
#[rustfmt::skip]
pub const TARGETS: &[(&str, Target)] = &[
    // ("linux_stat", |data| drop(oslens::parse::linux::stat::parse(data))),
];

/// The target of this name.
pub fn find(name: &str) -> Option<Target> {
    TARGETS
        .iter()
        .find(|(target, _)| *target == name)
        .map(|(_, run)| *run)
}
