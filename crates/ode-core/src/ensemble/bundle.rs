//! The steps of several members side by side: lane by lane the arithmetic of `Integrator::step`.

use super::engine::{Done, Job};
use super::rider::Rider;
use super::setup::Setup;
use super::{Bundled, move_on};
use crate::binary_log::{larger, smaller};
use crate::controller::{ControlLanes, Exponents};
use crate::initial_step::ulp;
use crate::{Abreast, Cancel, Dense, ErrorNorm, Step, StepSize, Taken};
use scalar::{Lanes, Scalar};
use std::ops::Range;
use system::{Failure, Rhs};

/// `W` members in progress.
pub(super) struct Bundle<'j, F, M: Abreast<F, B, W>, B: Bundled, const W: usize> {
    pub(super) job: &'j Job<'j, F, M, B>,
    pub(super) setup: &'j Setup<'j>,
    /// Members of the chunk that have not begun.
    pub(super) waiting: Range<usize>,
    pub(super) riders: [Option<Rider<'j, B>>; W],
    /// The lanes with a rider, as bits.
    pub(super) active: u64,
    /// Those that save every step.
    pub(super) stepwise: u64,
    /// Steps attempted so far.
    pub(super) round: usize,
    /// The round in which somebody's budget of steps is spent.
    pub(super) deadline: usize,
    pub(super) t: Lanes<W>,
    pub(super) end: Lanes<W>,
    /// +1 forwards, -1 backwards.
    pub(super) direction: Lanes<W>,
    /// Size of the next step, without sign.
    pub(super) size: Lanes<W>,
    /// The next save time; NaN where there is none.
    pub(super) next_save: Lanes<W>,
    pub(super) control: ControlLanes<W>,
    pub(super) controller: Exponents,
    pub(super) p: Vec<Lanes<W>>,
    pub(super) u: B::InLanes<W>,
    pub(super) u_next: B::InLanes<W>,
    pub(super) error: B::InLanes<W>,
    pub(super) team: M::Team,
    /// The interpolants of a step, `degree + 1` rows, and one of them.
    pub(super) degree: usize,
    pub(super) coefficients: Vec<Lanes<W>>,
    pub(super) dense: Dense<f64>,
    pub(super) norm: ErrorNorm<'j>,
    /// Room for the estimate of a first step.
    pub(super) scratch: [Vec<f64>; 3],
}

