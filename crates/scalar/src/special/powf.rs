use core::hint::black_box;

/// `x^a`, with the same bits whether or not the compiler knows `x` or `a`.
///
/// Left to itself it replaces some powers by what is cheaper, and rounds otherwise, where it sees a constant: then a model in
/// `f64` would differ from its lanes and its program. So these are replaced here, always, and it is not shown the others.
#[inline]
pub(crate) fn powf(x: f64, a: f64) -> f64 {
    if a == 2.0 {
        x * x
    } else if a == 1.0 {
        x
    } else if a == 0.5 {
        // Of -0 it is 0, of -∞ it is ∞.
        if x == f64::NEG_INFINITY { f64::INFINITY } else { (x + 0.0).sqrt() }
    } else if a == -1.0 {
        1.0 / x
    } else {
        black_box(x).powf(black_box(a))
    }
}

#[cfg(test)]
mod tests {
    use super::powf;

    #[test]
    fn what_is_replaced_keeps_its_ends() {
        let ends = [0.0, -0.0, 1.0, -1.0, 4.0, -4.0, f64::INFINITY, f64::NEG_INFINITY, 5e-324];
        for a in [2.0, 1.0, 0.5, -1.0] {
            for x in ends {
                let (found, library) = (powf(x, a), core::hint::black_box(x).powf(a));
                let same =
                    found.to_bits() == library.to_bits() || found.is_nan() && library.is_nan();
                assert!(same, "{x}^{a}: {found} and {library}");
            }
        }
    }

    #[test]
    fn a_constant_gives_the_same_bits() {
        for k in 1..20_000 {
            let x = f64::from(k) * 1.37e-3;
            let check = |a: f64, constant: f64| {
                assert_eq!(powf(x, core::hint::black_box(a)), constant, "{x}^{a}");
            };
            check(0.5, powf(x, 0.5));
            check(1.5, powf(x, 1.5));
            check(2.0, powf(x, 2.0));
            check(3.0, powf(x, 3.0));
            check(-2.0, powf(x, -2.0));
            assert_eq!(powf(2.0, x), powf(core::hint::black_box(2.0), x));
        }
    }
}
