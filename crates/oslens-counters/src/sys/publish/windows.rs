//! PerfLib V2 takes the counters; `lodctr` and `unlodctr` install them.

use std::{
    ffi::OsString,
    os::windows::process::CommandExt as _,
    path::{Path, PathBuf},
    process::Command,
};

use oslens_win32::{registry::Key, wide};

pub(crate) use crate::sys::pal::perflib::{Provider, Registration};
use crate::{
    Error, ErrorKind, Result,
    definition::Guid,
    publish::install::{Registered, Registrar},
    sys::pal::directory::system_directory,
};

/// Where the providers are.
const PROVIDERS: &str = r"SOFTWARE\Microsoft\Windows NT\CurrentVersion\Perflib\_V2Providers";
const FILE_NOT_FOUND: u32 = 2;
/// The same as 5, as some programs end with it.
const E_ACCESSDENIED: i32 = 0x8007_0005_u32 as i32;
/// A program of the console has no window of its own then.
const CREATE_NO_WINDOW: u32 = 0x0800_0000;

/// What is installed on this machine.
pub(crate) struct Registry;

fn key(provider: Guid) -> String {
    format!(r"{PROVIDERS}\{provider}")
}

impl Registrar for Registry {
    fn registered(&self, provider: Guid) -> Result<Option<Registered>> {
        let key = match Key::open(&key(provider)) {
            Err(error) if error.raw() == Some(FILE_NOT_FOUND) => return Ok(None),
            key => key?,
        };
        let text = |name| -> Result<_> {
            let value = key.value(name)?;
            Ok(value.and_then(|value| value.as_text().map(ToOwned::to_owned)))
        };
        let sets = key.keys()?;
        let sets = sets.iter().filter_map(|name| name.to_str()?.parse().ok());
        Ok(Some(Registered {
            name: text("ProviderName")?,
            texts: text("ApplicationIdentity")?.map(PathBuf::from),
            sets: sets.collect(),
        }))
    }

    fn load(&self, manifest: &Path, directory: &Path) -> Result<String> {
        // Quotes around the path alone, as installers have it: that it is read
        // as other programs read their arguments is not documented. A name of
        // a file has no quotes.
        let mut argument = OsString::from("/m:\"");
        argument.push(wide::without_prefix(manifest.as_os_str()));
        argument.push("\"");
        let directory = wide::without_prefix(directory.as_os_str());
        run("lodctr.exe", |command| {
            command.raw_arg(argument).arg(directory)
        })
    }

    fn unload(&self, provider: Guid) -> Result<String> {
        run("unlodctr.exe", |command| {
            command.arg(format!("/g:{provider}"))
        })
    }

    fn forget(&self, provider: Guid) -> Result<()> {
        Key::delete_tree(&key(provider))?;
        Ok(())
    }
}

