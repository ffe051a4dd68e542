//! Bounds by transforms.

use optimize::{
    Bound, Bounded, Control, ErrorKind, FromFn, Iterate, Lbfgs, Objective, Stop, minimize,
};
use proptest::prelude::*;

fn go_on(_: &Iterate<'_>) -> Control {
    Control::Continue
}

/// Σ c_i (x_i − t_i)² with its gradient.
fn bowl(targets: Vec<f64>) -> impl Objective {
    FromFn::new(targets.len(), move |x: &[f64], g: &mut [f64]| {
        let mut value = 0.0;
        for i in 0..x.len() {
            let c = 1.0 + i as f64;
            g[i] = 2.0 * c * (x[i] - targets[i]);
            value += c * (x[i] - targets[i]).powi(2);
        }
        value
    })
}

fn any_bound() -> impl Strategy<Value = Bound> {
    prop_oneof![
        Just(Bound::Free),
        Just(Bound::Positive),
        (-100.0..100.0).prop_map(Bound::Lower),
        (-100.0..100.0).prop_map(Bound::Upper),
        (-100.0..100.0, 1e-3..100.0).prop_map(|(a, w)| Bound::Box(a, a + w)),
    ]
}

#[test]
fn closed_forms() {
    let near = |a: f64, b: f64| assert!((a - b).abs() < 1e-14 * (1.0 + b.abs()), "{a} {b}");
    near(Bound::Positive.constrain(1.0), std::f64::consts::E);
    near(Bound::Lower(2.0).constrain(0.0), 2.0 + 2f64.ln());
    near(Bound::Upper(2.0).constrain(0.0), 2.0 - 2f64.ln());
    near(Bound::Box(1.0, 5.0).constrain(3f64.ln()), 4.0);
    // One-sided maps are the identity far from the bound.
    near(Bound::Lower(2.0).constrain(1e6), 1e6 + 2.0);
    near(Bound::Upper(2.0).constrain(-1e6), -1e6 + 2.0);
}

#[test]
fn no_finite_z_leaves_the_inside() {
    let bounds = [
        Bound::Positive,
        Bound::Lower(1e10),
        Bound::Upper(-1.0),
        Bound::Box(1.0, 1.0 + 4.0 * f64::EPSILON),
        Bound::Box(-1e300, 1e300),
    ];
    for bound in bounds {
        let (lower, upper) = bound.ends();
        for z in [-f64::MAX, -1e3, -800.0, -40.0, 0.0, 40.0, 800.0, 1e3, f64::MAX] {
            let x = bound.constrain(z);
            assert!(lower < x && x < upper && x.is_finite(), "{bound:?} {z} {x}");
            assert!(!bound.slope(z).is_nan());
        }
    }
}

proptest! {
    #[test]
    fn round_trip_and_order(bound in any_bound(), z in -15.0..15.0f64) {
        let x = bound.constrain(z);
        let (lower, upper) = bound.ends();
        prop_assert!(lower < x && x < upper);
        let back = bound.unconstrain(x).unwrap();
        // x is rounded to ε|x| and so is the end it is measured from: in z that is ε|x| / slope.
        let scale = x.abs() + [lower, upper].iter().filter(|e| e.is_finite()).fold(1.0, |s, e| s + e.abs());
        let tolerance = 8.0 * f64::EPSILON * (scale / bound.slope(z) + z.abs());
        prop_assert!((back - z).abs() <= tolerance, "{bound:?} {z} {back}");
        prop_assert!(bound.constrain(z + 0.1) >= x);
    }

    #[test]
    fn chain_rule_against_central_differences(
        items in proptest::collection::vec((any_bound(), -4.0..4.0f64, -50.0..50.0f64), 1..6),
    ) {
        let bounds: Vec<Bound> = items.iter().map(|i| i.0).collect();
        let z: Vec<f64> = items.iter().map(|i| i.1).collect();
        let mut f = Bounded::new(bowl(items.iter().map(|i| i.2).collect()), &bounds).unwrap();
        let mut gradient = vec![0.0; z.len()];
        let value = f.value_gradient(&z, &mut gradient);
        prop_assert_eq!(value, f.value(&z));
        for i in 0..z.len() {
            let h = 1e-5;
            let (mut up, mut down) = (z.clone(), z.clone());
            up[i] += h;
            down[i] -= h;
            let difference = (f.value(&up) - f.value(&down)) / (2.0 * h);
            // Rounding of the value, divided by h, and the h² term.
            let tolerance = 1e-10 * value.abs() + 1e-6 * (1.0 + difference.abs());
            prop_assert!((difference - gradient[i]).abs() < tolerance, "{bounds:?} {difference} {}", gradient[i]);
        }
    }

    #[test]
    fn anything_is_a_value_or_a_typed_error(
        ends in [any::<f64>(), any::<f64>()], x in any::<f64>(), which in 0..5,
    ) {
        let bound = match which {
            0 => Bound::Free,
            1 => Bound::Positive,
            2 => Bound::Lower(ends[0]),
            3 => Bound::Upper(ends[0]),
            _ => Bound::Box(ends[0], ends[1]),
        };
        let _ = (bound.constrain(x), bound.slope(x));
        if let Ok(z) = bound.unconstrain(x) {
            let (lower, upper) = bound.ends();
            prop_assert!(z.is_finite() && lower < x && x < upper);
        }
    }
}

