//! Newton's iteration for the stages of a step, and when its matrix is made anew.

use super::memory;
use crate::Krylov;
use crate::convergence::{Convergence, Verdict};
use crate::iteration_matrix::Trouble;
use crate::linear_systems::{LinearSystems, Place};
use crate::tangents::{Part, square_of_all};
use linalg::Field;
use ode_core::{ErrorNorm, Refusal, Stats};
use scalar::{Concrete, Scalar};
use system::{Buffer, Failure, Jacobian};

/// Simplified Newton iteration for `M z = h f(t, base + z)`, where `h = γ dt`, with the matrix
/// `M / h - J` of all stages and, while it converges fast, of many steps.
#[derive(Debug)]
pub(crate) struct Newton<B: Buffer<Item: Field>, W> {
    systems: LinearSystems<B::Item, W>,
    /// The number of states, without their tangents.
    leading: usize,
    convergence: Convergence,
    /// That of the tangents, where they are found after the states.
    of_tangents: Convergence,
    /// The increment.
    delta: B,
    /// Whether the Jacobian belongs to the start of the step, and whether it must before the next.
    is_fresh: bool,
    is_wanted: bool,
    /// `1 / h`, and that of the factors.
    c: f64,
    c_factored: f64,
    /// `1 / h` of the factors that a checkpoint was made with.
    c_restored: Option<f64>,
    /// What increments are multiplied by where the two differ.
    relaxation: f64,
    /// Steps since the Jacobian was evaluated.
    age: usize,
    /// The slowest rate of convergence of a stage of this step.
    slowest: f64,
    pub(crate) evaluations: usize,
    failures: usize,
    refusal: Option<Refusal>,
}

/// Where an equation is solved: `z`, to which `base` is added to give the state `y`.
#[derive(Debug)]
pub(crate) struct Places<'a, S> {
    pub(crate) base: &'a [S],
    pub(crate) z: &'a mut [S],
    pub(crate) y: &'a mut [S],
}

/// When matrices are made anew: for few states that costs less than a slower convergence.
struct Reuse {
    /// A Jacobian is kept while no stage converges more slowly.
    rate: f64,
    /// How far `h` may drift from that of the factors.
    drift: f64,
}

impl Reuse {
    #[inline]
    fn of(states: usize) -> Self {
        match states <= 10 {
            true => Self { rate: 0.01, drift: 0.02 },
            false => Self { rate: 0.1, drift: 0.2 },
        }
    }
}

/// The most steps with one Jacobian (as in CVODE): a rate is only seen where a second increment is.
const OLDEST: usize = 50;

/// The most increments of an iteration to round-off, and the increment that counts as rounding, in units
/// of the last place of the largest component.
const MOST_TO_ROUNDING: usize = 30;
const ROUNDING: f64 = 64.0;

/// What the iteration may leave, told to linear systems that are solved by iteration (as in CVODE); and
/// how well those for the estimate of an error are solved.
const REMAINDER: f64 = 0.1;
const FILTERED: f64 = 1e-3;

/// The distance from 1 to the next number.
fn unit<S: Concrete>() -> f64 {
    let double = S::one() + S::from_f64(f64::EPSILON) - S::one();
    if double.largest_part() > 0.0 { f64::EPSILON } else { f64::from(f32::EPSILON) }
}

/// `y = base + z`.
#[inline(always)]
fn sum<S: Scalar>(base: &[S], z: &[S], y: &mut [S]) {
    for ((y, &base), &z) in y.iter_mut().zip(base).zip(z) {
        *y = base + z;
    }
}

/// Small growth is not worth a new matrix.
#[inline]
pub(crate) fn dead_band(factor: f64) -> f64 {
    if (1.0..1.2).contains(&factor) { 1.0 } else { factor }
}

