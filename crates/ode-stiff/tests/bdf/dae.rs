//! Mass matrices: systems of index 1, and regular ones.

use ode_core::{ErrorKind, OdeProblem, Options, Save, solve};
use ode_stiff::{Bdf, Ndf};
use system::{Mass, Rhs, System, WithMass};
use testset::{Problem, Visitor};

macro_rules! both {
    ($method:ident => $body:block) => {{
        let $method = Bdf::default();
        $body
    }
    {
        let $method = Ndf::default();
        $body
    }};
}

/// Errors, and what is left of the algebraic equations at every step.
struct Algebraic {
    rtol: f64,
    seen: usize,
}

impl Visitor for Algebraic {
    fn visit<F: System + Copy, const N: usize>(&mut self, problem: &Problem<F, N>) {
        let reference = &problem.reference;
        let (rtol, p, tspan) = (self.rtol, &reference.p, reference.tspan);
        let diagonal = reference.mass_matrix_diagonal.clone().unwrap();
        let algebraic: Vec<usize> = (0..N).filter(|&i| diagonal[i] == 0.0).collect();
        assert_eq!(algebraic, [N - 1]);
        let scale = reference.scale();
        let atol_each: Vec<f64> = scale.iter().map(|scale| 1e-2 * rtol * scale).collect();
        let model = WithMass::new(problem.system, Mass::diagonal(&diagonal)).unwrap();
        let dae = OdeProblem::new(model, problem.u0, p.clone(), tspan).unwrap();
        both!(method => {
            let save = Save::At(reference.times());
            let options = Options { rtol, atol_each: atol_each.clone(), save, ..Options::default() };
            let solution = solve(&dae, method, &options).unwrap();
            let states: Vec<_> = solution.iter().map(|(_, u)| u.to_vec()).collect();
            let error = reference.scaled_error(&states).unwrap();
            let text = format!("{} {method:?} {rtol:e}: {error:e}", reference.name);
            assert!(error < 30.0 * rtol, "{text}, {}", solution.stats());

            let options = Options { save: Save::Steps, ..options };
            let solution = solve(&dae, method, &options).unwrap();
            for (t, u) in solution.iter() {
                let mut f = [0.0; N];
                problem.system.rhs(t, u, p, &mut f);
                let left = f[N - 1].abs();
                // ∂f/∂u of both algebraic equations is of size 1.
                assert!(left <= rtol * scale.iter().fold(0.0, |a: f64, &b| a.max(b)), "{text} at {t}: {left:e}");
            }
        });
        self.seen += 1;
    }
}

#[test]
fn values_and_algebraic_residuals_of_index_one() {
    for rtol in [1e-4, 1e-6, 1e-8] {
        let mut test = Algebraic { rtol, seen: 0 };
        testset::differential_algebraic(&mut test).unwrap();
        assert_eq!(test.seen, 2);
    }
}

system::system! {
    /// With `x = a + b`, `y = a - b`: `x' = -x` and `0 = y - sin t`, in the unknowns `a, b`, each
    /// equation mixed with the other, so that no row of the mass matrix is zero.
    struct Mixed;
    state { a, b }
    params {}
    rhs(t) {
        let (x, y) = (a + b, a - b);
        d(a) = -x + y - t.sin();
        d(b) = -x - y + t.sin();
    }
}

#[test]
fn a_singular_matrix_without_zero_rows() {
    let mass = Mass::dense(&[[1.0, 1.0], [1.0, 1.0]]).unwrap();
    let model = WithMass::new(Mixed, mass).unwrap();
    assert!(!Rhs::<f64>::mass(&model).unwrap().is_algebraic(0));
    let problem = OdeProblem::new(model, [0.5, 0.5], [], (0.0, 6.0)).unwrap();
    both!(method => {
        for rtol in [1e-5, 1e-8] {
            let options = Options { rtol, atol: rtol, ..Options::default() };
            let solution = solve(&problem, method, &options).unwrap();
            for k in 0..=60 {
                let t = 0.1 * f64::from(k);
                let u = solution.at(t).unwrap();
                let (x, y) = (u[0] + u[1] - (-t).exp(), u[0] - u[1] - t.sin());
                assert!(x.abs().max(y.abs()) < 30.0 * rtol, "{method:?} {rtol:e} at {t}: {x:e} {y:e}");
            }
        }
    });
}

system::system! {
    /// `M u' = M A u` for `A = [[-1, 0], [1, -100]]`, `M = [[2, 1], [1, 3]]`.
    struct Regular;
    state { u, v }
    params {}
    rhs(_t) {
        let (du, dv) = (-u, u - 100.0 * v);
        d(u) = 2.0 * du + dv;
        d(v) = du + 3.0 * dv;
    }
}

#[test]
fn a_regular_matrix_changes_nothing() {
    let mass = Mass::dense(&[[2.0, 1.0], [1.0, 3.0]]).unwrap();
    let model = WithMass::new(Regular, mass).unwrap();
    let problem = OdeProblem::new(model, vec![1.0, 0.0], [], (0.0, 3.0)).unwrap();
    let options = Options { rtol: 1e-8, atol: 1e-10, ..Options::default() };
    both!(method => {
        let solution = solve(&problem, method, &options).unwrap();
        for k in 0..=30 {
            let t = 0.1 * f64::from(k);
            let (u, v) = ((-t).exp(), ((-t).exp() - (-100.0 * t).exp()) / 99.0);
            let found = solution.at(t).unwrap();
            assert!((found[0] - u).abs() + (found[1] - v).abs() < 2e-7, "{method:?} at {t}");
        }
        // A scaled matrix scales time: 2 u' = -u.
        let model = WithMass::new(Slow, Mass::diagonal([2.0])).unwrap();
        let slow = OdeProblem::new(model, [1.0], [], (0.0, 2.0)).unwrap();
        let last = solve(&slow, method, &options).unwrap().last()[0];
        assert!((last - (-1f64).exp()).abs() < 1e-7);
    });
}

system::system! {
    struct Slow;
    state { u }
    params {}
    rhs(_t) { d(u) = -u; }
}

system::system! {
    /// `0 = z² + 1 - x` has no root once `x` is below 1.
    struct Vanishes;
    state { x, z }
    params {}
    rhs(_t) {
        d(x) = -1.0;
        d(z) = z.powi(2) + 1.0 - x;
    }
}

#[test]
fn a_constraint_that_loses_its_root_ends_the_solve_there() {
    let model = WithMass::new(Vanishes, Mass::diagonal([1.0, 0.0])).unwrap();
    let problem = OdeProblem::new(model, [2.0, 1.0], [], (0.0, 3.0)).unwrap();
    both!(method => {
        let error = solve(&problem, method, &Options::default()).unwrap_err();
        let t = match error.kind() {
            ErrorKind::NotConverged { t, .. }
            | ErrorKind::StepTooSmall { t, .. }
            | ErrorKind::SingularMatrix { t, .. } => *t,
            other => panic!("{other:?}"),
        };
        assert!((t - 1.0).abs() < 1e-3, "{error}");
        assert!(error.partial().stats().evaluations < 5000, "{}", error.partial().stats());
    });
}
