//! A service manager that is none, for tests: with a clock of its own, so
//! that hours pass at once, and with services that do what they are told to.

use std::{
    collections::{BTreeMap, VecDeque},
    ffi::{OsStr, OsString},
    fmt,
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use oslens_win32::bytes::Layout;

use super::{Access, Basics, More, Notice, Opened, Page, Scm};
use crate::{
    Accepted, Config, Control, Error, ErrorControl, Filter, Kind, Manager, Result, StartType,
    State, States, Status, StopReason,
    parse::{
        config::{Level, Setting},
        sample,
    },
};

/// What a service does.
#[derive(Debug, Clone)]
pub(crate) struct Actor {
    pub state: State,
    pub needs: Vec<&'static str>,
    /// How long it takes to start; `None`: for ever.
    pub start: Option<Duration>,
    /// What it stops with instead of running.
    pub fails_with: Option<u32>,
    /// How long it takes to stop; `None`: for ever.
    pub stop: Option<Duration>,
    pub wait_hint: Duration,
    pub exit_code: u32,
    /// The state that it will be in, and when.
    pub next: Option<(Duration, State)>,
    pub marked: bool,
    pub settings: Vec<Setting>,
    pub basics: Basics,
}

impl Default for Actor {
    fn default() -> Self {
        Self {
            state: State::Stopped,
            needs: Vec::new(),
            start: Some(Duration::from_millis(200)),
            fails_with: None,
            stop: Some(Duration::from_millis(100)),
            wait_hint: Duration::ZERO,
            exit_code: 0,
            next: None,
            marked: false,
            settings: Vec::new(),
            basics: Basics::default(),
        }
    }
}

impl Actor {
    pub(crate) fn running() -> Self {
        Self {
            state: State::Running,
            ..Self::default()
        }
    }

    /// Running, and in need of these.
    pub(crate) fn needing(needs: &[&'static str]) -> Self {
        Self {
            needs: needs.to_vec(),
            ..Self::running()
        }
    }

    fn status(&self) -> Status {
        Status {
            kind: Kind::OWN_PROCESS,
            state: self.state,
            accepted: Accepted::STOP,
            exit_code: self.exit_code,
            service_code: (self.exit_code == 1066).then_some(42),
            checkpoint: u32::from(self.state.is_pending()),
            wait_hint: self.wait_hint,
            pid: None,
            in_system_process: false,
        }
    }
}

type Hook = Box<dyn FnOnce(&mut World) + Send>;

/// Everything that there is.
#[derive(Default)]
pub(crate) struct World {
    pub now: Duration,
    pub services: BTreeMap<OsString, Actor>,
    /// What was done, as `start a`.
    pub done: Vec<String>,
    /// What services were opened for.
    pub opened: Vec<(String, Access)>,
    /// Numbers that calls fail with, by what they do, as `stop a`.
    pub errors: BTreeMap<String, VecDeque<u32>>,
    /// What happens just before something is done.
    pub hooks: BTreeMap<String, Hook>,
    /// Whether it notifies.
    pub silent: bool,
    /// It calls though nothing changed.
    pub restless: bool,
    /// A listing gives all or nothing, as that of Wine.
    pub all_or_nothing: bool,
    /// Number of pages asked for.
    pub pages: u32,
    /// How often somebody looked or slept.
    pub looks: u32,
}

impl World {
    /// Lets everything happen that is due.
    fn settle(&mut self) {
        for actor in self.services.values_mut() {
            if let Some((_, state)) = actor.next.filter(|&(at, _)| at <= self.now) {
                actor.state = state;
                actor.next = None;
                if state == State::Stopped {
                    actor.exit_code = actor.fails_with.unwrap_or(0);
                }
            }
        }
        self.services
            .retain(|_, actor| !(actor.marked && actor.state == State::Stopped));
    }

    /// Something is about to be done.
    fn act(&mut self, what: &str, name: &OsStr) -> Result<()> {
        let what = format!("{what} {}", name.to_string_lossy());
        if let Some(hook) = self.hooks.remove(&what) {
            hook(self);
        }
        self.settle();
        let code = self.errors.get_mut(&what).and_then(VecDeque::pop_front);
        if let Some(code) = code {
            return Err(Error::code_of("Fake", code));
        }
        self.done.push(what);
        Ok(())
    }

    fn actor(&mut self, name: &OsStr) -> Result<&mut Actor> {
        self.settle();
        self.services
            .get_mut(name)
            .ok_or_else(|| Error::code_of("Fake", 1060))
    }

    fn dependents(&self, name: &OsStr, all: bool) -> Vec<OsString> {
        let needing = self.services.iter().filter(|(_, actor)| {
            (all || actor.state != State::Stopped) && actor.needs.iter().any(|need| *need == name)
        });
        needing.map(|(name, _)| name.clone()).collect()
    }
}

#[derive(Clone, Default)]
pub(crate) struct Fake(Arc<Mutex<World>>);

impl fmt::Debug for Fake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Fake")
    }
}

