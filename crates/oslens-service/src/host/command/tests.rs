use std::ffi::OsString;

use super::*;
use crate::{FailureActionKind, Kind, TriggerAction};

fn parsed(line: &str) -> Result<Parsed, String> {
    let words: Vec<OsString> = line.split(' ').map(OsString::from).collect();
    parse(&words)
}

fn request(line: &str) -> Request {
    match parsed(line) {
        Ok(Parsed::Request(request)) => *request,
        other => panic!("{line}: {other:?}"),
    }
}

fn refused(line: &str) -> String {
    match parsed(line) {
        Err(reason) => reason,
        other => panic!("{line}: {other:?}"),
    }
}

#[test]
fn options_stand_before_and_after_their_values_and_arguments() {
    let start = request("start one --wait --service clock two -- --wait three");
    assert_eq!(start.verb, Verb::Start);
    assert_eq!(start.args, ["one", "two", "--wait", "three"]);
    assert_eq!(start.services, ["clock"]);
    assert_eq!(start.wait, Some(WAIT));
    assert_eq!(request("stop --wait=5").wait, Some(Duration::from_secs(5)));
    assert_eq!(request("stop").wait, None);
    let stop = request("stop --machine=box --with-dependents");
    assert_eq!(stop.machine, Some("box".into()));
    assert!(stop.with_dependents);
    assert!(request("remove --stop --with-dependents").stop);
}

#[test]
fn every_setting_reaches_the_specification() {
    let install = request(
        "install --startup delayed --username .\\bob --password-stdin --display-name Clock \
         --description Counts --depends Tcpip,+NetworkProvider --failure restart/60s,run/5m,none \
         --failure-command notify.exe --reset-period 1d --sid-type restricted \
         --preshutdown-timeout 20 --required-privileges SeAuditPrivilege,SeBackupPrivilege \
         --trigger network-on --trigger stop/network-off --trigger pipe:clock",
    );
    assert!(install.changes.password_stdin);
    let spec = install.changes.apply(ServiceSpec::this_program("clock"));
    assert_eq!(spec.start_type, Some(StartType::Automatic));
    assert_eq!(spec.delayed_start, Some(true));
    assert_eq!(spec.display_name, Some("Clock".into()));
    assert_eq!(spec.description, Some("Counts".into()));
    let dependencies = [
        Dependency::Service("Tcpip".into()),
        Dependency::Group("NetworkProvider".into()),
    ];
    assert_eq!(spec.dependencies.unwrap(), dependencies);
    let failure = spec.failure_actions.unwrap();
    assert_eq!(failure.reset_after, Some(Duration::from_secs(86_400)));
    assert_eq!(failure.command, Some("notify.exe".into()));
    let kinds: Vec<_> = failure.actions.iter().map(|action| action.kind).collect();
    let wanted = [
        FailureActionKind::Restart,
        FailureActionKind::RunCommand,
        FailureActionKind::None,
    ];
    assert_eq!(kinds, wanted);
    assert_eq!(failure.actions[1].delay, Duration::from_secs(300));
    assert_eq!(spec.failure_actions_on_error, Some(true));
    assert_eq!(spec.sid_type, Some(SidType::Restricted));
    assert_eq!(spec.preshutdown_timeout, Some(Duration::from_secs(20)));
    assert_eq!(spec.required_privileges.unwrap().len(), 2);
    let triggers = spec.triggers.unwrap();
    assert_eq!(triggers[0], Trigger::first_ip_address(TriggerAction::Start));
    assert_eq!(triggers[1], Trigger::last_ip_address(TriggerAction::Stop));
    assert_eq!(triggers[2], Trigger::named_pipe("clock"));
}

#[test]
fn what_is_not_said_stays_as_the_program_has_it() {
    let spec = ServiceSpec::this_program("clock")
        .kind(Kind::SHARED_PROCESS)
        .description("Counts")
        .depends_on(["Tcpip"]);
    let plain = request("update").changes.apply(spec.clone());
    assert_eq!(plain, spec);
    let cleared = request("update --depends none --trigger none --failure none")
        .changes
        .apply(spec);
    assert_eq!(cleared.dependencies, Some(Vec::new()));
    assert_eq!(cleared.triggers, Some(Vec::new()));
    assert_eq!(cleared.failure_actions.unwrap().actions, []);
    assert_eq!(cleared.failure_actions_on_error, Some(false));
    assert_eq!(cleared.description, Some("Counts".into()));
}