impl<B, W> Newton<B, W>
where
    B: Buffer<Item: Concrete + Field>,
{
    pub(crate) fn new<F: Jacobian<B::Item, Work = W>>(
        rhs: &F,
        u: &B,
        krylov: Option<&Krylov<B::Item>>,
    ) -> Self {
        Self {
            systems: LinearSystems::new(rhs, krylov),
            leading: rhs.leading(),
            convergence: Convergence::default(),
            of_tangents: Convergence::default(),
            delta: u.zeros(),
            is_fresh: false,
            is_wanted: true,
            c: f64::NAN,
            c_factored: f64::NAN,
            c_restored: None,
            relaxation: 1.0,
            age: 0,
            slowest: 0.0,
            evaluations: 0,
            failures: 0,
            refusal: None,
        }
    }

    /// Another state: nothing carries over.
    pub(crate) fn restart(&mut self) {
        (self.is_fresh, self.is_wanted, self.c_restored) = (false, true, None);
        self.forget();
    }

    fn forget(&mut self) {
        self.convergence.forget();
        self.of_tangents.forget();
    }

    /// The step was accepted.
    #[inline]
    pub(crate) fn advance(&mut self) {
        self.is_fresh = false;
        self.age += 1;
        self.is_wanted |= self.is_worn(self.age);
    }

    /// Evaluates the Jacobian at the start of the step.
    #[inline(never)]
    pub(crate) fn differentiate<F: Jacobian<B::Item, Work = W>>(
        &mut self,
        rhs: &F,
        (t, u, p): (f64, &[B::Item], &[B::Item]),
    ) -> Result<(), Trouble> {
        self.systems.linearize(rhs, t, u, p)?;
        (self.is_fresh, self.is_wanted, self.age) = (true, false, 0);
        self.c_factored = f64::NAN;
        Ok(())
    }

    /// Solves the stages of a step of `h = γ dt`, with a fresh Jacobian if it does not go with an old
    /// one. `at` is the start of the step.
    #[inline]
    pub(crate) fn attempt<F: Jacobian<B::Item, Work = W>>(
        &mut self,
        rhs: &F,
        at: (f64, &[B::Item], &[B::Item]),
        h: f64,
        mut stages: impl FnMut(&mut Self) -> Result<(), Trouble>,
    ) -> Result<(), Failure> {
        self.refusal = None;
        loop {
            let ready = self.prepare(rhs, at, h);
            let trouble = match ready.and_then(|()| stages(self)) {
                Ok(()) => return Ok(()),
                Err(trouble) => trouble,
            };
            match trouble {
                Trouble::Refused(Refusal::NotConverged) => self.failures += 1,
                Trouble::Failed(Failure::Recoverable) => {}
                other => return Err(other.tell(&mut self.refusal)),
            }
            self.forget();
            if self.is_fresh {
                return Err(trouble.tell(&mut self.refusal));
            }
            self.is_wanted = true;
        }
    }

    #[inline]
    fn prepare<F: Jacobian<B::Item, Work = W>>(
        &mut self,
        rhs: &F,
        at: (f64, &[B::Item], &[B::Item]),
        h: f64,
    ) -> Result<(), Trouble> {
        self.slowest = 0.0;
        self.c = 1.0 / h;
        if self.is_wanted {
            self.differentiate(rhs, at)?;
        } else if let Some(c) = self.c_restored {
            self.systems.factor(rhs, c, at.2)?;
            self.c_factored = c;
        }
        self.c_restored = None;
        let ratio = self.c / self.c_factored;
        let Reuse { drift, .. } = Reuse::of(self.leading);
        if self.c_factored.is_nan() || (ratio - 1.0).abs() > drift {
            self.systems.factor(rhs, self.c, at.2)?;
            self.c_factored = self.c;
        }
        // An eigenvalue λ of J is multiplied by (c - λ) / (c_factored - λ), between 1 and `ratio`.
        self.relaxation = match self.systems.is_exact() {
            true => 1.0,
            false => 2.0 / (1.0 + self.c / self.c_factored),
        };
        Ok(())
    }

    /// Improves `z` until `M z = h f(t, base + z)` as well as the tolerance asks for; `y = base + z` in
    /// the end. Tangents are found with the states, or after them: then their equations are linear, and
    /// the matrix is the same.
    #[inline]
    pub(crate) fn solve<F: Jacobian<B::Item, Work = W>>(
        &mut self,
        rhs: &F,
        at: (f64, &[B::Item], &[B::Item]),
        places: Places<'_, B::Item>,
        norm: &mut ErrorNorm<'_>,
    ) -> Result<(), Trouble> {
        let Places { base, z, y } = places;
        sum(base, z, y);
        if self.leading < y.len() && rhs.staggers() && !self.systems.is_exact() {
            self.iterate(rhs, at, Places { base, z, y }, norm, Part::Leading)?;
            return self.iterate(rhs, at, Places { base, z, y }, norm, Part::Tangents);
        }
        self.iterate(rhs, at, Places { base, z, y }, norm, Part::All)
    }

    #[inline(always)]
    fn iterate<F: Jacobian<B::Item, Work = W>>(
        &mut self,
        rhs: &F,
        (t, u, p): (f64, &[B::Item], &[B::Item]),
        Places { base, z, y }: Places<'_, B::Item>,
        norm: &mut ErrorNorm<'_>,
        part: Part,
    ) -> Result<(), Trouble> {
        let range = part.range(self.leading, y.len());
        // The tangents take in what the increment of the states changes in the next one.
        let mut must_go_on = part == Part::All && self.leading < y.len();
        match part {
            Part::Tangents => self.of_tangents.begin(),
            _ => self.convergence.begin(),
        }
        loop {
            let place = Place { t, y, p, u, c: self.c, tolerance: REMAINDER, is_estimate: true };
            self.improve(rhs, &place, norm, z, part)?;
            let delta = &self.delta.as_ref()[range.clone()];
            let scaled = (delta, &u[range.clone()], &y[range.clone()]);
            let size = match part {
                Part::All => square_of_all(norm, self.leading, scaled).sqrt(),
                _ => norm.of(scaled.0, scaled.1, scaled.2),
            };
            sum(&base[range.clone()], &z[range.clone()], &mut y[range.clone()]);
            let convergence = match part {
                Part::Tangents => &mut self.of_tangents,
                _ => &mut self.convergence,
            };
            match convergence.judge(size) {
                Verdict::Converged if !must_go_on => {
                    // How old the Jacobian may become is for the states to say.
                    if part != Part::Tangents {
                        self.slowest = self.slowest.max(self.convergence.rate());
                    }
                    return Ok(());
                }
                Verdict::GoOn | Verdict::Converged => must_go_on = false,
                Verdict::Diverged => return Err(Trouble::Refused(Refusal::NotConverged)),
            }
        }
    }

    /// The same until nothing but rounding is left.
    pub(crate) fn solve_to_rounding<F: Jacobian<B::Item, Work = W>>(
        &mut self,
        rhs: &F,
        (t, p): (f64, &[B::Item]),
        places: Places<'_, B::Item>,
        norm: &ErrorNorm<'_>,
    ) -> Result<(), Trouble> {
        let Places { base, z, y } = places;
        let largest = |x: &[B::Item]| x.iter().map(|x| x.largest_part()).fold(0.0, f64::max);
        let mut before = f64::INFINITY;
        sum(base, z, y);
        for _ in 0..MOST_TO_ROUNDING {
            let place = Place { t, y, p, u: y, c: self.c, tolerance: 0.0, is_estimate: true };
            self.improve(rhs, &place, norm, z, Part::All)?;
            sum(base, z, y);
            let delta = self.delta.as_ref();
            if !delta.iter().all(|delta| delta.is_finite()) {
                break;
            }
            let (size, rounding) = (largest(delta), ROUNDING * unit::<B::Item>() * largest(y));
            if size == 0.0 || size <= rounding && size >= 0.5 * before {
                return Ok(());
            }
            if size > rounding {
                if size >= before {
                    break;
                }
                self.slowest = self.slowest.max(size / before);
            }
            before = size;
        }
        Err(Trouble::Refused(Refusal::NotConverged))
    }

    /// One increment of `z`, left in `delta`.
    #[inline(always)]
    fn improve<F: Jacobian<B::Item, Work = W>>(
        &mut self,
        rhs: &F,
        place: &Place<'_, B::Item>,
        norm: &ErrorNorm<'_>,
        z: &mut [B::Item],
        part: Part,
    ) -> Result<(), Trouble> {
        let &Place { t, y, p, c, .. } = place;
        let range = part.range(self.leading, y.len());
        let delta = self.delta.as_mut();
        self.evaluations += 1;
        match part {
            Part::Leading => {
                rhs.eval_leading(B::Item::from_f64(t), y, p, &mut delta[range.clone()])?;
            }
            _ => rhs.eval(B::Item::from_f64(t), y, p, delta)?,
        }
        let delta = &mut delta[range.clone()];
        match rhs.mass() {
            None => {
                for (delta, &z) in delta.iter_mut().zip(&z[range.clone()]) {
                    *delta = z.scale_add(-c, *delta);
                }
            }
            Some(mass) => {
                for (i, delta) in range.clone().zip(delta.iter_mut()) {
                    for &(j, m) in mass.row(i) {
                        *delta = z[j].scale_add(-c * m, *delta);
                    }
                }
            }
        }
        self.systems.solve(rhs, place, norm, delta)?;
        for (delta, z) in delta.iter_mut().zip(&mut z[range]) {
            *delta = delta.scale(self.relaxation);
            *z += *delta;
        }
        Ok(())
    }

    /// `(M - h J)⁻¹ M x` in place: what is stiff in an estimate of the error vanishes, as in the
    /// solution.
    #[inline]
    pub(crate) fn filter<F: Jacobian<B::Item, Work = W>>(
        &mut self,
        rhs: &F,
        x: &mut [B::Item],
    ) -> Result<(), Trouble> {
        let c = if self.systems.is_exact() { self.c } else { self.c_factored };
        match rhs.mass() {
            None => {
                for x in x.iter_mut() {
                    *x = x.scale(c);
                }
            }
            Some(mass) => {
                let product = self.delta.as_mut();
                mass.times(x, product);
                for (x, &product) in x.iter_mut().zip(product.iter()) {
                    *x = product.scale(c);
                }
            }
        }
        self.systems.solve_again(rhs, FILTERED, x)
    }

    /// What the next step depends on, beside its start; `advanced` as in
    /// [`Algorithm::memory`](ode_core::Algorithm::memory).
    pub(crate) fn write_memory(&self, out: &mut Vec<B::Item>, advanced: bool) {
        let (mut is_wanted, mut age) = (self.is_wanted, self.age);
        if !advanced {
            age += 1;
            is_wanted |= self.is_worn(age);
        }
        let flag = |is: bool| if is { 1.0 } else { 0.0 };
        memory::write(out, flag(is_wanted));
        memory::write(out, flag(advanced && self.is_fresh));
        memory::write(out, age as f64);
        memory::write(out, self.convergence.carried());
        if self.leading < self.delta.as_ref().len() {
            memory::write(out, self.of_tangents.carried());
        }
        // No factors are those of an infinite step.
        let c = if self.c_factored.is_finite() { self.c_factored } else { 0.0 };
        memory::write(out, c);
        out.extend_from_slice(self.systems.memory());
    }

    /// Takes it back; the factors are made when they are needed.
    pub(crate) fn read_memory(&mut self, memory: &mut &[B::Item]) {
        self.is_wanted = memory::read(memory) > 0.0;
        self.is_fresh = memory::read(memory) > 0.0;
        // No more than could have been written, whatever a file says.
        self.age = memory::read(memory).clamp(0.0, OLDEST as f64) as usize;
        self.convergence.carry_over(memory::read(memory));
        if self.leading < self.delta.as_ref().len() {
            self.of_tangents.carry_over(memory::read(memory));
        }
        let c = memory::read(memory);
        self.c_factored = f64::NAN;
        self.c_restored = (c != 0.0).then_some(c);
        self.systems.restore(|jac| memory::read_into(memory, jac));
    }

    /// Whether the Jacobian has to be evaluated again, at this age.
    #[inline]
    fn is_worn(&self, age: usize) -> bool {
        let limit = Reuse::of(self.leading).rate;
        self.slowest > limit || age >= OLDEST
    }

    pub(crate) fn refusal(&self) -> Option<Refusal> {
        self.refusal
    }

    pub(crate) fn bound(&self) -> Option<f64> {
        self.systems.bound()
    }

    pub(crate) fn work(&self) -> Stats {
        let (evaluations, nonlinear_failures) = (self.evaluations, self.failures);
        Stats { evaluations, nonlinear_failures, ..self.systems.work() }
    }
}
