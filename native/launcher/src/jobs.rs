//! Drives the engine: microtasks, then whatever the addon spawned, until nothing is left.
//!
//! Not `AsyncRuntime::idle()`: that one prints a failing job's exception on standard output.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::{Context, Poll};

use rquickjs::{AsyncContext, AsyncRuntime};

use crate::failure::Failure;

/// Runs jobs until none is pending and no spawned future can make any.
///
/// # Errors
/// The exception of a job; the remaining ones are not run.
pub async fn drain(runtime: &AsyncRuntime) -> Result<(), Failure> {
    match poll_fn(|task| poll_jobs(runtime, task)).await {
        Ok(()) => Ok(()),
        Err(context) => Err(context
            .with(|ctx| Failure::thrown(&ctx, &ctx.catch()))
            .await),
    }
}

/// An error is the context in which the exception waits to be caught.
fn poll_jobs(runtime: &AsyncRuntime, task: &mut Context<'_>) -> Poll<Result<(), AsyncContext>> {
    loop {
        match pin!(runtime.execute_pending_job()).poll(task) {
            Poll::Ready(Ok(true)) => {}
            // No job ran: either all is done, or a future sleeps that has taken our waker.
            Poll::Ready(Ok(false)) => {
                let more = pin!(runtime.is_job_pending()).poll(task);
                return if more == Poll::Ready(false) {
                    Poll::Ready(Ok(()))
                } else {
                    Poll::Pending
                };
            }
            Poll::Ready(Err(failed)) => return Poll::Ready(Err(failed.0)),
            Poll::Pending => return Poll::Pending,
        }
    }
}
