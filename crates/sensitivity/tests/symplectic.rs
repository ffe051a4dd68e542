//! Forward sensitivities of a symplectic solve.

use ode_core::{Hamiltonian, HamiltonianSystem, KahanLi8, OdeProblem, Options, Save, StepSize};
use scalar::Scalar;
use sensitivity::ForwardSensitivity;

/// `p² / 2 + ω² q² / 2`.
struct Oscillator;

impl Hamiltonian for Oscillator {
    fn degrees(&self) -> usize {
        1
    }
    fn num_params(&self) -> usize {
        1
    }
    fn kinetic<S: Scalar>(&self, _t: S, p: &[S], _: &[S]) -> S {
        p[0].powi(2).scale(0.5)
    }
    fn potential<S: Scalar>(&self, _t: S, q: &[S], params: &[S]) -> S {
        (params[0] * q[0]).powi(2).scale(0.5)
    }
}

#[test]
fn derivatives_of_an_oscillator() {
    let (w, t) = (1.7f64, 5.0);
    let problem =
        OdeProblem::new(HamiltonianSystem(Oscillator), [1.0, 0.0], [w], (0.0, t)).unwrap();
    let step = StepSize::Fixed(0.05);
    // A time inside a step, too: the interpolant is differentiated as well.
    let save = Save::At(vec![2.03, t]);
    let options = Options { step, save, ..Options::default() };
    let found = ForwardSensitivity.solve(&problem, KahanLi8, &options).unwrap();
    for (i, t) in [2.03, t].into_iter().enumerate() {
        let (sin, cos) = (w * t).sin_cos();
        // q = cos ωt, p = -ω sin ωt; by q₀, p₀, ω.
        let exact = [[cos, sin / w, -t * sin], [-w * sin, cos, -sin - w * t * cos]];
        for (j, row) in exact.iter().enumerate() {
            for (k, exact) in row.iter().enumerate() {
                let derivative = found.derivative(i, j)[k];
                assert!((derivative - exact).abs() < 1e-9, "{i} {j} {k}: {derivative} {exact}");
            }
        }
    }
}
