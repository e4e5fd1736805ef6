//! Pressure on Linux: `/proc/pressure`.

use std::{path::Path, time::Duration};

use crate::{
    Error, ErrorKind, Host, Result, parse,
    pressure::{Pressure, Resource, Stall},
    sys::pal::linux::file,
};

pub(crate) fn pressure(host: &Host, resource: Resource) -> Result<Pressure> {
    let (name, feature) = match resource {
        Resource::Cpu => ("pressure/cpu", "CPU pressure (CONFIG_PSI of the kernel)"),
        Resource::Memory => (
            "pressure/memory",
            "memory pressure (CONFIG_PSI of the kernel)",
        ),
        Resource::Io => ("pressure/io", "I/O pressure (CONFIG_PSI of the kernel)"),
        Resource::Irq => (
            "pressure/irq",
            "interrupt pressure (CONFIG_PSI and CONFIG_IRQ_TIME_ACCOUNTING of the kernel)",
        ),
    };
    let path = file::below(host.proc_path(), name);
    match read(&path) {
        // Not built: no file. Switched off at boot (`psi=0`, or
        // `CONFIG_PSI_DEFAULT_DISABLED`): the file refuses with EOPNOTSUPP.
        Err(error) if error.kind() == ErrorKind::Unsupported => Err(Error::unsupported(feature)),
        Err(error) if file::is_absent(&error) && host.proc_path().join("stat").exists() => {
            Err(Error::unsupported(feature))
        }
        result => result,
    }
}

/// Reads one pressure file: the machine's, or a control group's.
pub(crate) fn read(path: &Path) -> Result<Pressure> {
    let (mut stack, mut heap) = ([0; 512], Vec::new());
    let content = file::record_in(path, &mut stack, &mut heap)?;
    let pressure = parse::linux::pressure::pressure(content)
        .map_err(|malformed| Error::malformed(path, malformed.0))?;
    Ok(Pressure {
        some: pressure.some.map(stall),
        full: pressure.full.map(stall),
    })
}

fn stall(line: parse::linux::pressure::Line) -> Stall {
    let fraction = |percent: f64| (percent / 100.0).min(1.0);
    Stall {
        avg10: fraction(line.avg10),
        avg60: fraction(line.avg60),
        avg300: fraction(line.avg300),
        total: Duration::from_micros(line.total),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_tree::TestTree;

    #[test]
    fn percentages_become_fractions() {
        let tree = TestTree::new().file(
            "proc/pressure/cpu",
            "some avg10=12.50 avg60=100.00 avg300=0.00 total=1500000\n",
        );
        let pressure = tree.host().pressure(Resource::Cpu).unwrap();
        let some = pressure.some.unwrap();
        assert!((some.avg10 - 0.125).abs() < 1e-9);
        assert!((some.avg60 - 1.0).abs() < 1e-9);
        assert_eq!(some.total, Duration::from_millis(1500));
        assert_eq!(pressure.full, None);
    }

    #[test]
    fn a_kernel_without_psi_is_unsupported_by_name() {
        let tree = TestTree::new().file("proc/stat", "");
        let error = tree.host().pressure(Resource::Irq).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unsupported);
        assert!(error.to_string().contains("interrupt pressure"), "{error}");
        // A root without proc is a mistake of the caller, not of the kernel.
        let error = TestTree::new().host().pressure(Resource::Io).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound);
        let tree = TestTree::new().file("proc/pressure/io", "what\n");
        let error = tree.host().pressure(Resource::Io).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Malformed);
    }

    #[test]
    fn this_kernel_counts_or_says_that_it_does_not() {
        for resource in [Resource::Cpu, Resource::Memory, Resource::Io, Resource::Irq] {
            match Host::local().pressure(resource) {
                Ok(pressure) => {
                    let again = Host::local().pressure(resource).unwrap();
                    for (before, after) in
                        [(pressure.some, again.some), (pressure.full, again.full)]
                    {
                        assert_eq!(before.is_some(), after.is_some());
                        if let (Some(before), Some(after)) = (before, after) {
                            assert!(after.total >= before.total);
                            assert!((0.0..=1.0).contains(&before.avg10));
                        }
                    }
                }
                Err(error) => assert!(
                    matches!(
                        error.kind(),
                        ErrorKind::Unsupported | ErrorKind::AccessDenied
                    ),
                    "{error}"
                ),
            }
        }
    }
}
