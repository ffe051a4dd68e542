//! Where the conditions of a set cross zero within a step.

use super::bracket::Bracket;
use super::host::Host;
use super::watch::{Hit, Standing, Watch};
use super::{Event, Root, dip};
use crate::{Error, ErrorKind};
use scalar::BranchScalar;

/// How often an earlier crossing is looked for: a condition that is not a function of its arguments
/// could show ever more of them.
const ROUNDS: usize = 64;

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
        let has_mass = host.has_mass();
        if !has_mass && self.watches.iter().any(|watch| watch.start.home != 0.0) {
            host.evaluate(S::from_f64(t), &u, &p, &mut self.du)?;
        }
        for (i, event) in events.iter_mut().enumerate() {
            let Event::Root(root) = event else { continue };
            let Standing { noise, home, .. } = self.watches[i].start;
            let now = value(root, t, &u, &p)?;
            self.watches[i].settle(t, now, noise);
            // With a mass matrix nobody here knows where the state is heading.
            if !has_mass && home != 0.0 && self.heading(root, (t, now), &u, &p) == home {
                self.watches[i].start.home = home;
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
                self.watches[i].measure(&self.values[i * self.times.len()..][..self.times.len()]);
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
        let start = watch.start;
        let direction = host.last_step().dt.signum();
        let after = |t: f64, s: f64| (t - s) * direction > 0.0;
        let accepted = root.direction;
        let resolution = 0.25 * f64::EPSILON * host.last_step().dt.abs();
        let mut g = |t: f64| {
            host.interpolate(t, u)?;
            value(root, t, u, host.p())
        };

        points.clear();
        points.push((start.t, start.value));
        let samples = times.iter().zip(values).filter(|&(&t, _)| after(t, start.t));
        // Near zero the condition may leave it in either direction: points that come ever closer.
        let next = samples.clone().next().map(|(&t, _)| t).filter(|_| start.side == 0.0);
        for k in (1..=40).rev() {
            let Some(next) = next else { break };
            let t = start.t + (next - start.t) * f64::powi(0.5, k);
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

        let (mut side, mut noise) = (start.side, start.noise);
        let mut since = points[0];
        for pair in points.windows(2) {
            let (before, (_, value)) = (pair[0], pair[1]);
            if side == 0.0 {
                if value.abs() > noise {
                    (side, noise, since) = (value.signum(), 0.0, pair[1]);
                    // Sent back, and yet beyond: it came to its root again before that could be seen.
                    if side * start.home < 0.0 {
                        let event = root.name.clone();
                        return Err(ErrorKind::EventsAccumulate { event, t: start.t }.into());
                    }
                }
            } else if value * side <= 0.0 {
                if accepted.accepts(side) {
                    let bracket = Bracket { lo: before, hi: pair[1] };
                    let bracket = bracket.shrink(resolution, &mut g)?;
                    watch.hit = Some(Hit { since, bracket });
                    return Ok(());
                }
                (side, since) = (if value == 0.0 { 0.0 } else { -side }, pair[1]);
            }
        }
        let (t, value) = points[points.len() - 1];
        let home = if side == 0.0 { start.home } else { 0.0 };
        watch.end = Standing { t, value, side, noise, home };
        watch.hit = None;
        Ok(())
    }

    /// The time of the earliest crossings, and the latest time before all of them.
    ///
    /// Those within a few units in the last place belong together: at their last time, which is the
    /// end of the step if that is as near. `members` tells which they are. All others are on the side
    /// from which they will cross.
    pub(super) fn earliest(
        &mut self,
        events: &mut [Event<'_, S>],
        host: &mut dyn Host<S>,
        members: &mut [bool],
    ) -> Result<Option<(f64, f64)>, Error> {
        let mut rounds = 0;
        loop {
            let Some(span) = self.together(events, host, members)? else { return Ok(None) };
            rounds += 1;
            if rounds == ROUNDS || !self.look_back(events, host, members, span.1)? {
                return Ok(Some(span));
            }
        }
    }

    fn together(
        &mut self,
        events: &mut [Event<'_, S>],
        host: &mut dyn Host<S>,
        members: &mut [bool],
    ) -> Result<Option<(f64, f64)>, Error> {
        members.fill(false);
        let (dt, end) = (host.last_step().dt, host.t());
        let after = |t: f64, s: f64| (t - s) * dt.signum() > 0.0;
        let hits = || self.watches.iter().filter_map(|watch| watch.hit);
        let earlier = |a: f64, b: f64| if after(a, b) { b } else { a };
        let Some(first) = hits().map(|hit| hit.t()).reduce(earlier) else { return Ok(None) };
        let near = 8.0 * f64::EPSILON * first.abs().max(dt.abs());
        let near_first = hits().map(|hit| hit.t()).filter(|t| (t - first).abs() <= near);
        let last = near_first.fold(first, |a, b| if after(b, a) { b } else { a });
        let last = if (end - last).abs() <= near { end } else { last };
        // Each of them must still be on the far side there.
        let mut all = true;
        for (i, event) in events.iter_mut().enumerate() {
            let Event::Root(root) = event else { continue };
            let Some(hit) = self.watches[i].hit.filter(|hit| !after(hit.t(), last)) else {
                continue;
            };
            members[i] = true;
            if hit.t() != last {
                host.interpolate(last, &mut self.u)?;
                all &= value(root, last, &self.u, host.p())? * hit.side() <= 0.0;
            }
        }
        let t = if all { last } else { first };
        let mut before = t;
        for (member, watch) in members.iter_mut().zip(&self.watches) {
            if let Some(hit) = watch.hit {
                *member &= all || hit.t() == first;
                if *member {
                    before = earlier(before, hit.bracket.lo.0);
                }
            }
        }
        Ok(Some((before, t)))
    }

    /// Whether one of the other roots has crossed by `t` after all, and come back before its samples
    /// showed it: its crossing is now the one before `t`.
    fn look_back(
        &mut self,
        events: &mut [Event<'_, S>],
        host: &mut dyn Host<S>,
        members: &[bool],
        t: f64,
    ) -> Result<bool, Error> {
        let dt = host.last_step().dt;
        let (resolution, mut found) = (0.25 * f64::EPSILON * dt.abs(), false);
        for (i, event) in events.iter_mut().enumerate() {
            let Event::Root(root) = event else { continue };
            let Some(hit) = self.watches[i].hit.filter(|_| !members[i]) else { continue };
            if (t - hit.since.0) * dt.signum() <= 0.0 {
                continue;
            }
            let mut g = |t: f64| {
                host.interpolate(t, &mut self.u)?;
                value(root, t, &self.u, host.p())
            };
            let now = g(t)?;
            if now * hit.side() <= 0.0 {
                let bracket = Bracket { lo: hit.since, hi: (t, now) };
                let bracket = bracket.shrink(resolution, &mut g)?;
                self.watches[i].hit = Some(Hit { bracket, ..hit });
                found = true;
            }
        }
        Ok(found)
    }

    /// Goes on behind an event that changed nothing.
    pub(super) fn pass(
        &mut self,
        i: usize,
        root: &mut Root<'_, S>,
        host: &mut dyn Host<S>,
        t: f64,
    ) -> Result<(), Error> {
        host.interpolate(t, &mut self.u)?;
        let now = value(root, t, &self.u, host.p())?;
        let watch = &mut self.watches[i];
        let noise = watch.hit.map_or(0.0, |hit| {
            let Bracket { lo, hi } = hit.bracket;
            watch.noise(&[lo.1, hi.1, now])
        });
        watch.settle(t, now, noise);
        self.find(i, root, host)
    }

    /// Goes on behind a step in which nothing more happens.
    pub(super) fn go_on(&mut self) {
        for watch in &mut self.watches {
            watch.start = watch.end;
        }
    }

    /// Notes how near to zero each condition is at an event that will act, so that those on their
    /// root have to leave it first; [`look`](Search::look) follows.
    ///
    /// Only those that have crossed are on their root: one that is about to cross, however soon, must
    /// not lose its side.
    pub(super) fn stop(
        &mut self,
        events: &mut [Event<'_, S>],
        host: &mut dyn Host<S>,
        members: &[bool],
        (before, t): (f64, f64),
    ) -> Result<(), Error> {
        self.dt = host.last_step().dt;
        for (i, event) in events.iter_mut().enumerate() {
            let Event::Root(root) = event else { continue };
            let watch = &mut self.watches[i];
            let mut g = |t: f64| {
                host.interpolate(t, &mut self.u)?;
                value(root, t, &self.u, host.p())
            };
            let now = g(t)?;
            let Standing { side, noise, home, .. } = watch.start;
            let has_left = |hit: Hit| (t - hit.since.0) * self.dt.signum() >= 0.0;
            (watch.start.noise, watch.start.home) = match watch.hit {
                Some(Hit { bracket: Bracket { lo, hi }, .. }) if members[i] => {
                    (watch.noise(&[lo.1, hi.1, now]), lo.1.signum())
                }
                Some(hit) if has_left(hit) => (0.0, 0.0),
                // It was at its root, and may be there still.
                _ if side == 0.0 => (noise, home),
                // It crossed in a direction that does not count, perhaps just now.
                _ if now * side <= 0.0 => (watch.noise_between(g(before)?, now), 0.0),
                _ => (0.0, 0.0),
            };
        }
        Ok(())
    }

    /// The state has moved a little, onto its algebraic equations: conditions that were on their root
    /// are beside it now.
    pub(super) fn shift(
        &mut self,
        events: &mut [Event<'_, S>],
        host: &mut dyn Host<S>,
    ) -> Result<(), Error> {
        for (watch, event) in self.watches.iter_mut().zip(events) {
            let Event::Root(root) = event else { continue };
            if watch.start.noise > 0.0 {
                let now = value(root, host.t(), host.u(), host.p())?;
                watch.start.noise = watch.start.noise.max(2.0 * now.abs());
            }
        }
        Ok(())
    }
}

fn value<S: BranchScalar>(root: &mut Root<'_, S>, t: f64, u: &[S], p: &[S]) -> Result<f64, Error> {
    let value = (root.condition)(S::from_f64(t), u, p).primal();
    match value.is_nan() {
        true => Err(ErrorKind::EventCondition { event: root.name.clone(), t }.into()),
        false => Ok(value),
    }
}
