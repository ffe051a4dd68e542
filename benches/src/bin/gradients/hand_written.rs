//! Adjoints as somebody writes them by hand: they add to `u_bar` and `p_bar`, as all of ours do, and are called as all of
//! ours are, not in line.

/// `(u, p, lambda, u_bar, p_bar)`.
pub(crate) type Adjoint = fn(&[f64], &[f64], &[f64], &mut [f64], &mut [f64]);

#[inline(never)]
pub(crate) fn lotka_volterra(
    u: &[f64],
    p: &[f64],
    lambda: &[f64],
    u_bar: &mut [f64],
    p_bar: &mut [f64],
) {
    let (&[x, y], &[a, b, c, d], &[l, m], 2, 4) = (u, p, lambda, u_bar.len(), p_bar.len()) else {
        return;
    };
    let xy = x * y;
    u_bar[0] += (a - b * y) * l + d * y * m;
    u_bar[1] += (d * x - c) * m - b * x * l;
    p_bar[0] += x * l;
    p_bar[1] -= xy * l;
    p_bar[2] -= y * m;
    p_bar[3] += xy * m;
}

#[inline(never)]
pub(crate) fn lorenz(u: &[f64], p: &[f64], lambda: &[f64], u_bar: &mut [f64], p_bar: &mut [f64]) {
    let (&[x, y, z], &[s, r, b], &[k, l, m], 3, 3) = (u, p, lambda, u_bar.len(), p_bar.len())
    else {
        return;
    };
    u_bar[0] += (r - z) * l + y * m - s * k;
    u_bar[1] += s * k - l + x * m;
    u_bar[2] -= x * l + b * m;
    p_bar[0] += (y - x) * k;
    p_bar[1] += x * l;
    p_bar[2] -= z * m;
}
