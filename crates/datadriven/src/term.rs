use crate::notation::latex_name;
use scalar::Scalar;

/// A monomial: a product of powers of variables.
///
/// ```
/// use datadriven::PolynomialLibrary;
///
/// let library = PolynomialLibrary { degree: 3, ..Default::default() }.build(&["x", "y"])?;
/// let term = &library.terms()[7];
/// assert_eq!(term.name(library.variables()), "x^2·y");
/// assert_eq!(term.eval(&[3.0, 2.0]), 18.0);
/// # Ok::<(), datadriven::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Term {
    /// Variable and exponent (at least 1), by ascending variable.
    factors: Vec<(usize, u32)>,
}

impl Term {
    /// From one exponent for each variable.
    pub(crate) fn from_exponents(exponents: &[u32]) -> Self {
        let powers = exponents.iter().copied().enumerate();
        Self { factors: powers.filter(|&(_, power)| power > 0).collect() }
    }

    /// From factors in any order; those of the same variable are merged.
    pub(crate) fn from_factors(factors: impl IntoIterator<Item = (usize, u32)>) -> Self {
        let mut merged: Vec<(usize, u32)> = Vec::new();
        for (variable, power) in factors {
            match merged.iter_mut().find(|(v, _)| *v == variable) {
                Some((_, sum)) => *sum = sum.saturating_add(power),
                None => merged.push((variable, power)),
            }
        }
        merged.retain(|&(_, power)| power > 0);
        merged.sort_unstable();
        Self { factors: merged }
    }

    /// Its variables and their exponents (at least 1), by ascending variable; none for the
    /// constant term.
    pub fn factors(&self) -> &[(usize, u32)] {
        &self.factors
    }

    /// The sum of the exponents.
    pub fn degree(&self) -> u32 {
        self.factors.iter().fold(0, |sum, &(_, power)| sum.saturating_add(power))
    }

    /// The value at `u`, by repeated multiplication; NaN if a variable is missing.
    #[inline]
    pub fn eval<S: Scalar>(&self, u: &[S]) -> S {
        let mut product = None;
        for &(variable, power) in &self.factors {
            let Some(&value) = u.get(variable) else { return S::from_f64(f64::NAN) };
            for _ in 0..power {
                product = Some(product.map_or(value, |product| product * value));
            }
        }
        product.unwrap_or_else(S::one)
    }

    /// As text, `1` or `x^2·y`.
    pub fn name(&self, variables: &[String]) -> String {
        self.write(variables, "1", "·", |name, power| match power {
            1 => name.to_owned(),
            _ => format!("{name}^{power}"),
        })
    }

    /// As LaTeX, `1` or `x^{2}\,y`.
    pub fn latex(&self, variables: &[String]) -> String {
        self.write(variables, "1", "\\,", |name, power| match power {
            1 => latex_name(name),
            _ => format!("{{{}}}^{{{power}}}", latex_name(name)),
        })
    }

    fn write(
        &self,
        variables: &[String],
        one: &str,
        separator: &str,
        power: impl Fn(&str, u32) -> String,
    ) -> String {
        if self.factors.is_empty() {
            return one.to_owned();
        }
        let name = |v: usize| variables.get(v).map_or("?", String::as_str);
        let factors: Vec<_> = self.factors.iter().map(|&(v, e)| power(name(v), e)).collect();
        factors.join(separator)
    }
}
