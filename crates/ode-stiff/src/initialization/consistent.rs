use super::constraints::Constraints;
use super::obstacle::Obstacle;
use linalg::Field;
use ode_core::{Domain, Error, ErrorKind, ErrorNorm, OdeProblem, Options};
use scalar::{Concrete, Scalar};
use system::{Buffer, Jacobian};

/// A state that satisfies the algebraic equations.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Initial<B> {
    /// The state.
    pub u: B,
    /// What the largest algebraic equation leaves there.
    pub residual: f64,
    /// Newton iterations.
    pub iterations: usize,
}

/// Consistent initial values of `M u' = f(t, u; p)`: the algebraic variables are solved for, the
/// differential ones (more precisely `M u`) keep their values.
///
/// Newton's method with the exact Jacobian of the algebraic equations; a step is cut short until it
/// makes the next correction smaller, and until the state is inside `options.domain`. It ends when
/// corrections are below 1/1000 of the tolerances `rtol` and `atol` of `options`. `M` may be singular in
/// any way; the problem's own algebraic variables are the guess. Over dual numbers the derivatives of
/// the consistent values come with them, by the implicit function theorem: the iteration goes on until
/// they are as accurate.
///
/// Cost: one Jacobian and one factorisation per iteration, of as many rows as there are algebraic
/// equations; sparse above 200 of them where the right-hand side has a pattern. A block of `M` that
/// couples more than 200 states must be regular, or is decomposed dense.
///
/// # Errors
///
/// [`ErrorKind::HigherIndex`] where the algebraic equations do not determine the algebraic variables,
/// with the rows and states; [`ErrorKind::NoConsistentState`] where no root is found;
/// [`ErrorKind::NonFinite`], [`ErrorKind::JacobianNotFinite`] or [`ErrorKind::RightHandSide`] where the
/// equations cannot be evaluated.
///
/// ```
/// use ode_core::{ErrorKind, OdeProblem, Options, solve};
/// use ode_stiff::{Rodas5P, consistent};
/// use system::{Mass, WithMass};
///
/// system::system! {
///     /// Robertson's reactions, with the conservation of mass in place of the third equation.
///     struct Robertson;
///     state { a, b, c }
///     params { k1, k2, k3 }
///     rhs(_t) {
///         d(a) = -k1 * a + k3 * b * c;
///         d(b) = k1 * a - k3 * b * c - k2 * b * b;
///         d(c) = a + b + c - 1.0;
///     }
/// }
/// let rhs = WithMass::new(Robertson, Mass::diagonal([1.0, 1.0, 0.0]))?;
/// let problem = OdeProblem::new(rhs, [0.9, 0.0, 0.0], [0.04, 3e7, 1e4], (0.0, 1e5))?;
/// let options = Options { atol: 1e-10, ..Options::default() };
/// let refused = solve(&problem, Rodas5P, &options).unwrap_err();
/// assert!(matches!(refused.kind(), ErrorKind::Inconsistent { .. }));
///
/// let initial = consistent(&problem, &options)?;
/// assert!((initial.u[2] - 0.1).abs() < 1e-15 && initial.u[..2] == [0.9, 0.0]);
/// let problem = problem.with_u0(initial.u)?;
/// let solution = solve(&problem, Rodas5P, &options)?;
/// assert!((solution.last().iter().sum::<f64>() - 1.0).abs() < 1e-10);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # References
///
/// Brown, Hindmarsh, Petzold, *Consistent initial condition calculation for differential-algebraic
/// systems*, SIAM J. Sci. Comput. 19 (1998) 1495–1512. <https://doi.org/10.1137/S1064827595289996>
pub fn consistent<F, B>(problem: &OdeProblem<F, B>, options: &Options) -> Result<Initial<B>, Error>
where
    F: Jacobian<B::Item>,
    B: Buffer<Item: Concrete + Field>,
{
    let mut u = problem.u0().clone();
    let t = B::Item::from_f64(problem.tspan().0);
    let (iterations, residual) = solve_for(problem.rhs(), t, u.as_mut(), problem.p(), options)?;
    Ok(Initial { u, residual, iterations })
}

/// The same for any state: in the effect of an event, after an edit, or behind a jump of the
/// algebraic equations. Gives the number of iterations.
///
/// # Errors
///
/// As [`consistent`]; and where `u` has the wrong length.
///
/// ```
/// use ode_core::{Events, OdeProblem, Options, Scheduled, solve_with};
/// use ode_stiff::{Kvaerno5, make_consistent};
/// use system::{Mass, WithMass};
///
/// system::system! {
///     /// A bath of `x` that holds `y = x²` bound.
///     struct Bath;
///     state { x, y }
///     params {}
///     rhs(_t) {
///         d(x) = -x;
///         d(y) = x * x - y;
///     }
/// }
/// let rhs = WithMass::new(Bath, Mass::diagonal([1.0, 0.0]))?;
/// let options = Options::default();
/// let dose = Scheduled::new("dose", [1.0]).effect(|at| {
///     at.u[0] += 1.0;
///     // What fails here is reported by the solve: the state is then inconsistent.
///     let _ = make_consistent(&rhs, at.t, at.u, at.p, &options);
/// });
/// let problem = OdeProblem::new(rhs.clone(), [1.0, 1.0], [], (0.0, 2.0))?;
/// let solution = solve_with(&problem, Kvaerno5, &options, &mut Events::new().with(dose))?;
/// let x = (-2f64).exp() + (-1f64).exp();
/// assert!((solution.last()[1] - x * x).abs() < 1e-5);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn make_consistent<S: Concrete + Field, F: Jacobian<S>>(
    rhs: &F,
    t: S,
    u: &mut [S],
    p: &[S],
    options: &Options,
) -> Result<usize, Error> {
    solve_for(rhs, t, u, p, options).map(|(iterations, _)| iterations)
}

