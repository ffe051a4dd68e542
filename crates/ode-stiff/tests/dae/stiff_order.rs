//! Orders on the problem of Prothero and Robinson with λ = 10⁶, where `h λ` is large.

use crate::model::{METHODS, Model};
use ode_core::{OdeProblem, Options, Save, StepSize};
use system::Mass;
use testset::models::ProtheroRobinson;

/// The error at `t = 2` with this step.
fn error(method: &str, step: f64) -> f64 {
    let method = METHODS.iter().find(|other| other.name == method).unwrap();
    let model = Model::new(ProtheroRobinson, Mass::diagonal([1.0]));
    let problem = OdeProblem::new(model, vec![1.0], [1e6], (0.0, 2.0)).unwrap();
    let options = Options {
        step: StepSize::Fixed(step),
        rtol: 1e-12,
        atol: 1e-14,
        save: Save::Last,
        ..Options::default()
    };
    let solution = method.solve(&problem, &options).unwrap();
    (solution.last()[0] - 2f64.cos()).abs()
}

#[test]
fn orders_of_stiff_convergence() {
    for method in METHODS {
        let errors: Vec<f64> = (1..=6).map(|k| error(method.name, 0.5f64.powi(k))).collect();
        let orders: Vec<f64> = errors.windows(2).map(|e| (e[0] / e[1]).log2()).collect();
        eprintln!("{:10} {errors:?} {orders:.2?}", method.name);
    }
}
