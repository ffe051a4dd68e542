use super::Memory;
use super::question::Question;
use super::second::Second;
use crate::{Error, ErrorKind, Gradient, Loss};
use ode_core::{ExplicitRk, OdeProblem, Options};
use scalar::Dual;
use system::{Buffer, System};

/// Second derivatives: tangents through the discrete adjoint (forward over adjoint), with respect to the
/// initial states and the parameters, in this order.
///
/// A solve with tangents, whose steps resolve them, and its adjoint over dual numbers. The cost of a
/// product is that of a few gradients, whatever the number of inputs; the matrix takes one such for every
/// 4 columns. Exact for the steps that were taken; since these are others for other tangents, the matrix is
/// symmetric to the tolerance.
///
/// ```
/// use ode_core::{OdeProblem, Options, Save, Vern7};
/// use scalar::Scalar;
/// use sensitivity::{Loss, SecondOrder};
///
/// system::system! { struct Decay; state { u } params { k } rhs(_t) { d(u) = -k * u; } }
///
/// struct Last;
///
/// impl Loss for Last {
///     fn at<S: Scalar>(&self, _i: usize, _t: S, u: &[S], _p: &[S]) -> S {
///         u[0]
///     }
/// }
///
/// // u0 e^(-k): by u0 and k
/// let problem = OdeProblem::new(Decay, [2.0], [0.5], (0.0, 1.0))?;
/// let options = Options { rtol: 1e-11, atol: 1e-11, save: Save::Last, ..Options::default() };
/// let second = SecondOrder::default();
/// let hessian = second.matrix(&problem, Vern7, &options, &Last)?;
/// let left = (-0.5f64).exp();
/// for (found, exact) in hessian.matrix.iter().zip([0.0, -left, -left, 2.0 * left]) {
///     assert!((found - exact).abs() < 1e-9);
/// }
/// let along = second.product(&problem, Vern7, &options, &Last, &[1.0, 3.0])?;
/// assert!((along.product[0] + 3.0 * left).abs() < 1e-9);
/// # Ok::<(), sensitivity::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SecondOrder {
    /// Which terms.
    pub curvature: Curvature,
    /// What may be kept for the pass backward in time.
    pub memory: Memory,
}

/// Which terms of second order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Curvature {
    /// All: the Hessian.
    #[default]
    Hessian,
    /// Only those of the loss, `Jᵀ (∂²loss) J` with `J` the derivatives of the solution, which are those
    /// of a linearised model: positive semidefinite where the loss is convex, and all there is where the
    /// slopes of the loss vanish (Schraudolph, Neural Computation 14, 2002).
    GaussNewton,
}

/// A gradient, and a product with the matrix of second derivatives.
#[derive(Clone, Debug, PartialEq)]
pub struct CurvatureProduct {
    /// The gradient.
    pub gradient: Gradient,
    /// The product: initial states, then parameters.
    pub product: Vec<f64>,
}

/// A gradient, and the matrix of second derivatives.
#[derive(Clone, Debug, PartialEq)]
pub struct CurvatureMatrix {
    /// The gradient.
    pub gradient: Gradient,
    /// The matrix by initial states, then parameters, row by row.
    pub matrix: Vec<f64>,
}

/// Columns of a matrix that are computed together.
const COLUMNS: usize = 4;

impl SecondOrder {
    /// The product with a vector `v` of initial states and parameters.
    ///
    /// # Errors
    ///
    /// As [`DiscreteAdjoint::gradient`](crate::DiscreteAdjoint::gradient); when `v` has the wrong length
    /// or is not finite, or the model has a function whose second derivatives are not known.
    pub fn product<F, M, B>(
        &self,
        problem: &OdeProblem<F, B>,
        method: M,
        options: &Options,
        loss: &impl Loss,
        v: &[f64],
    ) -> Result<CurvatureProduct, Error>
    where
        F: System,
        M: ExplicitRk,
        B: Buffer<Item = f64>,
    {
        let inputs = [problem.u0().as_ref(), problem.p()].concat();
        if v.len() != inputs.len() {
            return Err(ErrorKind::Direction { found: v.len(), expected: inputs.len() }.into());
        }
        // The tangents have the units of the states: a direction whose largest part is as large as its
        // input, so that tolerances mean the same for them.
        let length = v.iter().zip(&inputs).map(|(v, x)| v.abs() / scale(*x)).fold(0.0, f64::max);
        let size = if length > 0.0 { length } else { 1.0 };
        let seed = |i: usize| [v[i] / size];
        let (gradient, rows) = self.along::<F, M, B, 1>(problem, method, options, loss, seed)?;
        let product: Vec<f64> = rows.iter().map(|[row]| row * size).collect();
        finite(&product)?;
        Ok(CurvatureProduct { gradient, product })
    }

