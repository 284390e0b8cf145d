//! Turns the profile text that runtime/seccomp/profile.ts writes into a seccomp filter.
#![deny(unsafe_code)]

#[allow(unsafe_code)]
mod ffi;

use std::fmt;

/// Why a profile has no filter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompileError {
    /// Index in `linux.seccomp.syscalls` of the entry that is to blame, if one is.
    pub rule: Option<usize>,
    /// What is wrong, for people.
    pub message: String,
}

impl fmt::Display for CompileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.rule {
            Some(rule) => write!(f, "syscalls[{rule}]: {}", self.message),
            None => f.write_str(&self.message),
        }
    }
}

impl std::error::Error for CompileError {}

/// The machine's own ABI as profile texts name it; empty where no filter can be made.
pub const NATIVE_ABI: &str = if cfg!(target_arch = "x86_64") {
    if cfg!(target_pointer_width = "32") {
        "x32"
    } else {
        "x86_64"
    }
} else if cfg!(target_arch = "x86") {
    "x86"
} else if cfg!(target_arch = "aarch64") {
    "aarch64"
} else if cfg!(target_arch = "arm") {
    "arm"
} else if cfg!(target_arch = "riscv64") {
    "riscv64"
} else if cfg!(target_arch = "loongarch64") {
    "loongarch64"
} else if cfg!(all(target_arch = "powerpc64", target_endian = "little")) {
    "ppc64le"
} else if cfg!(all(target_arch = "mips64", target_endian = "little")) {
    "mipsel64"
} else if cfg!(all(target_arch = "mips", target_endian = "little")) {
    "mipsel"
} else {
    ""
};

/// Compiles a profile text to `struct sock_filter[]`, little endian, at most 4096 instructions.
///
/// # Errors
/// The text is malformed, two entries contradict each other, or the filter would be too long.
pub fn compile(profile_text: &str) -> Result<Vec<u8>, CompileError> {
    run(ffi::Function::Compile, profile_text.as_bytes())
}

/// A filter as text, one instruction a line; empty if the bytes are no filter.
#[must_use]
pub fn disassemble(filter: &[u8]) -> String {
    let text = run(ffi::Function::Disassemble, filter).unwrap_or_default();
    String::from_utf8(text).unwrap_or_default()
}

/// One system call, as `struct seccomp_data` has it.
#[derive(Debug, Clone, Copy)]
pub struct Call {
    /// `AUDIT_ARCH_*`
    pub arch: u32,
    pub number: u32,
    pub args: [u64; 6],
}

/// What a filter says to a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    /// `SECCOMP_RET_*` with its data.
    pub action: u32,
    /// How many instructions it took.
    pub steps: u32,
}

/// Runs a filter on a call, as the kernel would.
///
/// # Errors
/// The bytes are no filter that [`compile`] makes.
pub fn decide(filter: &[u8], call: &Call) -> Result<Verdict, CompileError> {
    let mut input = Vec::with_capacity(64 + filter.len());
    input.extend(call.number.to_le_bytes());
    input.extend(call.arch.to_le_bytes());
    input.extend([0; 8]); // the instruction pointer
    for arg in call.args {
        input.extend(arg.to_le_bytes());
    }
    input.extend(filter);
    let output = run(ffi::Function::Decide, &input)?;
    let word = |at: usize| {
        let bytes = output.get(at..at + 4).and_then(|four| four.try_into().ok());
        u32::from_le_bytes(bytes.unwrap_or_default())
    };
    Ok(Verdict {
        action: word(0),
        steps: word(4),
    })
}

/// The calls of an ABI, as `assembly/calls.ts` writes them.
///
/// # Errors
/// There is no ABI of that name.
pub fn list_calls(abi: &str) -> Result<String, CompileError> {
    let text = run(ffi::Function::ListCalls, abi.as_bytes())?;
    Ok(String::from_utf8(text).unwrap_or_default())
}

