pub(crate) mod shape;

use crate::Real;
use crate::kernel::Elementwise;
use crate::simd::{Task, Vector, dispatch};
use scalar::Scalar;
use shape::{Shape, with_shape};

/// The function of a unit.
///
/// | | `f(x)` | `f'(x)` |
/// |---|---|---|
/// | `Identity` | `x` | `1` |
/// | `Tanh` | `tanh x` | `1 - tanh² x` |
/// | `Sin` | `sin x` | `cos x` |
/// | `Sigmoid` | `σ(x)` | `σ(x) σ(-x)` |
/// | `Softplus` | `ln(1 + eˣ)` | `σ(x)` |
/// | `Silu` | `x σ(x)` | `σ(x) (1 + x σ(-x))` |
/// | `Gelu` | `x σ(q)` | `σ(q) (1 + x σ(-q) q')`, with `q = √(8/π) (x + 0.044715 x³)` |
/// | `Relu` | `max(x, 0)` | `1` for `x > 0`, else `0` |
///
/// with the logistic function `σ(x) = 1 / (1 + e⁻ˣ)`. All but `Relu` are smooth, so that the right-hand side of a differential
/// equation that contains a network keeps the order of the solver.
///
/// ```
/// use nn::Activation;
///
/// assert_eq!(Activation::Softplus.apply(0.0), 2f64.ln());
/// assert_eq!(Activation::Silu.derivative(0.0), 0.5);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "lowercase"))]
#[non_exhaustive]
pub enum Activation {
    /// A linear unit.
    Identity,
    /// Hyperbolic tangent: bounded, odd.
    #[default]
    Tanh,
    /// Sine, as in networks for fields with fine detail (Sitzmann et al. 2020).
    Sin,
    /// The logistic function: a probability.
    Sigmoid,
    /// A smooth positive part.
    Softplus,
    /// Sigmoid-weighted linear unit, also called swish (Elfwing et al. 2018, Ramachandran et al.
    /// 2017).
    Silu,
    /// Gaussian error linear unit in the form with tanh (Hendrycks and Gimpel 2016): `x σ(q)` is
    /// `x (1 + tanh(q/2)) / 2`. It differs from `x Φ(x)` by at most 5e-4.
    Gelu,
    /// The positive part. Its second derivative is taken as zero everywhere.
    Relu,
}

/// What is known of all activations: a variant that is missing here does not compile.
macro_rules! names {
    ($($variant:ident $name:literal)*) => {
        impl Activation {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// How it is displayed, and called in files.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name),*
                }
            }
        }
    };
}

names! {
    Identity "identity" Tanh "tanh" Sin "sin" Sigmoid "sigmoid"
    Softplus "softplus" Silu "silu" Gelu "gelu" Relu "relu"
}

