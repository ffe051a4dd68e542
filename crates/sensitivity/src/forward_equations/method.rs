use super::StateAndTangents;
use super::initial::state_and_tangents;
use super::loss_sum::LossSum;
use super::tolerances::with_tangents;
use crate::augmented::with_integral;
use crate::forward::{scale, seen};
use crate::loss::{integrates, save_times};
use crate::{Augmented, Error, Gradient, Loss, Report, Sensitivities, StepControl, Warning};
use ode_core::{Algorithm, Components, OdeProblem, Options, Save, solve};
use scalar::Scalar;
use system::{Buffer, Jacobian, Mass, Rhs, System, WithMass};

/// The forward sensitivity equations `S' = ∂f/∂u S + ∂f/∂input`, solved together with the state by any
/// method, for all inputs at once.
///
/// Implicit methods factor the matrix of the state alone, once for all columns: the cost of a solve grows
/// in proportion to the number of inputs, and linear algebra hardly counts. (Dual numbers, as in
/// [`ForwardSensitivity`](crate::ForwardSensitivity), repeat the solve of the state for every 8 inputs, and
/// differentiate its Jacobian.) Mass matrices, singular ones too, are taken by
/// [`gradient_of_dae`](ForwardEquations::gradient_of_dae).
///
/// ```
/// use ode_core::{OdeProblem, Options, Save};
/// use ode_stiff::Bdf;
/// use scalar::Scalar;
/// use sensitivity::{ForwardEquations, Loss};
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
/// let problem = OdeProblem::new(Decay, [2.0], [0.5], (0.0, 1.0))?;
/// let options = Options { rtol: 1e-8, atol: 1e-10, save: Save::Last, ..Options::default() };
/// let found = ForwardEquations::default().gradient(&problem, Bdf::default(), &options, &Last)?;
/// assert!((found.p[0] + 2.0 * (-0.5f64).exp()).abs() < 1e-6);
/// # Ok::<(), sensitivity::Error>(())
/// ```
///
/// # References
///
/// Maly, Petzold, *Numerical methods and software for sensitivity analysis of differential-algebraic
/// systems*, Appl. Numer. Math. 20 (1996) 57–79 (simultaneous).
///
/// Feehery, Tolsma, Barton, *Efficient sensitivity analysis of large-scale differential-algebraic systems*,
/// Appl. Numer. Math. 25 (1997) 41–54 (staggered).
///
/// Hindmarsh et al., *SUNDIALS*, ACM TOMS 31 (2005) 363–396.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ForwardEquations {
    /// In which order an implicit method looks for state and tangents.
    pub corrector: Corrector,
    /// What the step sizes have to resolve; with [`StepControl::State`] the steps are those of a solve
    /// without tangents.
    pub control: StepControl,
}

/// In which order an iteration looks for the state at a stage and its tangents. There is a difference only
/// where a method iterates with factors: singly diagonally implicit methods, BDF and NDF. Explicit and
/// Rosenbrock methods do not iterate; the others take all together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Corrector {
    /// The state first, evaluated without tangents; then, by the same factors, the tangents, whose
    /// equations are linear by then.
    #[default]
    Staggered,
    /// All together, as one nonlinear system.
    Simultaneous,
}

/// A problem with tangents.
type Lifted<G> = OdeProblem<StateAndTangents<G>, Vec<f64>>;

/// What is solved.
struct Asked<'a, F> {
    rhs: &'a F,
    mass: Option<&'a Mass>,
    u0: &'a [f64],
    p: &'a [f64],
    tspan: (f64, f64),
}

impl<F: System> Asked<'_, F> {
    /// The sizes of all inputs: initial states, then parameters.
    fn scales(&self) -> Vec<f64> {
        self.u0.iter().chain(self.p).map(|&x| scale(x)).collect()
    }
}

impl ForwardEquations {
    /// The loss and its gradient.
    ///
    /// # Errors
    ///
    /// When the solve fails, the loss has neither save times nor a running term, or the loss or its
    /// gradient is not finite.
    pub fn gradient<F, A, B, L>(
        &self,
        problem: &OdeProblem<F, B>,
        algorithm: A,
        options: &Options,
        loss: &L,
    ) -> Result<Gradient, Error>
    where
        F: System,
        A: for<'a> Algorithm<StateAndTangents<Augmented<'a, F, L>>, Vec<f64>>,
        B: Buffer<Item = f64>,
        L: Loss,
    {
        let (u0, p, tspan) = (problem.u0().as_ref(), problem.p(), problem.tspan());
        self.gradient_of(
            Asked { rhs: problem.rhs(), mass: None, u0, p, tspan },
            algorithm,
            options,
            loss,
        )
    }

