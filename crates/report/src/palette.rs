//! Colours that stay apart for colour-blind readers, on white and on dark paper.

/// A colour of the palette of M. Okabe and K. Ito, "Color Universal Design" (2008).
///
/// On a dark page each is replaced by a lighter one of the same hue.
///
/// # Examples
/// ```
/// use report::{Color, Line};
/// let line = Line::new(&[0.0, 1.0], &[0.0, 1.0])?.color(Color::Vermillion);
/// # Ok::<(), report::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Color {
    /// Blue, `#0072B2`.
    Blue,
    /// Vermillion, `#D55E00`.
    Vermillion,
    /// Bluish green, `#009E73`.
    Green,
    /// Reddish purple, `#CC79A7`.
    Purple,
    /// Orange, `#E69F00`.
    Orange,
    /// Sky blue, `#56B4E9`.
    Sky,
    /// The colour of text: black on white, light grey on dark.
    Ink,
    /// Yellow, `#F0E442`; weak on white, so last in the cycle.
    Yellow,
}

impl Color {
    /// All colours in the order in which layers receive them.
    pub const CYCLE: [Self; 8] = [
        Self::Blue,
        Self::Vermillion,
        Self::Green,
        Self::Purple,
        Self::Orange,
        Self::Sky,
        Self::Ink,
        Self::Yellow,
    ];

    /// The `i`-th colour, cyclically.
    pub fn cycle(i: usize) -> Self {
        Self::CYCLE[i % Self::CYCLE.len()]
    }

    /// Number that names the style classes of this colour.
    pub(crate) fn class(self) -> usize {
        self as usize
    }

    fn on_white(self) -> &'static str {
        match self {
            Self::Blue => "#0072b2",
            Self::Vermillion => "#d55e00",
            Self::Green => "#009e73",
            Self::Purple => "#cc79a7",
            Self::Orange => "#e69f00",
            Self::Sky => "#56b4e9",
            Self::Ink => "#1c1c1e",
            Self::Yellow => "#f0e442",
        }
    }

    fn on_dark(self) -> &'static str {
        match self {
            Self::Blue => "#3f9fe0",
            Self::Vermillion => "#f58742",
            Self::Green => "#2fc295",
            Self::Purple => "#e3a1c6",
            Self::Orange => "#f3b73e",
            Self::Sky => "#93d3f7",
            Self::Ink => "#ececee",
            Self::Yellow => "#f5ec6b",
        }
    }
}

/// Style sheet of every plot, for `<style>` in an SVG or in a page.
pub(crate) fn plot_css() -> String {
    let classes = |pick: fn(Color) -> &'static str| {
        Color::CYCLE
            .iter()
            .map(|&c| {
                let (i, hex) = (c.class(), pick(c));
                format!(".rp .s{i}{{stroke:{hex}}}.rp .f{i}{{fill:{hex}}}")
            })
            .collect::<String>()
    };
    let paper = |bg, ink, title, muted, grid, axis, shade: f64| {
        format!(
            ".rp .bg{{fill:{bg}}}.rp text{{fill:{ink}}}.rp .ti{{fill:{title}}}.rp .mu{{fill:{muted}}}\
             .rp .gr{{stroke:{grid}}}.rp .ax{{stroke:{axis}}}.rp .ma{{stroke:{muted}}}\
             .rp .sp{{fill:{title};fill-opacity:{shade}}}"
        )
    };
    format!(
        ".rp{{font-family:system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif;\
         font-variant-numeric:tabular-nums}}\
         .rp text{{font-size:{TICK}px}}.rp .ti{{font-size:{TITLE}px;font-weight:600}}\
         .rp .la{{font-size:{LABEL}px}}.rp .sm{{font-size:{SMALL}px}}.rp .no{{fill:none}}{}{}\
         @media screen and (prefers-color-scheme:dark){{{}{}}}",
        classes(Color::on_white),
        paper("#ffffff", "#3a3a3e", "#1c1c1e", "#6e6e73", "#e9e9ec", "#9a9a9f", 0.05),
        classes(Color::on_dark),
        paper("#16181c", "#c9c9ce", "#f2f2f4", "#98989f", "#2b2e34", "#74767d", 0.08),
    )
}

/// Font size of tick labels and legends, in pixels.
pub(crate) const TICK: f64 = 12.0;
/// Font size of axis labels.
pub(crate) const LABEL: f64 = 13.0;
/// Font size of titles.
pub(crate) const TITLE: f64 = 15.0;
/// Bold text runs wider than regular text of its size by up to this factor.
pub(crate) const BOLD: f64 = 1.14;
/// Font size of notes.
pub(crate) const SMALL: f64 = 11.0;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_follow_the_cycle_and_colours_differ() {
        for (i, c) in Color::CYCLE.into_iter().enumerate() {
            assert_eq!(c.class(), i);
            assert_eq!(Color::cycle(i + 8), c);
            assert!(plot_css().contains(c.on_white()) && plot_css().contains(c.on_dark()));
        }
    }
}
