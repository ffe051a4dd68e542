//! The page: text, tables, equations, figures.

mod equation;
mod mathml;
mod page;
mod style;
mod table;
mod token;

pub use equation::Equation;
pub use page::Report;
pub use table::{Align, Best, Cell, Table};
