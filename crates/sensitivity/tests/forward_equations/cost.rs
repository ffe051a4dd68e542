//! What tangents cost: no factorisation more, and work in proportion to their number.

use crate::models::{CALLS, Model};
use ode_core::{Algorithm, OdeProblem, Options, Save, Stats, solve};
use ode_stiff::{Bdf, KenCarp4, Ndf, Rodas5P};
use sensitivity::{ForwardEquations, StateAndTangents, StepControl};
fn rod(cells: usize, parameters: usize) -> OdeProblem<Model> {
    let u0: Vec<f64> = (0..cells).map(|i| 1.0 + (i as f64).sin().powi(2)).collect();
    let p: Vec<f64> = (0..parameters).map(|i| 1.0 + 0.3 * (i as f64).cos()).collect();
    OdeProblem::new(Model::Rod { cells, parameters }, u0, p, (0.0, 0.5)).unwrap()
}

fn options() -> Options {
    Options { rtol: 1e-6, atol: 1e-8, save: Save::Last, ..Options::default() }
}

/// The work with and without tangents, and the right-hand sides that are evaluated for them.
fn work<A>(method: A, problem: &OdeProblem<Model>, control: StepControl) -> (Stats, Stats, usize)
where
    A: for<'a> Algorithm<StateAndTangents<&'a Model>, Vec<f64>> + Algorithm<Model, Vec<f64>>,
{
    let alone = solve(problem, method.clone(), &options()).unwrap().stats();
    let how = ForwardEquations { control, ..ForwardEquations::default() };
    CALLS.set(0);
    let found = how.solve(problem, method, &options()).unwrap();
    (alone, found.stats(), CALLS.get())
}

/// The steps of the state alone: as many, with as many factorisations, whether dense or sparse.
#[test]
fn as_many_factorisations_as_without() {
    fn check<A>(method: A)
    where
        A: for<'a> Algorithm<StateAndTangents<&'a Model>, Vec<f64>> + Algorithm<Model, Vec<f64>>,
    {
        for cells in [4, 25] {
            let name = Algorithm::<Model, Vec<f64>>::name(&method);
            let problem = rod(cells, 3);
            let (alone, found, _) = work(method.clone(), &problem, StepControl::State);
            let what = format!("{name} {cells}: {found}, alone {alone}");
            assert_eq!(found.accepted, alone.accepted, "{what}");
            assert_eq!(found.rejected, alone.rejected, "{what}");
            assert_eq!(found.factorizations, alone.factorizations, "{what}");
            assert_eq!(found.jacobians, alone.jacobians, "{what}");
            // One system and its columns.
            let columns = 1 + cells + 3;
            assert!(2 * found.solves >= columns * alone.solves, "{what}");
            assert!(found.solves <= 4 * columns * alone.solves, "{what}");
        }
    }
    check(Rodas5P);
    check(KenCarp4);
    check(Bdf::default());
    check(Ndf::default());
}

/// Ten times the parameters: ten times the solves and evaluations, and not one factorisation more.
#[test]
fn work_grows_with_the_number_of_inputs() {
    let (few, many) = (rod(4, 36), rod(4, 396));
    let (_, of_few, calls_of_few) = work(KenCarp4, &few, StepControl::State);
    let (_, of_many, calls_of_many) = work(KenCarp4, &many, StepControl::State);
    // 41 and 401 columns with the state, 5 and 50 sweeps. (A cell reads one of the first parameters.)
    let by_step = |count: usize, stats: &Stats| count as f64 / stats.accepted as f64;
    let solves = by_step(of_many.solves, &of_many) / by_step(of_few.solves, &of_few);
    assert!((9.0..11.0).contains(&solves), "{solves}");
    let calls = by_step(calls_of_many, &of_many) / by_step(calls_of_few, &of_few);
    assert!(calls > 7.0 && calls < 10.5, "{calls}");
    let factors = by_step(of_many.factorizations, &of_many);
    assert!(factors <= 1.1 * by_step(of_few.factorizations, &of_few), "{factors}");
}
