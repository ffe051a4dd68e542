use super::Separable;
use crate::{Dense, Taken};
use scalar::{Dual, Scalar};

type First<S> = Dual<S, 1>;
type Second<S> = Dual<Dual<S, 1>, 1>;

/// The polynomial through both ends of a step with as many derivatives there: two-point Hermite
/// interpolation (Hairer, Nørsett & Wanner I, II.6), whose error is `O(dt^(2 m + 2))` with `m`
/// derivatives. The second and third follow from the first by the chain rule, exactly:
/// `u'' = d/ds f(t + s, u + s u')`, and so on.
#[derive(Clone, Debug)]
pub(super) struct Taylor<S> {
    first: Lifted<First<S>>,
    second: Lifted<Second<S>>,
    /// Derivatives at one end, scaled by `dtᵏ`: `k` runs slowest.
    start: Vec<S>,
    end: Vec<S>,
}

impl<S> Default for Taylor<S> {
    fn default() -> Self {
        Self {
            first: Lifted::default(),
            second: Lifted::default(),
            start: Vec::new(),
            end: Vec::new(),
        }
    }
}

/// A state, parameters and a derivative over another number type.
#[derive(Clone, Debug)]
struct Lifted<D> {
    u: Vec<D>,
    p: Vec<D>,
    du: Vec<D>,
}

impl<D> Default for Lifted<D> {
    fn default() -> Self {
        Self { u: Vec::new(), p: Vec::new(), du: Vec::new() }
    }
}

impl<D: Scalar> Lifted<D> {
    fn eval<F: Separable>(
        &mut self,
        rhs: &F,
        t: D,
        u: impl Iterator<Item = D>,
        p: impl Iterator<Item = D>,
    ) {
        self.u.clear();
        self.u.extend(u);
        self.p.clear();
        self.p.extend(p);
        self.du.resize(self.u.len(), D::zero());
        rhs.rhs(t, &self.u, &self.p, &mut self.du);
    }
}

impl<S: Scalar> Taylor<S> {
    /// Writes the interpolant from states and derivatives at both ends; `derivatives` is 1, 2 or 3.
    pub(super) fn dense<F: Separable>(
        &mut self,
        rhs: &F,
        step: &Taken,
        [first, last]: [(&[S], &[S]); 2],
        p: &[S],
        derivatives: usize,
        dense: &mut Dense<S>,
    ) {
        let n = first.0.len();
        let mut start = std::mem::take(&mut self.start);
        let mut end = std::mem::take(&mut self.end);
        self.derivatives(rhs, (step.t_first, step.dt), first, p, derivatives, &mut start);
        self.derivatives(rhs, (step.t_last, step.dt), last, p, derivatives, &mut end);
        let coefficients = dense.reset(step.t, step.dt, n, 2 * derivatives + 1);
        for i in 0..n {
            let at = |of: &[S], k: usize| of[k * n + i];
            hermite(
                derivatives,
                |k| at(&start, k),
                |k| at(&end, k),
                |k, c| {
                    coefficients[k * n + i] = c;
                },
            );
        }
        dense.powers_to_newton();
        (self.start, self.end) = (start, end);
    }

