//! Random plans: what the encoder writes the decoder reads, and bytes that no encoder wrote never make it panic, hang or read
//! outside of them. One seed, `FUZZ_SEED`, makes everything; `FUZZ_ROUNDS` more of it (`make fuzz`).

use crate::init_ops::InitOp;
use crate::message::{Command, Report};
use crate::values::{Bytes, I32, U32, U64};
use crate::wire::{Encoder, HEADER, PlanView};

/// xorshift64.
pub struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, count: usize) -> usize {
        usize::try_from(self.next() % count.max(1) as u64).unwrap_or(0)
    }

    #[allow(clippy::cast_possible_truncation, reason = "any bits will do")]
    fn byte(&mut self) -> u8 {
        self.next() as u8
    }

    /// Small, or near a power of two, as lengths are.
    #[allow(clippy::cast_possible_truncation, reason = "any bits will do")]
    fn word(&mut self) -> u32 {
        match self.below(4) {
            0 => self.next() as u32,
            1 => (1_u32 << self.below(32)).wrapping_sub(1),
            2 => u32::MAX - self.below(8) as u32,
            _ => self.below(20) as u32,
        }
    }
}

/// A field that can be made by chance.
pub trait Sample {
    fn sample(random: &mut Random) -> Self;
}

impl Sample for U32 {
    fn sample(random: &mut Random) -> Self {
        Self(random.word())
    }
}

impl Sample for I32 {
    fn sample(random: &mut Random) -> Self {
        Self(random.word().cast_signed())
    }
}

impl Sample for U64 {
    fn sample(random: &mut Random) -> Self {
        Self(random.next() >> random.below(64))
    }
}

impl Sample for bool {
    fn sample(random: &mut Random) -> Self {
        random.below(2) == 1
    }
}

impl Sample for String {
    fn sample(random: &mut Random) -> Self {
        let length = random.below(40);
        (0..length)
            .map(|_| char::from_u32(1 + random.word() % 0x2000).unwrap_or('x'))
            .collect()
    }
}

impl Sample for Bytes {
    fn sample(random: &mut Random) -> Self {
        let length = random.below(64);
        Self((0..length).map(|_| random.byte()).collect())
    }
}

impl<T: Sample> Sample for Vec<T> {
    fn sample(random: &mut Random) -> Self {
        let length = random.below(6);
        (0..length).map(|_| T::sample(random)).collect()
    }
}

fn setting(name: &str, default: u64) -> u64 {
    let text = std::env::var(name).ok();
    text.and_then(|text| text.parse().ok()).unwrap_or(default)
}

/// Runs `round` with fresh chance, again and again.
fn rounds(count: u64, mut round: impl FnMut(&mut Random)) {
    let seed = setting("FUZZ_SEED", 1);
    let mut random = Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    for _ in 0..setting("FUZZ_ROUNDS", count) {
        round(&mut random);
    }
}

/// For the fuzzers of native/fuzz to begin with, where `FUZZ_CORPUS` names their directory.
fn keep(target: &str, bytes: &[u8]) {
    use std::hash::{DefaultHasher, Hash, Hasher};

    let Some(corpus) = std::env::var_os("FUZZ_CORPUS") else {
        return;
    };
    let dir = std::path::Path::new(&corpus).join(target);
    let mut hasher = DefaultHasher::new();
    bytes.hash(&mut hasher);
    let written = std::fs::create_dir_all(&dir)
        .and_then(|()| std::fs::write(dir.join(format!("{:016x}", hasher.finish())), bytes));
    assert!(written.is_ok(), "{}: {written:?}", dir.display());
}

fn plan_of(ops: &[InitOp]) -> Vec<u8> {
    let mut encoder = Encoder::new(0);
    for op in ops {
        let encoded = op.encode(&mut encoder);
        assert!(encoded.is_ok(), "no NUL bytes, no gigabytes: {op:?}");
    }
    encoder.finish()
}

/// Reads all of it; how many operations were right.
fn read(bytes: &[u8]) -> usize {
    let Some(plan) = PlanView::new(bytes) else {
        return 0;
    };
    // Formatting reads every field.
    let right = plan.ops().flatten().map(|op| format!("{op:?}"));
    let right = right.filter(|text| !text.is_empty()).count();
    assert!(right <= bytes.len(), "more operations than bytes");
    right
}

#[test]
fn what_is_written_can_be_read() {
    rounds(200, |random| {
        let ops = InitOp::samples(random);
        let bytes = plan_of(&ops);
        keep("plan", &bytes);
        assert_eq!(read(&bytes), ops.len());
    });
}

#[test]
fn spoiled_plans_are_refused_or_read() {
    rounds(2000, |random| {
        let mut bytes = plan_of(&InitOp::samples(random));
        for _ in 0..=random.below(8) {
            let at = random.below(bytes.len());
            match random.below(5) {
                0 => bytes.truncate(at.max(HEADER)),
                1 => bytes[at] ^= 1 << random.below(8),
                2 => bytes.insert(at, random.byte()),
                // Where the lengths are, now and then.
                3 => {
                    let at = at & !3;
                    let word = random.word().to_le_bytes();
                    for (place, byte) in bytes[at..].iter_mut().zip(word) {
                        *place = byte;
                    }
                }
                _ => {
                    bytes.remove(at);
                }
            }
            if bytes.is_empty() {
                break;
            }
        }
        read(&bytes);
    });
}

#[test]
fn messages_are_refused_or_come_back() {
    rounds(20_000, |random| {
        let mut command = [0; Command::SIZE];
        command.iter_mut().for_each(|byte| *byte = random.byte());
        command[..4].copy_from_slice(&random.word().to_le_bytes());
        if let Some(read) = Command::decode(&command) {
            keep("handshake", &command);
            assert_eq!(read.encode(), command);
        }
        let mut report = [0; Report::SIZE];
        report.iter_mut().for_each(|byte| *byte = random.byte());
        report[..4].copy_from_slice(&random.word().to_le_bytes());
        report[12..16].fill(0);
        if let Some(read) = Report::decode(&report) {
            keep("handshake", &report);
            assert_eq!(read.encode()[..], report[..]);
        }
        let short = random.below(Report::SIZE);
        assert!(Report::decode(&report[..short]).is_none());
        assert!(Command::decode(&report[..short]).is_none() || short == Command::SIZE);
    });
}
