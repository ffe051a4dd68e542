use crate::{Error, ErrorKind};
use scalar::{BranchScalar, Dual, Scalar};
use std::fmt;

/// Equations that the exact solution keeps: conserved quantities, constraints.
pub trait Manifold {
    /// How many.
    fn equations(&self) -> usize;

    /// Writes what should be zero into `residual`.
    fn residual<S: Scalar>(&self, t: S, u: &[S], p: &[S], residual: &mut [S]);
}

type Evaluate<'e, S> = Box<dyn FnMut(S, &[S], &[S], &mut [S], &mut [S]) + 'e>;

/// Puts the state back onto a manifold `g(t, u, p) = 0` after every step, by the shortest way.
///
/// Gauss–Newton steps `u ← u - Jᵀ (J Jᵀ)⁻¹ g` until they are small; the derivative is evaluated anew
/// where the state has moved. Between steps, and where a root cuts one short, the state is the
/// method's interpolant, on the manifold to tolerance only. For `f64` only: duals are refused by
/// type.
///
/// E. Hairer, C. Lubich, G. Wanner, Geometric Numerical Integration, 2nd ed. (2006), IV.4.
///
/// ```
/// # system::system! {
/// #     struct Spring; state { x, v } params {} rhs(_t) { d(x) = v; d(v) = -x; }
/// # }
/// use ode_core::{Events, Manifold, OdeProblem, Options, Projection, Tsit5, solve_with};
/// use scalar::Scalar;
///
/// struct Energy;
/// impl Manifold for Energy {
///     fn equations(&self) -> usize {
///         1
///     }
///     fn residual<S: Scalar>(&self, _t: S, u: &[S], _p: &[S], residual: &mut [S]) {
///         residual[0] = u[0] * u[0] + u[1] * u[1] - S::one();
///     }
/// }
///
/// let mut events = Events::new().with(Projection::new("energy", Energy));
/// let problem = OdeProblem::new(Spring, [1.0, 0.0], [], (0.0, 100.0))?;
/// let solution = solve_with(&problem, Tsit5, &Options::default(), &mut events)?;
/// assert!(solution.iter().all(|(_, u)| (u[0] * u[0] + u[1] * u[1] - 1.0).abs() < 1e-12));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// ```compile_fail,E0308
/// # use ode_core::{Event, Manifold, Projection};
/// # use scalar::Dual;
/// fn event<M: Manifold>(m: M) -> Event<'static, Dual> where M: 'static {
///     Event::Projection(Projection::new("energy", m))
/// }
/// ```
pub struct Projection<'e, S = f64> {
    pub(super) name: String,
    equations: usize,
    tolerance: f64,
    evaluate: Evaluate<'e, S>,
}

impl<'e> Projection<'e, f64> {
    /// Onto a manifold whose gradients are found by duals.
    pub fn new(name: impl Into<String>, manifold: impl Manifold + 'e) -> Self {
        let equations = manifold.equations();
        let mut duals: [Vec<Dual<f64, 4>>; 3] = Default::default();
        Self::with_gradients(name, equations, move |t, u, p, g, jacobian| {
            let [x, q, r] = &mut duals;
            q.clear();
            q.extend(p.iter().map(|&p| Dual::constant(p)));
            r.clear();
            r.resize(equations, Dual::constant(0.0));
            for first in (0..u.len()).step_by(4) {
                x.clear();
                x.extend(u.iter().enumerate().map(|(i, &u)| match i.checked_sub(first) {
                    Some(tangent) => Dual::variable(u, tangent),
                    None => Dual::constant(u),
                }));
                manifold.residual(Dual::constant(t), x, q, r);
                for (row, r) in jacobian.chunks_exact_mut(u.len()).zip(r.iter()) {
                    for (entry, &slope) in row.iter_mut().skip(first).zip(&r.eps) {
                        *entry = slope;
                    }
                }
            }
            for (g, r) in g.iter_mut().zip(r.iter()) {
                *g = r.re;
            }
        })
    }

    /// Onto a manifold given by a closure `(t, u, p, g, jacobian)` that writes the residuals `g` and
    /// their gradients: `∂gᵢ/∂uⱼ` at `jacobian[i u.len() + j]`.
    pub fn with_gradients(
        name: impl Into<String>,
        equations: usize,
        evaluate: impl FnMut(f64, &[f64], &[f64], &mut [f64], &mut [f64]) + 'e,
    ) -> Self {
        let evaluate = Box::new(evaluate);
        Self { name: name.into(), equations, tolerance: 1e-12, evaluate }
    }

    /// The length of the last Gauss–Newton step relative to the state, 1e-12 by default.
    #[must_use]
    pub fn tolerance(mut self, tolerance: f64) -> Self {
        self.tolerance = tolerance;
        self
    }
}

