//! What the grammar of `system!` accepts, and what each form means.

use system::{Jacobian, Scalar, System, literals, system};

/// The right-hand side at one point.
fn rhs<const N: usize>(model: &impl System, t: f64, u: [f64; N], p: &[f64]) -> [f64; N] {
    let mut du = [f64::NAN; N];
    model.rhs(t, &u, p, &mut du);
    du
}

#[test]
fn equations_are_evaluated_where_they_stand() {
    system! {
        struct Ordered;
        state { x, y, z }
        params { a }
        rhs(_t) {
            let rate = 2.0 * a;
            d(z) = rate;
            let rate = 10.0 * rate + x;
            d(x) = rate;
            let rate = 0.0 * rate;
            d(y) = rate;
        }
    }
    assert_eq!(rhs(&Ordered, 0.0, [1.0, 2.0, 3.0], &[4.0]), [81.0, 0.0, 8.0]);
}

#[test]
fn the_time_may_be_nameless() {
    system! {
        struct Nameless;
        state { time, t }
        params {}
        rhs(_) {
            d(time) = t;
            d(t) = time;
        }
    }
    assert_eq!(rhs(&Nameless, 9.0, [1.0, 2.0], &[]), [2.0, 1.0]);
}

#[test]
fn names_of_the_expansion_are_free() {
    system! {
        struct Free;
        state { u, du, derivative_0 }
        params { p, value_of_u }
        rhs(time) {
            let derivative_1 = u * p;
            d(u) = derivative_1 + time;
            d(du) = value_of_u;
            d(derivative_0) = du;
        }
    }
    assert_eq!(rhs(&Free, 1.0, [2.0, 3.0, 4.0], &[5.0, 6.0]), [11.0, 6.0, 3.0]);
    assert_eq!(Free.state_names(), ["u", "du", "derivative_0"]);
}

mod constants_in_scope {
    #![allow(dead_code, non_snake_case)]

    use super::rhs;
    use system::system;

    const G: f64 = 9.81;
    const K: f64 = -1.0;
    static T: f64 = 4.0;
    #[derive(Clone, Copy)]
    struct Unit;

    struct Point<S> {
        x: S,
        G: S,
    }

