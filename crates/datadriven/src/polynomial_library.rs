use crate::library::check_names;
use crate::{Error, ErrorKind, Library, Term};

/// All monomials up to a degree, in graded lexicographic order: `1, x, y, x², x·y, y², …`
///
/// ```
/// use datadriven::PolynomialLibrary;
///
/// let library = PolynomialLibrary { degree: 2, ..Default::default() }.build(&["x", "y"])?;
/// assert_eq!(library.names(), ["1", "x", "y", "x^2", "x·y", "y^2"]);
/// # Ok::<(), datadriven::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PolynomialLibrary {
    /// The highest degree.
    pub degree: u32,
    /// Whether products of different variables are terms.
    pub interactions: bool,
    /// Whether the constant 1 is a term.
    pub bias: bool,
}

impl Default for PolynomialLibrary {
    /// Degree 2 with interactions and bias.
    fn default() -> Self {
        Self { degree: 2, interactions: true, bias: true }
    }
}

impl PolynomialLibrary {
    /// The largest library: a dense regression on more terms is out of reach.
    pub const MAX_TERMS: usize = 10_000;

    /// The number of terms over `variables` variables: C(n + d, d), or n d + 1 without
    /// interactions, less one without bias. Saturates instead of overflowing.
    ///
    /// ```
    /// # use datadriven::PolynomialLibrary;
    /// let cubic = PolynomialLibrary { degree: 3, ..Default::default() };
    /// assert_eq!(cubic.count(3), 20);
    /// ```
    pub fn count(&self, variables: usize) -> u128 {
        let (n, d) = (variables as u128, u128::from(self.degree));
        let with_bias = if self.interactions {
            let small = n.min(d);
            let mut count = 1u128;
            for i in 1..=small {
                // C(m, i) = C(m, i − 1) (m − i + 1) / i, always an integer. It only grows: beyond
                // any conceivable limit the rest does not matter.
                match count.checked_mul(n + d - small + i) {
                    Some(product) if product < u128::MAX / 2 => count = product / i,
                    _ => return u128::MAX,
                }
                if count > u128::from(u64::MAX) {
                    return u128::MAX;
                }
            }
            count
        } else {
            n * d + 1
        };
        with_bias - u128::from(!self.bias)
    }

    /// The library over named variables.
    ///
    /// # Errors
    ///
    /// No variable, a name that is invalid or occurs twice, degree 0 without bias, or more than
    /// [`MAX_TERMS`](Self::MAX_TERMS) terms.
    pub fn build(&self, variables: &[impl AsRef<str>]) -> Result<Library, Error> {
        let variables: Vec<String> = variables.iter().map(|v| v.as_ref().to_owned()).collect();
        check_names(&variables)?;
        let count = self.count(variables.len());
        if count > Self::MAX_TERMS as u128 {
            return Err(ErrorKind::TooManyTerms { count, limit: Self::MAX_TERMS }.into());
        }
        let n = variables.len();
        let mut terms = Vec::new();
        if self.bias {
            terms.push(Term::from_exponents(&[]));
        }
        for degree in 1..=self.degree {
            if self.interactions {
                let mut exponents = vec![0; n];
                exponents[0] = degree;
                loop {
                    terms.push(Term::from_exponents(&exponents));
                    if !next_of_degree(&mut exponents) {
                        break;
                    }
                }
            } else {
                terms.extend((0..n).map(|v| Term::from_factors([(v, degree)])));
            }
        }
        Library::new(variables, terms)
    }
}

/// The next exponents of the same degree in descending lexicographic order, if there are any.
fn next_of_degree(exponents: &mut [u32]) -> bool {
    let Some((last, head)) = exponents.split_last_mut() else { return false };
    let Some(i) = head.iter().rposition(|&e| e > 0) else { return false };
    // One unit moves from i to its right neighbour, together with all that stood at the end.
    let moved = 1 + core::mem::take(last);
    exponents[i] -= 1;
    exponents[i + 1] += moved;
    true
}
