//! Each algorithm asked for each cell.

use crate::models::{
    BALL, BALL_P, BALL_SPAN, Ball, Bounce, Exact, Flight, HEAVY, Kind, Oscillator, P, SPAN, X0,
    exact,
};
use ode_core::{Algorithm, ExplicitRk, OdeProblem, Options, Save, Tsit5, Vern7};
use ode_stiff::{Bdf, KenCarp4, RadauIIA5, Rodas5P};
use scalar::Dual;
use sensitivity::{
    Augmented, BacksolveAdjoint, DiscreteAdjoint, DiscreteMethod, Error, ForwardSensitivity,
    GaussAdjoint, GaussRule, Gradient, InterpolatingAdjoint, QuadratureAdjoint, SolvesAdjoint,
    SolvesDaeAdjoint, StepControl,
};
use system::{Mass, WithMass};

/// What a problem has beside its equations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Feature {
    Plain,
    Events,
    RegularMass,
    SingularMass,
}

impl Feature {
    pub(crate) const ALL: [Self; 4] =
        [Self::Plain, Self::Events, Self::RegularMass, Self::SingularMass];
}

pub(crate) const ALGORITHMS: [&str; 8] = [
    "forward",
    "discrete",
    "discrete, by the state",
    "backsolve",
    "interpolating",
    "quadrature",
    "Gauss",
    "Gauss-Kronrod",
];

