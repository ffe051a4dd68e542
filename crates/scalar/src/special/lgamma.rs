/// `ln |Γ(x)|`.
pub(crate) fn lgamma(x: f64) -> f64 {
    libm::lgamma(x)
}
