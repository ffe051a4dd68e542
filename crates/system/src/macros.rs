#[doc(hidden)]
pub use system_macro::system as __system;

/// Lets float literals stand in a function that is generic over a number type named `S`.
///
/// The rule: **a constant with a float literal in it is lifted, nothing else is.** A constant is an
/// expression of literals, names in capitals (`PI`, `std::f64::consts::PI`) and `+ - * /`.
///
/// - A constant times something becomes `scale`: `2.0 * x` is `x.scale(2.0)`, and `2.0 * PI * x` is
///   `x.scale(2.0 * PI)`. Any other constant becomes `S::from_f64(…)`.
/// - Integers are never lifted: `u.len() - 1` and `i * N + j` stay integer arithmetic. Write
///   `1.0 - x`, not `1 - x`; and `x.scale(PI)`, not `PI * x`.
/// - What takes a plain number keeps it: arguments of `powi`, `powf`, `scale` and `from_f64`,
///   indices, ranges, casts, the value of a `let` whose type names no `S` (`let h: f64 = 0.5;`).
/// - Inner items (`const G: f64 = 9.81;`) and the arguments of macros are left alone.
///
/// ```
/// use system::{Scalar, System, literals};
///
/// struct Pendulum;
///
/// impl System for Pendulum {
///     fn dim(&self) -> usize {
///         2
///     }
///     fn num_params(&self) -> usize {
///         1
///     }
///     #[literals]
///     fn rhs<S: Scalar>(&self, _t: S, u: &[S], p: &[S], du: &mut [S]) {
///         du[0] = u[1];
///         du[1] = -9.81 / p[0] * u[0].sin() - 0.1 * u[1];
///     }
/// }
/// # let mut du = [0.0; 2];
/// # Pendulum.rhs(0.0, &[0.5, 1.0], &[2.0], &mut du);
/// # assert_eq!(du[1], -9.81 / 2.0 * 0.5f64.sin() - 0.1);
/// ```
pub use system_macro::literals;

/// Declares a [`System`](crate::System) from its equations.
///
/// The states and parameters are in scope by name, as values of the number type `S`; so is the
/// time (`rhs(_)` if nothing depends on it). Doc comments may stand anywhere; those of states and
/// parameters join the docs of the struct. The struct has the derives `Clone`, `Copy`, `Debug`,
/// `Default`, `PartialEq` and `Eq`; name others above it, as for any struct.
///
/// ```
/// system::system! {
///     /// A damped pendulum.
///     pub struct Pendulum;
///     state { theta, omega }
///     params { length, damping }
///     rhs(_t) {
///         let stiffness = 9.81 / length;
///         d(theta) = omega;
///         d(omega) = -stiffness * theta.sin() - 2.0 * damping * omega;
///     }
/// }
/// assert_eq!(Pendulum::STATES, ["theta", "omega"]);
/// assert_eq!(Pendulum::PARAMS, ["length", "damping"]);
/// ```
///
/// # Order
///
/// `let`s and equations are evaluated in the order of the source. Equations may come in any order,
/// because they do not see each other: `d(x)` is no name. A `let` may replace an earlier one, but
/// not a state, a parameter or the time, and those three have different names: `x` means the same
/// in each equation. A constant in scope may share its name with them; in the model, the model's
/// meaning holds.
///
/// # Numbers
///
/// Everything is a scalar, so constants may be written as they come:
///
/// ```
/// # use system::System;
/// const HILL: f64 = 2.5;
///
/// system::system! {
///     struct Numbers;
///     state { x, y, z }
///     params { a }
///     rhs(t) {
///         let wave = (2 * std::f64::consts::PI * t).sin(); // t.scale(2.0 * PI)
///         d(x) = -1 * a + x / -2 + wave;
///         d(y) = HILL * x.max(0) - 1 / 2 * y.powi(2 + 1); // y³ / 2: nothing rounds to 0
///         d(z) = 0;
///     }
/// }
/// # let mut du = [9.0; 3];
/// # Numbers.rhs(0.0, &[4.0, 2.0, 0.0], &[3.0], &mut du);
/// # assert_eq!(du, [-5.0, 6.0, 0.0]);
/// ```
///
/// - A *constant* is a literal, integer or float; a name in capitals, with or without a path
///   (`HILL`, `G`, `std::f64::consts::PI`), that is no state, parameter or local and holds an `f64`;
///   and `+ - * /` among these, computed in real numbers.
/// - Where a scalar stands, a constant is lifted: an equation, a `let`, an operand of `+ - * /`, an
///   argument of `min`, `max`, `pow`, `select_lt`, whatever a method of [`Scalar`](crate::Scalar)
///   is called on. As a factor it becomes `x.scale(2.0)` (in closures without types, which Rust
///   must infer, `S::from_f64(2.0) * v`), elsewhere `S::from_f64(2.0)`.
/// - Arguments of other functions and methods are lifted if a float literal is in them.
/// - What takes a plain number keeps it: arguments of `powi`, `powf`, `scale` and `from_f64`,
///   indices, ranges, casts, integers with a suffix (`2usize`), the value of a `let` whose type
///   names no `S` (`let n: i32 = 3;`), inner items, arguments of macros.
///
/// # Refused
///
/// A missing, repeated or unknown equation is a compile error at the line in question:
///
/// ```compile_fail
/// system::system! {
///     pub struct Broken;
///     state { x, y }
///     params {}
///     rhs(_t) {
///         d(x) = y; // error: `y` has no equation: add `d(y) = …;`
///     }
/// }
/// ```
///
/// So is a name with two meanings:
///
/// ```compile_fail
/// system::system! {
///     pub struct Rebound;
///     state { x }
///     params {}
///     rhs(_t) {
///         let x = 2.0 * x; // error: `x` is a state of this model: pick another name
///         d(x) = x;
///     }
/// }
/// ```
///
/// A model may not branch on its values, because not every interpretation can follow:
///
/// ```compile_fail,E0369
/// system::system! {
///     pub struct Branches;
///     state { x }
///     params {}
///     rhs(_t) {
///         d(x) = if x < 1.0 { x } else { -x }; // write x.select_lt(1.0, x, -x)
///     }
/// }
/// ```
#[macro_export]
macro_rules! system {
    ($($model:tt)*) => {
        $crate::__system! { $crate $($model)* }
    };
}