    /// The matrix.
    ///
    /// # Errors
    ///
    /// As [`product`](SecondOrder::product).
    pub fn matrix<F, M, B>(
        &self,
        problem: &OdeProblem<F, B>,
        method: M,
        options: &Options,
        loss: &impl Loss,
    ) -> Result<CurvatureMatrix, Error>
    where
        F: System,
        M: ExplicitRk,
        B: Buffer<Item = f64>,
    {
        let inputs = [problem.u0().as_ref(), problem.p()].concat();
        let count = inputs.len();
        let (mut matrix, mut first) = (vec![0.0; count * count], None::<Gradient>);
        for column in (0..count).step_by(COLUMNS) {
            let seed = |i: usize| {
                std::array::from_fn(|k| if column + k == i { scale(inputs[i]) } else { 0.0 })
            };
            let (gradient, rows) =
                self.along::<F, M, B, COLUMNS>(problem, method.clone(), options, loss, seed)?;
            for (i, row) in rows.iter().enumerate() {
                for (k, entry) in row.iter().enumerate().take(count - column) {
                    matrix[i * count + column + k] = entry / scale(inputs[column + k]);
                }
            }
            match &mut first {
                None => first = Some(gradient),
                Some(first) => {
                    first.stats = first.stats + gradient.stats;
                    first.report.steps = first.report.steps.max(gradient.report.steps);
                    first.report.bytes = first.report.bytes.max(gradient.report.bytes);
                    first.report.replayed += gradient.report.replayed;
                }
            }
        }
        finite(&matrix)?;
        // A problem has at least one state.
        let gradient = first.ok_or(ErrorKind::NoSaveTimes)?;
        Ok(CurvatureMatrix { gradient, matrix })
    }

    /// The gradient, and its tangents where input `i` has those that `seed` gives.
    fn along<F, M, B, const N: usize>(
        &self,
        problem: &OdeProblem<F, B>,
        method: M,
        options: &Options,
        loss: &impl Loss,
        seed: impl Fn(usize) -> [f64; N],
    ) -> Result<(Gradient, Vec<[f64; N]>), Error>
    where
        F: System,
        M: ExplicitRk,
        B: Buffer<Item = f64>,
    {
        let (u0, p) = (problem.u0().as_ref(), problem.p());
        let lift = |(i, &re): (usize, &f64)| Dual { re, eps: seed(i) };
        let mut u: Vec<Dual<f64, N>> = u0.iter().chain(p).enumerate().map(lift).collect();
        let p = u.split_off(u0.len());
        let lifted = OdeProblem::over(problem.rhs(), u.clone(), p.clone(), problem.tspan())?;
        let question = Question::new(problem, options, loss, self.memory)?;
        let is_linear = self.curvature == Curvature::GaussNewton;
        let by = (Second::new(problem.rhs(), is_linear)?, &u[..], &p[..]);
        let answer = question.answer(&lifted, method, |x| x, by)?;
        let tangents = answer.u0.iter().chain(&answer.p).map(|x| x.eps).collect();
        let mut gradient = answer.gradient()?;
        gradient.report.algorithm = match self.curvature {
            Curvature::Hessian => "tangents through the discrete adjoint",
            Curvature::GaussNewton => {
                "tangents through the discrete adjoint of the linearised model"
            }
        };
        Ok((gradient, tangents))
    }
}

/// The size of an input.
fn scale(x: f64) -> f64 {
    if x == 0.0 { 1.0 } else { x.abs() }
}

fn finite(second: &[f64]) -> Result<(), Error> {
    match second.iter().position(|entry| !entry.is_finite()) {
        None => Ok(()),
        Some(index) => {
            Err(ErrorKind::GradientNotFinite { input: "second derivatives", index }.into())
        }
    }
}
