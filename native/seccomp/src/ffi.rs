//! The only unsafe code: calls into src/glue.c, one at a time.

use std::sync::Mutex;

/// The glue has one arena and one jump target.
static GUARD: Mutex<()> = Mutex::new(());

/// `struct filter_result` of src/glue.c.
#[repr(C)]
struct RawResult {
    code: i32,
    rule: i32,
    output: *const u8,
    length: u32,
}

unsafe extern "C" {
    fn trunc_seccomp_compile(text: *const u8, length: u32, result: *mut RawResult);
    fn trunc_seccomp_disassemble(program: *const u8, length: u32, result: *mut RawResult);
    fn trunc_seccomp_decide(input: *const u8, length: u32, result: *mut RawResult);
    fn trunc_seccomp_list_calls(name: *const u8, length: u32, result: *mut RawResult);
}

pub enum Function {
    Compile,
    Disassemble,
    Decide,
    ListCalls,
}

/// What a call left behind.
pub struct Outcome {
    /// 0, an error of the compiler, or minus the number of a trap.
    pub code: i32,
    pub rule: i32,
    pub output: Vec<u8>,
}

/// `None`: the input is longer than the module can address.
pub fn call(function: Function, input: &[u8]) -> Option<Outcome> {
    let length = u32::try_from(input.len()).ok()?;
    let mut result = RawResult {
        code: 0,
        rule: -1,
        output: std::ptr::null(),
        length: 0,
    };
    // nothing between here and the end can panic, so a poisoned lock has an intact arena behind it
    let _guard = GUARD
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    // SAFETY: `input` is readable for `length` bytes during the call and `result` writable; the glue keeps neither.
    // Its longjmp stays within its own frames, and the lock keeps a second call out.
    unsafe {
        match function {
            Function::Compile => trunc_seccomp_compile(input.as_ptr(), length, &raw mut result),
            Function::Disassemble => {
                trunc_seccomp_disassemble(input.as_ptr(), length, &raw mut result)
            }
            Function::Decide => trunc_seccomp_decide(input.as_ptr(), length, &raw mut result),
            Function::ListCalls => {
                trunc_seccomp_list_calls(input.as_ptr(), length, &raw mut result)
            }
        }
    }
    // SAFETY: the glue sets `output` to `length` bytes inside its arena, which is static and which only a call changes;
    // the lock is still held. On a trap the length is 0.
    let output = unsafe { std::slice::from_raw_parts(result.output, result.length as usize) };
    Some(Outcome {
        code: result.code,
        rule: result.rule,
        output: output.to_vec(),
    })
}
