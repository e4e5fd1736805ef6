//! The commands that a specimen on Windows understands.

use std::any::Any;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use oslens_testkit::sys::windows as sys;
use oslens_testkit::wire::{Reply, decode, encode};

/// What must stay open or running until the end.
type Held = Vec<Box<dyn Any>>;

struct Words(std::vec::IntoIter<Vec<u8>>);

impl Words {
    fn text(&mut self) -> io::Result<String> {
        let bytes = self.0.next();
        let bytes = bytes.ok_or_else(|| io::Error::other("a word is missing"))?;
        String::from_utf8(bytes).map_err(io::Error::other)
    }

    fn number<T: std::str::FromStr>(&mut self) -> io::Result<T> {
        let text = self.text()?;
        text.parse()
            .map_err(|_| io::Error::other(format!("{text} is no number")))
    }
}

pub(crate) fn until_end_of_input() {
    if let Ok(mark) = std::env::var(oslens_testkit::zoo::MARK) {
        sys::name_thread(&mark);
    }
    say(&Reply::default()
        .with("stamp", oslens_testkit::zoo::STAMP)
        .with("pid", std::process::id())
        .line());
    let mut held = Held::new();
    let mut kin = Vec::new();
    let mut input = BufReader::new(io::stdin());
    let mut line = String::new();
    loop {
        line.clear();
        match input.read_line(&mut line) {
            Ok(0) | Err(_) => return,
            Ok(_) => {}
        }
        let words: Vec<Vec<u8>> = line.trim_end_matches('\n').split(' ').map(decode).collect();
        let mut words = words.into_iter();
        let verb = String::from_utf8_lossy(&words.next().unwrap_or_default()).into_owned();
        match obey(&verb, &mut Words(words), &mut held, &mut kin) {
            Ok(reply) => say(&reply.line()),
            Err(error) => say(&format!(
                "err {}",
                encode(format!("{verb}: {error}").as_bytes())
            )),
        }
    }
}

fn say(line: &str) {
    let mut out = io::stdout().lock();
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}

fn obey(verb: &str, words: &mut Words, held: &mut Held, kin: &mut Vec<Kin>) -> io::Result<Reply> {
    let done = Reply::default();
    match verb {
        "chdir" => std::env::set_current_dir(words.text()?).map(|()| done),
        "exit" => std::process::exit(words.number()?),
        "thread" => start_thread(words.text()?),
        "memory" => {
            let (bytes, touched) = (words.number::<usize>()?, words.number::<usize>()?);
            // Zeroes that the system gives, and none of them is written yet.
            let mut memory = vec![0_u8; bytes];
            for page in memory[..touched.min(bytes)].chunks_mut(4096) {
                page[0] = 1;
            }
            held.push(Box::new(std::hint::black_box(memory)));
            Ok(done)
        }
        "burn" => {
            let time = Duration::from_millis(words.number()?);
            let spent = || sys::cpu_times().map(|(user, kernel)| user + kernel);
            let until = spent()? + time;
            while spent()? < until {
                // Long enough that the time is spent here and not in the call.
                for round in 0..100_000_u64 {
                    std::hint::black_box(round);
                }
            }
            Ok(done)
        }
        "socket:tcp4-listen" => listen("127.0.0.1:0", held),
        "socket:tcp6-listen" => listen("[::1]:0", held),
        "socket:tcp4-established" => established("127.0.0.1:0", held),
        "socket:tcp6-established" => established("[::1]:0", held),
        "socket:udp4" => udp("127.0.0.1:0", held),
        "socket:udp6" => udp("[::1]:0", held),
        "file:open" => {
            let mode = words.text()?;
            held.push(Box::new(open(&mode, &words.text()?)?));
            Ok(done)
        }
        "file:write" => {
            let (path, bytes) = (words.text()?, words.number::<usize>()?);
            File::create(path)?.write_all(&vec![b'x'; bytes])?;
            Ok(done)
        }
        "file:read" => fs::read(words.text()?).map(|_| done),
        "file:blocked-pipe" => blocked_pipe(kin).map(|()| done),
        "kin:fan" => {
            let born: io::Result<Vec<Kin>> =
                (0..words.number::<u32>()?).map(|_| Kin::spawn()).collect();
            let born = born?;
            let pids: Vec<u32> = born.iter().map(|one| one.child.id()).collect();
            kin.extend(born);
            Ok(listed(&pids))
        }
        "kin:chain" => {
            let length: u32 = words.number()?;
            if length == 0 {
                return Ok(listed(&[]));
            }
            let mut child = Kin::spawn()?;
            let mut pids = vec![child.child.id()];
            pids.extend(
                child
                    .ask(&format!("kin:chain {}", length - 1))?
                    .pids("pids"),
            );
            kin.push(child);
            Ok(listed(&pids))
        }
        _ => Err(io::Error::other("no such verb")),
    }
}

