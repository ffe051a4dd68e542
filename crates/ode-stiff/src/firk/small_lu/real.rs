use super::{BadPivot, Order, minus, minus_row, note, rows, rows_mut, shifted, steps};
use system::Mass;

/// The factors of `c M - J`.
#[derive(Debug)]
pub(in crate::firk) struct RealLu {
    factors: Vec<f64>,
    order: Order,
}

impl RealLu {
    /// For `n ≤ 10` states.
    pub(in crate::firk) fn new(n: usize) -> Self {
        Self { factors: vec![0.0; n * n], order: Order::STRAIGHT }
    }

    /// Factors `c M - J`; the rows of `J` stand one after the other.
    pub(in crate::firk) fn factor<const N: usize>(
        &mut self,
        jac: &[f64],
        c: f64,
        mass: Option<&Mass>,
    ) -> Result<(), BadPivot> {
        let (Some(jac), Some(factors)) = (rows::<N>(jac), rows_mut::<N>(&mut self.factors)) else {
            return Err(BadPivot { zero: None });
        };
        let mut m = shifted(jac, c, mass);
        // L by columns, apart from M: an update may then run over whole rows.
        let mut lower = [[0.0; N]; N];
        let mut order = Order::STRAIGHT;
        let mut bad = None;
        steps!(N, K => {
            let mut largest = m[K][K].abs();
            let mut row = K;
            for i in K + 1..N {
                let size = m[i][K].abs();
                (largest, row) = if size > largest { (size, i) } else { (largest, row) };
            }
            // Compared with each: an index would send registers through memory.
            for i in K + 1..N {
                if i == row {
                    order.exchange(i, K);
                    m.swap(i, K);
                    lower[..K].iter_mut().for_each(|column| column.swap(i, K));
                }
            }
            let inverse = 1.0 / m[K][K];
            note(&mut bad, K, largest, inverse);
            let top = m[K];
            for i in K + 1..N {
                let factor = m[i][K] * inverse;
                lower[K][i] = factor;
                m[i] = minus_row(m[i], factor, top);
            }
            m[K] = top.map(|x| x * inverse);
            m[K][K] = inverse;
        });
        for i in 0..N {
            for j in 0..N {
                factors[i][j] = if j < i { lower[j][i] } else { m[i][j] };
            }
        }
        self.order = order;
        bad.map_or(Ok(()), Err)
    }

    /// Solves for `b`.
    #[inline(always)]
    pub(in crate::firk) fn solve<const N: usize>(&self, b: [f64; N]) -> [f64; N] {
        let Some(a) = rows::<N>(&self.factors) else { return b };
        let mut x = b;
        steps!(N, K => {
            for j in K + 1..N {
                x[j] = minus(x[j], a[K][j], x[K]);
            }
        });
        for k in 0..N {
            x[k] *= a[k][k];
        }
        steps!(N, rev K => {
            for j in 0..K {
                x[j] = minus(x[j], a[K][j], x[K]);
            }
        });
        self.order.back(x)
    }
}