impl<S> Projection<'_, S> {
    pub(super) fn check(&self, states: usize) -> Result<(), Error> {
        let bad = |setting, value, must| {
            let event = self.name.clone();
            Err(ErrorKind::EventSetting { event, setting, value, must }.into())
        };
        if self.equations == 0 || self.equations > states {
            let must = "at least 1 and at most the number of states";
            return bad("equations", self.equations as f64, must);
        }
        if !(self.tolerance > 0.0 && self.tolerance < 1.0) {
            return bad("tolerance", self.tolerance, "between 0 and 1");
        }
        Ok(())
    }
}

impl<S: BranchScalar> Projection<'_, S> {
    /// Moves `u` onto the manifold, and says whether it had to move.
    pub(super) fn project(
        &mut self,
        t: f64,
        u: &mut [S],
        p: &[S],
        work: &mut Work<S>,
    ) -> Result<bool, Error> {
        let (n, m) = (u.len(), self.equations);
        let Work { g, jacobian, normal } = work;
        g.resize(m, S::zero());
        jacobian.resize(m * n, S::zero());
        normal.resize(m * m, S::zero());
        let size = |x: &[S]| x.iter().fold(0.0, |most: f64, x| most.max(x.largest_part()));
        let mut last = f64::INFINITY;
        let mut moved = false;
        for _ in 0..20 {
            (self.evaluate)(S::from_f64(t), u, p, g, jacobian);
            let residual = size(g);
            let finite = g.iter().chain(jacobian.iter()).all(|x| x.is_finite());
            let failed = || ErrorKind::Projection { event: self.name.clone(), t, residual }.into();
            if !finite {
                return Err(failed());
            }
            if residual == 0.0 {
                return Ok(moved);
            }
            let row = |i: usize| &jacobian[i * n..(i + 1) * n];
            for i in 0..m {
                for j in 0..m {
                    normal[i * m + j] = S::dot(row(i), row(j));
                }
            }
            if !solve_positive(normal, g) {
                return Err(failed());
            }
            // The step, in the first row: it is evaluated anew in any case.
            let (first, rest) = jacobian.split_at_mut(n);
            for (j, step) in first.iter_mut().enumerate() {
                *step *= g[0];
                for (row, &g) in rest.chunks_exact(n).zip(&g[1..]) {
                    *step += row[j] * g;
                }
            }
            let step = size(first) / size(u).max(f64::MIN_POSITIVE);
            // Small, or at the level of round-off where it cannot become smaller.
            let is_small = step <= self.tolerance || (step <= 1e-8 && step > 0.5 * last);
            if is_small && !moved {
                return Ok(false);
            }
            if !is_small && step > 4.0 * last {
                return Err(failed());
            }
            for (u, &step) in u.iter_mut().zip(first.iter()) {
                *u -= step;
            }
            (moved, last) = (true, step);
            if is_small {
                return Ok(true);
            }
        }
        let (event, residual) = (self.name.clone(), size(g));
        Err(ErrorKind::Projection { event, t, residual }.into())
    }
}

/// Memory of a projection.
#[derive(Debug)]
pub(super) struct Work<S> {
    g: Vec<S>,
    jacobian: Vec<S>,
    normal: Vec<S>,
}

impl<S> Work<S> {
    pub(super) fn new() -> Self {
        Self { g: Vec::new(), jacobian: Vec::new(), normal: Vec::new() }
    }
}

/// Solves `A x = b` in place by Cholesky's method; false where `A` is not safely positive definite.
fn solve_positive<S: BranchScalar>(a: &mut [S], b: &mut [S]) -> bool {
    let n = b.len();
    for j in 0..n {
        let diagonal = a[j * n + j];
        let mut pivot = diagonal;
        for k in 0..j {
            pivot -= a[j * n + k] * a[j * n + k];
        }
        let is_safe = pivot.primal() > 1e-14 * diagonal.primal();
        if !is_safe {
            return false;
        }
        let root = pivot.sqrt();
        a[j * n + j] = root;
        for i in j + 1..n {
            let mut sum = a[i * n + j];
            for k in 0..j {
                sum -= a[i * n + k] * a[j * n + k];
            }
            a[i * n + j] = sum / root;
        }
    }
    for i in 0..n {
        for k in 0..i {
            b[i] -= a[i * n + k] * b[k];
        }
        b[i] /= a[i * n + i];
    }
    for i in (0..n).rev() {
        for k in i + 1..n {
            b[i] -= a[k * n + i] * b[k];
        }
        b[i] /= a[i * n + i];
    }
    true
}

impl<S> fmt::Debug for Projection<'_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Projection {{ {:?}, equations: {} }}", self.name, self.equations)
    }
}
