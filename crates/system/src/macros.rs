#[doc(hidden)]
pub use system_macro::system as __system;

/// Lets float literals stand in a function that is generic over a number type named `S`.
///
/// `2.0 * x` becomes `x.scale(2.0)`, any other float literal becomes `S::from_f64(…)`. Integers
/// stay integers, except as an operand of `+ - * /`; constant exponents stay constants.
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
/// time. `let` statements may come before, between and after the equations. Literals may stand on
/// either side of an operator; integer exponents stay integers.
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
/// The order of the equations does not matter. A missing, repeated or unknown one is a compile
/// error at the line in question:
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
/// A model may not branch on its values, because not every interpretation can follow:
///
/// ```compile_fail
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
