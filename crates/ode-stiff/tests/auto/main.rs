//! Methods that are chosen by themselves: which, why and when.

#[path = "../stiff_set/mod.rs"]
mod stiff_set;

mod choice;
mod switching;
