//! What there is, with the tools of the system as witnesses.

use std::{collections::BTreeSet, process::Command};

use oslens_service::{Filter, Manager, State};

use crate::specimen::{Installed, LONG, alone};

fn names(manager: &Manager, filter: &Filter) -> BTreeSet<String> {
    let entries = manager.services(filter).unwrap();
    let names: BTreeSet<String> = entries
        .iter()
        .map(|entry| entry.name.to_str().unwrap().to_owned())
        .collect();
    assert_eq!(names.len(), entries.len(), "one is listed twice");
    names
}

#[test]
fn services_are_those_that_net_start_lists() {
    let _alone = alone();
    let installed = Installed::new("listed", |spec| spec.display_name("Oslens is listed"));
    let manager = &installed.manager;
    installed.service.start_and_wait(&[], LONG).unwrap();
    let output = Command::new("net").arg("start").output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    let witness: BTreeSet<&str> = text
        .lines()
        .filter_map(|line| line.strip_prefix("    "))
        .map(str::trim)
        .collect();
    let entries = manager.services(&Filter::services().active()).unwrap();
    let ours: BTreeSet<&str> = entries
        .iter()
        .map(|entry| entry.display_name.to_str().unwrap())
        .collect();
    assert!(ours.contains("Oslens is listed"));
    assert_eq!(ours, witness, "{text}");

    let output = Command::new("sc")
        .args(["query", &installed.name])
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(text.contains("RUNNING"), "{text}");
}

#[test]
fn kinds_and_states_divide_the_services() {
    let _alone = alone();
    let installed = Installed::new("filter", |spec| spec);
    let manager = &installed.manager;
    let all = names(manager, &Filter::all());
    let services = names(manager, &Filter::services());
    let drivers = names(manager, &Filter::drivers());
    assert!(services.contains(&installed.name));
    assert!(services.is_disjoint(&drivers));
    assert_eq!(&services | &drivers, all);
    let active = names(manager, &Filter::services().active());
    let inactive = names(manager, &Filter::services().inactive());
    assert!(active.is_disjoint(&inactive));
    assert_eq!(&active | &inactive, services);
    assert!(inactive.contains(&installed.name));
    for entry in manager.services(&Filter::all()).unwrap() {
        let drivers = drivers.contains(entry.name.to_str().unwrap());
        assert_eq!(entry.status.kind.is_driver(), drivers, "{entry:?}");
    }
}

#[test]
fn an_entry_says_the_same_as_the_service() {
    let _alone = alone();
    let installed = Installed::new("entry", |spec| spec.display_name("Shown: Ünïcödé"));
    let manager = &installed.manager;
    let running = installed.service.start_and_wait(&[], LONG).unwrap();
    for entry in manager.services(&Filter::services()).unwrap() {
        let service = manager.get(&entry.name).unwrap();
        assert_eq!(service.display_name().unwrap(), entry.display_name);
        let config = service.config().unwrap();
        assert_eq!(config.display_name, entry.display_name);
        assert!(!config.command_line.is_empty(), "{entry:?}");
        service.description().unwrap();
        assert_eq!(service.status().unwrap(), entry.status);
        if entry.name == installed.name.as_str() {
            assert_eq!(entry.status, running);
            assert_eq!(entry.display_name, "Shown: Ünïcödé");
            assert_eq!(entry.status.state, State::Running);
        }
    }
    let by_display_name = manager.get("Shown: Ünïcödé").unwrap();
    assert_eq!(by_display_name.name(), installed.name.as_str());
}
