/// Calls a macro with the names of the elementary functions of one argument, so that each type
/// implements the whole list in one line.
#[doc(hidden)]
#[macro_export]
macro_rules! for_each_elementary {
    ($callback:ident) => {
        $callback! {
            sin cos tan asin acos atan sinh cosh tanh exp exp_m1 ln ln_1p sqrt logistic softplus
        }
    };
}

/// The derivative rules, once for every differentiating type: each function returns the value and
/// the derivative at `x`.
///
/// ```
/// let (value, slope) = scalar::derivative::tanh(0.0);
/// assert_eq!((value, slope), (0.0, 1.0));
/// ```
pub mod derivative {
    use crate::Scalar;

    /// Defines rules of the form `name(x, value) = slope`.
    macro_rules! rules {
        ($($name:ident($x:ident, $f:ident) = $slope:expr;)*) => {$(
            #[doc = concat!("Value and derivative of `", stringify!($name), "`.")]
            #[inline]
            pub fn $name<S: Scalar>($x: S) -> (S, S) {
                let $f = $x.$name();
                ($f, $slope)
            }
        )*};
    }

    rules! {
        sin(x, _f) = x.cos();
        cos(x, _f) = -x.sin();
        tan(x, f) = S::one() + f * f;
        asin(x, _f) = S::one() / ((S::one() - x) * (S::one() + x)).sqrt();
        acos(x, _f) = -(S::one() / ((S::one() - x) * (S::one() + x)).sqrt());
        atan(x, _f) = S::one() / (S::one() + x * x);
        sinh(x, _f) = x.cosh();
        cosh(x, _f) = x.sinh();
        tanh(x, f) = S::one() - f * f;
        exp(x, f) = f;
        exp_m1(x, _f) = x.exp();
        ln(x, _f) = S::one() / x;
        ln_1p(x, _f) = S::one() / (S::one() + x);
        sqrt(x, f) = S::from_f64(0.5) / f;
        // 1 - logistic(x) loses all digits for large x; logistic(-x) does not.
        logistic(x, f) = f * (-x).logistic();
        softplus(x, _f) = x.logistic();
    }

    /// Value and derivative of `xⁿ`.
    #[inline]
    pub fn powi<S: Scalar>(x: S, n: i32) -> (S, S) {
        match n {
            // n x^(n-1) would be 0 · ∞ at x = 0.
            0 => (S::one(), S::zero()),
            1 => (x, S::one()),
            2 => (x * x, x + x),
            // i32::MIN - 1 does not exist; x^n is 0, 1 or ∞ there.
            _ => (x.powi(n), x.powi(n.saturating_sub(1)).scale(f64::from(n))),
        }
    }

    /// Value and derivative of `x^a` for a constant `a`.
    #[inline]
    pub fn powf<S: Scalar>(x: S, a: f64) -> (S, S) {
        if a == 0.0 { (S::one(), S::zero()) } else { (x.powf(a), x.powf(a - 1.0).scale(a)) }
    }

    /// Value of `x^a` and its derivatives with respect to `x` and `a`.
    #[inline]
    pub fn pow<S: Scalar>(x: S, a: S) -> (S, S, S) {
        let f = x.pow(a);
        // f ln x is 0 · (-∞) at x = 0; its limit for a > 0 is 0. Below 0 it stays NaN.
        let da = f * x.ln();
        let at_most_zero = x.select_lt(S::zero(), da, S::zero());
        (f, a * x.pow(a - S::one()), S::zero().select_lt(x, da, at_most_zero))
    }
}
