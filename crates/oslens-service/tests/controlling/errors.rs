//! Every refusal has its kind.

use oslens_service::{Control, ErrorKind, Manager, ServiceSpec, StartType, State};

use crate::specimen::{Installed, LONG, alone, spec, unique};

#[test]
fn a_service_that_does_not_exist_is_not_found() {
    let _alone = alone();
    let manager = Manager::local().unwrap();
    for name in [unique("none").as_str(), "no/such", ""] {
        let error = manager.get(name).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound, "{name:?}: {error}");
    }
    let service = manager.service(unique("none"));
    for error in [
        service.status().unwrap_err(),
        service.config().unwrap_err(),
        service.description().unwrap_err(),
        service.start(&[]).unwrap_err(),
        service.stop().unwrap_err(),
        service.delete().unwrap_err(),
        service.dependents().unwrap_err(),
        service.security().unwrap_err(),
        service.display_name().unwrap_err(),
        service.wait_for(State::Running, LONG).unwrap_err(),
        service.stop_with_dependents(LONG).unwrap_err(),
        service.restart(&[], LONG).unwrap_err(),
    ] {
        assert_eq!(error.kind(), ErrorKind::NotFound, "{error}");
        assert_eq!(error.code(), Some(1060), "{error}");
        assert_eq!(error.subject(), Some(service.name()), "{error}");
    }
    let changes = ServiceSpec::changes(service.name()).description("x");
    assert_eq!(
        manager.update(&changes).unwrap_err().kind(),
        ErrorKind::NotFound
    );
    assert!(!manager.exists(service.name()).unwrap());
}

#[test]
fn a_name_is_taken_once() {
    let _alone = alone();
    let display_name = unique("shown");
    let installed = Installed::new("exists", |spec| spec.display_name(&display_name));
    let error = installed
        .manager
        .install(&spec(&installed.name))
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Exists, "{error}");
    assert_eq!(error.code(), Some(1073));
    let other = unique("exists");
    let error = installed
        .manager
        .install(&spec(&other).display_name(&display_name))
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Exists, "{error}");
    assert_eq!(error.code(), Some(1078));
    assert!(!installed.manager.exists(&other).unwrap());
}

#[test]
fn what_is_disabled_does_not_start() {
    let _alone = alone();
    let installed = Installed::new("disabled", |spec| spec);
    let service = &installed.service;
    service.disable().unwrap();
    assert_eq!(service.config().unwrap().start_type, StartType::Disabled);
    let error = service.start(&[]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Disabled, "{error}");
    assert_eq!(error.code(), Some(1058));
    service.set_start_type(StartType::Manual).unwrap();
    service.start_and_wait(&[], LONG).unwrap();
    service.enable().unwrap();
    assert_eq!(service.config().unwrap().start_type, StartType::Automatic);
}

#[test]
fn a_control_that_is_not_taken_is_refused() {
    let _alone = alone();
    let installed = Installed::new("control", |spec| spec);
    let service = &installed.service;
    assert_eq!(service.pause().unwrap_err().kind(), ErrorKind::NotRunning);
    service.start_and_wait(&["only-stop".into()], LONG).unwrap();
    for error in [
        service.pause().unwrap_err(),
        service.control(Control::PARAM_CHANGE).unwrap_err(),
    ] {
        assert_eq!(error.kind(), ErrorKind::CannotAccept, "{error}");
        assert_eq!(error.code(), Some(1052), "{error}");
    }
}

#[test]
fn a_program_that_is_missing_or_no_service_is_told_apart() {
    let _alone = alone();
    let manager = Manager::local().unwrap();
    let name = unique("program");
    let service = manager
        .install(&ServiceSpec::new(&name, r"C:\no such\program.exe"))
        .unwrap();
    let error = service.start(&[]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ProgramMissing, "{error}");
    let hostname = r"C:\windows\system32\hostname.exe";
    manager.update(&ServiceSpec::new(&name, hostname)).unwrap();
    let error = service.start(&[]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NoAnswer, "{error}");
    assert_eq!(error.code(), Some(1053));
    service.remove(LONG).unwrap();
}

#[test]
fn what_cannot_be_is_refused_before_anything_is_made() {
    let _alone = alone();
    let manager = Manager::local().unwrap();
    let name = unique("invalid");
    for spec in [
        ServiceSpec::changes(&name),
        ServiceSpec::new(&name, "a\"b"),
        ServiceSpec::new("a/b", "program"),
        ServiceSpec::new(&name, "program").display_name("a\0b"),
    ] {
        let error = manager.install(&spec).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput, "{error}");
    }
    assert!(!manager.exists(&name).unwrap());
    assert_eq!(
        Manager::remote("").unwrap_err().kind(),
        ErrorKind::InvalidInput
    );
}
