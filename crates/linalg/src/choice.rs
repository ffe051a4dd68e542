//! Which factorisation for which structure.

use crate::lu::sparse::program::{MOST_PRODUCTS, MOST_ROWS};
use crate::{Analysis, Error, Pattern, Structure};
use std::fmt;
use std::sync::Arc;

/// The factorisation that should be the fastest for a structure, and why. It [`Display`]s the
/// reason.
///
/// [`Display`]: fmt::Display
///
/// ```
/// use linalg::{Choice, Structure, choose};
///
/// let choice = choose(&Structure::Banded { n: 400, lower: 5, upper: 5 })?;
/// assert!(choice.to_string().starts_with("banded LU: 400 states, bandwidths 5+5"));
/// # Ok::<(), linalg::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Choice {
    method: Method,
    n: usize,
    entries: usize,
    dense: f64,
    banded: Option<(usize, usize, f64)>,
    sparse: Option<(Arc<Analysis>, f64)>,
    /// What a sparse elimination takes at least, where that was enough to know.
    sparse_at_least: Option<f64>,
}

/// The kinds of factors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Method {
    /// [`DenseLu`](crate::DenseLu) by its unrolled kernels.
    Small,
    /// [`DenseLu`](crate::DenseLu).
    Dense,
    /// [`BandedLu`](crate::BandedLu).
    Banded,
    /// [`SparseLu`](crate::SparseLu).
    Sparse,
}

/// Operations per nanosecond, measured: dense loops, banded columns, sparse columns.
const DENSE_RATE: [(usize, f64); 4] = [(10, 1.5), (40, 3.0), (100, 8.0), (usize::MAX, 25.0)];
const BANDED_RATE: f64 = 1.5;
const SPARSE_RATE: f64 = 0.8;
/// Nanoseconds for each column or entry that a banded or sparse factorisation touches.
const PER_COLUMN: f64 = 15.0;
const PER_ENTRY: f64 = 4.0;
/// The same three for the sparse systems whose products are listed.
const LISTED_RATE: f64 = 1.2;
const LISTED_PER_COLUMN: f64 = 3.0;
const LISTED_PER_ENTRY: f64 = 1.0;

/// Chooses a factorisation by size, bandwidths and the fill that the analysis predicts.
///
/// Up to ten states always the unrolled kernels. Above, the estimated times of the dense, the
/// banded (bandwidths as they are) and the sparse elimination are compared.
///
/// # Errors
///
/// A sparse pattern that is not square, or singular whatever its values.
pub fn choose(structure: &Structure) -> Result<Choice, Error> {
    let n = structure.dim();
    let size = n as f64;
    let dense = 2.0 / 3.0 * size.powi(3);
    let mut choice = Choice {
        method: Method::Dense,
        n,
        entries: structure.len(),
        dense,
        banded: None,
        sparse: None,
        sparse_at_least: None,
    };
    match structure {
        Structure::Dense { .. } => {}
        Structure::Banded { lower, upper, .. } => {
            choice.banded = Some((*lower, *upper, banded_flops(n, *lower, *upper)));
        }
        Structure::Sparse(pattern) => {
            choice.banded = band(pattern);
            // An order of elimination is not looked for where none can win.
            choice.sparse_at_least = choice.without_fill(pattern);
            if choice.sparse_at_least.is_none() {
                let analysis = Analysis::new(pattern)?;
                let flops = analysis.factor_flops();
                choice.sparse = Some((Arc::new(analysis), flops));
            }
        }
    }
    choice.method = choice.fastest();
    Ok(choice)
}

fn band(pattern: &Pattern) -> Option<(usize, usize, f64)> {
    let (lower, upper) = pattern.bandwidths();
    Some((lower, upper, banded_flops(pattern.cols(), lower, upper)))
}

/// Without exchanges: for each column `lower` quotients and `lower × upper` products.
fn banded_flops(n: usize, lower: usize, upper: usize) -> f64 {
    n as f64 * lower as f64 * (1.0 + 2.0 * upper as f64)
}

impl Choice {
    /// The kind of factors.
    #[must_use]
    pub fn method(&self) -> Method {
        self.method
    }

    /// The analysis of a sparse structure, for use by the solver.
    #[must_use]
    pub fn analysis(&self) -> Option<&Arc<Analysis>> {
        self.sparse.as_ref().map(|(analysis, _)| analysis)
    }

