//! What oslens declares of CoreFoundation, IOKit, Mach and a header of macOS
//! that zig lacks is what others declare who made it of Apple's headers.
//!
//! Nothing runs. The files of the library are read as they are, by macros of
//! the same names that make assertions of every line: what nobody else knows,
//! or knows otherwise, does not compile. `cargo xtask cross` checks this for
//! both machines, and that with the feature `wrong`, which changes something
//! about every line, each is refused.

#![cfg(target_os = "macos")]
// The names of the headers; and the witnesses would have others used instead.
#![allow(
    non_snake_case,
    non_upper_case_globals,
    deprecated,
    dead_code,
    unused_imports,
    unused_macros
)]

mod signature;
mod witness;

/// Integers.
macro_rules! constants {
    ($($(#[$about:meta])* $name:ident: $type:ty = $value:expr,)*) => {$(
        const _: () = {
            let ours: $type = $value;
            let theirs = crate::witness::constants::$name;
            assert!(crate::signature::is_number(ours as i128, theirs as i128), stringify!($name));
        };
    )*};
}
pub(crate) use constants;

/// Names of IOKit.
macro_rules! texts {
    ($($name:ident = $value:literal,)*) => {$(
        const _: () = {
            let theirs = crate::witness::names::$name.to_bytes();
            assert!(crate::signature::is_text($value, theirs), stringify!($name));
        };
    )*};
}
pub(crate) use texts;

/// Functions that are looked up by name.
macro_rules! functions {
    (
        $(#[$about:meta])*
        struct $table:ident = $module:ident {
            $(fn $name:ident($($argument:ty),*) $(-> $result:ty)?;)*
        }
    ) => {
        $(crate::function!("C-unwind" $module $name($($argument),*) $(-> $result)?);)*
    };
}
pub(crate) use functions;

/// Functions and numbers that the system's own library has.
macro_rules! linked {
    (
        $(static $place:ident: $type:ty;)*
        $(fn $name:ident($($argument:ty),*) $(-> $result:ty)?;)*
    ) => {
        $(const _: () = {
            use crate::signature::{Known, Signature, is_proved, of_place};
            use crate::witness::generated;

            const OURS: Signature = Signature::place(<$type as Known>::TYPE);
            assert!(
                is_proved(&OURS, &of_place(&raw const generated::system::$place)),
                stringify!($place)
            );
        };)*
        $(crate::function!("C" system $name($($argument),*) $(-> $result)?);)*
    };
}
pub(crate) use linked;

/// A function, which both witnesses must declare as we do.
macro_rules! function {
    ($abi:literal $module:ident $name:ident($($argument:ty),*) $(-> $result:ty)?) => {
        const _: () = {
            use crate::signature::{Function, Signature, is_proved, of};
            use crate::witness::{generated, translated};

            const OURS: Signature =
                <unsafe extern "C" fn($($argument),*) $(-> $result)? as Function>::SIGNATURE;
            let one: unsafe extern $abi fn($(crate::any!($argument)),*) -> _ =
                generated::$module::$name;
            let other: unsafe extern "C" fn($(crate::any!($argument)),*) -> _ =
                translated::$module::$name;
            assert!(is_proved(&OURS, &of(one)), stringify!($name));
            assert!(is_proved(&OURS, &of(other)), stringify!($name));
        };
    };
}
pub(crate) use function;

/// A type that the compiler finds out.
macro_rules! any {
    ($type:ty) => {
        _
    };
}
pub(crate) use any;

/// What oslens has of macros.
mod declare {
    pub(crate) use crate::{constants, functions, linked};
}

#[path = "../../../crates/oslens/src/sys/pal/macos/declared.rs"]
mod declared;
#[path = "../../../crates/oslens/src/sys/kernel/names.rs"]
mod names;

/// A structure of a header that zig lacks: each field that ours has, and all
/// of them.
macro_rules! structure {
    ($c:literal of $table:path: $ours:ty = $theirs:ty { $($field:ident,)* }) => {
        const _: () = {
            let count = signature::members(&$table, $c);
            let is_whole = count == [$(stringify!($field)),*].len();
            let (ours, theirs) = (size_of::<$ours>(), size_of::<$theirs>());
            assert!(is_whole && signature::is_number(ours as i128, theirs as i128), $c);
        };
        $(const _: () = {
            let (ours, theirs) = (<$ours>::$field.offset(), core::mem::offset_of!($theirs, $field));
            assert!(signature::is_number(ours as i128, theirs as i128), stringify!($field));
        };)*
    };
}

/// Constants of a header that zig lacks: all of a table.
macro_rules! numbers {
    ($module:path { $($name:ident,)* }) => {
        const _: () = {
            use $module as table;
            assert!(table::TABLE.constants.len() == [$(stringify!($name)),*].len());
        };
        $(const _: () = {
            use $module as table;
            assert!(
                signature::is_number(table::$name as i128, libc::$name as i128),
                stringify!($name)
            );
        };)*
    };
}

use oslens::parse::layout::macos::{ELSEWHERE, if_mib};

// Another table wants lines here.
const _: () = assert!(ELSEWHERE.len() == 1 && if_mib::TABLE.structures.len() == 1);

structure! {
    "struct ifmibdata" of if_mib::TABLE: if_mib::Ifmibdata = libc::ifmibdata {
        ifmd_name,
        ifmd_pcount,
        ifmd_flags,
        ifmd_snd_len,
        ifmd_snd_maxlen,
        ifmd_snd_drops,
        ifmd_filler,
        ifmd_data,
    }
}

numbers! {
    oslens::parse::layout::macos::if_mib {
        NETLINK_GENERIC,
        IFMIB_IFALLDATA,
        IFDATA_GENERAL,
    }
}
