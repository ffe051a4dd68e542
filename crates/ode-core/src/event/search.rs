//! Where the conditions of a set cross zero within a step.

use super::bracket::Bracket;
use super::host::Host;
use super::{Event, Root, dip};
use crate::{Error, ErrorKind};
use scalar::BranchScalar;

/// How many units in the last place of the time a condition may stay near zero after its event.
const NEAR: f64 = 64.0;

/// What is known of one root.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Watch {
    /// Up to where the condition has been followed, and its value there.
    from: f64,
    value: f64,
    /// The side of zero there; 0 after an event, until the condition has left zero.
    side: f64,
    /// It has left zero where it is larger than this.
    noise: f64,
    /// The first crossing after that.
    hit: Option<Bracket>,
    /// The side from which it came to its event; 0 where its effect does not send it back there.
    home: f64,
}

impl Watch {
    fn settle(&mut self, t: f64, value: f64, noise: f64) {
        let left = value.abs() > noise;
        let (side, noise) = if left { (value.signum(), 0.0) } else { (0.0, noise) };
        *self = Self { from: t, value, side, noise, hit: None, home: 0.0 };
    }
}

/// Follows the roots of a set from step to step.
#[derive(Debug)]
pub(super) struct Search<S> {
    /// One for each event of the set; those that are not roots are not used.
    watches: Vec<Watch>,
    samples: Option<usize>,
    /// Times inside the step, and its end.
    times: Vec<f64>,
    /// The condition of event `i` there, at `values[i times.len()..]`.
    values: Vec<f64>,
    points: Vec<(f64, f64)>,
    /// Signed length of the last step with an event that acts.
    dt: f64,
    u: Vec<S>,
    du: Vec<S>,
}

