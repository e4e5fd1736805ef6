//! Makes hostile inputs out of real ones; the same seed makes the same ones.

/// Where formats of the kernel begin, end and overflow.
const TOKENS: &[&[u8]] = &[
    b"\0",
    b"\n",
    b"\n\n",
    b" ",
    b"\t",
    b":",
    b"(",
    b")",
    b") ",
    b" (",
    b"=",
    b",",
    b"-",
    b"/",
    b"@",
    b"[",
    b"]",
    b"%",
    b"\\040",
    b"\\",
    b"\xff\xfe",
    b"\xc3",
    b"0",
    b"-1",
    b"-0",
    b"+1",
    b"0x",
    b"1.",
    b".5",
    b"1e999",
    b"NaN",
    b"inf",
    b"max",
    b"unlimited",
    b"kB",
    b" kB\n",
    b"255",
    b"256",
    b"4294967295",
    b"4294967296",
    b"9223372036854775807",
    b"9223372036854775808",
    b"18446744073709551615",
    b"18446744073709551616",
    b"99999999999999999999999999999999999999999",
    b"ffffffffffffffff",
    b"10000000000000000",
    b" (deleted)",
    b"socket:[",
    b"00000000:0000",
    b"..",
    b"//",
];

const LONGEST: usize = 64 << 10;

/// xorshift64*: small, quick and the same everywhere.
#[derive(Debug, Clone)]
pub struct Random(u64);

impl Random {
    /// A sequence of its own for each text and number.
    pub fn new(text: &str, seed: u64) -> Self {
        let hash = text
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325 ^ seed, |hash, byte| {
                (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
            });
        // Zero is the one state that never changes.
        Self(hash | 1)
    }

    /// A number below the bound; zero for a bound of zero.
    pub fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let value = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 16;
        usize::try_from(value)
            .unwrap_or(0)
            .checked_rem(bound)
            .unwrap_or(0)
    }
}

/// A changed copy of one of the seeds.
pub fn mutant(random: &mut Random, seeds: &[Vec<u8>]) -> Vec<u8> {
    let mut input = seeds
        .get(random.below(seeds.len()))
        .cloned()
        .unwrap_or_default();
    for _ in 0..=random.below(5) {
        change(random, &mut input, seeds);
    }
    input.truncate(LONGEST);
    input
}

fn change(random: &mut Random, input: &mut Vec<u8>, seeds: &[Vec<u8>]) {
    let at = random.below(input.len() + 1);
    match random.below(10) {
        // Half-written files.
        0 => input.truncate(at),
        1 => drop(input.drain(..at)),
        2 => {
            if let Some(byte) = input.get_mut(at) {
                *byte ^= 1 << random.below(8);
            }
        }
        3 => {
            if let Some(byte) = input.get_mut(at) {
                *byte = random.below(256) as u8;
            }
        }
        4 | 5 => {
            let token = TOKENS[random.below(TOKENS.len())];
            let cut = if random.below(2) == 0 { 0 } else { token.len() };
            let end = (at + cut).min(input.len());
            input.splice(at..end, token.iter().copied());
        }
        6 => overflow_a_number(random, input, at),
        7 => {
            let end = at + random.below(input.len() - at + 1).min(4096);
            let copy = input[at..end].to_vec();
            for _ in 0..=random.below(3) {
                input.splice(at..at, copy.iter().copied());
            }
        }
        8 => {
            let end = at + random.below(input.len() - at + 1).min(64);
            input.drain(at..end);
        }
        _ => {
            let other = &seeds[random.below(seeds.len())];
            let from = random.below(other.len() + 1);
            input.truncate(at);
            input.extend_from_slice(&other[from..]);
        }
    }
}

/// Replaces the next run of digits by one that may not fit.
fn overflow_a_number(random: &mut Random, input: &mut Vec<u8>, at: usize) {
    let Some(start) = input[at..].iter().position(u8::is_ascii_digit) else {
        return;
    };
    let start = at + start;
    let length = input[start..]
        .iter()
        .take_while(|byte| byte.is_ascii_digit())
        .count();
    let digits = vec![b'0' + random.below(10) as u8; random.below(45)];
    input.splice(start..start + length, digits);
}

#[cfg(test)]
mod tests {
    use super::{Random, mutant};

    #[test]
    fn the_same_seed_makes_the_same_inputs_and_another_makes_others() {
        let seeds = [b"MemTotal: 1234 kB\n".to_vec(), b"1 (x) S 1 2 3".to_vec()];
        let inputs = |seed| {
            let mut random = Random::new("target", seed);
            (0..500)
                .map(|_| mutant(&mut random, &seeds))
                .collect::<Vec<_>>()
        };
        assert_eq!(inputs(1), inputs(1));
        assert_ne!(inputs(1), inputs(2));
    }
}