#[test]
fn a_minimum_inside_is_found_and_one_outside_is_approached() {
    // Targets: inside, inside, outside (−3 below 0), outside (9 above 5).
    let bounds = [Bound::Positive, Bound::Box(-1.0, 1.0), Bound::Lower(0.0), Bound::Box(4.0, 5.0)];
    let mut f = Bounded::new(bowl(vec![0.01, 0.3, -3.0, 9.0]), &bounds).unwrap();
    let stop = Stop { gradient_tol: 1e-9, ..Stop::default() };
    let start = [10.0, -0.9, 2.0, 4.1];
    let mut seen = Vec::new();
    let outcome = f
        .minimize(&Lbfgs::default(), &start, &stop, &mut |iterate| {
            seen.push(iterate.x.to_vec());
            Control::Continue
        })
        .unwrap();
    for (x, expected) in outcome.x.iter().zip([0.01, 0.3, 0.0, 5.0]) {
        assert!((x - expected).abs() < 1e-6, "{outcome:?}");
    }
    assert_eq!(f.into_inner().value(&outcome.x), outcome.value);
    // The callback sees natural variables, all inside.
    assert!(seen[0].iter().zip(start).all(|(a, b)| (a - b).abs() < 1e-12));
    for x in &seen {
        assert!(x.iter().zip(&bounds).all(|(x, b)| b.ends().0 < *x && *x < b.ends().1));
    }
}

#[test]
fn positive_parameters_over_decades() {
    // Exponential decay 3e-4 · e^{−700 t}: amplitudes and rates seven decades apart.
    let mut f = FromFn::new(2, |p: &[f64], g: &mut [f64]| {
        g.fill(0.0);
        let mut value = 0.0;
        for k in 0..20 {
            let t = 1e-4 * f64::from(k);
            let log_model = p[0].ln() - p[1] * t;
            let r = log_model - (3e-4f64.ln() - 700.0 * t);
            value += r * r;
            g[0] += 2.0 * r / p[0];
            g[1] -= 2.0 * r * t;
        }
        value
    });
    let mut bounded = Bounded::new(&mut f, &[Bound::Positive, Bound::Positive]).unwrap();
    let outcome =
        bounded.minimize(&Lbfgs::default(), &[1.0, 1.0], &Stop::default(), &mut go_on).unwrap();
    assert!((outcome.x[0] / 3e-4 - 1.0).abs() < 1e-6, "{outcome:?}");
    assert!((outcome.x[1] / 700.0 - 1.0).abs() < 1e-6, "{outcome:?}");
}

#[test]
fn bad_bounds_and_starts() {
    let kind =
        |bounds: &[Bound]| Bounded::new(bowl(vec![0.0; 2]), bounds).err().map(|e| e.kind().clone());
    assert!(matches!(
        kind(&[Bound::Free]),
        Some(ErrorKind::DimensionMismatch { what: "bounds", expected: 2, found: 1 })
    ));
    for bad in [
        Bound::Box(1.0, 1.0),
        Bound::Box(2.0, 1.0),
        Bound::Box(1.0, 1f64.next_up()),
        Bound::Box(0.0, f64::INFINITY),
        Bound::Box(-f64::MAX, f64::MAX),
        Bound::Lower(f64::NAN),
        Bound::Upper(f64::INFINITY),
    ] {
        let kind = kind(&[Bound::Free, bad]);
        assert!(matches!(kind, Some(ErrorKind::EmptyInterval { index: 1, .. })), "{bad:?}");
    }
    let f = Bounded::new(bowl(vec![0.0; 2]), &[Bound::Positive, Bound::Box(0.0, 1.0)]).unwrap();
    let start = |x0: &[f64]| f.to_unconstrained(x0).unwrap_err().kind().clone();
    for (x0, at) in [([0.0, 0.5], 0), ([-1.0, 0.5], 0), ([1.0, 1.0], 1), ([1.0, 0.0], 1)] {
        let kind = start(&x0);
        assert!(matches!(kind, ErrorKind::OutsideBound { index, .. } if index == at), "{kind:?}");
    }
    assert!(matches!(start(&[f64::NAN, 0.5]), ErrorKind::NonFiniteStart { index: 0, .. }));
    assert!(matches!(start(&[1.0]), ErrorKind::DimensionMismatch { .. }));
    assert!(f.to_constrained(&[0.0]).is_err());
    // The error names variable, value and both ends.
    let text = f.to_unconstrained(&[1.0, 1.0]).unwrap_err().to_string();
    assert!(text.contains("x[1] = 1") && text.contains("between 0 and 1"), "{text}");
}

#[test]
fn a_bounded_objective_is_an_objective() {
    let mut f = Bounded::new(bowl(vec![2.0]), &[Bound::Positive]).unwrap();
    let z0 = f.to_unconstrained(&[1.0]).unwrap();
    let outcome = minimize(&Lbfgs::default(), &mut f, &z0, &Stop::default()).unwrap();
    assert!((f.to_constrained(&outcome.x).unwrap()[0] - 2.0).abs() < 1e-7);
}
