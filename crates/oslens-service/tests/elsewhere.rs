//! Where there is no service manager that this crate knows.

use oslens_service::{Entry, Error, Manager, ServiceSpec, Status, manager::Service};

#[test]
#[cfg(not(windows))]
fn every_way_in_is_unsupported_by_name() {
    use oslens_service::ErrorKind;

    for error in [
        Manager::local().unwrap_err(),
        Manager::remote("machine").unwrap_err(),
    ] {
        assert_eq!(error.kind(), ErrorKind::Unsupported);
        assert!(error.to_string().contains("service manager"), "{error}");
    }
    let error = Manager::remote("").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
}

#[test]
fn everything_goes_to_other_threads() {
    fn is_shared<T: Send + Sync + 'static>() {}
    is_shared::<Manager>();
    is_shared::<Service>();
    is_shared::<ServiceSpec>();
    is_shared::<Entry>();
    is_shared::<Status>();
    is_shared::<Error>();
    assert_eq!(size_of::<Error>(), size_of::<usize>());
}
