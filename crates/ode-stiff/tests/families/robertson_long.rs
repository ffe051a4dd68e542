//! Robertson's reactions to t = 1e11 with absolute tolerances above the smallest concentration.
//!
//! In the end `a' = -k a²` with `k = 4.8e-4`, and `a` is 2e-8. A state with `a = -ε` lies within an absolute
//! tolerance of `ε`, and from there the model itself leads to `-∞`. No error control can tell: the only
//! remedy is to say that concentrations are not negative.

use ode_core::{Domain, ErrorKind, OdeProblem, Options, Save, Solution, SolveError, solve};
use ode_stiff::{Bdf, KenCarp4, Kvaerno5, Ndf, RadauIIA5, Rodas5P};
use testset::models::Robertson;

fn from(t: f64, u0: [f64; 3]) -> OdeProblem<Robertson, [f64; 3]> {
    OdeProblem::new(Robertson, u0, [0.04, 3e7, 1e4], (t, 1e11)).unwrap()
}

fn options(rtol: f64, atol: f64, domain: Domain) -> Options {
    Options { rtol, atol, domain, save: Save::Last, ..Options::default() }
}

/// The reference at 1e11.
const END: [f64; 3] = [2.083_340_149_7e-8, 8.333_360_768_6e-14, 0.999_999_979_2];

type Solve = fn(&Options) -> Result<Solution, SolveError>;

macro_rules! methods {
    ($($name:literal: $method:expr,)*) => {
        [$(($name, |options| solve(&from(0.0, [1.0, 0.0, 0.0]), $method, options)),)*]
    };
}

const METHODS: [(&str, Solve); 6] = methods! {
    "Bdf": Bdf::default(),
    "Ndf": Ndf::default(),
    "RadauIIA5": RadauIIA5,
    "KenCarp4": KenCarp4,
    "Kvaerno5": Kvaerno5,
    "Rodas5P": Rodas5P,
};

/// Relative tolerances with absolute ones from 1e-5 to 1e-8.
fn each(mut visit: impl FnMut(f64, f64)) {
    for rtol in [1e-3, 1e-4, 1e-5, 1e-6, 1e-7] {
        [1e-5, 1e-6, 1e-7, 1e-8].into_iter().for_each(|atol| visit(rtol, atol));
    }
}

#[test]
fn below_zero_the_model_itself_leads_away() {
    // Over half of an absolute tolerance of 1e-6, solved as accurately as can be.
    let tight = options(1e-9, 1e-14, Domain::Anywhere);
    let below = solve(&from(1e8, [-5e-7, 0.0, 1.0 + 5e-7]), Rodas5P, &tight).unwrap();
    assert!(below.last()[0] < -1e7, "{:?}", below.last());
    let above = solve(&from(1e8, [5e-7, 0.0, 1.0 - 5e-7]), Rodas5P, &tight).unwrap();
    assert!(above.last()[0] > 0.0 && above.last()[0] < 1e-7, "{:?}", above.last());
    // The other one is refused where the domain is told.
    let domain = Options { domain: Domain::NonNegative, ..tight };
    let error = solve(&from(1e8, [-5e-7, 0.0, 1.0 + 5e-7]), Rodas5P, &domain).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::OutsideDomain { .. }), "{error}");
}

#[test]
fn without_a_domain_some_loose_absolute_tolerances_follow_it() {
    let mut lost = Vec::new();
    each(|rtol, atol| {
        for (name, method) in METHODS {
            let end = method(&options(rtol, atol, Domain::Anywhere));
            if end.is_ok_and(|solution| solution.last()[0] < -1e6) {
                lost.push(name);
            }
        }
    });
    // What the documents of the methods warn of.
    assert!(lost.contains(&"Bdf") && lost.contains(&"Ndf"), "{lost:?}");
    // With an absolute tolerance below the smallest concentration nobody does.
    for rtol in [1e-3, 1e-5, 1e-7] {
        for (name, method) in METHODS {
            let solution = method(&options(rtol, 1e-11, Domain::Anywhere)).unwrap();
            assert!((solution.last()[0] / END[0] - 1.0).abs() < 0.2, "{name}");
        }
    }
}

#[test]
fn a_domain_keeps_every_method_on_the_solution() {
    each(|rtol, atol| {
        for (name, method) in METHODS {
            let solution = method(&options(rtol, atol, Domain::NonNegative)).unwrap();
            let (u, stats) = (solution.last(), solution.stats());
            let errors = u.iter().zip(END).map(|(u, end)| (u - end).abs() / (rtol * end + atol));
            let error = errors.fold(0.0, f64::max);
            let text = format!("{name}, {rtol:e}, {atol:e}: {u:?}, {error:.1} tolerances, {stats}");
            assert!(error < 10.0 && u.iter().all(|&u| u >= 0.0), "{text}");
            assert!(stats.accepted < 1000 && stats.rejected < 150, "{text}");
        }
    });
}
