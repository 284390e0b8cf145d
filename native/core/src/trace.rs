//! How long every step took, as Chrome trace events (opens in Perfetto): those of the host by this process's clock, those of
//! the init from the memory that it shares, on the same clock (`CLOCK_MONOTONIC`).

use rustix::fd::{AsFd, OwnedFd};
use rustix::fs::{MemfdFlags, ftruncate, memfd_create};
use rustix::io::pread;
use rustix::time::{ClockId, clock_gettime};
use std::fmt::Write;

use crate::error::{Call, Result};

/// A step of the host.
struct Step {
    name: &'static str,
    at: String,
    start: u64,
    end: u64,
}

/// What was measured.
pub struct Trace {
    steps: Vec<Step>,
    memory: OwnedFd,
}

/// Now, in nanoseconds.
fn now() -> u64 {
    let time = clock_gettime(ClockId::Monotonic);
    time.tv_sec.cast_unsigned() * 1_000_000_000
        + u64::from(u32::try_from(time.tv_nsec).unwrap_or(0))
}

impl Trace {
    /// A trace with memory for an init's `ops` steps.
    ///
    /// # Errors
    /// What memfd_create(2) and ftruncate(2) say.
    pub fn new(ops: usize) -> Result<Self> {
        let memory = memfd_create("trunc-trace", MemfdFlags::CLOEXEC).call("memfd_create", "")?;
        ftruncate(&memory, 8 * (ops as u64 + 1)).call("ftruncate", "memfd")?;
        Ok(Self {
            steps: Vec::new(),
            memory,
        })
    }

    /// The memory for the init: `u64` little endian, when the walk began and when each step ended.
    #[must_use]
    pub fn memory(&self) -> rustix::fd::BorrowedFd<'_> {
        self.memory.as_fd()
    }

    /// The events as a JSON document; `ops` are the tag and place of each step of the init.
    ///
    /// # Errors
    /// What reading the memory says.
    pub fn json(&self, pid: u32, ops: &[(&str, &str)]) -> Result<String> {
        let mut events = Events {
            json: String::from("{\"traceEvents\":["),
            is_first: true,
        };
        events.process(1, "host");
        events.process(2, &format!("init {pid}"));
        for step in &self.steps {
            events.step(1, step.name, &step.at, step.start, step.end);
        }
        let mut bytes = vec![0; 8 * (ops.len() + 1)];
        let count = pread(&self.memory, &mut bytes, 0).call("pread", "memfd")?;
        let times: Vec<u64> = bytes[..count]
            .chunks_exact(8)
            .map(|eight| u64::from_le_bytes(eight.try_into().unwrap_or_default()))
            .collect();
        for ((tag, at), pair) in ops.iter().zip(times.windows(2)) {
            // Steps that were not reached have no time.
            if let [start, end] = *pair
                && start != 0
                && end >= start
            {
                let mut name = (*tag).to_owned();
                name[..1].make_ascii_lowercase();
                events.step(2, &name, at, start, end);
            }
        }
        Ok(events.json + "],\"displayTimeUnit\":\"ns\"}\n")
    }
}

struct Events {
    json: String,
    is_first: bool,
}

impl Events {
    fn begin(&mut self) {
        if !std::mem::take(&mut self.is_first) {
            self.json.push_str(",\n");
        }
    }

    fn process(&mut self, process: u32, name: &str) {
        self.begin();
        let _infallible = write!(
            self.json,
            "{{\"ph\":\"M\",\"name\":\"process_name\",\"pid\":{process},\"tid\":{process},\"args\":{{\"name\":{}}}}}",
            quote(name)
        );
    }

    /// Chrome's unit is the microsecond.
    fn step(&mut self, process: u32, name: &str, at: &str, start: u64, end: u64) {
        self.begin();
        let length = end - start;
        let _infallible = write!(
            self.json,
            "{{\"ph\":\"X\",\"name\":{},\"pid\":{process},\"tid\":{process},\"ts\":{}.{:03},\"dur\":{}.{:03},\"args\":{{\"at\":{}}}}}",
            quote(name),
            start / 1000,
            start % 1000,
            length / 1000,
            length % 1000,
            quote(at)
        );
    }
}

/// A JSON string.
fn quote(text: &str) -> String {
    let mut quoted = String::from("\"");
    for character in text.chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            character if u32::from(character) < 0x20 => {
                let _infallible = write!(quoted, "\\u{:04x}", u32::from(character));
            }
            character => quoted.push(character),
        }
    }
    quoted.push('"');
    quoted
}

/// Measures a step where tracing is on.
pub fn measure<T>(
    trace: &mut Option<Trace>,
    name: &'static str,
    at: &str,
    step: impl FnOnce() -> T,
) -> T {
    let Some(trace) = trace else { return step() };
    let start = now();
    let result = step();
    trace.steps.push(Step {
        name,
        at: at.to_owned(),
        start,
        end: now(),
    });
    result
}

#[cfg(test)]
mod tests {
    use super::{Trace, measure, quote};

    #[test]
    fn quote_escapes() {
        assert_eq!(quote("a\"b\\\n"), r#""a\"b\\\u000a""#);
    }

    #[test]
    fn steps_of_host_and_init_are_told() {
        let mut trace = Some(Trace::new(2).expect("made"));
        measure(&mut trace, "clone", "/linux", || ());
        let trace = trace.expect("still there");
        rustix::io::pwrite(trace.memory(), &5_000_u64.to_le_bytes(), 0).expect("written");
        rustix::io::pwrite(trace.memory(), &7_500_u64.to_le_bytes(), 8).expect("written");
        let json = trace
            .json(7, &[("MountFs", "/mounts/0"), ("Exec", "")])
            .expect("told");
        assert!(json.contains(r#""name":"clone""#), "{json}");
        assert!(json.contains(r#""name":"mountFs","pid":2,"tid":2,"ts":5.000,"dur":2.500,"args":{"at":"/mounts/0"}"#), "{json}");
        assert!(!json.contains(r#""exec""#), "{json}");
    }
}
