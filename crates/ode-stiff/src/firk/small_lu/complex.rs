use super::{BadPivot, Order, add, minus, minus_row, note, rows, rows_mut, shifted, steps};
use linalg::{Field, c64};
use scalar::Scalar;
use system::Mass;

/// The factors of `(α + iβ) M - J`.
#[derive(Debug)]
pub(in crate::firk) struct ComplexLu {
    re: Vec<f64>,
    im: Vec<f64>,
    order: Order,
}

impl ComplexLu {
    /// For `n ≤ 10` states.
    pub(in crate::firk) fn new(n: usize) -> Self {
        Self { re: vec![0.0; n * n], im: vec![0.0; n * n], order: Order::STRAIGHT }
    }

    /// Factors `(α + iβ) M - J`; the rows of `J` stand one after the other.
    pub(in crate::firk) fn factor<const N: usize>(
        &mut self,
        jac: &[f64],
        (alpha, beta): (f64, f64),
        mass: Option<&Mass>,
    ) -> Result<(), BadPivot> {
        let (Some(jac), Some(out_re), Some(out_im)) =
            (rows::<N>(jac), rows_mut::<N>(&mut self.re), rows_mut::<N>(&mut self.im))
        else {
            return Err(BadPivot { zero: None });
        };
        let mut re = shifted(jac, alpha, mass);
        let mut im = [[0.0; N]; N];
        add(&mut im, beta, mass);
        let (mut lower_re, mut lower_im) = ([[0.0; N]; N], [[0.0; N]; N]);
        let mut order = Order::STRAIGHT;
        let mut bad = None;
        steps!(N, K => {
            let mut largest = re[K][K].abs() + im[K][K].abs();
            let mut row = K;
            for i in K + 1..N {
                let size = re[i][K].abs() + im[i][K].abs();
                (largest, row) = if size > largest { (size, i) } else { (largest, row) };
            }
            for i in K + 1..N {
                if i == row {
                    order.exchange(i, K);
                    re.swap(i, K);
                    im.swap(i, K);
                    lower_re[..K].iter_mut().for_each(|column| column.swap(i, K));
                    lower_im[..K].iter_mut().for_each(|column| column.swap(i, K));
                }
            }
            let inverse = c64::new(re[K][K], im[K][K]).inverse();
            let (p, q) = (inverse.re, inverse.im);
            note(&mut bad, K, largest, p.abs() + q.abs());
            let (top_re, top_im) = (re[K], im[K]);
            for i in K + 1..N {
                let (a, b) = (re[i][K], im[i][K]);
                let (f, g) = (minus(a * p, b, q), b.scale_add(p, a * q));
                (lower_re[K][i], lower_im[K][i]) = (f, g);
                re[i] = minus_row(minus_row(re[i], f, top_re), -g, top_im);
                im[i] = minus_row(minus_row(im[i], f, top_im), g, top_re);
            }
            for j in 0..N {
                re[K][j] = minus(top_re[j] * p, top_im[j], q);
                im[K][j] = top_im[j].scale_add(p, top_re[j] * q);
            }
            (re[K][K], im[K][K]) = (p, q);
        });
        for i in 0..N {
            for j in 0..N {
                let is_lower = j < i;
                out_re[i][j] = if is_lower { lower_re[j][i] } else { re[i][j] };
                out_im[i][j] = if is_lower { lower_im[j][i] } else { im[i][j] };
            }
        }
        self.order = order;
        bad.map_or(Ok(()), Err)
    }

    /// Solves for `a + ib`.
    #[inline(always)]
    pub(in crate::firk) fn solve<const N: usize>(
        &self,
        a: [f64; N],
        b: [f64; N],
    ) -> ([f64; N], [f64; N]) {
        let (Some(re), Some(im)) = (rows::<N>(&self.re), rows::<N>(&self.im)) else {
            return (a, b);
        };
        let (mut x, mut y) = (a, b);
        steps!(N, K => {
            for j in K + 1..N {
                (x[j], y[j]) = minus_complex((x[j], y[j]), (re[K][j], im[K][j]), (x[K], y[K]));
            }
        });
        for k in 0..N {
            let (p, q) = (re[k][k], im[k][k]);
            (x[k], y[k]) = (minus(x[k] * p, y[k], q), y[k].scale_add(p, x[k] * q));
        }
        steps!(N, rev K => {
            for j in 0..K {
                (x[j], y[j]) = minus_complex((x[j], y[j]), (re[K][j], im[K][j]), (x[K], y[K]));
            }
        });
        (self.order.back(x), self.order.back(y))
    }
}

/// `x - a b`.
#[inline(always)]
fn minus_complex(x: (f64, f64), a: (f64, f64), b: (f64, f64)) -> (f64, f64) {
    let re = minus(x.0, a.0, b.0);
    let im = minus(x.1, a.0, b.1);
    (b.1.scale_add(a.1, re), minus(im, a.1, b.0))
}
