//! The machine on Windows.

use std::{
    collections::HashMap,
    ffi::OsString,
    time::{Duration, SystemTime},
};

use windows_sys::Win32::System::{
    RemoteDesktop::{WTSClientAddress, WTSClientName, WTSSessionInfo, WTSUserName},
    SystemInformation::{
        IMAGE_FILE_MACHINE_AMD64, IMAGE_FILE_MACHINE_ARM64, IMAGE_FILE_MACHINE_ARMNT,
        IMAGE_FILE_MACHINE_I386, PROCESSOR_ARCHITECTURE_AMD64, PROCESSOR_ARCHITECTURE_ARM,
        PROCESSOR_ARCHITECTURE_ARM64, PROCESSOR_ARCHITECTURE_INTEL,
    },
};

use super::NameOf;
use crate::{
    Error, Host, Result,
    host::{Info, User},
    parse::windows::{bytes, sessions, time},
    sys::pal::windows::{
        buffer::Buffer,
        native::{self, class},
        registry,
        sessions::{Session, information, list},
        system, wide,
    },
};

pub(crate) fn boot_time(host: &Host) -> Result<SystemTime> {
    system::this_machine(host)?;
    let mut buffer = Buffer::default();
    let record = native::query_system_record(class::TIME_OF_DAY, 48, &mut buffer)?;
    time::boot_time(record)
        .ok_or_else(|| Error::malformed("NtQuerySystemInformation", "the time of boot"))
}

pub(crate) fn uptime(host: &Host) -> Result<Duration> {
    system::this_machine(host)?;
    Ok(system::since_boot())
}

pub(crate) fn users(host: &Host) -> Result<Vec<User>> {
    system::this_machine(host)?;
    Ok(list()?.into_iter().filter_map(user).collect())
}

/// The user of a session. Some have none: those of services, and the one that
/// waits for a log-in. One that ends meanwhile has none either.
fn user(session: Session) -> Option<User> {
    let text = |class| {
        let answer = information(session.id, class).ok()?;
        let units: Vec<u16> = bytes::utf16(&answer).collect();
        let text = wide::text_until_nul(&units);
        (!text.is_empty()).then_some(text)
    };
    let name = text(WTSUserName)?;
    let address = || {
        let answer = information(session.id, WTSClientAddress).ok()?;
        sessions::client_address(&answer)
    };
    let started = || {
        let answer = information(session.id, WTSSessionInfo).ok()?;
        sessions::logon_time(&answer)
    };
    Some(User {
        name,
        host: match address() {
            Some(address) => Some(address.to_string().into()),
            None => text(WTSClientName),
        },
        started: started(),
        pid: None,
        session: Some(session.id.to_string().into()),
        terminal: (!session.station.is_empty()).then_some(session.station),
    })
}

pub(crate) fn info(host: &Host) -> Result<Info> {
    system::this_machine(host)?;
    const KEY: &str = r"SOFTWARE\Microsoft\Windows NT\CurrentVersion";
    let version = system::version()?;
    let release = format!("{}.{}.{}", version.major, version.minor, version.build);
    // What the monthly updates count.
    let revision = registry::number(KEY, "UBR").ok();
    let name = registry::text(KEY, "ProductName").ok();
    Ok(Info {
        hostname: system::computer_name().ok(),
        kernel: Some("Windows NT".into()),
        kernel_version: revision.map(|revision| format!("{release}.{revision}").into()),
        kernel_release: Some(release.into()),
        architecture: system::native_machine()
            .and_then(machine)
            .or_else(|| architecture(system::native_system_info().architecture))
            .map(Into::into),
        os_name: name.map(|name| product(name, version.build)),
        os_id: Some("windows".into()),
        os_version: registry::text(KEY, "DisplayVersion").ok(),
    })
}

/// By the number that programs are marked with.
fn machine(number: u16) -> Option<&'static str> {
    Some(match number {
        IMAGE_FILE_MACHINE_AMD64 => "x86_64",
        IMAGE_FILE_MACHINE_ARM64 => "aarch64",
        IMAGE_FILE_MACHINE_I386 => "x86",
        IMAGE_FILE_MACHINE_ARMNT => "arm",
        _ => return None,
    })
}

fn architecture(number: u16) -> Option<&'static str> {
    Some(match number {
        PROCESSOR_ARCHITECTURE_AMD64 => "x86_64",
        PROCESSOR_ARCHITECTURE_ARM64 => "aarch64",
        PROCESSOR_ARCHITECTURE_INTEL => "x86",
        PROCESSOR_ARCHITECTURE_ARM => "arm",
        _ => return None,
    })
}

/// The name in the registry of Windows 11 is still that of Windows 10.
fn product(name: OsString, build: u32) -> OsString {
    /// The first Windows 11; servers have other names.
    const ELEVEN: u32 = 22_000;
    match name
        .to_str()
        .and_then(|name| name.strip_prefix("Windows 10"))
    {
        Some(edition) if build >= ELEVEN => format!("Windows 11{edition}").into(),
        _ => name,
    }
}

/// Users and groups have no numbers here.
pub(crate) fn local_name(_: NameOf, _: u32) -> Option<OsString> {
    None
}

pub(crate) fn all_names(_: &Host, _: NameOf) -> HashMap<u32, OsString> {
    HashMap::new()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_11_is_called_so() {
        let name = |build| product("Windows 10 Pro".into(), build);
        assert_eq!(name(22_631), "Windows 11 Pro");
        assert_eq!(name(19_045), "Windows 10 Pro");
        let server = OsString::from("Windows Server 2025 Standard");
        assert_eq!(product(server.clone(), 26_100), server);
    }

    #[test]
    fn the_machine_is_told_in_the_same_words_either_way() {
        let by_machine = system::native_machine().and_then(machine);
        let by_system = architecture(system::native_system_info().architecture);
        // Or an emulator runs this, of which there is one.
        assert!(
            by_machine.is_none_or(|name| Some(name) == by_system || name == "aarch64"),
            "{by_machine:?} {by_system:?}"
        );
        assert_eq!(machine(0xaa64), Some("aarch64"));
    }
}
