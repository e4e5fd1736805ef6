//! Choosing a counter from lists, in place of the system's dialog.

use std::io::{self, BufRead as _, Write as _};

use super::{browser, path};
use crate::args::high::Settings;
use crate::args::perf::PerfPickArgs;
use crate::exit::{Exit, Failure};
use crate::output::Output;
use crate::text::{self, Charset};

/// Lets somebody choose from lists, and prints the path.
pub(super) fn run(arguments: &PerfPickArgs, settings: &Settings) -> Result<Exit, Failure> {
    settings.refuse_table_flags("the choice of a counter")?;
    let browser = browser(&arguments.from);
    let charset = settings.look.terminal.charset;
    let objects = browser.objects()?;
    let names: Vec<&str> = objects.iter().map(|object| object.name.as_str()).collect();
    let Some(object) = choose("object", &names, charset)? else {
        return Ok(Exit::NoMatch);
    };
    let counters = browser.counters(object)?;
    let names: Vec<&str> = counters.iter().map(|one| one.name.as_str()).collect();
    let Some(counter) = choose("counter", &names, charset)? else {
        return Ok(Exit::NoMatch);
    };
    let instances: Vec<String> = browser
        .instances(object)?
        .iter()
        .map(ToString::to_string)
        .collect();
    let instance = if instances.is_empty() {
        None
    } else {
        let all = ["*"]
            .into_iter()
            .chain(instances.iter().map(String::as_str));
        let names: Vec<&str> = all.collect();
        match choose("instance (* for all)", &names, charset)? {
            Some(instance) => Some(instance),
            None => return Ok(Exit::NoMatch),
        }
    };
    let mut out = Output::stdout();
    let path = path(object, counter, instance);
    writeln!(out, "{}", text::neutralise(path.as_ref(), charset))?;
    out.finish()?;
    Ok(Exit::Done)
}

/// So many names of a list are shown at once.
const SHOWN: usize = 40;

/// Asks on standard error until a name of the list is chosen: by its number,
/// or by a part that no other has. `None` when nothing is typed.
fn choose<'n>(what: &str, names: &[&'n str], charset: Charset) -> Result<Option<&'n str>, Failure> {
    if names.is_empty() {
        return Err(Failure::Gone(format!("there is no {what} to choose")));
    }
    let mut matching: Vec<&'n str> = names.to_vec();
    let mut input = io::stdin().lock();
    loop {
        let mut screen = io::stderr().lock();
        let mut ask = || {
            for (at, name) in matching.iter().take(SHOWN).enumerate() {
                let name = text::neutralise(name.as_ref(), charset);
                writeln!(screen, "{:4}  {name}", at + 1)?;
            }
            if let Some(more) = matching.len().checked_sub(SHOWN + 1) {
                writeln!(screen, "      and {} more", more + 1)?;
            }
            write!(screen, "Which {what}? Number, or a part of the name: ")?;
            screen.flush()
        };
        ask().map_err(Failure::Output)?;
        drop(screen);
        let mut line = String::new();
        let read = input
            .read_line(&mut line)
            .map_err(|error| Failure::CannotRun(format!("cannot read the answer: {error}")))?;
        let answer = line.trim();
        if read == 0 || answer.is_empty() {
            return Ok(None);
        }
        match narrow(&matching, answer) {
            Narrowed::To(name) => return Ok(Some(name)),
            Narrowed::Several(names) => matching = names,
            Narrowed::None => {
                crate::output::complain("nothing has that name");
                matching = names.to_vec();
            }
        }
    }
}

enum Narrowed<'n> {
    To(&'n str),
    Several(Vec<&'n str>),
    None,
}

fn narrow<'n>(names: &[&'n str], answer: &str) -> Narrowed<'n> {
    let exactly = names.iter().find(|name| name.eq_ignore_ascii_case(answer));
    if let Some(name) = exactly {
        return Narrowed::To(name);
    }
    if let Ok(number) = answer.parse::<usize>() {
        if let Some(name) = number.checked_sub(1).and_then(|at| names.get(at)) {
            return Narrowed::To(name);
        }
    }
    let part = answer.to_lowercase();
    let has = |name: &&&str| name.to_lowercase().contains(&part);
    let found: Vec<&str> = names.iter().filter(has).copied().collect();
    match found.as_slice() {
        [] => Narrowed::None,
        [name] => Narrowed::To(name),
        _ => Narrowed::Several(found),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_chosen_by_number_part_or_whole() {
        let names = ["Memory", "Processor", "Process", "10"];
        let to = |answer| match narrow(&names, answer) {
            Narrowed::To(name) => Some(name),
            _ => None,
        };
        assert_eq!(to("1"), Some("Memory"));
        assert_eq!(to("process"), Some("Process"));
        assert_eq!(to("mem"), Some("Memory"));
        assert_eq!(to("10"), Some("10"));
        assert_eq!(to("99"), None);
        assert!(matches!(narrow(&names, "proc"), Narrowed::Several(found) if found.len() == 2));
        assert!(matches!(narrow(&names, "disk"), Narrowed::None));
    }

    #[test]
    fn nothing_to_choose_from_asks_nothing() {
        let none = choose("counter", &[], Charset::Unicode);
        assert!(
            matches!(none, Err(Failure::Gone(text)) if text == "there is no counter to choose")
        );
    }
}
