//! PerfLib V2 takes the counters; `lodctr` and `unlodctr` install them.

use std::{
    os::windows::process::CommandExt as _,
    path::{Path, PathBuf},
    process::Command,
};

use oslens_win32::registry::Key;

pub(crate) use crate::sys::pal::windows::perflib::{Provider, Registration};
use crate::{
    Error, ErrorKind, Result,
    definition::Guid,
    publish::install::{Registered, Registrar},
    sys::pal::windows::system_directory,
};

/// Where the providers are.
const PROVIDERS: &str = r"SOFTWARE\Microsoft\Windows NT\CurrentVersion\Perflib\_V2Providers";
const FILE_NOT_FOUND: u32 = 2;
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
        let mut argument = std::ffi::OsString::from("/m:");
        argument.push(manifest);
        run("lodctr.exe", &[argument.as_ref(), directory.as_ref()])
    }

    fn unload(&self, provider: Guid) -> Result<String> {
        run("unlodctr.exe", &[format!("/g:{provider}").as_ref()])
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
/// is run with the rights of an administrator.
fn run(program: &'static str, arguments: &[&std::ffi::OsStr]) -> Result<String> {
    let path = system_directory()?.join(program);
    let output = Command::new(&path)
        .args(arguments)
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
        Some(5) => Err(Error::message(
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
