//! The text of a manifest.

use std::fmt::{self, Display, Formatter};

use super::Manifest;
use crate::definition::{Aggregate, CounterSetSpec, CounterSpec, kind};

impl Display for Manifest<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let provider = self.definition.spec();
        f.write_str(concat!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n",
            "<instrumentationManifest\n",
            "    xmlns=\"http://schemas.microsoft.com/win/2004/08/events\"\n",
            "    xmlns:win=\"http://manifests.microsoft.com/win/2004/08/windows/events\"\n",
            "    xmlns:xs=\"http://www.w3.org/2001/XMLSchema\">\n",
            "  <instrumentation>\n",
            "    <counters\n",
            "        xmlns=\"http://schemas.microsoft.com/win/2005/12/counters\"\n",
            "        schemaVersion=\"1.1\">\n",
        ))?;
        f.write_str("      <provider")?;
        let mut element = Element::new(f, 10);
        element.attribute("symbol", symbol(provider.symbol.as_deref()))?;
        element.attribute("applicationIdentity", &self.application)?;
        element.attribute("providerType", "userMode")?;
        element.attribute("providerName", &provider.name)?;
        element.attribute("providerGuid", provider.guid)?;
        element.attribute("resourceBase", provider.resource_base)?;
        f.write_str(">\n")?;
        let base = symbol(provider.symbol.as_deref());
        for set in &provider.sets {
            write_set(f, base, set)?;
        }
        f.write_str(concat!(
            "      </provider>\n",
            "    </counters>\n",
            "  </instrumentation>\n",
            "</instrumentationManifest>\n",
        ))
    }
}

fn write_set(f: &mut Formatter<'_>, base: &str, set: &CounterSetSpec) -> fmt::Result {
    let name = symbol(set.symbol.as_deref());
    f.write_str("        <counterSet")?;
    let mut element = Element::new(f, 12);
    element.attribute("guid", set.guid)?;
    element.attribute("uri", format_args!("{base}.{name}"))?;
    element.attribute("symbol", name)?;
    element.attribute("name", &set.name)?;
    element.attribute("description", &set.description)?;
    element.attribute("instances", set.instances.name())?;
    f.write_str(">\n")?;
    for counter in &set.counters {
        let uri = format!("{base}.{name}.{}", symbol(counter.symbol.as_deref()));
        write_counter(f, &uri, counter)?;
    }
    f.write_str("        </counterSet>\n")
}

fn write_counter(f: &mut Formatter<'_>, uri: &str, counter: &CounterSpec) -> fmt::Result {
    f.write_str("          <counter")?;
    let mut element = Element::new(f, 14);
    element.attribute("id", counter.id)?;
    element.attribute("uri", uri)?;
    element.attribute("symbol", symbol(counter.symbol.as_deref()))?;
    // Texts are counted to number them, and what is hidden has none.
    if !counter.hidden {
        element.attribute("name", &counter.name)?;
        element.attribute("description", &counter.description)?;
    }
    let name = counter.kind.name().unwrap_or_default();
    element.attribute("type", name.to_ascii_lowercase())?;
    element.optional("baseID", counter.base)?;
    element.optional("perfTimeID", counter.time)?;
    element.optional("perfFreqID", counter.frequency)?;
    element.optional("multiCounterID", counter.multiplier)?;
    let detail = kind::detail(counter.detail).map(|(_, word)| word);
    element.optional("detailLevel", detail)?;
    element.attribute("defaultScale", counter.scale)?;
    element.optional("aggregate", counter.aggregate.map(Aggregate::name))?;
    f.write_str(">\n            <counterAttributes>\n")?;
    let attributes = [
        ("reference", true),
        ("noDisplay", counter.hidden),
        ("noDigitGrouping", counter.no_grouping),
        ("displayAsHex", counter.hexadecimal),
        ("displayAsReal", counter.real),
    ];
    for (name, _) in attributes.into_iter().filter(|&(_, set)| set) {
        writeln!(f, "              <counterAttribute name=\"{name}\"/>")?;
    }
    f.write_str("            </counterAttributes>\n          </counter>\n")
}

/// A definition that was checked has all symbols.
fn symbol(symbol: Option<&str>) -> &str {
    symbol.unwrap_or_default()
}

/// An element whose attributes are written, a line each.
struct Element<'a, 'f> {
    f: &'a mut Formatter<'f>,
    indent: usize,
}

impl<'a, 'f> Element<'a, 'f> {
    fn new(f: &'a mut Formatter<'f>, indent: usize) -> Self {
        Self { f, indent }
    }

    fn attribute(&mut self, name: &str, value: impl Display) -> fmt::Result {
        let indent = self.indent;
        write!(self.f, "\n{:indent$}{name}=\"", "")?;
        for c in value.to_string().chars() {
            match c {
                '&' => self.f.write_str("&amp;")?,
                '<' => self.f.write_str("&lt;")?,
                '>' => self.f.write_str("&gt;")?,
                '"' => self.f.write_str("&quot;")?,
                // A reader would make blanks of them.
                '\t' | '\n' | '\r' => write!(self.f, "&#{};", u32::from(c))?,
                // No document can have these. Definitions have none that were
                // checked, but the name of a file may.
                '\0'..' ' | '\u{fffe}' | '\u{ffff}' => {
                    write!(self.f, "{}", char::REPLACEMENT_CHARACTER)?;
                }
                c => write!(self.f, "{c}")?,
            }
        }
        self.f.write_str("\"")
    }

    fn optional(&mut self, name: &str, value: Option<impl Display>) -> fmt::Result {
        value.map_or(Ok(()), |value| self.attribute(name, value))
    }
}
