//! The problems that are measured.

use crate::case::Case;
use crate::{SUITE, agreed};
use benches::{Arguments, Kind, Measured, Race, Recorder};
use ode_core::OdeProblem;
use ode_stiff::{Kvaerno5, RadauIIA5, Rodas5P};
use std::error::Error;
use system::{Mass, System, WithMass};
use testset::models::TransistorAmplifier;
use testset::{Problem, problems};

/// What is known of a problem that has been measured.
pub(crate) struct Size {
    pub(crate) name: &'static str,
    /// How many it has.
    pub(crate) states: usize,
    /// The smallest error that its reference can tell.
    pub(crate) trusted: f64,
}

/// Seconds for one solve of a small problem, and of a large one.
pub(crate) const PATIENCE: f64 = 0.2;
const MORE_PATIENCE: f64 = 1.0;

/// The problem of a small reference up to its end.
fn case<F: System + Copy, const N: usize>(
    name: &'static str,
    small: f64,
    problem: Problem<F, N>,
) -> Result<Case<F, [f64; N]>, Box<dyn Error>>
where
    [f64; N]: system::Buffer<Item = f64>,
{
    let Problem { system, u0, reference, .. } = problem;
    let end = reference.points.last().map(|point| point.u.clone()).unwrap_or_default();
    let problem = OdeProblem::new(system, u0, reference.p.clone(), reference.tspan)?;
    Ok(Case { name, model: name, problem, stops: reference.stops, end, small, patience: PATIENCE })
}

/// The differential-algebraic problem of a reference up to its end.
fn dae<F: System + Copy, const N: usize>(
    name: &'static str,
    small: f64,
    problem: Problem<F, N>,
) -> Result<Case<WithMass<F>, [f64; N]>, Box<dyn Error>>
where
    [f64; N]: system::Buffer<Item = f64>,
{
    let diagonal = problem.reference.mass_matrix_diagonal.clone().unwrap_or_default();
    let Case { model, problem, stops, end, patience, .. } = case(name, small, problem)?;
    let rhs = WithMass::new(*problem.rhs(), Mass::diagonal(diagonal))?;
    let problem = OdeProblem::new(rhs, *problem.u0(), problem.p(), problem.tspan())?;
    Ok(Case { name, model, problem, stops, end, small, patience })
}

/// The transistor amplifier of the IVP test set up to its end.
fn amplifier() -> Result<Case<WithMass<TransistorAmplifier>, [f64; 8]>, Box<dyn Error>> {
    let (name, small, patience) = ("transistor_amplifier", 1e-1, PATIENCE);
    let rhs = WithMass::new(TransistorAmplifier, TransistorAmplifier::mass()?)?;
    let problem = OdeProblem::new(rhs, TransistorAmplifier::U0, [], (0.0, 0.2))?;
    let end = TransistorAmplifier::AT_END.to_vec();
    Ok(Case { name, model: name, problem, stops: Vec::new(), end, small, patience })
}

/// The problem of a large reference up to its end, on vectors.
fn large<F: System + Copy, const N: usize>(
    name: &'static str,
    small: f64,
    problem: Problem<F, N>,
) -> Result<Case<F, Vec<f64>>, Box<dyn Error>> {
    let Problem { system, reference, .. } = problem;
    let end = reference.points.last().map(|point| point.u.clone()).unwrap_or_default();
    let (u0, stops, patience) = (reference.u0.clone(), reference.stops, MORE_PATIENCE);
    let problem = OdeProblem::new(system, u0, reference.p, reference.tspan)?;
    Ok(Case { name, model: name, problem, stops, end, small, patience })
}

