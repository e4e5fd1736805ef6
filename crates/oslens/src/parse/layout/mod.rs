//! Structures and constants of the kernels that answer with them, as their
//! own headers declare them.
//!
//! Each is written down once, in a `layout!` table. From the table come the
//! `#[repr(C)]` structure, the place of each field for readers of bytes
//! ([`Record`]), and the list in [`SYSTEMS`] that the test `layouts` makes C
//! assertions of and compiles against the headers, so that no field and no
//! constant can be left unproved.
//!
//! Compiled everywhere: integers have fixed widths, and places follow the
//! rules of 64-bit C whatever this program is built for.

pub mod freebsd;
pub mod macos;
pub mod netbsd;
pub mod openbsd;
mod place;
pub mod record;

pub use place::{Placed, place};
pub use record::{Endian, Field, Number, Record, Text};

/// All systems whose structures are written down here.
pub const SYSTEMS: &[System] = &[
    freebsd::SYSTEM,
    netbsd::SYSTEM,
    openbsd::SYSTEM,
    macos::SYSTEM,
];

/// One system, and what its compiler must be told.
#[derive(Debug, Clone, Copy)]
pub struct System {
    /// As in names of files.
    pub name: &'static str,
    /// For which machines the tables hold: what `zig cc -target` calls them.
    pub targets: &'static [&'static str],
    /// Macros without which the headers hide something.
    pub defines: &'static [&'static str],
    /// Headers, in an order in which they compile.
    pub includes: &'static [&'static str],
    /// The tables.
    pub tables: &'static [Table],
}

/// What one `layout!` declares.
#[derive(Debug, Clone, Copy)]
pub struct Table {
    /// Structures.
    pub structures: &'static [Structure],
    /// Constants.
    pub constants: &'static [Constant],
}

/// A structure.
#[derive(Debug, Clone, Copy)]
pub struct Structure {
    /// The type in C.
    pub c: &'static str,
    /// Bytes of it.
    pub size: usize,
    /// What its place is a multiple of.
    pub align: usize,
    /// Its fields, all of them.
    pub members: &'static [Member],
}

/// A field of a structure.
#[derive(Debug, Clone, Copy)]
pub struct Member {
    /// Its name, which is that in C.
    pub name: &'static str,
    /// Where it begins.
    pub offset: usize,
    /// Bytes of it.
    pub size: usize,
    /// What the place of its type is a multiple of, where nothing packs it.
    pub align: usize,
    /// What it is.
    pub kind: Kind,
}