/// `WASM_RT_TRAP_UNREACHABLE`: the module executes it when its memory is used up.
const OUT_OF_MEMORY: i32 = -5;

fn run(function: ffi::Function, input: &[u8]) -> Result<Vec<u8>, CompileError> {
    let general = |message: String| CompileError {
        rule: None,
        message,
    };
    let Some(outcome) = ffi::call(function, input) else {
        return Err(general("the profile is too large".to_owned()));
    };
    match outcome.code {
        0 => Ok(outcome.output),
        OUT_OF_MEMORY => Err(general("the profile is too large".to_owned())),
        code if code < 0 => Err(general(format!(
            "internal error of the filter compiler: trap {}",
            -code
        ))),
        _ => Err(CompileError {
            rule: usize::try_from(outcome.rule).ok(),
            message: String::from_utf8_lossy(&outcome.output).into_owned(),
        }),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)] // a panic is how a test fails
mod tests {
    use super::{Call, Verdict, compile, decide, disassemble, list_calls};

    const PROFILE: &str = "A x86_64\nS 1\nD 327681\nR 2147418112 1 1\n0 1 40 0\nsocket\n";

    #[test]
    fn compile_gives_the_same_each_time() {
        let first = compile(PROFILE).unwrap();
        assert_eq!(first, compile(PROFILE).unwrap());
        assert_eq!(first.len() % 8, 0);
    }

    #[test]
    fn compile_blames_the_entry() {
        let twice = PROFILE.replace("S 1", "S 0") + "R 2147221504 1 1\n0 1 40 0\nsocket\n";
        let error = compile(&twice).unwrap_err();
        assert_eq!(error.rule, Some(1));
        assert!(error.to_string().starts_with("syscalls[1]: "), "{error}");
    }

    #[test]
    fn compile_survives_what_is_no_profile() {
        for text in [
            "",
            "A",
            "A x86_64",
            "A x86_64\n",
            "A vax\nS 0\nD 0\n",
            "A x86_64\nS 0\nD 0\nR 1 9999999 0\n",
            "\0\0",
        ] {
            assert!(compile(text).is_err(), "{text:?}");
        }
        for length in 0..PROFILE.len() {
            let _ = compile(&PROFILE[..length]);
        }
        assert!(compile(PROFILE).is_ok());
    }

    #[test]
    fn compile_contains_running_out_of_memory() {
        let huge = format!("{PROFILE}{}", "x".repeat(3 << 20));
        assert_eq!(
            compile(&huge).unwrap_err().message,
            "the profile is too large"
        );
        assert!(compile(PROFILE).is_ok());
    }

    #[test]
    fn decide_runs_the_filter() {
        let filter = compile(PROFILE).unwrap();
        let call = |number, family| Call {
            arch: 0xc000_003e,
            number,
            args: [family, 0, 0, 0, 0, 0],
        };
        let action = |call| decide(&filter, &call).map(|Verdict { action, .. }| action);
        assert_eq!(action(call(41, 2)), Ok(0x7fff_0000));
        assert_eq!(action(call(41, 40)), Ok(0x5_0001));
        assert_eq!(action(call(400, 0)), Ok(0x5_0026));
        assert!(decide(&filter[8..16], &call(41, 2)).is_err());
    }

    #[test]
    fn list_calls_knows_abis() {
        let text = list_calls("x86").unwrap();
        assert!(text.starts_with("1073741827 1 0\n"), "{text}");
        assert!(text.contains("\nsocket 359 102 1\n"), "{text}");
        assert!(text.contains("\nsemop - 117 1\n"), "{text}");
        assert!(list_calls("vax").is_err());
    }

    #[test]
    fn disassemble_names_words_and_actions() {
        let text = disassemble(&compile(PROFILE).unwrap());
        assert!(text.starts_with("0000  ld   arch\n"), "{text}");
        assert!(text.contains("ret  ERRNO(38)"), "{text}");
    }
}
