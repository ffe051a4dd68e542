//! Random programs of all functions, in every number type: duals, nested duals, jets and
//! high-order differences agree.

use proptest::prelude::*;
use scalar::{AnyUnary, Dependency, Dual, Jet, Lanes, Scalar, directional};

/// One instruction: what to compute from two earlier results.
#[derive(Clone, Copy, Debug)]
enum Step {
    Add(usize, usize),
    Mul(usize, usize),
    Div(usize, usize),
    Apply(AnyUnary, usize),
    Angle(usize, usize),
    Radius(usize, usize),
    Power(usize, usize),
    Larger(usize, usize),
}

/// A number of moderate size, from any.
fn tame<S: Scalar>(x: S) -> S {
    x.tanh()
}

/// Runs the instructions; each result is kept away from where functions have poles or kinks, or
/// grow.
fn run<S: Scalar>(program: &[Step], inputs: [S; 2]) -> S {
    let mut results = vec![inputs[0], inputs[1]];
    for &step in program {
        let of = |i: usize| results[i % results.len()];
        // In (0.5, 1.5) and (1.2, 2.2).
        let near_one = |i| S::one() + tame(of(i)).scale(0.5);
        let above_one = |i| S::from_f64(1.7) + tame(of(i)).scale(0.5);
        results.push(match step {
            Step::Add(i, j) => of(i) + of(j).scale(0.5),
            Step::Mul(i, j) => tame(of(i)) * of(j),
            Step::Div(i, j) => of(i) / near_one(j),
            Step::Apply(AnyUnary::Acosh, i) => above_one(i).acosh(),
            Step::Apply(f @ (AnyUnary::Asin | AnyUnary::Acos | AnyUnary::Atanh), i) => {
                tame(of(i)).scale(0.8).unary(f)
            }
            Step::Apply(f, i) => near_one(i).unary(f),
            Step::Angle(i, j) => of(i).atan2(near_one(j)),
            Step::Radius(i, j) => of(i).hypot(near_one(j)),
            Step::Power(i, j) => near_one(i).pow(tame(of(j))),
            Step::Larger(i, j) => near_one(i).max(near_one(j) + S::from_f64(3.0)),
        });
    }
    // All of the last ones count.
    results.iter().rev().take(4).map(|&x| tame(x)).sum()
}

