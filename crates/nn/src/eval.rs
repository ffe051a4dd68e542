use crate::Mlp;
use scalar::Scalar;

/// Two hidden layers side by side on the stack, at most: a thread has 2 MiB.
const STACK_BYTES: usize = 512 << 10;

impl Mlp {
    /// `y = network(x)` for every number type: what stands inside a model that is written once.
    ///
    /// One [`Scalar::dense_layer`] per layer (a single node on a tape) and one elementary function
    /// per unit. If a length is wrong every `y` is NaN, because a model inside a solver cannot
    /// return an error; the solver will.
    ///
    /// Nothing is allocated for hidden layers of up to 256 units, unless a number is so large that
    /// two of them need more than half a MiB (nested duals with more than 100 parts).
    ///
    /// ```
    /// use nn::{Activation, Init, Mlp};
    /// use scalar::{Dual, Scalar};
    ///
    /// /// Exponential decay with a learned correction: what `System::rhs` looks like.
    /// fn rhs<S: Scalar>(mlp: &Mlp, u: &[S], p: &[S], du: &mut [S]) {
    ///     mlp.eval(p, u, du);
    ///     du[0] -= u[0];
    /// }
    ///
    /// let mlp = Mlp::new(&[1, 5, 1], Activation::Tanh)?;
    /// let p: Vec<Dual> = mlp.init(Init::Glorot, 3).into_iter().map(Dual::constant).collect();
    /// let mut du = [Dual::zero()];
    /// rhs(&mlp, &[Dual::variable(0.4, 0)], &p, &mut du);
    /// assert!(du[0].eps[0].is_finite());
    ///
    /// mlp.eval(&p[1..], &[Dual::zero()], &mut du); // a parameter is missing
    /// assert!(du[0].re.is_nan());
    /// # Ok::<(), nn::Error>(())
    /// ```
    pub fn eval<S: Scalar>(&self, p: &[S], x: &[S], y: &mut [S]) {
        let right = p.len() == self.num_params() && x.len() == self.inputs();
        if !right || y.len() != self.outputs() {
            y.fill(S::from_f64(f64::NAN));
            return;
        }
        let width = self.hidden_width();
        // The first capacity that is wide enough and fits on the stack.
        macro_rules! on_stack {
            ($($capacity:literal)*) => {$(
                if width <= $capacity && 2 * $capacity * size_of::<S>() <= STACK_BYTES {
                    return self.eval_on_stack::<S, $capacity>(p, x, y);
                }
            )*};
        }
        on_stack!(8 16 32 64 128 256);
        self.eval_with(p, x, y, &mut vec![S::zero(); width], &mut vec![S::zero(); width]);
    }

    /// Apart from the choice, so that a small network does not reserve the largest frame.
    #[inline(never)]
    fn eval_on_stack<S: Scalar, const N: usize>(&self, p: &[S], x: &[S], y: &mut [S]) {
        self.eval_with(p, x, y, &mut [S::zero(); N], &mut [S::zero(); N]);
    }

    /// The hidden layers alternate between `here` and `there`; lengths are right.
    #[inline]
    fn eval_with<'a, S: Scalar>(
        &self,
        p: &[S],
        x: &'a [S],
        y: &mut [S],
        mut here: &'a mut [S],
        mut there: &'a mut [S],
    ) {
        let Some((last, hidden)) = self.layers().split_last() else { return };
        for (l, layer) in hidden.iter().enumerate() {
            let input = if l == 0 { x } else { &there[..layer.inputs] };
            let output = &mut here[..layer.outputs];
            dense(layer, p, input, output);
            core::mem::swap(&mut here, &mut there);
        }
        dense(last, p, if hidden.is_empty() { x } else { &there[..last.inputs] }, y);
    }
}

#[inline]
fn dense<S: Scalar>(layer: &crate::Layer, p: &[S], x: &[S], y: &mut [S]) {
    S::dense_layer(&p[layer.weight_range()], &p[layer.bias_range()], x, y);
    if layer.activation != crate::Activation::Identity {
        for y in y {
            *y = layer.activation.apply(*y);
        }
    }
}
