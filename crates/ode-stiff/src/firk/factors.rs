//! The linear systems of a fully implicit method.

use super::collocation::Collocation;
use super::small_lu::{BadPivot, ComplexLu, LARGEST, RealLu, by_size};
use super::{Parts, notes};
use crate::iteration_matrix::{Linearization, Shifted, Trouble, Wanted};
use linalg::c64;
use ode_core::{Refusal, Stats};
use std::fmt;
use system::{Jacobian, Mass};

/// Sizes closer than this share their factors: they differ by the rounding of times.
const SAME_SIZE: f64 = 1e-6;

/// The Jacobian `J` of the values, and the factors of `γ M - J` and `(α + iβ) M - J`.
pub(super) struct Factors<W> {
    linearization: Linearization<f64, W>,
    systems: Systems,
    /// The Jacobian is there to be used, and it belongs to the start of the step.
    is_differentiated: bool,
    is_current: bool,
    /// The step size that the factors belong to, and whether they are there; 0 for none.
    factored: f64,
    has_factors: bool,
    /// The values of state and parameters.
    u: Vec<f64>,
    p: Vec<f64>,
}

/// The factors; real ones are absent where the number of stages is even.
enum Systems {
    Small(Small),
    Any(Box<Any>),
}

/// Dense matrices of a few states.
struct Small {
    real: Option<RealLu>,
    pair: ComplexLu,
    factorizations: usize,
    solves: usize,
    /// The component whose pivot vanished last.
    singular: usize,
}

/// Matrices of any size and pattern, and right-hand sides.
struct Any {
    real: Option<Shifted<f64>>,
    pair: Shifted<c64>,
    x: Vec<f64>,
    z: Vec<c64>,
}

impl<W> Factors<W> {
    /// For methods with so many stages.
    pub(super) fn new<F: Jacobian<f64, Work = W>>(rhs: &F, stages: usize) -> Self {
        let linearization = Linearization::new(rhs, Wanted::Fewest);
        let n = linearization.states();
        let is_odd = stages % 2 == 1;
        let is_small = linearization.sparsity().is_none() && (1..=LARGEST).contains(&n);
        let systems = match is_small {
            true => Systems::Small(Small {
                real: is_odd.then(|| RealLu::new(n)),
                pair: ComplexLu::new(n),
                factorizations: 0,
                solves: 0,
                singular: 0,
            }),
            false => Systems::Any(Box::new(Any {
                real: is_odd.then(|| Shifted::new(&linearization)),
                pair: Shifted::new(&linearization),
                x: vec![0.0; n],
                z: vec![c64::new(0.0, 0.0); n],
            })),
        };
        Self {
            systems,
            linearization,
            is_differentiated: false,
            is_current: false,
            factored: 0.0,
            has_factors: false,
            u: vec![0.0; n],
            p: Vec::new(),
        }
    }

    /// Evaluates `∂f/∂u` at the values of `u` and `p`.
    pub(super) fn differentiate<S: Parts, F: Jacobian<f64, Work = W>>(
        &mut self,
        rhs: &F,
        t: f64,
        u: &[S],
        p: &[S],
    ) -> Result<(), Trouble> {
        (self.is_differentiated, self.factored) = (false, 0.0);
        for (value, u) in self.u.iter_mut().zip(u) {
            *value = u.part(0);
        }
        self.p.clear();
        self.p.extend(p.iter().map(|p| p.part(0)));
        self.linearization.linearize(rhs, t, &self.u, &self.p)?;
        (self.is_differentiated, self.is_current) = (true, true);
        Ok(())
    }

    /// Nothing is known of the solution.
    pub(super) fn forget(&mut self) {
        (self.is_differentiated, self.has_factors, self.factored) = (false, false, 0.0);
    }

    pub(super) fn is_differentiated(&self) -> bool {
        self.is_differentiated
    }

    /// Whether the Jacobian is that of the start of the step.
    pub(super) fn is_current(&self) -> bool {
        self.is_differentiated && self.is_current
    }

