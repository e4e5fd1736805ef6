use super::*;

fn path(text: &str) -> CounterPath {
    text.parse().unwrap()
}

#[test]
fn every_form_of_the_documentation_comes_back() {
    for text in [
        r"\System\Processes",
        r"\\host\System\Processes",
        r"\Processor(_Total)\% Processor Time",
        r"\Thread(explorer/0)\Context Switches/sec",
        r"\Thread(explorer/0#1)\Context Switches/sec",
        r"\Process(svchost#12)\ID Process",
        r"\\host.example.org\Thread(explorer/0#1)\ID Thread",
        r"\\[fe80::1]\System\Threads",
        r"\\.\System\Threads",
        r"\Paging File(\??\C:\pagefile.sys)\% Usage",
        r"\LogicalDisk(C:\mount\data)\Free Megabytes",
        r"\Process(editor (x86))\ID Process",
        r"\Process(editor (x86)#1)\ID Process",
        r"\Process(:))\ID Process",
        r"\Process(a(b)\ID Process",
        r"\Network Interface(Intel[R] 82574L _2)\Bytes Total/sec",
        r"\Database ==> Instances(a/b)\x",
        r"\Web Service(*)\*",
        r"\Thread(*/*#*)\*",
        r"\Process(C#)\ID Process",
        r"\Process(#1)\ID Process",
        r"\Process(a#01)\ID Process",
        r"\Process(a#99999999999)\ID Process",
        r"\Prozessor(_Total)\Prozessorzeit (%)",
        r"\Cache\Copy Read Hits (%)",
    ] {
        assert_eq!(path(text).to_string(), text);
    }
}

#[test]
fn parts_are_those_that_were_written() {
    let parts = |text: &str| {
        let path = path(text);
        let instance = path.instance().unwrap();
        (
            path.object().to_owned(),
            instance.parent().map(str::to_owned),
            instance.name().to_owned(),
            instance.number(),
        )
    };
    let expected = |object: &str, parent: Option<&str>, name: &str, number| {
        (
            object.to_owned(),
            parent.map(str::to_owned),
            name.to_owned(),
            number,
        )
    };
    assert_eq!(
        parts(r"\Paging File(\??\C:\pagefile.sys)\% Usage"),
        expected("Paging File", None, r"\??\C:\pagefile.sys", Some(0))
    );
    assert_eq!(
        parts(r"\Process(editor (x86)#1)\ID Process"),
        expected("Process", None, "editor (x86)", Some(1))
    );
    // An object with parentheses of its own, and an instance.
    assert_eq!(
        parts(r"\Cards (all)(eth0)\Bytes/sec"),
        expected("Cards (all)", None, "eth0", Some(0))
    );
    // Parentheses that do not pair up belong to the instance.
    assert_eq!(
        parts(r"\Process(a(b)\ID"),
        expected("Process", None, "a(b", Some(0))
    );
    assert_eq!(
        parts(r"\Process(:))\ID"),
        expected("Process", None, ":)", Some(0))
    );
    assert_eq!(
        parts(r"\Thread(a/b/c#*)\ID"),
        expected("Thread", Some("a"), "b/c", None)
    );
    assert_eq!(
        parts(r"\Process(C#)\ID"),
        expected("Process", None, "C#", Some(0))
    );
}

#[test]
fn what_is_no_path_is_refused_with_a_reason() {
    for text in [
        "",
        "System",
        r"\",
        r"\\",
        r"\\host",
        r"\\host\System",
        r"\System",
        r"\System\",
        r"\\\System\Processes",
        r"\(x)\y",
        r"\Process()\ID",
        r"\a\b\c",
        "\\System\\Proc\0esses",
        r"\Process(a)ID",
    ] {
        let error = text.parse::<CounterPath>().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput, "{text}");
        assert!(error.to_string().contains("is no counter path"), "{error}");
    }
}

#[test]
fn parts_that_would_be_read_otherwise_make_no_path() {
    assert!(CounterPath::new("a(b)", "c").is_err());
    assert!(CounterPath::new(r"a\b", "c").is_err());
    assert!(CounterPath::new("a", r"b)\c").is_err());
    assert!(CounterPath::new("", "c").is_err());
    let thread = CounterPath::new("Thread", "ID Thread").unwrap();
    let twisted = InstanceName::new("a#1");
    assert!(thread.clone().with_instance(twisted).is_err());
    assert!(
        thread
            .clone()
            .with_instance(InstanceName::new("a/b"))
            .is_err()
    );
    assert!(thread.clone().with_instance("".into()).is_err());
    assert!(thread.clone().with_machine(r"a\b").is_err());
    assert!(thread.clone().with_machine("").is_err());
    let whole = thread
        .with_machine("host")
        .unwrap()
        .with_instance("a/b#3".into())
        .unwrap();
    assert_eq!(whole.to_string(), r"\\host\Thread(a/b#3)\ID Thread");
    let object = whole.without_instance().unwrap();
    assert_eq!(object.to_string(), r"\\host\Thread\ID Thread");
    assert_eq!(object.with_counter("x").unwrap().counter(), "x");
    // The first is written without its index.
    assert_eq!(InstanceName::new("a").with_index(0).to_string(), "a");
    assert_eq!(InstanceName::new("a").with_any_index().to_string(), "a#*");
}

#[test]
fn a_wildcard_is_any_text() {
    for (pattern, name) in [
        ("*", ""),
        ("*", "x"),
        ("a*", "A"),
        ("*a*b", "xaybb"),
        ("**", "q"),
        ("SVC*#2", "svchost#2"),
        ("Ä*", "äb"),
    ] {
        assert!(matches(pattern, name), "{pattern} {name}");
    }
    for (pattern, name) in [("", "x"), ("a*", "b"), ("*a", "ab"), ("a*b*c", "acb")] {
        assert!(!matches(pattern, name), "{pattern} {name}");
    }
    // Not exponential.
    let name = "a".repeat(2000);
    assert!(!matches(&"*a".repeat(500), &format!("{name}b")));
}

#[test]
fn an_instance_without_an_index_is_the_first() {
    let is = |pattern: &str, name: &str| InstanceName::from(pattern).matches(&name.into());
    assert!(is("svchost", "svchost"));
    assert!(is("svchost#0", "svchost"));
    assert!(is("svchost", "svchost#0"));
    assert!(!is("svchost", "svchost#1"));
    assert!(is("svchost#*", "svchost"));
    assert!(is("svchost#*", "svchost#7"));
    assert!(is("*", "explorer/0#2"));
    assert!(is("*/0", "explorer/0"));
    assert!(!is("*/0", "explorer/0#2"));
    assert!(is("*/0#*", "explorer/0"));
    assert!(is("explorer/*", "Explorer/14"));
    assert!(!is("explorer/*", "notepad/0"));
    assert!(is("a*", "a#0"));
}
