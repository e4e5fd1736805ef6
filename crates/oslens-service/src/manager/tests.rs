//! Listing, finding and installing, against a manager that is none.

use std::ffi::OsStr;

use crate::{
    Account, ErrorControl, ErrorKind, FailureAction, FailureActions, Filter, Kind, ServiceSpec,
    StartType,
    parse::config::{Level, Setting},
    sys::scm::{
        Access,
        fake::{Actor, Fake},
    },
};

fn many(count: u32) -> Fake {
    let fake = Fake::new(&[]);
    for index in 0..count {
        let actor = if index % 2 == 0 {
            Actor::running()
        } else {
            Actor::default()
        };
        let name = format!("service-{index:05}");
        fake.world().services.insert(name.into(), actor);
    }
    fake
}

#[test]
fn a_listing_of_many_pages_has_every_service_once() {
    for (count, pages) in [(0, 1), (1, 1), (300, 1), (3000, 6)] {
        let fake = many(count);
        let entries = fake.manager().services(&Filter::services()).unwrap();
        let names: Vec<_> = entries.iter().map(|entry| &entry.name).collect();
        let world = fake.world();
        let expected: Vec<_> = world.services.keys().collect();
        assert_eq!(names, expected, "{count}");
        assert!(world.pages <= pages, "{} pages for {count}", world.pages);
    }
    let fake = many(3000);
    let running = fake.manager().services(&Filter::services().active());
    assert_eq!(running.unwrap().len(), 1500);
}

#[test]
fn a_manager_that_gives_all_or_nothing_gives_all() {
    let fake = many(1000);
    fake.world().all_or_nothing = true;
    let entries = fake.manager().services(&Filter::all()).unwrap();
    assert_eq!(entries.len(), 1000);
    assert_eq!(fake.world().pages, 2);
    // More than it ever gives in one go.
    let fake = many(5000);
    fake.world().all_or_nothing = true;
    let error = fake.manager().services(&Filter::all()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Malformed);
}

#[test]
fn a_machine_that_goes_away_between_two_pages_is_an_error() {
    let fake = many(3000);
    fake.before("list services", |world| {
        // The first page is given, the second is not.
        world.hooks.insert(
            "list services".to_owned(),
            Box::new(|world| {
                let errors = std::collections::VecDeque::from([1722]);
                world.errors.insert("list services".to_owned(), errors);
            }),
        );
    });
    let error = fake.manager().services(&Filter::all()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unreachable);
    assert_eq!(error.code(), Some(1722));
}

#[test]
fn what_is_no_name_at_all_is_not_found() {
    let fake = many(1);
    fake.fail("name a/b", &[123]);
    fake.fail("key a/b", &[123]);
    let error = fake.manager().get("a/b").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert_eq!(error.subject(), Some(OsStr::new("a/b")));
    // What else goes wrong is told, not taken for "no such service".
    fake.fail("name x", &[1722]);
    let error = fake.manager().get("x").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unreachable);
    fake.fail("name x", &[5]);
    let error = fake.manager().exists("x").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::AccessDenied);
}

#[test]
fn what_is_not_said_is_usual_when_it_is_new() {
    let fake = many(0);
    let service = fake
        .manager()
        .install(&ServiceSpec::new("a", "/bin/a").arg("x y"))
        .unwrap();
    let config = service.config().unwrap();
    assert_eq!(config.kind, Kind::OWN_PROCESS);
    assert_eq!(config.start_type, StartType::Manual);
    assert_eq!(config.error_control, ErrorControl::Normal);
    assert_eq!(config.command_line, r#""/bin/a" "x y""#);
    // Without one the name is shown.
    assert_eq!(config.display_name, "a");
    assert!(fake.world().services[OsStr::new("a")].settings.is_empty());
}

#[test]
fn a_service_is_installed_whole_or_not_at_all() {
    let fake = many(0);
    fake.fail("set a", &[124]);
    let spec = ServiceSpec::new("a", "p")
        .account(Account::LocalService)
        .description("x")
        .delayed_start(true);
    let error = fake.manager().install(&spec).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert_eq!(error.code(), Some(124));
    assert!(!fake.manager().exists("a").unwrap());
    fake.manager().install(&spec).unwrap();
    let error = fake.manager().install(&spec).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Exists);
    // It is not the one that was just made that is deleted then.
    assert!(fake.manager().exists("a").unwrap());
}

#[test]
fn to_have_a_service_restarted_takes_the_right_to_start_it() {
    let fake = many(0);
    let mut actions = FailureActions::default();
    let spec =
        |actions: &FailureActions| ServiceSpec::changes("a").failure_actions(actions.clone());
    fake.manager().install(&ServiceSpec::new("a", "p")).unwrap();
    let accesses = |fake: &Fake| -> Vec<Access> {
        let opened = std::mem::take(&mut fake.world().opened);
        opened.into_iter().map(|(_, access)| access).collect()
    };
    fake.manager().update(&spec(&actions)).unwrap();
    assert_eq!(accesses(&fake), [Access::ChangeConfig]);
    actions
        .actions
        .push(FailureAction::restart(std::time::Duration::ZERO));
    fake.manager().update(&spec(&actions)).unwrap();
    assert_eq!(accesses(&fake), [Access::ChangeFailureActions]);
    let service = fake.manager().service("a");
    assert_eq!(service.failure_actions().unwrap(), actions);
}

#[test]
fn a_description_that_is_nowhere_is_none() {
    let fake = many(0);
    let service = fake.manager().install(&ServiceSpec::new("a", "p")).unwrap();
    for code in [2, 1168, 15100] {
        fake.fail("ask a", &[code]);
        assert_eq!(service.description().unwrap(), None, "{code}");
    }
    fake.fail("ask a", &[5]);
    let error = service.description().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::AccessDenied);
    let level = Setting::Description(None).level();
    assert_eq!(level, Level::Description);
}