    /// Whether the next step may use the Jacobian too.
    pub(super) fn keep(&mut self, keep: bool) {
        self.is_differentiated = keep;
    }

    /// On to the next step.
    pub(super) fn advance(&mut self) {
        self.is_current = false;
    }

    /// Factors the matrices of a step of length `dt`, unless they are there.
    pub(super) fn prepare<const S: usize>(
        &mut self,
        basis: &Collocation<S>,
        dt: f64,
        mass: Option<&Mass>,
    ) -> Result<(), Trouble> {
        let is_same = (dt - self.factored).abs() <= SAME_SIZE * dt.abs();
        if is_same && self.has_factors {
            return Ok(());
        }
        // Factors that a checkpoint left behind are made again for the very same size.
        let size = if is_same { self.factored } else { dt };
        self.factored = 0.0;
        let inverse = 1.0 / size;
        let shifts = (basis.gamma * inverse, (basis.pair.0 * inverse, basis.pair.1 * inverse));
        match &mut self.systems {
            Systems::Small(small) => small.factor(&self.linearization, shifts, mass)?,
            Systems::Any(any) => any.factor(&self.linearization, shifts, mass)?,
        }
        (self.factored, self.has_factors) = (size, true);
        Ok(())
    }

    /// The Jacobian and what belongs to it, for a checkpoint.
    pub(super) fn write<S: Parts>(&self, notes: &mut Vec<S>, advanced: bool) {
        let flag = |is: bool| f64::from(u8::from(is));
        // One that is not used may not be finite.
        let known = |x: f64| if self.is_differentiated { x } else { 0.0 };
        self.linearization.values().iter().for_each(|&x| notes::write(notes, known(x)));
        notes::write(notes, self.factored);
        notes::write(notes, flag(self.is_differentiated));
        notes::write(notes, flag(advanced && self.is_current));
    }

    pub(super) fn read<S: Parts>(&mut self, notes: &mut &[S]) {
        self.linearization.values_mut().iter_mut().for_each(|x| *x = notes::read(notes));
        self.factored = notes::read(notes);
        self.is_differentiated = notes::read(notes) != 0.0;
        self.is_current = notes::read(notes) != 0.0;
        self.has_factors = false;
    }

    /// A bound of the eigenvalues of the Jacobian.
    pub(super) fn bound(&self) -> f64 {
        self.linearization.bound()
    }

    /// Solves `(γ M - J) x = b` in place; for an odd number of stages.
    #[inline(always)]
    pub(super) fn solve_real<S: Parts>(&mut self, b: &mut [S]) -> Result<(), Trouble> {
        match &mut self.systems {
            Systems::Small(small) => {
                small.solve_real(b);
                Ok(())
            }
            Systems::Any(any) => any.solve_real(b),
        }
    }

    /// Solves `((α + iβ) M - J) (x + iy) = a + ib` in place.
    #[inline(always)]
    pub(super) fn solve_pair<S: Parts>(&mut self, a: &mut [S], b: &mut [S]) -> Result<(), Trouble> {
        match &mut self.systems {
            Systems::Small(small) => {
                small.solve_pair(a, b);
                Ok(())
            }
            Systems::Any(any) => any.solve_pair(a, b),
        }
    }

    pub(super) fn work(&self) -> Stats {
        let (factorizations, solves) = match &self.systems {
            Systems::Small(small) => (small.factorizations, small.solves),
            Systems::Any(any) => {
                let Any { real, pair, .. } = &**any;
                let of_real = |of: fn(&Shifted<f64>) -> usize| real.as_ref().map_or(0, of);
                (
                    pair.factorizations() + of_real(Shifted::factorizations),
                    pair.solves() + of_real(Shifted::solves),
                )
            }
        };
        let jacobians = self.linearization.evaluations();
        Stats { jacobians, factorizations, solves, ..Stats::default() }
    }
}

