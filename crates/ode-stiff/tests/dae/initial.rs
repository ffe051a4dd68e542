//! Consistent initial values.

use crate::cases::cases;
use crate::model::{Model, with_mass};
use ode_core::{Domain, ErrorKind, OdeProblem, Options, Save, solve};
use ode_stiff::{Bdf, consistent};
use scalar::{Dual, Scalar};
use system::{Mass, Rhs, System, WithMass};

#[test]
fn perturbed_algebraic_variables_come_back_and_differential_ones_stay() {
    for case in cases() {
        let (rhs, p, tspan) = (case.problem.rhs(), case.problem.p(), case.problem.tspan());
        let mass = Rhs::<f64>::mass(rhs).unwrap();
        let exact = &case.points[0].1;
        // Along the rows of M nothing may change: only where all of a column is zero it is known to.
        let n = exact.len();
        let occurs = |j: usize| (0..n).any(|i| mass.row(i).iter().any(|&(k, _)| k == j));
        let mut u = exact.clone();
        for j in (0..n).filter(|&j| !occurs(j)) {
            u[j] += 0.1 * case.scale[j];
        }
        if case.name == "transistor amplifier" {
            u[0] += 0.01;
            u[1] += 0.01;
        }
        let options = Options { atol: 1e-10, ..Options::default() };
        let before = {
            let mut product = vec![0.0; n];
            mass.times(&u, &mut product);
            product
        };
        let mut v = u.clone();
        let taken = ode_stiff::make_consistent(rhs, tspan.0, &mut v, p, &options).unwrap();
        assert!(taken > 0, "{}", case.name);
        let mut after = vec![0.0; n];
        mass.times(&v, &mut after);
        for i in 0..n {
            assert!(
                (after[i] - before[i]).abs() <= 1e-14 * (1.0 + before[i].abs()),
                "{}",
                case.name
            );
            let off = (v[i] - exact[i]).abs() / case.scale[i];
            assert!(off < 1e-9, "{}, u{i}: {} {}", case.name, v[i], exact[i]);
        }
        assert!(case.residual(tspan.0, &v) < 1e-9, "{}", case.name);
    }
}

system::system! {
    /// From far away an undamped step leads ever farther.
    struct Arctangent;
    state { x, y }
    params {}
    rhs(_t) {
        d(x) = -x;
        d(y) = 10.0 * (y - x).atan();
    }
}

system::system! {
    struct Square;
    state { x, y }
    params { c }
    rhs(_t) {
        d(x) = -x;
        d(y) = y * y - c * x;
    }
}

fn problem<F: System + 'static>(system: F, u0: [f64; 2], p: &[f64]) -> OdeProblem<Model> {
    let model = with_mass(system, Mass::diagonal([1.0, 0.0]));
    OdeProblem::new(model, u0.to_vec(), p, (0.0, 1.0)).unwrap()
}

#[test]
fn steps_are_damped_and_stay_in_the_domain() {
    let options = Options::default();
    let far = consistent(&problem(Arctangent, [1.0, 9.0], &[]), &options).unwrap();
    assert!((far.u[1] - 1.0).abs() < 1e-9 && far.u[0] == 1.0 && far.residual < 1e-8, "{far:?}");
    // From 0.1 Newton's method leads to 5.05, from -0.1 to -5.05.
    let near = consistent(&problem(Square, [1.0, -0.1], &[1.0]), &options).unwrap();
    assert!((near.u[1] + 1.0).abs() < 1e-9, "{near:?}");
    let within = Options { domain: Domain::NonNegative, ..options };
    let positive = consistent(&problem(Square, [1.0, 0.1], &[1.0]), &within).unwrap();
    assert!((positive.u[1] - 1.0).abs() < 1e-9, "{positive:?}");
}

#[test]
fn what_has_no_solution_is_told() {
    let options = Options::default();
    let error = consistent(&problem(Square, [1.0, 2.0], &[-1.0]), &options).unwrap_err();
    match error.kind() {
        ErrorKind::NoConsistentState { equation, residual, iterations, .. } => {
            assert!(equation == "y" && *residual >= 1.0 && *iterations > 0, "{error}");
        }
        other => panic!("{other:?}"),
    }
    assert!(error.to_string().contains("better guess"), "{error}");
    let error = consistent(&problem(Square, [1.0, 0.0], &[1.0]), &options).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::HigherIndex { .. }), "{error}");
    let error = consistent(&problem(Square, [1.0, f64::MAX], &[1.0]), &options).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::NonFinite { .. }), "{error}");
    // A wrong length is no panic.
    let square = problem(Square, [1.0, 1.0], &[1.0]);
    let wrong = ode_stiff::make_consistent(square.rhs(), 0.0, &mut [1.0], &[1.0], &options);
    assert!(matches!(wrong.unwrap_err().kind(), ErrorKind::Dimension { .. }));
}

