//! What implicit methods say where they cannot go on.

use ode_core::{ErrorKind, OdeProblem, Options, Tsit5, solve};
use ode_stiff::Rodas5P;
use system::{Mass, WithMass};

system::system! {
    /// `√x` has no derivative at zero.
    struct Root;
    state { x }
    params {}
    rhs(_t) { d(x) = x.sqrt(); }
}

#[test]
fn a_jacobian_that_is_not_finite_is_named() {
    let problem = OdeProblem::new(Root, [0.0], [], (0.0, 1.0)).unwrap();
    let error = solve(&problem, Rodas5P, &Options::default()).unwrap_err();
    let ErrorKind::JacobianNotFinite { t, of, by } = error.kind() else { panic!("{error}") };
    assert_eq!((*t, of.as_str(), by.as_str()), (0.0, "x", "x"));
    assert_eq!(error.partial().last(), [0.0]);
    assert!(error.to_string().contains("roots and powers at zero"), "{error}");
}

system::system! {
    /// The algebraic variable does not occur in its equation: index 2.
    struct IndexTwo;
    state { x, y }
    params {}
    rhs(t) {
        d(x) = y;
        d(y) = x - t;
    }
}

system::system! {
    /// Nothing determines `y`.
    struct Undetermined;
    state { x, y }
    params {}
    rhs(_t) {
        d(x) = -x + 0.0 * y;
        d(y) = 0.0 * x;
    }
}

#[test]
fn a_variable_that_nothing_determines_is_named() {
    let rhs = WithMass::new(Undetermined, Mass::diagonal([1.0, 0.0])).unwrap();
    let problem = OdeProblem::new(rhs, [1.0, 0.0], [], (0.0, 1.0)).unwrap();
    let error = solve(&problem, Rodas5P, &Options::default()).unwrap_err();
    let ErrorKind::HigherIndex { variables, .. } = error.kind() else { panic!("{error}") };
    assert_eq!(variables, &["y"]);
}

#[test]
fn explicit_methods_refuse_a_mass_matrix() {
    let rhs = WithMass::new(IndexTwo, Mass::diagonal([1.0, 0.0])).unwrap();
    let problem = OdeProblem::new(rhs, [0.0, 1.0], [], (0.0, 1.0)).unwrap();
    let error = solve(&problem, Tsit5, &Options::default()).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::MassMatrix { method: "Tsit5" }), "{error}");
    assert!(error.to_string().contains("Rodas5P"));
}
