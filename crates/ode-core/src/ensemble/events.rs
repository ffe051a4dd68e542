use crate::Events;
use std::fmt;
use std::marker::PhantomData;

/// The events of each member, if there are any.
#[derive(Default)]
pub(super) struct EventsOf<'a>(Option<Box<dyn Make + Sync + 'a>>);

/// `Fn(usize) -> Events<'_>` with a lifetime that may shrink.
trait Make {
    fn make(&self, i: usize) -> Events<'_>;
}

struct ByClosure<'a, C>(C, PhantomData<fn() -> Events<'a>>);

impl<'a, C: Fn(usize) -> Events<'a>> Make for ByClosure<'a, C> {
    fn make(&self, i: usize) -> Events<'_> {
        self.0(i)
    }
}

impl<'a> EventsOf<'a> {
    pub(super) fn new(make: impl Fn(usize) -> Events<'a> + Sync + 'a) -> Self {
        Self(Some(Box::new(ByClosure(make, PhantomData))))
    }

    pub(super) fn is_none(&self) -> bool {
        self.0.is_none()
    }

    /// The events of member `i`.
    pub(super) fn get(&self, i: usize) -> Option<Events<'_>> {
        self.0.as_ref().map(|make| make.make(i))
    }
}

impl fmt::Debug for EventsOf<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.is_none() { "no events" } else { "events" })
    }
}
