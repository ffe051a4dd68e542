//! `solve_within`: the error of the solution itself is within the tolerance, whatever the method and the
//! problem. A plain solve keeps the errors of its steps there (`values.rs`).

use crate::stiff_set::{self, Case, Model};
use ode_core::{Algorithm, Options, solve_within_by};
use ode_stiff::{Auto, Bdf, KenCarp4, Ndf, RadauIIA5, Rodas5P};

/// The true error of the solution in units of `rtol`.
fn error<A>(case: &Case, choose: impl FnMut(&Options) -> A, rtol: f64) -> f64
where
    A: Algorithm<Model, Vec<f64>>,
{
    let within = solve_within_by(&case.problem, choose, &case.ending_at_points(rtol)).unwrap();
    case.error(&within.solution) / rtol
}

#[test]
fn the_method_that_is_chosen_reaches_the_tolerance_on_every_problem() {
    for case in stiff_set::all() {
        let name = case.reference.name.as_str();
        let is_large = name == "ring_modulator" || case.reference.variables.len() >= 80;
        for &rtol in if is_large { &[1e-4, 1e-6][..] } else { &[1e-4, 1e-6, 1e-8] } {
            let auto = |options: &Options| Auto::for_problem(&case.problem, options);
            let error = match name {
                // 10⁵ steps; what is cheapest is measured, and this program is not optimised.
                "ring_modulator" => error(&case, |_| Rodas5P, rtol),
                _ => error(&case, auto, rtol),
            };
            assert!(error <= 2.0, "{name} at {rtol:e}: {error} tolerances");
        }
    }
}

#[test]
fn every_family_reaches_the_tolerance_on_every_small_problem() {
    for case in stiff_set::small() {
        let name = case.reference.name.as_str();
        for rtol in [1e-4, 1e-6] {
            let each = [
                ("Rodas5P", error(&case, |_| Rodas5P, rtol)),
                ("RadauIIA5", error(&case, |_| RadauIIA5, rtol)),
                ("KenCarp4", error(&case, |_| KenCarp4, rtol)),
                ("Ndf", error(&case, |_| Ndf::default(), rtol)),
                ("Bdf", error(&case, |_| Bdf::default(), rtol)),
            ];
            for (method, error) in each {
                assert!(error <= 2.0, "{method}, {name} at {rtol:e}: {error} tolerances");
            }
        }
    }
}
