//! The system's table of names: each object and counter has a number that is
//! the same in every language.

use crate::{Language, Result, parse, path::same, sys::counters as sys};

/// The system's table of names, or of explanations, in one language.
///
/// Names have even numbers. That of an explanation is in the definition of
/// its object or counter, and is mostly the one behind the name's. Several
/// numbers may have the same name.
///
/// ```
/// use oslens_counters::{ErrorKind, Language, Names};
///
/// match Names::read(Language::Neutral) {
///     Ok(names) => println!("238 is {:?}", names.get(238)),
///     Err(error) => assert_eq!(error.kind(), ErrorKind::Unsupported),
/// }
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Names {
    /// By number.
    names: Vec<(u32, String)>,
}

impl Names {
    /// The names of objects and counters of this machine.
    ///
    /// # Errors
    ///
    /// [`Unsupported`](crate::ErrorKind::Unsupported) where there are no
    /// counters.
    ///
    /// # Platform
    ///
    /// Windows.
    ///
    /// # Cost
    ///
    /// One read of the registry, some 100 KiB.
    pub fn read(language: Language) -> Result<Self> {
        sys::names(language)
    }

    /// A table as the registry has it: `Counter 009` and `Help 009`, pairs of
    /// a number and a text, each with a NUL.
    #[must_use]
    pub fn parse(bytes: &[u8]) -> Self {
        let mut names: Vec<(u32, String)> = parse::names::names(bytes)
            .map(|(index, name)| (index, name.to_string()))
            .collect();
        // Sorted already, but for what programs have added by hand. Of two
        // texts with one number the last is that which the system uses.
        names.sort_by_key(|(index, _)| *index);
        names.reverse();
        names.dedup_by_key(|(index, _)| *index);
        names.reverse();
        Self { names }
    }

    /// The name with this number.
    #[must_use]
    pub fn get(&self, index: u32) -> Option<&str> {
        let at = self
            .names
            .binary_search_by_key(&index, |(index, _)| *index)
            .ok()?;
        self.names.get(at).map(|(_, name)| name.as_str())
    }

    /// The numbers of this name, in upper or lower case.
    pub fn indexes<'a>(&'a self, name: &'a str) -> impl Iterator<Item = u32> + 'a {
        self.names
            .iter()
            .filter(move |(_, is)| same(is, name))
            .map(|(index, _)| *index)
    }

    /// All numbers and names, by number.
    pub fn iter(&self) -> impl Iterator<Item = (u32, &str)> {
        self.names
            .iter()
            .map(|(index, name)| (*index, name.as_str()))
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(text: &str) -> Vec<u8> {
        text.encode_utf16().flat_map(u16::to_le_bytes).collect()
    }

    #[test]
    fn a_number_has_a_name_and_a_name_its_numbers() {
        let names = Names::parse(&table(
            "1\x001847\x002\0System\x004\0Memory\x006\0% Processor Time\x00142\0% Processor Time\0\0",
        ));
        assert_eq!(names.len(), 5);
        assert_eq!(names.get(2), Some("System"));
        assert_eq!(names.get(3), None);
        let both: Vec<u32> = names.indexes("% processor time").collect();
        assert_eq!(both, [6, 142]);
        assert!(Names::default().is_empty());
    }

    #[test]
    fn of_two_names_with_one_number_the_last_counts() {
        let names = Names::parse(&table("8\0new\x002\0old\x002\0newer\0\0"));
        assert_eq!(names.iter().collect::<Vec<_>>(), [(2, "newer"), (8, "new")]);
    }
}