impl Fake {
    pub(crate) fn new(services: &[(&'static str, Actor)]) -> Self {
        let fake = Self::default();
        for (name, actor) in services {
            fake.world().services.insert(name.into(), actor.clone());
        }
        fake
    }

    pub(crate) fn manager(&self) -> Manager {
        Manager::of(Arc::new(self.clone()))
    }

    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        self.0.lock().unwrap()
    }

    /// What was done, in words, since this was asked last.
    pub(crate) fn done(&self) -> Vec<String> {
        std::mem::take(&mut self.world().done)
    }

    pub(crate) fn state(&self, name: &str) -> State {
        self.world().actor(OsStr::new(name)).unwrap().state
    }

    pub(crate) fn fail(&self, what: &str, codes: &[u32]) {
        let codes = codes.iter().copied().collect();
        self.world().errors.insert(what.to_owned(), codes);
    }

    pub(crate) fn before(&self, what: &str, hook: impl FnOnce(&mut World) + Send + 'static) {
        self.world().hooks.insert(what.to_owned(), Box::new(hook));
    }
}

/// Where the memory of this manager is.
const BASE: u64 = 0x7f00_1000;

/// The part of a listing that fits, from `resume` on.
fn page(
    entries: &[(OsString, Status)],
    with_process: bool,
    room: u32,
    resume: u32,
    all_or_nothing: bool,
) -> Page {
    let names: Vec<&str> = entries
        .iter()
        .map(|(name, _)| name.to_str().unwrap())
        .collect();
    let write = |from: usize, to: usize| {
        let rows: Vec<(&str, &str, &Status)> = entries[from..to]
            .iter()
            .zip(&names[from..to])
            .map(|((_, status), name)| (*name, "Shown", status))
            .collect();
        sample::table(&rows, with_process, BASE, Layout::NATIVE).bytes
    };
    // Where the texts go does not matter for how much they take.
    let length = |row: usize| write(row, row + 1).len();
    let from = resume as usize;
    let (mut to, mut used) = (from, 0);
    while to < entries.len() && used + length(to) <= room as usize {
        used += length(to);
        to += 1;
    }
    if all_or_nothing && to < entries.len() {
        to = from;
    }
    let mut bytes = write(from, to);
    let more = (to < entries.len()).then(|| More {
        wanted: u32::try_from((to..entries.len()).map(length).sum::<usize>()).unwrap(),
        resume: u32::try_from(to).unwrap(),
    });
    bytes.resize(room as usize, 0);
    Page {
        bytes,
        base: BASE,
        count: u32::try_from(to - from).unwrap(),
        more,
    }
}

impl Scm for Fake {
    fn machine(&self) -> Option<&OsStr> {
        None
    }

    fn services(&self, filter: &Filter, room: u32, resume: u32) -> Result<Page> {
        let mut world = self.world();
        world.act("list", OsStr::new("services"))?;
        world.pages += 1;
        let entries: Vec<(OsString, Status)> = world
            .services
            .iter()
            .filter(|(_, actor)| match filter.states {
                States::Active => actor.state != State::Stopped,
                States::Inactive => actor.state == State::Stopped,
                States::All => true,
            })
            .map(|(name, actor)| (name.clone(), actor.status()))
            .collect();
        Ok(page(&entries, true, room, resume, world.all_or_nothing))
    }

    fn display_name(&self, name: &OsStr) -> Result<OsString> {
        let mut world = self.world();
        world.looks += 1;
        world.act("name", name)?;
        world.actor(name).map(|_| "Shown".into())
    }

    fn key_name(&self, display_name: &OsStr) -> Result<OsString> {
        let mut world = self.world();
        world.act("key", display_name)?;
        Err(Error::code_of("Fake", 1060))
    }

    fn open(&self, name: &OsStr, access: Access) -> Result<Box<dyn Opened + '_>> {
        let mut world = self.world();
        world.act("open", name)?;
        world.done.pop();
        world.actor(name)?;
        let text = name.to_string_lossy().into_owned();
        world.opened.push((text, access));
        Ok(Box::new(Service {
            fake: self,
            name: name.to_owned(),
        }))
    }

    fn create(&self, name: &OsStr, basics: &Basics) -> Result<()> {
        let mut world = self.world();
        world.act("create", name)?;
        if world.services.contains_key(name) {
            return Err(Error::code_of("Fake", 1073));
        }
        let actor = Actor {
            basics: basics.clone(),
            ..Actor::default()
        };
        world.services.insert(name.to_owned(), actor);
        Ok(())
    }

    fn now(&self) -> Duration {
        self.world().now
    }

    fn sleep(&self, time: Duration) {
        let mut world = self.world();
        world.now += time;
        world.looks += 1;
    }
}

#[derive(Debug)]
struct Service<'a> {
    fake: &'a Fake,
    name: OsString,
}

