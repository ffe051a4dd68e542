use super::stage::{Fourier, Normalize};
use crate::{Activation, Error, Mlp, Real, Workspace};
use core::f64::consts::TAU;
use core::ops::Range;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// What [`Dropout`](crate::Stage::Dropout) does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pass {
    /// Nothing.
    #[default]
    Evaluation,
    /// Sample `k` of the batch loses the components that belong to this seed and the number `first + k`, however the samples
    /// are put into batches.
    Training {
        /// One for a whole training.
        seed: u64,
        /// Samples drawn before this batch.
        first: u64,
    },
}

impl Pass {
    /// The same for the samples from number `start` of the batch on.
    pub(crate) fn after(self, start: usize) -> Self {
        match self {
            Self::Evaluation => Self::Evaluation,
            Self::Training { seed, first } => {
                Self::Training { seed, first: first.wrapping_add(start as u64) }
            }
        }
    }

    /// Calls `component(i, factor)` for each number of a place; `start` is the first random word of a sample.
    fn factors<T: Real>(
        self,
        rate: f64,
        start: usize,
        width: usize,
        samples: usize,
        mut component: impl FnMut(usize, T),
    ) {
        let Self::Training { seed, first } = self else {
            (0..samples * width).for_each(|i| component(i, T::ONE));
            return;
        };
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let kept = T::from_f64(1.0 / (1.0 - rate));
        let threshold = rate * (1u64 << 32) as f64;
        for s in 0..samples {
            rng.set_stream(first.wrapping_add(s as u64));
            rng.set_word_pos(start as u128);
            for i in 0..width {
                let lost = f64::from(rng.next_u32()) < threshold;
                component(s * width + i, if lost { T::ZERO } else { kept });
            }
        }
    }
}

/// Where a result stands among the numbers of a sample.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Place {
    pub(crate) start: usize,
    pub(crate) width: usize,
}

impl Place {
    /// The same for so many samples, row by row.
    pub(crate) fn of(self, samples: usize) -> Range<usize> {
        self.start * samples..(self.start + self.width) * samples
    }
}

/// What a step computes from its input `x`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Op {
    Normalize(Normalize),
    Fourier(Fourier),
    Mlp(Mlp),
    /// `x` plus an earlier place.
    Add {
        from: usize,
    },
    /// `(1 - x) u + x v` of two earlier places.
    Mix {
        u: usize,
        v: usize,
    },
    Dropout {
        rate: f64,
    },
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Step {
    pub(crate) op: Op,
    /// The place that is read.
    pub(crate) input: usize,
    pub(crate) params: Range<usize>,
}

/// A block of samples on its way through a chain.
#[derive(Clone, Copy)]
pub(crate) struct Samples<'a> {
    pub(crate) places: &'a [Place],
    pub(crate) count: usize,
    pub(crate) pass: Pass,
    /// The places whose cotangents count: all if it is empty.
    pub(crate) wanted: &'a [bool],
}

impl Samples<'_> {
    fn at(&self, place: usize) -> Range<usize> {
        self.places[place].of(self.count)
    }

    /// Whether the cotangents of a place count.
    pub(crate) fn wants(&self, place: usize) -> bool {
        self.wanted.get(place).is_none_or(|&wanted| wanted)
    }
}

