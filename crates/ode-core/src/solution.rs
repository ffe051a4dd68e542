use crate::dense::horner;
use crate::{Error, ErrorKind, Stats};
use scalar::{Concrete, Scalar};
use std::fmt;
use std::time::Duration;

/// A trajectory: the saved states, and the interpolants where they were kept.
#[derive(Clone, Debug)]
pub struct Solution<S = f64> {
    names: Vec<String>,
    times: Vec<f64>,
    /// State `i` is `states[i n..(i + 1) n]`.
    states: Vec<S>,
    stats: Stats,
    elapsed: Duration,
    interpolants: Interpolants<S>,
}

/// The interpolants of consecutive steps, in one allocation.
#[derive(Clone, Debug)]
struct Interpolants<S> {
    /// Start and length of each step, and where its coefficients begin.
    steps: Vec<(f64, f64, usize)>,
    coefficients: Vec<S>,
}

impl<S: Scalar> Solution<S> {
    pub(crate) fn new(names: Vec<String>) -> Self {
        let interpolants = Interpolants { steps: Vec::new(), coefficients: Vec::new() };
        let (stats, elapsed) = (Stats::default(), Duration::ZERO);
        Self { names, times: Vec::new(), states: Vec::new(), stats, elapsed, interpolants }
    }

    pub(crate) fn reserve(&mut self, points: usize) {
        self.times.reserve(points);
        self.states.reserve(points * self.dim());
    }

    pub(crate) fn push(&mut self, t: f64, u: impl Iterator<Item = S>) {
        self.times.push(t);
        self.states.extend(u);
    }

    /// Appends a point and returns its state, to be filled.
    pub(crate) fn push_empty(&mut self, t: f64) -> &mut [S] {
        self.times.push(t);
        let filled = self.states.len();
        self.states.resize(filled + self.names.len(), S::zero());
        &mut self.states[filled..]
    }

    pub(crate) fn drop_last(&mut self) {
        self.times.pop();
        self.states.truncate(self.times.len() * self.names.len());
    }

    pub(crate) fn push_dense(&mut self, t0: f64, dt: f64, polynomial: impl Iterator<Item = S>) {
        let Interpolants { steps, coefficients } = &mut self.interpolants;
        steps.push((t0, dt, coefficients.len()));
        coefficients.extend(polynomial);
    }

    pub(crate) fn set_work(&mut self, stats: Stats, elapsed: Duration) {
        (self.stats, self.elapsed) = (stats, elapsed);
    }

    /// Number of states of the system.
    pub fn dim(&self) -> usize {
        self.names.len()
    }

    /// Number of saved points.
    pub fn len(&self) -> usize {
        self.times.len()
    }

    /// Whether nothing is saved (a solve that failed before its first saved time).
    pub fn is_empty(&self) -> bool {
        self.times.is_empty()
    }

    /// Names of the states.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The saved times, in the order of integration.
    pub fn times(&self) -> &[f64] {
        &self.times
    }

    /// The `i`-th saved state; empty if there is none.
    pub fn state(&self, i: usize) -> &[S] {
        self.states.chunks_exact(self.dim()).nth(i).unwrap_or(&[])
    }

    /// The last saved state; empty if nothing is saved.
    pub fn last(&self) -> &[S] {
        &self.states[self.states.len().saturating_sub(self.dim())..]
    }

    /// Times and states, in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (f64, &[S])> {
        self.times.iter().copied().zip(self.states.chunks_exact(self.dim()))
    }

    /// One component over all saved points; empty if there is no such component.
    pub fn component(&self, i: usize) -> Vec<S> {
        self.states.chunks_exact(self.dim()).filter_map(|u| u.get(i)).copied().collect()
    }

    /// Work done.
    pub fn stats(&self) -> Stats {
        self.stats
    }

    /// Wall time of the solve.
    pub fn elapsed(&self) -> Duration {
        self.elapsed
    }

    /// The state at time `t`, by the method's own interpolant.
    ///
    /// # Errors
    ///
    /// When `t` is outside the solved span, or falls between saved points of a solution without
    /// interpolants.
    pub fn at(&self, t: f64) -> Result<Vec<S>, Error> {
        let mut u = vec![S::zero(); self.dim()];
        self.at_into(t, &mut u)?;
        Ok(u)
    }

    /// As [`at`](Solution::at), into a slice.
    ///
    /// # Errors
    ///
    /// As [`at`](Solution::at), or when `u` has the wrong length.
    pub fn at_into(&self, t: f64, u: &mut [S]) -> Result<(), Error> {
        crate::check::length("u", self.dim(), u.len())?;
        let (Some(&t0), Some(&t1)) = (self.times.first(), self.times.last()) else {
            return Err(ErrorKind::NotDense { t }.into());
        };
        let direction = if t1 < t0 { -1.0 } else { 1.0 };
        if !((t - t0) * direction >= 0.0 && (t1 - t) * direction >= 0.0) {
            return Err(ErrorKind::OutsideSpan { t, t0, t1 }.into());
        }
        let after = self.times.partition_point(|s| (s - t) * direction <= 0.0);
        let i = after.saturating_sub(1);
        if self.times[i] == t {
            u.copy_from_slice(self.state(i));
            return Ok(());
        }
        // With interpolants every step is saved: step `i` starts at point `i`.
        let Some(&(start, dt, first)) = self.interpolants.steps.get(i) else {
            return Err(ErrorKind::NotDense { t }.into());
        };
        let all = &self.interpolants.coefficients;
        let end = self.interpolants.steps.get(i + 1).map_or(all.len(), |step| step.2);
        horner(&all[first..end], self.dim(), (t - start) / dt, u);
        Ok(())
    }
}

impl Solution<f64> {
    /// Comma-separated values with a header `t,name,…`, numbers in full precision.
    pub fn to_csv(&self) -> String {
        use fmt::Write;
        let mut csv = format!("t,{}\n", self.names.join(","));
        for (t, u) in self.iter() {
            // Writing into a String cannot fail.
            let _ = write!(csv, "{t:?}");
            for u in u {
                let _ = write!(csv, ",{u:?}");
            }
            csv.push('\n');
        }
        csv
    }
}

impl<S: Concrete + fmt::Debug> fmt::Display for Solution<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some((&t0, &t1)) = self.times.first().zip(self.times.last()) else {
            return write!(f, "nothing saved ({})", self.stats);
        };
        writeln!(f, "{} points from t = {t0} to {t1} ({})", self.len(), self.stats)?;
        for (name, u) in self.names.iter().zip(self.last()) {
            writeln!(f, "  {name}({t1}) = {u:?}")?;
        }
        Ok(())
    }
}
