//! A kernel for tests: it gives the answers that it was told to give.

use std::{
    collections::{HashMap, VecDeque},
    io,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use super::{Action, Answers, BlockStorage, PowerSource, Question, Source};
use crate::Host;

/// What is answered to one question.
type Answer = Result<Vec<u8>, i32>;

/// Answers to be given. The last one given for a question stays; those before
/// it are given once each, in their order.
///
/// A question that nobody foresaw fails with `ENOENT`, as a sysctl does that a
/// kernel lacks.
#[derive(Debug, Default)]
pub(crate) struct Fake {
    answers: HashMap<String, VecDeque<Answer>>,
    page_size: u64,
    is_big_endian: bool,
    pub(crate) uptime: Duration,
    pub(crate) terminals: Vec<(u64, PathBuf)>,
    pub(crate) block_storage: Vec<BlockStorage>,
    pub(crate) power_sources: Vec<PowerSource>,
    pub(crate) voltage_states: Vec<Vec<u8>>,
    /// Where the files of `/etc` are. `None`: there are none.
    pub(crate) etc: Option<PathBuf>,
    /// Processes that are found to have ended, and their wait statuses where
    /// they are the caller's children.
    pub(crate) ended: Vec<(i32, Option<i32>)>,
    /// The error of every action. `None`: they succeed.
    pub(crate) refusal: Option<i32>,
}

impl Fake {
    /// A kernel of a machine with pages of 4096 bytes and the lowest byte
    /// first.
    pub(crate) fn new() -> Self {
        Self {
            page_size: 4096,
            ..Self::default()
        }
    }

    /// Answers a question.
    pub(crate) fn answer(mut self, question: Question<'_>, bytes: impl Into<Vec<u8>>) -> Self {
        self.put(question, Ok(bytes.into()));
        self
    }

    /// Answers a name of `sysctl`.
    pub(crate) fn named(self, name: &str, bytes: impl Into<Vec<u8>>) -> Self {
        self.answer(Question::Named(name), bytes)
    }

    /// Fails a question with this error number.
    pub(crate) fn fail(mut self, question: Question<'_>, errno: i32) -> Self {
        self.put(question, Err(errno));
        self
    }

    fn put(&mut self, question: Question<'_>, answer: Answer) {
        self.answers
            .entry(format!("{question:?}"))
            .or_default()
            .push_back(answer);
    }

    /// Pages of another size.
    pub(crate) fn page_size(mut self, bytes: u64) -> Self {
        self.page_size = bytes;
        self
    }

    /// The highest byte first.
    pub(crate) fn big_endian(mut self) -> Self {
        self.is_big_endian = true;
        self
    }

    /// The machine with this kernel, and the log of what it was asked and
    /// told to do.
    pub(crate) fn host(self) -> (Host, Log) {
        let log = Log::default();
        let (page_size, is_big_endian) = (self.page_size, self.is_big_endian);
        let etc = self.etc.clone().unwrap_or_else(|| "/nonexistent".into());
        let running = Running {
            answers: Mutex::new(self.answers.clone()),
            log: log.clone(),
            fake: self,
        };
        let host = Host::builder()
            .etc(etc)
            .page_size(page_size)
            .big_endian(is_big_endian)
            .of_kernel(Source::of(Arc::new(running)));
        (host, log)
    }
}

/// A kernel that answers every question with an error or with bytes that mean
/// nothing, the same for the same seed: whatever it answers, nobody may fall
/// over it.
#[derive(Debug)]
pub(crate) struct Noise(Mutex<u64>);

impl Noise {
    /// Enough kernels for a test. Fewer where the test is run by an emulator:
    /// the order of bytes is random here, whatever the machine has.
    pub(crate) const SEEDS: std::ops::Range<u64> = match cfg!(target_arch = "x86_64") {
        true => 0..2000,
        false => 0..200,
    };

    /// The machine with this kernel.
    pub(crate) fn host(seed: u64) -> Host {
        Host::builder()
            .etc("/nonexistent")
            .page_size(1 << (12 + seed % 3))
            .big_endian(seed % 2 == 1)
            .of_kernel(Source::of(Arc::new(Self(Mutex::new(seed)))))
    }

    /// A number below this one.
    fn below(&self, end: u64) -> u64 {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (*state >> 33) % end
    }

    fn bytes(&self, size: u64) -> Vec<u8> {
        let fill = match self.below(5) {
            0 => Some(0),
            1 => Some(0xff),
            2 => Some(1),
            _ => None,
        };
        let byte = |_| fill.unwrap_or_else(|| self.below(256).try_into().unwrap_or(0));
        (0..size).map(byte).collect()
    }
}

impl Answers for Noise {
    fn ask(&self, _: Question<'_>, answer: &mut Vec<u8>) -> io::Result<()> {
        const ERRORS: [i32; 8] = [
            libc::ENOENT,
            libc::EPERM,
            libc::EBUSY,
            libc::ENXIO,
            libc::EINVAL,
            libc::ENOMEM,
            libc::EOPNOTSUPP,
            libc::ESRCH,
        ];
        answer.clear();
        if self.below(8) == 0 {
            let at = usize::try_from(self.below(8)).unwrap_or(0);
            return Err(io::Error::from_raw_os_error(ERRORS[at]));
        }
        // Numbers mostly, for without them little else is asked.
        let size = match self.below(6) {
            0 => self.below(4096),
            1 => 40 * self.below(8),
            2 => 8,
            _ => 4,
        };
        *answer = self.bytes(size);
        Ok(())
    }

    fn act(&self, _: Action<'_>) -> io::Result<()> {
        Ok(())
    }

    fn uptime(&self) -> io::Result<Duration> {
        Ok(Duration::from_secs(self.below(1 << 30)))
    }

    fn await_end(&self, _: &[i32], _: Option<Instant>) -> io::Result<Vec<i32>> {
        Ok(Vec::new())
    }

    fn collect(&self, _: i32) -> io::Result<Option<i32>> {
        Ok(None)
    }

    fn terminals(&self) -> io::Result<Vec<(u64, PathBuf)>> {
        Ok(Vec::new())
    }

    fn block_storage(&self) -> io::Result<Vec<BlockStorage>> {
        let number = || Some(u64::from_le_bytes(self.bytes(8).try_into().ok()?));
        Ok(vec![BlockStorage {
            name: "disk0".to_owned(),
            reads: number(),
            writes: number(),
            read_bytes: number(),
            write_bytes: number(),
            read_time: number(),
            write_time: number(),
            size: number(),
            ..BlockStorage::default()
        }])
    }

    fn power_sources(&self) -> io::Result<Vec<PowerSource>> {
        let number = || Some(i64::from_le_bytes(self.bytes(8).try_into().ok()?));
        Ok(vec![PowerSource {
            state: Some("Battery Power".to_owned()),
            is_charging: Some(self.below(2) == 0),
            capacity: number(),
            max_capacity: number(),
            minutes_to_empty: number(),
            minutes_to_full: number(),
            ..PowerSource::default()
        }])
    }

    fn voltage_states(&self) -> io::Result<Vec<Vec<u8>>> {
        Ok(vec![self.bytes(self.below(100))])
    }
}

/// What a kernel was asked and told to do, in order, as `Debug` writes it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Log(Arc<Mutex<Vec<String>>>);

impl Log {
    /// All of it so far.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn push(&self, line: String) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(line);
    }
}

