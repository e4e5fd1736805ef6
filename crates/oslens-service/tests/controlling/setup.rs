//! How a service is set up: what is written comes back.

use std::{ffi::OsStr, time::Duration};

use oslens_service::{
    Account, ErrorControl, ErrorKind, FailureAction, FailureActions, Kind, LaunchProtection,
    PreferredNode, ServiceSpec, SidType, StartType, Trigger, TriggerAction,
};

use crate::specimen::{Installed, alone, spec, unique};

#[test]
fn what_is_installed_is_what_was_said() {
    let _alone = alone();
    let installed = Installed::new("said", |spec| {
        spec.arg("two words")
            .display_name("Oslens says")
            .description("Does nothing, and says so.")
            .start_type(StartType::Automatic)
            .delayed_start(true)
            .error_control(ErrorControl::Ignore)
            .group("oslens group")
            .account(Account::LocalSystem)
            .preshutdown_timeout(Duration::from_millis(12_345))
    });
    let service = &installed.service;
    let config = service.config().unwrap();
    let program = std::env::current_exe().unwrap();
    let expected = format!(
        r#""{}" --exact specimen::the_service --nocapture "two words""#,
        program.display()
    );
    assert_eq!(config.command_line, expected.as_str());
    assert_eq!(config.kind, Kind::OWN_PROCESS);
    assert_eq!(config.start_type, StartType::Automatic);
    assert_eq!(config.error_control, ErrorControl::Ignore);
    assert_eq!(config.display_name, "Oslens says");
    assert_eq!(config.group.as_deref(), Some(OsStr::new("oslens group")));
    assert_eq!(config.account.as_deref(), Some(OsStr::new("LocalSystem")));
    assert_eq!(config.tag, None);
    let description = service.description().unwrap();
    assert_eq!(description.unwrap(), "Does nothing, and says so.");
    assert!(service.delayed_start().unwrap());
    let timeout = service.preshutdown_timeout().unwrap();
    assert_eq!(timeout, Duration::from_millis(12_345));
}

#[test]
fn an_update_changes_what_it_says_and_nothing_else() {
    let _alone = alone();
    let installed = Installed::new("update", |spec| {
        spec.display_name("Before")
            .description("before")
            .start_type(StartType::Automatic)
            .delayed_start(true)
    });
    let (service, manager) = (&installed.service, &installed.manager);
    let before = service.config().unwrap();
    let changes = ServiceSpec::changes(&installed.name).display_name("After");
    manager.update(&changes).unwrap();
    let after = service.config().unwrap();
    assert_eq!(after.display_name, "After");
    let mut expected = before.clone();
    expected.display_name = "After".into();
    assert_eq!(after, expected);
    assert_eq!(service.description().unwrap().unwrap(), "before");
    assert!(service.delayed_start().unwrap());

    service.set_description(Some(OsStr::new("after"))).unwrap();
    assert_eq!(service.description().unwrap().unwrap(), "after");
    service.set_description(None).unwrap();
    assert_eq!(service.description().unwrap(), None);
    let changes = ServiceSpec::changes(&installed.name)
        .delayed_start(false)
        .start_type(StartType::Disabled);
    manager.update(&changes).unwrap();
    assert!(!service.delayed_start().unwrap());
    assert_eq!(service.config().unwrap().start_type, StartType::Disabled);
}

#[test]
fn what_the_system_lacks_is_unsupported_and_leaves_nothing_behind() {
    let _alone = alone();
    let installed = Installed::new("lacks", |spec| spec);
    let (service, manager) = (&installed.service, &installed.manager);
    let mut actions = FailureActions::default();
    actions
        .actions
        .push(FailureAction::restart(Duration::from_secs(1)));
    actions.reset_after = Some(Duration::from_secs(60));
    if oslens_win32::wine_version().is_none() {
        // Here the same would have to be taken, and to come back.
        service.set_failure_actions(&actions).unwrap();
        assert_eq!(service.failure_actions().unwrap(), actions);
        return;
    }
    for error in [
        service.failure_actions().unwrap_err(),
        service.failure_actions_on_error().unwrap_err(),
        service.sid_type().unwrap_err(),
        service.required_privileges().unwrap_err(),
        service.triggers().unwrap_err(),
        service.preferred_node().unwrap_err(),
        service.launch_protection().unwrap_err(),
    ] {
        assert_eq!(error.kind(), ErrorKind::Unsupported, "{error}");
        assert_eq!(error.code(), Some(124), "{error}");
    }
    let name = unique("lacks");
    for spec in [
        spec(&name).sid_type(SidType::Unrestricted),
        spec(&name).failure_actions_on_error(true),
        spec(&name).required_privileges(["SeChangeNotifyPrivilege"]),
        spec(&name).triggers([Trigger::first_ip_address(TriggerAction::Start)]),
        spec(&name).preferred_node(PreferredNode::Any),
        spec(&name).launch_protection(LaunchProtection::None),
    ] {
        let error = manager.install(&spec).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unsupported, "{spec:?}: {error}");
        assert_eq!(error.subject(), Some(OsStr::new(&name)));
        assert!(!manager.exists(&name).unwrap(), "{spec:?}");
    }
}

#[test]
fn security_is_text() {
    let _alone = alone();
    let installed = Installed::new("security", |spec| spec);
    let service = &installed.service;
    match service.security() {
        Ok(sddl) => assert!(sddl.to_string_lossy().contains("D:"), "{sddl:?}"),
        // It claims to have filled it in.
        Err(error) => {
            assert!(oslens_win32::wine_version().is_some(), "{error}");
            assert_eq!(error.kind(), ErrorKind::Malformed, "{error}");
        }
    }
    let sddl = "D:(A;;CCLCSWRPWPDTLOCRRC;;;SY)(A;;CCDCLCSWRPWPDTLOCRSDRCWDWO;;;BA)";
    service.set_security(sddl).unwrap();
    for text in ["", "S:(AU;;GA;;;WD)", "nonsense"] {
        let error = service.set_security(text).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput, "{text}: {error}");
    }
}

#[test]
fn dependencies_are_in_the_registry() {
    let _alone = alone();
    let first = Installed::new("depended", |spec| spec);
    let second = Installed::new("depends", |spec| spec.depends_on([&first.name]));
    let key = format!(r"SYSTEM\CurrentControlSet\Services\{}", second.name);
    let key = oslens_win32::registry::Key::open(&key).unwrap();
    let value = key.value("DependOnService").unwrap().unwrap();
    let expected = vec![first.name.as_str().into()];
    assert_eq!(value, oslens_win32::registry::Value::Texts(expected));
    let listed = second.service.dependencies().unwrap();
    if oslens_win32::wine_version().is_none() {
        let expected = oslens_service::Dependency::Service(first.name.as_str().into());
        assert_eq!(listed, [expected]);
        assert_eq!(first.service.dependents().unwrap().len(), 1);
    }
}
