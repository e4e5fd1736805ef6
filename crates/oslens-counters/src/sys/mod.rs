//! What the systems do differently: a folder for each concern, a file in it
//! for each system. System calls are in [`pal`], the only place with `unsafe`.

pub(crate) mod pal;
pub(crate) mod publish;
