//! Installing a provider, so that consumers find it.
//!
//! Windows keeps the names of counters apart from the programs that count:
//! `lodctr.exe` reads a [manifest] and registers the provider,
//! `unlodctr.exe` takes that back. No function does either, so these programs
//! of the system are run, by their whole path. An administrator must do it,
//! once, when the program is installed; the program itself needs no rights.
//!
//! ```no_run
//! use oslens_counters::publish::install::Installation;
//! # use oslens_counters::{CounterType, definition::*};
//! # let set = CounterSetSpec::new(Guid::from_u128(2), "Pipe Clients", "Who talks.")
//! #     .counter(CounterSpec::new(1, "Open Connections", "Now.", CounterType::COUNTER_RAWCOUNT));
//! # let definition = ProviderSpec::new(Guid::from_u128(1), "Pipe Sample").set(set).check()?;
//!
//! let program = std::env::current_exe().unwrap();
//! let installation = Installation::beside(&definition, &program)?;
//! installation.install()?;
//! assert!(installation.registered()?.is_some());
//! assert!(installation.remove()?);
//! # Ok::<(), oslens_counters::Error>(())
//! ```

#[cfg(test)]
mod tests;

use std::{
    ffi::{OsStr, OsString},
    fs, io,
    path::{Path, PathBuf},
};

use crate::{
    Error, ErrorKind, Result,
    definition::{Definition, Guid},
    manifest::{self, Manifest},
    sys::publish::Registry,
};

/// A provider and where its files are installed.
#[derive(Debug, Clone)]
pub struct Installation {
    definition: Definition,
    /// What has the texts: the program, or a library beside it.
    texts: PathBuf,
    manifest: PathBuf,
    own_library: bool,
}

/// What the registry says of a provider.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Registered {
    /// Its name; the value `ProviderName`.
    pub name: Option<OsString>,
    /// What has its texts; the value `ApplicationIdentity`.
    pub texts: Option<PathBuf>,
    /// Its counter sets.
    pub sets: Vec<Guid>,
}

/// Who installs: the system, or what stands for it in tests.
pub(crate) trait Registrar {
    /// What is registered under this GUID.
    fn registered(&self, provider: Guid) -> Result<Option<Registered>>;
    /// Registers what this manifest says, whose program or library is in this
    /// directory; what was printed.
    fn load(&self, manifest: &Path, directory: &Path) -> Result<String>;
    /// Takes it back.
    fn unload(&self, provider: Guid) -> Result<String>;
    /// Deletes what is registered under this GUID.
    fn forget(&self, provider: Guid) -> Result<()>;
}

impl Installation {
    /// With files beside this program: `NAME.counters.dll` with the texts and
    /// `NAME.counters.man`, the manifest, where `NAME` is the program's
    /// without its extension. They are those of one provider: what else the
    /// program counts is another counter set of it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidInput`] where the path is not absolute, or the name
    /// of the program is not Unicode: a manifest could not name it.
    pub fn beside(definition: &Definition, program: &Path) -> Result<Self> {
        let mut this = Self::in_program(definition, program)?;
        this.texts = this.manifest.with_extension("dll");
        this.own_library = true;
        Ok(this)
    }

    /// As [`beside`](Self::beside), where the program itself has the texts:
    /// [`manifest::object`] or [`manifest::res`] was linked to it.
    ///
    /// # Errors
    ///
    /// As [`beside`](Self::beside).
    pub fn in_program(definition: &Definition, program: &Path) -> Result<Self> {
        let refuse = |why| {
            let error = Error::message(ErrorKind::InvalidInput, why);
            Err(error.of(program.as_os_str()))
        };
        if !program.is_absolute() {
            return refuse("the path of the program is not absolute");
        }
        let whole = program.file_name().and_then(OsStr::to_str);
        let (Some(_), Some(stem)) = (whole, program.file_stem().and_then(OsStr::to_str)) else {
            return refuse("the program has no name that a manifest could hold");
        };
        Ok(Self {
            definition: definition.clone(),
            texts: program.to_owned(),
            manifest: program.with_file_name(format!("{stem}.counters.man")),
            own_library: false,
        })
    }