impl Activation {
    /// The activation of this [`name`](Activation::name).
    ///
    /// ```
    /// use nn::Activation;
    ///
    /// assert_eq!(Activation::from_name("silu"), Some(Activation::Silu));
    /// assert!(Activation::ALL.iter().all(|f| Activation::from_name(f.name()) == Some(*f)));
    /// ```
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|activation| activation.name() == name)
    }

    /// `f(x)` for every number type.
    #[inline]
    pub fn apply<S: Scalar>(self, x: S) -> S {
        match self {
            Self::Identity => x,
            Self::Tanh => x.tanh(),
            Self::Sin => x.sin(),
            Self::Sigmoid => x.logistic(),
            Self::Softplus => x.softplus(),
            // Infinity times 0 is not what the limit is.
            Self::Silu => x.max(S::from_f64(-FLAT)) * x.logistic(),
            Self::Gelu => x.max(S::from_f64(-FLAT)) * gelu_argument(x).0.logistic(),
            // NaN stays, and at 0 the derivative is 0.
            Self::Relu => {
                x.select_lt(S::zero(), S::zero(), S::zero().select_lt(x, x, x.scale(0.0)))
            }
        }
    }

    /// `f'(x)` for every number type.
    #[inline]
    pub fn derivative<S: Scalar>(self, x: S) -> S {
        match self {
            Self::Identity => S::one(),
            // From the value at hand, as the kernels do; `Scalar::tanh` takes one more exponential
            // to keep all digits in the tails.
            Self::Tanh => {
                let f = x.tanh();
                S::one() - f * f
            }
            Self::Sin => x.cos(),
            Self::Sigmoid => x.logistic() * (-x).logistic(),
            Self::Softplus => x.logistic(),
            Self::Silu => {
                let x = x.max(S::from_f64(-FLAT)).min(S::from_f64(FLAT));
                x.logistic() * (S::one() + x * (-x).logistic())
            }
            Self::Gelu => {
                let (q, slope, x) = gelu_argument(x);
                q.logistic() * (S::one() + x * (-q).logistic() * slope)
            }
            Self::Relu => S::zero().select_lt(x, S::one(), S::zero()),
        }
    }

    /// The value and the derivatives of the orders 1 to 5, by the functions of the kernels.
    ///
    /// ```
    /// let [_, slope, bend, ..] = nn::Activation::Sin.derivatives(0.0);
    /// assert_eq!((slope, bend), (1.0, 0.0));
    /// ```
    pub fn derivatives<T: Real>(self, x: T) -> [T; 6] {
        dispatch(Derivatives { activation: self, x })
    }

    /// `z ← f(z)` for each number of a slice, by the functions of the kernels: `tanh`, `sin`, `exp` and the logistic
    /// function to 2 units in the last place.
    ///
    /// ```
    /// let mut z = [-1.0, 0.5];
    /// nn::Activation::Tanh.apply_slice(&mut z);
    /// assert!((z[0] - -1f64.tanh()).abs() < 2e-16 && (z[1] - 0.5f64.tanh()).abs() < 2e-16);
    /// ```
    #[inline]
    pub fn apply_slice<T: Real>(self, z: &mut [T]) {
        T::elementwise(Elementwise::row(self, z, &mut []));
    }

    /// `z ← f(z)` and `slope ← f'(z)` in one go, which share the exponential. The slices have
    /// equal length; what is beyond the shorter one is left alone.
    ///
    /// ```
    /// let (mut z, mut slope) = ([0.0], [0.0]);
    /// nn::Activation::Softplus.apply_with_slope(&mut z, &mut slope);
    /// assert_eq!((z, slope), ([2f64.ln()], [0.5]));
    /// ```
    #[inline]
    pub fn apply_with_slope<T: Real>(self, z: &mut [T], slope: &mut [T]) {
        if !slope.is_empty() {
            T::elementwise(Elementwise::row(self, z, slope));
        }
    }
}

/// Beyond this the logistic function is 0 or 1, in every kind of numbers.
const FLAT: f64 = 750.0;

/// `q`, `q'` and `x` of GELU; where `σ(q)` has long been 0 or 1, at the border of that range.
#[inline]
fn gelu_argument<S: Scalar>(x: S) -> (S, S, S) {
    const SCALE: f64 = 1.595_769_121_605_730_7; // √(8/π)
    const CUBE: f64 = 0.044_715;
    let x = x.min(S::from_f64(40.0)).max(S::from_f64(-40.0));
    let square = x * x;
    let q = x.scale(SCALE) * (S::one() + square.scale(CUBE));
    (q, (S::one() + square.scale(3.0 * CUBE)).scale(SCALE), x)
}

/// All derivatives at one number.
struct Derivatives<T> {
    activation: Activation,
    x: T,
}

impl<T: Real> Task for Derivatives<T> {
    type Elem = T;
    type Output = [T; 6];
    #[inline(always)]
    fn run<V: Vector<Elem = T>>(self, isa: V::Isa) -> [T; 6] {
        let mut y = [T::ZERO; 6];
        with_shape!(self.activation, F => {
            let all: [V; 6] = F::derivatives(isa, V::splat(isa, self.x));
            for k in 0..6 {
                all[k].store_part(&mut y[k..k + 1]);
            }
        });
        y
    }
}
