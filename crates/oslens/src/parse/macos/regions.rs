//! The address space of a process, region by region: `PROC_PIDREGIONINFO`,
//! `PROC_PIDREGIONPATHINFO`.

use super::files::{Vnode, vnode_with_path};
use crate::parse::Malformed;
use crate::parse::layout::macos::process::{
    ProcRegioninfo, ProcRegionwithpathinfo, SM_COW, SM_LARGE_PAGE, SM_PRIVATE,
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
    /// Resident pages of its own object, if that is nobody else's.
    pub private: u32,
    /// Resident pages of objects that others may have too.
    pub shared: u32,
    /// Pages of it in objects below its own that are nobody else's any more.
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

    /// Pages that are this process's alone.
    ///
    /// What the process wrote to since it was made a copy of is its own. Of
    /// what lies below, those pages are whose objects have no other user.
    #[must_use]
    pub fn unique_pages(&self) -> u64 {
        let (private, shared) = (u64::from(self.private), u64::from(self.shared));
        match i32::try_from(self.share_mode) {
            Ok(SM_PRIVATE | SM_LARGE_PAGE) => private + shared,
            Ok(SM_COW) => private + u64::from(self.now_private),
            _ => 0,
        }
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
        private: region.get(ProcRegioninfo::pri_private_pages_resident)?,
        shared: region.get(ProcRegioninfo::pri_shared_pages_resident)?,
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