fn function() -> impl Strategy<Value = AnyUnary> {
    prop_oneof![
        8 => prop::sample::select(AnyUnary::ALL),
        1 => (-5i32..8).prop_map(AnyUnary::Powi),
        1 => (-2.5..3.5f64).prop_map(AnyUnary::Powf),
        1 => (0u32..4).prop_map(AnyUnary::Polygamma),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let two = || (0usize..16, 0usize..16);
    prop_oneof![
        2 => two().prop_map(|(i, j)| Step::Add(i, j)),
        2 => two().prop_map(|(i, j)| Step::Mul(i, j)),
        1 => two().prop_map(|(i, j)| Step::Div(i, j)),
        6 => (function(), 0usize..16).prop_map(|(f, i)| Step::Apply(f, i)),
        1 => two().prop_map(|(i, j)| Step::Angle(i, j)),
        1 => two().prop_map(|(i, j)| Step::Radius(i, j)),
        1 => two().prop_map(|(i, j)| Step::Power(i, j)),
        1 => two().prop_map(|(i, j)| Step::Larger(i, j)),
    ]
}

fn close(a: f64, b: f64, tolerance: f64) -> bool {
    (a - b).abs() <= tolerance * (1.0 + b.abs())
}

type D<S> = Dual<S, 1>;

fn dual<S: Scalar>(re: S, eps: S) -> D<S> {
    Dual { re, eps: [eps] }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn all_types_agree(
        program in prop::collection::vec(step(), 1..14),
        x in prop::array::uniform2(-1.5..1.5f64),
        v in prop::array::uniform2(-1.0..1.0f64),
    ) {
        let line = |k: usize| (x[k], v[k]);
        let value = run(&program, x);
        prop_assert!(value.is_finite(), "{value}");
        let jet = run(&program, [0, 1].map(|k| Jet::<f64, 4>::line(x[k], v[k])));
        prop_assert!(close(jet.value(), value, 1e-13), "{jet:?} {value}");

        // A gradient and its product with v.
        let gradient = run(&program, [0, 1].map(|k| Dual::<f64, 2>::variable(x[k], k)));
        prop_assert_eq!(gradient.re.to_bits(), value.to_bits());
        let slope = gradient.eps[0] * v[0] + gradient.eps[1] * v[1];
        prop_assert!(close(jet.derivative(1), slope, 1e-10), "{jet:?} {slope}");

        // What the result does not depend on has no derivative.
        let pattern = run(&program, [0, 1].map(Dependency::input));
        for k in 0..2 {
            prop_assert!(pattern.depends_on(k) || gradient.eps[k] == 0.0, "{pattern:?}");
        }

        // Nested duals along the line, to order 4.
        let nested = run(&program, [0, 1].map(|k| {
            let (x, v) = line(k);
            let second = |x: f64, v: f64| dual(dual(x, v), dual(v, 0.0));
            dual(
                dual(second(x, v), second(v, 0.0)),
                dual(second(v, 0.0), second(0.0, 0.0)),
            )
        }));
        let (second, third) = (nested.re.re.eps[0].eps[0], nested.re.eps[0].eps[0].eps[0]);
        let fourth = nested.eps[0].eps[0].eps[0].eps[0];
        prop_assert!(close(jet.derivative(2), second, 1e-9), "{jet:?} {second}");
        prop_assert!(close(jet.derivative(3), third, 1e-8), "{jet:?} {third}");
        prop_assert!(close(jet.derivative(4), fourth, 1e-7), "{jet:?} {fourth}");

        // Jets of duals, duals of jets.
        let of_duals =
            run(&program, [0, 1].map(|k| Jet::<D<f64>, 2>::line(dual(x[k], v[k]), dual(v[k], 0.0))));
        let of_jets =
            run(&program, [0, 1].map(|k| dual(Jet::<f64, 2>::line(x[k], v[k]), Jet::constant(v[k]))));
        prop_assert!(close(of_duals.derivative(2).eps[0], third, 1e-8), "{of_duals:?} {third}");
        prop_assert!(close(of_jets.eps[0].derivative(2), third, 1e-8), "{of_jets:?} {third}");

        // Curvature by the public function; lanes, bit by bit.
        let along = directional(|x| run(&program, x), x, v);
        prop_assert!(close(along.curvature, second, 1e-9) && close(along.slope, slope, 1e-10));
        let lanes = run(&program, [0, 1].map(|k| Lanes([x[k], v[k], x[k], 0.5, x[k]])));
        prop_assert_eq!(lanes.0[4].to_bits(), value.to_bits());
        prop_assert_eq!(lanes.0[1].to_bits(), run(&program, v).to_bits());
    }

    #[test]
    fn derivatives_are_those_of_the_values(
        program in prop::collection::vec(step(), 1..8),
        x in prop::array::uniform2(-1.5..1.5f64),
        v in prop::array::uniform2(-1.0..1.0f64),
    ) {
        // Differences of order 8, of values and of third derivatives.
        let at = |t: f64| run(&program, [0, 1].map(|k| Jet::<f64, 3>::line(x[k] + t * v[k], v[k])));
        let exact = run(&program, [0, 1].map(|k| Jet::<f64, 4>::line(x[k], v[k])));
        let h = 4e-3;
        let difference = |order: usize| {
            let d = |k: f64| at(k * h).derivative(order) - at(-k * h).derivative(order);
            (672.0 * d(1.0) - 168.0 * d(2.0) + 32.0 * d(3.0) - 3.0 * d(4.0)) / (840.0 * h)
        };
        // How fast the derivatives grow bounds what differences can tell.
        let size = (1..=4).map(|k| exact.derivative(k).abs()).fold(1.0, f64::max);
        for order in 0..4 {
            let (found, expected) = (difference(order), exact.derivative(order + 1));
            prop_assert!(
                (found - expected).abs() <= 1e-6 * size,
                "{order}: {found} {expected} of {size}"
            );
        }
    }
}
