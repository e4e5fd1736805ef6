//! Sources in the registry: a key for each log, and below it one for each
//! source.

use std::{
    ffi::{OsStr, OsString},
    path::{Path, PathBuf},
};

use oslens_win32::registry::{self, Key, Value};
use windows_sys::Win32::Foundation::ERROR_FILE_NOT_FOUND;

use crate::{Result, source::Source};

/// Where the logs are, below `HKEY_LOCAL_MACHINE`.
const LOGS: &str = r"SYSTEM\CurrentControlSet\Services\EventLog";
/// Where the publishers of the modern log are.
const PUBLISHERS: &str = r"SOFTWARE\Microsoft\Windows\CurrentVersion\WINEVT\Publishers";

const MESSAGES: &str = "EventMessageFile";
const CATEGORIES: &str = "CategoryMessageFile";
const CATEGORY_COUNT: &str = "CategoryCount";
const PARAMETERS: &str = "ParameterMessageFile";
const TYPES: &str = "TypesSupported";
/// Of a source that is a publisher of the modern log, too: its GUID.
const PUBLISHER: &str = "ProviderGuid";
/// The texts of a publisher.
const PUBLISHER_MESSAGES: &str = "MessageFileName";
const PUBLISHER_PARAMETERS: &str = "ParameterFileName";

/// A key; `None` where there is none.
fn open(path: &str) -> Result<Option<Key>> {
    match Key::open(path) {
        Err(error) if error.raw() == Some(ERROR_FILE_NOT_FOUND) => Ok(None),
        key => Ok(Some(key?)),
    }
}

pub(crate) fn log_exists(log: &str) -> Result<bool> {
    Ok(open(&format!(r"{LOGS}\{log}"))?.is_some())
}

/// The log below whose key there is one for the source.
pub(crate) fn log_of_source(name: &str) -> Result<Option<String>> {
    let Some(logs) = open(LOGS)? else {
        return Ok(None);
    };
    for log in logs.keys()? {
        let Some(log) = log.to_str() else { continue };
        match open(&format!(r"{LOGS}\{log}\{name}")) {
            Ok(Some(_)) => return Ok(Some(log.to_owned())),
            // Security is for administrators alone.
            Ok(None) => {}
            Err(error) if error.kind() == crate::ErrorKind::AccessDenied => {}
            Err(error) => return Err(error),
        }
    }
    Ok(None)
}

pub(crate) fn source_names(log: &str) -> Result<Vec<String>> {
    let key = Key::open(&format!(r"{LOGS}\{log}"))?;
    let names = key.keys()?.into_iter();
    Ok(names
        .map(|name| name.to_string_lossy().into_owned())
        .collect())
}

pub(crate) fn read_source(log: &str, name: &str) -> Result<Option<Source>> {
    let Some(key) = open(&format!(r"{LOGS}\{log}\{name}"))? else {
        return Ok(None);
    };
    let files = |key: &Key, value: &str| -> Result<Vec<PathBuf>> {
        let value = key.value(value)?;
        Ok(value.as_ref().map(paths).unwrap_or_default())
    };
    let number = |value: &str| -> Result<Option<u32>> {
        let value = key.value(value)?;
        Ok(value.as_ref().and_then(Value::as_number))
    };
    let mut source = Source {
        name: name.to_owned(),
        log: log.to_owned(),
        messages: files(&key, MESSAGES)?,
        category_files: files(&key, CATEGORIES)?,
        category_count: number(CATEGORY_COUNT)?.unwrap_or(0),
        parameters: files(&key, PARAMETERS)?,
        types: number(TYPES)?.unwrap_or(0),
    };
    let publisher = key.value(PUBLISHER)?;
    if let Some(guid) = publisher.as_ref().and_then(Value::as_text) {
        let guid = guid.to_string_lossy();
        // As it is a name in the registry.
        if !guid.contains('\\') {
            if let Some(publisher) = open(&format!(r"{PUBLISHERS}\{guid}"))? {
                source
                    .messages
                    .extend(files(&publisher, PUBLISHER_MESSAGES)?);
                source
                    .parameters
                    .extend(files(&publisher, PUBLISHER_PARAMETERS)?);
            }
        }
    }
    Ok(Some(source))
}

/// The files that a value names, with the variables in their names replaced.
fn paths(value: &Value) -> Vec<PathBuf> {
    let text = value.as_text().unwrap_or_default();
    // The variables first: one may stand for a list.
    let text = registry::expand(text);
    let bytes = text.to_string_lossy();
    bytes
        .split(';')
        .map(str::trim)
        .filter(|path| !path.is_empty())
        .map(|path| PathBuf::from(path.trim_matches('"')))
        .collect()
}

/// The names of files as a value has them.
///
/// Text with variables, which are replaced when it is read: a per cent sign in
/// a name would be taken for one, and such a name stays plain text.
fn value_of(files: &[PathBuf]) -> Value {
    let mut text = OsString::new();
    for file in files {
        if !text.is_empty() {
            text.push(";");
        }
        text.push(without_prefix(file));
    }
    if text.to_string_lossy().contains('%') && files.iter().all(|file| file.exists()) {
        return Value::Text(text);
    }
    Value::Expandable(text)
}

/// A path without `\\?\`, which not all that read the registry understand.
fn without_prefix(file: &Path) -> &OsStr {
    let text = file.as_os_str();
    match text.to_str().and_then(|text| text.strip_prefix(r"\\?\")) {
        // `\\?\UNC\server` is another kind.
        Some(plain) if plain.as_bytes().get(1) == Some(&b':') => OsStr::new(plain),
        _ => text,
    }
}

pub(crate) fn write_source(source: &Source) -> Result<()> {
    let key = Key::create(&format!(r"{LOGS}\{}\{}", source.log, source.name))?;
    for (name, files) in [
        (MESSAGES, &source.messages),
        (CATEGORIES, &source.category_files),
        (PARAMETERS, &source.parameters),
    ] {
        if files.is_empty() {
            key.delete_value(name)?;
        } else {
            key.set(name, &value_of(files))?;
        }
    }
    if source.category_count == 0 {
        key.delete_value(CATEGORY_COUNT)?;
    } else {
        key.set(CATEGORY_COUNT, &Value::Number(source.category_count))?;
    }
    key.set(TYPES, &Value::Number(source.types))?;
    Ok(())
}

pub(crate) fn remove_source(log: &str, name: &str) -> Result<bool> {
    Ok(Key::delete_tree(&format!(r"{LOGS}\{log}\{name}"))?)
}
