//! What a function takes and returns, as far as a caller must know.

use core::ffi::c_void;
use core::ptr::NonNull;

use objc2_core_foundation::{CFNumberType, CFRetained, CFType, Type as Object};
use oslens::parse::layout::Table;

/// What an argument or a result is.
#[derive(Clone, Copy)]
pub(crate) enum Type {
    Nothing,
    Signed(usize),
    Unsigned(usize),
    /// The place of something; `None`: of what only the library looks into.
    Place(Option<&'static Type>),
}

/// Whether both are passed the same way and mean the same.
const fn is_same(ours: &Type, theirs: &Type) -> bool {
    match (ours, theirs) {
        (Type::Nothing, Type::Nothing) => true,
        (Type::Signed(ours), Type::Signed(theirs))
        | (Type::Unsigned(ours), Type::Unsigned(theirs)) => *ours == *theirs,
        (Type::Place(Some(ours)), Type::Place(Some(theirs))) => is_same(ours, theirs),
        // Neither says more.
        (Type::Place(None), Type::Place(None)) => true,
        _ => false,
    }
}

/// Types whose meaning is known.
pub(crate) trait Known {
    const TYPE: Type;
}

macro_rules! known {
    ($($type:ty: $kind:ident,)*) => {$(
        impl Known for $type {
            const TYPE: Type = Type::$kind(size_of::<$type>());
        }
    )*};
}

known! {
    i8: Signed,
    i16: Signed,
    i32: Signed,
    i64: Signed,
    isize: Signed,
    u8: Unsigned,
    u16: Unsigned,
    u32: Unsigned,
    u64: Unsigned,
    usize: Unsigned,
    // What wraps them in Rust.
    bool: Unsigned,
    CFNumberType: Signed,
}

impl Known for () {
    const TYPE: Type = Type::Nothing;
}

/// What a pointer points to.
pub(crate) trait Pointee {
    const TYPE: Option<&'static Type>;
}

impl<T: Known> Pointee for T {
    const TYPE: Option<&'static Type> = Some(&<T as Known>::TYPE);
}

impl Pointee for c_void {
    const TYPE: Option<&'static Type> = None;
}

macro_rules! opaque {
    ($($type:ty,)*) => {$(
        impl Pointee for $type {
            const TYPE: Option<&'static Type> = None;
        }
    )*};
}

opaque! {
    objc2_core_foundation::CFAllocator,
    objc2_core_foundation::CFArray,
    objc2_core_foundation::CFBoolean,
    objc2_core_foundation::CFData,
    objc2_core_foundation::CFDictionary,
    objc2_core_foundation::CFMutableDictionary,
    objc2_core_foundation::CFNumber,
    objc2_core_foundation::CFString,
    CFType,
    core_foundation_sys::array::__CFArray,
    core_foundation_sys::data::__CFData,
    core_foundation_sys::dictionary::__CFDictionary,
    core_foundation_sys::number::__CFBoolean,
    core_foundation_sys::number::__CFNumber,
    core_foundation_sys::string::__CFString,
}

/// A name, which is passed as the place of its first character.
impl<T: Known, const N: usize> Pointee for [T; N] {
    const TYPE: Option<&'static Type> = Some(&<T as Known>::TYPE);
}

impl<T: Pointee> Known for *const T {
    const TYPE: Type = Type::Place(T::TYPE);
}
impl<T: Pointee> Known for *mut T {
    const TYPE: Type = Type::Place(T::TYPE);
}
impl<T: Pointee> Known for &T {
    const TYPE: Type = Type::Place(T::TYPE);
}
impl<T: Pointee> Known for Option<&T> {
    const TYPE: Type = Type::Place(T::TYPE);
}
impl<T: Pointee> Known for Option<NonNull<T>> {
    const TYPE: Type = Type::Place(T::TYPE);
}
impl<T: Pointee + Object> Known for Option<CFRetained<T>> {
    const TYPE: Type = {
        assert!(size_of::<Self>() == size_of::<*const T>());
        Type::Place(T::TYPE)
    };
}

/// A function: what it takes, and what it returns.
#[derive(Clone, Copy)]
pub(crate) struct Signature {
    arguments: &'static [Type],
    result: Type,
}

/// Pointers to functions.
pub(crate) trait Function: Copy {
    const SIGNATURE: Signature;
}

macro_rules! function {
    ($($argument:ident)*) => {
        function!("C" $($argument)*);
        function!("C-unwind" $($argument)*);
    };
    ($abi:literal $($argument:ident)*) => {
        impl<$($argument: Known,)* R: Known> Function for unsafe extern $abi fn($($argument),*) -> R {
            const SIGNATURE: Signature = Signature {
                arguments: &[$($argument::TYPE),*],
                result: R::TYPE,
            };
        }
    };
}

function!();
function!(A);
function!(A B);
function!(A B C);
function!(A B C D);
function!(A B C D E);

/// What a function takes and returns.
pub(crate) const fn of<F: Function>(_: F) -> Signature {
    F::SIGNATURE
}

impl Signature {
    /// A place in memory that has a name.
    pub(crate) const fn place(result: Type) -> Self {
        let arguments = &[];
        Self { arguments, result }
    }
}

/// What a place has in it.
pub(crate) const fn of_place<T: Known>(_: *const T) -> Signature {
    Signature::place(T::TYPE)
}

/// Whether a declaration says what its witness says, and no longer does with
/// anything in it changed.
pub(crate) const fn is_proved(ours: &Signature, theirs: &Signature) -> bool {
    let parts = ours.arguments.len() + 1;
    let mut changed = 0;
    while changed < parts {
        if agree(ours, theirs, changed) {
            return false;
        }
        changed += 1;
    }
    // No part has this number.
    let changed = if cfg!(feature = "wrong") { 0 } else { parts };
    agree(ours, theirs, changed)
}

/// Whether both are the same, one part of ours being taken for another.
const fn agree(ours: &Signature, theirs: &Signature, changed: usize) -> bool {
    let count = ours.arguments.len();
    if count != theirs.arguments.len() {
        return false;
    }
    let mut at = 0;
    while at < count {
        let other = other(&ours.arguments[at], at == changed);
        if !is_same(&other, &theirs.arguments[at]) {
            return false;
        }
        at += 1;
    }
    is_same(&other(&ours.result, changed == count), &theirs.result)
}

const fn other(of: &Type, is_changed: bool) -> Type {
    match *of {
        of if !is_changed => of,
        Type::Nothing => Type::Unsigned(1),
        Type::Signed(size) => Type::Unsigned(size),
        Type::Unsigned(size) => Type::Unsigned(size * 2),
        Type::Place(Some(_)) => Type::Place(None),
        Type::Place(None) => Type::Place(Some(&Type::Unsigned(1))),
    }
}

/// Whether a text is that of a C string.
pub(crate) const fn is_text(ours: &str, theirs: &[u8]) -> bool {
    !cfg!(feature = "wrong") && is_same_text(ours, theirs)
}

const fn is_same_text(ours: &str, theirs: &[u8]) -> bool {
    let ours = ours.as_bytes();
    if ours.len() != theirs.len() {
        return false;
    }
    let mut at = 0;
    while at < ours.len() {
        if ours[at] != theirs[at] {
            return false;
        }
        at += 1;
    }
    true
}

/// Whether a number is that of a witness.
pub(crate) const fn is_number(ours: i128, theirs: i128) -> bool {
    !cfg!(feature = "wrong") && ours == theirs
}

/// How many fields a structure of a table has.
pub(crate) const fn members(table: &Table, c: &str) -> usize {
    let mut at = 0;
    while at < table.structures.len() {
        let structure = &table.structures[at];
        if is_same_text(structure.c, c.as_bytes()) {
            return structure.members.len();
        }
        at += 1;
    }
    0
}
