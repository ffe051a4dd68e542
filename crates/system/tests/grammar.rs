//! What the grammar of `system!` accepts, and what each form means.

use system::{System, system};

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
