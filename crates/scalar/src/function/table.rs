/// The one table of the functions of one number. To add a function, add a row: every number type,
/// the method of [`Scalar`](crate::Scalar) and the variant of [`AnyUnary`](crate::AnyUnary) follow
/// from it.
///
/// A row is `name Type (value in f64, value in f32) (x, f) { derivative } [series];`.
///
/// * The derivative is written in numbers of any type, from the argument `x` and the value `f`.
/// * The series is the recurrence for [`Jet`](crate::Jet). It is left out where the derivative uses
///   `x` alone, and not the function itself by a detour: then the series is its integral.
/// * A third value is for [`Lanes`](crate::Lanes), where the processor has the function.
macro_rules! for_each_unary {
    ($callback:ident) => {
        $callback! {
            /// Sine.
            sin Sin (f64::sin, f32::sin) (x) { x.cos() } [recurrence::sin];
            /// Cosine.
            cos Cos (f64::cos, f32::cos) (x) { -x.sin() } [recurrence::cos];
            /// Tangent.
            tan Tan (f64::tan, f32::tan) (x, f) { S::one() + f * f } [recurrence::tan];
            /// Inverse sine, NaN outside [-1, 1]. The derivative is infinite at the ends.
            asin Asin (f64::asin, f32::asin) (x) {
                S::one() / slope::one_minus_square(x).sqrt()
            } [];
            /// Inverse cosine, NaN outside [-1, 1]. The derivative is infinite at the ends.
            acos Acos (f64::acos, f32::acos) (x) {
                -(S::one() / slope::one_minus_square(x).sqrt())
            } [];
            /// Inverse tangent.
            atan Atan (f64::atan, f32::atan) (x) { slope::atan(x) } [];

            /// Hyperbolic sine.
            sinh Sinh (f64::sinh, f32::sinh) (x) { x.cosh() } [recurrence::sinh];
            /// Hyperbolic cosine.
            cosh Cosh (f64::cosh, f32::cosh) (x) { x.sinh() } [recurrence::cosh];
            /// Hyperbolic tangent. Its derivative keeps all digits in the tails.
            tanh Tanh (f64::tanh, f32::tanh) (x) { x.sech_squared() } [recurrence::tanh];
            /// `1 / cosh² x`, without overflow: the derivative of the hyperbolic tangent.
            sech_squared SechSquared (value::sech_squared, narrow(value::sech_squared)) (x, f) {
                (f * x.tanh()).scale(-2.0)
            } [recurrence::sech_squared];
            /// Inverse hyperbolic sine.
            asinh Asinh (libm::asinh, narrow(libm::asinh)) (x) {
                S::one() / x.hypot(S::one())
            } [];
            /// Inverse hyperbolic cosine, NaN below 1. The derivative is infinite at 1.
            acosh Acosh (libm::acosh, narrow(libm::acosh)) (x) {
                S::one() / ((x - S::one()).sqrt() * (x + S::one()).sqrt())
            } [];
            /// Inverse hyperbolic tangent, infinite at ±1 and NaN beyond.
            atanh Atanh (libm::atanh, narrow(libm::atanh)) (x) {
                S::one() / slope::one_minus_square(x)
            } [];

            /// Exponential.
            exp Exp (f64::exp, f32::exp) (x, f) { f } [recurrence::exp];
            /// `exp(x) - 1`, accurate near 0.
            exp_m1 ExpM1 (f64::exp_m1, f32::exp_m1) (x) { x.exp() } [];
            /// `2ˣ`.
            exp2 Exp2 (f64::exp2, f32::exp2) (x, f) { f.scale(LN_2) } [recurrence::exp2];
            /// `exp(-x²)`.
            gaussian Gaussian (value::gaussian, narrow(value::gaussian)) (x, f) {
                (x * f).scale(-2.0)
            } [recurrence::gaussian];
            /// Natural logarithm: `-∞` at 0, NaN below.
            ln Ln (f64::ln, f32::ln) (x) { S::one() / x } [];
            /// `ln(1 + x)`, accurate near 0.
            ln_1p Ln1p (f64::ln_1p, f32::ln_1p) (x) { S::one() / (S::one() + x) } [];
            /// Logarithm of base 2.
            log2 Log2 (f64::log2, f32::log2) (x) { S::from_f64(LOG2_E) / x } [];
            /// Logarithm of base 10.
            log10 Log10 (f64::log10, f32::log10) (x) { S::from_f64(LOG10_E) / x } [];

            /// Square root, NaN below 0. The derivative at 0 is infinite.
            sqrt Sqrt (f64::sqrt, f32::sqrt, Lanes::square_root) (x, f) {
                S::from_f64(0.5) / f
            } [recurrence::sqrt];
            /// Cube root, also of negative numbers. The derivative at 0 is infinite.
            cbrt Cbrt (libm::cbrt, libm::cbrtf) (x, f) {
                S::one() / (f * f).scale(3.0)
            } [recurrence::cbrt];

            /// `1 / (1 + exp(-x))`, without overflow.
            logistic Logistic (value::logistic, narrow(value::logistic)) (x) {
                x.logistic_density()
            } [recurrence::logistic];
            /// `exp(-x) / (1 + exp(-x))²`, without overflow: the derivative of
            /// [`logistic`](Scalar::logistic). It keeps all digits in both tails.
            logistic_density LogisticDensity
                (value::logistic_density, narrow(value::logistic_density)) (x, f) {
                    -(f * x.scale(0.5).tanh())
                } [recurrence::logistic_density];
            /// `ln(1 + exp(x))`, without overflow.
            softplus Softplus (value::softplus, narrow(value::softplus)) (x) { x.logistic() } [];

            /// Error function `2/√π ∫₀ˣ exp(-t²) dt`.
            erf Erf (libm::erf, narrow(libm::erf)) (x) {
                x.gaussian().scale(FRAC_2_SQRT_PI)
            } [];
            /// `1 - erf(x)`, accurate where that is tiny.
            erfc Erfc (libm::erfc, narrow(libm::erfc)) (x) {
                x.gaussian().scale(-FRAC_2_SQRT_PI)
            } [];
            /// `ln |Γ(x)|`, `∞` at 0, -1, -2, …
            lgamma LnGamma (special::lgamma, narrow(special::lgamma)) (x) {
                x.digamma()
            } [recurrence::lgamma];
            /// `Γ'(x) / Γ(x)`, the derivative of [`lgamma`](Scalar::lgamma); NaN at -1, -2, …
            digamma Digamma (special::digamma, narrow(special::digamma)) (x) {
                x.polygamma(1)
            } [recurrence::digamma];

            /// Absolute value. The derivatives at 0 are those from the right.
            abs Abs (f64::abs, f32::abs, Lanes::magnitude) (x) {
                x.select_lt(S::zero(), S::from_f64(-1.0), S::one())
            } [recurrence::abs];
        }
    };
}
pub(crate) use for_each_unary;

/// Calls a macro with the names of the functions of the table that are smooth (all but `abs`), for
/// code that is written per name.
#[doc(hidden)]
#[macro_export]
macro_rules! for_each_elementary {
    ($callback:ident) => {
        $callback! {
            sin cos tan asin acos atan sinh cosh tanh sech_squared asinh acosh atanh
            exp exp_m1 exp2 gaussian ln ln_1p log2 log10 sqrt cbrt
            logistic logistic_density softplus erf erfc lgamma digamma
        }
    };
}
