//! A system with Wine 10, and how a program comes into it.

use std::net::{TcpStream, ToSocketAddrs};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;
use std::{env, fs};

use super::{Lack, quoted, text};
use crate::{packages, run, test};

/// The first Debian with Wine 10.
pub(super) const RELEASE: &str = "trixie";
/// Older ones lack calls that the tests make.
const OLDEST_WINE: u32 = 10;
/// Where the Wine prefix is that every run begins with, within the system.
const PREFIX: &str = "opt/wine-prefix";

/// What quietens Wine: no window asks whether to install Mono, no menu entries
/// are made, and what aborts is not debugged. With a TMPDIR its server aborts.
fn environment(prefix: &Path, temporary: &Path) -> String {
    format!(
        "\
export HOME={temporary}/home XDG_RUNTIME_DIR={temporary}/run WINEPREFIX={prefix}
export WINEDEBUG=-all WINEDLLOVERRIDES='mscoree,mshtml=;winemenubuilder.exe=d;winedbg.exe=d'
export LC_ALL=C.UTF-8
unset DISPLAY WAYLAND_DISPLAY TMPDIR
mkdir -p -m 700 {temporary}/home {temporary}/run
",
        prefix = quoted(&text(prefix)),
        temporary = quoted(&text(temporary)),
    )
}

/// Where Wine is.
pub(crate) enum System {
    /// In a directory that becomes the root.
    Root(PathBuf),
    /// On this machine, with a prefix to begin with.
    Own(PathBuf),
}

/// Finds a Wine, or sets one up.
pub(crate) fn find() -> Result<System, Lack> {
    let unshare = ["--mount", "--pid", "--fork", "--kill-child", "true"];
    if !run::works("unshare", &unshare) {
        return Err(Lack::Here(
            "this user or container may not make namespaces for Wine (unshare)".to_owned(),
        ));
    }
    if own_version().is_some_and(|version| version >= OLDEST_WINE) {
        return own();
    }
    let root = root();
    if !root.join(PREFIX).is_dir() {
        set_up(&root)?;
    }
    Ok(System::Root(root))
}

/// Where the Debian with Wine is, or will be.
pub(super) fn root() -> PathBuf {
    env::var_os("OSLENS_WINE_ROOT").map_or_else(
        || test::target_dir().join("wine").join(RELEASE),
        PathBuf::from,
    )
}

/// `wine-10.0 (Debian 10.0~repack-6)`.
fn own_version() -> Option<u32> {
    let output = Command::new("wine")
        .arg("--version")
        .stderr(Stdio::null())
        .output();
    let version = String::from_utf8_lossy(&output.ok()?.stdout).into_owned();
    let number = version.strip_prefix("wine-")?;
    number
        .split(|c: char| !c.is_ascii_digit())
        .next()?
        .parse()
        .ok()
}

fn own() -> Result<System, Lack> {
    let prefix = test::target_dir().join("wine/own-prefix");
    if !prefix.is_dir() {
        let making = beside(&prefix)?;
        let run = own_run(&making)?;
        let script = format!(
            "mount -t tmpfs tmpfs {}\n{}wineboot -i && wineserver -w",
            quoted(&text(&run)),
            environment(&making, &run)
        );
        settle("Wine", command(&isolated(&script)), &making, &prefix)?;
    }
    own_run(&prefix)?;
    Ok(System::Own(prefix))
}

/// What a run of this machine's own Wine covers with memory.
fn own_run(prefix: &Path) -> Result<PathBuf, Lack> {
    let run = prefix.with_file_name("own-run");
    match fs::create_dir_all(&run) {
        Ok(()) => Ok(run),
        Err(error) => Err(Lack::Broken(format!("{}: {error}", run.display()))),
    }
}

