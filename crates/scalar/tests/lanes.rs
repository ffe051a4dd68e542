//! Every lane gives the same bits as `f64` alone, at every width.

use proptest::prelude::*;
use scalar::{Concrete, Lanes, Scalar};

/// Numbers that trip comparisons up, among ordinary ones.
fn number() -> impl Strategy<Value = f64> {
    prop_oneof![
        4 => -10.0..10.0,
        1 => prop::num::f64::ANY,
        1 => prop::sample::select(vec![0.0, -0.0, 1.0, f64::INFINITY, f64::NEG_INFINITY, f64::NAN]),
    ]
}

fn same(lane: f64, alone: f64) -> bool {
    lane.to_bits() == alone.to_bits() || (lane.is_nan() && alone.is_nan())
}

fn check<const W: usize>(a: [f64; W], b: [f64; W], c: [f64; W]) -> Result<(), TestCaseError> {
    let (x, y, z) = (Lanes(a), Lanes(b), Lanes(c));
    macro_rules! agree {
        ($($lanes:expr => |$i:ident| $alone:expr;)*) => {$(
            for $i in 0..W {
                let (lane, alone): (f64, f64) = ($lanes.0[$i], $alone);
                prop_assert!(same(lane, alone), "{}: {lane} {alone}", stringify!($lanes));
            }
        )*};
    }
    agree! {
        x + y => |i| a[i] + b[i];
        x - y => |i| a[i] - b[i];
        x * y => |i| a[i] * b[i];
        x / y => |i| a[i] / b[i];
        -x => |i| -a[i];
        x.scale(3.0) => |i| a[i].scale(3.0);
        x.sqrt() => |i| a[i].sqrt();
        x.exp() => |i| a[i].exp();
        Scalar::abs(x) => |i| Scalar::abs(a[i]);
        x.magnitude() => |i| f64::abs(a[i]);
        Scalar::max(x, y) => |i| Scalar::max(a[i], b[i]);
        Scalar::min(x, y) => |i| Scalar::min(a[i], b[i]);
        x.select_lt(y, z, -z) => |i| if a[i] < b[i] { c[i] } else { -c[i] };
        x.select_le(y, z, -z) => |i| if a[i] <= b[i] { c[i] } else { -c[i] };
        Lanes::scaled_square(x, y, z, 1e-3, 1e-2)
            => |i| f64::scaled_square(a[i], b[i], c[i], 1e-3, 1e-2);
    }
    for i in 0..W {
        prop_assert_eq!(x.le_bits(y) >> i & 1 == 1, a[i] <= b[i]);
    }
    prop_assert_eq!(x.le_bits(y) >> W, 0);
    Ok(())
}

proptest! {
    #[test]
    fn as_alone(
        a in prop::array::uniform8(number()),
        b in prop::array::uniform8(number()),
        c in prop::array::uniform8(number()),
    ) {
        fn first<const W: usize>(x: [f64; 8]) -> [f64; W] {
            core::array::from_fn(|i| x[i])
        }
        check::<1>(first(a), first(b), first(c))?;
        check::<3>(first(a), first(b), first(c))?;
        check::<4>(first(a), first(b), first(c))?;
        check::<6>(first(a), first(b), first(c))?;
        check::<8>(a, b, c)?;
    }
}