#[derive(Debug)]
struct Running {
    fake: Fake,
    answers: Mutex<HashMap<String, VecDeque<Answer>>>,
    log: Log,
}

impl Answers for Running {
    fn ask(&self, question: Question<'_>, answer: &mut Vec<u8>) -> io::Result<()> {
        let question = format!("{question:?}");
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        let given = answers.get_mut(&question).and_then(|answers| {
            if answers.len() > 1 {
                answers.pop_front()
            } else {
                answers.front().cloned()
            }
        });
        self.log.push(question);
        answer.clear();
        match given {
            Some(Ok(bytes)) => {
                answer.extend_from_slice(&bytes);
                Ok(())
            }
            Some(Err(errno)) => Err(io::Error::from_raw_os_error(errno)),
            None => Err(io::Error::from_raw_os_error(libc::ENOENT)),
        }
    }

    fn act(&self, action: Action<'_>) -> io::Result<()> {
        self.log.push(format!("{action:?}"));
        match self.fake.refusal {
            Some(errno) => Err(io::Error::from_raw_os_error(errno)),
            None => Ok(()),
        }
    }

    fn uptime(&self) -> io::Result<Duration> {
        Ok(self.fake.uptime)
    }

    fn await_end(&self, pids: &[i32], _: Option<Instant>) -> io::Result<Vec<i32>> {
        self.log.push(format!("await_end {pids:?}"));
        let ended = self.fake.ended.iter().map(|(pid, _)| *pid);
        Ok(ended.filter(|pid| pids.contains(pid)).collect())
    }

    fn collect(&self, pid: i32) -> io::Result<Option<i32>> {
        self.log.push(format!("collect {pid}"));
        let found = self.fake.ended.iter().find(|(ended, _)| *ended == pid);
        Ok(found.and_then(|(_, status)| *status))
    }

    fn terminals(&self) -> io::Result<Vec<(u64, PathBuf)>> {
        Ok(self.fake.terminals.clone())
    }

    fn block_storage(&self) -> io::Result<Vec<BlockStorage>> {
        Ok(self.fake.block_storage.clone())
    }

    fn power_sources(&self) -> io::Result<Vec<PowerSource>> {
        Ok(self.fake.power_sources.clone())
    }

    fn voltage_states(&self) -> io::Result<Vec<Vec<u8>>> {
        Ok(self.fake.voltage_states.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ErrorKind;

    #[test]
    fn the_last_answer_stays_and_an_unforeseen_question_is_unsupported() {
        let (host, log) = Fake::new()
            .named("kern.x", 1_u32.to_le_bytes())
            .named("kern.x", 2_u64.to_le_bytes())
            .host();
        let kernel = host.kernel().unwrap();
        assert_eq!(kernel.number("sysctl kern.x").unwrap(), 1);
        assert_eq!(kernel.number("sysctl kern.x").unwrap(), 2);
        assert_eq!(kernel.number("sysctl kern.x").unwrap(), 2);
        let error = kernel.number("sysctl kern.y").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unsupported);
        assert!(error.to_string().starts_with("sysctl kern.y: "), "{error}");
        assert_eq!(kernel.optional_number("kern.y").unwrap(), None);
        assert_eq!(log.lines().len(), 5);
    }

    #[test]
    fn a_number_of_another_size_is_malformed_and_not_cut() {
        let (host, _) = Fake::new().named("kern.x", [1, 2, 3]).host();
        let error = host.kernel().unwrap().number("sysctl kern.x").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Malformed);
    }
}