/// Corrections of this part of the tolerance end the iteration.
const SMALL: f64 = 1e-3;

/// A correction that no longer shrinks is rounding where it is below this part of the tolerance.
const STALLED: f64 = 0.1;

/// The most iterations, and the shortest of their steps.
const MOST: usize = 60;
const SHORTEST: f64 = 1e-6;

/// A step of length `λ` has to make the correction smaller by `λ` times this part (of Armijo).
const DECREASE: f64 = 1e-4;

fn solve_for<S: Concrete + Field, F: Jacobian<S>>(
    rhs: &F,
    t: S,
    u: &mut [S],
    p: &[S],
    options: &Options,
) -> Result<(usize, f64), Error> {
    let n = rhs.states();
    if u.len() != n {
        return Err(ErrorKind::Dimension { what: "u", expected: n, found: u.len() }.into());
    }
    let mut norm = ErrorNorm::new(options, n)?;
    let Some(mut constraints) = Constraints::new(rhs) else { return Ok((0, 0.0)) };
    let time = value_of(t);
    let mut search = Search { rhs, p, t, f: vec![S::ZERO; n], step: vec![S::ZERO; n] };
    let outcome = search.run(&mut constraints, u, &mut norm, &options.domain);
    let names = rhs.names();
    match outcome.map_err(|obstacle| obstacle.into_error(time, &names))? {
        (iterations, true) => Ok((iterations, constraints.worst(&search.f, &names).1)),
        (iterations, false) => {
            let (equation, residual) = constraints.worst(&search.f, &names);
            let kind = ErrorKind::NoConsistentState { t: time, equation, residual, iterations };
            Err(kind.into())
        }
    }
}

/// The value of a time, for messages: a number of either sign.
fn value_of<S: Concrete + Field>(t: S) -> f64 {
    let size = t.modulus();
    if t.is_within(0.0, f64::INFINITY) { size } else { -size }
}

/// A damped Newton iteration.
struct Search<'a, S, F> {
    rhs: &'a F,
    p: &'a [S],
    t: S,
    /// `f(t, u)`.
    f: Vec<S>,
    step: Vec<S>,
}

impl<S: Concrete + Field, F: Jacobian<S>> Search<'_, S, F> {
    /// The iterations, and whether they converged; `f` is that of the last state.
    fn run(
        &mut self,
        constraints: &mut Constraints<S, F::Work>,
        u: &mut [S],
        norm: &mut ErrorNorm<'_>,
        domain: &Domain,
    ) -> Result<(usize, bool), Obstacle> {
        let mut trial = u.to_vec();
        let mut before = f64::INFINITY;
        Constraints::<S, F::Work>::evaluate(self.rhs, (self.t, u, self.p), &mut self.f)?;
        for iteration in 0..MOST {
            constraints.linearize(self.rhs, (self.t, u, self.p))?;
            self.step.copy_from_slice(constraints.correction(&self.f)?);
            if self.step.iter().all(|step| step.largest_part() == 0.0) {
                return Ok((iteration, true));
            }
            // Values decide about the length of a step; derivatives, too, about the end.
            let (values, all) = (size(&self.step, u, norm), norm.of(&self.step, u, u));
            let is_small = all <= SMALL;
            let is_stalled = values <= STALLED && all <= STALLED && all >= 0.5 * before;
            if is_stalled {
                return Ok((iteration, true));
            }
            before = if values <= STALLED { all } else { f64::INFINITY };
            let mut length = 1.0;
            loop {
                for ((trial, &u), &step) in trial.iter_mut().zip(&*u).zip(&self.step) {
                    *trial = step.scale_add(length, u);
                }
                if values <= SMALL {
                    // Nothing but derivatives and the last digits: where that fails, what is there
                    // is good enough.
                    break;
                }
                let is_inside = (0..u.len()).all(|i| {
                    let (low, high) = domain.bounds(i);
                    trial[i].is_within(low, high) || !constraints.is_variable(i)
                });
                let at = (self.t, &trial[..], self.p);
                let next = match is_inside {
                    true => Constraints::<S, F::Work>::evaluate(self.rhs, at, &mut self.f)
                        .and_then(|()| Ok(size(constraints.correction(&self.f)?, u, norm))),
                    false => Ok(f64::INFINITY),
                };
                match next {
                    Err(Obstacle::Failed(system::Failure::Fatal(reason))) => {
                        return Err(system::Failure::Fatal(reason).into());
                    }
                    Ok(next) if next <= (1.0 - DECREASE * length) * values => break,
                    _ => length *= 0.5,
                }
                if length < SHORTEST {
                    Constraints::<S, F::Work>::evaluate(
                        self.rhs,
                        (self.t, u, self.p),
                        &mut self.f,
                    )?;
                    return Ok((iteration + 1, values <= STALLED));
                }
            }
            u.copy_from_slice(&trial);
            Constraints::<S, F::Work>::evaluate(self.rhs, (self.t, u, self.p), &mut self.f)?;
            if is_small {
                return Ok((iteration + 1, true));
            }
        }
        Ok((MOST, false))
    }
}

/// The norm of the values of `x`, scaled by those of `u`.
fn size<S: Concrete + Field>(x: &[S], u: &[S], norm: &mut ErrorNorm<'_>) -> f64 {
    let of = |x: &[S]| -> Vec<f64> { x.iter().map(|x| x.modulus()).collect() };
    let (x, u) = (of(x), of(u));
    norm.of(&x, &u, &u)
}