    system! {
        /// Every name of it is also the name of a constant, a static or a unit struct.
        struct Shadowing;
        state { G, Unit, x }
        params { K, r#type }
        rhs(T) {
            let sum = [G, K].iter().fold(S::zero(), |sum, &G| sum + G);
            let Point { x: first, G: second } = Point { x, G };
            let inner = { let x = first + second; let Point { x, G } = Point { x, G }; x + G };
            let product = vec![G, K, first.max(second)].into_iter().fold(S::one(), |a, b| a * b);
            d(G) = sum + T;
            d(Unit) = G * Unit + r#type;
            d(x) = inner + product;
        }
    }

    #[test]
    fn may_share_their_names_with_the_model() {
        let du = rhs(&Shadowing, 0.5, [2.0, 3.0, 5.0], &[7.0, 11.0]);
        assert_eq!(du, [9.5, 17.0, 9.0 + 70.0]);
        assert_eq!(Shadowing::STATES, ["G", "Unit", "x"]);
        assert_eq!(Shadowing::PARAMS, ["K", "type"]);
        assert_eq!((G, K, T), (9.81, -1.0, 4.0));
    }
}

#[test]
fn everything_may_be_documented() {
    system! {
        /// A documented model.
        #[derive(Hash)]
        struct Documented;
        state {
            /// Metres.
            x,
            /// Metres
            /// per second.
            v,
        }
        params {
            /// Per second.
            damping,
        }
        rhs(_t) {
            /// What slows it down.
            #[allow(unused_mut)]
            let mut friction = damping * v;
            /// By definition.
            d(x) = v;
            d(v) = -friction;
        }
    }
    assert_eq!(rhs(&Documented, 0.0, [1.0, 2.0], &[3.0]), [2.0, -6.0]);
}

#[test]
fn derives_of_the_user_come_first() {
    system! {
        #[derive(Debug, Clone)]
        #[derive(core::cmp::PartialEq, Eq, PartialOrd, Ord, Hash)]
        struct Derived;
        state { x }
        params {}
        rhs(_t) { d(x) = x; }
    }
    system! {
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        struct All;
        state { x }
        params {}
        rhs(_t) { d(x) = -x; }
    }
    let copy = Derived;
    assert!(copy == Derived && copy <= Derived);
    assert_eq!(rhs(&All, 0.0, [1.0], &[]), [-1.0]);
}

const HILL: f64 = 2.5;

#[test]
fn any_number_may_stand_for_a_scalar() {
    system! {
        struct Numbers;
        state { a, b, c, e, f, g }
        params { x }
        rhs(_t) {
            let two = 2;
            let n: i32 = 3;
            d(a) = -1 * x + x / -two;
            d(b) = 0;
            d(c) = x.max(0) + x.min(1) + x.select_lt(0, -1, 1);
            d(e) = x.powi(2 + 1) + x.powi(n) + x.powf(2) + x.scale(3);
            d(f) = 2 * 3 * x + 1 / 2 * x;
            d(g) = if n == 3 { 1 } else { x };
        }
    }
    for x in [5.0, -5.0] {
        let du = rhs(&Numbers, 0.0, [0.0; 6], &[x]);
        let c = if x < 0.0 { 0.0 + x - 1.0 } else { x + 1.0 + 1.0 };
        let e = 2.0 * x * x * x + x * x + 3.0 * x;
        assert_eq!(du, [-1.5 * x, 0.0, c, e, 6.5 * x, 1.0]);
    }
}

macro_rules! every {
    ($($name:ident)*) => {
        system! {
            struct Every;
            state { x }
            params {}
            rhs(_t) {
                d(x) = x.sign() + (-1).abs() $(+ (1).$name())*;
            }
        }
    };
}
scalar::for_each_elementary! { every }

/// A whole number that calls a function of `Scalar` is one; a name that the macro did not know would
/// leave it an integer.
#[test]
fn every_function_is_known() {
    macro_rules! sum {
        ($($name:ident)*) => { 2.0 $(+ Scalar::$name(1f64))* };
    }
    // Infinite, by the inverse hyperbolic tangent of 1.
    assert_eq!(rhs(&Every, 0.0, [1.0], &[]), [scalar::for_each_elementary! { sum }]);
}

#[test]
fn functions_of_two_numbers_and_of_an_order() {
    system! {
        struct Plane;
        state { x, y }
        params {}
        rhs(_t) {
            d(x) = x.atan2(2) + x.hypot(4) + 3.hypot(4);
            d(y) = 2.polygamma(1) + y.polygamma(1);
        }
    }
    let [x, y] = rhs(&Plane, 0.0, [3.0, 2.0], &[]);
    assert_eq!(x, 3f64.atan2(2.0) + 5.0 + 5.0);
    assert!((y - 2.0 * 0.644_934_066_848_226_4).abs() < 1e-15);
}

#[test]
fn closures_without_types_are_inferred() {
    system! {
        struct Closures;
        state { x, y }
        params {}
        rhs(_t) {
            let double = |v| 2.0 * v;
            let half = |v| v * HILL / 5;
            d(x) = double(x) - 1;
            d(y) = half(double(y)) + [x, y].map(|v| 3 * v.powi(2))[0];
        }
    }
    assert_eq!(rhs(&Closures, 0.0, [3.0, 4.0], &[]), [5.0, 4.0 + 27.0]);
    let mut jac = [0.0; 4];
    Closures.jacobian(0.0, &[3.0, 4.0], &[], &mut jac, &mut Closures.jacobian_work()).unwrap();
    assert_eq!(jac, [2.0, 0.0, 18.0, 1.0]);
}

#[test]
fn constants_in_capitals_are_real() {
    const G: f64 = 9.81;
    system! {
        struct Named;
        state { x, y, z }
        params { K }
        rhs(_t) {
            let Q = K * x;
            d(x) = HILL * x - x * std::f64::consts::PI + Q;
            d(y) = G;
            d(z) = 2 * G / K + (1 - HILL).max(-G) * G.sqrt();
        }
    }
    use std::f64::consts::PI;
    let du = rhs(&Named, 0.0, [2.0, 0.0, 0.0], &[3.0]);
    assert_eq!(du, [HILL * 2.0 - 2.0 * PI + 6.0, G, 2.0 * G / 3.0 - 1.5 * G.sqrt()]);
}

/// `#[literals]`: integers stay what they are.
struct ByHand;

impl System for ByHand {
    fn dim(&self) -> usize {
        3
    }
    fn num_params(&self) -> usize {
        0
    }
    #[literals]
    fn rhs<S: Scalar>(&self, _t: S, u: &[S], _p: &[S], du: &mut [S]) {
        const G: f64 = 9.81;
        const STRIDE: usize = 1;
        fn half(x: f64) -> f64 {
            0.5 * x
        }
        let last = u.len() - 1;
        for i in 0..last {
            let next = i * STRIDE + 1;
            du[i] = 2.0 * G * u[next] - 1.0;
        }
        let weight: f64 = 0.25 * 2.0;
        du[last] = u[0].scale(half(weight)) + 0.5;
    }
}

#[test]
fn integers_of_functions_stay_integers() {
    let du = rhs(&ByHand, 0.0, [1.0, 2.0, 3.0], &[]);
    assert_eq!(du, [19.62 * 2.0 - 1.0, 19.62 * 3.0 - 1.0, 0.75]);
}