fn listed(pids: &[u32]) -> Reply {
    let list: Vec<String> = pids.iter().map(u32::to_string).collect();
    Reply::default().with("pids", list.join(","))
}

fn start_thread(name: String) -> io::Result<Reply> {
    let (tell, told) = mpsc::channel();
    thread::Builder::new().name(name).spawn(move || {
        let _ = tell.send(sys::thread_id());
        loop {
            thread::park();
        }
    })?;
    let tid = told.recv().map_err(io::Error::other)?;
    Ok(Reply::default().with("tid", tid))
}

fn open(mode: &str, path: &str) -> io::Result<File> {
    let mut options = File::options();
    match mode {
        "r" => options.read(true),
        "w" => options.write(true).create(true).truncate(true),
        "a" => options.append(true).create(true),
        "r+" => options.read(true).write(true),
        "w+" => options.read(true).write(true).create(true).truncate(true),
        "a+" => options.read(true).append(true).create(true),
        _ => return Err(io::Error::other(format!("no mode {mode}"))),
    };
    let mut file = options.open(path)?;
    file.seek(SeekFrom::End(0))?;
    Ok(file)
}

/// A child that has nothing to say, and a thread that listens to it.
fn blocked_pipe(kin: &mut Vec<Kin>) -> io::Result<()> {
    let mut child = Kin::spawn()?;
    let Some(mut output) = child.output.take() else {
        return Err(io::Error::other("no pipe"));
    };
    kin.push(child);
    let (tell, told) = mpsc::channel();
    thread::spawn(move || {
        let _ = tell.send(());
        let _ = output.read(&mut [0]);
    });
    told.recv().map_err(io::Error::other)
}

fn listen(address: &str, held: &mut Held) -> io::Result<Reply> {
    let listener = TcpListener::bind(address)?;
    let reply = Reply::default().with("local", listener.local_addr()?);
    held.push(Box::new(listener));
    Ok(reply)
}

fn established(address: &str, held: &mut Held) -> io::Result<Reply> {
    let listener = TcpListener::bind(address)?;
    let client = TcpStream::connect(listener.local_addr()?)?;
    let (server, _) = listener.accept()?;
    let reply = Reply::default()
        .with("client", client.local_addr()?)
        .with("server", server.local_addr()?);
    held.push(Box::new((client, server)));
    Ok(reply)
}

fn udp(address: &str, held: &mut Held) -> io::Result<Reply> {
    let socket = UdpSocket::bind(address)?;
    let reply = Reply::default().with("local", socket.local_addr()?);
    held.push(Box::new(socket));
    Ok(reply)
}

/// A child that ends when its input does: with this process.
struct Kin {
    child: Child,
    input: Option<ChildStdin>,
    output: Option<BufReader<ChildStdout>>,
}

impl Kin {
    fn spawn() -> io::Result<Self> {
        let mut child = Command::new(std::env::current_exe()?)
            // Its name is not for two.
            .env_remove(oslens_testkit::zoo::MARK)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let input = child.stdin.take();
        let output = child.stdout.take();
        let mut kin = Self {
            child,
            input,
            output: output.map(BufReader::new),
        };
        // Its greeting.
        kin.answer()?;
        Ok(kin)
    }

    fn ask(&mut self, line: &str) -> io::Result<Reply> {
        if let Some(input) = &mut self.input {
            writeln!(input, "{line}")?;
        }
        self.answer()
    }

    fn answer(&mut self) -> io::Result<Reply> {
        let mut line = String::new();
        if let Some(output) = &mut self.output {
            output.read_line(&mut line)?;
        }
        Reply::parse(&line).map_err(io::Error::other)
    }
}

impl Drop for Kin {
    fn drop(&mut self) {
        self.input = None;
        let _ = self.child.wait();
    }
}
