use crate::{Error, check};

/// The times at which a step must end, in the order of integration, and the end of the span.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(crate) struct Stops {
    /// Before the end.
    stops: Vec<Stop>,
    end: Stop,
    next: usize,
    direction: f64,
    /// `stops[next]` or the end, asked for in every step.
    ahead: Stop,
}

#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
struct Stop {
    t: f64,
    /// The right-hand side jumps here: steps evaluate it on one side or the other, never at `t`.
    jump: bool,
}

impl Stops {
    pub(crate) fn new(jumps: &[f64], (t0, t1): (f64, f64)) -> Self {
        let direction = (t1 - t0).signum();
        let end = Stop { t: t1, jump: jumps.contains(&t1) };
        let is_inside = |t: &f64| (t - t0) * direction > 0.0 && (t1 - t) * direction > 0.0;
        let mut inside: Vec<f64> = jumps.iter().copied().filter(is_inside).collect();
        inside.sort_unstable_by(|a, b| (direction * a).total_cmp(&(direction * b)));
        inside.dedup();
        let stops = inside.into_iter().map(|t| Stop { t, jump: true }).collect();
        let mut stops = Self { stops, end, next: 0, direction, ahead: end };
        stops.look_ahead();
        stops
    }

    fn insert(&mut self, t: f64, jump: bool) {
        let place = self.stops.partition_point(|stop| (t - stop.t) * self.direction > 0.0);
        match self.stops.get_mut(place) {
            Some(stop) if stop.t == t => stop.jump |= jump,
            None if self.end.t == t => self.end.jump |= jump,
            _ => self.stops.insert(place, Stop { t, jump }),
        }
        self.look_ahead();
    }

    fn look_ahead(&mut self) {
        self.ahead = self.stops.get(self.next).copied().unwrap_or(self.end);
    }

    /// One more, between the current time `t0` and the end.
    pub(crate) fn add(&mut self, t: f64, t0: f64, jump: bool) -> Result<(), Error> {
        check::times("stop", &[t], (t0, self.end.t))?;
        if t != t0 {
            self.insert(t, jump);
        }
        Ok(())
    }

    /// Whether a list from elsewhere is one for this span.
    pub(crate) fn check(&self, (t0, t1): (f64, f64)) -> Result<(), &'static str> {
        let direction = (t1 - t0).signum();
        if self.end.t != t1 || self.direction != direction {
            return Err("it was made for another time span");
        }
        let mut last = t0;
        for stop in self.stops.iter().chain([&self.end]) {
            // NaN is refused too.
            if (stop.t - last) * direction > 0.0 {
                last = stop.t;
            } else {
                return Err("the stops are not in order, or outside the time span");
            }
        }
        Ok(())
    }

    /// The next stop, and whether it is the end of the span.
    pub(crate) fn next(&self) -> (f64, bool) {
        (self.ahead.t, self.next >= self.stops.len())
    }

    /// Whether the right-hand side jumps at a stop before the end.
    pub(crate) fn jumps_ahead(&self) -> bool {
        self.stops.iter().skip(self.next).any(|stop| stop.jump)
    }

    /// Whether the right-hand side jumps at the next stop.
    pub(crate) fn is_jump(&self) -> bool {
        self.ahead.jump
    }

    pub(crate) fn advance(&mut self) {
        self.next += 1;
        self.look_ahead();
    }

    /// Back to time `t`: the stops after it lie ahead again.
    pub(crate) fn rewind(&mut self, t: f64) {
        self.next = self.stops.partition_point(|stop| (stop.t - t) * self.direction <= 0.0);
        self.look_ahead();
    }
}