/// What a cell gives.
pub(crate) enum Cell {
    Gradient {
        found: Result<Box<Gradient>, Error>,
        exact: Exact,
        tol: f64,
    },
    /// There is no such function: what is missing, and what to take.
    NoSuchCall(&'static str),
}

fn options(times: &[f64], rtol: f64) -> Options {
    let save = if times.is_empty() { Save::Dense } else { Save::At(times.to_vec()) };
    Options { rtol, atol: rtol, max_steps: 1_000_000, save, ..Options::default() }
}

const EVENTS: &str = "`gradient_with_events` is that of `DiscreteAdjoint`, with an explicit method";
const MASS: &str = "backsolve and the discrete adjoint of explicit methods ask for `F: System`: take `DiscreteAdjoint` with an \
                    implicit method, or `gradient_of_dae` of `GaussAdjoint` or `ForwardSensitivity`";
const MULTISTEP: &str =
    "a multistep method has no discrete adjoint (`DiscreteMethod`): take `GaussAdjoint`";

type D = Dual<f64, 8>;

/// All that a method has to solve for its row.
pub(crate) fn row_of<M>(method: M, tol: f64, rtol: f64) -> impl Fn(&str, Feature, &Kind) -> Cell
where
    M: for<'a> Algorithm<&'a Augmented<'a, Oscillator, Kind>, Vec<D>>
        + for<'a> Algorithm<WithMass<&'a Augmented<'a, Oscillator, Kind>>, Vec<D>>
        + SolvesAdjoint<Oscillator, Kind>
        + SolvesDaeAdjoint<Oscillator, Kind>,
{
    move |algorithm, feature, kind| {
        let method = method.clone();
        let options = options(kind.times, rtol);
        let (loss, mut slopes) = exact(kind);
        let found = match feature {
            Feature::Events => return Cell::NoSuchCall(EVENTS),
            Feature::Plain => {
                let problem = OdeProblem::new(Oscillator::Plain, X0.to_vec(), P, SPAN).unwrap();
                plain(algorithm, &problem, method, &options, kind)
            }
            Feature::RegularMass => with_mass(algorithm, &heavy(), method, &options, kind),
            Feature::SingularMass => {
                slopes.insert(2, 0.0);
                with_mass(algorithm, &watched(), method, &options, kind)
            }
        };
        match (found, feature) {
            (Some(found), _) => {
                Cell::Gradient { found: found.map(Box::new), exact: (loss, slopes), tol }
            }
            (None, Feature::Plain) => Cell::NoSuchCall(MULTISTEP),
            (None, _) => Cell::NoSuchCall(MASS),
        }
    }
}

fn heavy() -> OdeProblem<WithMass<Oscillator>, Vec<f64>> {
    let model = WithMass::new(Oscillator::Heavy, Mass::dense(&HEAVY).unwrap()).unwrap();
    OdeProblem::new(model, X0.to_vec(), P, SPAN).unwrap()
}

fn watched() -> OdeProblem<WithMass<Oscillator>, Vec<f64>> {
    let mass = Mass::diagonal([1.0, 1.0, 0.0]);
    let model = WithMass::new(Oscillator::Watched, mass).unwrap();
    let [x, v] = X0;
    OdeProblem::new(model, vec![x, v, x * v + v * v + SPAN.0 * v], P, SPAN).unwrap()
}

fn plain<M>(
    algorithm: &str,
    problem: &OdeProblem<Oscillator, Vec<f64>>,
    method: M,
    options: &Options,
    kind: &Kind,
) -> Option<Result<Gradient, Error>>
where
    M: for<'a> Algorithm<&'a Augmented<'a, Oscillator, Kind>, Vec<D>>
        + SolvesAdjoint<Oscillator, Kind>,
{
    Some(match algorithm {
        "forward" => ForwardSensitivity.gradient(problem, method, options, kind),
        "backsolve" => BacksolveAdjoint::default().gradient(problem, method, options, kind),
        "interpolating" => InterpolatingAdjoint::default().gradient(problem, method, options, kind),
        "quadrature" => QuadratureAdjoint::default().gradient(problem, method, options, kind),
        "Gauss" => GaussAdjoint::default().gradient(problem, method, options, kind),
        "Gauss-Kronrod" => kronrod().gradient(problem, method, options, kind),
        _ => return None,
    })
}

fn with_mass<M>(
    algorithm: &str,
    problem: &OdeProblem<WithMass<Oscillator>, Vec<f64>>,
    method: M,
    options: &Options,
    kind: &Kind,
) -> Option<Result<Gradient, Error>>
where
    M: for<'a> Algorithm<WithMass<&'a Augmented<'a, Oscillator, Kind>>, Vec<D>>
        + SolvesDaeAdjoint<Oscillator, Kind>,
{
    let interpolating = InterpolatingAdjoint::default();
    Some(match algorithm {
        "forward" => ForwardSensitivity.gradient_of_dae(problem, method, options, kind),
        "interpolating" => interpolating.gradient_of_dae(problem, method, options, kind),
        "quadrature" => {
            QuadratureAdjoint::default().gradient_of_dae(problem, method, options, kind)
        }
        "Gauss" => GaussAdjoint::default().gradient_of_dae(problem, method, options, kind),
        "Gauss-Kronrod" => kronrod().gradient_of_dae(problem, method, options, kind),
        _ => return None,
    })
}

fn kronrod() -> GaussAdjoint {
    GaussAdjoint { rule: GaussRule::Kronrod, ..GaussAdjoint::default() }
}

fn adjoint_of(algorithm: &str) -> Option<DiscreteAdjoint> {
    let control = match algorithm {
        "discrete" => StepControl::Sensitivity,
        "discrete, by the state" => StepControl::State,
        _ => return None,
    };
    Some(DiscreteAdjoint { control, ..DiscreteAdjoint::default() })
}

/// The discrete adjoint of implicit one-step methods: plain, and with mass matrices.
fn implicit_discrete<M>(algorithm: &str, feature: Feature, kind: &Kind, method: M) -> Option<Cell>
where
    M: DiscreteMethod<Oscillator, Kind, Vec<f64>>
        + DiscreteMethod<WithMass<Oscillator>, Kind, Vec<f64>>,
{
    let adjoint = adjoint_of(algorithm)?;
    let options = options(kind.times, 1e-9);
    let (loss, mut slopes) = exact(kind);
    let found = match feature {
        Feature::Events => return Some(Cell::NoSuchCall(EVENTS)),
        Feature::Plain => {
            let problem = OdeProblem::new(Oscillator::Plain, X0.to_vec(), P, SPAN).unwrap();
            adjoint.gradient(&problem, method, &options, kind)
        }
        Feature::RegularMass => adjoint.gradient(&heavy(), method, &options, kind),
        Feature::SingularMass => {
            slopes.insert(2, 0.0);
            adjoint.gradient(&watched(), method, &options, kind)
        }
    };
    Some(Cell::Gradient { found: found.map(Box::new), exact: (loss, slopes), tol: 1e-6 })
}

/// The discrete adjoint of explicit methods: plain, and with events.
fn discrete<M: ExplicitRk>(
    algorithm: &str,
    feature: Feature,
    kind: &Kind,
    method: M,
) -> Option<Cell> {
    let adjoint = adjoint_of(algorithm)?;
    Some(match feature {
        Feature::Plain => {
            let problem = OdeProblem::new(Oscillator::Plain, X0, P, SPAN).unwrap();
            let found = adjoint.gradient(&problem, method, &options(kind.times, 1e-12), kind);
            Cell::Gradient { found: found.map(Box::new), exact: exact(kind), tol: 1e-9 }
        }
        Feature::Events => {
            let (flight, problem) =
                (Flight(*kind), OdeProblem::new(Ball, BALL, BALL_P, BALL_SPAN).unwrap());
            let options = options(flight.times(), 1e-12);
            let found = adjoint.gradient_with_events(&problem, method, &options, &flight, &Bounce);
            Cell::Gradient { found: found.map(Box::new), exact: flight.exact(), tol: 1e-8 }
        }
        Feature::RegularMass | Feature::SingularMass => Cell::NoSuchCall(MASS),
    })
}

/// A cell of the grid, by algorithm, feature and loss.
pub(crate) type Ask = Box<dyn Fn(&str, Feature, &Kind) -> Cell>;

/// Names of methods, and who answers for them.
pub(crate) fn methods() -> Vec<(&'static str, Ask)> {
    fn explicit<M: ExplicitRk + 'static>(
        method: M,
        others: impl Fn(&str, Feature, &Kind) -> Cell + 'static,
    ) -> Ask {
        Box::new(move |algorithm, feature, kind| {
            let found = discrete(algorithm, feature, kind, method.clone());
            found.unwrap_or_else(|| others(algorithm, feature, kind))
        })
    }
    fn implicit<M>(method: M, others: impl Fn(&str, Feature, &Kind) -> Cell + 'static) -> Ask
    where
        M: DiscreteMethod<Oscillator, Kind, Vec<f64>>
            + DiscreteMethod<WithMass<Oscillator>, Kind, Vec<f64>>
            + Clone
            + 'static,
    {
        Box::new(move |algorithm, feature, kind| {
            let found = implicit_discrete(algorithm, feature, kind, method.clone());
            found.unwrap_or_else(|| others(algorithm, feature, kind))
        })
    }
    vec![
        ("Tsit5", explicit(Tsit5, row_of(Tsit5, 1e-9, 1e-12))),
        ("Vern7", explicit(Vern7, row_of(Vern7, 1e-9, 1e-12))),
        ("Rodas5P", implicit(Rodas5P, row_of(Rodas5P, 1e-6, 1e-9))),
        ("KenCarp4", implicit(KenCarp4, row_of(KenCarp4, 1e-6, 1e-9))),
        ("RadauIIA5", implicit(RadauIIA5, row_of(RadauIIA5, 1e-6, 1e-9))),
        ("Bdf", Box::new(row_of(Bdf::default(), 1e-6, 1e-10))),
    ]
}
