//! Many problems of one kind: threads × SIMD lanes.

mod abreast;
mod bundle;
mod bundled;
mod engine;
mod events;
mod member;
mod progress;
mod reduce;
mod rider;
mod run;
mod setup;
mod trajectories;

pub use abreast::Abreast;
pub(crate) use abreast::move_on;
pub use bundled::Bundled;
pub use engine::{Engine, InLanes, Job, OneByOne};
pub use member::Member;
pub use reduce::{
    Count, Extremes, Fold, Moments, QuantileSketch, QuantileTable, Quantiles, Range, Reduced,
    Reduction, Summary,
};
pub use run::Ensemble;
pub use trajectories::Trajectories;
