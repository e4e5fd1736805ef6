//! Enumerations of the system's numbers.

/// Declares an enumeration of numbers of the system with a word for each;
/// numbers that have no name here stay what they are.
macro_rules! numbered {
    (
        $(#[$doc:meta])*
        pub enum $name:ident {
            $($(#[$variant_doc:meta])* $variant:ident = $number:literal, $word:literal;)*
        }
    ) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)*
            /// A number that has no name here.
            Other(u32),
        }

        impl $name {
            /// From the system's number.
            #[must_use]
            pub const fn from_raw(number: u32) -> Self {
                match number {
                    $($number => Self::$variant,)*
                    other => Self::Other(other),
                }
            }

            /// The system's number.
            #[must_use]
            pub const fn raw(self) -> u32 {
                match self {
                    $(Self::$variant => $number,)*
                    Self::Other(number) => number,
                }
            }

            /// One word for it, always the same; `unknown` for a number that
            /// has no name here.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)*
                    Self::Other(_) => "unknown",
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                match self {
                    Self::Other(number) => write!(f, "unknown ({number})"),
                    named => f.pad(named.as_str()),
                }
            }
        }

        impl std::str::FromStr for $name {
            type Err = crate::Error;

            /// From the word that [`as_str`](Self::as_str) gives.
            fn from_str(word: &str) -> crate::Result<Self> {
                match word {
                    $($word => Ok(Self::$variant),)*
                    other => Err(crate::Error::message(
                        crate::ErrorKind::InvalidInput,
                        format!("{other:?} is none of {}", [$($word),*].join(", ")),
                    )),
                }
            }
        }
    };
}

pub(crate) use numbered;