impl Opened for Service<'_> {
    fn status(&self) -> Result<Status> {
        let mut world = self.fake.world();
        world.looks += 1;
        // A handle keeps alive what is marked to be deleted.
        match world.actor(&self.name) {
            Ok(actor) => Ok(actor.status()),
            Err(_) => Ok(Actor::default().status()),
        }
    }

    fn config(&self) -> Result<Config> {
        let mut world = self.fake.world();
        let basics = world.actor(&self.name)?.basics.clone();
        Ok(Config {
            kind: basics.kind.unwrap_or(Kind::OWN_PROCESS),
            start_type: basics.start_type.unwrap_or(StartType::Manual),
            error_control: basics.error_control.unwrap_or(ErrorControl::Normal),
            command_line: basics.command_line.unwrap_or_default(),
            account: None,
            display_name: basics.display_name.unwrap_or_default(),
            dependencies: basics.dependencies.unwrap_or_default(),
            group: basics.group,
            tag: None,
        })
    }

    fn change(&self, basics: &Basics) -> Result<()> {
        let mut world = self.fake.world();
        world.act("change", &self.name)?;
        let actor = world.actor(&self.name)?;
        actor.basics.start_type = basics.start_type.or(actor.basics.start_type);
        Ok(())
    }

    fn setting(&self, level: Level) -> Result<Setting> {
        let mut world = self.fake.world();
        world.act("ask", &self.name)?;
        let settings = &world.actor(&self.name)?.settings;
        let found = settings.iter().rfind(|setting| setting.level() == level);
        found.cloned().ok_or_else(|| Error::code_of("Fake", 124))
    }

    fn set(&self, setting: &Setting) -> Result<()> {
        let mut world = self.fake.world();
        world.act("set", &self.name)?;
        let actor = world.actor(&self.name)?;
        actor.settings.push(setting.clone());
        Ok(())
    }

    fn start(&self, _arguments: &[OsString]) -> Result<()> {
        let mut world = self.fake.world();
        world.act("start", &self.name)?;
        let now = world.now;
        let actor = world.actor(&self.name)?;
        if actor.state != State::Stopped {
            return Err(Error::code_of("Fake", 1056));
        }
        for need in actor.needs.clone() {
            if world.actor(OsStr::new(need))?.state != State::Running {
                return Err(Error::code_of("Fake", 1068));
            }
        }
        let actor = world.actor(&self.name)?;
        actor.state = State::StartPending;
        let end = match actor.fails_with {
            Some(_) => State::Stopped,
            None => State::Running,
        };
        actor.next = actor.start.map(|time| (now + time, end));
        Ok(())
    }

    fn control(&self, control: Control, _reason: Option<&StopReason>) -> Result<()> {
        let mut world = self.fake.world();
        world.act(&control.to_string(), &self.name)?;
        let active = !world.dependents(&self.name, false).is_empty();
        let now = world.now;
        let actor = world.actor(&self.name)?;
        let code = match actor.state {
            State::Stopped => 1062,
            State::StartPending | State::StopPending => 1061,
            _ if active && control == Control::STOP => 1051,
            _ => 0,
        };
        if code != 0 {
            world.done.pop();
            return Err(Error::code_of("Fake", code));
        }
        if control == Control::STOP {
            actor.state = State::StopPending;
            actor.next = actor.stop.map(|time| (now + time, State::Stopped));
        }
        Ok(())
    }

    fn dependents(&self, all: bool, room: u32) -> Result<Page> {
        let mut world = self.fake.world();
        world.act("dependents", &self.name)?;
        world.done.pop();
        world.settle();
        let entries: Vec<(OsString, Status)> = world
            .dependents(&self.name, all)
            .into_iter()
            .map(|name| {
                let status = world.services[&name].status();
                (name, status)
            })
            .collect();
        Ok(page(&entries, false, room, 0, world.all_or_nothing))
    }

    fn delete(&self) -> Result<()> {
        let mut world = self.fake.world();
        world.act("delete", &self.name)?;
        let actor = world.actor(&self.name)?;
        if actor.marked {
            return Err(Error::code_of("Fake", 1072));
        }
        actor.marked = true;
        Ok(())
    }

    fn security(&self) -> Result<OsString> {
        Ok("D:".into())
    }

    fn set_security(&self, _sddl: &OsStr) -> Result<()> {
        self.fake.world().act("secure", &self.name)
    }

    fn changed_from(&self, state: State, within: Duration) -> Result<Notice> {
        let mut world = self.fake.world();
        world.act("watch", &self.name)?;
        world.done.pop();
        if world.silent {
            return Ok(Notice::Unavailable);
        }
        if world.restless {
            return Ok(Notice::Changed);
        }
        let now = world.now;
        let actor = world.actor(&self.name)?;
        if actor.state != state {
            return Ok(Notice::Changed);
        }
        match actor.next {
            Some((at, _)) if at <= now + within => {
                world.now = at;
                Ok(Notice::Changed)
            }
            _ => {
                world.now = now + within;
                Ok(Notice::TimedOut)
            }
        }
    }
}
