//! The examples of this package are programs: see the folders beside this one.
