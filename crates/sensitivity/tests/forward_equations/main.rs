//! The sensitivity equations: against closed forms, published values, duals, and their own cost.
//!
//! All models are of one type, and all losses: each method is compiled once.

mod agreement;
mod cost;
mod dae;
mod failures;
mod linear;
mod losses;
mod models;
mod stiff;

/// Relative to the largest.
fn close(found: &[f64], expected: &[f64], tol: f64, what: &str) {
    assert_eq!(found.len(), expected.len(), "{what}");
    let scale = expected.iter().fold(0.0, |m: f64, e| m.max(e.abs()));
    for (i, (f, e)) in found.iter().zip(expected).enumerate() {
        assert!((f - e).abs() <= tol * scale, "{what}[{i}]: {f} vs {e}, scale {scale}");
    }
}
