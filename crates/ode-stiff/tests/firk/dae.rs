//! RadauIIA5 on differential-algebraic systems of index 1.

use ode_core::{OdeProblem, Options, Save, solve};
use ode_stiff::RadauIIA5;
use system::{Mass, Rhs, System, WithMass};
use testset::{Problem, Visitor, problems};

struct Daes;

impl Visitor for Daes {
    fn visit<F: System + Copy, const N: usize>(&mut self, problem: &Problem<F, N>) {
        let reference = &problem.reference;
        let diagonal = reference.mass_matrix_diagonal.clone().unwrap();
        let dae = WithMass::new(problem.system, Mass::diagonal(&diagonal)).unwrap();
        let (p, times) = (reference.p.clone(), reference.times());
        let ode = OdeProblem::new(dae, problem.u0, p.clone(), reference.tspan).unwrap();
        for rtol in [1e-4, 1e-6, 1e-8] {
            let atol_each = reference.scale().iter().map(|scale| 1e-2 * rtol * scale).collect();
            let save = Save::Steps;
            let stops = times.clone();
            let options = Options { rtol, atol_each, save, stops, ..Options::default() };
            let solution = solve(&ode, RadauIIA5, &options).unwrap();
            let name = &reference.name;
            let mut found = 0;
            for i in 0..solution.len() {
                let (t, u) = (solution.times()[i], solution.state(i));
                if let Some(k) = times.iter().position(|&time| time == t) {
                    let error = reference.error(k, u).unwrap();
                    assert!(error < 8.0 * rtol, "{name} at {t}, {rtol:e}: {error:e}");
                    found += 1;
                }
                // The algebraic equations hold at every step.
                let mut f = [0.0; N];
                Rhs::<f64>::eval(&problem.system, t, u, &p, &mut f).unwrap();
                for (f, mass) in f.iter().zip(&diagonal) {
                    assert!(*mass != 0.0 || f.abs() < rtol, "{name} at {t}, {rtol:e}: {f:e}");
                }
            }
            assert_eq!(found, times.len(), "{name}");
        }
    }
}

#[test]
fn daes_to_their_tolerance_with_their_constraints() {
    problems::differential_algebraic(&mut Daes).unwrap();
}

system::system! {
    /// `M (x, y)' = M (-x, -2 y)` with a full matrix: the solution does not see it.
    struct Mixed;
    state { x, y }
    params {}
    rhs(_t) {
        d(x) = 2.0 * -x + 1.0 * (-2.0 * y);
        d(y) = 1.0 * -x + 3.0 * (-2.0 * y);
    }
}

#[test]
fn a_full_mass_matrix() {
    let mass = Mass::dense(&[[2.0, 1.0], [1.0, 3.0]]).unwrap();
    let dae = WithMass::new(Mixed, mass).unwrap();
    let ode = OdeProblem::new(dae, [1.0, 1.0], [], (0.0, 1.0)).unwrap();
    let options = Options { rtol: 1e-9, save: Save::At(vec![0.5, 1.0]), ..Options::default() };
    let solution = solve(&ode, RadauIIA5, &options).unwrap();
    for (i, t) in [0.5_f64, 1.0].into_iter().enumerate() {
        assert!((solution.state(i)[0] - (-t).exp()).abs() < 1e-8);
        assert!((solution.state(i)[1] - (-2.0 * t).exp()).abs() < 1e-8);
    }
}
