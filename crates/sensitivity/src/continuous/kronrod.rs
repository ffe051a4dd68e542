//! The quadrature of Gauss and Kronrod over the steps of an adjoint.

use super::backward::{Listen, Stepped};
use super::equation::AdjointEquation;
use crate::{Error, ErrorKind, Loss, Warning};
use ode_core::{Dense, Taken};
use system::System;

/// Abscissas on `[-1, 1]` that are not negative, weights of Kronrod's 15 points, and of Gauss's 7 among them
/// (Piessens et al., QUADPACK, 1983).
const RULE: [(f64, f64, f64); 8] = [
    (0.991_455_371_120_812_6, 0.022_935_322_010_529_224, 0.0),
    (0.949_107_912_342_758_5, 0.063_092_092_629_978_56, 0.129_484_966_168_869_7),
    (0.864_864_423_359_769_1, 0.104_790_010_322_250_19, 0.0),
    (0.741_531_185_599_394_5, 0.140_653_259_715_525_92, 0.279_705_391_489_276_64),
    (0.586_087_235_467_691_1, 0.169_004_726_639_267_9, 0.0),
    (0.405_845_151_377_397_2, 0.190_350_578_064_785_4, 0.381_830_050_505_118_9),
    (0.207_784_955_007_898_47, 0.204_432_940_075_298_89, 0.0),
    (0.0, 0.209_482_141_084_727_82, 0.417_959_183_673_469_4),
];

/// How often a step may be halved.
const DEEPEST: u32 = 20;

/// The integral for the parameters, step by step.
pub(super) struct Kronrod {
    rtol: f64,
    /// By parameter: what cancels to nothing has no digits that could be right.
    pub(super) atol: Vec<f64>,
    /// The integral so far, and that of absolute values, which says what is small.
    sum: Vec<f64>,
    size: Vec<f64>,
    lambda: Vec<f64>,
    p_bar: Vec<f64>,
    fine: Vec<f64>,
    coarse: Vec<f64>,
    absolute: Vec<f64>,
}

impl Kronrod {
    pub(super) fn new(n: usize, m: usize, rtol: f64) -> Self {
        let zeros = || vec![0.0; m];
        Self {
            rtol,
            atol: zeros(),
            sum: zeros(),
            size: zeros(),
            lambda: vec![0.0; n],
            p_bar: zeros(),
            fine: zeros(),
            coarse: zeros(),
            absolute: zeros(),
        }
    }

    /// Adds the integral over a step.
    pub(super) fn add<F: System, L: Loss>(
        &mut self,
        equation: &AdjointEquation<'_, F, L>,
        step: Taken,
        dense: &Dense<f64>,
        p: &[f64],
    ) -> Result<(), Error> {
        self.part(equation, (step.t, step.t + step.dt), dense, p, 0)
    }

    fn part<F: System, L: Loss>(
        &mut self,
        equation: &AdjointEquation<'_, F, L>,
        (a, b): (f64, f64),
        dense: &Dense<f64>,
        p: &[f64],
        depth: u32,
    ) -> Result<(), Error> {
        // The step goes back in time.
        let (middle, half) = (0.5 * (a + b), 0.5 * (b - a));
        for sum in [&mut self.fine, &mut self.coarse, &mut self.absolute] {
            sum.fill(0.0);
        }
        for (x, kronrod, gauss) in RULE {
            for side in [-1.0, 1.0] {
                if x == 0.0 && side > 0.0 {
                    continue;
                }
                let t = middle + side * x * half;
                dense.eval(t, &mut self.lambda);
                let done = equation.by_parameters(t, &self.lambda, p, &mut self.p_bar);
                done.map_err(|failure| Error::replay(t, &failure))?;
                for (i, bar) in self.p_bar.iter().enumerate() {
                    self.fine[i] -= kronrod * half * bar;
                    self.coarse[i] -= gauss * half * bar;
                    self.absolute[i] += (kronrod * half * bar).abs();
                }
            }
        }
        let good = (0..self.sum.len()).all(|i| {
            let size = self.size[i] + self.absolute[i];
            let rounding = 1e-14 * size;
            // An estimate of the coarse rule; a NaN is found in the gradient.
            let error = (self.fine[i] - self.coarse[i]).abs();
            error <= 0.1 * (self.rtol * size + self.atol[i]) + rounding || error.is_nan()
        });
        if good {
            for i in 0..self.sum.len() {
                self.sum[i] += self.fine[i];
                self.size[i] += self.absolute[i];
            }
            return Ok(());
        }
        if depth == DEEPEST {
            return Err(ErrorKind::Quadrature { t: a }.into());
        }
        self.part(equation, (a, middle), dense, p, depth + 1)?;
        self.part(equation, (middle, b), dense, p, depth + 1)
    }

    pub(super) fn finish(&self, p_bar: &mut [f64]) {
        p_bar.iter_mut().zip(&self.sum).for_each(|(p_bar, sum)| *p_bar += sum);
    }
}

impl<F: System, L: Loss> Listen<F, L> for Kronrod {
    const LISTENS: bool = true;

    fn tolerate(&mut self, p_bar: Vec<f64>) {
        self.atol = p_bar;
    }

    fn step(&mut self, stepped: Stepped<'_, '_, F, L>) -> Result<(), Error> {
        let Stepped { equation, step, dense, p } = stepped;
        self.add(equation, step, dense, p)
    }

    fn finish(
        &mut self,
        _equation: &AdjointEquation<'_, F, L>,
        _p: &[f64],
        p_bar: &mut [f64],
    ) -> Result<Option<Warning>, Error> {
        Kronrod::finish(self, p_bar);
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;

    #[test]
    fn exact_for_polynomials_of_their_degrees() {
        let sum = |degree: i32, of: fn(f64, f64) -> f64| -> f64 {
            RULE.iter()
                .map(|&(x, k, g)| {
                    let both = if x == 0.0 { 1.0 } else { 2.0 };
                    both * of(k, g) * x.powi(degree)
                })
                .sum()
        };
        for degree in (0..24).step_by(2) {
            let exact = 2.0 / f64::from(degree + 1);
            assert!((sum(degree, |k, _| k) - exact).abs() < 4e-16, "{degree}");
            if degree < 14 {
                assert!((sum(degree, |_, g| g) - exact).abs() < 4e-16, "{degree}");
            }
        }
        assert!((sum(24, |k, _| k) - 2.0 / 25.0).abs() > 1e-12);
    }
}
