//! The real and the complex matrix of a fully implicit method, with their factors.

use super::Parts;
use super::small_lu::{BadPivot, ComplexLu, LARGEST, RealLu, by_size};
use crate::iteration_matrix::{Linearization, Shifted, Trouble};
use linalg::c64;
use ode_core::{Refusal, Stats};
use system::Mass;

/// `γ`, and `α`, `β`, each by the step size.
type Shifts = (f64, (f64, f64));

/// The factors of `γ M - J` and `(α + iβ) M - J`; real ones are absent where the number of stages is
/// even.
pub(super) enum Systems {
    Small(Small),
    Any(Box<Any>),
}

impl Systems {
    /// Memory for the Jacobian of a right-hand side.
    pub(super) fn new<W>(of: &Linearization<f64, W>, stages: usize) -> Self {
        let (n, is_odd) = (of.states(), stages % 2 == 1);
        match of.sparsity().is_none() && (1..=LARGEST).contains(&n) {
            true => Self::Small(Small {
                states: n,
                real: is_odd.then(|| RealLu::new(n)),
                pair: ComplexLu::new(n),
                factorizations: 0,
                solves: 0,
                singular: 0,
            }),
            false => Self::Any(Box::new(Any {
                real: is_odd.then(|| Shifted::new(of)),
                pair: Shifted::new(of),
                x: vec![0.0; n],
                z: vec![c64::new(0.0, 0.0); n],
            })),
        }
    }

    /// Factors both.
    pub(super) fn factor<W>(
        &mut self,
        of: &Linearization<f64, W>,
        shifts: Shifts,
        mass: Option<&Mass>,
    ) -> Result<(), Trouble> {
        match self {
            Self::Small(small) => small.factor(of, shifts, mass),
            Self::Any(any) => any.factor(of, shifts, mass),
        }
    }

    /// Column by column, where there are tangents behind the leading states.
    #[inline(always)]
    pub(super) fn solve_real<S: Parts>(&mut self, b: &mut [S]) -> Result<(), Trouble> {
        let n = self.states();
        if b.len() == n {
            return self.solve_real_column(b);
        }
        b.chunks_exact_mut(n.max(1)).try_for_each(|b| self.solve_real_column(b))
    }

    #[inline(always)]
    pub(super) fn solve_pair<S: Parts>(&mut self, a: &mut [S], b: &mut [S]) -> Result<(), Trouble> {
        let n = self.states();
        if b.len() == n {
            return self.solve_pair_column(a, b);
        }
        let columns = a.chunks_exact_mut(n.max(1)).zip(b.chunks_exact_mut(n.max(1)));
        columns.into_iter().try_for_each(|(a, b)| self.solve_pair_column(a, b))
    }

    #[inline(always)]
    fn states(&self) -> usize {
        match self {
            Self::Small(small) => small.states,
            Self::Any(any) => any.x.len(),
        }
    }

    #[inline(always)]
    fn solve_real_column<S: Parts>(&mut self, b: &mut [S]) -> Result<(), Trouble> {
        match self {
            Self::Small(small) => {
                small.solve_real(b);
                Ok(())
            }
            Self::Any(any) => any.solve_real(b),
        }
    }

    #[inline(always)]
    fn solve_pair_column<S: Parts>(&mut self, a: &mut [S], b: &mut [S]) -> Result<(), Trouble> {
        match self {
            Self::Small(small) => {
                small.solve_pair(a, b);
                Ok(())
            }
            Self::Any(any) => any.solve_pair(a, b),
        }
    }

    /// Factorisations and solves.
    pub(super) fn work(&self) -> Stats {
        match self {
            Self::Small(small) => {
                let (factorizations, solves) = (small.factorizations, small.solves);
                Stats { factorizations, solves, ..Stats::default() }
            }
            Self::Any(any) => {
                let Any { real, pair, .. } = &**any;
                let of_real = |of: fn(&Shifted<f64>) -> usize| real.as_ref().map_or(0, of);
                Stats {
                    factorizations: pair.factorizations() + of_real(Shifted::factorizations),
                    solves: pair.solves() + of_real(Shifted::solves),
                    ..Stats::default()
                }
            }
        }
    }
}

/// Dense matrices of a few states.
pub(super) struct Small {
    states: usize,
    real: Option<RealLu>,
    pair: ComplexLu,
    factorizations: usize,
    solves: usize,
    /// The component whose pivot vanished last.
    singular: usize,
}

/// Matrices of any size and pattern, and right-hand sides.
pub(super) struct Any {
    real: Option<Shifted<f64>>,
    pair: Shifted<c64>,
    x: Vec<f64>,
    z: Vec<c64>,
}

impl Small {
    fn factor<W>(
        &mut self,
        of: &Linearization<f64, W>,
        (gamma, pair): Shifts,
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
        (gamma, (alpha, beta)): Shifts,
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
