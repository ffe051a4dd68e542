/// The times at which a step must end, in the order of integration; the last is the end of the
/// span.
#[derive(Clone, Debug)]
pub(crate) struct Stops {
    times: Vec<f64>,
    next: usize,
}

impl Stops {
    pub(crate) fn new(stops: &[f64], (t0, t1): (f64, f64)) -> Self {
        let direction = (t1 - t0).signum();
        let mut times: Vec<f64> = stops
            .iter()
            .copied()
            .filter(|t| (t - t0) * direction > 0.0 && (t1 - t) * direction > 0.0)
            .collect();
        times.sort_by(|a, b| (direction * a).total_cmp(&(direction * b)));
        times.dedup();
        times.push(t1);
        Self { times, next: 0 }
    }

    /// The next stop, and whether it is the end of the span.
    pub(crate) fn next(&self) -> (f64, bool) {
        let last = self.times.len() - 1;
        (self.times[self.next.min(last)], self.next >= last)
    }

    pub(crate) fn advance(&mut self) {
        self.next += 1;
    }
}