/// Writes one record for each method, problem and tolerance.
pub(crate) fn rows(
    recorder: &mut Recorder,
    arguments: &Arguments,
) -> Result<(Measured, Vec<Size>), Box<dyn Error>> {
    let mut race = Race::new(SUITE, Kind::Stiff, recorder, arguments)?;
    let mut sizes = Vec::new();
    macro_rules! measure {
        ($($name:literal to $trusted:literal: $case:expr;)*) => {$(
            if arguments.wants_problem($name) {
                let case = $case;
                sizes.push(Size { name: $name, states: case.end.len(), trusted: $trusted });
                case.measure(&mut race)?;
            }
        )*};
    }
    measure! {
        "rober_1e5" to 1e-9: robertson_to_1e5()?;
        "rober_1e11" to 1e-9: Case { name: "rober_1e11", ..case("rober", 1e-14, problems::rober()?)? };
        "vdpol_mu1000" to 1e-9: case("vdpol_mu1000", 1e-3, problems::vdpol_mu1000()?)?;
        "vdpol_scaled" to 1e-9: case("vdpol_scaled", 1.0, problems::vdpol_scaled()?)?;
        "hires" to 1e-9: case("hires", 1e-4, problems::hires()?)?;
        "orego" to 1e-9: case("orego", 1e-1, problems::orego()?)?;
        "pyrolysis_e5" to 1e-3: pyrolysis()?;
        "pollution" to 1e-9: case("pollution", 1e-6, problems::pollution()?)?;
        "ring_modulator" to 1e-7: Case {
            patience: 5.0 * PATIENCE,
            ..case("ring_modulator", 1e-4, problems::ring_modulator()?)?
        };
        "rober_dae" to 1e-9: dae("rober_dae", 1e-8, problems::rober_dae()?)?;
        "chemakzo_dae" to 1e-9: dae("chemakzo_dae", 1e-3, problems::chemakzo_dae()?)?;
        "transistor_amplifier" to 1e-9: amplifier()?;
        "beam" to 1e-9: large("beam", 1e-2, problems::beam()?)?;
        "medical_akzo" to 1e-9: large("medical_akzo", 1e-3, problems::medical_akzo()?)?;
        "brusselator_1d" to 1e-9: tube()?;
        "brusselator_2d" to 1e-7: Case {
            name: "brusselator_2d",
            ..large("brusselator_2d_n32", 1e-2, problems::brusselator_2d_n32()?)?
        };
    }
    Ok((race.finish()?, sizes))
}

/// Robertson's reactions up to the time of the figures in the literature of programs.
fn robertson_to_1e5() -> Result<Case<testset::models::Robertson, [f64; 3]>, Box<dyn Error>> {
    let (name, small) = ("rober_1e5", 1e-8);
    let mut case = case("rober", small, problems::rober()?)?;
    let (u0, p) = (*case.problem.u0(), case.problem.p().to_vec());
    let problem = OdeProblem::new(*case.problem.rhs(), u0, p, (0.0, 1e5))?;
    case.end = agreed::end(name, &problem, (RadauIIA5, Rodas5P), (1e-13, small))?;
    Ok(Case { name, problem, ..case })
}

/// Pyrolysis up to a time before rounding alone decides: the difference of two concentrations drives the third. Still
/// nobody gets below 1e-5.
fn pyrolysis() -> Result<Case<testset::models::Pyrolysis, [f64; 4]>, Box<dyn Error>> {
    let (name, t1) = ("pyrolysis_e5", 1e9);
    let reference = problems::pyrolysis_e5()?.reference;
    let found = reference.points.into_iter().find(|point| point.t == t1);
    let end = found.ok_or_else(|| format!("{name}: nothing at t = {t1}"))?.u;
    let case = case(name, 1e-18, problems::pyrolysis_e5()?)?;
    let (u0, p) = (*case.problem.u0(), case.problem.p().to_vec());
    let problem = OdeProblem::new(*case.problem.rhs(), u0, p, (0.0, t1))?;
    Ok(Case { problem, end, ..case })
}

/// The Brusselator in a tube of 500 cells with as much diffusion as Hairer and Wanner have: 1000 states.
fn tube() -> Result<Case<testset::models::Brusselator1d, Vec<f64>>, Box<dyn Error>> {
    let (name, small) = ("brusselator_1d", 1e-2);
    let Problem { system, reference, .. } = problems::brusselator_1d_n500()?;
    let g = 0.02 * 501f64.powi(2);
    let problem = OdeProblem::new(system, reference.u0.clone(), [g], reference.tspan)?;
    let end = agreed::end(name, &problem, (Rodas5P, Kvaerno5), (1e-12, small))?;
    let model = "brusselator_1d_n500";
    Ok(Case { name, model, problem, stops: Vec::new(), end, small, patience: MORE_PATIENCE })
}
