//! Fitting differential equations to measurements over time.
//!
//! [`Dataset`] is the table of measurements: read from CSV with typed errors that name file, line
//! and field, or made from slices. [`pelts`] is a classic one, ready to use.
//!
//! ```
//! use fit::{CsvOptions, Dataset};
//!
//! let text = "t,prey,predator\n0,1.0,0.5\n1,1.4,\n2,0.9,0.8\n";
//! let data = Dataset::from_csv_str("field.csv", text, &CsvOptions::default())?;
//! let (train, test) = data.split_at(1.0)?;
//! assert_eq!((train.len(), test.len()), (2, 1));
//! assert!(data.row(1)[1].is_nan()); // an empty cell is a missing value
//! # Ok::<(), fit::Error>(())
//! ```

mod bands;
mod data_loss;
mod dataset;
mod error;
mod fitting;
mod hybrid;
mod laplace;
mod pelts;
mod score;
mod settings;
mod student_t;
mod training;

pub use bands::{Bands, quantile};
pub use data_loss::ErrorScale;
pub use dataset::{CsvOptions, DataError, Dataset, Place, SeriesSummary};
pub use error::{Error, ErrorKind};
pub use fitting::Fitting;
pub use hybrid::{Known, UniversalOde};
pub use laplace::Laplace;
pub use pelts::pelts;
pub use score::{aicc, bic, rmse};
pub use settings::Settings;
pub use training::{Free, Stage, StageReport, Trained, TrainingProgress};
