//! The address space of a process.

use std::{
    collections::HashMap,
    ffi::OsString,
    os::windows::io::{AsHandle as _, BorrowedHandle},
};

use windows_sys::Win32::System::{
    Memory::{
        MEM_COMMIT, MEM_FREE, MEM_IMAGE, MEM_MAPPED, MEM_PRIVATE, PAGE_EXECUTE, PAGE_EXECUTE_READ,
        PAGE_EXECUTE_READWRITE, PAGE_EXECUTE_WRITECOPY, PAGE_READONLY, PAGE_READWRITE,
        PAGE_WRITECOPY,
    },
    Threading::{PROCESS_QUERY_INFORMATION, PROCESS_VM_READ},
};

use super::{handle, parameters};
use crate::{
    Result,
    parse::windows::{Layout, device_path, working_set},
    process::{MapUsage, MemoryMap, Permissions, Pid},
    sys::{
        self,
        pal::windows::{
            buffer::Buffer,
            drives, process,
            remote::{self, Region},
            wide,
        },
        process::Target,
    },
};

/// Pages that are asked for in one call.
const CHUNK: usize = 4096;

/// The mappings, by ascending address.
pub(crate) fn memory_maps(target: Target<'_>) -> Result<Vec<MemoryMap>> {
    let access = PROCESS_QUERY_INFORMATION | PROCESS_VM_READ;
    let opened = handle::open(target, access)?;
    let process = opened.as_handle();
    parameters::check_reachable(process).map_err(|error| handle::named(target, error))?;
    let drives = drives::drives();
    let mut names: HashMap<u64, Option<OsString>> = HashMap::new();
    let mut maps = Vec::new();
    let mut regions = Vec::new();
    let mut address = 0;
    while let Some(region) = remote::region(process, address) {
        let Some(end) = region.start.checked_add(region.size) else {
            break;
        };
        if end <= address {
            break;
        }
        address = end;
        if region.state == MEM_FREE {
            continue;
        }
        let name = if region.kind & (MEM_IMAGE | MEM_MAPPED) != 0 {
            names
                .entry(region.allocation)
                .or_insert_with(|| {
                    // Shared memory without a file has no name.
                    let native = remote::mapped_file(process, region.start).ok()?;
                    Some(wide::text(&device_path::to_dos(&native, &drives)))
                })
                .clone()
        } else {
            None
        };
        maps.push(MemoryMap {
            start: region.start,
            end,
            permissions: permissions(&region),
            offset: 0,
            device: (0, 0),
            inode: 0,
            name,
            deleted: false,
            usage: MapUsage {
                size: region.size,
                ..MapUsage::default()
            },
        });
        regions.push(region);
    }
    // What one cannot say, the other may; else it is not known.
    if !put_working_set(process, &regions, &mut maps) {
        // Wine knows the pages of a process only if it asks for itself, by
        // the constant that means so.
        let process = if target.id.pid == Pid::current() {
            process::current()
        } else {
            process
        };
        put_pages(process, &regions, &mut maps);
    }
    // What has ended has no memory any more: the rest of it was not seen.
    if !handle::runs(process)? {
        return Err(handle::gone(target));
    }
    Ok(maps)
}

/// Counts the resident pages of every region in the list of all of them.
fn put_working_set(
    process: BorrowedHandle<'_>,
    regions: &[Region],
    maps: &mut [MemoryMap],
) -> bool {
    let page_size = sys::page_size();
    let mut buffer = Buffer::new(256 << 10);
    let Ok(bytes) = process::working_set(process, &mut buffer) else {
        return false;
    };
    let Ok(pages) = working_set::pages(bytes, Layout::NATIVE) else {
        return false;
    };
    for (region, map) in regions.iter().zip(&mut *maps) {
        map.usage.rss = Some(0);
        map.usage.anonymous = (region.kind == MEM_PRIVATE).then_some(0);
    }
    for page in pages {
        let address = page.number.saturating_mul(page_size);
        let index = regions.partition_point(|region| region.start <= address);
        let Some(index) = index.checked_sub(1) else {
            continue;
        };
        if let Some(map) = maps.get_mut(index).filter(|map| address < map.end) {
            count(&mut map.usage, page_size);
        }
    }
    true
}

fn count(usage: &mut MapUsage, bytes: u64) {
    for counter in [&mut usage.rss, &mut usage.anonymous] {
        *counter = counter.map(|sum| sum.saturating_add(bytes));
    }
}

/// Asks for every page that may be resident.
fn put_pages(process: BorrowedHandle<'_>, regions: &[Region], maps: &mut [MemoryMap]) {
    let page_size = sys::page_size();
    for (region, map) in regions.iter().zip(maps) {
        if region.state != MEM_COMMIT {
            map.usage.rss = Some(0);
            continue;
        }
        let mut usage = MapUsage {
            rss: Some(0),
            locked: Some(0),
            anonymous: (region.kind == MEM_PRIVATE).then_some(0),
            ..map.usage
        };
        let mut start = region.start;
        while start < map.end {
            let pages = (map.end - start).div_ceil(page_size).min(CHUNK as u64);
            let addresses = (0..pages).map(|page| start + page * page_size);
            let Ok(states) = remote::pages(process, addresses) else {
                return;
            };
            for state in states.iter().filter(|state| state.is_resident()) {
                count(&mut usage, page_size);
                if state.is_locked() {
                    usage.locked = usage.locked.map(|sum| sum + page_size);
                }
            }
            start += pages * page_size;
        }
        map.usage = usage;
    }
}

fn permissions(region: &Region) -> Permissions {
    let (read, write, execute) = match region.protection & 0xff {
        PAGE_READONLY => (true, false, false),
        PAGE_READWRITE | PAGE_WRITECOPY => (true, true, false),
        PAGE_EXECUTE => (false, false, true),
        PAGE_EXECUTE_READ => (true, false, true),
        PAGE_EXECUTE_READWRITE | PAGE_EXECUTE_WRITECOPY => (true, true, true),
        _ => (false, false, false),
    };
    let is_copied = matches!(
        region.protection & 0xff,
        PAGE_WRITECOPY | PAGE_EXECUTE_WRITECOPY
    );
    Permissions {
        read,
        write,
        execute,
        shared: region.kind == MEM_MAPPED && !is_copied,
    }
}