    /// The manifest that is or will be there.
    #[must_use]
    pub fn manifest(&self) -> &Path {
        &self.manifest
    }

    /// The library or program with the texts.
    #[must_use]
    pub fn texts(&self) -> &Path {
        &self.texts
    }

    /// What the registry says of the provider now; `None` where it is not
    /// installed.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Unsupported`] where there is no such registry.
    ///
    /// # Platform
    ///
    /// Windows: the key of the provider's GUID below
    /// `HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Perflib\_V2Providers`.
    pub fn registered(&self) -> Result<Option<Registered>> {
        Registry.registered(self.definition.guid())
    }

    /// Installs it, also over what was installed before under its GUID.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::AccessDenied`] to all but administrators,
    /// [`ErrorKind::Unsupported`] where this Windows registers nothing (as
    /// Wine, whose `lodctr` does nothing), and what `lodctr` printed; nothing
    /// is installed then. Where a file cannot be written, or the files are
    /// those of another provider that is installed
    /// ([`ErrorKind::InvalidInput`]), what was installed before stays as it was.
    ///
    /// # Platform
    ///
    /// Windows. What `lodctr` makes of the manifest was never seen on a real
    /// one: see docs/PLATFORM.md.
    pub fn install(&self) -> Result<()> {
        self.install_with(&Registry)
    }

    /// Removes it: the registration and the files, unless those have become
    /// another provider's. Whether there was any of it.
    ///
    /// Nothing is left behind, also of an installation that was cut short.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::AccessDenied`] to all but administrators.
    ///
    /// # Platform
    ///
    /// Windows.
    pub fn remove(&self) -> Result<bool> {
        self.remove_with(&Registry)
    }

    fn install_with(&self, registrar: &impl Registrar) -> Result<()> {
        let provider = self.definition.guid();
        let before = registrar.registered(provider)?;
        if let Some(other) = self.other(registrar)? {
            let error = Error::message(
                ErrorKind::InvalidInput,
                format!("it is the manifest of the provider {other}; remove that first"),
            );
            return Err(error.of(self.manifest.as_os_str()));
        }
        // First what can fail without harm: a consumer may have the library
        // open, and what was installed goes on then.
        if let Err(error) = self.write_files() {
            if before.is_none() {
                _ = self.remove_files();
            }
            return Err(error);
        }
        self.register(registrar).inspect_err(|_| {
            // What it failed with is what the caller wants to know.
            _ = self.remove_with(registrar);
        })
    }

    /// The other provider that the files are of, where that is installed.
    fn other(&self, registrar: &impl Registrar) -> Result<Option<Guid>> {
        let Ok(text) = fs::read_to_string(&self.manifest) else {
            return Ok(None);
        };
        let guid = text
            .split_once("providerGuid=\"")
            .and_then(|(_, rest)| rest.split_once('"')?.0.parse().ok())
            .filter(|&guid| guid != self.definition.guid());
        match guid {
            Some(guid) if registrar.registered(guid)?.is_some() => Ok(Some(guid)),
            _ => Ok(None),
        }
    }

    fn write_files(&self) -> Result<()> {
        let application = self.texts.file_name().and_then(OsStr::to_str);
        let manifest = Manifest::new(&self.definition, application.unwrap_or_default());
        let manifest = manifest.to_string();
        // Both are written beside what is there, and only then take its place.
        let library = if self.own_library {
            let library = manifest::library(&self.definition, None);
            New::write(&self.texts, &library)?
        } else {
            None
        };
        let manifest = New::write(&self.manifest, manifest.as_bytes())?;
        let both = [library, manifest];
        for new in both.into_iter().flatten() {
            new.replace()?;
        }
        Ok(())
    }

    fn register(&self, registrar: &impl Registrar) -> Result<()> {
        // `lodctr` refuses a counter set that is there already.
        self.unregister(registrar)?;
        let directory = self.manifest.parent().unwrap_or(Path::new(""));
        let printed = registrar.load(&self.manifest, directory)?;
        let found = registrar.registered(self.definition.guid())?;
        let complete = found.is_some_and(|found| {
            let mut sets = self.definition.sets().iter();
            sets.all(|set| found.sets.contains(&set.guid))
        });
        if complete {
            return Ok(());
        }
        let printed = if printed.is_empty() {
            "nothing"
        } else {
            &printed
        };
        Err(Error::message(
            ErrorKind::Unsupported,
            format!(
                "lodctr succeeded, but not all counter sets are registered; it printed: {printed}"
            ),
        ))
    }

