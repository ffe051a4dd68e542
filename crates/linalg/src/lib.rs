//! Linear systems as stiff solvers meet them: the same pattern thousands of times, small sizes that
//! must cost nanoseconds, large ones that must not be analysed twice.
//!
//! | matrix | solver |
//! |---|---|
//! | any structure, chosen by estimated cost and explained | [`Factors`], [`choose`] |
//! | `N ≤ 10`, known when compiled; also in lanes, duals, complex numbers | [`SmallLu`] |
//! | dense | [`DenseLu`], [`DenseCholesky`], [`DenseQr`] |
//! | banded | [`BandedLu`] |
//! | sparse, analysed once | [`SparseLu`], [`SparseCholesky`], [`SparseQr`] |
//! | `c I - J` for many `c`, real or complex | [`ShiftedHessenberg`] |
//! | only products | [`GmresSolver`], [`BiCgStabSolver`] with [`Jacobi`], [`Ilu0`], [`Ilut`] |
//! | least squares, rank, singular values | [`PivotedQr`], [`Svd`], [`TruncatedSvd`] |
//! | eigenvalues | [`eigenvalues`](fn@eigenvalues) |
//!
//! Solvers with factors share the interface [`LinearSolve`]: factor values in the order of a
//! [`Structure`], solve, solve with the transpose, estimate the condition. After the first
//! factorisation none of LU and Cholesky allocates. What cannot be solved is an [`Error`] that says
//! where.
//!
//! ```
//! use linalg::{Factors, Pattern, Structure, choose};
//!
//! // W = I / (γ dt) - J, J with the pattern of a chain of 500 states.
//! let chain = (0..500usize).flat_map(|i| (i.saturating_sub(1)..(i + 2).min(500)).map(move |j| (i, j)));
//! let structure = Structure::Sparse(Pattern::from_entries(500, 500, chain)?.into());
//! let choice = choose(&structure)?;
//! assert_eq!(
//!     choice.to_string(),
//!     "banded LU: 500 states, bandwidths 1+1, 1.5e3 flops against at least 1.0e3 sparse, 8.3e7 dense"
//! );
//! let j = vec![1.0; structure.len()];
//! let mut w = vec![0.0; structure.len()];
//! structure.shift(10.0, &j, &mut w)?;
//! let mut factors = Factors::<f64>::with_choice(&structure, &choice)?;
//! factors.factor(&w)?;
//! let mut x = vec![1.0; 500];
//! factors.solve_in_place(&mut x)?;
//! assert!((9.0 * x[0] - x[1] - 1.0).abs() < 1e-14);
//! # Ok::<(), linalg::Error>(())
//! ```

mod choice;
mod cholesky;
mod condition;
mod dual_factors;
mod error;
mod factors;
mod field;
mod hessenberg;
mod krylov;
mod lane_factors;
mod lu;
mod orthogonal;
mod solve;
mod sparse;
mod structure;

pub use choice::{Choice, Method, choose};
pub use cholesky::dense::DenseCholesky;
pub use cholesky::sparse::SparseCholesky;
pub use dual_factors::DualFactors;
pub use error::{Error, ErrorKind};
pub use factors::{Factors, Scatter};
pub use faer::c64;
pub use field::{Exchange, Field, Number};
pub use hessenberg::{ShiftedFactors, ShiftedHessenberg};
pub use krylov::Convergence;
pub use krylov::bicgstab::{BiCgStab, BiCgStabSolver};
pub use krylov::gmres::{Gmres, GmresSolver, Side};
pub use krylov::ilu0::Ilu0;
pub use krylov::ilut::Ilut;
pub use krylov::operator::{FromFn, LinearOperator, MatrixOperator};
pub use krylov::preconditioner::{Identity, Jacobi, OfFactors, Preconditioner};
pub use lu::banded::BandedLu;
pub use lu::dense::DenseLu;
pub use lu::small::SmallLu;
pub use lu::sparse::SparseLu;
pub use orthogonal::eigenvalues::eigenvalues;
pub use orthogonal::pivoted_qr::PivotedQr;
pub use orthogonal::qr::DenseQr;
pub use orthogonal::sparse_qr::SparseQr;
pub use orthogonal::svd::Svd;
pub use orthogonal::truncated_svd::TruncatedSvd;
pub use solve::{LinearSolve, Solver};
pub use sparse::analysis::Analysis;
pub use sparse::pattern::Pattern;
pub use structure::Structure;
