use super::step::Op;
use super::{Chain, Fourier, Normalize};
use core::f64::consts::TAU;
use scalar::Scalar;

impl Chain {
    /// `y = chain(x)` for every number type, without dropout: what stands inside a model that is written once.
    ///
    /// If a length is wrong every `y` is NaN, as in [`Mlp::eval`](crate::Mlp::eval). Nothing is allocated as long as the
    /// input and what all stages write (a modified network each of its layers and mixtures) are at most 512 numbers, and
    /// their networks allocate nothing.
    ///
    /// ```
    /// use nn::{Chain, Normalize, Stage};
    ///
    /// let normalize = Normalize { shift: vec![3.0], scale: vec![2.0] };
    /// let chain = Chain::new(1, vec![Stage::Normalize(normalize)])?;
    /// let mut y = [0.0];
    /// chain.eval(&[], &[4.0], &mut y);
    /// assert_eq!(y, [2.0]);
    /// # Ok::<(), nn::Error>(())
    /// ```
    pub fn eval<S: Scalar>(&self, p: &[S], x: &[S], y: &mut [S]) {
        let right = p.len() == self.num_params() && x.len() == self.inputs();
        if !right || y.len() != self.outputs() {
            y.fill(S::from_f64(f64::NAN));
            return;
        }
        if let Some(mlp) = self.only() {
            return mlp.eval(p, x, y);
        }
        let total = self.plan.total();
        macro_rules! on_stack {
            ($($capacity:literal)*) => {$(
                if total <= $capacity && $capacity * size_of::<S>() <= 256 << 10 {
                    return self.eval_on_stack::<S, $capacity>(p, x, y);
                }
            )*};
        }
        on_stack!(32 128 512);
        self.eval_with(p, x, y, &mut vec![S::zero(); total]);
    }

    #[inline(never)]
    fn eval_on_stack<S: Scalar, const N: usize>(&self, p: &[S], x: &[S], y: &mut [S]) {
        self.eval_with(p, x, y, &mut [S::zero(); N]);
    }

    fn eval_with<S: Scalar>(&self, p: &[S], x: &[S], y: &mut [S], values: &mut [S]) {
        values[..x.len()].copy_from_slice(x);
        let places = &self.plan.places;
        for (step, out) in self.plan.steps.iter().zip(&places[1..]) {
            let (before, y) = values.split_at_mut(out.start);
            let y = &mut y[..out.width];
            let x = &before[places[step.input].of(1)];
            match &step.op {
                Op::Mlp(mlp) => mlp.eval(&p[step.params.clone()], x, y),
                Op::Normalize(Normalize { shift, scale }) => {
                    for i in 0..y.len() {
                        y[i] = (x[i] - S::from_f64(shift[i])).scale(scale[i]);
                    }
                }
                Op::Fourier(Fourier { inputs, frequencies }) => {
                    let (sin, cos) = y.split_at_mut(out.width / 2);
                    for (i, row) in frequencies.chunks_exact(*inputs).enumerate() {
                        let angle: S = x.iter().zip(row).map(|(&x, b)| x.scale(TAU * b)).sum();
                        (sin[i], cos[i]) = (angle.sin(), angle.cos());
                    }
                }
                &Op::Add { from } => {
                    let other = &before[places[from].of(1)];
                    for i in 0..y.len() {
                        y[i] = x[i] + other[i];
                    }
                }
                &Op::Mix { u, v } => {
                    let (u, v) = (&before[places[u].of(1)], &before[places[v].of(1)]);
                    for i in 0..y.len() {
                        y[i] = (S::one() - x[i]) * u[i] + x[i] * v[i];
                    }
                }
                Op::Dropout { .. } => y.copy_from_slice(x),
            }
        }
        y.copy_from_slice(&values[self.plan.last().of(1)]);
    }
}
