//! Adjoint least squares shadowing: all parameters at once.

use super::equations::Equations;
use crate::Error;
use crate::shadowing::average::Average;
use crate::shadowing::problem::AverageProblem;
use crate::shadowing::report::{Pieces, ShadowingGradient};
use crate::shadowing::window::Window;
use ode_core::{Algorithm, Options};
use system::System;

/// Adjoint least squares shadowing (Wang, Hu and Blonigan 2014, arXiv 1204.0159): the derivatives of a
/// long-time average with respect to all parameters by one solve.
///
/// [`ForwardLss`](crate::ForwardLss) finds `d⟨g⟩/dp = ⟨g_p⟩ + hᵀ v + kᵀ η` with `S w = f_p`. `S` is
/// symmetric, so that `S a = B C⁻¹ h + E D⁻¹ k` gives the same number as `⟨g_p⟩ + Σ f_pᵀ a`: up to rounding
/// the two algorithms agree.
///
/// Any solver, also an implicit one, may compute the trajectory; its steps are the grid, and may differ
/// in length. They have to be short: the equations are of second order in the step. Cost: `O(N n³)` for
/// `N` steps and `n` states. Memory: `2 N n²` numbers.
///
/// ```
/// use ode_core::{Options, Rk4, StepSize};
/// use scalar::Scalar;
/// use sensitivity::{AdjointLss, Average, AverageProblem};
///
/// system::system! {
///     struct Lorenz;
///     state { x, y, z }
///     params { sigma, rho, beta }
///     rhs(_t) {
///         d(x) = sigma * (y - x);
///         d(y) = x * (rho - z) - y;
///         d(z) = x * y - beta * z;
///     }
/// }
///
/// struct Height;
///
/// impl Average for Height {
///     fn at<S: Scalar>(&self, _t: S, u: &[S], _p: &[S]) -> S {
///         u[2]
///     }
/// }
///
/// let problem = AverageProblem::new(Lorenz, [1.0; 3], [10.0, 28.0, 8.0 / 3.0], 20.0, 100.0)?;
/// let options = Options { step: StepSize::Fixed(0.01), ..Options::default() };
/// let found = AdjointLss::default().gradient(&problem, Rk4, &options, &Height)?;
/// assert!((found.average - 23.55).abs() < 4.0 * found.average_error);
/// // Plain differentiation says -49 899.
/// assert!((found.p[1] - 1.0).abs() < 0.1, "{found}");
/// # Ok::<(), sensitivity::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AdjointLss {
    /// How dear it is to dilate time, beside a distance of the solutions: default 10, in units of the
    /// state.
    pub alpha: f64,
    /// How times near the ends count.
    pub window: Window,
}

impl Default for AdjointLss {
    fn default() -> Self {
        Self { alpha: 10.0, window: Window::Flat }
    }
}

impl AdjointLss {
    /// The average and its derivatives with respect to all parameters.
    ///
    /// # Errors
    ///
    /// When the solve fails, a setting makes no sense, there are fewer than 10 steps or they are too
    /// long, the quantity or a derivative is not finite.
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
        let settings = (self.alpha, self.window);
        let mut equations = Equations::new(problem, algorithm, options, average, settings)?;
        let (n, parameters) = (equations.grid.n, problem.p().len());
        // C⁻¹ h, times T: the weights of the trapezoidal rule cancel. And dt (ḡ - g) for D⁻¹ k.
        let grid = &equations.grid;
        let each = 0..grid.intervals();
        let lacks: Vec<f64> = each.map(|i| grid.dt(i) * grid.lack(i)).collect();
        let driven =
            |(k, w): (usize, &f64)| grid.g_u(k).iter().map(|g_u| w * g_u).collect::<Vec<_>>();
        let by_u: Vec<f64> = grid.window.iter().enumerate().flat_map(driven).collect();
        let mut a = equations.transposed_source(|k, j| by_u[k * n + j], |i| lacks[i])?;
        equations.solve(&mut a);

        let mut pieces = vec![Vec::with_capacity(a.len() / n); parameters];
        let (mut u, mut slope) = (vec![0.0; n], vec![0.0; n]);
        let (mut u_bar, mut p_bar) = (vec![0.0; n], vec![0.0; parameters]);
        for i in 0..equations.grid.intervals() {
            let a = &a[i * n..(i + 1) * n];
            equations.pull_back(i, a, (&mut u, &mut slope), (&mut u_bar, &mut p_bar))?;
            let grid = &equations.grid;
            for (parameter, (pieces, p_bar)) in pieces.iter_mut().zip(&p_bar).enumerate() {
                let direct = grid.part(i, |k| grid.window[k] * grid.g_p(k, parameter));
                pieces.push(p_bar + direct);
            }
        }
        let grid = &equations.grid;
        let each = 0..grid.intervals();
        ShadowingGradient::assemble(&Pieces {
            method: "adjoint LSS",
            names: problem.system().param_names(),
            parameters: (0..parameters).collect(),
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
