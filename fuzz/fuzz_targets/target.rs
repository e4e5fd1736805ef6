//! The libFuzzer entry of all targets.
#![no_main]

use std::sync::OnceLock;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    static TARGET: OnceLock<fn(&[u8])> = OnceLock::new();
    let target = TARGET.get_or_init(|| {
        let name = std::env::var("OSLENS_FUZZ_TARGET").expect("OSLENS_FUZZ_TARGET names a target");
        oslens_fuzz::find(&name).unwrap_or_else(|| panic!("there is no fuzz target {name}"))
    });
    target(data);
});
