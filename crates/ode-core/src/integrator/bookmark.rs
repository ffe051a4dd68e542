use super::{Integrator, Start};
use crate::controller::ControlState;
use crate::{Algorithm, Error, Stats, Taken, check};
use scalar::Concrete;
use system::{Buffer, Rhs};

/// A place between two steps of an [`Integrator`], for that integrator to go back to: a
/// [`Checkpoint`](crate::Checkpoint) without what the integrator knows anyway, so that very many of them
/// fit into memory (an adjoint keeps as many as it may).
///
/// ```
/// # system::system! { struct Decay; state { u } params { k } rhs(_t) { d(u) = -k * u; } }
/// use ode_core::{Integrator, OdeProblem, Options, Progress, Tsit5};
///
/// let problem = OdeProblem::new(Decay, [1.0], [0.5], (0.0, 2.0))?;
/// let options = Options::default();
/// let mut integrator = Integrator::new(&problem, Tsit5, &options)?;
/// integrator.step()?;
/// let place = integrator.bookmark();
/// integrator.step()?;
/// let expected = (integrator.t(), integrator.u().to_vec());
/// while integrator.step()? != Progress::Finished {}
///
/// integrator.go_back(&place)?;
/// integrator.step()?;
/// assert_eq!((integrator.t(), integrator.u()), (expected.0, &expected.1[..])); // the same bits
/// # Ok::<(), ode_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Bookmark<S = f64> {
    t: f64,
    u: Vec<S>,
    size: Option<f64>,
    /// The time at which the derivative at the start is evaluated.
    t_first: f64,
    /// What the method carries over beside the state; `None` where it starts anew.
    memory: Option<Vec<S>>,
    is_given: bool,
    is_behind_stop: bool,
    control: ControlState,
    stats: Stats,
}

impl<S> Bookmark<S> {
    /// Time.
    pub fn t(&self) -> f64 {
        self.t
    }

    /// State.
    pub fn u(&self) -> &[S] {
        &self.u
    }

    /// Bytes of memory that this takes.
    pub fn bytes(&self) -> usize {
        let memory = self.memory.as_ref().map_or(0, Vec::capacity);
        size_of::<Self>() + (self.u.capacity() + memory) * size_of::<S>()
    }
}

impl<F: Rhs<B::Item>, A: Algorithm<F, B>, B: Buffer> Integrator<'_, F, A, B>
where
    B::Item: Concrete,
{
    /// Where the solve stands.
    pub fn bookmark(&self) -> Bookmark<B::Item> {
        let (t_first, memory) = self.standing();
        Bookmark {
            t: self.t,
            u: self.u.as_ref().to_vec(),
            size: self.size,
            t_first,
            memory,
            is_given: self.is_given,
            is_behind_stop: self.is_behind_stop,
            control: self.control,
            stats: self.stats(),
        }
    }

    /// The time at which the derivative is evaluated where the solve stands, and what the method carries
    /// over; `None` where it starts anew.
    pub(super) fn standing(&self) -> (f64, Option<Vec<B::Item>>) {
        let memory = || Some(self.algorithm.memory(&self.cache, self.start == Start::Ready));
        match self.start {
            Start::Evaluate(t) => (t, None),
            Start::CarryOver => (self.before.t_last, memory()),
            Start::Ready => (self.t_first, memory()),
        }
    }

    /// Goes back (or forth) to a place that this integrator has been at. The steps from there have the
    /// same bits, where parameters and stops are still the same: the bookmark does not hold them. One
    /// evaluation more is counted; the wall time goes on.
    ///
    /// # Errors
    ///
    /// When the place is one of a system of another size or outside the span, or the right-hand side
    /// fails there.
    pub fn go_back(&mut self, place: &Bookmark<B::Item>) -> Result<(), Error> {
        check::length("bookmark.u", self.u.as_ref().len(), place.u.len())?;
        check::times("bookmark.t", &[place.t], (self.t0, self.end))?;
        self.u.as_mut().copy_from_slice(&place.u);
        self.cache = self.algorithm.cache(self.rhs, &self.u);
        self.t = place.t;
        self.t_first = place.t_first;
        self.size = place.size;
        self.control = place.control;
        self.stats = place.stats;
        self.stops.rewind(place.t);
        self.start = Start::Evaluate(place.t_first);
        (self.is_given, self.is_behind_stop) = (place.is_given, place.is_behind_stop);
        if let Some(memory) = &place.memory {
            self.begin()?;
            self.algorithm.restore(&mut self.cache, memory);
        }
        // The derivative may be there, but no step that led here.
        self.u_before.as_mut().copy_from_slice(&place.u);
        let (t, t_first) = (place.t, place.t_first);
        self.before = Taken { t, dt: 0.0, t_first, t_last: t_first };
        self.dense_is_current = false;
        Ok(())
    }
}
