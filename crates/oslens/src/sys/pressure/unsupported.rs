//! Pressure on systems that have no backend yet.

use crate::{
    Error, Host, Result,
    pressure::{Pressure, Resource},
};

pub(crate) fn pressure(_: &Host, _: Resource) -> Result<Pressure> {
    Err(Error::unsupported(
        "pressure stall information on this system",
    ))
}
