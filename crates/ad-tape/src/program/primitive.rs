use core::fmt;
use scalar::{Dual, Jet, Lanes, Scalar};

/// A function of the user with derivatives by hand, as one operation of a
/// [`Program`](crate::Program): [`Symbol::primitive`](crate::Symbol::primitive).
///
/// [`check_primitive`](crate::check_primitive) compares the derivatives with differences.
///
/// ```
/// use ad_tape::{Primitive, Program, Symbol, check_primitive};
///
/// /// The distance from the origin, by a function that does not overflow.
/// #[derive(Debug)]
/// struct Hypot;
///
/// impl Primitive for Hypot {
///     fn name(&self) -> &str { "hypot" }
///     fn inputs(&self) -> usize { 2 }
///     fn outputs(&self) -> usize { 1 }
///     fn value(&self, x: &[f64], y: &mut [f64]) { y[0] = x[0].hypot(x[1]) }
///     fn vjp(&self, x: &[f64], y: &[f64], y_bar: &[f64], x_bar: &mut [f64]) {
///         x_bar[0] += x[0] / y[0] * y_bar[0];
///         x_bar[1] += x[1] / y[0] * y_bar[0];
///     }
/// }
///
/// check_primitive(&Hypot, &[3e200, 4e200], 1e-6)?;
/// let program = Program::record(2, |x| {
///     let mut r = [Symbol::constant(0.0)];
///     Symbol::primitive(Hypot, x, &mut r);
///     vec![r[0] * x[0]]
/// })?;
/// let (mut work, mut f, mut gradient) = (program.work(), [0.0], [0.0f64; 2]);
/// program.forward(&[3.0, 4.0], &mut f, &mut work)?;
/// program.reverse(&[1.0], &mut gradient, &mut work)?;
/// assert_eq!(f, [15.0]);
/// assert!((gradient[0] - 6.8).abs() < 1e-15 && (gradient[1] - 2.4).abs() < 1e-15);
/// # Ok::<(), ad_tape::Error>(())
/// ```
pub trait Primitive: fmt::Debug + Send + Sync {
    /// For messages.
    fn name(&self) -> &str;

    /// Numbers that it takes.
    fn inputs(&self) -> usize;

    /// Numbers that it gives, at least one.
    fn outputs(&self) -> usize;

    /// Writes `f(x)` into `y`.
    fn value(&self, x: &[f64], y: &mut [f64]);

    /// Adds `(∂f/∂x)ᵀ y_bar` to `x_bar`, where `y = f(x)`.
    fn vjp(&self, x: &[f64], y: &[f64], y_bar: &[f64], x_bar: &mut [f64]);

    /// Writes `∂f/∂x x_dot` into `y_dot`. By default one [`vjp`](Primitive::vjp) for each output, which
    /// allocates.
    fn jvp(&self, x: &[f64], y: &[f64], x_dot: &[f64], y_dot: &mut [f64]) {
        let mut y_bar = vec![0.0; y.len()];
        for (i, y_dot) in y_dot.iter_mut().enumerate() {
            let mut row = vec![0.0; x.len()];
            y_bar.fill(0.0);
            y_bar[i] = 1.0;
            self.vjp(x, y, &y_bar, &mut row);
            *y_dot = row.iter().zip(x_dot).map(|(a, b)| a * b).sum();
        }
    }
}

/// A number type that a [`Program`](crate::Program) replays with: `f64`, `f32`, lanes, duals and jets of
/// `f64`, and dependencies. (Sealed: what is needed beside [`Scalar`] is how a [`Primitive`] computes with it.)
pub trait Replay: Scalar + sealed::Sealed {
    /// Derivatives that a number carries.
    #[doc(hidden)]
    const ORDER: usize = 0;
    #[doc(hidden)]
    fn value(f: &dyn Primitive, x: &[Self], y: &mut [Self]);
    #[doc(hidden)]
    fn vjp(f: &dyn Primitive, x: &[Self], y: &[Self], y_bar: &[Self], x_bar: &mut [Self]);
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for f64 {}
    impl Sealed for f32 {}
    impl<const W: usize> Sealed for scalar::Lanes<W> {}
    impl<S, const N: usize> Sealed for scalar::Dual<S, N> {}
    impl<S, const K: usize> Sealed for scalar::Jet<S, K> {}
    impl Sealed for scalar::Dependency {}
}

impl Replay for f64 {
    fn value(f: &dyn Primitive, x: &[f64], y: &mut [f64]) {
        f.value(x, y);
    }
    fn vjp(f: &dyn Primitive, x: &[f64], y: &[f64], y_bar: &[f64], x_bar: &mut [f64]) {
        if counts(y_bar) {
            f.vjp(x, y, y_bar, x_bar);
        }
    }
}