impl Step {
    /// Writes place `out` of `values`.
    pub(crate) fn forward<T: Real>(
        &self,
        out: usize,
        p: &[T],
        values: &mut [T],
        samples: Samples<'_>,
        ws: &mut Workspace<T>,
    ) -> Result<(), Error> {
        let (before, y) = values.split_at_mut(samples.at(out).start);
        let y = &mut y[..samples.at(out).len()];
        let x = &before[samples.at(self.input)];
        let Place { start, width } = samples.places[out];
        match &self.op {
            Op::Mlp(mlp) => mlp.value_batch(&p[self.params.clone()], x, y, ws)?,
            Op::Normalize(Normalize { shift, scale }) => {
                for (y, x) in y.chunks_exact_mut(width).zip(x.chunks_exact(width)) {
                    for i in 0..width {
                        y[i] = (x[i] - T::from_f64(shift[i])) * T::from_f64(scale[i]);
                    }
                }
            }
            Op::Fourier(Fourier { inputs, frequencies }) => {
                for (y, x) in y.chunks_exact_mut(width).zip(x.chunks_exact(*inputs)) {
                    let (sin, cos) = y.split_at_mut(width / 2);
                    for (angle, row) in sin.iter_mut().zip(frequencies.chunks_exact(*inputs)) {
                        let terms = x.iter().zip(row).map(|(&x, b)| x * T::from_f64(TAU * b));
                        *angle = terms.sum();
                    }
                    Activation::Sin.apply_with_slope(sin, cos);
                }
            }
            &Op::Add { from } => {
                let other = &before[samples.at(from)];
                for (y, (&x, &other)) in y.iter_mut().zip(x.iter().zip(other)) {
                    *y = x + other;
                }
            }
            &Op::Mix { u, v } => {
                let (u, v) = (&before[samples.at(u)], &before[samples.at(v)]);
                for (i, y) in y.iter_mut().enumerate() {
                    *y = (T::ONE - x[i]) * u[i] + x[i] * v[i];
                }
            }
            &Op::Dropout { rate } => {
                let put = |i: usize, factor: T| y[i] = x[i] * factor;
                samples.pass.factors(rate, start, width, samples.count, put);
            }
        }
        Ok(())
    }

    /// Adds to the cotangents of what was read, and to `p_bar`.
    #[allow(clippy::too_many_arguments)] // values and cotangents of places and parameters, and where to work
    pub(crate) fn backward<T: Real>(
        &self,
        out: usize,
        p: &[T],
        values: &[T],
        bars: &mut [T],
        p_bar: &mut [T],
        samples: Samples<'_>,
        ws: &mut Workspace<T>,
    ) -> Result<(), Error> {
        let (before, y_bar) = bars.split_at_mut(samples.at(out).start);
        let y_bar = &y_bar[..samples.at(out).len()];
        let x = &values[samples.at(self.input)];
        let y = &values[samples.at(out)];
        let x_at = samples.at(self.input);
        let Place { start, width } = samples.places[out];
        match &self.op {
            Op::Mlp(mlp) => {
                let (p, p_bar) = (&p[self.params.clone()], &mut p_bar[self.params.clone()]);
                let x_bar = if samples.wants(self.input) { &mut before[x_at] } else { &mut [] };
                mlp.vjp_batch(p, x, y_bar, x_bar, p_bar, ws)?;
            }
            Op::Normalize(Normalize { scale, .. }) => {
                let rows = before[x_at].chunks_exact_mut(width).zip(y_bar.chunks_exact(width));
                for (x_bar, y_bar) in rows {
                    for i in 0..width {
                        x_bar[i] += y_bar[i] * T::from_f64(scale[i]);
                    }
                }
            }
            Op::Fourier(Fourier { inputs, frequencies }) => {
                let rows = y.chunks_exact(width).zip(y_bar.chunks_exact(width));
                for (x_bar, (y, y_bar)) in before[x_at].chunks_exact_mut(*inputs).zip(rows) {
                    let ((sin, cos), (sin_bar, cos_bar)) =
                        (y.split_at(width / 2), y_bar.split_at(width / 2));
                    for (i, row) in frequencies.chunks_exact(*inputs).enumerate() {
                        let angle_bar = cos[i] * sin_bar[i] - sin[i] * cos_bar[i];
                        for (x_bar, b) in x_bar.iter_mut().zip(row) {
                            *x_bar += angle_bar * T::from_f64(TAU * b);
                        }
                    }
                }
            }
            &Op::Add { from } => {
                for place in [x_at, samples.at(from)] {
                    for (bar, &y_bar) in before[place].iter_mut().zip(y_bar) {
                        *bar += y_bar;
                    }
                }
            }
            &Op::Mix { u, v } => {
                let (u_at, v_at) = (samples.at(u).start, samples.at(v).start);
                for (i, &y_bar) in y_bar.iter().enumerate() {
                    before[u_at + i] += (T::ONE - x[i]) * y_bar;
                    before[v_at + i] += x[i] * y_bar;
                    before[x_at.start + i] += (values[v_at + i] - values[u_at + i]) * y_bar;
                }
            }
            &Op::Dropout { rate } => {
                let x_bar = &mut before[x_at];
                let put = |i: usize, factor: T| x_bar[i] += y_bar[i] * factor;
                samples.pass.factors(rate, start, width, samples.count, put);
            }
        }
        Ok(())
    }
}
