//! What differs between systems: the methods that only some have, the fields
//! of tuples, and how to wait.

#[cfg(target_os = "linux")]
#[path = "linux/mod.rs"]
mod imp;
#[cfg(windows)]
#[path = "windows/mod.rs"]
mod imp;
#[cfg(any(
    target_os = "freebsd",
    target_os = "macos",
    target_os = "netbsd",
    target_os = "openbsd"
))]
#[path = "bsd/mod.rs"]
mod imp;

#[cfg(not(target_os = "linux"))]
mod one_by_one;
#[cfg(not(target_os = "linux"))]
mod slices;
#[cfg(unix)]
mod unix;

#[cfg(not(target_os = "linux"))]
use imp::map_groups;
pub(super) use imp::{
    COLUMNS, FULL_INFO, LACKS, MAPS_HAVE_FOOTPRINT, MEMORY_INFO, MEMORY_INFO_EX, MapGroup,
    USERNAME, connections, environ_name, grouped_maps, open_files, read_lists, read_with_lists,
    refusing_file, value,
};
pub(crate) use imp::{Watch, add_to};
#[cfg(not(any(target_os = "netbsd", target_os = "openbsd")))]
pub(super) use imp::{maps, read_maps};
use oslens::{Field, process::ProcessRow};

use super::attributes::Attribute;

/// A column of a table: a number that the attribute's tuple has, and its name
/// there.
pub(super) type Part = (Attribute, &'static str, Number);

/// Where it is in a row.
#[derive(Clone, Copy)]
pub(super) enum Number {
    Integer(fn(&ProcessRow) -> Field<u64>),
    Float(fn(&ProcessRow) -> Field<f64>),
}