    fn remove_with(&self, registrar: &impl Registrar) -> Result<bool> {
        let registered = self.unregister(registrar)?;
        if self.other(registrar)?.is_some() {
            return Ok(registered);
        }
        let files = self.remove_files()?;
        Ok(registered || files)
    }

    fn remove_files(&self) -> Result<bool> {
        // Those of an installation that was cut short.
        let library = self.own_library.then_some(&self.texts);
        for path in std::iter::once(&self.manifest).chain(library) {
            _ = fs::remove_file(new_name(path));
        }
        // One that stays does not keep the other.
        let manifest = remove(&self.manifest);
        let library = match self.own_library {
            true => remove(&self.texts)?,
            false => false,
        };
        Ok(manifest? || library)
    }

    /// Whether it was registered.
    fn unregister(&self, registrar: &impl Registrar) -> Result<bool> {
        let provider = self.definition.guid();
        if registrar.registered(provider)?.is_none() {
            return Ok(false);
        }
        let unloaded = registrar.unload(provider);
        if registrar.registered(provider)?.is_some() {
            // Half of a registration is not always known to `unlodctr`. Who
            // may not delete it either learns that first.
            registrar
                .forget(provider)
                .map_err(|error| unloaded.err().unwrap_or(error))?;
        }
        Ok(true)
    }
}

/// A file that was written, to be put in the place of another.
struct New<'a> {
    path: PathBuf,
    place: &'a Path,
}

impl<'a> New<'a> {
    /// Writes it beside its place, and makes sure that it can be put there;
    /// `None` where the same is there already: a consumer has a library open
    /// whose texts it shows.
    fn write(place: &'a Path, content: &[u8]) -> Result<Option<Self>> {
        if fs::read(place).is_ok_and(|there| there == content) {
            return Ok(None);
        }
        let new = Self {
            path: new_name(place),
            place,
        };
        fs::write(&new.path, content).map_err(|error| file_error("write", place, error))?;
        match fs::OpenOptions::new().write(true).open(place) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(file_error("write", place, error))
            }
            _ => Ok(Some(new)),
        }
    }

    fn replace(self) -> Result<()> {
        fs::rename(&self.path, self.place).map_err(|error| {
            // It could be opened to be written to, so that no right is missing.
            if cfg!(windows) && error.kind() == io::ErrorKind::PermissionDenied {
                return in_use("write", self.place, &error);
            }
            file_error("write", self.place, error)
        })
    }
}

impl Drop for New<'_> {
    fn drop(&mut self) {
        // Not there any more where it has taken its place.
        _ = fs::remove_file(&self.path);
    }
}

fn new_name(place: &Path) -> PathBuf {
    let mut name = place.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    place.with_file_name(name)
}

fn remove(path: &Path) -> Result<bool> {
    match fs::remove_file(path) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(file_error("remove", path, error)),
    }
}

fn file_error(what: &'static str, path: &Path, error: io::Error) -> Error {
    /// `ERROR_SHARING_VIOLATION`, `ERROR_USER_MAPPED_FILE`.
    const OPEN: [i32; 2] = [32, 1224];
    if cfg!(windows)
        && error
            .raw_os_error()
            .is_some_and(|code| OPEN.contains(&code))
    {
        return in_use(what, path, &error);
    }
    let kind = match error.kind() {
        io::ErrorKind::PermissionDenied => ErrorKind::AccessDenied,
        io::ErrorKind::NotFound => ErrorKind::NotFound,
        _ => ErrorKind::Os,
    };
    Error::message(kind, format!("{what}: {error}")).of(path.as_os_str())
}

fn in_use(what: &'static str, path: &Path, error: &io::Error) -> Error {
    let hint = "close Perfmon and what else shows these counters";
    Error::message(ErrorKind::Os, format!("{what}: {error}; {hint}")).of(path.as_os_str())
}
