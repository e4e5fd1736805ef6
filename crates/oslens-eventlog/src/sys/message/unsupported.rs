//! Systems whose programs have no message tables.

use std::path::Path;

use crate::{Result, message::MessageFile};

/// A file of another machine is read as it is.
pub(crate) fn load(path: &Path, languages: Option<&[u16]>) -> Result<MessageFile> {
    let file = MessageFile::read(path)?;
    Ok(file.prefer(languages.unwrap_or_default()))
}

/// The files that have the texts of the system's errors.
pub(crate) fn system_messages() -> &'static [&'static str] {
    &[]
}
