use crate::Real;

/// The mean of `(y - target)²` over the outputs of a sample; writes `y_bar`, its gradient times `weight`. NaN where lengths
/// differ.
///
/// ```
/// let mut y_bar = [0.0; 2];
/// assert_eq!(nn::squared_error(&[1.0, 2.0], &[0.0, 2.0], 10.0, &mut y_bar), 0.5);
/// assert_eq!(y_bar, [10.0, 0.0]);
/// ```
pub fn squared_error<T: Real>(y: &[T], target: &[T], weight: T, y_bar: &mut [T]) -> T {
    if target.len() != y.len() || y_bar.len() != y.len() {
        return not_a_number(y_bar);
    }
    let share = T::ONE / T::from_f64(y.len().max(1) as f64);
    let mut sum = T::ZERO;
    for ((&y, &target), y_bar) in y.iter().zip(target).zip(y_bar) {
        let difference = y - target;
        sum += difference * difference;
        *y_bar = (difference + difference) * (share * weight);
    }
    sum * share
}

/// `ln Σ exp yᵢ - y[label]`: minus the logarithm of the probability that softmax gives to the label; writes `y_bar`, its
/// gradient times `weight`, which is `softmax(y)` less one at the label.
///
/// The largest output is subtracted before the exponentials, so that nothing overflows; where the label has the largest output
/// by far, `ln(1 + …)` keeps the digits. NaN if there is no such output, if lengths differ, and if
/// the label or the largest output is not finite.
///
/// ```
/// let mut y_bar = [0.0f64; 2];
/// let loss = nn::cross_entropy(&[1000.0, 1000.0], 1, 1.0, &mut y_bar);
/// assert!((loss - 2f64.ln()).abs() < 1e-15);
/// assert_eq!(y_bar, [0.5, -0.5]);
/// ```
pub fn cross_entropy<T: Real>(y: &[T], label: usize, weight: T, y_bar: &mut [T]) -> T {
    let (Some(&chosen), Some(most), true) = (y.get(label), largest(y), y_bar.len() == y.len())
    else {
        return not_a_number(y_bar);
    };
    let (top, mut others) = (y[most], T::ZERO);
    for (i, (y_bar, &y)) in y_bar.iter_mut().zip(y).enumerate() {
        *y_bar = (y - top).exp();
        if i != most {
            others += *y_bar;
        }
    }
    let factor = weight / (T::ONE + others);
    let mut rest = T::ZERO;
    for (i, y_bar) in y_bar.iter_mut().enumerate() {
        *y_bar *= factor;
        if i != label {
            rest += *y_bar;
        }
    }
    // One less than its probability: what the others have, which does not cancel.
    if let Some(y_bar) = y_bar.get_mut(label) {
        *y_bar = -rest;
    }
    others.ln_1p() + (top - chosen)
}

fn not_a_number<T: Real>(y_bar: &mut [T]) -> T {
    let nan = T::from_f64(f64::NAN);
    y_bar.fill(nan);
    nan
}

/// Where the largest one stands; the first of equal ones. A NaN is seen in the sum.
fn largest<T: Real>(y: &[T]) -> Option<usize> {
    let mut most = 0;
    for (i, &value) in y.iter().enumerate() {
        if value > y[most] {
            most = i;
        }
    }
    (!y.is_empty()).then_some(most)
}
