use scalar::{Lanes, Scalar};

/// A time or a length of time in a step over numbers `S`: one for all of them (`f64`), or one for
/// each lane.
pub trait Time<S>: Copy {
    /// Whether there is one for each lane, so that `w dt` is worth keeping.
    const EACH_LANE: bool;

    /// `self + c dt`.
    fn after(self, c: f64, dt: Self) -> Self;

    /// `w self`.
    fn scaled(self, w: f64) -> Self;

    /// `1 / self`.
    fn inverse(self) -> Self;

    /// `self x + y`.
    fn add_times(self, x: S, y: S) -> S;

    /// What the right-hand side is given.
    fn lift(self) -> S;
}

impl<S: Scalar> Time<S> for f64 {
    const EACH_LANE: bool = false;

    #[inline(always)]
    fn after(self, c: f64, dt: f64) -> f64 {
        self + c * dt
    }
    #[inline(always)]
    fn scaled(self, w: f64) -> f64 {
        self * w
    }
    #[inline(always)]
    fn inverse(self) -> f64 {
        1.0 / self
    }
    #[inline(always)]
    fn add_times(self, x: S, y: S) -> S {
        x.scale_add(self, y)
    }
    #[inline(always)]
    fn lift(self) -> S {
        S::from_f64(self)
    }
}

impl<const W: usize> Time<Self> for Lanes<W> {
    const EACH_LANE: bool = true;

    #[inline(always)]
    fn after(self, c: f64, dt: Self) -> Self {
        self + dt.scale(c)
    }
    #[inline(always)]
    fn scaled(self, w: f64) -> Self {
        self.scale(w)
    }
    #[inline(always)]
    fn inverse(self) -> Self {
        Self::one() / self
    }
    #[inline(always)]
    fn add_times(self, x: Self, y: Self) -> Self {
        x.mul_add(self, y)
    }
    #[inline(always)]
    fn lift(self) -> Self {
        self
    }
}

/// The times of a step, and those that the right-hand side sees at its ends: an ulp inside the step
/// where an end is a declared stop.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Taken<T = f64> {
    /// Start.
    pub t: T,
    /// Signed length.
    pub dt: T,
    /// The time that the right-hand side sees at the start.
    pub t_first: T,
    /// The time that the right-hand side sees at the end.
    pub t_last: T,
}

impl<T> Taken<T> {
    /// What the right-hand side is given at abscissa `c`, not that of the start.
    #[inline(always)]
    pub fn at<S>(self, c: f64) -> S
    where
        T: Time<S>,
    {
        if c == 1.0 { self.t_last.lift() } else { self.t.after(c, self.dt).lift() }
    }
}
