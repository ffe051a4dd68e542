//! What a solution saves between its steps lies on the algebraic equations, too.

use crate::cases::{Case, cases};
use crate::model::{METHODS, Method, Model, with_mass};
use crate::values::{PASS_KINKS, missing};
use allocation_counter::measure;
use ode_core::{
    ErrorKind, Events, Integrator, OdeProblem, Options, Progress, Root, Save, Saving, solve,
};
use ode_stiff::{Bdf, KenCarp4, RadauIIA5, Rodas5P};
use system::{Mass, Rhs};

/// What is missing of the algebraic equations where a solution is saved, in tolerances.
const MOST: f64 = 0.1;

/// Times all over the span; over ten powers of ten where it is as long as that.
fn times(case: &Case) -> Vec<f64> {
    let (t0, t1) = case.problem.tspan();
    let part = |k: u32| {
        if t1 > 1e6 { 10f64.powf(0.05 * f64::from(k) - 10.0) } else { f64::from(k) / 200.0 }
    };
    let mut times: Vec<f64> = (0..=200).map(|k| (t0 + part(k) * (t1 - t0)).min(t1)).collect();
    times.extend_from_slice(&case.stops);
    times.sort_by(f64::total_cmp);
    times.dedup();
    times
}

fn is_hopeless(case: &Case, method: Method) -> bool {
    case.name == "charge pump, sharp" && !PASS_KINKS.contains(&method.name)
}

#[test]
fn every_saved_state_is_on_the_algebraic_equations() {
    let mut between = 0.0f64;
    for case in cases() {
        for method in METHODS.into_iter().filter(|method| !is_hopeless(&case, *method)) {
            let (rtol, save) = (method.rtol, Save::At(times(&case)));
            let options = Options { save, ..case.options(rtol) };
            let failed = |error| panic!("{}, {}: {error}", case.name, method.name);
            let solution = method.solve(&case.problem, &options).unwrap_or_else(failed);
            let dense = method.solve(&case.problem, &case.options(rtol)).unwrap();
            assert_eq!(solution.len(), times(&case).len());
            let mass = Rhs::<f64>::mass(case.problem.rhs()).unwrap();
            let n = case.scale.len();
            let (mut product, mut other) = (vec![0.0; n], vec![0.0; n]);
            for (t, u) in solution.iter() {
                let is_step = dense.times().contains(&t);
                let left = missing(&case, rtol, t, u);
                let bound = if is_step { 1.0 } else { MOST };
                assert!(left <= bound, "{}, {} at {t}: {left:.2}", case.name, method.name);
                // Only the algebraic variables were moved.
                let v = dense.at(t).unwrap();
                mass.times(u, &mut product);
                mass.times(&v, &mut other);
                for (i, (a, b)) in product.iter().zip(&other).enumerate() {
                    let size = mass.row(i).iter().map(|&(j, m)| (m * v[j]).abs()).sum::<f64>();
                    assert!((a - b).abs() <= 1e-13 * size, "{}, {}", case.name, method.name);
                }
                if !is_step {
                    between = between.max(missing(&case, rtol, t, &v));
                }
            }
            // The steps do not notice.
            assert_eq!(solution.last(), dense.last(), "{}, {}", case.name, method.name);
            assert_eq!(solution.stats().accepted, dense.stats().accepted);
        }
    }
    // Interpolants alone would not do.
    assert!(between > 10.0, "{between}");
}

system::system! {
    /// `x' = -x`, `y + y³ = k x`, and another state that feels nothing of it: `w' = -1000 (w - cos t)`.
    struct Bath;
    state { x, y, w }
    params { k }
    rhs(t) {
        d(x) = -x;
        d(y) = k * x - y - y * y * y;
        d(w) = -1e3 * (w - t.cos());
    }
}

fn bath() -> OdeProblem<Model> {
    let model = with_mass(Bath, Mass::diagonal([1.0, 0.0, 1.0]));
    OdeProblem::new(model, vec![2.0, 1.0, 1.0], [1.0], (0.0, 2.0)).unwrap()
}

