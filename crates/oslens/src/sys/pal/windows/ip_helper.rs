//! The IP helper library: tables of sockets, interfaces and their addresses.

use std::slice;

use windows_sys::Win32::{
    Foundation::{
        ERROR_BUFFER_OVERFLOW, ERROR_INSUFFICIENT_BUFFER, ERROR_NO_DATA, ERROR_SUCCESS,
        STATUS_UNSUCCESSFUL,
    },
    NetworkManagement::IpHelper::{
        FreeMibTable, GAA_FLAG_SKIP_ANYCAST, GAA_FLAG_SKIP_DNS_SERVER, GAA_FLAG_SKIP_MULTICAST,
        GAA_FLAG_SKIP_UNICAST, GetAdaptersAddresses, GetExtendedTcpTable, GetExtendedUdpTable,
        GetIfTable2, IP_ADAPTER_ADDRESSES_LH, IP_ADAPTER_NO_MULTICAST,
        IP_ADAPTER_UNICAST_ADDRESS_LH, MIB_IF_TABLE2, TCP_TABLE_OWNER_PID_ALL, UDP_TABLE_OWNER_PID,
    },
    Networking::WinSock::{AF_INET, AF_INET6, AF_UNSPEC, SOCKET_ADDRESS},
};

use super::{
    buffer::{Attempt, Buffer},
    error,
};
use crate::{
    Result,
    parse::windows::{
        if_table::{FIRST_ROW, ROW_SIZE},
        socket_address::State,
    },
};

/// A million connections take 56 MB.
const MOST: usize = 256 << 20;

/// A table of sockets with their owners' PIDs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SocketTable {
    Tcp4,
    Tcp6,
    Udp4,
    Udp6,
}

/// Reads a table of sockets.
pub(crate) fn sockets(table: SocketTable, buffer: &mut Buffer) -> Result<&[u8]> {
    let (call, family) = match table {
        SocketTable::Tcp4 => ("GetExtendedTcpTable", AF_INET),
        SocketTable::Tcp6 => ("GetExtendedTcpTable", AF_INET6),
        SocketTable::Udp4 => ("GetExtendedUdpTable", AF_INET),
        SocketTable::Udp6 => ("GetExtendedUdpTable", AF_INET6),
    };
    let family = u32::from(family);
    buffer.fill(call, MOST, |to, room| {
        let mut size = room;
        let code = match table {
            SocketTable::Tcp4 | SocketTable::Tcp6 => {
                // SAFETY: `size` bytes may be written to `to`; the size
                // outlives the call.
                unsafe {
                    GetExtendedTcpTable(to.cast(), &mut size, 0, family, TCP_TABLE_OWNER_PID_ALL, 0)
                }
            }
            SocketTable::Udp4 | SocketTable::Udp6 => {
                // SAFETY: as above.
                unsafe {
                    GetExtendedUdpTable(to.cast(), &mut size, 0, family, UDP_TABLE_OWNER_PID, 0)
                }
            }
        };
        match code {
            // Some versions leave in `size` what was there before.
            ERROR_SUCCESS => Attempt::Filled(size as usize),
            ERROR_INSUFFICIENT_BUFFER => Attempt::TooSmall(size as usize),
            // What comes when the table grew while it was copied.
            code if code == STATUS_UNSUCCESSFUL as u32 => Attempt::TooSmall(size as usize),
            code => Attempt::Failed(error::code(call, code)),
        }
    })
}

/// The table of all interfaces, as [`crate::parse::windows::if_table`] reads
/// it.
pub(crate) struct IfTable(*mut MIB_IF_TABLE2);

impl IfTable {
    pub(crate) fn read() -> Result<Self> {
        let mut table = std::ptr::null_mut();
        // SAFETY: a place for a pointer, which outlives the call.
        match unsafe { GetIfTable2(&mut table) } {
            ERROR_SUCCESS => Ok(Self(table)),
            code => Err(error::code("GetIfTable2", code)),
        }
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        if self.0.is_null() {
            return &[];
        }
        // SAFETY: the system made the table, aligned for its structure, and
        // it is there until it is freed, which only `drop` does.
        let count = unsafe { (*self.0).NumEntries };
        let size = FIRST_ROW + ROW_SIZE * count as usize;
        // SAFETY: so many rows follow the count; the size of a row and where
        // the first one begins are those of the structures (tested in
        // `if_table`). Bytes have no alignment and all values.
        unsafe { slice::from_raw_parts(self.0.cast::<u8>(), size) }
    }
}

