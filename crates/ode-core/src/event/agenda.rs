//! The times that are known in advance.

use super::host::Host;
use super::{Event, Periodic, Scheduled};
use crate::{Error, ErrorKind};
use scalar::Scalar;

/// The next time of each scheduled and periodic event; one of them at a time is a stop of the solve.
#[derive(Debug)]
pub(super) struct Agenda {
    due: Vec<Due>,
    t0: f64,
    end: f64,
    direction: f64,
}

#[derive(Clone, Copy, Debug, Default)]
struct Due {
    t: Option<f64>,
    /// How many times came before.
    count: usize,
}

impl Agenda {
    pub(super) fn new<S>(events: &[Event<'_, S>], (t0, end): (f64, f64)) -> Result<Self, Error> {
        let direction = (end - t0).signum();
        for event in events {
            match event {
                Event::Scheduled(Scheduled { name, times, .. }) => {
                    check_times(name, times, (t0, end))?;
                }
                Event::Periodic(Periodic { name, period, first, .. }) => {
                    let bad = |setting, value, must| {
                        let event = name.clone();
                        Err(ErrorKind::EventSetting { event, setting, value, must }.into())
                    };
                    if !(*period > 0.0 && period.is_finite()) {
                        return bad("period", *period, "finite and greater than 0");
                    }
                    if let Some(t) = *first {
                        check_times(name, &[t], (t0, end))?;
                    }
                    // The largest time must still be told apart from the one before it.
                    if *period <= f64::EPSILON * t0.abs().max(end.abs()) {
                        return bad("period", *period, "longer than what times can resolve");
                    }
                }
                _ => {}
            }
        }
        Ok(Self { due: vec![Due::default(); events.len()], t0, end, direction })
    }

    /// Writes down the first times.
    pub(super) fn start<S>(
        &mut self,
        events: &[Event<'_, S>],
        host: &mut dyn Host<S>,
    ) -> Result<(), Error> {
        (0..events.len()).try_for_each(|i| self.write(i, &events[i], host))
    }

    pub(super) fn is_due(&self, i: usize, t: f64) -> bool {
        self.due[i].t == Some(t)
    }

    /// Whether an event that acts is planned for now or later.
    pub(super) fn is_pending<S: Scalar>(&self, events: &mut [Event<'_, S>]) -> bool {
        let mut planned = events.iter_mut().zip(&self.due).filter(|(_, due)| due.t.is_some());
        planned.any(|(event, _)| event.action().is_some_and(|action| action.interrupts()))
    }

    /// Goes on to the next time of event `i`.
    pub(super) fn next<S>(
        &mut self,
        i: usize,
        event: &Event<'_, S>,
        host: &mut dyn Host<S>,
    ) -> Result<(), Error> {
        self.due[i].count += 1;
        self.write(i, event, host)
    }

    fn write<S>(
        &mut self,
        i: usize,
        event: &Event<'_, S>,
        host: &mut dyn Host<S>,
    ) -> Result<(), Error> {
        let count = self.due[i].count;
        let t = match event {
            Event::Scheduled(Scheduled { times, .. }) => times.get(count).copied(),
            Event::Periodic(Periodic { period, first, .. }) => {
                let (start, count) = match first {
                    Some(first) => (*first, count),
                    None => (self.t0, count + 1),
                };
                let t = start + self.direction * period * count as f64;
                Some(t).filter(|t| (self.end - t) * self.direction >= 0.0)
            }
            _ => None,
        };
        self.due[i].t = t;
        match t {
            Some(t) if t != host.t() => host.add_stop(t),
            _ => Ok(()),
        }
    }
}

/// Times in the span, strictly in the order of integration.
pub(super) fn check_times(event: &str, times: &[f64], (t0, end): (f64, f64)) -> Result<(), Error> {
    let direction = (end - t0).signum();
    for (index, &t) in times.iter().enumerate() {
        let must = match index.checked_sub(1).map(|before| times[before]) {
            _ if !t.is_finite() => "finite",
            _ if (t - t0) * direction < 0.0 || (end - t) * direction < 0.0 => {
                "inside the time span"
            }
            Some(before) if (t - before) * direction <= 0.0 => {
                "after the time before it: sort the times, without repeats"
            }
            _ => continue,
        };
        let (event, value) = (event.to_owned(), t);
        return Err(ErrorKind::EventSetting { event, setting: "times", value, must }.into());
    }
    Ok(())
}
