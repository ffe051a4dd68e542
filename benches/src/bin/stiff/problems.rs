//! The problems that are measured.

use crate::case::Case;
use crate::{SUITE, agreed};
use benches::{Arguments, Kind, Measured, Race, Recorder};
use ode_core::OdeProblem;
use ode_stiff::{Kvaerno5, RadauIIA5, Rodas5P};
use std::error::Error;
use system::System;
use testset::{Problem, problems};

/// Names and numbers of states.
pub(crate) type Sizes = Vec<(&'static str, usize)>;

/// Seconds for one solve of a small problem, and of a large one.
const PATIENCE: f64 = 0.2;
const MORE_PATIENCE: f64 = 1.0;

/// The problem of a reference up to its end.
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
    Ok(Case { name, model: name, problem, end, small, patience: PATIENCE })
}

/// Writes one record for each method, problem and tolerance.
pub(crate) fn rows(
    recorder: &mut Recorder,
    arguments: &Arguments,
) -> Result<(Measured, Sizes), Box<dyn Error>> {
    let mut race = Race::new(SUITE, Kind::Stiff, recorder, arguments)?;
    let mut sizes = Sizes::new();
    macro_rules! measure {
        ($($name:literal: $case:expr;)*) => {$(
            if arguments.wants_problem($name) {
                let case = $case;
                sizes.push(($name, case.end.len()));
                case.measure(&mut race)?;
            }
        )*};
    }
    measure! {
        "rober_1e5": robertson_to_1e5()?;
        "rober_1e11": Case { name: "rober_1e11", ..case("rober", 1e-14, problems::rober()?)? };
        "vdpol_mu1000": case("vdpol_mu1000", 1e-3, problems::vdpol_mu1000()?)?;
        "vdpol_scaled": case("vdpol_scaled", 1.0, problems::vdpol_scaled()?)?;
        "hires": case("hires", 1e-4, problems::hires()?)?;
        "orego": case("orego", 1e-1, problems::orego()?)?;
        "brusselator_1d": tube()?;
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

/// The Brusselator in a tube of 500 cells with as much diffusion as Hairer and Wanner have: 1000 states.
fn tube() -> Result<Case<testset::models::Brusselator1d, Vec<f64>>, Box<dyn Error>> {
    let (name, small) = ("brusselator_1d", 1e-2);
    let Problem { system, reference, .. } = problems::brusselator_1d_n500()?;
    let g = 0.02 * 501f64.powi(2);
    let problem = OdeProblem::new(system, reference.u0.clone(), [g], reference.tspan)?;
    let end = agreed::end(name, &problem, (Rodas5P, Kvaerno5), (1e-12, small))?;
    let model = "brusselator_1d_n500";
    Ok(Case { name, model, problem, end, small, patience: MORE_PATIENCE })
}
