//! Tests that cannot be made on this machine say so.

use std::io::Write;

/// Ends the current test and says why it cannot be made here.
///
/// Prints `skipped: <test>: <reason>` on stderr, past the capture of the test
/// harness. With `OSLENS_NO_SKIP=1`, which the tests of a machine that has
/// everything installed set, it panics instead: there a skip is a test lost.
///
/// ```no_run
/// # fn a_test() {
/// if !std::path::Path::new("/proc/pressure").exists() {
///     oslens_testkit::skip!("the kernel has no pressure stall information");
/// }
/// # }
/// ```
#[macro_export]
macro_rules! skip {
    ($($reason:tt)+) => {{
        $crate::announce_skip($crate::here!(), &format!($($reason)+), false);
        return;
    }};
}

/// Like [`skip!`], for what no installation can change (hardware, kernel
/// features): never panics.
#[macro_export]
macro_rules! skip_allowed {
    ($($reason:tt)+) => {{
        $crate::announce_skip($crate::here!(), &format!($($reason)+), true);
        return;
    }};
}

/// The name by which the test harness knows the function around it:
/// `module::test_name`, without the crate.
#[macro_export]
macro_rules! here {
    () => {{
        fn here() {}
        $crate::path_in_binary(::std::any::type_name_of_val(&here))
    }};
}

/// What [`here!`] makes of the type name of a function inside the test.
#[doc(hidden)]
pub fn path_in_binary(type_name: &str) -> &str {
    let path = type_name.strip_suffix("::here").unwrap_or(type_name);
    // A test that calls `here!` within a closure is still that test.
    let path = path.split("::{{closure}}").next().unwrap_or(path);
    path.split_once("::").map_or(path, |(_krate, rest)| rest)
}

/// What [`skip!`] and [`skip_allowed!`] do before they return.
///
/// # Panics
///
/// When `OSLENS_NO_SKIP=1` is set and `allowed` is false.
#[doc(hidden)]
pub fn announce_skip(test: &str, reason: &str, allowed: bool) {
    // Not eprintln!: the harness captures that of a passing test.
    let _ = writeln!(std::io::stderr(), "skipped: {test}: {reason}");
    if !allowed && std::env::var_os("OSLENS_NO_SKIP").is_some_and(|value| value == "1") {
        panic!("skipped with OSLENS_NO_SKIP=1: {reason}");
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_test_knows_the_name_its_harness_gave_it() {
        assert_eq!(
            crate::here!(),
            "skip::tests::a_test_knows_the_name_its_harness_gave_it"
        );
        let in_closure = || crate::here!();
        assert_eq!(in_closure(), crate::here!());
    }
}
