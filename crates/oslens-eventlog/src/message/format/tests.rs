use super::*;

fn shown(text: &str, strings: &[&str]) -> String {
    format(text, strings)
}

#[test]
fn strings_take_their_places() {
    let strings: Vec<String> = (1..=99).map(|number| format!("s{number}")).collect();
    assert_eq!(format("%2-%1-%99-%10", &strings), "s2-s1-s99-s10");
    // Two digits are a number, the third one is text.
    assert_eq!(format("%123", &strings), "s123");
    assert_eq!(shown("%1%1", &["%2%n"]), "%2%n%2%n");
}

#[test]
fn a_missing_string_stays_visible_as_it_stands() {
    assert_eq!(shown("%1 %2", &["a"]), "a %2");
    assert_eq!(shown("%3!8d!|", &["a"]), "%3!8d!|");
    assert_eq!(shown("%1!*s!|", &["5"]), "%1!*s!|");
    assert_eq!(shown("%99", &[]), "%99");
}

#[test]
fn escapes_are_those_of_the_system() {
    assert_eq!(shown("a%nb%rc%td%be% f", &[]), "a\nb\rc\td e f");
    assert_eq!(shown("100%%%.%!%x", &[]), "100%.!x");
    assert_eq!(shown("a\r\nb\rc\nd", &[]), "a\nb\rc\nd");
    assert_eq!(shown("a%0b%1", &["c"]), "a");
    assert_eq!(shown("a%", &[]), "a%");
    assert_eq!(shown("", &["a"]), "");
    // A string with a line end keeps it.
    assert_eq!(shown("%1", &["a\r\nb"]), "a\r\nb");
}

#[test]
fn formats_are_those_of_printf() {
    for (how, string, expected) in [
        ("s", "abc", "abc"),
        ("5s", "abc", "  abc"),
        ("-5s", "abc", "abc  "),
        (".2s", "abc", "ab"),
        ("5.2s", "äöü", "   äö"),
        ("3s", "\u{1f600}", " \u{1f600}"),
        (".2s", "a\u{1f600}", "a"),
        (".3s", "a\u{1f600}b", "a\u{1f600}"),
        (".0s", "a", ""),
        ("ws", "abc", "abc"),
        ("S", "abc", "abc"),
        ("d", "-7", "-7"),
        ("5d", "-7", "   -7"),
        ("05d", "-7", "-0007"),
        ("-5d", "-7", "-7   "),
        ("+d", "7", "+7"),
        (" d", "7", " 7"),
        (".3d", "7", "007"),
        ("u", "-1", "4294967295"),
        ("x", "255", "ff"),
        ("08X", "255", "000000FF"),
        ("#x", "255", "0xff"),
        ("#010x", "255", "0x000000ff"),
        ("x", "0xFf", "ff"),
        ("x", "-1", "ffffffff"),
        ("I64x", "-1", "ffffffffffffffff"),
        ("llu", "18446744073709551615", "18446744073709551615"),
        ("o", "8", "10"),
        ("#o", "8", "010"),
        // No number: text.
        ("d", "abc", "abc"),
        ("5d", "abc", "  abc"),
        ("05d", "abc", "  abc"),
        ("x", "99999999999999999999999", "99999999999999999999999"),
        ("d", "", ""),
        ("c", "x", "x"),
        // Not understood.
        ("f", "1.5", "%1!f!"),
        ("q", "a", "%1!q!"),
        ("", "a", "%1!!"),
        ("5", "a", "%1!5!"),
        ("sx", "a", "%1!sx!"),
        ("2000s", "a", "%1!2000s!"),
        (".2000s", "a", "%1!.2000s!"),
        ("99999999999999999999s", "a", "%1!99999999999999999999s!"),
    ] {
        let text = format!("%1!{how}!");
        assert_eq!(shown(&text, &[string]), expected, "{text} of {string:?}");
    }
    assert_eq!(shown("%1!d", &["7"]), "7!d");
    assert_eq!(shown("%1!", &["7"]), "7!");
}

#[test]
fn a_star_takes_the_next_string_as_documented() {
    let strings = ["4", "2", "Bill", "Bob", "6", "Bill"];
    assert_eq!(shown("%1!*.*s! %4 %5!*s!", &strings), "  Bi Bob   Bill");
    assert_eq!(shown("%1!*s!|", &["-4", "a"]), "a   |");
    assert_eq!(shown("%1!.*s!|", &["-4", "abc"]), "abc|");
    assert_eq!(shown("%1!*s!|", &["many", "a"]), "%1!*s!|");
    assert_eq!(shown("%1!*s!|", &["-2147483648", "a"]), "%1!*s!|");
}

#[test]
fn parameters_are_put_in_and_unknown_ones_stay() {
    let known = |number| match number {
        5 => Some("Access is denied.\r\n".to_owned()),
        1537 => Some("DELETE".to_owned()),
        9 => Some("(%%5) %1".to_owned()),
        _ => None,
    };
    let shown = |text: &str, strings: &[&str]| format_with(text, strings, known);
    assert_eq!(shown("%1", &["%%5"]), "Access is denied.");
    assert_eq!(
        shown("%1", &["%%1537 %%1538 %%5"]),
        "DELETE %%1538 Access is denied."
    );
    // What is in a parameter is no place for a string.
    assert_eq!(shown("%1", &["%%9"]), "(Access is denied.) %1");
    assert_eq!(shown("%1!30s!|", &["%%1537"]).trim_start(), "DELETE|");
    let both = "Access is denied. %6 Access is denied. %%6";
    assert_eq!(shown("%%5 %%6 %%%%5 %%%%6", &[]), both);
    assert_eq!(shown("%1", &["%% %%99999999999 %%"]), "%% %%99999999999 %%");
    assert_eq!(format("%1 %%5", &["%%5"]), "%%5 %5");
}

#[test]
fn parameters_that_lead_to_themselves_end() {
    let text = format_with("%1", &["%%1"], |_| Some("a%%1".to_owned()));
    assert_eq!(text, "aaaaaaaa%%1");
    let text = format_with("%1", &["%%1"], |_| Some("%%1%%1%%1%%1".to_owned()));
    assert!(text.len() < 4000, "{}", text.len());
}

#[test]
fn no_message_grows_without_bounds() {
    let text = "%1".repeat(1000);
    let shown = format(&text, &["ä".repeat(30_000)]);
    assert!(shown.len() <= LIMIT + CUT.len_utf8());
    assert!(shown.ends_with(CUT));
}

#[test]
fn a_long_text_takes_no_longer_than_it_is() {
    let start = std::time::Instant::now();
    let text = "%%".repeat(1 << 20);
    assert_eq!(shown(&text, &[]), "%".repeat(1 << 20));
    for part in ["%1!s!", "%1!", "%%7", "%", "\r"] {
        _ = shown(&part.repeat(1 << 18), &["%%1"]);
    }
    let took = start.elapsed();
    assert!(took.as_secs() < 20, "{took:?}");
}
