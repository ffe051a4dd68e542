//! What cannot be solved is refused by every family with the same kind of error, and advice.

use crate::model::{METHODS, Model, with_mass};
use ode_core::{ErrorKind, OdeProblem, Options};
use system::Mass;
use testset::models::{ChargePump, PENDULUM_MASS, PendulumIndex2, PendulumIndex3};

system::system! {
    /// Nothing determines `z`.
    struct Undetermined;
    state { x, z }
    params {}
    rhs(_t) {
        d(x) = -x + 0.0 * z;
        d(z) = 0.0 * x;
    }
}

system::system! {
    /// Twice the same equation for `y` and `z`, in other words.
    struct Doubled;
    state { x, y, z }
    params {}
    rhs(_t) {
        d(x) = -x;
        d(y) = x - y - z;
        d(z) = 3.0 * y + 3.0 * z - 3.0 * x;
    }
}

system::system! {
    /// `√z` has no derivative at its root.
    struct Root;
    state { x, z }
    params {}
    rhs(_t) {
        d(x) = 1.0 + 0.0 * x;
        d(z) = z.sqrt() - x;
    }
}

system::system! {
    /// `ln z` has no value at zero.
    struct Logarithm;
    state { x, z }
    params {}
    rhs(_t) {
        d(x) = -x;
        d(z) = z.ln() - x;
    }
}

system::system! {
    /// `z² + 1 = x` has no root once `x` is below 1.
    struct Vanishes;
    state { x, z }
    params {}
    rhs(_t) {
        d(x) = -1.0 + 0.0 * x;
        d(z) = z * z + 1.0 - x;
    }
}

system::system! {
    /// The equation for `z` is there until `t = 1` only.
    struct Fades;
    state { x, z }
    params {}
    rhs(t) {
        d(x) = -x;
        d(z) = (t - 1.0).select_lt(0.0 * t, z - x, 0.0 * t);
    }
}

system::system! {
    struct Bath;
    state { x, bound }
    params {}
    rhs(_t) {
        d(x) = -x;
        d(bound) = x * x - bound;
    }
}

system::system! {
    /// `x' + y' = -x` in both rows: their difference says `0 = 2 (y - x²)`.
    struct Hidden;
    state { x, y }
    params {}
    rhs(_t) {
        d(x) = -x + y - x * x;
        d(y) = -x - y + x * x;
    }
}

struct Refused {
    name: &'static str,
    problem: OdeProblem<Model>,
    is_kind: fn(&ErrorKind) -> bool,
    /// What the text has to say: names, and what to do.
    says: &'static [&'static str],
}

fn problem(model: Model, u0: &[f64], p: &[f64]) -> OdeProblem<Model> {
    OdeProblem::new(model, u0.to_vec(), p, (0.0, 3.0)).unwrap()
}

