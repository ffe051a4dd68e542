use crate::error::check;
use crate::{Error, ErrorKind, Mlp, Real};

/// Which derivatives with respect to the input travel through a network with the value.
///
/// | | numbers per output |
/// |---|---|
/// | [`Jets::along`] | the value, then for each direction `v` the derivatives `dᵏ/dtᵏ u(x + t v)`, `k = 1 … order` |
/// | [`Jets::laplacian`] | the value, the first derivative along each axis, and `Σ wᵢ ∂²u/∂xᵢ²` |
/// | [`Jets::laplacian_along`] | the same along directions: `Σ wᵢ d²/dt² u(x + t vᵢ)` |
///
/// The first are Taylor jets: the rule of Faà di Bruno at each activation. The second are the forward Laplacian of Li et
/// al. (2023, arXiv 2307.08214): all second derivatives travel as one number.
///
/// The numbers of a sample stand as they are listed here, each of them for all outputs: with two outputs and
/// `Jets::laplacian(&[1.0])`, `u₁ u₂ u₁' u₂' u₁'' u₂''`.
///
/// ```
/// use nn::Jets;
///
/// // The heat equation, inputs t and x: u, ∂u/∂t, ∂u/∂x and ∂²u/∂x².
/// let heat = Jets::laplacian(&[0.0, 1.0]);
/// // Kuramoto–Sivashinsky needs ∂⁴u/∂x⁴: u and four derivatives along (0, 1).
/// let bent = Jets::along(&[0.0, 1.0], 4);
/// # let _: (Jets<f64>, Jets<f64>) = (heat, bent);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Jets<'a, T = f64> {
    /// One after the other; `None` for the axes.
    directions: Option<&'a [T]>,
    pub(crate) rule: Rule<'a, T>,
}

/// What is carried along the directions.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Rule<'a, T> {
    /// Derivatives up to an order, along each.
    Taylor { order: usize },
    /// First derivatives along each, and the weighted sum of the second ones.
    Laplacian { weights: &'a [T] },
}

impl<'a, T: Real> Jets<'a, T> {
    /// Derivatives of the orders 1 to `order`, at most 4, along directions that stand one after the other.
    pub fn along(directions: &'a [T], order: usize) -> Self {
        Self { directions: Some(directions), rule: Rule::Taylor { order } }
    }

    /// The gradient and `Σ wᵢ ∂²u/∂xᵢ²`, a weight for each input: 1 for the Laplacian, 0 for an input like time.
    pub fn laplacian(weights: &'a [T]) -> Self {
        Self { directions: None, rule: Rule::Laplacian { weights } }
    }

    /// First derivatives along directions that stand one after the other, and the weighted sum of the second ones.
    pub fn laplacian_along(directions: &'a [T], weights: &'a [T]) -> Self {
        Self { directions: Some(directions), rule: Rule::Laplacian { weights } }
    }

    /// Numbers per output of a network: the value and what is carried with it.
    ///
    /// # Errors
    /// [`Order`](ErrorKind::Order) outside of 1 to 4, [`RaggedBatch`](ErrorKind::RaggedBatch) if the directions are not a
    /// whole number of inputs, [`Length`](ErrorKind::Length) if there is not a weight for each, and
    /// [`TooManyDirections`](ErrorKind::TooManyDirections).
    ///
    /// ```
    /// use nn::{Activation, Jets, Mlp};
    ///
    /// let mlp = Mlp::new(&[2, 8, 1], Activation::Tanh)?;
    /// assert_eq!(Jets::laplacian(&[1.0, 1.0]).numbers(&mlp)?, 1 + 2 + 1);
    /// assert_eq!(Jets::along(&[1.0, 0.0, 0.0, 1.0], 3).numbers(&mlp)?, 1 + 2 * 3);
    /// # Ok::<(), nn::Error>(())
    /// ```
    pub fn numbers(&self, mlp: &Mlp) -> Result<usize, Error> {
        self.columns(mlp)
    }

    /// As [`numbers`](Jets::numbers).
    #[inline]
    pub(crate) fn columns(&self, mlp: &Mlp) -> Result<usize, Error> {
        let count = self.count(mlp)?;
        match self.rule {
            Rule::Taylor { order } if !(1..=4).contains(&order) => {
                Err(ErrorKind::Order { order }.into())
            }
            Rule::Taylor { order } => match count.checked_mul(order) {
                Some(derivatives) if derivatives < isize::MAX as usize => Ok(1 + derivatives),
                _ => Err(ErrorKind::TooManyDirections { numbers: usize::MAX }.into()),
            },
            Rule::Laplacian { weights } => {
                check("weights", count, weights.len())?;
                Ok(count + 2)
            }
        }
    }

    /// The number of directions.
    #[inline]
    pub(crate) fn count(&self, mlp: &Mlp) -> Result<usize, Error> {
        let row = mlp.inputs();
        match self.directions {
            None => Ok(row),
            Some(all) if all.len().is_multiple_of(row) => Ok(all.len() / row),
            Some(all) => {
                Err(ErrorKind::RaggedBatch { argument: "directions", row, found: all.len() }.into())
            }
        }
    }

    /// The component of a direction along an input.
    #[inline]
    pub(crate) fn component(&self, inputs: usize, direction: usize, input: usize) -> T {
        match self.directions {
            Some(all) => all[direction * inputs + input],
            None if direction == input => T::ONE,
            None => T::ZERO,
        }
    }
}
