//! The discrete adjoint of implicit methods against duals through the same solver, closed forms, and itself within a
//! bounded memory.

mod algebraic;
mod linear;
mod memory;
mod models;
mod stiff;
mod transpose;

use sensitivity::Gradient;

/// Relative to the largest of them.
fn close(found: &[f64], expected: &[f64], tol: f64, what: &str) {
    let scale = expected.iter().fold(0.0, |m: f64, e| m.max(e.abs()));
    assert_eq!(found.len(), expected.len(), "{what}");
    for (i, (f, e)) in found.iter().zip(expected).enumerate() {
        let off = (f - e).abs();
        assert!(off <= tol * scale, "{what}[{i}]: {f} vs {e}, off by {off:e}, scale {scale}");
    }
}

fn flat(gradient: &Gradient) -> Vec<f64> {
    [&gradient.u0[..], &gradient.p].concat()
}

/// Each derivative relative to itself.
fn each_close(found: &[f64], expected: &[f64], tol: f64, what: &str) {
    for (i, (f, e)) in found.iter().zip(expected).enumerate() {
        assert!((f - e).abs() <= tol * e.abs(), "{what}[{i}]: {f} vs {e}");
    }
}
