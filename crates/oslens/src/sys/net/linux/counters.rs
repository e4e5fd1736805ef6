//! `/proc/net/dev`.

use std::{ffi::OsStr, os::unix::ffi::OsStrExt as _, path::Path, time::Instant};

use rustix::{fs::CWD, io::Errno};

use super::net_dir;
use crate::{
    Error, Host, Result,
    net::{InterfaceCounters, IoCounters},
    parse::linux::netdev,
    sys::pal::linux::file,
};

/// The kernel fills a page and stops when the next line does not fit any
/// more, so a first read that leaves room for the longest line (a name of 15
/// bytes and 16 numbers of 20 digits) in the smallest page got everything.
const SURELY_WHOLE: usize = 4096 - 512;

pub(crate) fn io_counters(host: &Host) -> Result<Vec<InterfaceCounters>> {
    let path = net_dir(host).join("dev");
    let mut first = [0; 8192];
    let mut rest = Vec::new();
    let sampled_at = Instant::now();
    let content = read(&path, &mut first, &mut rest)
        .map_err(|(action, errno)| Error::file(action, &path, errno))?;
    parse(content, sampled_at, &path)
}

fn read<'a>(
    path: &Path,
    first: &'a mut [u8],
    all: &'a mut Vec<u8>,
) -> Result<&'a [u8], (&'static str, Errno)> {
    let fd = file::open_at(CWD, path).map_err(|errno| ("open", errno))?;
    let content = file::read_once(&fd, first).map_err(|errno| ("read", errno))?;
    if content.len() <= SURELY_WHOLE {
        return Ok(content);
    }
    all.extend(content);
    file::read_records(&fd, all).map_err(|errno| ("read", errno))?;
    Ok(all)
}

fn parse(content: &[u8], sampled_at: Instant, path: &Path) -> Result<Vec<InterfaceCounters>> {
    netdev::rows(content)
        .map(|row| {
            let row = row.map_err(|malformed| Error::malformed(path, malformed.0))?;
            let [
                bytes_recv,
                packets_recv,
                errin,
                dropin,
                fifo_in,
                frame,
                compressed_in,
                multicast,
            ] = row.received;
            let [
                bytes_sent,
                packets_sent,
                errout,
                dropout,
                fifo_out,
                collisions,
                carrier,
                compressed_out,
            ] = row.sent;
            let counters = IoCounters {
                bytes_sent,
                bytes_recv,
                packets_sent,
                packets_recv,
                errin,
                errout,
                dropin,
                dropout: Some(dropout),
                multicast: Some(multicast),
                collisions: Some(collisions),
                fifo_in: Some(fifo_in),
                fifo_out: Some(fifo_out),
                frame: Some(frame),
                carrier: Some(carrier),
                compressed_in: Some(compressed_in),
                compressed_out: Some(compressed_out),
            };
            let name = OsStr::from_bytes(row.name).to_os_string();
            Ok(InterfaceCounters::new(name, sampled_at, counters))
        })
        .collect()
}