/// What a field is, as far as C can be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A number that may be negative.
    Signed,
    /// A number that is never negative.
    Unsigned,
    /// `char`, which has another sign on each machine.
    Char,
    /// A pointer.
    Pointer,
    /// Part of a union or of a structure: no number.
    Opaque,
    /// One of the structures of the tables, or what else has a name: the type
    /// in C.
    Named(&'static str),
    /// So many of a kind.
    Array(&'static Kind, usize),
}

/// A constant.
#[derive(Debug, Clone, Copy)]
pub struct Constant {
    /// Its name, which is that in C.
    pub name: &'static str,
    /// Its value.
    pub value: i128,
}

/// What a field can be declared as.
pub trait Type: Copy {
    /// Bytes of it.
    const SIZE: usize;
    /// What its place is a multiple of, in 64-bit C.
    const ALIGN: usize;
    /// What it is.
    const KIND: Kind;
}

macro_rules! types {
    ($($type:ty: $size:literal $kind:ident,)*) => {$(
        impl Type for $type {
            const SIZE: usize = $size;
            const ALIGN: usize = $size;
            const KIND: Kind = Kind::$kind;
        }
    )*};
}

types! {
    i8: 1 Signed,
    i16: 2 Signed,
    i32: 4 Signed,
    i64: 8 Signed,
    u8: 1 Unsigned,
    u16: 2 Unsigned,
    u32: 4 Unsigned,
    u64: 8 Unsigned,
    Char: 1 Char,
    Pointer: 8 Pointer,
    Raw1: 1 Opaque,
    Raw2: 2 Opaque,
    Raw4: 4 Opaque,
    Raw8: 8 Opaque,
}

impl<T: Type, const N: usize> Type for [T; N] {
    const SIZE: usize = T::SIZE * N;
    const ALIGN: usize = T::ALIGN;
    const KIND: Kind = Kind::Array(&T::KIND, N);
}

/// `char`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(transparent)]
pub struct Char(pub u8);

/// An address in the kernel or in a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(transparent)]
pub struct Pointer(pub u64);

/// A byte of a union or of an unnamed structure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(transparent)]
pub struct Raw1(pub u8);

/// Two bytes of one, at an even place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(transparent)]
pub struct Raw2(pub u16);

/// Four bytes of one, at a place that four divides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(transparent)]
pub struct Raw4(pub u32);

/// Eight bytes of one, at a place that eight divides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(transparent)]
pub struct Raw8(pub u64);

/// `boolean_t` of macOS, which has another sign on each machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(transparent)]
pub struct Boolean(pub u32);

impl Type for Boolean {
    const SIZE: usize = 4;
    const ALIGN: usize = 4;
    const KIND: Kind = Kind::Named("boolean_t");
}

/// Declares structures and constants of a system.
///
/// Names of fields and constants are those of the headers. A structure's type
/// in C stands behind `=`; `(packed 4)` and `(align 8)` are what its
/// declaration says about its alignment.
macro_rules! layout {
    (
        $(struct $name:ident $(($word:ident $limit:literal))? = $c:literal {
            $($field:ident: $type:ty,)*
        })*
        $(const $integer:ty { $($constant:ident = $value:literal,)* })*
    ) => {
        $(
            #[doc = concat!("`", $c, "`.")]
            #[derive(Clone, Copy)]
            #[repr(C $(, $word($limit))?)]
            pub struct $name {
                $(pub $field: $type,)*
            }

            const _: () = {
                use $crate::parse::layout::{Field, Kind, Placed, Type, place};

                #[allow(non_camel_case_types, dead_code)]
                enum Index { $($field,)* }
                const TYPES: &[(usize, usize)] =
                    &[$((<$type as Type>::SIZE, <$type as Type>::ALIGN),)*];
                const PLACED: Placed<{ TYPES.len() }> =
                    place(TYPES, &[$((stringify!($word), $limit))?]);

                impl $name {
                    $(pub const $field: Field<$type> =
                        Field::at(PLACED.offsets[Index::$field as usize]);)*
                }

                impl Type for $name {
                    const SIZE: usize = PLACED.size;
                    const ALIGN: usize = PLACED.align;
                    const KIND: Kind = Kind::Named($c);
                }

                // The compiler follows the same rules where it builds for them.
                if align_of::<u64>() == 8 {
                    assert!(size_of::<$name>() == PLACED.size);
                    assert!(align_of::<$name>() == PLACED.align);
                    $(assert!(
                        core::mem::offset_of!($name, $field) == $name::$field.offset()
                    );)*
                }
            };
        )*

        $($(
            #[doc = concat!("`", stringify!($constant), "`.")]
            pub const $constant: $integer = $value;
        )*)*

        /// All of this module.
        pub const TABLE: $crate::parse::layout::Table = {
            // A table may have constants alone.
            #[allow(unused_imports)]
            use $crate::parse::layout::{Constant, Member, Structure, Table, Type};

            const CONSTANTS: &[Constant] = &[$($(Constant {
                name: stringify!($constant),
                value: $constant as i128,
            },)*)*];
            Table {
                structures: &[$(Structure {
                    c: $c,
                    size: <$name as Type>::SIZE,
                    align: <$name as Type>::ALIGN,
                    members: &[$(Member {
                        name: stringify!($field),
                        offset: $name::$field.offset(),
                        size: <$type as Type>::SIZE,
                        align: <$type as Type>::ALIGN,
                        kind: <$type as Type>::KIND,
                    },)*],
                },)*],
                constants: CONSTANTS,
            }
        };
    };
}
use layout;

#[cfg(test)]
mod tests;