/// Whether a cotangent is to be pulled back: one that is zero adds nothing, also where a derivative is
/// not finite.
fn counts(y_bar: &[f64]) -> bool {
    y_bar.iter().any(|&bar| bar != 0.0)
}

impl Replay for f32 {
    fn value(f: &dyn Primitive, x: &[f32], y: &mut [f32]) {
        let (x, mut out) = (wide(x), vec![0.0; y.len()]);
        f.value(&x, &mut out);
        y.iter_mut().zip(out).for_each(|(y, out)| *y = out as f32);
    }
    fn vjp(f: &dyn Primitive, x: &[f32], y: &[f32], y_bar: &[f32], x_bar: &mut [f32]) {
        let (y_bar, mut bars) = (wide(y_bar), vec![0.0; x.len()]);
        if counts(&y_bar) {
            f.vjp(&wide(x), &wide(y), &y_bar, &mut bars);
        }
        x_bar.iter_mut().zip(bars).for_each(|(x_bar, bar)| *x_bar += bar as f32);
    }
}

fn wide(x: &[f32]) -> Vec<f64> {
    x.iter().map(|&x| f64::from(x)).collect()
}

impl<const W: usize> Replay for Lanes<W> {
    fn value(f: &dyn Primitive, x: &[Self], y: &mut [Self]) {
        let mut out = vec![0.0; y.len()];
        for lane in 0..W {
            f.value(&of_lane(x, lane), &mut out);
            y.iter_mut().zip(&out).for_each(|(y, &out)| y.0[lane] = out);
        }
    }
    fn vjp(f: &dyn Primitive, x: &[Self], y: &[Self], y_bar: &[Self], x_bar: &mut [Self]) {
        let mut bars = vec![0.0; x.len()];
        for lane in 0..W {
            let y_bar = of_lane(y_bar, lane);
            if !counts(&y_bar) {
                continue;
            }
            bars.fill(0.0);
            f.vjp(&of_lane(x, lane), &of_lane(y, lane), &y_bar, &mut bars);
            x_bar.iter_mut().zip(&bars).for_each(|(x_bar, &bar)| x_bar.0[lane] += bar);
        }
    }
}

fn of_lane<const W: usize>(x: &[Lanes<W>], lane: usize) -> Vec<f64> {
    x.iter().map(|x| x.0[lane]).collect()
}

/// The tangents of the value are those of the JVP; those of the VJP would be second derivatives, which a
/// primitive does not have.
impl<const N: usize> Replay for Dual<f64, N> {
    const ORDER: usize = 1;
    fn value(f: &dyn Primitive, x: &[Self], y: &mut [Self]) {
        let re: Vec<f64> = x.iter().map(|x| x.re).collect();
        let (mut out, mut out_dot) = (vec![0.0; y.len()], vec![0.0; y.len()]);
        f.value(&re, &mut out);
        y.iter_mut().zip(&out).for_each(|(y, &out)| y.re = out);
        for k in 0..N {
            let x_dot: Vec<f64> = x.iter().map(|x| x.eps[k]).collect();
            f.jvp(&re, &out, &x_dot, &mut out_dot);
            y.iter_mut().zip(&out_dot).for_each(|(y, &dot)| y.eps[k] = dot);
        }
    }
    fn vjp(_: &dyn Primitive, _: &[Self], _: &[Self], _: &[Self], x_bar: &mut [Self]) {
        x_bar.fill(Self::from_f64(f64::NAN));
    }
}

/// A program with a primitive is refused before it comes to that.
impl<const K: usize> Replay for Jet<f64, K> {
    const ORDER: usize = 2;
    fn value(_: &dyn Primitive, _: &[Self], y: &mut [Self]) {
        y.fill(Self::from_f64(f64::NAN));
    }
    fn vjp(_: &dyn Primitive, _: &[Self], _: &[Self], _: &[Self], x_bar: &mut [Self]) {
        x_bar.fill(Self::from_f64(f64::NAN));
    }
}

/// Everything depends on everything.
impl Replay for scalar::Dependency {
    fn value(_: &dyn Primitive, x: &[Self], y: &mut [Self]) {
        y.fill(x.iter().fold(Self::default(), |all, &x| all | x));
    }
    fn vjp(_: &dyn Primitive, x: &[Self], _: &[Self], y_bar: &[Self], x_bar: &mut [Self]) {
        let all = x.iter().chain(y_bar).fold(Self::default(), |all, &x| all | x);
        x_bar.iter_mut().for_each(|x_bar| *x_bar = *x_bar | all);
    }
}
