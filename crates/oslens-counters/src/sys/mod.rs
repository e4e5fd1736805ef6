//! What is different on each system: a folder for each concern, a file in it
//! for each system. System calls are in [`pal`], the only place with `unsafe`.

pub(crate) mod counters;
pub(crate) mod pal;
pub(crate) mod publish;
