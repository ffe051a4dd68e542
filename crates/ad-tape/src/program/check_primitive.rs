use super::check;
use super::primitive::Primitive;
use crate::{Error, ErrorKind};

/// Compares the derivatives of a [`Primitive`] at `x`, by `vjp` and by `jvp`, with central differences:
/// an error names the first entry of the Jacobian that differs by more than `tolerance`, relative to
/// the largest entry of its row.
///
/// A VJP that overwrites cotangents instead of adding to them, or a JVP that adds instead of
/// overwriting, disagrees too.
///
/// Differences are good for about `1e-8`; `tolerance` should not be below `1e-7`.
///
/// # Errors
///
/// If `x` has the wrong length, the value at `x` or a difference is not finite, or a derivative
/// disagrees.
///
/// ```
/// use ad_tape::{ErrorKind, Primitive, check_primitive};
///
/// #[derive(Debug)]
/// struct Cube;
///
/// impl Primitive for Cube {
///     fn name(&self) -> &str { "cube" }
///     fn inputs(&self) -> usize { 1 }
///     fn outputs(&self) -> usize { 1 }
///     fn value(&self, x: &[f64], y: &mut [f64]) { y[0] = x[0].powi(3) }
///     fn vjp(&self, x: &[f64], _: &[f64], y_bar: &[f64], x_bar: &mut [f64]) {
///         x_bar[0] += 2.0 * x[0] * x[0] * y_bar[0]; // it should be 3
///     }
/// }
///
/// let error = check_primitive(&Cube, &[2.0], 1e-6).unwrap_err();
/// assert!(matches!(error.kind(), ErrorKind::Disagrees { output: 0, input: 0, found: 8.0, .. }));
/// ```
pub fn check_primitive(f: &impl Primitive, x: &[f64], tolerance: f64) -> Result<(), Error> {
    let (n, m) = (f.inputs(), f.outputs());
    check("the argument of a primitive", x.len(), n)?;
    let mut y = vec![0.0; m];
    f.value(x, &mut y);
    super::finite("the value of a primitive", &y)?;
    // Row by row.
    let (mut differences, mut near) = (vec![0.0; m * n], x.to_vec());
    let (mut above, mut below) = (y.clone(), y.clone());
    for j in 0..n {
        let h = f64::EPSILON.cbrt() * if x[j] == 0.0 { 1.0 } else { x[j].abs() };
        near[j] = x[j] + h;
        f.value(&near, &mut above);
        near[j] = x[j] - h;
        f.value(&near, &mut below);
        let width = (x[j] + h) - (x[j] - h);
        near[j] = x[j];
        for i in 0..m {
            differences[i * n + j] = (above[i] - below[i]) / width;
        }
    }
    super::finite("the differences of a primitive", &differences)?;
    // A VJP adds to what is there, a JVP overwrites it.
    let (mut by_vjp, mut by_jvp) = (vec![1.0; m * n], vec![f64::NAN; m * n]);
    for i in 0..m {
        let mut y_bar = vec![0.0; m];
        y_bar[i] = 1.0;
        f.vjp(x, &y, &y_bar, &mut by_vjp[i * n..(i + 1) * n]);
    }
    by_vjp.iter_mut().for_each(|bar| *bar -= 1.0);
    for j in 0..n {
        let (mut x_dot, mut y_dot) = (vec![0.0; n], vec![f64::NAN; m]);
        x_dot[j] = 1.0;
        f.jvp(x, &y, &x_dot, &mut y_dot);
        y_dot.iter().enumerate().for_each(|(i, &dot)| by_jvp[i * n + j] = dot);
    }
    for (what, found) in [("vjp", &by_vjp), ("jvp", &by_jvp)] {
        for i in 0..m {
            let row = i * n..(i + 1) * n;
            let (found, expected) = (&found[row.clone()], &differences[row]);
            let size = expected.iter().fold(f64::MIN_POSITIVE, |m, e| m.max(e.abs()));
            for j in 0..n {
                let close = (found[j] - expected[j]).abs() <= tolerance * size;
                if !close {
                    return Err(Error::new(ErrorKind::Disagrees {
                        name: f.name().to_owned(),
                        what,
                        output: i,
                        input: j,
                        found: found[j],
                        expected: expected[j],
                    }));
                }
            }
        }
    }
    Ok(())
}
