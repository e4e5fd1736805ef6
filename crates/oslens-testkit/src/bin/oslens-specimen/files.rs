//! Open files, pipes and the like.

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::fd::AsRawFd;

use oslens_testkit::sys::linux as sys;
use oslens_testkit::wire::Reply;

use crate::talk::{Held, Words};

pub(crate) fn make(kind: &str, words: &mut Words, held: &mut Held) -> io::Result<Reply> {
    match kind {
        "open" => {
            let (mode, path) = (words.text()?, words.path()?);
            let offset = words.number()?;
            let mut options = File::options();
            match mode.as_str() {
                "r" => options.read(true),
                "w" => options.write(true).create(true).truncate(true),
                "a" => options.append(true).create(true),
                "r+" => options.read(true).write(true),
                "w+" => options.read(true).write(true).create(true).truncate(true),
                "a+" => options.read(true).append(true).create(true),
                _ => return Err(io::Error::other(format!("no mode {mode}"))),
            };
            let mut file = options.open(path)?;
            file.seek(SeekFrom::Start(offset))?;
            Ok(keep(file, held))
        }
        "deleted" => {
            let path = words.path()?;
            let file = File::create_new(&path)?;
            fs::remove_file(&path)?;
            Ok(keep(file, held))
        }
        "memfd" => sys::memory_file(&words.bytes()?).map(|file| keep(file, held)),
        "pipe" => {
            let (reader, writer) = sys::pipe()?;
            let reply = Reply::default()
                .with("read", reader.as_raw_fd())
                .with("write", writer.as_raw_fd());
            held.push(Box::new((reader, writer)));
            Ok(reply)
        }
        "map" => {
            let address = sys::hold_file(&File::open(words.path()?)?)?;
            Ok(Reply::default().with("address", address))
        }
        // Moves a known number of bytes through read and write calls.
        "write" => {
            let (path, bytes) = (words.path()?, words.number::<usize>()?);
            let mut file = File::create(path)?;
            file.write_all(&vec![b'x'; bytes])?;
            file.sync_all()?;
            Ok(Reply::default())
        }
        "read" => {
            let mut content = Vec::new();
            File::open(words.path()?)?.read_to_end(&mut content)?;
            Ok(Reply::default().with("bytes", content.len()))
        }
        _ => Err(io::Error::other("no such kind of file")),
    }
}

fn keep(file: File, held: &mut Held) -> Reply {
    let reply = Reply::default().with("fd", file.as_raw_fd());
    held.push(Box::new(file));
    reply
}
