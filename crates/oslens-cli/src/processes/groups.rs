//! What the path of a control group says about a process: the container that
//! it is in. (For its unit see [`crate::unit`].)

use std::ffi::OsStr;

use oslens::process::CgroupPath;

/// The path in the hierarchy that a service manager keeps in order: that of
/// cgroup v2, or `name=systemd` where both are mounted. Else the first.
pub(super) fn main_path(groups: &[CgroupPath]) -> Option<&OsStr> {
    let systemd = |group: &&CgroupPath| group.controllers.iter().any(|name| name == "name=systemd");
    groups
        .iter()
        .find(systemd)
        .or_else(|| groups.iter().find(|group| group.hierarchy == 0))
        .or_else(|| groups.first())
        .map(|group| group.path.as_os_str())
}

/// The container: its ID of 64 digits (Docker, Podman, containerd, CRI-O), or
/// the name that LXC and systemd-nspawn give.
pub(super) fn container(groups: &[CgroupPath]) -> Option<&OsStr> {
    let path = main_path(groups)?.to_str()?;
    container_of(path).map(OsStr::new)
}

fn container_of(path: &str) -> Option<&str> {
    path.rsplit('/')
        .find_map(|part| {
            let name = part.strip_suffix(".scope").unwrap_or(part);
            let id = name.rsplit(['-', ':']).next().unwrap_or(name);
            if id.len() == 64 && id.bytes().all(|b| b.is_ascii_hexdigit()) {
                return Some(id);
            }
            part.strip_prefix("lxc.payload.")
                .or_else(|| {
                    part.strip_prefix("systemd-nspawn@")?
                        .strip_suffix(".service")
                })
                .filter(|name| !name.is_empty())
        })
        .or_else(|| {
            // Before LXC 4: /lxc/NAME
            let name = path.strip_prefix("/lxc/")?.split('/').next()?;
            Some(name).filter(|name| !name.is_empty())
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_container_is_known_by_its_id_or_name() {
        let id = "0123456789abcdef".repeat(4);
        for path in [
            format!("/docker/{id}"),
            format!("/system.slice/docker-{id}.scope"),
            format!("/kubepods.slice/kubepods-pod1.slice/cri-containerd-{id}.scope"),
            format!("/machine.slice/libpod-{id}.scope/container"),
            format!("/kubepods-besteffort-pod1.slice:cri-containerd:{id}"),
        ] {
            assert_eq!(container_of(&path), Some(id.as_str()), "{path}");
        }
        assert_eq!(container_of("/lxc/web/init.scope"), Some("web"));
        assert_eq!(container_of("/lxc.payload.web/init.scope"), Some("web"));
        assert_eq!(
            container_of("/machine.slice/systemd-nspawn@deb.service/payload"),
            Some("deb")
        );
        for none in ["/", "/system.slice/nginx.service", "/lxc/", "/docker"] {
            assert_eq!(container_of(none), None, "{none}");
        }
    }
}
