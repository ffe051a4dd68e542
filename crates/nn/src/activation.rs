use scalar::Scalar;

/// The function of a unit.
///
/// | | `f(x)` | `f'(x)` |
/// |---|---|---|
/// | `Identity` | `x` | `1` |
/// | `Tanh` | `tanh x` | `1 - tanh² x` |
/// | `Softplus` | `ln(1 + eˣ)` | `σ(x)` |
/// | `Silu` | `x σ(x)` | `σ(x) (1 + x σ(-x))` |
///
/// with the logistic function `σ(x) = 1 / (1 + e⁻ˣ)`. All are smooth, so that the right-hand side of
/// a differential equation that contains a network keeps the order of the solver.
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
    /// A smooth positive part.
    Softplus,
    /// Sigmoid-weighted linear unit, also called swish (Elfwing et al. 2018, Ramachandran et al.
    /// 2017).
    Silu,
}

impl Activation {
    /// `f(x)` for every number type.
    #[inline]
    pub fn apply<S: Scalar>(self, x: S) -> S {
        match self {
            Self::Identity => x,
            Self::Tanh => x.tanh(),
            Self::Softplus => x.softplus(),
            Self::Silu => x * x.logistic(),
        }
    }

    /// `f'(x)` for every number type.
    #[inline]
    pub fn derivative<S: Scalar>(self, x: S) -> S {
        match self {
            Self::Identity => S::one(),
            // From the value at hand, as the slices do; `Scalar::tanh` takes one more exponential
            // to keep all digits in the tails.
            Self::Tanh => {
                let f = x.tanh();
                S::one() - f * f
            }
            Self::Softplus => x.logistic(),
            Self::Silu => x.logistic() * (S::one() + x * (-x).logistic()),
        }
    }

    /// `z ← f(z)` for each number of a slice, with the bits of [`apply`](Activation::apply).
    ///
    /// ```
    /// let mut z = [-1.0, 0.5];
    /// nn::Activation::Tanh.apply_slice(&mut z);
    /// assert_eq!(z, [-1f64.tanh(), 0.5f64.tanh()]);
    /// ```
    #[inline]
    pub fn apply_slice(self, z: &mut [f64]) {
        match self {
            Self::Identity => {}
            Self::Tanh => z.iter_mut().for_each(|z| *z = z.tanh()),
            Self::Softplus => z.iter_mut().for_each(|z| *z = Scalar::softplus(*z)),
            Self::Silu => z.iter_mut().for_each(|z| *z *= Scalar::logistic(*z)),
        }
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
    pub fn apply_with_slope(self, z: &mut [f64], slope: &mut [f64]) {
        let both = z.iter_mut().zip(slope);
        match self {
            Self::Identity => both.for_each(|(_, slope)| *slope = 1.0),
            Self::Tanh => both.for_each(|(z, slope)| {
                *z = z.tanh();
                *slope = 1.0 - *z * *z;
            }),
            Self::Softplus => both.for_each(|(z, slope)| {
                let (sigma, _, e) = logistic_pair(*z);
                *z = e.ln_1p() + if *z < 0.0 { 0.0 } else { *z };
                *slope = sigma;
            }),
            Self::Silu => both.for_each(|(z, slope)| {
                let (sigma, rest, _) = logistic_pair(*z);
                *slope = sigma * (1.0 + *z * rest);
                *z *= sigma;
            }),
        }
    }
}

/// `σ(x)`, `σ(-x)` and `exp(-|x|)`, which cannot overflow.
#[inline]
fn logistic_pair(x: f64) -> (f64, f64, f64) {
    let e = (-x.abs()).exp();
    let (small, large) = (e / (1.0 + e), 1.0 / (1.0 + e));
    if x < 0.0 { (small, large, e) } else { (large, small, e) }
}
