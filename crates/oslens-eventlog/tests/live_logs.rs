//! The system's own logs: on Windows what its registry and the calls agree
//! on, elsewhere that they are not read.

use oslens_eventlog::{ErrorKind, Log, logs};

#[cfg(not(windows))]
#[test]
fn other_systems_say_that_they_have_no_such_logs() {
    for error in [Log::open("System").unwrap_err(), logs().unwrap_err()] {
        assert_eq!(error.kind(), ErrorKind::Unsupported);
    }
    let error = Log::open_remote("server", "System").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert!(error.to_string().starts_with("System: "), "{error}");
}

#[cfg(windows)]
mod windows {
    use std::time::{Duration, Instant};

    use oslens_eventlog::{Order, Query, User};

    use super::{ErrorKind, Log, logs};

    fn wine() -> bool {
        oslens_win32::wine_version().is_some()
    }

    #[test]
    fn the_logs_that_every_windows_has_are_listed_and_opened() {
        let names = logs().unwrap();
        assert!(names.windows(2).all(|pair| pair[0] < pair[1]), "{names:?}");
        for name in ["Application", "System"] {
            assert!(names.iter().any(|known| known == name), "{names:?}");
            assert_eq!(Log::open(name).unwrap().name(), name);
        }
        // In capitals or not, as the system takes them.
        assert!(Log::open("aPPLICATION").is_ok());
    }

    #[test]
    fn an_unknown_log_is_not_another_one() {
        let error = Log::open("oslens has no such log").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound, "{error}");
        assert!(error.to_string().contains("no such log"), "{error}");
        // Nor is a source of a log, which the system would open it by.
        let error = Log::open(r"Application\oslens").unwrap_err();
        assert_ne!(error.kind(), ErrorKind::Os, "{error}");
    }

    #[test]
    fn records_agree_with_their_count_and_end() {
        let log = Log::open("Application").unwrap();
        let count = log.count().unwrap();
        assert_eq!(log.oldest().unwrap().is_none(), count == 0);
        for order in [Order::Oldest, Order::Newest] {
            let records = log.records(order).unwrap().take(200);
            let numbers: Vec<u64> = records.map(|record| record.unwrap().number).collect();
            assert!(numbers.len() as u64 <= count.max(numbers.len() as u64));
            let ascending = numbers.windows(2).all(|pair| pair[0] < pair[1]);
            let descending = numbers.windows(2).all(|pair| pair[0] > pair[1]);
            assert!(if order == Order::Oldest {
                ascending
            } else {
                descending
            });
        }
        if wine() {
            // It stores nothing.
            assert_eq!(count, 0);
        }
        assert_eq!(
            log.query(&Query::new().from(u64::from(u32::MAX)))
                .unwrap()
                .count(),
            0
        );
    }

    #[test]
    fn following_returns_at_its_deadline() {
        let log = Log::open("Application").unwrap();
        let mut follow = log
            .follow(&Query::new().text("nobody writes this"))
            .unwrap();
        let before = Instant::now();
        let within = Duration::from_millis(300);
        assert_eq!(follow.next_within(within).unwrap(), None);
        let elapsed = before.elapsed();
        assert!(elapsed >= within && elapsed < within * 20, "{elapsed:?}");
    }

    #[test]
    fn a_machine_that_is_not_there_is_unreachable() {
        let error = Log::open_remote(r"\\oslens-nohost", "System").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unreachable, "{error}");
    }

    #[test]
    fn what_only_the_modern_interface_does_is_unsupported_without_it() {
        if !wine() {
            return;
        }
        let log = Log::open("System").unwrap();
        let xpath = log.query(&Query::new().xpath("*")).unwrap_err();
        assert_eq!(xpath.kind(), ErrorKind::Unsupported);
        let to = std::env::temp_dir().join("oslens-never.evtx");
        let export = log.export(&Query::new().id(1), &to).unwrap_err();
        assert_eq!(export.kind(), ErrorKind::Unsupported);
        assert!(log.clear(None).is_ok());
        assert!(!to.exists());
    }

    #[test]
    fn the_system_has_an_account() {
        let system: User = user("S-1-5-18");
        let name = system.account().unwrap();
        assert!(name.contains('\\'), "{name}");
        assert_eq!(user("S-1-5-21-1-2-3-424242").account(), None);
        assert_eq!(user("nonsense").account(), None);
    }

    fn user(sid: &str) -> User {
        User::new(sid)
    }
}
