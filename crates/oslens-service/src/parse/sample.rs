//! Structures as the system would fill them in, for tests.

use oslens_win32::bytes::Layout;

use crate::Status;

/// Memory that is written from both ends: structures from the beginning, what
/// they lead to behind them.
#[derive(Debug)]
pub(crate) struct Writer {
    pub(crate) bytes: Vec<u8>,
    pub(crate) base: u64,
    pub(crate) layout: Layout,
}

impl Writer {
    /// So many bytes for the structures.
    pub(crate) fn new(structures: usize, base: u64, layout: Layout) -> Self {
        Self {
            bytes: vec![0; structures],
            base,
            layout,
        }
    }

    pub(crate) fn number(&mut self, at: usize, number: u32) -> &mut Self {
        self.bytes[at..at + 4].copy_from_slice(&number.to_le_bytes());
        self
    }

    /// A pointer to what is written here next.
    pub(crate) fn pointer_to_end(&mut self, at: usize) -> &mut Self {
        let address = self.base + self.bytes.len() as u64;
        self.address(at, address)
    }

    pub(crate) fn address(&mut self, at: usize, address: u64) -> &mut Self {
        let length = self.layout.pointer();
        self.bytes[at..at + length].copy_from_slice(&address.to_le_bytes()[..length]);
        self
    }

    /// A pointer to bytes behind everything.
    pub(crate) fn data(&mut self, at: usize, data: &[u8]) -> &mut Self {
        self.pointer_to_end(at);
        self.bytes.extend(data);
        self
    }

    /// A pointer to text behind everything; a NUL is put at its end.
    pub(crate) fn text(&mut self, at: usize, text: &str) -> &mut Self {
        let units = text.encode_utf16().chain([0]);
        let bytes: Vec<u8> = units.flat_map(u16::to_le_bytes).collect();
        self.data(at, &bytes)
    }
}

/// A table of services: name, display name, status; of `EnumServicesStatusExW`
/// with the process, of `EnumDependentServicesW` without.
pub(crate) fn table(
    entries: &[(&str, &str, &Status)],
    with_process: bool,
    base: u64,
    layout: Layout,
) -> Writer {
    let pointer = layout.pointer();
    let status_size = if with_process { 36 } else { 28 };
    let size = (2 * pointer + status_size).next_multiple_of(pointer);
    let mut writer = Writer::new(size * entries.len(), base, layout);
    for (index, (name, display_name, status)) in entries.iter().enumerate() {
        let at = index * size;
        writer.text(at, name).text(at + pointer, display_name);
        let numbers = [
            status.kind.bits(),
            status.state.raw(),
            status.accepted.bits(),
            status.exit_code,
            status.service_code.unwrap_or(0),
            status.checkpoint,
            u32::try_from(status.wait_hint.as_millis()).unwrap(),
            status.pid.unwrap_or(0),
            status.in_system_process.into(),
        ];
        for (index, number) in numbers.iter().take(status_size / 4).enumerate() {
            writer.number(at + 2 * pointer + 4 * index, *number);
        }
    }
    writer
}
