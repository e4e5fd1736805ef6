//! How rows are serialized: a cell as its value, or as the reason why it has
//! none, `{"unavailable": "denied"}`. Bytes of the system become text, with
//! U+FFFD for what is not UTF-8.

use std::{
    ffi::{OsStr, OsString},
    path::PathBuf,
};

use serde::{Serialize, Serializer, ser::SerializeMap as _};

use crate::{Field, Unavailable};

/// A cell whose value can be serialized as it is.
pub(super) fn field<T: Serialize, S: Serializer>(
    cell: &Field<T>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match cell {
        Ok(value) => value.serialize(serializer),
        Err(why) => missing(*why, serializer),
    }
}

/// A cell of text.
pub(super) fn text<S: Serializer>(
    cell: &Field<OsString>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    field(&cell.as_deref().map(Lossy).map_err(|why| *why), serializer)
}

/// A cell with a path.
pub(super) fn path<S: Serializer>(cell: &Field<PathBuf>, serializer: S) -> Result<S::Ok, S::Error> {
    let text = cell.as_ref().map(|path| Lossy(path.as_os_str()));
    field(&text.map_err(|why| *why), serializer)
}

/// A cell with a path or none.
pub(super) fn optional_path<S: Serializer>(
    cell: &Field<Option<PathBuf>>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let text = cell
        .as_ref()
        .map(|path| path.as_ref().map(|path| Lossy(path.as_os_str())));
    field(&text.map_err(|why| *why), serializer)
}

/// A cell with a list of texts.
pub(super) fn texts<S: Serializer>(
    cell: &Field<Vec<OsString>>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match cell {
        Ok(texts) => serializer.collect_seq(texts.iter().map(|text| Lossy(text))),
        Err(why) => missing(*why, serializer),
    }
}

/// A cell with pairs: a list of lists of two, because names may repeat.
pub(super) fn pairs<S: Serializer>(
    cell: &Field<Vec<(OsString, OsString)>>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match cell {
        Ok(pairs) => serializer.collect_seq(
            pairs
                .iter()
                .map(|(name, value)| (Lossy(name), Lossy(value))),
        ),
        Err(why) => missing(*why, serializer),
    }
}

/// Text or a path that is there.
pub(super) fn plain<T: AsRef<OsStr>, S: Serializer>(
    text: &T,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    Lossy(text.as_ref()).serialize(serializer)
}

/// Text that may be missing for a reason that the type knows.
pub(super) fn optional<S: Serializer>(
    text: &Option<OsString>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    text.as_deref().map(Lossy).serialize(serializer)
}

fn missing<S: Serializer>(why: Unavailable, serializer: S) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(Some(1))?;
    map.serialize_entry("unavailable", &why)?;
    map.end()
}

struct Lossy<'a>(&'a OsStr);

impl Serialize for Lossy<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0.to_string_lossy())
    }
}
