use crate::{Error, ErrorKind, Real};

/// A rule that moves parameters by a gradient, one step at a time: [`Adam`], or a closure.
///
/// ```
/// use nn::Update;
///
/// let mut descent = |p: &mut [f64], gradient: &[f64]| {
///     for (p, g) in p.iter_mut().zip(gradient) {
///         *p -= 0.1 * g;
///     }
/// };
/// let mut p = [1.0];
/// descent.update(&mut p, &[2.0]);
/// assert_eq!(p, [0.8]);
/// ```
pub trait Update<T> {
    /// Moves `p`. Every call in a run has slices of the same length.
    fn update(&mut self, p: &mut [T], gradient: &[T]);
}

impl<T, F: FnMut(&mut [T], &[T])> Update<T> for F {
    fn update(&mut self, p: &mut [T], gradient: &[T]) {
        self(p, gradient);
    }
}

/// The steps of Adam (Kingma and Ba, ICLR 2015, algorithm 1), for gradients of mini-batches in `f64` or `f32`:
/// ```text
/// m ← β₁ m + (1 - β₁) g    v ← β₂ v + (1 - β₂) g²    p ← p - rate (m / (1 - β₁ᵏ)) / (√(v / (1 - β₂ᵏ)) + ε)
/// ```
/// It holds the moments and nothing else: who minimises a whole objective, with schedules and recovery from failed evaluations,
/// takes a minimiser instead.
///
/// ```
/// use nn::{Adam, Update};
///
/// let mut adam = Adam::new(1, 0.5)?;
/// let mut p = [3.0f64];
/// adam.update(&mut p, &[1e-3]);
/// assert!((p[0] - 2.5).abs() < 1e-4); // the first step has the length of the rate
/// # Ok::<(), nn::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Adam<T = f64> {
    /// The length of a step; may be changed between epochs or steps.
    pub rate: f64,
    /// Memory of the mean gradient, in [0, 1) (0.9).
    pub beta1: f64,
    /// Memory of the mean square, in [0, 1) (0.999).
    pub beta2: f64,
    /// Added to the root of the mean square (1e-8).
    pub epsilon: f64,
    mean: Vec<T>,
    square: Vec<T>,
    /// `β₁ᵏ` and `β₂ᵏ`.
    powers: [f64; 2],
}

impl<T: Real> Adam<T> {
    /// For so many parameters, with this rate.
    ///
    /// # Errors
    /// [`Setting`](ErrorKind::Setting) for a rate that is not positive and finite.
    pub fn new(params: usize, rate: f64) -> Result<Self, Error> {
        if !(rate > 0.0 && rate.is_finite()) {
            let needs = "positive and finite";
            return Err(ErrorKind::Setting { name: "rate", value: rate, needs }.into());
        }
        Ok(Self {
            rate,
            beta1: 0.9,
            beta2: 0.999,
            epsilon: 1e-8,
            mean: vec![T::ZERO; params],
            square: vec![T::ZERO; params],
            powers: [1.0; 2],
        })
    }
}

impl<T: Real> Update<T> for Adam<T> {
    fn update(&mut self, p: &mut [T], gradient: &[T]) {
        // Parameters that it was not made for begin with moments of zero.
        self.mean.resize(p.len(), T::ZERO);
        self.square.resize(p.len(), T::ZERO);
        let Self { rate, beta1, beta2, epsilon, .. } = *self;
        self.powers = [self.powers[0] * beta1, self.powers[1] * beta2];
        // rate m̂ / (√v̂ + ε) with the corrections of the moments taken out of the loop.
        let correction = (1.0 - self.powers[1]).sqrt();
        let rate = T::from_f64(rate * correction / (1.0 - self.powers[0]));
        let epsilon = T::from_f64(epsilon * correction);
        let (b1, b2) = (T::from_f64(beta1), T::from_f64(beta2));
        let (c1, c2) = (T::from_f64(1.0 - beta1), T::from_f64(1.0 - beta2));
        let moments = self.mean.iter_mut().zip(&mut self.square);
        for ((p, &g), (mean, square)) in p.iter_mut().zip(gradient).zip(moments) {
            *mean = b1 * *mean + c1 * g;
            *square = b2 * *square + c2 * (g * g);
            *p -= rate * *mean / (square.sqrt() + epsilon);
        }
    }
}
