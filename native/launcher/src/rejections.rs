//! Remembers promises that were rejected while nobody listened. A listener may still come, so what
//! is left counts only when all jobs have run.

use std::cell::RefCell;
use std::rc::Rc;

use rquickjs::runtime::RejectionTracker;
use rquickjs::{Ctx, Persistent, Value};

use crate::failure::Failure;

/// One rejected promise and its reason, both kept alive, so that identity stays meaningful.
type Rejection = (Persistent<Value<'static>>, Persistent<Value<'static>>);

/// The rejections without a listener so far.
#[derive(Clone, Default)]
pub struct Rejections(Rc<RefCell<Vec<Rejection>>>);

impl Rejections {
    /// The callback for the engine; it reports a promise again when a listener comes late.
    pub fn tracker(&self) -> RejectionTracker {
        let open = Rc::clone(&self.0);
        Box::new(move |ctx, promise, reason, is_handled| {
            let mut open = open.borrow_mut();
            if is_handled {
                open.retain(
                    |(kept, _)| !matches!(kept.clone().restore(&ctx), Ok(kept) if kept == promise),
                );
            } else {
                let promise = Persistent::save(&ctx, promise);
                open.push((promise, Persistent::save(&ctx, reason)));
            }
        })
    }

    /// The first rejection that nobody has listened to.
    pub fn first<'js>(&self, ctx: &Ctx<'js>) -> Option<Failure> {
        let open = self.0.borrow();
        let (_, reason) = open.first()?;
        match reason.clone().restore(ctx) {
            Ok(reason) => Some(Failure::thrown(ctx, &reason)),
            Err(error) => Some(error.into()),
        }
    }
}
