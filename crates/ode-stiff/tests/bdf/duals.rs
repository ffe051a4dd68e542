//! Forward sensitivities: duals through the steps, their tangents under error control.

use ode_core::{OdeProblem, Options, Save, solve};
use ode_stiff::{Bdf, Ndf};
use scalar::Dual;
use testset::models::Robertson;
use testset::{Input, SensitivityReference};

type D = Dual<f64, 3>;

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

#[test]
fn sensitivities_of_robertsons_reactions() {
    let reference = SensitivityReference::load("rober_grad").unwrap();
    assert_eq!(reference.wrt, [0, 1, 2].map(Input::Parameter));
    // Derivatives by the logarithms of the rates are all of one size.
    let rates: Vec<f64> = reference.p.clone();
    let p: Vec<D> = (0..3)
        .map(|k| {
            let mut p = D::constant(rates[k]);
            p.eps[k] = rates[k];
            p
        })
        .collect();
    let u0: [D; 3] = std::array::from_fn(|i| D::constant(reference.u0[i]));
    let problem = OdeProblem::over(Robertson, u0, p, reference.tspan).unwrap();
    let times: Vec<f64> = reference.state_and_sensitivities.iter().map(|point| point.t).collect();
    both!(method => {
        for (rtol, most) in [(1e-4, 3e-3), (1e-6, 3e-5), (1e-8, 4e-7)] {
            let atol_each = vec![1e-3 * rtol, 1e-7 * rtol, 1e-3 * rtol];
            let options =
                Options { rtol, atol_each, save: Save::At(times.clone()), ..Options::default() };
            let solution = solve(&problem, method, &options).unwrap();
            for ((t, u), point) in solution.iter().zip(&reference.state_and_sensitivities) {
                assert_eq!(t, point.t);
                for i in 0..3 {
                    let size = if i == 1 { 4e-5 } else { 1.0 };
                    assert!((u[i].re - point.u[i]).abs() < most * size, "{method:?} {t} {i}");
                    for k in 0..3 {
                        let (found, wanted) = (u[i].eps[k], point.du_dq[i][k] * rates[k]);
                        assert!(
                            (found - wanted).abs() < most * size,
                            "{method:?} {rtol:e} t = {t} d{i}/d{k}: {found:e} {wanted:e}"
                        );
                    }
                }
            }
            assert!(solution.stats().accepted < 3000, "{}", solution.stats());
        }
    });
}

#[test]
fn constants_take_the_steps_of_plain_numbers() {
    let (u0, p) = ([1.0, 0.0, 0.0], [0.04, 3e7, 1e4]);
    let options = Options { atol: 1e-10, save: Save::Steps, ..Options::default() };
    let plain = OdeProblem::new(Robertson, u0, p, (0.0, 1e3)).unwrap();
    let dual = OdeProblem::over(Robertson, u0.map(D::constant), p.map(D::constant), (0.0, 1e3));
    let dual = dual.unwrap();
    both!(method => {
        let (a, b) =
            (solve(&plain, method, &options).unwrap(), solve(&dual, method, &options).unwrap());
        assert_eq!(a.len(), b.len());
        for ((t, u), (s, v)) in a.iter().zip(b.iter()) {
            assert!(((t - s) / (1.0 + t)).abs() < 1e-6, "{method:?} {t} {s}");
            for i in 0..3 {
                assert!((u[i] - v[i].re).abs() < 1e-6 && v[i].eps == [0.0; 3]);
            }
        }
    });
}

#[test]
fn tangents_follow_the_flow_of_a_nested_dual() {
    // u' = -k u: second derivatives by k, from duals of duals.
    system::system! {
        struct Decay;
        state { u }
        params { k }
        rhs(_t) { d(u) = -k * u; }
    }
    type Second = Dual<Dual<f64>>;
    let k: Second = Dual::variable(Dual::variable(2.0, 0), 0);
    let u0 = [Dual::constant(Dual::constant(1.0))];
    let problem = OdeProblem::over(Decay, u0, [k], (0.0, 3.0)).unwrap();
    both!(method => {
        let options = Options { rtol: 1e-8, atol: 1e-9, save: Save::Last, ..Options::default() };
        let u = solve(&problem, method, &options).unwrap().last()[0];
        let exact = (-6f64).exp();
        assert!((u.re.re - exact).abs() < 1e-7, "{method:?}");
        assert!((u.eps[0].re + 3.0 * exact).abs() < 1e-6, "{method:?}");
        assert!((u.eps[0].eps[0] - 9.0 * exact).abs() < 1e-6, "{method:?}");
    });
}
