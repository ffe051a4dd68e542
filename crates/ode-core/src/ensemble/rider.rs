//! Members get on and off a bundle.

use super::bundle::{Bundle, bits};
use super::engine::{Done, Job};
use super::{Bundled, Member};
use crate::initial_step::InitialStep;
use crate::{Abreast, Cancel, Interval, Save, Solution, Stats, StepSize, Taken, check};
use scalar::Lanes;
use std::borrow::Cow;
use std::time::Instant;
use system::Rhs;

/// A member in a lane.
#[derive(Debug)]
pub(super) struct Rider<'j, B: Bundled> {
    index: usize,
    member: Cow<'j, Member<B>>,
    solution: Solution,
    /// Index of the next save time.
    next: usize,
    /// The round in which it got on.
    pub(super) born: usize,
    pub(super) rejected: usize,
    /// Work before the first step.
    start: Stats,
    /// Steps that were interpolated.
    interpolated: usize,
    began: Instant,
}

impl<'j, F, M, B, const W: usize> Bundle<'j, F, M, B, W>
where
    F: Rhs<f64> + Rhs<Lanes<W>> + Clone,
    M: Abreast<F, B, W>,
    B: Bundled,
{
    /// Puts the next member that can ride into a free lane.
    pub(super) fn seat(&mut self, lane: usize, done: &mut Done<'_>) {
        loop {
            let Some(index) = self.waiting.next() else {
                self.follow(lane);
                break;
            };
            let member = self.job.members.get(index);
            if let Err(member) = self.board(lane, index, member) {
                done(index, self.job.alone(index, &member));
                continue;
            }
            break;
        }
        let max_steps = self.setup.options.max_steps;
        let deadlines = self.riders.iter().flatten().map(|r| r.born.saturating_add(max_steps));
        self.deadline = deadlines.min().unwrap_or(usize::MAX);
    }

    /// Nobody is left for the lane: it goes on with the numbers of another one, which the model can
    /// deal with, and never ends.
    fn follow(&mut self, lane: usize) {
        let Some(leader) = bits(self.active).next() else { return };
        let copy = |lanes: &mut Lanes<W>| lanes.0[lane] = lanes.0[leader];
        for lanes in [&mut self.t, &mut self.size, &mut self.direction] {
            copy(lanes);
        }
        self.end.0[lane] = self.direction.0[lane] * f64::INFINITY;
        self.u.as_mut().iter_mut().for_each(copy);
        self.p.iter_mut().for_each(copy);
    }

    /// Starts a member in a lane, as `Integrator` does; gives it back where that is not possible.
    fn board(
        &mut self,
        lane: usize,
        index: usize,
        member: Cow<'j, Member<B>>,
    ) -> Result<(), Cow<'j, Member<B>>> {
        let Some((size, start)) = self.first_size(&member) else { return Err(member) };
        let options = self.setup.options;
        let Member { u0, p, tspan: (t, end), .. } = &*member;
        let (t, end) = (*t, *end);
        for (u, &u0) in self.u.as_mut().iter_mut().zip(u0.as_ref()) {
            u.0[lane] = u0;
        }
        for (lanes, &p) in self.p.iter_mut().zip(p) {
            lanes.0[lane] = p;
        }
        self.job.algorithm.begin_lane(lane, &self.scratch[0], &mut self.team);
        (self.t.0[lane], self.end.0[lane]) = (t, end);
        self.direction.0[lane] = (end - t).signum();
        self.size.0[lane] = size;
        self.control.begin(lane, &self.controller);
        let mut rider = Rider {
            index,
            solution: Solution::new(self.setup.names.clone()),
            next: 0,
            born: self.round,
            rejected: 0,
            start,
            interpolated: 0,
            began: Instant::now(),
            member,
        };
        let stepwise =
            rider.member.save_at.is_none() && matches!(options.save, Save::Dense | Save::Steps);
        let times = rider.member.times(&options.save);
        rider.next = usize::from(times.first() == Some(&t));
        self.next_save.0[lane] = times.get(rider.next).copied().unwrap_or(f64::NAN);
        rider.solution.reserve(times.len());
        if stepwise || rider.next == 1 {
            rider.solution.push(t, rider.member.u0.as_ref().iter().copied());
        }
        self.riders[lane] = Some(rider);
        self.active |= 1 << lane;
        self.stepwise |= u64::from(stepwise) << lane;
        Ok(())
    }

    /// The first step size of a member and the work that it cost; leaves the derivative in
    /// `scratch[0]`. `None` if the member cannot ride.
    fn first_size(&mut self, member: &Member<B>) -> Option<(f64, Stats)> {
        let options = self.setup.options;
        if options.cancel.as_ref().is_some_and(Cancel::is_cancelled) || options.max_steps == 0 {
            return None;
        }
        let Member { u0, p, tspan, .. } = member;
        let ((t, end), u0) = (*tspan, u0.as_ref());
        let rhs = self.job.rhs;
        let n = Rhs::<f64>::states(rhs);
        if self.active == 0 {
            self.p.resize(p.len(), Lanes([0.0; W]));
        }
        let fits = n > 0
            && u0.len() == n
            && self.u.as_ref().len() == n
            && self.setup.names.len() == n
            && p.len() == self.p.len()
            && Rhs::<f64>::params(rhs).is_none_or(|count| count == p.len())
            && u0.iter().chain(p).all(|x| x.is_finite())
            && (end - t).is_finite()
            && t != end
            && self.setup.unsaved.check(*tspan, n).is_ok();
        if !fits || check::times("save", member.times(&options.save), *tspan).is_err() {
            return None;
        }
        let [f0, u1, f1] = &mut self.scratch;
        rhs.eval(t, u0, p, f0).ok()?;
        if !f0.iter().all(|f| f.is_finite()) {
            return None;
        }
        let (dt_min, dt_max) = (options.dt_min, options.dt_max);
        let mut work = Stats { evaluations: 1, ..Stats::default() };
        if Rhs::<f64>::mass(rhs).is_some() {
            // Whether the start satisfies the algebraic equations is asked of the method by itself.
            let (algorithm, u0) = (self.job.algorithm, &member.u0);
            let mut cache = algorithm.cache(rhs, u0);
            algorithm.begin(rhs, t, u0, p, &mut cache).ok()?;
            algorithm.admit(rhs, (t, u0, p), &mut self.norm, &mut cache).ok()?;
            if !member.times(&options.save).is_empty() {
                // States saved between steps are moved onto the algebraic equations one by one.
                let mut start = u0.clone();
                let at = (t, &mut start, &p[..]);
                if algorithm.settle(rhs, at, &mut self.norm, &mut cache).ok()? {
                    return None;
                }
            }
            work = algorithm.work(&cache);
        }
        match options.step {
            StepSize::Initial(size) => Some((size.max(dt_min).min(dt_max), work)),
            StepSize::Fixed(size) => Some((size.min(dt_max), work)),
            StepSize::Auto => {
                let (direction, order) = ((end - t).signum(), self.job.algorithm.order());
                let dt_max = dt_max.min((end - t).abs());
                let estimate = InitialStep { t, u: u0, p, f0, direction, order, dt_max };
                let size = estimate.estimate(rhs, &mut self.norm, u1, f1).ok()?;
                work.evaluations += 1;
                (size > 0.0).then(|| (size.max(dt_min), work))
            }
        }
    }

    /// The lanes whose budget of steps is spent.
    pub(super) fn late(&self) -> u64 {
        let max_steps = self.setup.options.max_steps;
        let mut late = 0;
        for (lane, rider) in self.riders.iter().enumerate() {
            let is_late = rider.as_ref().is_some_and(|r| self.round - r.born >= max_steps);
            late |= u64::from(is_late) << lane;
        }
        late
    }

    fn leave(&mut self, lane: usize) -> Option<Rider<'j, B>> {
        self.active &= !(1 << lane);
        self.stepwise &= !(1 << lane);
        self.next_save.0[lane] = f64::NAN;
        self.riders[lane].take()
    }

    /// Members in trouble are solved by themselves, from the start: the same steps lead to the same
    /// trouble, which `Integrator` knows how to report.
    pub(super) fn hand_over(&mut self, lanes: u64, done: &mut Done<'_>) {
        for lane in bits(lanes) {
            if let Some(rider) = self.leave(lane) {
                done(rider.index, self.job.alone(rider.index, &rider.member));
            }
            self.seat(lane, done);
        }
    }

    /// A member has reached its end.
    pub(super) fn finish(&mut self, lane: usize, done: &mut Done<'_>) {
        let Some(mut rider) = self.leave(lane) else { return };
        if rider.member.save_at.is_none() && self.setup.options.save == Save::Last {
            let u = self.u.as_ref().iter().map(|u| u.0[lane]);
            rider.solution.push(self.t.0[lane], u);
        }
        let attempts = self.round - rider.born;
        let accepted = attempts - rider.rejected;
        let method = self.job.algorithm;
        let work = method.work_of_one(accepted, rider.rejected, rider.interpolated);
        let stats = work + rider.start;
        rider.solution.set_work(method.name(), stats, rider.began.elapsed());
        done(rider.index, Ok(rider.solution));
    }

    /// Saves what the accepted steps cover; returns the lanes whose interpolant fails.
    #[inline(always)]
    pub(super) fn save(&mut self, when: &Taken<Lanes<W>>, accepted: u64) -> u64 {
        let passed = ((self.next_save - when.t_last) * self.direction).le_bits(Lanes([0.0; W]));
        let due = (passed | self.stepwise) & accepted;
        if due == 0 { 0 } else { self.save_these(when, due) }
    }

    fn save_these(&mut self, when: &Taken<Lanes<W>>, due: u64) -> u64 {
        let (n, save) = (self.setup.names.len(), &self.setup.options.save);
        let mut between = 0;
        for lane in bits(due) {
            let is_dense = self.stepwise >> lane & 1 == 1 && *save == Save::Dense;
            let is_inside =
                self.stepwise >> lane & 1 == 0 && self.next_save.0[lane] != when.t_last.0[lane];
            between |= u64::from(is_dense || is_inside) << lane;
        }
        if between != 0 {
            self.coefficients.fill(Lanes([0.0; W]));
            let interval = Interval { step: *when, u: &self.u, p: &self.p };
            let (scratch, out) = (&mut self.error, &mut self.coefficients[..]);
            let Job { rhs, algorithm, .. } = *self.job;
            if algorithm.dense_abreast(rhs, &interval, scratch, &mut self.team, out).is_err() {
                return due;
            }
        }
        let mut lost = 0;
        for lane in bits(due) {
            let Some(rider) = &mut self.riders[lane] else { continue };
            let (t0, dt, t_next) = (when.t.0[lane], when.dt.0[lane], when.t_last.0[lane]);
            if between >> lane & 1 == 1 {
                let polynomial = self.dense.reset(t0, dt, n, self.degree);
                for (one, lanes) in polynomial.iter_mut().zip(&self.coefficients) {
                    *one = lanes.0[lane];
                }
                if !polynomial.iter().all(|c| c.is_finite()) {
                    lost |= 1 << lane;
                    continue;
                }
                rider.interpolated += 1;
            }
            let u_next = self.u_next.as_ref().iter().map(|u| u.0[lane]);
            if self.stepwise >> lane & 1 == 1 {
                if *save == Save::Dense {
                    let polynomial = self.dense.coefficients.iter().copied();
                    rider.solution.push_dense(t0, dt, polynomial);
                }
                rider.solution.push(t_next, u_next);
                continue;
            }
            let direction = self.direction.0[lane];
            loop {
                let next = rider.member.times(save).get(rider.next).copied();
                self.next_save.0[lane] = next.unwrap_or(f64::NAN);
                match next {
                    Some(t) if t == t_next => rider.solution.push(t, u_next.clone()),
                    Some(t) if (t - t_next) * direction <= 0.0 => {
                        self.dense.eval(t, rider.solution.push_empty(t));
                    }
                    _ => break,
                }
                rider.next += 1;
            }
        }
        lost
    }
}
