//! Counts the allocations of a piece of code.
//!
//! A test binary installs the allocator once:
//!
//! ```
//! #[global_allocator]
//! static COUNTING: oslens_testkit::CountingAllocator = oslens_testkit::CountingAllocator;
//!
//! let (text, used) = oslens_testkit::allocations::during(|| "text".to_owned());
//! assert_eq!((used.count, used.bytes), (1, 4));
//! # drop(text);
//! ```

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::sync::atomic::{AtomicI64, Ordering};

/// The system's allocator, with counters per thread and of the whole process.
#[derive(Debug, Default, Clone, Copy)]
pub struct CountingAllocator;

/// What a thread asked of the allocator.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Allocations {
    /// Allocations and reallocations.
    pub count: u64,
    /// Bytes asked for; a reallocation counts what it adds.
    pub bytes: u64,
}

thread_local! {
    // Constant and without a destructor, so that the first access does not
    // allocate: it happens within the allocator.
    static COUNT: Cell<u64> = const { Cell::new(0) };
    static BYTES: Cell<u64> = const { Cell::new(0) };
}

static LIVE_BYTES: AtomicI64 = AtomicI64::new(0);

/// Runs the code and returns its result with what this thread allocated in it.
///
/// # Panics
///
/// When the test binary did not install [`CountingAllocator`].
pub fn during<T>(code: impl FnOnce() -> T) -> (T, Allocations) {
    let probe = COUNT.get();
    drop(std::hint::black_box(Box::new(0_u8)));
    assert_ne!(
        COUNT.get(),
        probe,
        "this test binary has no #[global_allocator] static of CountingAllocator"
    );
    let (count, bytes) = (COUNT.get(), BYTES.get());
    let result = code();
    let used = Allocations {
        count: COUNT.get() - count,
        bytes: BYTES.get() - bytes,
    };
    (result, used)
}

/// Bytes which the whole process holds now: for leak tests.
pub fn live_bytes() -> i64 {
    LIVE_BYTES.load(Ordering::Relaxed)
}

fn record(bytes: usize) {
    let _ = COUNT.try_with(|count| count.set(count.get() + 1));
    let _ = BYTES.try_with(|total| total.set(total.get() + bytes as u64));
}

fn live(change: i64) {
    LIVE_BYTES.fetch_add(change, Ordering::Relaxed);
}

// SAFETY: every method hands its arguments to `System` unchanged and returns
// what `System` returned; the counters neither allocate nor panic.
unsafe impl GlobalAlloc for CountingAllocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        record(layout.size());
        live(layout.size() as i64);
        // SAFETY: the caller keeps the contract of `GlobalAlloc::alloc`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        record(layout.size());
        live(layout.size() as i64);
        // SAFETY: the caller keeps the contract of `GlobalAlloc::alloc_zeroed`.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        record(size.saturating_sub(layout.size()));
        live(size as i64 - layout.size() as i64);
        // SAFETY: the caller keeps the contract of `GlobalAlloc::realloc`.
        unsafe { System.realloc(block, layout, size) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        live(-(layout.size() as i64));
        // SAFETY: the caller keeps the contract of `GlobalAlloc::dealloc`.
        unsafe { System.dealloc(block, layout) }
    }
}
