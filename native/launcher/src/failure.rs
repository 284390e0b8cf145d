//! Turns whatever JavaScript threw into one line, and a stack for --debug.

use rquickjs::{CatchResultExt, CaughtError, Coerced, Ctx, Exception, FromJs, Value};

/// As runtime/cli/report.ts has it; the limit is that of engine.rs.
const OUT_OF_MEMORY: &str =
    "out of memory: a command may take 256 MiB; is what it was given of a sensible size?";

/// Why the program could not go on: a defect of ours, not a refusal that the user can act on.
pub struct Failure {
    message: String,
    stack: String,
    /// The input's fault, not ours.
    is_refusal: bool,
}

impl Failure {
    /// A failure of the launcher itself.
    pub fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            stack: String::new(),
            is_refusal: false,
        }
    }

    /// Describes a thrown value; never throws itself.
    pub fn thrown<'js>(ctx: &Ctx<'js>, value: &Value<'js>) -> Self {
        // Past its memory limit the engine can't make an Error and throws null.
        if value.is_null() {
            return Self::out_of_memory();
        }
        match value.as_exception() {
            Some(error) => Self::error(error),
            None => Self::new(format!("thrown: {}", text_of(ctx, value))),
        }
    }

    fn out_of_memory() -> Self {
        Self {
            is_refusal: true,
            ..Self::new(OUT_OF_MEMORY)
        }
    }

    fn error(error: &Exception<'_>) -> Self {
        let name = error
            .get::<_, String>("name")
            .unwrap_or_else(|_| "Error".into());
        let message = error.message().unwrap_or_default();
        if (&*name, &*message) == ("InternalError", "out of memory") {
            return Self::out_of_memory();
        }
        let mut stack = error.stack().unwrap_or_default();
        if let Ok(cause) = error.get::<_, Exception>("cause") {
            let cause = Self::error(&cause);
            stack.push_str(&format!("caused by {}\n{}", cause.message, cause.stack));
        }
        Self {
            message: format!("{name}: {message}"),
            stack,
            is_refusal: false,
        }
    }

    /// The text for standard error, newline included.
    pub fn report(&self, with_stack: bool) -> String {
        // One line, whatever a message holds.
        let message = self.message.replace('\n', "\\n");
        let kind = if self.is_refusal {
            ""
        } else {
            "internal error: "
        };
        let mut report = format!("trunc: {kind}{message}\n");
        if with_stack && !self.stack.is_empty() {
            report.push_str(self.stack.trim_end());
            report.push('\n');
        }
        report
    }
}

fn text_of<'js>(ctx: &Ctx<'js>, value: &Value<'js>) -> String {
    match Coerced::<String>::from_js(ctx, value.clone()).catch(ctx) {
        Ok(text) => text.0,
        Err(_) => "a value that has no text".into(),
    }
}

impl<'js> From<(&Ctx<'js>, rquickjs::Error)> for Failure {
    fn from((ctx, error): (&Ctx<'js>, rquickjs::Error)) -> Self {
        match CaughtError::from_error(ctx, error) {
            CaughtError::Exception(error) => Self::thrown(ctx, error.as_value()),
            CaughtError::Value(value) => Self::thrown(ctx, &value),
            CaughtError::Error(error) => Self::new(error.to_string()),
        }
    }
}

impl From<rquickjs::Error> for Failure {
    fn from(error: rquickjs::Error) -> Self {
        Self::new(error.to_string())
    }
}
