//! What methods of all families have in common: one program, so that each is compiled once.

#[path = "../stiff_set/mod.rs"]
mod stiff_set;

mod failures;
mod large;
mod mass;
mod patterns;
mod robertson_long;
mod values;
mod within;
