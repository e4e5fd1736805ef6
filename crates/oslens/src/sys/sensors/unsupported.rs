//! Sensors on systems that have no backend yet.

use crate::{
    Error, Host, Result,
    sensors::{Battery, Fan, Temperature},
};

pub(crate) fn temperatures(_: &Host) -> Result<Vec<Temperature>> {
    Err(Error::unsupported("temperatures on this system"))
}

pub(crate) fn fans(_: &Host) -> Result<Vec<Fan>> {
    Err(Error::unsupported("fans on this system"))
}

pub(crate) fn batteries(_: &Host) -> Result<Vec<Battery>> {
    Err(Error::unsupported("batteries on this system"))
}