    /// `u, dt u', dt² u'', …` into `out`.
    fn derivatives<F: Separable>(
        &mut self,
        rhs: &F,
        (t, dt): (f64, f64),
        (u, du): (&[S], &[S]),
        p: &[S],
        count: usize,
        out: &mut Vec<S>,
    ) {
        let (one, zero) = (S::one(), S::zero());
        let t = S::from_f64(t);
        out.clear();
        out.extend_from_slice(u);
        out.extend(du.iter().map(|d| d.scale(dt)));
        if count < 2 {
            return;
        }
        let dual = |re, eps| Dual { re, eps: [eps] };
        let lifted = u.iter().zip(du).map(|(&u, &d)| dual(u, d));
        self.first.eval(rhs, dual(t, one), lifted, p.iter().map(|&p| dual(p, zero)));
        out.extend(self.first.du.iter().map(|d| d.eps[0].scale(dt).scale(dt)));
        if count < 3 {
            return;
        }
        // (u + s u') + r (u' + s u''): the coefficient of r s in its derivative is u'''.
        let lifted = u.iter().zip(du).zip(&self.first.du);
        let lifted =
            lifted.map(|((&u, &d), dd)| Dual { re: dual(u, d), eps: [dual(d, dd.eps[0])] });
        let t = Dual { re: dual(t, one), eps: [dual(one, zero)] };
        self.second.eval(rhs, t, lifted, p.iter().map(|&p| Dual::constant(dual(p, zero))));
        out.extend(self.second.du.iter().map(|d| d.eps[0].eps[0].scale(dt).scale(dt).scale(dt)));
    }
}

/// What the upper half of the coefficients is, given how far each derivative at the end is from that
/// of the Taylor polynomial of the start: rows for `θ^(m+1), …, θ^(2m+1)`.
const CUBIC: [[f64; 2]; 2] = [[3.0, -1.0], [-2.0, 1.0]];
const QUINTIC: [[f64; 3]; 3] = [[10.0, -4.0, 0.5], [-15.0, 7.0, -1.0], [6.0, -3.0, 0.5]];
const SEPTIC: [[f64; 4]; 4] = [
    [35.0, -15.0, 2.5, -1.0 / 6.0],
    [-84.0, 39.0, -7.0, 0.5],
    [70.0, -34.0, 6.5, -0.5],
    [-20.0, 10.0, -2.0, 1.0 / 6.0],
];

/// The coefficients of the polynomial in θ whose derivatives of order `0..=m` are `start` at 0 and
/// `end` at 1.
fn hermite<S: Scalar>(
    m: usize,
    start: impl Fn(usize) -> S,
    end: impl Fn(usize) -> S,
    mut write: impl FnMut(usize, S),
) {
    const FACTORIAL: [f64; 4] = [1.0, 1.0, 2.0, 6.0];
    for k in 0..=m {
        write(k, start(k).scale(1.0 / FACTORIAL[k]));
    }
    // Σ_j≥k start⁽ʲ⁾ / (j - k)! is the k-th derivative of the Taylor polynomial at 1.
    let mut gap = [S::zero(); 4];
    for k in 0..=m {
        let taylor: S = (k..=m).map(|j| start(j).scale(1.0 / FACTORIAL[j - k])).sum();
        gap[k] = end(k) - taylor;
    }
    let rows: &[&[f64]] = match m {
        1 => &[&CUBIC[0], &CUBIC[1]],
        2 => &[&QUINTIC[0], &QUINTIC[1], &QUINTIC[2]],
        _ => &[&SEPTIC[0], &SEPTIC[1], &SEPTIC[2], &SEPTIC[3]],
    };
    for (i, row) in rows.iter().enumerate() {
        write(m + 1 + i, row.iter().zip(gap).map(|(&w, gap)| gap.scale(w)).sum());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A polynomial of the right degree is reproduced.
    #[test]
    fn polynomials_come_back() {
        for m in 1..=3 {
            let exact: Vec<f64> = (0..2 * m + 2).map(|k| (k * k) as f64 - 3.5).collect();
            let derivative = |order: usize, x: f64| -> f64 {
                let term = |k: usize| (k - order + 1..=k).map(|i| i as f64).product::<f64>();
                (order..exact.len()).map(|k| exact[k] * term(k) * x.powi((k - order) as i32)).sum()
            };
            let mut found = vec![0.0; exact.len()];
            hermite(m, |k| derivative(k, 0.0), |k| derivative(k, 1.0), |k, c: f64| found[k] = c);
            for (a, b) in found.iter().zip(&exact) {
                assert!((a - b).abs() < 1e-10, "{m}: {found:?} {exact:?}");
            }
        }
    }
}
