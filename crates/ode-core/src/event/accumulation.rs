/// The distances between the last occurrences of one event.
#[derive(Clone, Copy, Debug)]
pub(super) struct Distances {
    last: f64,
    distances: [f64; 3],
    /// How many in a row were too short to be told apart.
    short: usize,
}

impl Distances {
    /// The first distance is that from the start.
    pub(super) fn new(t0: f64) -> Self {
        Self { last: t0, distances: [f64::NAN; 3], short: 0 }
    }

    /// Takes note of an occurrence, and says whether infinitely many more are to come within
    /// `resolution`: the distances shrink at least like `qⁿ`, and the rest of the series,
    /// `d q / (1 - q)`, is shorter than that.
    pub(super) fn accumulate(&mut self, t: f64, resolution: f64) -> bool {
        let [_, a, b] = self.distances;
        let c = (t - self.last).abs();
        (self.last, self.distances) = (t, [a, b, c]);
        self.short = if c <= resolution { self.short + 1 } else { 0 };
        let (first, second) = (b / a, c / b);
        let q = if first > second { first } else { second };
        let converges = first < 1.0 && second < 1.0 && c * q <= resolution * (1.0 - q);
        converges || self.short >= 100
    }
}
