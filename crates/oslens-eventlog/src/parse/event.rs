//! The record that an event's tree of elements tells of.

use super::{Malformed, element::Element, time};
use crate::{EventId, Guid, Level, Record, Rendered, User};

/// Reads `<Event>`.
///
/// # Errors
///
/// It is another element, or has no `<System>`.
pub fn record(event: &Element) -> Result<Record, Malformed> {
    let system = (event.name == "Event")
        .then(|| event.child("System"))
        .flatten()
        .ok_or(Malformed("an event with a system part"))?;
    let mut record = Record::new(number(system, "EventRecordID").unwrap_or(0));
    read_system(&mut record, system);
    for part in event.elements() {
        match part.name.as_str() {
            "System" => {}
            "RenderingInfo" => record.rendered = Some(rendered(part)),
            // EventData, UserData, DebugData, ProcessingErrorData, BinaryEventData.
            _ => read_data(&mut record, part),
        }
    }
    if record.names.iter().all(Option::is_none) {
        record.names.clear();
    }
    Ok(record)
}

fn read_system(record: &mut Record, system: &Element) {
    let attribute = |element: &str, name: &str| system.child(element)?.attribute(name);
    let text = |element: &str| system.child(element).map(Element::text);
    record.log = text("Channel").unwrap_or_default();
    record.computer = text("Computer").unwrap_or_default();
    record.source = attribute("Provider", "Name").unwrap_or_default().to_owned();
    record.classic_source = attribute("Provider", "EventSourceName")
        .filter(|name| !name.is_empty() && *name != record.source)
        .map(str::to_owned);
    record.provider_guid = attribute("Provider", "Guid").and_then(guid);
    let id: u32 = number(system, "EventID").unwrap_or(0);
    let qualifiers = attribute("EventID", "Qualifiers").and_then(numeral::<u16>);
    record.event_id = EventId::new(match qualifiers {
        Some(qualifiers) => u32::from(qualifiers) << 16 | id & 0xffff,
        None => id,
    });
    record.version = number(system, "Version");
    record.opcode = number(system, "Opcode");
    record.category = number(system, "Task").unwrap_or(0);
    record.keywords = number(system, "Keywords");
    let level = number(system, "Level").unwrap_or(0);
    record.level = Level::from_modern(level, record.keywords.unwrap_or(0));
    record.time_generated =
        attribute("TimeCreated", "SystemTime").and_then(|text| time::parse(text.as_bytes()));
    // Zero is what stands there when nobody noted it.
    let execution = |name| {
        let number = attribute("Execution", name).and_then(numeral::<u32>);
        number.filter(|&number| number != 0)
    };
    record.process_id = execution("ProcessID");
    record.thread_id = execution("ThreadID");
    record.activity_id = attribute("Correlation", "ActivityID").and_then(guid);
    record.related_activity_id = attribute("Correlation", "RelatedActivityID").and_then(guid);
    record.user = attribute("Security", "UserID")
        .filter(|sid| !sid.is_empty())
        .map(User::new);
}

/// The values in their order: those of `<Data>`, and of elements that a
/// publisher named itself.
fn read_data(record: &mut Record, part: &Element) {
    for element in part.elements() {
        if element.elements().next().is_some() {
            read_data(record, element);
            continue;
        }
        match element.name.as_str() {
            "Binary" if part.name == "EventData" => {
                record.data = bytes(&element.text()).unwrap_or_default();
            }
            "Data" => {
                let name = element.attribute("Name").map(str::to_owned);
                record.names.push(name);
                record.strings.push(element.text());
            }
            name => {
                record.names.push(Some(name.to_owned()));
                record.strings.push(element.text());
            }
        }
    }
}

fn rendered(part: &Element) -> Rendered {
    let text = |name: &str| {
        let text = part.child(name).map(Element::text);
        text.filter(|text| !text.is_empty())
    };
    let keywords = part.child("Keywords").map(|keywords| {
        let names = keywords.elements().map(Element::text);
        names.filter(|name| !name.is_empty()).collect()
    });
    Rendered {
        message: text("Message"),
        level: text("Level"),
        task: text("Task"),
        opcode: text("Opcode"),
        keywords: keywords.unwrap_or_default(),
    }
}

