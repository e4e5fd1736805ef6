//! How text of the system is serialized: as text, with U+FFFD for what is not
//! Unicode, and not as the units that one system has.

/// A text.
pub(crate) mod text {
    use std::ffi::{OsStr, OsString};

    use serde::{Deserialize as _, Deserializer, Serialize as _, Serializer};

    pub(crate) fn serialize<S: Serializer>(text: &OsStr, serializer: S) -> Result<S::Ok, S::Error> {
        text.to_string_lossy().serialize(serializer)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<OsString, D::Error> {
        String::deserialize(deserializer).map(OsString::from)
    }
}

/// A text, or none.
pub(crate) mod optional {
    use std::ffi::OsString;

    use serde::{Deserialize as _, Deserializer, Serialize as _, Serializer};

    pub(crate) fn serialize<S: Serializer>(
        text: &Option<OsString>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let text = text.as_ref().map(|text| text.to_string_lossy());
        text.serialize(serializer)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<OsString>, D::Error> {
        let text = Option::<String>::deserialize(deserializer)?;
        Ok(text.map(OsString::from))
    }
}

/// Texts.
pub(crate) mod list {
    use std::ffi::OsString;

    use serde::{Deserialize as _, Deserializer, Serializer};

    pub(crate) fn serialize<S: Serializer>(
        texts: &[OsString],
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(texts.iter().map(|text| text.to_string_lossy()))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Vec<OsString>, D::Error> {
        let texts = Vec::<String>::deserialize(deserializer)?;
        Ok(texts.into_iter().map(OsString::from).collect())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use crate::{
        Accepted, Config, Dependency, Entry, ErrorControl, FailureAction, FailureActions, Kind,
        PreferredNode, StartType, State, Status, Trigger, TriggerAction,
    };

    fn comes_back<T>(value: &T) -> String
    where
        T: serde::Serialize + serde::de::DeserializeOwned + PartialEq + std::fmt::Debug,
    {
        let json = serde_json::to_string(value).unwrap();
        assert_eq!(&serde_json::from_str::<T>(&json).unwrap(), value, "{json}");
        json
    }

    #[test]
    fn values_come_back_from_json_and_texts_are_texts() {
        let entry = Entry {
            name: "a".into(),
            display_name: "Ä".into(),
            status: Status {
                kind: Kind::OWN_PROCESS,
                state: State::Running,
                accepted: Accepted::STOP | Accepted::PAUSE,
                exit_code: 0,
                service_code: None,
                checkpoint: 0,
                wait_hint: Duration::from_millis(5),
                pid: Some(8),
                in_system_process: false,
            },
        };
        let json = comes_back(&entry);
        assert!(json.contains(r#""name":"a","display_name":"Ä""#), "{json}");
        assert!(json.contains(r#""state":"Running""#), "{json}");
        assert!(json.contains(r#""accepted":"STOP | PAUSE""#), "{json}");
        let config = Config {
            kind: Kind::SHARED_PROCESS | Kind::USER_SERVICE,
            start_type: StartType::Other(9),
            error_control: ErrorControl::Normal,
            command_line: "c d".into(),
            account: Some("LocalSystem".into()),
            display_name: "x".into(),
            dependencies: vec![
                Dependency::Service("s".into()),
                Dependency::Group("g".into()),
            ],
            group: None,
            tag: Some(1),
        };
        let json = comes_back(&config);
        assert!(
            json.contains(r#"[{"Service":"s"},{"Group":"g"}]"#),
            "{json}"
        );
        assert!(json.contains(r#""account":"LocalSystem""#), "{json}");
        let actions = FailureActions {
            command: Some("c".into()),
            actions: vec![FailureAction::restart(Duration::ZERO)],
            ..FailureActions::default()
        };
        comes_back(&actions);
        let trigger = Trigger::device(Trigger::NAMED_PIPE, vec!["id".into()], TriggerAction::Start);
        let json = comes_back(&trigger);
        assert!(json.contains(r#"{"Text":["id"]}"#), "{json}");
        assert!(
            json.contains("{1f81d131-3fac-4537-9e0c-7e7b0c2f4b55}"),
            "{json}"
        );
        comes_back(&PreferredNode::Node(3));
    }
}