impl<'j, F, M, B, const W: usize> Bundle<'j, F, M, B, W>
where
    F: Rhs<f64> + Rhs<Lanes<W>> + Clone,
    M: Abreast<F, B, W>,
    B: Bundled,
{
    pub(super) fn new(
        job: &'j Job<'j, F, M, B>,
        setup: &'j Setup<'j>,
        chunk: Range<usize>,
    ) -> Self {
        let n = setup.names.len();
        let zeros = || B::in_lanes::<W>(n);
        let (method, degree) = (job.algorithm, job.algorithm.degree());
        Self {
            job,
            setup,
            waiting: chunk,
            riders: [const { None }; W],
            active: 0,
            stepwise: 0,
            round: 0,
            deadline: usize::MAX,
            t: Lanes::zero(),
            end: Lanes::one(),
            direction: Lanes::one(),
            size: Lanes::one(),
            next_save: Lanes::from_f64(f64::NAN),
            control: ControlLanes::new(),
            controller: Exponents::new(setup.options.controller, method.order()),
            p: Vec::new(),
            u: zeros(),
            u_next: zeros(),
            error: zeros(),
            team: method.team(job.rhs, &zeros()),
            coefficients: vec![Lanes::zero(); (degree + 1) * n],
            degree,
            dense: Dense::empty(),
            norm: setup.norm.clone(),
            scratch: [const { Vec::new() }; 3].map(|_: Vec<f64>| vec![0.0; n]),
        }
    }

    /// Takes steps until every member of the chunk is done.
    pub(super) fn run(&mut self, done: &mut Done<'_>) {
        for lane in 0..W {
            self.seat(lane, done);
        }
        while self.active != 0 {
            self.step(done);
        }
    }

    /// One step of every lane.
    fn step(&mut self, done: &mut Done<'_>) {
        if self.round >= self.deadline {
            return self.hand_over(self.late(), done);
        }
        if self.setup.options.cancel.as_ref().is_some_and(Cancel::is_cancelled) {
            return self.hand_over(self.active, done);
        }
        let (when, lands, stuck) = self.aim();
        if stuck != 0 {
            return self.hand_over(stuck, done);
        }
        let Ok(square) = self.attempt(&when) else {
            // Nothing tells whose right-hand side it was.
            return self.hand_over(self.active, done);
        };
        self.round += 1;
        let accepted = square.le_bits(Lanes::one()) & self.active;
        let unsaved = self.save(&when, accepted);
        let lost = unsaved | self.resize(&when, square, accepted);
        self.commit(&when, square);
        if lost != 0 {
            self.hand_over(lost, done);
        }
        for lane in bits(accepted & lands & !lost) {
            self.finish(lane, done);
            self.seat(lane, done);
        }
    }

    /// Where the step goes, the lanes that land at their ends, and those whose time cannot move.
    #[inline(always)]
    fn aim(&self) -> (Taken<Lanes<W>>, u64, u64) {
        let remaining = (self.end - self.t).magnitude();
        let reach = self.size.scale(1.0 + 1e-6);
        let t_next = remaining.select_le(reach, self.end, self.t + self.direction * self.size);
        let dt = t_next - self.t;
        let stuck = dt.magnitude().le_bits(Lanes::zero()) & self.active;
        (Taken { t: self.t, dt, t_first: self.t, t_last: t_next }, remaining.le_bits(reach), stuck)
    }

    /// Attempts the step, and completes it where it is accepted. The squares of the scaled errors; NaN
    /// where a state that would be accepted is not finite.
    #[inline(always)]
    fn attempt(&mut self, when: &Taken<Lanes<W>>) -> Result<Lanes<W>, Failure> {
        let &Taken { t, dt, t_first, t_last } = when;
        let (u, p, u_next, error) = (&self.u, &self.p[..], &mut self.u_next, &mut self.error);
        let mut step = Step { t, dt, t_first, t_last, u, p, u_next, error };
        let Job { rhs, algorithm, .. } = *self.job;
        algorithm.attempt_abreast(rhs, &mut step, &mut self.team)?;
        // 0 where it is finite, else NaN.
        let mut finite = Lanes::zero();
        for &u_next in step.u_next.as_ref() {
            finite += u_next.scale(0.0);
        }
        let square = if matches!(self.setup.options.step, StepSize::Fixed(_)) {
            finite.magnitude()
        } else {
            let square = algorithm.square_abreast(&mut step, &self.norm, &mut self.team);
            square.select_le(Lanes::one(), square + finite, square)
        };
        if square.le_bits(Lanes::one()) & self.active != 0 {
            algorithm.accept_abreast(rhs, &mut step, &mut self.team)?;
        }
        Ok(square)
    }

    /// The sizes of the next steps; returns the lanes whose step has become too small.
    #[inline(always)]
    fn resize(&mut self, when: &Taken<Lanes<W>>, square: Lanes<W>, accepted: u64) -> u64 {
        let options = self.setup.options;
        if matches!(options.step, StepSize::Fixed(_)) {
            return self.active & !accepted;
        }
        let taken = when.dt.magnitude();
        let factor = self.control.accept(square, &self.controller);
        // (A lane that lands is done: its next size does not matter.)
        let next = taken * factor;
        let next = larger(next, Lanes::from_f64(options.dt_min));
        let next = smaller(next, Lanes::from_f64(options.dt_max));
        self.size = square.select_le(Lanes::one(), next, self.size);
        let mut too_small = 0;
        for lane in bits(self.active & !accepted) {
            let Some(rider) = &mut self.riders[lane] else { continue };
            rider.rejected += 1;
            let first = self.round - rider.born == rider.rejected;
            let square = square.0[lane];
            let factor = self.control.reject(lane, first, square, &self.controller);
            let size = taken.0[lane] * factor;
            self.size.0[lane] = size;
            let least = (4.0 * ulp(self.t.0[lane])).max(0.999 * options.dt_min);
            too_small |= u64::from(size <= least) << lane;
        }
        too_small
    }

    /// Moves the accepted lanes on.
    #[inline(always)]
    fn commit(&mut self, when: &Taken<Lanes<W>>, square: Lanes<W>) {
        move_on(square, self.u.as_mut(), self.u_next.as_ref());
        self.job.algorithm.advance_abreast(square, &mut self.team);
        self.t = square.select_le(Lanes::one(), when.t_last, self.t);
    }
}

/// The indices of the bits that are set.
pub(super) fn bits(mut set: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let lane = set.trailing_zeros() as usize;
        let any = set != 0;
        set &= set.wrapping_sub(1);
        any.then_some(lane)
    })
}
