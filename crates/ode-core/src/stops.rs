use crate::{Error, check};

/// The times at which a step must end, in the order of integration; the last is the end of the
/// span.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(crate) struct Stops {
    stops: Vec<Stop>,
    next: usize,
    direction: f64,
    /// `stops[next]`, asked for in every step.
    ahead: Stop,
}

#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
struct Stop {
    t: f64,
    /// The right-hand side jumps here: it is evaluated on one side or the other, never at `t`.
    jump: bool,
}

impl Stops {
    pub(crate) fn new(jumps: &[f64], (t0, t1): (f64, f64)) -> Self {
        let direction = (t1 - t0).signum();
        let end = Stop { t: t1, jump: jumps.contains(&t1) };
        let mut stops = Self { stops: vec![end], next: 0, direction, ahead: end };
        for &t in jumps {
            if (t - t0) * direction > 0.0 && (t1 - t) * direction > 0.0 {
                stops.insert(t, true);
            }
        }
        stops
    }

    fn insert(&mut self, t: f64, jump: bool) {
        let place = self.stops.partition_point(|stop| (t - stop.t) * self.direction > 0.0);
        if self.stops[place].t == t {
            self.stops[place].jump |= jump;
        } else {
            self.stops.insert(place, Stop { t, jump });
        }
        self.look_ahead();
    }

    fn look_ahead(&mut self) {
        self.ahead = self.stops[self.next.min(self.stops.len() - 1)];
    }

    /// One more, between the current time `t0` and the end.
    pub(crate) fn add(&mut self, t: f64, t0: f64, jump: bool) -> Result<(), Error> {
        check::times("stop", &[t], (t0, self.end()))?;
        if t != t0 {
            self.insert(t, jump);
        }
        Ok(())
    }

    fn end(&self) -> f64 {
        self.stops[self.stops.len() - 1].t
    }

    /// The next stop, and whether it is the end of the span.
    pub(crate) fn next(&self) -> (f64, bool) {
        (self.ahead.t, self.next + 1 >= self.stops.len())
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
