//! Reading through the modern interface: events chosen by XPath, as XML.

use std::time::Duration;

use super::{Backend, Batch, Extent, Place};
use crate::{
    Error, ErrorKind, Order, Query, Record, Result,
    parse::{element::Element, event, xml},
    query::{Bound, Filter},
};

/// The calls of the modern interface on one log.
pub(crate) trait Calls: Send {
    /// Events that were asked for, or are waited for.
    type Events: Send;

    fn extent(&mut self) -> Result<Extent>;

    /// The events that this expression selects, in this order.
    fn query(&mut self, expression: &str, order: Order) -> Result<Self::Events>;

    /// The same, the oldest first, and those that come later.
    fn subscribe(&mut self, expression: &str, from: From) -> Result<Self::Events>;

    /// The next events as XML, an error in place of one that cannot be
    /// rendered; none at the end of what there is.
    ///
    /// `Changed` when the log was cleared or overwritten, `TimedOut` when none
    /// was found so far.
    fn next(&mut self, events: &mut Self::Events) -> Result<Vec<Result<String>>>;

    /// Returns when there may be more, or after that time.
    fn wait(&mut self, events: &mut Self::Events, within: Duration) -> Result<()>;
}

/// Where a subscription begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum From {
    Oldest,
    /// With what comes now.
    Now,
    /// Behind the record with this number, or where it was.
    After(u64),
}

/// One reading.
pub(crate) struct Modern<C: Calls> {
    calls: C,
    filter: Filter,
    order: Order,
    follow: bool,
    events: Option<C::Events>,
    /// Where an expression of the user's own selects: records in front of
    /// this one, in the order, are passed over.
    from: Option<u64>,
}

impl<C: Calls> Modern<C> {
    pub(crate) fn new(calls: C, query: &Query, follow: bool) -> Self {
        Self {
            calls,
            filter: query.filter.clone(),
            order: query.order,
            follow,
            events: None,
            from: None,
        }
    }

    fn open(&mut self, to: Place) -> Result<C::Events> {
        let own = self.filter.xpath.as_deref();
        self.from = None;
        if self.follow {
            let from = match to {
                Place::Edge | Place::At(0 | 1) => From::Oldest,
                Place::At(number) => From::After(number - 1),
                Place::Behind => From::Now,
            };
            let expression = own.map_or_else(|| self.filter.to_xpath(None), str::to_owned);
            return self.calls.subscribe(&expression, from);
        }
        let expression = match (own, to) {
            (Some(own), to) => {
                if let Place::At(number) = to {
                    self.from = Some(number);
                }
                own.to_owned()
            }
            (None, Place::At(number)) => self.filter.to_xpath(Some(match self.order {
                Order::Oldest => Bound::AtLeast(number),
                Order::Newest => Bound::AtMost(number),
            })),
            (None, Place::Edge | Place::Behind) => self.filter.to_xpath(None),
        };
        self.calls.query(&expression, self.order)
    }
}

/// So often the system may say that it found nothing so far: each time it has
/// looked for half a minute, through a log that is large or far away.
const MOST_SEARCHES: u32 = 20;

/// The next events, none at the end alone: what is rare takes long to find.
fn patiently<C: Calls>(calls: &mut C, events: &mut C::Events) -> Result<Vec<Result<String>>> {
    let mut searches = 1;
    loop {
        match calls.next(events) {
            Err(error) if error.kind() == ErrorKind::TimedOut && searches < MOST_SEARCHES => {
                searches += 1;
            }
            found => return found,
        }
    }
}

/// The record that this XML tells of.
fn record(rendered: Result<String>) -> Result<Record> {
    let text = rendered?;
    let parsed = xml::document(text.as_bytes()).and_then(|event| event::record(&event));
    let mut record =
        parsed.map_err(|error| Error::message(ErrorKind::Malformed, error.to_string()))?;
    record.xml = Some(text);
    Ok(record)
}

/// A bookmark behind the record with this number, as the system reads it.
pub(crate) fn bookmark_xml(channel: &str, number: u64) -> String {
    let attribute = |name: &str, value: String| (name.to_owned(), value);
    let bookmark = Element {
        name: "Bookmark".to_owned(),
        attributes: vec![
            attribute("Channel", channel.to_owned()),
            attribute("RecordId", number.to_string()),
            attribute("IsCurrent", "true".to_owned()),
        ],
        children: Vec::new(),
    };
    format!("<BookmarkList>{bookmark}</BookmarkList>")
}

/// The publisher of a rendered event.
pub(crate) fn publisher_of(rendered: &str) -> Option<String> {
    let event = xml::document(rendered.as_bytes()).ok()?;
    let provider = event.child("System")?.child("Provider")?;
    provider.attribute("Name").map(str::to_owned)
}

impl<C: Calls> Backend for Modern<C> {
    fn extent(&mut self) -> Result<Extent> {
        self.calls.extent()
    }

    fn seek(&mut self, to: Place) -> Result<()> {
        // The last one is closed first: there are only so many.
        self.events = None;
        self.events = Some(self.open(to)?);
        Ok(())
    }

    fn next(&mut self, into: &mut Batch) -> Result<()> {
        if self.events.is_none() {
            self.seek(Place::Edge)?;
        }
        let Some(events) = &mut self.events else {
            return Ok(());
        };
        while into.is_empty() {
            let batch = patiently(&mut self.calls, events)?;
            if batch.is_empty() {
                break;
            }
            into.extend(batch.into_iter().map(record));
            if let Some(from) = self.from {
                let order = self.order;
                into.retain(|record| match record {
                    Ok(record) if order == Order::Oldest => record.number >= from,
                    Ok(record) => record.number <= from,
                    Err(_) => true,
                });
            }
        }
        Ok(())
    }

    fn at(&mut self, number: u64) -> Result<Option<Record>> {
        let expression = Filter::default().to_xpath(Some(Bound::Exactly(number)));
        let mut events = self.calls.query(&expression, Order::Oldest)?;
        let first = patiently(&mut self.calls, &mut events)?.into_iter().next();
        first.map(record).transpose()
    }

    fn wait(&mut self, within: Duration) -> Result<()> {
        match &mut self.events {
            Some(events) => self.calls.wait(events, within),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bookmark_is_written_as_the_system_reads_it() {
        assert_eq!(
            bookmark_xml("A'B", 7),
            "<BookmarkList><Bookmark Channel='A&apos;B' RecordId='7' IsCurrent='true'/>\
             </BookmarkList>"
        );
    }

    #[test]
    fn an_event_names_its_publisher() {
        let event = "<Event><System><Provider Name='a&amp;b' Guid='x'/></System></Event>";
        assert_eq!(publisher_of(event).as_deref(), Some("a&b"));
        assert_eq!(publisher_of("<Event><System/></Event>"), None);
        assert_eq!(publisher_of(""), None);
    }
}