impl Drop for IfTable {
    fn drop(&mut self) {
        // SAFETY: what `GetIfTable2` made, once; nothing borrows it any more.
        unsafe { FreeMibTable(self.0.cast()) };
    }
}

/// An interface that IP is bound to.
#[derive(Debug, Clone)]
pub(crate) struct Adapter {
    /// Its identity in the table of interfaces.
    pub(crate) luid: u64,
    pub(crate) can_multicast: bool,
    pub(crate) addresses: Vec<AdapterAddress>,
}

/// An address of an interface.
#[derive(Debug, Clone)]
pub(crate) struct AdapterAddress {
    /// A `SOCKADDR` of any family.
    pub(crate) structure: Vec<u8>,
    pub(crate) prefix_len: u8,
    pub(crate) state: State,
}

/// The interfaces that IP is bound to, with their addresses or without.
pub(crate) fn adapters(with_addresses: bool) -> Result<Vec<Adapter>> {
    const CALL: &str = "GetAdaptersAddresses";
    let mut flags = GAA_FLAG_SKIP_ANYCAST | GAA_FLAG_SKIP_MULTICAST | GAA_FLAG_SKIP_DNS_SERVER;
    if !with_addresses {
        flags |= GAA_FLAG_SKIP_UNICAST;
    }
    // What the system's documentation recommends to begin with.
    let mut buffer = Buffer::new(15 << 10);
    let mut first: *const IP_ADAPTER_ADDRESSES_LH = std::ptr::null();
    buffer.fill(CALL, MOST, |to, room| {
        let mut size = room;
        // SAFETY: `size` bytes may be written to `to`, which is aligned for
        // any structure; the size outlives the call.
        let code = unsafe {
            GetAdaptersAddresses(
                u32::from(AF_UNSPEC),
                flags,
                std::ptr::null(),
                to.cast(),
                &mut size,
            )
        };
        match code {
            ERROR_SUCCESS => {
                first = to.cast_const().cast();
                Attempt::Filled(size as usize)
            }
            ERROR_BUFFER_OVERFLOW => Attempt::TooSmall(size as usize),
            ERROR_NO_DATA => Attempt::Filled(0),
            code => Attempt::Failed(error::code(CALL, code)),
        }
    })?;
    let mut adapters = Vec::new();
    let mut next = first;
    while !next.is_null() {
        // SAFETY: the system filled the buffer with a list of such
        // structures, whose pointers lead to each other within it and end
        // with null. The buffer lives on, and nothing else writes to it.
        let adapter = unsafe { &*next };
        adapters.push(Adapter {
            // SAFETY: the union is of one 64-bit number and its parts.
            luid: unsafe { adapter.Luid.Value },
            // SAFETY: the union is of one 32-bit number and its bits.
            can_multicast: unsafe { adapter.Anonymous2.Flags } & IP_ADAPTER_NO_MULTICAST == 0,
            // SAFETY: the list of this structure, as above.
            addresses: unsafe { addresses(adapter.FirstUnicastAddress) },
        });
        next = adapter.Next;
    }
    drop(buffer);
    Ok(adapters)
}

/// # Safety
///
/// `next` is null or leads to a list whose pointers are valid and end with
/// null.
unsafe fn addresses(mut next: *const IP_ADAPTER_UNICAST_ADDRESS_LH) -> Vec<AdapterAddress> {
    let mut addresses = Vec::new();
    while !next.is_null() {
        // SAFETY: by contract.
        let address = unsafe { &*next };
        addresses.push(AdapterAddress {
            // SAFETY: by contract.
            structure: unsafe { structure(&address.Address) },
            prefix_len: address.OnLinkPrefixLength,
            state: State {
                duplicates: address.DadState as u32,
                suffix_origin: address.SuffixOrigin as u32,
                valid_lifetime: address.ValidLifetime,
            },
        });
        next = address.Next;
    }
    addresses
}

/// # Safety
///
/// The pointer is null or leads to as many bytes as the length says.
unsafe fn structure(address: &SOCKET_ADDRESS) -> Vec<u8> {
    let length = usize::try_from(address.iSockaddrLength).unwrap_or(0);
    if address.lpSockaddr.is_null() {
        return Vec::new();
    }
    // SAFETY: by contract; bytes have no alignment and all values.
    unsafe { slice::from_raw_parts(address.lpSockaddr.cast::<u8>(), length) }.to_vec()
}