#[test]
fn so_are_the_states_of_events_and_of_tables() {
    for method in METHODS {
        let options = Options { rtol: method.rtol, save: Save::Last, ..Options::default() };
        let left = |u: &[f64]| (u[0] - u[1] - u[1].powi(3)).abs() / method.rtol;
        let mut most = 0.0f64;
        let table =
            Saving::new("left", ["left"], |_t, u, _p, row| row[0] = u[0] - u[1] - u[1].powi(3))
                .at((0..=100).map(|k| 0.02 * f64::from(k)).collect::<Vec<_>>());
        let seen = Root::new("seen", |_t, u: &[f64], _p| u[0] - 1.0);
        let last = Root::new("last", |_t, u: &[f64], _p| u[0] - 0.5).terminal();
        let mut events = Events::new().with(table).with(seen).with(last);
        let solution = method.solve_with(&bath(), &options, &mut events).unwrap();
        assert_eq!(solution.events().len(), 2);
        for event in solution.events() {
            most = most.max(left(&event.before)).max(left(&event.after));
        }
        most = most.max(left(solution.last()));
        let table = solution.table("left").unwrap();
        for k in 0..table.times().len() {
            most = most.max(table.row(k)[0].abs() / method.rtol);
        }
        assert!(most <= 1.0, "{}: {most}", method.name);
    }
}

#[test]
fn saving_allocates_nothing() {
    let problem = bath();
    let options = Options { rtol: 1e-8, ..Options::default() };
    macro_rules! check {
        ($($method:expr,)*) => {$(
            let mut integrator = Integrator::new(&problem, $method, &options).unwrap();
            let mut u = [0.0; 3];
            for _ in 0..20 {
                integrator.step().unwrap();
                let step = integrator.last_step();
                integrator.state_at(step.t + 0.3 * step.dt, &mut u).unwrap();
            }
            let mut states = 0;
            let info = measure(|| {
                while integrator.step().unwrap() != Progress::Finished {
                    let step = integrator.last_step();
                    for part in [0.3, 0.6, 0.9] {
                        integrator.state_at(step.t + part * step.dt, &mut u).unwrap();
                        states += 1;
                    }
                }
            });
            assert!(states > 30, "{states}");
            // Only an interpolant of a degree not seen before needs room.
            assert!(info.count_total <= 5, "{}: {info:?}", integrator.method());
        )*};
    }
    check!(Rodas5P, KenCarp4, RadauIIA5, Bdf::default(),);
}

system::system! {
    /// `y² = 1`, but for a moment in which there is no root.
    struct Gap;
    state { x, y }
    params {}
    rhs(t) {
        let (zero, width) = (0.0 * t, 1e-9 + 0.0 * t);
        let hole = ((t - 1.0) * (t - 1.0)).select_lt(width * width, 1.7 + zero, zero);
        d(x) = -x;
        d(y) = 1.0 - y * y - hole;
    }
}

system::system! {
    /// `y = x`, but for a moment in which that cannot be evaluated.
    struct Hole;
    state { x, y }
    params {}
    rhs(t) {
        d(x) = -x;
        d(y) = x - y + 0.0 * ((t - 1.0) * (t - 1.0) - 1e-18).ln();
    }
}

#[test]
fn where_no_state_can_be_saved_that_is_told() {
    let mass = || Mass::diagonal([1.0, 0.0]);
    let times = Save::At(vec![0.5, 1.0, 1.5]);
    let options = Options { save: times, ..Options::default() };
    let gap = OdeProblem::new(with_mass(Gap, mass()), vec![1.0, 1.0], [], (0.0, 2.0)).unwrap();
    let hole = OdeProblem::new(with_mass(Hole, mass()), vec![1.0, 1.0], [], (0.0, 2.0)).unwrap();
    macro_rules! check {
        ($($method:expr,)*) => {$(
            let error = solve(&gap, $method, &options).unwrap_err();
            let ErrorKind::NoConsistentState { t: 1.0, equation, residual, .. } = error.kind() else {
                panic!("{error}");
            };
            assert!(equation == "y" && *residual > 0.1, "{error}");
            assert!(error.to_string().contains("`stops`"), "{error}");
            // What was saved before is there.
            assert_eq!(error.partial().times(), [0.5]);
            let error = solve(&hole, $method, &options).unwrap_err();
            let ErrorKind::NonFinite { t: 1.0, component } = error.kind() else { panic!("{error}") };
            assert_eq!(component, "y");
        )*};
    }
    check!(Rodas5P, KenCarp4, RadauIIA5, Bdf::default(),);
}
