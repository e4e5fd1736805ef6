use std::cell::RefCell;

use super::*;
use crate::{
    CounterType,
    definition::{CounterSetSpec, CounterSpec, ProviderSpec},
    scratch,
};

const PROVIDER: Guid = Guid::from_u128(0x0a55_0001_0000_4000_8000_0000_0000_0001);
const FIRST: Guid = Guid::from_u128(0x0a55_0002_0000_4000_8000_0000_0000_0001);
const SECOND: Guid = Guid::from_u128(0x0a55_0003_0000_4000_8000_0000_0000_0001);

fn definition() -> Definition {
    let set = |guid, name: &str| {
        CounterSetSpec::new(guid, name, "What is counted.").counter(CounterSpec::new(
            1,
            "One",
            "What it counts.",
            CounterType::COUNTER_RAWCOUNT,
        ))
    };
    ProviderSpec::new(PROVIDER, "Sample")
        .set(set(FIRST, "First"))
        .set(set(SECOND, "Second"))
        .check()
        .unwrap()
}

/// A `lodctr` that reads the manifest, and what else it is told to do.
#[derive(Default)]
struct Fake {
    state: RefCell<Option<Registered>>,
    done: RefCell<Vec<String>>,
    load_fails: bool,
    /// As that of Wine.
    load_does_nothing: bool,
    unload_does_nothing: bool,
    forget_fails: bool,
}

impl Registrar for Fake {
    fn registered(&self, provider: Guid) -> Result<Option<Registered>> {
        Ok(match provider {
            PROVIDER => self.state.borrow().clone(),
            _ => None,
        })
    }

    fn load(&self, manifest: &Path, directory: &Path) -> Result<String> {
        self.done.borrow_mut().push("load".to_owned());
        let text = fs::read_to_string(manifest).unwrap();
        let value = |name: &str| {
            let (_, rest) = text.split_once(&format!(" {name}=\"")).unwrap();
            rest.split_once('"').unwrap().0.to_owned()
        };
        let texts = directory.join(value("applicationIdentity"));
        assert!(texts.is_file(), "{texts:?} has the texts");
        if self.load_fails {
            return Err(Error::message(ErrorKind::AccessDenied, "lodctr: denied"));
        }
        if self.load_does_nothing {
            return Ok("stub".to_owned());
        }
        assert!(self.state.borrow().is_none(), "registered twice");
        *self.state.borrow_mut() = Some(Registered {
            name: Some(value("providerName").into()),
            texts: Some(texts),
            sets: text
                .lines()
                .filter_map(|line| line.trim().strip_prefix("guid=\""))
                .map(|rest| rest.trim_end_matches(['"', '>']).parse().unwrap())
                .collect(),
        });
        Ok(String::new())
    }

    fn unload(&self, provider: Guid) -> Result<String> {
        self.done.borrow_mut().push(format!("unload {provider}"));
        if self.unload_does_nothing {
            return Err(Error::message(ErrorKind::Os, "unlodctr ended with 2"));
        }
        *self.state.borrow_mut() = None;
        Ok(String::new())
    }

    fn forget(&self, _: Guid) -> Result<()> {
        self.done.borrow_mut().push("forget".to_owned());
        if self.forget_fails {
            return Err(Error::message(ErrorKind::AccessDenied, "denied"));
        }
        *self.state.borrow_mut() = None;
        Ok(())
    }
}

/// A directory with a program, and its installation.
fn sample() -> (scratch::Dir, Installation) {
    let dir = scratch::Dir::new("install");
    let program = dir.path().join("sample.service.exe");
    fs::write(&program, "MZ").unwrap();
    let installation = Installation::beside(&definition(), &program).unwrap();
    (dir, installation)
}