    /// Diagonals below and above the main one, where that was looked at.
    #[must_use]
    pub fn bandwidths(&self) -> Option<(usize, usize)> {
        self.banded.map(|(lower, upper, _)| (lower, upper))
    }

    /// Another method for the same structure.
    #[must_use]
    pub fn with_method(mut self, method: Method) -> Self {
        self.method = method;
        self
    }

    /// Operations that one factorisation by the chosen method takes, estimated.
    #[must_use]
    pub fn flops(&self) -> f64 {
        match self.method {
            Method::Small | Method::Dense => self.dense,
            Method::Banded => self.banded.map_or(self.dense, |(_, _, flops)| flops),
            Method::Sparse => self.sparse.as_ref().map_or(self.dense, |(_, flops)| *flops),
        }
    }

    fn fastest(&self) -> Method {
        if self.n <= crate::lu::unrolled::LARGEST {
            return Method::Small;
        }
        let (mut method, mut time) = (Method::Dense, self.dense_time());
        if let Some((_, _, flops)) = self.banded {
            let banded = self.banded_time(flops);
            if banded < time {
                (method, time) = (Method::Banded, banded);
            }
        }
        if let Some((_, flops)) = &self.sparse
            && self.sparse_time(*flops) < time
        {
            method = Method::Sparse;
        }
        method
    }

    /// The operations of a sparse elimination without any fill, if it would not be faster than the banded one
    /// and the whole diagonal is there: nothing is singular by structure.
    fn without_fill(&self, pattern: &Pattern) -> Option<f64> {
        let n = pattern.cols();
        let (_, _, banded) = self.banded?;
        // Each entry beside the diagonal is a quotient, or part of a product.
        let flops = self.entries.saturating_sub(n) as f64;
        let is_least = self.banded_time(banded) <= self.sparse_time(flops).min(self.dense_time());
        let is_regular = pattern.rows() == n && (0..n).all(|j| pattern.position(j, j).is_some());
        (self.n > crate::lu::unrolled::LARGEST && is_least && is_regular).then_some(flops)
    }

    fn dense_time(&self) -> f64 {
        let rate = DENSE_RATE.iter().find(|(n, _)| self.n <= *n).map_or(1.0, |(_, rate)| *rate);
        self.dense / rate
    }

    fn banded_time(&self, flops: f64) -> f64 {
        flops / BANDED_RATE + PER_COLUMN * self.n as f64
    }

    fn sparse_time(&self, flops: f64) -> f64 {
        let (rate, column, entry) = match self.n <= MOST_ROWS && flops <= 2.0 * MOST_PRODUCTS as f64
        {
            true => (LISTED_RATE, LISTED_PER_COLUMN, LISTED_PER_ENTRY),
            false => (SPARSE_RATE, PER_COLUMN, PER_ENTRY),
        };
        flops / rate + column * self.n as f64 + entry * self.entries as f64
    }
}

impl fmt::Display for Choice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let n = self.n;
        match self.method {
            Method::Small => write!(f, "unrolled LU: {n} states")?,
            Method::Dense => write!(f, "dense LU: {n} states")?,
            Method::Banded => {
                let (lower, upper) = self.bandwidths().unwrap_or_default();
                write!(f, "banded LU: {n} states, bandwidths {lower}+{upper}")?;
            }
            Method::Sparse => write!(f, "sparse LU: {n} states, {} entries", self.entries)?,
        }
        write!(f, ", {:.1e} flops", self.flops())?;
        if let Some(flops) = self.sparse_at_least.filter(|_| self.sparse.is_none()) {
            write!(f, " against at least {flops:.1e} sparse, {:.1e} dense", self.dense)?;
            return Ok(());
        }
        let mut before = " against";
        let mut against = |flops: f64, name: &str| {
            let text = write!(f, "{before} {flops:.1e} {name}");
            before = ",";
            text
        };
        let is = |method| self.method == method;
        if let Some((_, flops)) = self.sparse.as_ref().filter(|_| !is(Method::Sparse)) {
            against(*flops, "sparse")?;
        }
        if let Some((_, _, flops)) = self.banded.filter(|_| !is(Method::Banded)) {
            against(flops, "banded")?;
        }
        if !is(Method::Small) && !is(Method::Dense) {
            against(self.dense, "dense")?;
        }
        Ok(())
    }
}
