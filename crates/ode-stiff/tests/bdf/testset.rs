//! The stiff problems of the test set: errors, work, and the counts of CVODE.

use ode_core::{OdeProblem, Options, Save, Stats, solve};
use ode_stiff::{Bdf, Ndf};
use testset::ErasedProblem;
use testset::models::Robertson;

/// Solves every problem by both methods; `most` is the largest error in units of `rtol`, for BDF and NDF.
fn errors(rtol: f64, most: [f64; 2]) {
    let problems = ErasedProblem::stiff().unwrap();
    assert_eq!(problems.len(), 8);
    for ErasedProblem { model, reference, .. } in problems {
        let (tspan, u0, p) = (reference.tspan, reference.u0.clone(), reference.p.clone());
        let atol_each = reference.scale().iter().map(|scale| 1e-4 * rtol * scale).collect();
        let save = Save::At(reference.times());
        let options = Options { rtol, atol_each, save, ..Options::default() };
        let problem = OdeProblem::new(model, u0, p, tspan).unwrap();
        let solutions = [
            solve(&problem, Bdf::default(), &options).unwrap(),
            solve(&problem, Ndf::default(), &options).unwrap(),
        ];
        for (solution, most) in solutions.iter().zip(most) {
            let states: Vec<_> = solution.iter().map(|(_, u)| u.to_vec()).collect();
            let error = reference.scaled_error(&states).unwrap();
            let text = format!("{} at {rtol:e}: {error:e}, {}", reference.name, solution.stats());
            assert!(error <= most * rtol, "{text}");
            // Jacobians and factors are kept, and few steps are taken in vain.
            let stats = solution.stats();
            assert!(stats.jacobians * 12 <= stats.accepted + 60, "{text}");
            assert!(stats.factorizations * 5 <= 2 * stats.accepted, "{text}");
            assert!(stats.rejected * 4 <= stats.accepted, "{text}");
        }
    }
}

#[test]
fn errors_follow_the_tolerance_on_every_stiff_problem() {
    // A single component at a single time decides: the Oregonator's peaks are steep.
    for (rtol, most) in [(1e-4, [50.0, 250.0]), (1e-6, [50.0, 50.0]), (1e-8, [100.0, 100.0])] {
        errors(rtol, most);
    }
}

/// Robertson with the settings of CVODE's example `cvRoberts_dns`.
fn robertson(t_end: f64) -> (OdeProblem<Robertson, [f64; 3]>, Options) {
    let (u0, p) = ([1.0, 0.0, 0.0], [0.04, 3e7, 1e4]);
    let problem = OdeProblem::new(Robertson, u0, p, (0.0, t_end)).unwrap();
    let atol_each = vec![1e-8, 1e-14, 1e-6];
    (problem, Options { rtol: 1e-4, atol_each, save: Save::Last, ..Options::default() })
}

#[test]
fn as_much_work_as_cvode_on_its_own_example() {
    // As printed in `cvRoberts_dns.out` of SUNDIALS 7.
    let (steps, failures, evaluations, factorizations, jacobians) = (542, 22, 754, 107, 11);
    let (problem, options) = robertson(4e10);
    let close = |ours: usize, theirs: usize, what: &str, stats: Stats| {
        let ratio = ours as f64 / theirs as f64;
        assert!((2.0 / 3.0..=1.5).contains(&ratio), "{what}: {ours}, not {theirs}; {stats}");
    };
    let solution = solve(&problem, Bdf::default(), &options).unwrap();
    let stats = solution.stats();
    close(stats.accepted, steps, "steps", stats);
    assert!(2 * stats.rejected <= 3 * failures, "error test failures: {stats}");
    close(stats.evaluations, evaluations, "evaluations", stats);
    close(stats.factorizations, factorizations, "factorizations", stats);
    close(stats.jacobians, jacobians, "Jacobians", stats);
    // The larger error constant saves NDF steps.
    let ndf = solve(&problem, Ndf::default(), &options).unwrap().stats();
    assert!(ndf.accepted < stats.accepted && ndf.evaluations < stats.evaluations, "{ndf}");
    // The mass is conserved by every linear multistep method.
    assert!((Robertson::mass(*solution.last().first_chunk().unwrap()) - 1.0f64).abs() < 1e-11);
}

#[test]
fn work_is_pinned() {
    fn pin(stats: Stats, wanted: [usize; 5]) {
        let Stats { accepted, rejected, evaluations, jacobians, factorizations, .. } = stats;
        let found = [accepted, rejected, evaluations, jacobians, factorizations];
        for (found, wanted) in found.into_iter().zip(wanted) {
            // Other processors and libraries round differently, and one Newton increment more or
            // less leads to other steps.
            assert!(found.abs_diff(wanted) <= 3 + wanted / 4, "{found}, not {wanted}: {stats}");
        }
    }
    macro_rules! pin {
        ($problem:ident, $bdf:expr, $ndf:expr) => {{
            let problem = testset::problems::$problem().unwrap();
            let (tspan, p) = (problem.reference.tspan, problem.reference.p);
            let problem = OdeProblem::new(problem.system, problem.u0, p, tspan).unwrap();
            let options = Options { atol: 1e-10, save: Save::Last, ..Options::default() };
            pin(solve(&problem, Bdf::default(), &options).unwrap().stats(), $bdf);
            pin(solve(&problem, Ndf::default(), &options).unwrap().stats(), $ndf);
        }};
    }
    pin!(hires, [509, 33, 838, 11, 88], [375, 31, 688, 10, 74]);
    pin!(orego, [2015, 157, 3359, 54, 344], [1712, 194, 3280, 53, 343]);
    pin!(vdpol_mu1000, [1473, 125, 2359, 30, 265], [1391, 187, 2511, 29, 276]);
    pin!(prothero_robinson, [118, 7, 169, 3, 21], [136, 17, 221, 3, 31]);
}
