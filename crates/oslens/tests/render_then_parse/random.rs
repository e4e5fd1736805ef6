//! Values that are the same in each run.

/// Numbers of a xorshift generator.
pub(crate) struct Random(u64);

/// Bits of text that end something in one format or another.
const NASTY: &[&[u8]] = &[
    b" ",
    b"  ",
    b"\t",
    b"\n",
    b"\r",
    b"\x0b",
    b"\\",
    b"\\040",
    b"\\n",
    b"\\134",
    b"(",
    b")",
    b") R 1 1",
    b":",
    b",",
    b"=",
    b"#",
    b"-",
    b" - ",
    b"/",
    b"..",
    b"@",
    b"'",
    b"\"",
    b" (deleted)",
    b"\nUid:\t0\t0\t0\t0\n",
    b"\nPss: 1 kB\n",
    b" kB",
    b"\xff\xfe",
    "\u{e9}\u{200b}".as_bytes(),
    b"\x1b[2J",
    b"\x01",
    b"\x7f",
    b"0",
    b"7",
    b"12",
    b"a",
    b"Zz",
    b"lo",
];

impl Random {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    pub(crate) fn flag(&mut self) -> bool {
        self.next() >> 63 == 1
    }

    /// A number of any width, often at one of the ends.
    pub(crate) fn number(&mut self) -> u64 {
        match self.below(8) {
            0 => 0,
            1 => 1,
            2 => u64::MAX,
            _ => {
                let width = self.below(64);
                self.next() >> width
            }
        }
    }

    pub(crate) fn small(&mut self) -> u32 {
        match self.below(8) {
            0 => 0,
            1 => u32::MAX,
            _ => {
                let width = self.below(32);
                (self.next() as u32) >> width
            }
        }
    }

    pub(crate) fn signed(&mut self) -> i64 {
        match self.below(8) {
            0 => i64::MIN,
            1 => -1,
            _ => self.number() as i64,
        }
    }

    /// So many bytes that the kernel can write them as kB.
    pub(crate) fn kibibytes(&mut self) -> u64 {
        self.number() / 1024 * 1024
    }

    pub(crate) fn maybe<T>(&mut self, value: impl FnOnce(&mut Self) -> T) -> Option<T> {
        self.flag().then(|| value(self))
    }

    pub(crate) fn pick<T: Copy>(&mut self, values: &[T]) -> T {
        values[self.below(values.len() as u64) as usize]
    }

    pub(crate) fn several<T>(
        &mut self,
        most: u64,
        mut value: impl FnMut(&mut Self) -> T,
    ) -> Vec<T> {
        (0..self.below(most + 1)).map(|_| value(self)).collect()
    }

    /// Up to so many bytes, of all that there are but NUL and these.
    pub(crate) fn bytes(&mut self, most: usize, but: &[u8]) -> Vec<u8> {
        let wanted = self.below(most as u64 + 1) as usize;
        let mut bytes = Vec::new();
        while bytes.len() < wanted {
            if self.below(4) == 0 {
                bytes.push(self.next() as u8);
            } else {
                bytes.extend(self.pick(NASTY));
            }
        }
        bytes.retain(|byte| *byte != 0 && !but.contains(byte));
        bytes.truncate(most);
        bytes
    }

    /// The same, and never empty.
    pub(crate) fn name(&mut self, most: usize, but: &[u8]) -> Vec<u8> {
        let mut name = self.bytes(most, but);
        if name.is_empty() {
            name.push(b'x');
        }
        name
    }

    /// An absolute path of such bytes.
    pub(crate) fn path(&mut self, most: usize, but: &[u8]) -> Vec<u8> {
        [b"/", &*self.bytes(most - 1, but)].concat()
    }
}

/// Runs the test with many values; says which made it fail.
pub(crate) fn check(test: impl Fn(&mut Random)) {
    struct Seed(u64);
    impl Drop for Seed {
        fn drop(&mut self) {
            if std::thread::panicking() {
                eprintln!("with Random of seed {}", self.0);
            }
        }
    }
    for seed in 1..=1000 {
        let seed = Seed(seed);
        let mut random = Random(seed.0.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        test(&mut random);
    }
}

/// What `mangle_path` of the kernel makes of bytes: these as `\ooo`.
pub(crate) fn octal_escaped(bytes: &[u8], escaped: &[u8]) -> Vec<u8> {
    let mut text = Vec::new();
    for byte in bytes {
        if escaped.contains(byte) {
            text.extend(format!("\\{byte:03o}").bytes());
        } else {
            text.push(*byte);
        }
    }
    text
}

/// Appends formatted text to bytes.
macro_rules! put {
    ($to:expr, $($format:tt)+) => {{
        use std::io::Write as _;
        write!(&mut $to, $($format)+).unwrap();
    }};
}
pub(crate) use put;
