//! Sources in the registry: a key for each log, and below it one for each
//! source.

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
};

use oslens_win32::{
    registry::{self, Key, Value},
    wide,
};
use windows_sys::Win32::Foundation::ERROR_FILE_NOT_FOUND;

use crate::{ErrorKind, Result, source::Source};

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
    match open(&format!(r"{LOGS}\{log}")) {
        // Security is for administrators alone, and is there.
        Err(error) if error.kind() == ErrorKind::AccessDenied => Ok(true),
        log => Ok(log?.is_some()),
    }
}

/// Whether the source is a publisher of the modern log, too, which was
/// installed with a manifest.
pub(crate) fn is_publisher(log: &str, name: &str) -> Result<bool> {
    match open(&format!(r"{LOGS}\{log}\{name}"))? {
        Some(key) => Ok(key.value(PUBLISHER)?.is_some()),
        None => Ok(false),
    }
}

/// The log below whose key there is one for the source.
pub(crate) fn log_of_source(name: &str) -> Result<Option<String>> {
    let Some(logs) = open(LOGS)? else {
        return Ok(None);
    };
    for log in logs.keys()? {
        // Others made with the kernel's own calls have a NUL in their names.
        let Some(log) = log.to_str().filter(|log| !log.contains('\0')) else {
            continue;
        };
        match open(&format!(r"{LOGS}\{log}\{name}")) {
            Ok(Some(_)) => return Ok(Some(log.to_owned())),
            // Security is for administrators alone.
            Ok(None) => {}
            Err(error) if error.kind() == ErrorKind::AccessDenied => {}
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
    // A name with a per cent sign, as `value_of` writes it.
    if matches!(value, Value::Text(_)) && Path::new(text).is_file() {
        return vec![PathBuf::from(text)];
    }
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
        text.push(wide::without_prefix(file.as_os_str()));
    }
    if text.to_string_lossy().contains('%') && files.iter().all(|file| file.exists()) {
        return Value::Text(text);
    }
    Value::Expandable(text)
}

/// The values of a source's key; `None` for those that it does not have.
fn values(source: &Source) -> [(&'static str, Option<Value>); 5] {
    let files = |files: &[PathBuf]| (!files.is_empty()).then(|| value_of(files));
    let count = source.category_count;
    [
        (MESSAGES, files(&source.messages)),
        (CATEGORIES, files(&source.category_files)),
        (PARAMETERS, files(&source.parameters)),
        (CATEGORY_COUNT, (count != 0).then_some(Value::Number(count))),
        (TYPES, Some(Value::Number(source.types))),
    ]
}

/// Whether the source's key has the values that it would be given.
pub(crate) fn is_registered(source: &Source) -> Result<bool> {
    let Some(key) = open(&format!(r"{LOGS}\{}\{}", source.log, source.name))? else {
        return Ok(false);
    };
    for (name, value) in values(source) {
        if key.value(name)? != value {
            return Ok(false);
        }
    }
    Ok(true)
}

pub(crate) fn write_source(source: &Source) -> Result<()> {
    let key = Key::create(&format!(r"{LOGS}\{}\{}", source.log, source.name))?;
    for (name, value) in values(source) {
        match value {
            Some(value) => key.set(name, &value)?,
            None => _ = key.delete_value(name)?,
        }
    }
    Ok(())
}

pub(crate) fn remove_source(log: &str, name: &str) -> Result<bool> {
    Ok(Key::delete_tree(&format!(r"{LOGS}\{log}\{name}"))?)
}
