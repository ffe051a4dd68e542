//! Mass matrices: differential-algebraic equations of index 1, regular matrices, and what is refused.

use ode_core::{OdeProblem, Options, Save, Solution, SolveError, StepSize, solve};
use ode_stiff::{
    ImplicitEuler, ImplicitMidpoint, KenCarp3, KenCarp4, KenCarp5, Kvaerno3, Kvaerno4, Kvaerno5,
    TrBdf2,
};
use system::{Mass, Rhs, WithMass};
use testset::{Erased, ErasedProblem};

type Solve = fn(&OdeProblem<Erased<'static>>, &Options) -> Result<Solution, SolveError>;

/// The errors at the reference points and the algebraic residual at every step.
fn check(name: &str, solve: Solve, problem: ErasedProblem, rtol: f64, bound: f64) {
    let ErasedProblem { model, reference, .. } = problem;
    let diagonal = reference.mass_matrix_diagonal.clone().unwrap();
    let (u0, p) = (reference.u0.clone(), reference.p.clone());
    let ode = OdeProblem::new(model, u0, p.clone(), reference.tspan).unwrap();
    let floor = if reference.name == "rober_dae" { 1e-6 } else { 1e-2 };
    let stops: Vec<f64> = reference.points.iter().map(|point| point.t).skip(1).collect();
    let options = Options { rtol, atol: rtol * floor, stops, ..Options::default() };
    let solution = solve(&ode, &options).unwrap();
    for point in &reference.points {
        let u = solution.at(point.t).unwrap();
        for (i, (u, exact)) in u.iter().zip(&point.u).enumerate() {
            let error = (u - exact).abs() / (floor + exact.abs()) / rtol;
            assert!(error < bound, "{name}, {}, t = {}, u{i}: {error}", reference.name, point.t);
        }
    }
    let mut f = vec![0.0; diagonal.len()];
    for (t, u) in solution.iter() {
        ode.rhs().eval(t, u, &p, &mut f).unwrap();
        for (i, _) in diagonal.iter().enumerate().filter(|(_, m)| **m == 0.0) {
            assert!(f[i].abs() < rtol, "{name}, {}, t = {t}: {:e} is left", reference.name, f[i]);
        }
    }
}

macro_rules! each_problem {
    ($($method:ident: $rtol:literal, $bound:literal;)*) => {$({
        for problem in ErasedProblem::differential_algebraic().unwrap() {
            let solve: Solve = |ode, options| solve(ode, $method, options);
            check(stringify!($method), solve, problem, $rtol, $bound);
        }
    })*};
}

#[test]
fn problems_of_index_1_are_solved_and_their_algebraic_equations_hold_at_every_step() {
    each_problem! {
        ImplicitEuler: 1e-4, 300.0;
        TrBdf2: 1e-5, 100.0;
        Kvaerno3: 1e-6, 10.0;
        KenCarp3: 1e-6, 10.0;
        Kvaerno4: 1e-6, 10.0;
        KenCarp4: 1e-7, 20.0;
        Kvaerno5: 1e-7, 20.0;
        KenCarp5: 1e-7, 20.0;
    }
}

system::system! {
    /// A differential equation in unusual coordinates.
    #[derive(Clone, Copy)]
    struct Decay;
    state { x, y }
    params { }
    rhs(t) {
        d(x) = -x + y;
        d(y) = -3.0 * y * y + t.sin();
    }
}

system::system! {
    /// `M⁻¹` times the same.
    #[derive(Clone, Copy)]
    struct Solved;
    state { x, y }
    params { }
    rhs(t) {
        let f = -x + y;
        let g = -3.0 * y * y + t.sin();
        // The inverse of [[2, 1], [1, 3]].
        d(x) = 0.6 * f - 0.2 * g;
        d(y) = -0.2 * f + 0.4 * g;
    }
}

#[test]
fn a_regular_mass_matrix_is_that_of_the_solved_equations() {
    let mass = Mass::dense(&[[2.0, 1.0], [1.0, 3.0]]).unwrap();
    let massive = WithMass::new(Decay, mass).unwrap();
    let massive = OdeProblem::new(massive, [1.0, 0.5], [], (0.0, 3.0)).unwrap();
    let solved = OdeProblem::new(Solved, [1.0, 0.5], [], (0.0, 3.0)).unwrap();
    let options =
        Options { step: StepSize::Fixed(0.05), rtol: 1e-12, atol: 1e-12, ..Options::default() };
    for t in [0.33, 1.71, 3.0] {
        let a = solve(&massive, KenCarp4, &options).unwrap().at(t).unwrap();
        let b = solve(&solved, KenCarp4, &options).unwrap().at(t).unwrap();
        for (a, b) in a.iter().zip(&b) {
            assert!((a - b).abs() < 1e-12, "{t}: {a} {b}");
        }
    }
}

system::system! {
    /// Two equations, of which only the sum of the derivatives and an algebraic relation are known:
    /// `x' + y' = -x`, `0 = y - x²`.
    #[derive(Clone, Copy)]
    struct Hidden;
    state { x, y }
    params { }
    rhs(_t) {
        d(x) = -x + y - x * x;
        d(y) = -x - y + x * x;
    }
}

#[test]
fn a_singular_matrix_may_hide_its_algebraic_equations() {
    // Both rows are x' + y': the difference of the equations is 0 = 2 (y - x²).
    let mass = Mass::dense(&[[1.0, 1.0], [1.0, 1.0]]).unwrap();
    let dae = WithMass::new(Hidden, mass).unwrap();
    let problem = OdeProblem::new(dae, [1.0, 1.0], [], (0.0, 2.0)).unwrap();
    let options = Options { rtol: 1e-8, atol: 1e-10, ..Options::default() };
    let solution = solve(&problem, Kvaerno5, &options).unwrap();
    for (t, u) in solution.iter() {
        assert!((u[1] - u[0] * u[0]).abs() < 1e-9);
        // (1 + 2 x) x' = -x integrates to ln x + 2 x = 2 - t.
        assert!((u[0].ln() + 2.0 * u[0] - 2.0 + t).abs() < 1e-7, "{t}: {u:?}");
    }
    // The interpolant is right from the first step on: its derivative at the start is consistent.
    let slope = solution.derivative(0.0).unwrap();
    assert!((slope[0] + 1.0 / 3.0).abs() < 1e-9 && (slope[1] + 2.0 / 3.0).abs() < 1e-9);
}

system::system! {
    /// A pendulum in Cartesian coordinates, of index 3.
    #[derive(Clone, Copy)]
    struct Pendulum;
    state { x, y, vx, vy, tension }
    params { }
    rhs(_t) {
        d(x) = vx;
        d(y) = vy;
        d(vx) = -tension * x;
        d(vy) = -tension * y - 9.81;
        d(tension) = x * x + y * y - 1.0;
    }
}

#[test]
fn a_higher_index_is_refused_by_name() {
    let dae = WithMass::new(Pendulum, Mass::diagonal([1.0, 1.0, 1.0, 1.0, 0.0])).unwrap();
    assert!(Rhs::<f64>::mass(&dae).is_some());
    let problem = OdeProblem::new(dae, [1.0, 0.0, 0.0, 0.0, 0.0], [], (0.0, 1.0)).unwrap();
    let error = solve(&problem, Kvaerno5, &Options::default()).unwrap_err();
    let text = error.to_string();
    assert!(text.contains("`tension`") && text.contains("index"), "{text}");
}

#[test]
fn the_midpoint_rule_takes_no_mass_matrix() {
    let dae = WithMass::new(Decay, Mass::diagonal([1.0, 0.0])).unwrap();
    let problem = OdeProblem::new(dae, [1.0, 0.5], [], (0.0, 1.0)).unwrap();
    let options = Options { step: StepSize::Fixed(0.1), save: Save::Last, ..Options::default() };
    assert!(solve(&problem, ImplicitMidpoint, &options).is_err());
}
