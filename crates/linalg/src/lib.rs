//! Linear systems as stiff solvers meet them: the same pattern thousands of times, small sizes that
//! must cost nanoseconds, large ones that must not be analysed twice.

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
pub use orthogonal::pivoted_qr::PivotedQr;
pub use orthogonal::qr::DenseQr;
pub use orthogonal::sparse_qr::SparseQr;
pub use orthogonal::svd::Svd;
pub use orthogonal::truncated_svd::TruncatedSvd;
pub use solve::{LinearSolve, Solver};
pub use sparse::analysis::Analysis;
pub use sparse::pattern::Pattern;
pub use structure::Structure;