impl<S: BranchScalar> Search<S> {
    pub(super) fn new(events: &[Event<'_, S>], u: &[S]) -> Self {
        let samples = events.iter().filter_map(|event| match event {
            Event::Root(root) => Some(root.samples),
            _ => None,
        });
        let samples = samples.max();
        let count = samples.map_or(0, |samples| samples + 1);
        Self {
            watches: vec![Watch::default(); events.len()],
            samples,
            times: Vec::with_capacity(count),
            values: vec![0.0; count * events.len()],
            points: Vec::with_capacity(2 * count + 64),
            dt: 0.0,
            u: u.to_vec(),
            du: u.to_vec(),
        }
    }

    /// Looks at the state as it is now, after a start or an effect.
    pub(super) fn look(
        &mut self,
        events: &mut [Event<'_, S>],
        host: &mut dyn Host<S>,
    ) -> Result<(), Error> {
        let t = host.t();
        let (u, p) = (host.u().to_vec(), host.p().to_vec());
        if self.watches.iter().any(|watch| watch.home != 0.0) {
            host.evaluate(S::from_f64(t), &u, &p, &mut self.du)?;
        }
        for (i, event) in events.iter_mut().enumerate() {
            let Event::Root(root) = event else { continue };
            let Watch { noise, home, .. } = self.watches[i];
            let now = value(root, t, &u, &p)?;
            self.watches[i].settle(t, now, noise);
            if home != 0.0 && self.heading(root, (t, now), &u, &p) == home {
                self.watches[i].home = home;
            }
        }
        Ok(())
    }

    /// The sign of the rate at which a condition changes from here, by straight lines whose lengths
    /// differ by a million; 0 where they do not agree.
    fn heading(&mut self, root: &mut Root<'_, S>, (t, now): (f64, f64), u: &[S], p: &[S]) -> f64 {
        let mut heading = 0.0;
        for part in [1.0, 1e-2, 1e-4, 1e-6] {
            let dt = part * self.dt;
            for ((line, &u), du) in self.u.iter_mut().zip(u).zip(&self.du) {
                *line = u + du.scale(dt);
            }
            // Far along the line the condition may not exist.
            let Ok(there) = value(root, t + dt, &self.u, p) else { return 0.0 };
            let change = there - now;
            if change * heading < 0.0 {
                return 0.0;
            }
            if change != 0.0 {
                heading = change.signum();
            }
        }
        heading
    }

    /// Finds the first crossing of every root in the last step.
    pub(super) fn step(
        &mut self,
        events: &mut [Event<'_, S>],
        host: &mut dyn Host<S>,
    ) -> Result<(), Error> {
        let Some(samples) = self.samples else { return Ok(()) };
        let (step, end) = (host.last_step(), host.t());
        self.times.clear();
        let part = |j: usize| j as f64 / (samples + 1) as f64;
        self.times.extend((1..=samples).map(|j| step.t + part(j) * (end - step.t)));
        self.times.push(end);
        for (j, &t) in self.times.iter().enumerate() {
            host.interpolate(t, &mut self.u)?;
            for (i, event) in events.iter_mut().enumerate() {
                if let Event::Root(root) = event {
                    let value = value(root, t, &self.u, host.p())?;
                    self.values[i * self.times.len() + j] = value;
                }
            }
        }
        for (i, event) in events.iter_mut().enumerate() {
            if let Event::Root(root) = event {
                self.find(i, root, host)?;
            }
        }
        Ok(())
    }

    /// Follows root `i` to its next crossing, or else to the end of the step.
    fn find(
        &mut self,
        i: usize,
        root: &mut Root<'_, S>,
        host: &mut dyn Host<S>,
    ) -> Result<(), Error> {
        let Self { watches, times, values, points, u, .. } = self;
        let (watch, values) = (&mut watches[i], &values[i * times.len()..]);
        let direction = host.last_step().dt.signum();
        let after = |t: f64, s: f64| (t - s) * direction > 0.0;
        let accepted = root.direction;
        let resolution = 0.25 * f64::EPSILON * host.last_step().dt.abs();
        let mut g = |t: f64| {
            host.interpolate(t, u)?;
            value(root, t, u, host.p())
        };

        points.clear();
        points.push((watch.from, watch.value));
        let samples = times.iter().zip(values).filter(|&(&t, _)| after(t, watch.from));
        // Near zero the condition may leave it in either direction: points that come ever closer.
        let next = samples.clone().next().map(|(&t, _)| t).filter(|_| watch.side == 0.0);
        for k in (1..=40).rev() {
            let Some(next) = next else { break };
            let t = watch.from + (next - watch.from) * f64::powi(0.5, k);
            if after(t, points[points.len() - 1].0) && after(next, t) {
                points.push((t, g(t)?));
            }
        }
        let first = points.len() - 1;
        for (&t, &value) in samples {
            if after(t, points[points.len() - 1].0) {
                points.push((t, value));
            }
        }
        dip::insert(points, first, &mut g)?;

        let (mut side, mut noise) = (watch.side, watch.noise);
        for pair in points.windows(2) {
            let (before, (_, value)) = (pair[0], pair[1]);
            if side == 0.0 {
                if value.abs() > noise {
                    (side, noise) = (value.signum(), 0.0);
                    // Sent back, and yet beyond: it came to its root again before that could be seen.
                    if side * watch.home < 0.0 {
                        let event = root.name.clone();
                        return Err(ErrorKind::EventsAccumulate { event, t: watch.from }.into());
                    }
                }
            } else if value * side <= 0.0 {
                if accepted.accepts(side) {
                    let bracket = Bracket { lo: before, hi: pair[1] };
                    watch.hit = Some(bracket.shrink(resolution, &mut g)?);
                    return Ok(());
                }
                side = if value == 0.0 { 0.0 } else { -side };
            }
        }
        let (from, value) = points[points.len() - 1];
        let home = if side == 0.0 { watch.home } else { 0.0 };
        *watch = Watch { from, value, side, noise, hit: None, home };
        Ok(())
    }

    /// The time of the earliest crossings, and the latest time before all of them.
    ///
    /// Those within a few units in the last place belong together: at their last time, which is the
    /// end of the step if that is as near. `members` tells which they are.
    pub(super) fn earliest(
        &mut self,
        events: &mut [Event<'_, S>],
        host: &mut dyn Host<S>,
        members: &mut [bool],
    ) -> Result<Option<(f64, f64)>, Error> {
        members.fill(false);
        let (dt, end) = (host.last_step().dt, host.t());
        let direction = dt.signum();
        let hits = || self.watches.iter().filter_map(|watch| watch.hit);
        let earlier = |a: f64, b: f64| if (a - b) * direction <= 0.0 { a } else { b };
        let Some(first) = hits().map(|hit| hit.hi.0).reduce(earlier) else { return Ok(None) };
        let near = 8.0 * f64::EPSILON * first.abs().max(dt.abs());
        let mut together = hits().map(|hit| hit.hi.0).filter(|t| (t - first).abs() <= near);
        let last = together.try_fold(first, |a, b| Some(if earlier(a, b) == a { b } else { a }));
        let last = last.unwrap_or(first);
        let last = if (end - last).abs() <= near { end } else { last };
        // Each of them must still be on the far side there.
        let mut all = true;
        for (i, event) in events.iter_mut().enumerate() {
            let Event::Root(root) = event else { continue };
            let Some(hit) = self.watches[i].hit else { continue };
            if (hit.hi.0 - first).abs() <= near {
                members[i] = true;
                if hit.hi.0 != last {
                    host.interpolate(last, &mut self.u)?;
                    all &= value(root, last, &self.u, host.p())? * hit.lo.1 <= 0.0;
                }
            }
        }
        let t = if all { last } else { first };
        let mut before = t;
        for (member, watch) in members.iter_mut().zip(&self.watches) {
            if let Some(hit) = watch.hit {
                *member &= all || hit.hi.0 == first;
                if *member {
                    before = earlier(before, hit.lo.0);
                }
            }
        }
        Ok(Some((before, t)))
    }

    /// Goes on behind an event that changed nothing.
    pub(super) fn pass(
        &mut self,
        i: usize,
        root: &mut Root<'_, S>,
        host: &mut dyn Host<S>,
        (before, t): (f64, f64),
    ) -> Result<(), Error> {
        let (noise, value) = self.noise(root, host, (before, t))?;
        self.watches[i].settle(t, value, noise);
        self.find(i, root, host)
    }

    /// Notes how near to zero each condition is at an event that will act, so that those on their
    /// root have to leave it first; [`look`](Search::look) follows.
    pub(super) fn stop(
        &mut self,
        events: &mut [Event<'_, S>],
        host: &mut dyn Host<S>,
        span: (f64, f64),
    ) -> Result<(), Error> {
        self.dt = host.last_step().dt;
        for (i, event) in events.iter_mut().enumerate() {
            if let Event::Root(root) = event {
                self.watches[i].noise = self.noise(root, host, span)?.0;
                let hit = self.watches[i].hit.filter(|hit| hit.hi.0 == span.1);
                self.watches[i].home = hit.map_or(0.0, |hit| hit.lo.1.signum());
            }
        }
        Ok(())
    }

    /// The size of a condition that counts as zero at the end of a tiny interval around its root (0
    /// if it is not at its root), and its value there.
    fn noise(
        &mut self,
        root: &mut Root<'_, S>,
        host: &mut dyn Host<S>,
        (before, t): (f64, f64),
    ) -> Result<(f64, f64), Error> {
        host.interpolate(before, &mut self.u)?;
        let a = value(root, before, &self.u, host.p())?;
        host.interpolate(t, &mut self.u)?;
        let b = value(root, t, &self.u, host.p())?;
        let at_root = b.abs() <= NEAR * (b - a).abs();
        Ok((if at_root { NEAR * a.abs().max(b.abs()) } else { 0.0 }, b))
    }
}

fn value<S: BranchScalar>(root: &mut Root<'_, S>, t: f64, u: &[S], p: &[S]) -> Result<f64, Error> {
    let value = (root.condition)(S::from_f64(t), u, p).primal();
    match value.is_nan() {
        true => Err(ErrorKind::EventCondition { event: root.name.clone(), t }.into()),
        false => Ok(value),
    }
}
