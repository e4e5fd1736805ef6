//! Fields of a structure in bytes that a kernel has filled in.

use std::marker::PhantomData;

use super::{Char, Pointer, Type};

pub use crate::parse::linux::net_inet::Endian;

/// Where a field of this type is in its structure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field<T> {
    offset: usize,
    of: PhantomData<T>,
}

impl<T> Field<T> {
    /// The field that begins so many bytes behind the start.
    #[must_use]
    pub const fn at(offset: usize) -> Self {
        Self {
            offset,
            of: PhantomData,
        }
    }

    /// Where it begins.
    #[must_use]
    pub const fn offset(self) -> usize {
        self.offset
    }

    /// A field of the structure that this field is.
    #[must_use]
    pub const fn then<U>(self, inner: Field<U>) -> Field<U> {
        Field::at(self.offset + inner.offset)
    }

    /// The same place as something else: one of the kinds of a union.
    #[must_use]
    pub const fn like<U>(self) -> Field<U> {
        Field::at(self.offset)
    }
}

/// A number in a structure.
pub trait Number: Type {
    /// Reads it from as many bytes as it has.
    fn read(bytes: &[u8], endian: Endian) -> Option<Self>;
}

macro_rules! numbers {
    ($($type:ty)*) => {$(
        impl Number for $type {
            #[inline]
            fn read(bytes: &[u8], endian: Endian) -> Option<Self> {
                let bytes = bytes.try_into().ok()?;
                Some(match endian {
                    Endian::Little => Self::from_le_bytes(bytes),
                    Endian::Big => Self::from_be_bytes(bytes),
                })
            }
        }
    )*};
}

numbers!(i8 i16 i32 i64 u8 u16 u32 u64);

impl Number for Char {
    #[inline]
    fn read(bytes: &[u8], endian: Endian) -> Option<Self> {
        u8::read(bytes, endian).map(Self)
    }
}

impl Number for Pointer {
    #[inline]
    fn read(bytes: &[u8], endian: Endian) -> Option<Self> {
        u64::read(bytes, endian).map(Self)
    }
}

/// Text in a structure, which ends at a NUL or with the field.
pub trait Text: Type {}

impl<const N: usize> Text for [Char; N] {}

/// The bytes of one structure, as many of them as the kernel gave.
///
/// Kernels are older and newer than the headers: a field that is not wholly
/// there is `None`, and what follows the known fields is nobody's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Record<'a> {
    bytes: &'a [u8],
    endian: Endian,
}

impl<'a> Record<'a> {
    /// A structure from a machine of this byte order.
    #[must_use]
    pub const fn new(bytes: &'a [u8], endian: Endian) -> Self {
        Self { bytes, endian }
    }

    /// The number in a field.
    #[inline]
    #[must_use]
    pub fn get<T: Number>(&self, field: Field<T>) -> Option<T> {
        T::read(self.bytes(field)?, self.endian)
    }

    /// One of the numbers in a field.
    #[inline]
    #[must_use]
    pub fn item<T: Number, const N: usize>(&self, field: Field<[T; N]>, at: usize) -> Option<T> {
        let start = at.checked_mul(T::SIZE)?;
        let item = self.bytes(field)?.get(start..start.checked_add(T::SIZE)?)?;
        T::read(item, self.endian)
    }

    /// The text in a field.
    #[must_use]
    pub fn text<T: Text>(&self, field: Field<T>) -> Option<&'a [u8]> {
        let bytes = self.bytes(field)?;
        let end = memchr::memchr(0, bytes).unwrap_or(bytes.len());
        bytes.get(..end)
    }

    /// The structure in a field.
    #[must_use]
    pub fn part<T: Type>(&self, field: Field<T>) -> Option<Self> {
        self.bytes(field).map(|bytes| Self::new(bytes, self.endian))
    }

    /// What begins and ends behind so many bytes.
    #[must_use]
    pub fn range(&self, start: usize, end: usize) -> Option<Self> {
        let bytes = self.bytes.get(start..end)?;
        Some(Self::new(bytes, self.endian))
    }

    /// All bytes of a field.
    #[inline]
    #[must_use]
    pub fn bytes<T: Type>(&self, field: Field<T>) -> Option<&'a [u8]> {
        let end = field.offset.checked_add(T::SIZE)?;
        self.bytes.get(field.offset..end)
    }

    /// How its numbers lie in memory.
    #[must_use]
    pub const fn endian(&self) -> Endian {
        self.endian
    }

    /// How many bytes there are.
    #[must_use]
    pub const fn size(&self) -> usize {
        self.bytes.len()
    }
}