#[test]
fn a_password_is_never_taken_from_the_command_line() {
    for line in ["install --password secret", "install --password=secret"] {
        let reason = refused(line);
        assert!(reason.contains("--password-stdin"), "{reason}");
        assert!(!reason.contains("secret"), "{reason}");
    }
    assert!(refused("install --password-stdin").contains("--username"));
    let reason = refused("install --username LocalService --password-stdin");
    assert!(reason.contains("--username"), "{reason}");
}

#[test]
fn an_error_names_what_was_wrong() {
    for (line, part) in [
        ("install --startup sometimes", "--startup: \"sometimes\""),
        ("install --startup", "--startup needs a value"),
        ("install --startup --wait", "--startup needs a value"),
        ("install --wait", "--wait is no option of install"),
        ("install --nonsense", "--nonsense is no option"),
        ("install one", "install takes no arguments: one"),
        (
            "stop --with-dependents=yes",
            "--with-dependents takes no value",
        ),
        ("stop --wait=soon", "--wait: \"soon\" is no time"),
        ("stop --wait=", "--wait: \"\" is no time"),
        ("stop --wait=99999999999999999999", "is no time"),
        (
            "install --preshutdown-timeout 99999999999999999d",
            "is no time",
        ),
        ("install --failure explode", "--failure: \"explode\""),
        ("install --failure restart/x", "\"x\" is no time"),
        ("install --failure restart,,none", "empty place"),
        ("install --failure run", "--failure-command"),
        ("install --trigger sun", "--trigger: \"sun\""),
        ("install --trigger pause/network-on", "\"pause\""),
        ("install --trigger stop/pipe:x", "only starts"),
        ("install --trigger device:7", "is not a GUID"),
        ("install --depends +", "without a name"),
        ("install --sid-type 1", "--sid-type: \"1\""),
        ("install --machine box", "--machine is no option of install"),
        ("remove --with-dependents", "--stop"),
    ] {
        let reason = refused(line);
        assert!(reason.contains(part), "{line}: {reason}");
    }
}

#[test]
fn what_is_no_command_is_left_to_the_service() {
    assert_eq!(parse(&[]), Ok(Parsed::NoCommand));
    assert_eq!(parsed("--config file"), Ok(Parsed::NoCommand));
    assert_eq!(parsed("Install"), Ok(Parsed::NoCommand));
    for line in ["help", "--help", "-h", "/?", "install --help", "start x -h"] {
        assert_eq!(parsed(line), Ok(Parsed::Help), "{line}");
    }
}

#[test]
fn accounts_are_known_by_their_usual_names() {
    let account = |name: &str| {
        let line = format!("install --username={name}");
        let words: Vec<OsString> = line.splitn(2, ' ').map(OsString::from).collect();
        match parse(&words) {
            Ok(Parsed::Request(request)) => request.changes.account.unwrap(),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(account("LocalSystem"), Account::LocalSystem);
    assert_eq!(account(r"NT AUTHORITY\LocalService"), Account::LocalService);
    assert_eq!(
        account("NT AUTHORITY\\NETWORK SERVICE"),
        Account::NetworkService
    );
    assert_eq!(account("virtual"), Account::Virtual);
    let user = account(r"BOX\bob");
    assert!(matches!(user, Account::User { name, password: None } if name == r"BOX\bob"));
}

#[test]
fn help_tells_every_command_and_option() {
    let program = Program::new().service(
        ServiceSpec::this_program("clock").description("Counts minutes."),
        |_: &super::super::Context| Ok(()),
    );
    let page = help(&program);
    for (word, ..) in VERBS {
        assert!(page.contains(&format!("\n  {word} ")), "{word}");
    }
    for option in options::OPTIONS {
        assert!(
            page.contains(&format!("--{}", option.name)),
            "{}",
            option.name
        );
    }
    assert!(page.contains("clock        Counts minutes."), "{page}");
    let long = page.lines().find(|line| line.chars().count() > 80);
    assert_eq!(long, None);
}
