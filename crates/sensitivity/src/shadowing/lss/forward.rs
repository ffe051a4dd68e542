//! Forward least squares shadowing: one solve for each parameter.

use super::equations::Equations;
use crate::Error;
use crate::shadowing::average::Average;
use crate::shadowing::problem::AverageProblem;
use crate::shadowing::report::{Pieces, ShadowingGradient};
use crate::shadowing::selection;
use crate::shadowing::window::Window;
use ode_core::{Algorithm, Options};
use scalar::Dual;
use system::System;

/// Forward least squares shadowing (Wang, Hu and Blonigan 2014, arXiv 1204.0159): the solution `u + v dp` of the perturbed
/// model that stays closest to the one at hand, in the sense of least squares, where time may run
/// faster or slower by `η dp`. Then
///
/// `d⟨g⟩/dp = ⟨g_u v + g_p⟩ - ⟨η g⟩ + ⟨η⟩ ⟨g⟩`.
///
/// The equations are factored once, and solved for each of the chosen parameters. For many parameters
/// take [`AdjointLss`](crate::AdjointLss), which gives the same numbers; what is said there about steps,
/// cost and memory holds here.
///
/// ```
/// use ode_core::{Options, Rk4, StepSize};
/// use scalar::Scalar;
/// use sensitivity::{Average, AverageProblem, ForwardLss};
///
/// system::system! {
///     /// A circle of radius √mu that attracts.
///     struct Hopf;
///     state { x, y }
///     params { mu }
///     rhs(_t) {
///         let r = x * x + y * y;
///         d(x) = (mu - r) * x - (1.0 + r) * y;
///         d(y) = (mu - r) * y + (1.0 + r) * x;
///     }
/// }
///
/// struct Square;
///
/// impl Average for Square {
///     fn at<S: Scalar>(&self, _t: S, u: &[S], _p: &[S]) -> S {
///         u[0] * u[0]
///     }
/// }
///
/// // ⟨x²⟩ = mu / 2, although the period depends on mu.
/// let problem = AverageProblem::new(Hopf, [1.0, 0.0], [0.7], 20.0, 1000.0)?;
/// let options = Options { step: StepSize::Fixed(0.02), ..Options::default() };
/// let found = ForwardLss::default().gradient(&problem, Rk4, &options, &Square)?;
/// assert!((found.p[0] - 0.5).abs() < 0.01, "{found}");
/// # Ok::<(), sensitivity::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct ForwardLss {
    /// How dear it is to dilate time, beside a distance of the solutions: default 10, in units of the
    /// state.
    pub alpha: f64,
    /// How times near the ends count.
    pub window: Window,
    /// The indices of the parameters; all by default.
    pub parameters: Option<Vec<usize>>,
}

impl Default for ForwardLss {
    fn default() -> Self {
        Self { alpha: 10.0, window: Window::Flat, parameters: None }
    }
}

impl ForwardLss {
    /// The average and its derivatives with respect to the chosen parameters.
    ///
    /// # Errors
    ///
    /// As [`AdjointLss::gradient`](crate::AdjointLss::gradient), and when a parameter does not exist.
    pub fn gradient<F, A, G>(
        &self,
        problem: &AverageProblem<F>,
        algorithm: A,
        options: &Options,
        average: &G,
    ) -> Result<ShadowingGradient, Error>
    where
        F: System,
        A: for<'a> Algorithm<&'a F, Vec<f64>>,
        G: Average,
    {
        let parameters = selection::parameters(self.parameters.as_deref(), problem.p().len())?;
        let settings = (self.alpha, self.window);
        let mut equations = Equations::new(problem, algorithm, options, average, settings)?;
        let n = equations.grid.n;
        let mut pieces = Vec::with_capacity(parameters.len());
        let (mut u, mut slope) = (vec![0.0; n], vec![0.0; n]);
        for &parameter in &parameters {
            let mut w = source(problem, &equations, parameter);
            equations.solve(&mut w);
            let v = equations.tangent(&w)?;
            let grid = &equations.grid;
            let driven = |k: usize| {
                let v = &v[k * n..(k + 1) * n];
                let along: f64 = grid.g_u(k).iter().zip(v).map(|(g, v)| g * v).sum();
                grid.window[k] * (along + grid.g_p(k, parameter))
            };
            let each = (0..grid.intervals()).map(|i| {
                grid.middle(i, &mut u, &mut slope);
                grid.part(i, driven) + equations.dilation(i, &slope, &w) * grid.lack(i)
            });
            pieces.push(each.collect());
        }
        let grid = &equations.grid;
        let each = 0..grid.intervals();
        ShadowingGradient::assemble(&Pieces {
            method: "forward LSS",
            names: problem.system().param_names(),
            parameters,
            derivatives: pieces,
            weights: each.clone().map(|i| grid.part(i, |k| grid.window[k])).collect(),
            integrals: each.clone().map(|i| grid.share(i).0).collect(),
            durations: each.map(|i| grid.share(i).1).collect(),
            segments: 1,
            directions: 0,
            defect: Some(grid.defect),
            spin_up: problem.spin_up,
            stats: equations.stats,
            bytes: equations.bytes(),
        })
    }
}

/// `f_p` at the midpoints, by duals.
fn source<F: System>(
    problem: &AverageProblem<F>,
    equations: &Equations<'_, F>,
    parameter: usize,
) -> Vec<f64> {
    type D = Dual<f64, 1>;
    let grid = &equations.grid;
    let n = grid.n;
    let mut p: Vec<D> = problem.p().iter().map(|&p| D::constant(p)).collect();
    p[parameter].eps = [1.0];
    let (mut u, mut slope) = (vec![0.0; n], vec![0.0; n]);
    let (mut lifted, mut f) = (vec![D::constant(0.0); n], vec![D::constant(0.0); n]);
    let mut source = Vec::with_capacity(n * grid.intervals());
    for i in 0..grid.intervals() {
        let t = grid.middle(i, &mut u, &mut slope);
        lifted.iter_mut().zip(&u).for_each(|(lifted, &u)| *lifted = D::constant(u));
        problem.system().rhs(D::constant(t), &lifted, &p, &mut f);
        source.extend(f.iter().map(|f| f.eps[0]));
    }
    source
}