    /// The same with a mass matrix, `M u' = f`. Where it is singular, algebraic variables follow the others
    /// at the start, so that the derivative by the initial value of an algebraic variable is zero.
    ///
    /// # Errors
    ///
    /// As [`gradient`](ForwardEquations::gradient); where the initial state does not satisfy the algebraic
    /// equations; where the method takes no mass matrix.
    pub fn gradient_of_dae<F, A, B, L>(
        &self,
        problem: &OdeProblem<WithMass<F>, B>,
        algorithm: A,
        options: &Options,
        loss: &L,
    ) -> Result<Gradient, Error>
    where
        F: System,
        A: for<'a> Algorithm<StateAndTangents<Augmented<'a, F, L>>, Vec<f64>>,
        B: Buffer<Item = f64>,
        L: Loss,
    {
        let (u0, p, tspan) = (problem.u0().as_ref(), problem.p(), problem.tspan());
        let (rhs, mass) = (problem.rhs().rhs(), Some(problem.rhs().matrix()));
        self.gradient_of(Asked { rhs, mass, u0, p, tspan }, algorithm, options, loss)
    }

    /// The states at the save times and all their derivatives `∂u(t)/∂(u0, p)`.
    ///
    /// # Errors
    ///
    /// When the solve fails, or no save times are given.
    pub fn solve<F, A, B>(
        &self,
        problem: &OdeProblem<F, B>,
        algorithm: A,
        options: &Options,
    ) -> Result<Sensitivities, Error>
    where
        F: System,
        A: for<'a> Algorithm<StateAndTangents<&'a F>, Vec<f64>>,
        B: Buffer<Item = f64>,
    {
        let (u0, p, tspan) = (problem.u0().as_ref(), problem.p(), problem.tspan());
        self.solve_of(Asked { rhs: problem.rhs(), mass: None, u0, p, tspan }, algorithm, options)
    }

    /// The same with a mass matrix, as in [`gradient_of_dae`](ForwardEquations::gradient_of_dae).
    ///
    /// # Errors
    ///
    /// As [`solve`](ForwardEquations::solve) and [`gradient_of_dae`](ForwardEquations::gradient_of_dae).
    pub fn solve_dae<F, A, B>(
        &self,
        problem: &OdeProblem<WithMass<F>, B>,
        algorithm: A,
        options: &Options,
    ) -> Result<Sensitivities, Error>
    where
        F: System,
        A: for<'a> Algorithm<StateAndTangents<&'a F>, Vec<f64>>,
        B: Buffer<Item = f64>,
    {
        let (u0, p, tspan) = (problem.u0().as_ref(), problem.p(), problem.tspan());
        let (rhs, mass) = (problem.rhs().rhs(), Some(problem.rhs().matrix()));
        self.solve_of(Asked { rhs, mass, u0, p, tspan }, algorithm, options)
    }