#[test]
fn derivatives_by_the_implicit_function_theorem() {
    type First = Dual<f64, 2>;
    type Second = Dual<First, 1>;
    let rhs = WithMass::new(Square, Mass::diagonal([1.0, 0.0])).unwrap();
    let options = Options::default();
    // y = √(c x), here c = 4, x = 9.
    let x = First::variable(9.0, 0);
    let c = First::variable(4.0, 1);
    let first =
        OdeProblem::over(rhs.clone(), vec![x, First::constant(2.0)], [c], (0.0, 1.0)).unwrap();
    let y = consistent(&first, &options).unwrap().u[1];
    let wanted = [6.0, 0.5 * (4f64 / 9.0).sqrt(), 0.5 * (9f64 / 4.0).sqrt()];
    for (y, wanted) in [y.re, y.eps[0], y.eps[1]].into_iter().zip(wanted) {
        assert!((y - wanted).abs() < 1e-14, "{y} {wanted}");
    }
    let c = Second::variable(First::variable(4.0, 1), 0);
    let u0 = vec![Second::from_f64(9.0), Second::from_f64(2.0)];
    let second = OdeProblem::over(rhs, u0, [c], (0.0, 1.0)).unwrap();
    let y = consistent(&second, &options).unwrap().u[1];
    // d²y/dc² = -3/4 c^(-3/2).
    assert!((y.re.eps[1] - 0.75).abs() < 1e-13 && (y.eps[0].re - 0.75).abs() < 1e-13, "{y:?}");
    assert!((y.eps[0].eps[1] + 0.75 / 8.0).abs() < 1e-13, "{y:?}");
}

/// Diffusion of `x`, of which `y` with `y + y³ = x` is bound; the constraints are coupled to their
/// neighbors.
struct Sorption {
    cells: usize,
    /// The equation of this cell has lost its algebraic variable.
    broken: Option<usize>,
}

impl System for Sorption {
    fn dim(&self) -> usize {
        2 * self.cells
    }
    fn num_params(&self) -> usize {
        0
    }
    fn rhs<S: Scalar>(&self, _t: S, u: &[S], _p: &[S], du: &mut [S]) {
        let n = self.cells;
        let (x, y) = u.split_at(n);
        for i in 0..n {
            let (left, right) = (i.saturating_sub(1), (i + 1).min(n - 1));
            du[i] = x[left] - x[i].scale(2.0) + x[right] - y[i];
            let neighbors = (y[left] + y[right]).scale(0.1);
            du[n + i] = match self.broken == Some(i) {
                true => x[i] - S::one(),
                false => y[i] + y[i].powi(3) + neighbors - x[i],
            };
        }
    }
}

#[test]
fn thousands_of_algebraic_variables_are_found_in_their_pattern() {
    let cells = 4000;
    let mass: Vec<f64> = (0..2 * cells).map(|i| if i < cells { 1.0 } else { 0.0 }).collect();
    let of = |broken| {
        let rhs = WithMass::new(Sorption { cells, broken }, Mass::diagonal(&mass)).unwrap();
        let x = (0..cells).map(|i| 1.0 + (0.01 * i as f64).sin());
        let u0: Vec<f64> = x.chain((0..cells).map(|_| 0.0)).collect();
        OdeProblem::new(rhs, u0, [], (0.0, 0.1)).unwrap()
    };
    let options = Options { save: Save::Last, ..Options::default() };
    let problem = of(None);
    let refused = solve(&problem, Bdf::default(), &options).unwrap_err();
    assert!(matches!(refused.kind(), ErrorKind::Inconsistent { .. }), "{refused}");
    let initial = consistent(&problem, &options).unwrap();
    assert!(initial.residual < 1e-12 && initial.iterations < 10, "{}", initial.residual);
    let solution = solve(&problem.with_u0(initial.u).unwrap(), Bdf::default(), &options).unwrap();
    let (mut f, u) = (vec![0.0; 2 * cells], solution.last());
    Sorption { cells, broken: None }.rhs(0.0, u, &[], &mut f);
    assert!(f[cells..].iter().all(|f| f.abs() < 1e-4));

    let error = consistent(&of(Some(77)), &options).unwrap_err();
    let ErrorKind::HigherIndex { equations, .. } = error.kind() else { panic!("{error}") };
    assert_eq!(equations, &[format!("u{}", cells + 77 + 1)]);
}