/// A directory of our own in the place where `wanted` will be. Others may be
/// making the same: the first to finish wins.
fn beside(wanted: &Path) -> Result<PathBuf, Lack> {
    let broken = |error: std::io::Error| Lack::Broken(format!("{}: {error}", wanted.display()));
    let folder = wanted.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder).map_err(broken)?;
    let name = wanted.file_name().unwrap_or_default().to_string_lossy();
    // Those of runs that were killed.
    for entry in fs::read_dir(folder).map_err(broken)?.flatten() {
        let other = entry.file_name().to_string_lossy().into_owned();
        let pid = other
            .strip_prefix(&*name)
            .and_then(|rest| rest.strip_prefix(".new-"));
        if pid.is_some_and(|pid| !Path::new("/proc").join(pid).exists()) {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
    let own = folder.join(format!("{name}.new-{}", std::process::id()));
    fs::create_dir_all(&own).map_err(broken)?;
    fs::canonicalize(&own).map_err(broken)
}

fn settle(name: &str, mut making: Command, made: &Path, wanted: &Path) -> Result<(), Lack> {
    let done = making
        .stdin(Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    if done && (fs::rename(made, wanted).is_ok() || wanted.is_dir()) {
        let _ = fs::remove_dir_all(made);
        return Ok(());
    }
    let _ = fs::remove_dir_all(made);
    let reason = format!("{name} could not be set up in {}", wanted.display());
    Err(if mirror_answers() {
        Lack::Broken(reason)
    } else {
        let mirror = mirror().unwrap_or_else(|| "the Debian mirror".to_owned());
        Lack::Here(format!("{reason}: {mirror} does not answer"))
    })
}

/// Where this machine has its Debian from. `None`: where debootstrap would
/// take it from.
fn mirror() -> Option<String> {
    if let Ok(mirror) = env::var("OSLENS_DEBIAN_MIRROR") {
        return Some(mirror);
    }
    let output = Command::new("apt-get")
        .args(["indextargets", "--format", "$(REPO_URI)"])
        .args(["Created-By: Packages"])
        .stderr(Stdio::null())
        .output();
    let sources = String::from_utf8_lossy(&output.ok()?.stdout).into_owned();
    let debian = |source: &&str| source.starts_with("http") && source.ends_with("/debian");
    let mut sources = sources.lines().map(|line| line.trim_end_matches('/'));
    sources.find(debian).map(str::to_owned)
}

/// Whether the network could have provided it.
fn mirror_answers() -> bool {
    let Some(mirror) = mirror() else {
        return false;
    };
    let host = mirror.split('/').nth(2).unwrap_or_default();
    let host = match host.contains(':') {
        true => host.to_owned(),
        false => format!("{host}:80"),
    };
    let within = Duration::from_secs(10);
    host.to_socket_addrs()
        .is_ok_and(|mut all| all.any(|one| TcpStream::connect_timeout(&one, within).is_ok()))
}

/// A Debian with Wine, and in it a prefix.
fn set_up(root: &Path) -> Result<(), Lack> {
    let packages = ["wine", "wine64"];
    let script = format!(
        "{}wineboot -i\nwineserver -w",
        environment(&Path::new("/").join(PREFIX), Path::new("/tmp")),
    );
    debian("Wine 10", root, &packages, &script)
}

/// A Debian that has packages, in which a script has run.
pub(super) fn debian(name: &str, root: &Path, packages: &[&str], script: &str) -> Result<(), Lack> {
    if crate::wanted("OSLENS_NO_INSTALL") {
        return Err(Lack::Here(format!(
            "there is no {name}, and OSLENS_NO_INSTALL is set"
        )));
    }
    if !packages::is_root() {
        return Err(Lack::Here(format!(
            "there is no {name}, and only root can set up a system that has it"
        )));
    }
    packages::require(&[("debootstrap", "a Debian in a directory is made by")])
        .map_err(Lack::Here)?;
    println!("{name} is set up in {}", root.display());
    let making = beside(root)?;
    let here = quoted(&text(&making));
    // A debootstrap that is older than the release makes it as any other one.
    let scripts = "/usr/share/debootstrap/scripts";
    let script = format!(
        "
mirror={mirror}
variant=$([ -e {scripts}/{RELEASE} ] || [ -z $mirror ] || echo {scripts}/sid)
debootstrap --variant=minbase {RELEASE} {here} $mirror $variant > {here}.log 2>&1 || {{
    tail -n 20 {here}.log; rm -f {here}.log; exit 1
}}
rm -f {here}.log
cp -L /etc/resolv.conf {here}/etc/resolv.conf
cd {here}
{MOUNTS}
chroot . /bin/sh -eu -c {inside}
rm -rf tmp/* var/cache/apt/archives/*.deb
",
        mirror = mirror().map_or_else(String::new, |mirror| quoted(&mirror)),
        inside = quoted(&format!(
            // The user that apt downloads as cannot enter a checkout that is
            // another's alone.
            "export DEBIAN_FRONTEND=noninteractive
apt-get -o APT::Sandbox::User=root -qq -y --no-install-recommends install {} >/dev/null
{script}",
            packages.join(" "),
        )),
    );
    settle(name, command(&isolated(&script)), &making, root)
}

/// Below the current directory: what programs expect of a system. The
/// processes are those of the PID namespace.
const MOUNTS: &str = "\
mount -t proc proc proc
mount --rbind /dev dev
mount --rbind /sys sys
mount -t tmpfs tmpfs tmp
chmod 1777 tmp
";

/// Below the current directory: these folders, where they are here.
fn binds(folders: &[PathBuf]) -> Result<String, String> {
    let mut binds = String::new();
    for folder in folders {
        let folder =
            fs::canonicalize(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        if folder.parent().is_none() {
            continue;
        }
        let folder = quoted(&text(&folder));
        binds.push_str(&format!(
            "mkdir -p .{folder}\nmount --bind {folder} .{folder}\n"
        ));
    }
    Ok(binds)
}

/// A script in a directory that becomes the root, with these folders where
/// they are here. What it changes there stays.
pub(super) fn within(
    root: &Path,
    folders: &[PathBuf],
    mounts: &str,
    script: &str,
) -> Result<Command, String> {
    Ok(command(&isolated(&format!(
        "cd {root}\n{MOUNTS}{binds}{mounts}exec chroot . /bin/sh -eu -c {script}",
        root = quoted(&text(root)),
        binds = binds(folders)?,
        script = quoted(script),
    ))))
}

/// A script in mount and PID namespaces, which end with it.
fn isolated(script: &str) -> Vec<String> {
    let unshare = ["--mount", "--pid", "--fork", "--kill-child", "--mount-proc"];
    let shell = ["/bin/sh", "-eu", "-c", script];
    ["unshare"]
        .iter()
        .chain(&unshare)
        .chain(&shell)
        .map(|&word| word.to_owned())
        .collect()
}

fn command(words: &[String]) -> Command {
    let mut command = Command::new(&words[0]);
    command.args(&words[1..]);
    command
}

impl System {
    /// A shell script within the system, with a fresh Wine prefix. The checkout,
    /// the target directory and these folders are where they are here.
    pub(crate) fn inside(&self, script: &str, folders: &[PathBuf]) -> Result<Command, String> {
        let outer = match self {
            Self::Root(root) => {
                let mut shown = vec![crate::root(), test::target_dir()];
                shown.extend_from_slice(folders);
                let binds = binds(&shown)?;
                let prefix = Path::new("/").join(PREFIX);
                let inner = environment(&prefix, Path::new("/tmp")) + script;
                // Names relative to the system: those of the layers must not
                // have commas and colons.
                format!(
                    "cd {root}
mount -t tmpfs tmpfs mnt
mkdir mnt/upper mnt/work mnt/root
if mount -t overlay -o lowerdir=.,upperdir=mnt/upper,workdir=mnt/work overlay mnt/root 2>/dev/null
then
    cd mnt/root
else
    # Without layers: all of it in memory.
    tar --one-file-system --exclude=./mnt/root -cf - . | tar -xf - -C mnt/root
    cd mnt/root
fi
{MOUNTS}{binds}exec chroot . /bin/sh -u -c {inner}",
                    root = quoted(&text(root)),
                    inner = quoted(&inner),
                )
            }
            Self::Own(prefix) => {
                let run = prefix.with_file_name("own-run");
                format!(
                    "mount -t tmpfs tmpfs {at}\ncp -a {prefix} {at}/prefix\n{environment}set +e\n{script}",
                    at = quoted(&text(&run)),
                    prefix = quoted(&text(prefix)),
                    environment = environment(&run.join("prefix"), &run),
                )
            }
        };
        Ok(command(&isolated(&outer)))
    }
}