/// Runs a program of the system: what it printed.
///
/// No function of Windows installs counters of this kind; its documentation
/// names these programs. By its whole path, so that no other one of that name
/// is run with the rights of an administrator; and in the directory of Windows, so
/// that it finds nothing in that of the caller.
fn run(
    program: &'static str,
    arguments: impl FnOnce(&mut Command) -> &mut Command,
) -> Result<String> {
    let directory = system_directory()?;
    let path = directory.join(program);
    let mut command = Command::new(&path);
    let output = arguments(&mut command)
        // `Sysnative` is none to a 64-bit program.
        .current_dir(directory.parent().unwrap_or(&directory))
        .creation_flags(CREATE_NO_WINDOW)
        .output()
        .map_err(|error| {
            let code = error.raw_os_error().unwrap_or_default();
            Error::code_of("CreateProcessW", code as u32).of(path.clone().into_os_string())
        })?;
    let printed = [output.stdout, output.stderr].concat();
    let printed = String::from_utf8_lossy(&printed).trim().to_owned();
    match output.status.code() {
        Some(0) => Ok(printed),
        Some(5 | E_ACCESSDENIED) => Err(Error::message(
            ErrorKind::AccessDenied,
            format!("{program}: access denied; counters are installed by an administrator"),
        )),
        code => {
            let code = code.unwrap_or(-1);
            Err(Error::message(
                ErrorKind::Os,
                format!("{program} ended with {code}: {printed}"),
            ))
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeMap, fs};

    use oslens_win32::registry::Value;

    use super::*;
    use crate::{
        CounterType,
        definition::{CounterSetSpec, CounterSpec, Definition, ProviderSpec},
        publish::install::Installation,
        scratch,
    };

    /// Each test has a provider of its own.
    fn definition(number: u128) -> Definition {
        let set = CounterSetSpec::new(set(number), "Set", "What is counted.").counter(
            CounterSpec::new(1, "One", "What it counts.", CounterType::COUNTER_RAWCOUNT),
        );
        let provider = Guid::from_u128(0x0c55_0001 << 96 | number);
        ProviderSpec::new(provider, "Sample")
            .set(set)
            .check()
            .unwrap()
    }

    fn set(number: u128) -> Guid {
        Guid::from_u128(0x0c55_0002 << 96 | number)
    }

    /// All keys and values below this key.
    fn everything(path: &str, found: &mut BTreeMap<String, Option<Value>>) {
        let Ok(key) = Key::open(path) else { return };
        found.insert(path.to_owned(), None);
        // Those of the languages lead to the texts of counters: no real keys.
        for name in key.values().into_iter().flatten() {
            let name = name.to_string_lossy();
            let value = key.value(&name).unwrap();
            found.insert(format!("{path}\\{name} ="), value);
        }
        for name in key.keys().into_iter().flatten() {
            everything(&format!("{path}\\{}", name.to_string_lossy()), found);
        }
    }

    fn perflib() -> BTreeMap<String, Option<Value>> {
        let mut found = BTreeMap::new();
        let (perflib, _) = PROVIDERS.rsplit_once('\\').unwrap();
        everything(perflib, &mut found);
        // Other tests have providers of their own meanwhile, and Wine has none
        // before.
        found.retain(|name, _| name != PROVIDERS && !name.contains("{0c55"));
        found
    }

    #[test]
    fn a_registration_is_read_and_removed_without_a_trace() {
        let definition = definition(1);
        let dir = scratch::Dir::new("registry");
        let program = dir.path().join("sample.exe");
        fs::write(&program, "MZ").unwrap();
        let installation = Installation::beside(&definition, &program).unwrap();
        assert_eq!(installation.registered().unwrap(), None);
        assert!(!installation.remove().unwrap());
        let before = perflib();

        // What `lodctr` is documented to write, and a key for the set.
        let provider = key(definition.guid());
        let written = Key::create(&provider).unwrap();
        let texts = Value::Expandable(installation.texts().into());
        written.set("ApplicationIdentity", &texts).unwrap();
        written
            .set("ProviderName", &Value::Text("Sample".into()))
            .unwrap();
        Key::create(&format!(r"{provider}\{}", set(1))).unwrap();
        fs::write(installation.manifest(), "x").unwrap();
        fs::write(installation.texts(), "x").unwrap();
        let registered = installation.registered().unwrap().unwrap();
        assert_eq!(registered.sets, [set(1)]);
        assert_eq!(registered.texts.as_deref(), Some(installation.texts()));
        assert_eq!(registered.name.as_deref(), Some("Sample".as_ref()));

        assert!(installation.remove().unwrap());
        assert_eq!(installation.registered().unwrap(), None);
        assert!(!installation.remove().unwrap());
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
        assert_eq!(perflib(), before);
    }

    /// That of Wine succeeds and does nothing.
    #[test]
    fn a_lodctr_that_registers_nothing_is_found_out() {
        if oslens_win32::wine_version().is_none() {
            oslens_testkit::skip!("needs an administrator, and registers for real");
        }
        let definition = definition(2);
        let dir = scratch::Dir::new("lodctr");
        let program = dir.path().join("sample.exe");
        fs::write(&program, "MZ").unwrap();
        let before = perflib();
        let installation = Installation::beside(&definition, &program).unwrap();
        let error = installation.install().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unsupported, "{error}");
        assert_eq!(perflib(), before);
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
    }
}
