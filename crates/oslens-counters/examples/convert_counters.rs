//! Converts counters of the old kind, an `.ini` file and its header, to source
//! code or to a manifest.
//!
//! ```text
//! cargo run -p oslens-counters --example convert_counters -- FILE.ini GUID [SYMBOL=TYPE…]
//! cargo run -p oslens-counters --example convert_counters -- --manifest echo.exe FILE.ini GUID
//! ```
//!
//! TYPE is a name of `winperf.h`, as `PERF_COUNTER_BULK_COUNT`; the GUID is the
//! provider's, from `uuidgen`.

use std::{path::Path, process::ExitCode};

use oslens_counters::{CounterType, Error, definition::Guid, import::Import, manifest::Manifest};

const USAGE: &str = "usage: convert_counters [--manifest PROGRAM] FILE.ini GUID [SYMBOL=TYPE...]";

fn main() -> ExitCode {
    let mut arguments: Vec<String> = std::env::args().skip(1).collect();
    let program = match arguments
        .iter()
        .position(|argument| argument == "--manifest")
    {
        Some(at) if at + 1 < arguments.len() => {
            let program = arguments.remove(at + 1);
            arguments.remove(at);
            Some(program)
        }
        _ => None,
    };
    let [file, guid, types @ ..] = arguments.as_slice() else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    match convert(Path::new(file), guid, types, program.as_deref()) {
        Ok(text) => {
            print!("{text}");
            ExitCode::SUCCESS
        }
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

fn convert(
    file: &Path,
    guid: &str,
    types: &[String],
    program: Option<&str>,
) -> Result<String, String> {
    let tell = |error: Error| error.to_string();
    let guid: Guid = guid.parse().map_err(|error| format!("{guid}: {error}"))?;
    let mut import = Import::new(guid);
    for given in types {
        let kind = given.split_once('=').and_then(|(symbol, name)| {
            let mut all = CounterType::ALL.iter();
            Some((symbol, *all.find(|kind| kind.name() == Some(name))?))
        });
        let (symbol, kind) = kind.ok_or_else(|| format!("{given}: not SYMBOL=TYPE\n{USAGE}"))?;
        import = import.counter_type(symbol, kind);
    }
    let imported = import.read(file).map_err(tell)?;
    for warning in &imported.warnings {
        eprintln!("{warning}");
    }
    let definition = imported.spec.check().map_err(tell)?;
    Ok(match program {
        Some(program) => Manifest::new(&definition, program).to_string(),
        None => definition.to_rust(),
    })
}