fn files(dir: &scratch::Dir) -> Vec<String> {
    let entries = fs::read_dir(dir.path()).unwrap();
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn what_was_installed_is_removed_without_a_trace() {
    let (dir, installation) = sample();
    let system = Fake::default();
    installation.install_with(&system).unwrap();
    assert_eq!(
        files(&dir),
        [
            "sample.service.counters.dll",
            "sample.service.counters.man",
            "sample.service.exe"
        ]
    );
    let registered = system.state.borrow().clone().unwrap();
    assert_eq!(registered.sets, [FIRST, SECOND]);
    assert_eq!(registered.texts.as_deref(), Some(installation.texts()));
    assert!(installation.remove_with(&system).unwrap());
    assert_eq!(files(&dir), ["sample.service.exe"]);
    assert_eq!(*system.state.borrow(), None);
    assert!(!installation.remove_with(&system).unwrap());
}

#[test]
fn to_install_again_replaces_what_was_there() {
    let (dir, installation) = sample();
    let system = Fake::default();
    installation.install_with(&system).unwrap();
    installation.install_with(&system).unwrap();
    assert_eq!(
        *system.done.borrow(),
        ["load", &format!("unload {PROVIDER}"), "load"]
    );
    assert_eq!(files(&dir).len(), 3);
}

#[test]
fn a_program_with_the_texts_gets_no_library_and_is_kept() {
    let (dir, _) = sample();
    let program = dir.path().join("sample.service.exe");
    let installation = Installation::in_program(&definition(), &program).unwrap();
    let system = Fake::default();
    installation.install_with(&system).unwrap();
    assert_eq!(files(&dir).len(), 2);
    assert!(installation.remove_with(&system).unwrap());
    assert_eq!(files(&dir), ["sample.service.exe"]);
}

#[test]
fn an_installation_that_fails_leaves_nothing_behind() {
    let (dir, installation) = sample();
    let system = Fake {
        load_fails: true,
        ..Fake::default()
    };
    let error = installation.install_with(&system).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::AccessDenied);
    assert_eq!(files(&dir), ["sample.service.exe"]);

    let system = Fake {
        load_does_nothing: true,
        ..Fake::default()
    };
    let error = installation.install_with(&system).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert!(error.to_string().contains("stub"), "{error}");
    assert_eq!(files(&dir), ["sample.service.exe"]);
}

#[test]
fn a_file_that_cannot_be_written_leaves_what_was_installed() {
    let (dir, installation) = sample();
    let system = Fake::default();
    // A directory in its place: nobody can write that.
    fs::create_dir(installation.manifest()).unwrap();
    installation.install_with(&system).unwrap_err();
    assert_eq!(*system.state.borrow(), None);
    assert!(!installation.texts().exists());
    fs::remove_dir(installation.manifest()).unwrap();

    installation.install_with(&system).unwrap();
    let before = system.state.borrow().clone();
    let texts = fs::read(installation.texts()).unwrap();
    fs::remove_file(installation.manifest()).unwrap();
    fs::create_dir(installation.manifest()).unwrap();
    // Another version, with other texts.
    let mut changed = definition().spec().clone();
    changed.sets[0].description.push_str(" More.");
    let program = dir.path().join("sample.service.exe");
    let changed = Installation::beside(&changed.check().unwrap(), &program).unwrap();
    for installation in [&installation, &changed] {
        let error = installation.install_with(&system).unwrap_err();
        assert!(error.subject().is_some(), "{error}");
        assert_eq!(*system.state.borrow(), before);
        assert_eq!(fs::read(installation.texts()).unwrap(), texts);
        assert_eq!(files(&dir).len(), 3);
    }
    fs::remove_dir(installation.manifest()).unwrap();
    changed.install_with(&system).unwrap();
    assert_ne!(fs::read(installation.texts()).unwrap(), texts);
    assert_eq!(files(&dir).len(), 3);
}

