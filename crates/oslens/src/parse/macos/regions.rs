//! The address space of a process, region by region: `PROC_PIDREGIONINFO`,
//! `PROC_PIDREGIONPATHINFO`.

use super::files::{Vnode, vnode_with_path};
use crate::parse::Malformed;
use crate::parse::layout::macos::process::{
    ProcRegioninfo, ProcRegionwithpathinfo, SM_COW, SM_LARGE_PAGE, SM_PRIVATE, SM_PRIVATE_ALIASED,
};
use crate::parse::layout::{Endian, Record};

/// A range of addresses with one origin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Region {
    /// First address.
    pub start: u64,
    /// Bytes.
    pub size: u64,
    /// `VM_PROT_…`.
    pub protection: u32,
    /// `PROC_REGION_…`.
    pub flags: u32,
    /// Where it begins in its file.
    pub offset: u64,
    /// What its maker says that it is for: `VM_MEMORY_…`.
    pub tag: u32,
    /// How often it was wired by the process.
    pub wired: u32,
    /// Pages of it in physical memory.
    pub resident: u32,
    /// Pages of it compressed or in swap.
    pub swapped: u32,
    /// Pages of it that were written to.
    pub dirtied: u32,
    /// `SM_…`.
    pub share_mode: u32,
    /// How many uses its objects have, less those that they have of each
    /// other: one is the region's own.
    pub uses: u32,
    /// Pages of it in physical memory, in its own object or one below, that
    /// are nobody else's although there is an object below.
    pub now_private: u32,
}

impl Region {
    /// First address after it. `None` when it is empty or ends beyond all
    /// addresses: nothing can be asked about what follows.
    #[must_use]
    pub fn end(&self) -> Option<u64> {
        self.start
            .checked_add(self.size)
            .filter(|end| *end > self.start)
    }

    /// Pages in physical memory that are this process's alone.
    ///
    /// Those that the kernel finds for the addresses of the region, and not
    /// those that it counts for objects: these are of pages of another size
    /// where the process is translated, and have been counted among the others.
    #[must_use]
    pub const fn unique_pages(&self) -> u32 {
        match self.is_private() {
            true => self.resident,
            false => match self.has_mode(SM_COW) {
                true => self.now_private,
                false => 0,
            },
        }
    }

    /// Whether all of it is this process's alone.
    ///
    /// It is, too, where the process has the object in several places, as when
    /// it protected a part of it, and where nobody is left who would have to be
    /// given a copy.
    #[must_use]
    pub const fn is_private(&self) -> bool {
        self.has_mode(SM_PRIVATE)
            || self.has_mode(SM_PRIVATE_ALIASED)
            || self.has_mode(SM_LARGE_PAGE)
            || (self.has_mode(SM_COW) && self.uses == 1)
    }

    const fn has_mode(&self, mode: i32) -> bool {
        self.share_mode == mode.unsigned_abs()
    }
}

/// Reads a `proc_regioninfo`.
///
/// # Errors
///
/// When it is not whole.
pub fn region(data: &[u8], endian: Endian) -> Result<Region, Malformed> {
    whole(Record::new(data, endian)).ok_or(Malformed("a whole proc_regioninfo"))
}

fn whole(region: Record<'_>) -> Option<Region> {
    Some(Region {
        start: region.get(ProcRegioninfo::pri_address)?,
        size: region.get(ProcRegioninfo::pri_size)?,
        protection: region.get(ProcRegioninfo::pri_protection)?,
        flags: region.get(ProcRegioninfo::pri_flags)?,
        offset: region.get(ProcRegioninfo::pri_offset)?,
        tag: region.get(ProcRegioninfo::pri_user_tag)?,
        wired: region.get(ProcRegioninfo::pri_user_wired_count)?,
        resident: region.get(ProcRegioninfo::pri_pages_resident)?,
        swapped: region.get(ProcRegioninfo::pri_pages_swapped_out)?,
        dirtied: region.get(ProcRegioninfo::pri_pages_dirtied)?,
        share_mode: region.get(ProcRegioninfo::pri_share_mode)?,
        uses: region.get(ProcRegioninfo::pri_ref_count)?,
        now_private: region.get(ProcRegioninfo::pri_pages_shared_now_private)?,
    })
}

/// Reads a `proc_regionwithpathinfo`: a region and its file, if it has one.
///
/// # Errors
///
/// When it is not whole.
pub fn region_with_file(
    data: &[u8],
    endian: Endian,
) -> Result<(Region, Option<Vnode<'_>>), Malformed> {
    let info = Record::new(data, endian);
    let region = info
        .part(ProcRegionwithpathinfo::prp_prinfo)
        .and_then(whole);
    let file = info
        .part(ProcRegionwithpathinfo::prp_vip)
        .and_then(vnode_with_path);
    match (region, file) {
        (Some(region), Some(file)) => Ok((region, Some(file).filter(Vnode::is_some))),
        _ => Err(Malformed("a whole proc_regionwithpathinfo")),
    }
}

#[cfg(test)]
mod tests;
