//! Weights of the times in an average.

/// How times near the ends count in least squares shadowing, and whether time may be dilated.
///
/// Along the solution (the neutral direction) a perturbation neither grows nor decays. Either time may
/// run faster or slower, or that part is left to wander and the ends, where it does most harm, count
/// less.
///
/// A windowed average of a quantity converges to the same value; its statistical error is larger by the
/// root of `⟨w²⟩`: 1.22 and 1.39 times.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Window {
    /// All times count alike, time is dilated (Wang, Hu and Blonigan 2014).
    #[default]
    Flat,
    /// `1 - cos 2πs` over `0 ≤ s ≤ 1`, no dilation (Krakos, Wang, Hall and Darmofal 2012; Chater, Ni,
    /// Blonigan and Wang 2017, "simplified" shadowing).
    Cosine,
    /// `⅔ (1 - cos 2πs)²`, no dilation.
    CosineSquared,
}

impl Window {
    /// Whether time may run faster or slower.
    pub(super) fn dilates(self) -> bool {
        self == Self::Flat
    }

    /// The weight at the fraction `s` of the span; its mean is 1.
    pub(super) fn weight(self, s: f64) -> f64 {
        let hump = 1.0 - (core::f64::consts::TAU * s).cos();
        match self {
            Self::Flat => 1.0,
            Self::Cosine => hump,
            Self::CosineSquared => hump * hump / 1.5,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Window;

    #[test]
    fn means_are_one_and_ends_do_not_count() {
        for window in [Window::Flat, Window::Cosine, Window::CosineSquared] {
            let mean: f64 = (0..1000).map(|i| window.weight(f64::from(i) / 1000.0) / 1000.0).sum();
            assert!((mean - 1.0).abs() < 1e-12, "{window:?}: {mean}");
            assert_eq!(window.dilates(), window.weight(0.0) > 0.0);
        }
    }
}
