//! Orders on the problem of Prothero and Robinson with λ = 10⁶, where `h λ` is large.

use crate::model::{METHODS, with_mass};
use ode_core::{OdeProblem, Options, Save, StepSize};
use system::Mass;
use testset::models::ProtheroRobinson;

/// The error at `t = 2` with this step.
fn error(method: &str, step: f64) -> f64 {
    let method = METHODS.iter().find(|other| other.name == method).unwrap();
    let model = with_mass(ProtheroRobinson, Mass::diagonal([1.0]));
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
    // With z = -h λ → -∞ the error of a stiffly accurate method is h^(q+1) / z, q its stage order: 2 of
    // ESDIRK methods, 3 of Radau IIA with three stages; so h^q / λ. That of Rodas4P and Rodas5P, built for
    // this problem, is h³ / λ; that of Rodas4 only h / λ. (Hairer and Wanner II, IV.15; Steinebach 1995,
    // 2023.) Steps from 1/8 to 1/64.
    let theory = [
        ("Rodas4", 1.0),
        ("Rodas4P", 3.0),
        ("Rodas5P", 3.0),
        ("TrBdf2", 2.0),
        ("Kvaerno3", 2.0),
        ("Kvaerno4", 2.0),
        ("Kvaerno5", 2.0),
        ("KenCarp4", 2.0),
        ("KenCarp5", 2.0),
        ("RadauIIA5", 3.0),
    ];
    for (method, order) in theory {
        let [rough, fine] = [1.0 / 16.0, 1.0 / 64.0].map(|step| error(method, step));
        let observed = 0.5 * (rough / fine).log2();
        assert!((observed - order).abs() < 0.25, "{method}: {observed}, not {order}");
        // And the constant has the factor 1/λ.
        assert!(fine < 1e-9, "{method}: {fine:e}");
    }
    // Multistep methods keep theirs: of order 5, down to rounding.
    for method in ["Bdf", "Ndf"] {
        let [rough, fine] = [0.125, 0.03125].map(|step| error(method, step));
        let observed = 0.5 * (rough / fine).log2();
        assert!(observed > 4.0 && observed < 5.5, "{method}: {observed}");
    }
}
