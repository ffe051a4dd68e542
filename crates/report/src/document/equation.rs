//! Equations, written as plain text or in a subset of LaTeX.

use super::mathml;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Notation {
    Text,
    Latex,
}

/// An equation, shown as MathML, which browsers set without any script.
///
/// - **Text**: names of any length (`hare`, `x_1`), `dx/dt` or `d x / d t` as a fraction, numbers also as `1.2e-3`,
///   `+ - * / ^ _ ( ) = '`, functions by name.
/// - **LaTeX**: `\dot{x}`, `\frac{}{}`, `\mathrm{}`, `\text{}`, `\sqrt{}`, `^{}`, `_{}`, Greek letters, `\cdot`, `\times`,
///   spaces (`\,` `\quad`), relations, `\sin`, …; `\\` ends a line. Single letters are single names.
///
/// What is not understood is shown as it was written. Equations of one list are aligned at their first relation.
///
/// # Examples
/// ```
/// use report::{Equation, Report};
/// let html = Report::new("Equations")
///     .equations(&[
///         Equation::latex(r"\dot{x} = 1.3\,x - 0.9\,x\,y"),
///         Equation::text("dy/dt = 0.8*x*y - 1.8e-1*y"),
///     ])
///     .to_html();
/// assert!(html.contains("<mover"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Equation {
    pub(super) source: String,
    pub(super) notation: Notation,
}

impl Equation {
    /// An equation in plain text.
    pub fn text(source: &str) -> Self {
        Self { source: source.into(), notation: Notation::Text }
    }

    /// An equation in LaTeX, without dollar signs.
    pub fn latex(source: &str) -> Self {
        Self { source: source.into(), notation: Notation::Latex }
    }

    /// The equation as one `<math>` element, in a line of text or as a display.
    ///
    /// # Examples
    /// ```
    /// use report::Equation;
    /// assert!(Equation::text("2*x").to_mathml().contains("<mn>2</mn>"));
    /// ```
    pub fn to_mathml(&self) -> String {
        mathml::aligned(std::slice::from_ref(self))
    }
}
