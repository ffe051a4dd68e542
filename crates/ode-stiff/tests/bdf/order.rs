//! Orders of convergence, and the orders that are reached.

use ode_core::{Integrator, OdeProblem, Options, Progress, Save, StepSize, solve};
use ode_stiff::{Bdf, Ndf};
use testset::models::ProtheroRobinson;

system::system! {
    /// `cos t` attracts: what the first steps do wrong is forgotten.
    struct Attracted;
    state { y }
    params { rate }
    rhs(t) {
        d(y) = -rate * (y + y.powi(3) - t.cos() - t.cos().powi(3)) - t.sin();
    }
}

/// Runs the block for both methods of a certain highest order.
macro_rules! both {
    ($max_order:expr, $method:ident => $body:block) => {{
        let $method = Bdf { max_order: $max_order, ..Bdf::default() };
        $body
    }
    {
        let $method = Ndf { max_order: $max_order, ..Ndf::default() };
        $body
    }};
}

/// The slope of error over size, of two solves with fixed steps.
macro_rules! observed {
    ($problem:expr, $method:expr, $dt:expr) => {{
        let error = |dt: f64| {
            let step = StepSize::Fixed(dt);
            let (rtol, atol, save) = (1e-13, 1e-13, Save::Last);
            let options = Options { step, rtol, atol, save, ..Options::default() };
            let last = solve(&$problem, $method, &options).unwrap().last()[0];
            (last - $problem.tspan().1.cos()).abs()
        };
        (error($dt) / error(0.5 * $dt)).log2()
    }};
}

#[test]
fn fixed_steps_converge_with_the_highest_order() {
    for order in 1..=5 {
        let dt = [0.01, 0.02, 0.04, 0.05, 0.08][order - 1];
        both!(order, method => {
            let nonlinear = OdeProblem::new(Attracted, [1.0], [50.0], (0.0, 4.0)).unwrap();
            let observed = observed!(nonlinear, method, dt);
            assert!((observed - order as f64).abs() < 0.25, "{method:?}: {observed}");
            // Stiff: λ dt is 1e4 and more, and nothing of the order is lost.
            let stiff = OdeProblem::new(ProtheroRobinson, [1.0], [1e6], (0.0, 4.0)).unwrap();
            let observed = observed!(stiff, method, 2.5 * dt);
            assert!(order == 5 || (observed - order as f64).abs() < 0.25, "{method:?}: {observed}");
        });
    }
}

#[test]
fn errors_of_adaptive_solves_follow_the_tolerance_down() {
    let problem = OdeProblem::new(Attracted, [1.0], [50.0], (0.0, 10.0)).unwrap();
    both!(5, method => {
        for rtol in [1e-4, 1e-6, 1e-8, 1e-10, 1e-12] {
            let options = Options { rtol, atol: rtol, ..Options::default() };
            let solution = solve(&problem, method, &options).unwrap();
            let error = |t: f64| (solution.at(t).unwrap()[0] - t.cos()).abs();
            // Also between the steps.
            let worst = (0..=1000).map(|k| error(0.01 * f64::from(k))).fold(0.0, f64::max);
            assert!(worst < 50.0 * rtol, "{method:?} {rtol:e}: {worst:e}");
        }
    });
}

/// The degree of the interpolant of the last step: that of the highest difference that is not zero.
macro_rules! degree {
    ($integrator:expr) => {{
        let (step, mut values) = ($integrator.last_step(), [0.0; 8]);
        for (k, value) in values.iter_mut().enumerate() {
            let mut u = [0.0];
            let t = step.t + step.dt * k as f64 / 7.0;
            $integrator.dense().unwrap().eval(t, &mut u);
            *value = u[0];
        }
        let mut degree = 0;
        for k in 1..8 {
            for i in 0..8 - k {
                values[i] = values[i + 1] - values[i];
            }
            if values[..8 - k].iter().any(|x| x.abs() > 1e-11) {
                degree = k;
            }
        }
        degree
    }};
}

#[test]
fn orders_rise_to_the_highest_allowed() {
    let problem = OdeProblem::new(Attracted, [1.0], [50.0], (0.0, 20.0)).unwrap();
    for order in 1..=5 {
        both!(order, method => {
            let options = Options { rtol: 1e-7, atol: 1e-7, ..Options::default() };
            let mut integrator = Integrator::new(&problem, method, &options).unwrap();
            let (mut highest, mut at_highest, mut steps) = (0, 0, 0);
            while integrator.step().unwrap() != Progress::Finished {
                let degree = degree!(integrator);
                highest = highest.max(degree);
                at_highest += usize::from(degree == order);
                steps += 1;
            }
            assert_eq!(highest, order, "{method:?}");
            // On a smooth solution at this tolerance the high orders are at home.
            assert!(order == 5 || 2 * at_highest > steps, "{method:?}: {at_highest} of {steps}");
        });
    }
}

#[test]
fn high_orders_pay() {
    let problem = OdeProblem::new(Attracted, [1.0], [50.0], (0.0, 20.0)).unwrap();
    let options = Options { rtol: 1e-5, atol: 1e-5, ..Options::default() };
    let mut bdf = Vec::new();
    let mut ndf = Vec::new();
    for max_order in 1..=5 {
        let method = Bdf { max_order, ..Bdf::default() };
        bdf.push(solve(&problem, method, &options).unwrap().stats().accepted);
        let method = Ndf { max_order, ..Ndf::default() };
        ndf.push(solve(&problem, method, &options).unwrap().stats().accepted);
    }
    for steps in [bdf, ndf] {
        assert!(steps[0] > 4 * steps[1] && 2 * steps[1] > 3 * steps[2], "{steps:?}");
        assert!(steps[2] > steps[3] && 3 * steps[3] > 2 * steps[4], "{steps:?}");
    }
    // An order outside of 1 to 5 is the nearest inside.
    for (given, meant) in [(0, 1), (9, 5)] {
        both!(given, method => {
            let found = solve(&problem, method, &options).unwrap();
            both!(meant, other => {
                let wanted = solve(&problem, other, &options).unwrap();
                let same = found.method() == wanted.method();
                assert!(!same || found.last() == wanted.last());
            });
        });
    }
}
