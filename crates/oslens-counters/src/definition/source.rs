//! A definition as source code.

use std::fmt::Write as _;

use super::{Aggregate, CounterSetSpec, CounterSpec, Definition, Guid, Instances};
use crate::{CounterType, Detail};

impl Definition {
    /// The source code of a function `counters` that makes this definition:
    /// for one that was [converted](crate::import), to be kept and changed as
    /// code.
    ///
    /// ```
    /// # use oslens_counters::{CounterType, definition::*};
    /// # let set = CounterSetSpec::new(Guid::from_u128(2), "Set", "What is counted.")
    /// #     .counter(CounterSpec::new(1, "Open", "Now.", CounterType::COUNTER_RAWCOUNT));
    /// # let definition = ProviderSpec::new(Guid::from_u128(1), "Sample").set(set).check()?;
    /// let source = definition.to_rust();
    /// assert!(source.contains("CounterSpec::new(1, \"Open\", \"Now.\""));
    /// # Ok::<(), oslens_counters::Error>(())
    /// ```
    #[must_use]
    pub fn to_rust(&self) -> String {
        let provider = self.spec();
        let mut code = String::from(
            "use oslens_counters::{\n    CounterType, Result,\n    definition::{CounterSetSpec, \
             CounterSpec, Definition, Guid, ProviderSpec},\n};\n\npub fn counters() -> \
             Result<Definition> {\n",
        );
        // Writing to a String cannot fail.
        let provider_guid = guid(provider.guid);
        _ = write!(
            code,
            "    ProviderSpec::new({provider_guid}, {:?})",
            provider.name
        );
        if let Some(symbol) = &provider.symbol {
            _ = write!(code, "\n        .symbol({symbol:?})");
        }
        if provider.resource_base != 1 {
            _ = write!(code, "\n        .resource_base({})", provider.resource_base);
        }
        for set in &provider.sets {
            write_set(&mut code, set);
        }
        code.push_str("\n        .check()\n}\n");
        code
    }
}

fn guid(guid: Guid) -> String {
    let digits = format!("{:032x}", guid.to_u128());
    let parts = [0..8, 8..12, 12..16, 16..20, 20..32];
    let parts = parts.map(|part| digits.get(part).unwrap_or_default());
    format!("Guid::from_u128(0x{})", parts.join("_"))
}

fn write_set(code: &mut String, set: &CounterSetSpec) {
    _ = write!(
        code,
        "\n        .set(\n            CounterSetSpec::new(\n                {},\n                \
         {:?},\n                {:?},\n            )",
        guid(set.guid),
        set.name,
        set.description
    );
    if let Some(symbol) = &set.symbol {
        _ = write!(code, "\n            .symbol({symbol:?})");
    }
    let instances = match set.instances {
        Instances::Single => None,
        Instances::Multiple => Some("Multiple"),
        Instances::GlobalAggregate => Some("GlobalAggregate"),
        Instances::MultipleAggregate => Some("MultipleAggregate"),
        Instances::GlobalAggregateHistory => Some("GlobalAggregateHistory"),
    };
    if let Some(instances) = instances {
        _ = write!(
            code,
            "\n            .instances(oslens_counters::definition::Instances::{instances})"
        );
    }
    for counter in &set.counters {
        write_counter(code, counter);
    }
    code.push_str(",\n        )");
}

fn write_counter(code: &mut String, counter: &CounterSpec) {
    _ = write!(
        code,
        "\n            .counter(\n                CounterSpec::new({}, {:?}, {:?}, \
         CounterType::{})",
        counter.id,
        counter.name,
        counter.description,
        constant(counter.kind)
    );
    let mut call = |name: &str, arguments: &str| {
        _ = write!(code, "\n                .{name}({arguments})");
    };
    if let Some(symbol) = &counter.symbol {
        call("symbol", &format!("{symbol:?}"));
    }
    if counter.detail == Detail::Advanced {
        call("detail", "oslens_counters::Detail::Advanced");
    }
    if counter.scale != 0 {
        call("scale", &counter.scale.to_string());
    }
    if let Some(how) = counter.aggregate {
        let how = match how {
            Aggregate::Undefined => "Undefined",
            Aggregate::Sum => "Sum",
            Aggregate::Average => "Average",
            Aggregate::Minimum => "Minimum",
            Aggregate::Maximum => "Maximum",
        };
        let path = "oslens_counters::definition::Aggregate";
        call("aggregate", &format!("{path}::{how}"));
    }
    if let Some(base) = counter.base {
        call("base", &base.to_string());
    }
    if let (Some(time), Some(frequency)) = (counter.time, counter.frequency) {
        call("time", &format!("{time}, {frequency}"));
    }
    if let Some(multiplier) = counter.multiplier {
        call("multiplier", &multiplier.to_string());
    }
    let flags = [
        // Bases are hidden from the start.
        ("hidden", counter.hidden && !counter.kind.is_base()),
        ("no_grouping", counter.no_grouping),
        ("hexadecimal", counter.hexadecimal),
        ("real", counter.real),
    ];
    for (name, _) in flags.into_iter().filter(|&(_, set)| set) {
        call(name, "");
    }
    code.push_str(",\n            )");
}

/// The name of the constant: that of the header, where the number is not at
/// its begin.
fn constant(kind: CounterType) -> String {
    let name = kind.name().unwrap_or_default();
    let name = name.strip_prefix("PERF_").unwrap_or(name);
    match name.strip_prefix("100NSEC_") {
        Some(rest) => match rest.strip_suffix("_INV") {
            Some(rest) => format!("{rest}_100NSEC_INV"),
            None => format!("{rest}_100NSEC"),
        },
        None => name.to_owned(),
    }
}