/// As a consumer has it open, whose texts it shows.
#[cfg(windows)]
#[test]
fn a_library_that_is_in_use_stays_and_the_cause_is_told() {
    use std::os::windows::fs::OpenOptionsExt as _;

    /// `FILE_SHARE_READ`.
    const SHARE_READ: u32 = 1;
    let (dir, installation) = sample();
    let system = Fake::default();
    installation.install_with(&system).unwrap();
    let texts = fs::read(installation.texts()).unwrap();
    let mut changed = definition().spec().clone();
    changed.sets[0].description.push_str(" More.");
    let program = dir.path().join("sample.service.exe");
    let changed = Installation::beside(&changed.check().unwrap(), &program).unwrap();
    let mut options = fs::OpenOptions::new();
    let open = options.read(true).share_mode(SHARE_READ);
    let open = open.open(installation.texts()).unwrap();
    let error = changed.install_with(&system).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Os);
    assert!(error.to_string().contains("close Perfmon"), "{error}");
    assert_eq!(fs::read(installation.texts()).unwrap(), texts);
    assert_eq!(files(&dir).len(), 3);
    drop(open);
    changed.install_with(&system).unwrap();
    assert_ne!(fs::read(installation.texts()).unwrap(), texts);
}

#[test]
fn the_files_of_another_provider_are_kept() {
    let (dir, installation) = sample();
    let system = Fake::default();
    installation.install_with(&system).unwrap();
    let before = fs::read(installation.texts()).unwrap();
    let mut other = definition().spec().clone();
    other.guid = Guid::from_u128(7);
    other.sets[0].description.push_str(" More.");
    let program = dir.path().join("sample.service.exe");
    let other = Installation::beside(&other.check().unwrap(), &program).unwrap();
    let error = other.install_with(&system).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    assert!(error.to_string().contains(&PROVIDER.to_string()), "{error}");
    assert!(!other.remove_with(&system).unwrap());
    assert_eq!(fs::read(installation.texts()).unwrap(), before);
    assert_eq!(files(&dir).len(), 3);
    // Once that is not registered any more, they are nobody's.
    *system.state.borrow_mut() = None;
    assert!(other.remove_with(&system).unwrap());
    assert_eq!(files(&dir), ["sample.service.exe"]);
}

#[test]
fn what_was_cut_short_is_removed() {
    let (dir, installation) = sample();
    for name in [installation.manifest(), installation.texts()] {
        fs::write(new_name(name), "half").unwrap();
    }
    installation.remove_with(&Fake::default()).unwrap();
    assert_eq!(files(&dir), ["sample.service.exe"]);
}

#[test]
fn what_unlodctr_leaves_is_deleted_or_the_first_error_told() {
    let (dir, installation) = sample();
    let mut system = Fake {
        unload_does_nothing: true,
        ..Fake::default()
    };
    installation.install_with(&system).unwrap();
    assert!(installation.remove_with(&system).unwrap());
    assert_eq!(*system.state.borrow(), None);
    assert_eq!(files(&dir), ["sample.service.exe"]);

    installation.install_with(&system).unwrap();
    system.forget_fails = true;
    let error = installation.remove_with(&system).unwrap_err();
    assert!(error.to_string().contains("unlodctr"), "{error}");
    // Nothing is taken from under a registration that stays.
    assert_eq!(files(&dir).len(), 3);
}

#[test]
fn a_program_that_a_manifest_cannot_name_is_refused() {
    let definition = definition();
    for path in ["sample.exe", ""] {
        let error = Installation::beside(&definition, Path::new(path)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput, "{path}");
    }
    #[cfg(unix)]
    for name in [&b"/sample\xff.exe"[..], b"/sample.\xff"] {
        use std::os::unix::ffi::OsStrExt as _;
        let program = Path::new(OsStr::from_bytes(name));
        let error = Installation::in_program(&definition, program).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
    }
}

#[cfg(not(windows))]
#[test]
fn elsewhere_nothing_is_installed_and_nothing_written() {
    let (dir, installation) = sample();
    for result in [
        installation.install(),
        installation.remove().map(drop),
        installation.registered().map(drop),
    ] {
        assert_eq!(result.unwrap_err().kind(), ErrorKind::Unsupported);
    }
    assert_eq!(files(&dir), ["sample.service.exe"]);
}