    fn solve_of<'a, F, A>(
        &self,
        asked: Asked<'a, F>,
        algorithm: A,
        options: &Options,
    ) -> Result<Sensitivities, Error>
    where
        F: System,
        A: Algorithm<StateAndTangents<&'a F>, Vec<f64>>,
    {
        let (n, scales) = (asked.u0.len(), asked.scales());
        let times = save_times(options, asked.tspan.1, false)?;
        let options = Options { save: Save::At(times), ..options.clone() };
        let (lifted, options) =
            self.lifted(asked.rhs, asked.mass, &asked, (n, &scales), &options)?;
        let solution = solve(&lifted, algorithm, &options)?;
        let mut found = Sensitivities::new(n, scales.len());
        for (t, u) in solution.iter() {
            let derivative = |j: usize, k: usize| u[(1 + k) * n + j] / scales[k];
            found.push(t, &u[..n], derivative);
        }
        found.add_work(solution.stats());
        Ok(found)
    }

    /// The problem with tangents, and its options.
    fn lifted<F, G: System>(
        &self,
        model: G,
        mass: Option<&Mass>,
        asked: &Asked<'_, F>,
        (initial, scales): (usize, &[f64]),
        options: &Options,
    ) -> Result<(Lifted<G>, Options), Error> {
        let n = model.dim();
        let mut u0 = asked.u0.to_vec();
        u0.resize(n, 0.0);
        let (start, end) = asked.tspan;
        let at = (seen(start, end - start, &options.stops), &u0[..], asked.p);
        let all = state_and_tangents(&model, mass, at, (initial, scales), options)?;
        let staggers = self.corrector == Corrector::Staggered;
        let parameters = scales[initial..].to_vec();
        let equations = StateAndTangents::new(model, mass, initial, parameters, staggers);
        let lifted = OdeProblem::over(equations, all, asked.p, asked.tspan)?;
        let options = Options { components: Components::All, ..options.clone() };
        Ok((lifted, with_tangents(options, n, scales.len(), self.control)))
    }

    fn gradient_of<'a, F, A, L>(
        &self,
        asked: Asked<'a, F>,
        algorithm: A,
        options: &Options,
        loss: &'a L,
    ) -> Result<Gradient, Error>
    where
        F: System,
        A: Algorithm<StateAndTangents<Augmented<'a, F, L>>, Vec<f64>>,
        L: Loss,
    {
        let Asked { rhs, u0, p, tspan: (start, end), .. } = asked;
        let (n, scales) = (u0.len(), asked.scales());
        let integrates = integrates(loss, start, u0, p);
        let times = save_times(options, end, integrates)?;
        // The end is saved too: for the integral, and for the derivative by the end.
        let mut all = times.clone();
        if all.last() != Some(&end) {
            all.push(end);
        }
        let mut options = Options { save: Save::At(all), ..options.clone() };
        let mut mass = asked.mass.cloned();
        if integrates {
            options = with_integral(options, n);
            mass = mass.map(|mass| mass.extended(1));
        }
        let model = Augmented { rhs, loss, integrates };
        let (lifted, options) =
            self.lifted(model, mass.as_ref(), &asked, (n, &scales), &options)?;
        let solution = solve(&lifted, algorithm.clone(), &options)?;

        let mut sum = LossSum::new(loss, (n, p), &scales)?;
        // What the step that belongs to a time sees of it.
        let seen = |t: f64| {
            let side = if t == start { end - start } else { start - end };
            seen(t, side, &options.stops)
        };
        let mut slope = Slope { algorithm: &algorithm, problem: &lifted, du: Vec::new() };
        let mut by_times = vec![0.0; times.len()];
        let block = lifted.rhs().leading();
        for (i, (t, u)) in solution.iter().enumerate() {
            let (state, tangents) = u.split_at(block);
            sum.look(t, &state[..n], tangents, block);
            if let Some(by_time) = by_times.get_mut(i) {
                let (t_bar, u_bar) = sum.add_point((i, t), &state[..n], tangents, block)?;
                if u_bar.iter().any(|&bar| bar != 0.0) {
                    let du = slope.at(seen(t), u, t)?;
                    *by_time = t_bar + f64::dot(&u_bar, &du[..n]);
                } else {
                    *by_time = t_bar;
                }
            }
        }
        let last = solution.last();
        if integrates {
            sum.add_integral(&last[n..], block);
        }
        let du = slope.at(seen(start), lifted.u0(), start)?;
        let LossSum { value, bars, growth, .. } = sum;
        let (of_u0, of_p) = bars.split_at(n);
        let running = loss.running(seen(start), u0, p);
        let was_staggered = lifted.rhs().was_staggered();
        let found = Gradient {
            loss: value,
            t0: -f64::dot(of_u0, &du[..n]) - running,
            t1: loss.running(seen(end), &last[..n], p),
            times: by_times,
            u0: of_u0.to_vec(),
            p: of_p.to_vec(),
            stats: solution.stats(),
            report: Report {
                algorithm: match was_staggered {
                    true => "forward sensitivity equations, staggered",
                    false => "forward sensitivity equations",
                },
                why: "asked for",
                steps: solution.stats().accepted,
                warnings: Warning::growth(growth.0, growth.1).into_iter().collect(),
                ..Report::default()
            },
        };
        found.checked()
    }
}

/// The derivative of the state at any time.
struct Slope<'s, A, G> {
    algorithm: &'s A,
    problem: &'s Lifted<G>,
    du: Vec<f64>,
}

impl<A, G> Slope<'_, A, G>
where
    A: Algorithm<StateAndTangents<G>, Vec<f64>>,
    G: System,
{
    /// `u'` at `(seen, u)`; with a mass matrix, what the method makes of it.
    fn at(&mut self, seen: f64, u: &[f64], t: f64) -> Result<&[f64], Error> {
        let (rhs, p) = (self.problem.rhs(), self.problem.p());
        let done = match rhs.mass() {
            None => {
                self.du.resize(rhs.leading(), 0.0);
                rhs.eval_model(seen, u, p, &mut self.du)
            }
            Some(_) => {
                self.du.resize(u.len(), 0.0);
                let mut cache = self.algorithm.cache(rhs, &u.to_vec());
                self.algorithm.slope(rhs, (seen, u, p), &mut self.du, &mut cache)
            }
        };
        done.map_err(|failure| Error::replay(t, &failure))?;
        Ok(&self.du)
    }
}