impl Small {
    fn factor<W>(
        &mut self,
        of: &Linearization<f64, W>,
        (gamma, pair): (f64, (f64, f64)),
        mass: Option<&Mass>,
    ) -> Result<(), Trouble> {
        let jac = of.values();
        let mut factored = Ok(());
        self.factorizations += 1;
        if let Some(real) = &mut self.real {
            self.factorizations += 1;
            factored = by_size!(
                of.states(), N => real.factor::<N>(jac, gamma, mass), Err(BadPivot { zero: None })
            );
        }
        factored
            .and_then(|()| {
                by_size!(
                    of.states(),
                    N => self.pair.factor::<N>(jac, pair, mass),
                    Err(BadPivot { zero: None })
                )
            })
            .map_err(|bad| self.refuse(bad))
    }

    /// With the component named last, where a matrix overflows for a step that has become too short.
    #[cold]
    fn refuse(&mut self, bad: BadPivot) -> Trouble {
        self.singular = bad.zero.unwrap_or(self.singular);
        Trouble::Refused(Refusal::Singular { index: self.singular })
    }

    #[inline(always)]
    fn solve_real<S: Parts>(&mut self, b: &mut [S]) {
        let Some(real) = &self.real else { return };
        self.solves += S::PARTS;
        for k in 0..S::PARTS {
            by_size!(b.len(), N => set(b, k, &real.solve::<N>(parts(b, k))), ());
        }
    }

    #[inline(always)]
    fn solve_pair<S: Parts>(&mut self, a: &mut [S], b: &mut [S]) {
        self.solves += S::PARTS;
        for k in 0..S::PARTS {
            by_size!(
                a.len(),
                N => {
                    let (x, y) = self.pair.solve::<N>(parts(a, k), parts(b, k));
                    set(a, k, &x);
                    set(b, k, &y);
                },
                ()
            );
        }
    }
}

/// Part `k` of every component.
#[inline(always)]
fn parts<S: Parts, const N: usize>(of: &[S], k: usize) -> [f64; N] {
    let mut out = [0.0; N];
    for (out, x) in out.iter_mut().zip(of) {
        *out = x.part(k);
    }
    out
}

#[inline(always)]
fn set<S: Parts>(of: &mut [S], k: usize, values: &[f64]) {
    for (x, &value) in of.iter_mut().zip(values) {
        x.set_part(k, value);
    }
}

impl Any {
    fn factor<W>(
        &mut self,
        of: &Linearization<f64, W>,
        (gamma, (alpha, beta)): (f64, (f64, f64)),
        mass: Option<&Mass>,
    ) -> Result<(), Trouble> {
        if let Some(real) = &mut self.real {
            real.factor(of, gamma, mass)?;
        }
        self.pair.factor(of, c64::new(alpha, beta), mass)
    }

    #[inline(never)]
    fn solve_real<S: Parts>(&mut self, b: &mut [S]) -> Result<(), Trouble> {
        let Some(real) = &mut self.real else { return Ok(()) };
        for k in 0..S::PARTS {
            for (x, b) in self.x.iter_mut().zip(b.iter()) {
                *x = b.part(k);
            }
            real.solve(&mut self.x)?;
            set(b, k, &self.x);
        }
        Ok(())
    }

    #[inline(never)]
    fn solve_pair<S: Parts>(&mut self, a: &mut [S], b: &mut [S]) -> Result<(), Trouble> {
        for k in 0..S::PARTS {
            for (z, (a, b)) in self.z.iter_mut().zip(a.iter().zip(b.iter())) {
                *z = c64::new(a.part(k), b.part(k));
            }
            self.pair.solve(&mut self.z)?;
            for (z, (a, b)) in self.z.iter().zip(a.iter_mut().zip(b.iter_mut())) {
                a.set_part(k, z.re);
                b.set_part(k, z.im);
            }
        }
        Ok(())
    }
}

impl<W> fmt::Debug for Factors<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Factors").field("factored", &self.factored).finish_non_exhaustive()
    }
}