fn refused() -> Vec<Refused> {
    let last = |n: usize| {
        Mass::diagonal((0..n).map(|i| f64::from(u8::from(i + 1 < n))).collect::<Vec<_>>())
    };
    let higher = |kind: &ErrorKind| matches!(kind, ErrorKind::HigherIndex { t: 0.0, .. });
    let inconsistent = |kind: &ErrorKind| {
        matches!(kind, ErrorKind::Inconsistent { t: 0.0, residual, correction, .. }
            if *residual > 0.0 && *correction > 10.0)
    };
    let pendulum = [1.0, 0.0, 0.0, 0.0, 0.0];
    let both = Mass::dense(&[[1.0, 1.0], [1.0, 1.0]]).unwrap();
    vec![
        Refused {
            name: "undetermined",
            problem: problem(with_mass(Undetermined, last(2)), &[1.0, 0.0], &[]),
            is_kind: higher,
            says: &[
                "rows `z` do not determine `z`",
                "index",
                "missing or doubled",
                "differentiate",
            ],
        },
        Refused {
            name: "doubled",
            problem: problem(
                with_mass(Doubled, Mass::diagonal([1.0, 0.0, 0.0])),
                &[1.0, 0.5, 0.5],
                &[],
            ),
            is_kind: higher,
            says: &["rows `y`, `z` do not determine `y`, `z`", "doubled"],
        },
        Refused {
            name: "index 3",
            problem: problem(
                with_mass(PendulumIndex3, Mass::diagonal(PENDULUM_MASS)),
                &pendulum,
                &[9.81],
            ),
            is_kind: higher,
            says: &["`tension`", "index", "differentiate"],
        },
        Refused {
            name: "index 2",
            problem: problem(
                with_mass(PendulumIndex2, Mass::diagonal(PENDULUM_MASS)),
                &pendulum,
                &[9.81],
            ),
            is_kind: higher,
            says: &["`tension`", "index", "differentiate"],
        },
        Refused {
            name: "charge pump",
            problem: problem(
                with_mass(ChargePump, ChargePump::mass().unwrap()),
                &ChargePump::u0(),
                &[],
            ),
            is_kind: higher,
            says: &["rows `drain`, `inner_drain` do not determine `current`", "index"],
        },
        Refused {
            name: "inconsistent",
            problem: problem(with_mass(Bath, last(2)), &[2.0, 3.5], &[]),
            is_kind: inconsistent,
            says: &[
                "row `bound` leaves 5e-1",
                "tolerances",
                "ode_stiff::consistent",
                "make_consistent",
            ],
        },
        Refused {
            name: "inconsistent in a sum of rows",
            problem: problem(with_mass(Hidden, both), &[1.0, 0.0], &[]),
            is_kind: inconsistent,
            says: &["row `x + y` leaves 2e0", "ode_stiff::consistent"],
        },
        Refused {
            name: "Jacobian not finite",
            problem: problem(with_mass(Root, last(2)), &[0.0, 0.0], &[]),
            is_kind: |kind| matches!(kind, ErrorKind::JacobianNotFinite { t: 0.0, of, .. } if of == "z"),
            says: &["roots and powers at zero"],
        },
        Refused {
            name: "no value",
            problem: problem(with_mass(Logarithm, last(2)), &[1.0, 0.0], &[]),
            is_kind: |kind| matches!(kind, ErrorKind::NonFinite { t: 0.0, component } if component == "z"),
            says: &["logarithms"],
        },
        Refused {
            name: "root vanishes",
            problem: problem(with_mass(Vanishes, last(2)), &[2.0, 1.0], &[]),
            is_kind: |kind| match kind {
                ErrorKind::NotConverged { t, .. }
                | ErrorKind::StepTooSmall { t, .. }
                | ErrorKind::SingularMatrix { t, .. } => (t - 1.0).abs() < 1e-2,
                _ => false,
            },
            says: &["t = "],
        },
    ]
}

#[test]
fn every_family_says_the_same_of_what_it_cannot_solve() {
    for case in refused() {
        for method in METHODS {
            let error = method.solve(&case.problem, &Options::default()).unwrap_err();
            let place = format!("{}, {}: {error}", case.name, method.name);
            assert!((case.is_kind)(error.kind()), "{place} {:?}", error.kind());
            let text = error.to_string();
            for part in case.says {
                assert!(text.contains(part), "{place} lacks {part:?}");
            }
            assert!(error.partial().stats().evaluations < 5000, "{place}");
        }
    }
}

/// Methods with the Jacobian of every step see it at once; the others as soon as they evaluate theirs.
#[test]
fn an_equation_that_fades_on_the_way_is_a_singular_matrix() {
    let mass = Mass::diagonal([1.0, 0.0]);
    let fades = problem(with_mass(Fades, mass), &[1.0, 1.0], &[]);
    for method in METHODS.iter().filter(|method| method.name.starts_with("Rodas")) {
        let error = method.solve(&fades, &Options::default()).unwrap_err();
        let ErrorKind::SingularMatrix { t, component } = error.kind() else { panic!("{error:?}") };
        assert!(*t >= 1.0 && component == "z", "{}: {error}", method.name);
        assert!(error.to_string().contains("singular"), "{error}");
    }
}