fn number<T: TryFrom<u64>>(part: &Element, name: &str) -> Option<T> {
    numeral(&part.child(name)?.text())
}

fn numeral<T: TryFrom<u64>>(text: &str) -> Option<T> {
    let text = text.trim();
    let number = match text.strip_prefix("0x") {
        Some(digits) => u64::from_str_radix(digits, 16).ok()?,
        None => text.parse().ok()?,
    };
    T::try_from(number).ok()
}

fn guid(text: &str) -> Option<Guid> {
    text.trim()
        .parse()
        .ok()
        .filter(|guid: &Guid| !guid.is_nil())
}

fn bytes(hex: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    hex.trim()
        .as_bytes()
        .chunks(2)
        .map(|pair| {
            let [high, low] = pair else { return None };
            u8::try_from(digit(*high)? << 4 | digit(*low)?).ok()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::xml;

    const CLASSIC: &str = "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'>\
        <System><Provider Name='Service Control Manager' \
        Guid='{555908d1-a6d7-4695-8e1e-26931d2012f4}' EventSourceName='SCM'/>\
        <EventID Qualifiers='49152'>7000</EventID><Version>0</Version><Level>2</Level>\
        <Task>7</Task><Opcode>0</Opcode><Keywords>0x8080000000000000</Keywords>\
        <TimeCreated SystemTime='2016-06-29T15:24:34.3460000Z'/>\
        <EventRecordID>4711</EventRecordID><Correlation/>\
        <Execution ProcessID='0' ThreadID='12'/><Channel>System</Channel>\
        <Computer>temporal</Computer><Security UserID='S-1-5-18'/></System>\
        <EventData><Data>one</Data><Data>two</Data><Binary>00fF10</Binary></EventData>\
        <RenderingInfo Culture='en-US'><Message>one failed: two</Message>\
        <Level>Error</Level><Task></Task><Opcode/><Channel>System</Channel>\
        <Keywords><Keyword>Classic</Keyword></Keywords></RenderingInfo></Event>";

    #[test]
    fn all_that_an_event_tells_is_in_the_record() {
        let record = record(&xml::document(CLASSIC.as_bytes()).unwrap()).unwrap();
        assert_eq!(record.number, 4711);
        assert_eq!(record.source, "Service Control Manager");
        assert_eq!(record.classic_source.as_deref(), Some("SCM"));
        assert_eq!(record.event_id.full(), 0xc000_1b58);
        assert_eq!(record.level, Level::Error);
        assert_eq!((record.category, record.opcode), (7, Some(0)));
        assert_eq!(record.keywords, Some(0x8080_0000_0000_0000));
        assert_eq!((record.process_id, record.thread_id), (None, Some(12)));
        assert_eq!(record.user.unwrap().sid, "S-1-5-18");
        assert_eq!(record.strings, ["one", "two"]);
        assert!(record.names.is_empty());
        assert_eq!(record.data, [0, 0xff, 0x10]);
        assert_eq!(record.activity_id, None);
        let rendered = record.rendered.unwrap();
        assert_eq!(rendered.message.as_deref(), Some("one failed: two"));
        assert_eq!((rendered.task, rendered.opcode), (None, None));
        assert_eq!(rendered.keywords, ["Classic"]);
    }

    #[test]
    fn values_of_a_publishers_own_elements_have_their_names() {
        let event = "<Event><System/><UserData><Wrap xmlns='urn:x'><Path>a</Path>\
            <Inner><Count>3</Count></Inner></Wrap></UserData></Event>";
        let record = record(&xml::document(event.as_bytes()).unwrap()).unwrap();
        assert_eq!(record.strings, ["a", "3"]);
        assert_eq!(record.field("Count"), Some("3"));
    }

    #[test]
    fn what_is_no_event_is_an_error() {
        for xml in ["<Event/>", "<Other><System/></Other>"] {
            assert!(record(&xml::document(xml.as_bytes()).unwrap()).is_err());
        }
        let odd = "<Event><System><EventID>x</EventID><Level>999</Level></System>\
            <EventData><Binary>0</Binary></EventData></Event>";
        let record = record(&xml::document(odd.as_bytes()).unwrap()).unwrap();
        assert_eq!(record.event_id.code(), 0);
        assert!(record.data.is_empty());
    }
}
