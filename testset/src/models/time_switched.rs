use scalar::Scalar;
use system::system;

system! {
    /// Lotka–Volterra whose rate `a` is `p1`, `p2`, `p3`, `p4` on [0, 1), [1, 2), [2, 3), [3, 4].
    ///
    /// `u₁' = a u₁ - u₁ u₂`, `u₂' = -a u₂ + u₁ u₂`. At `p = 1` and `u0 = (1, 1)` the state is
    /// constant, so an error norm that sees only the state lets the step explode, and the gradient
    /// of the loss comes out wrong. The cure: the error norm sees the sensitivities, and the switch
    /// times are stop times. At a switch time itself the later rate holds, and the last stage of a
    /// step that ends there (`c = 1`) already sees it: an error of the order of that step.
    ///
    /// The loss is the sum of `u₁ + u₂` over [`save_times`](Self::save_times).
    ///
    /// ```
    /// use testset::models::TimeSwitchedLotkaVolterra as Model;
    ///
    /// for (constant, exact) in Model::GRADIENT.iter().zip(Model::exact_gradient()) {
    ///     assert!((constant - exact).abs() < 1e-9);
    /// }
    /// ```
    pub struct TimeSwitchedLotkaVolterra;
    state { u1, u2 }
    params { p1, p2, p3, p4 }
    rhs(t) {
        let after_two = t.select_lt(3.0, p3, p4);
        let after_one = t.select_lt(2.0, p2, after_two);
        let rate = t.select_lt(1.0, p1, after_one);
        d(u1) = rate * u1 - u1 * u2;
        d(u2) = -rate * u2 + u1 * u2;
    }
}

impl TimeSwitchedLotkaVolterra {
    /// The initial state.
    pub const U0: [f64; 2] = [1.0; 2];
    /// The parameters.
    pub const P: [f64; 4] = [1.0; 4];
    /// First and last time.
    pub const TSPAN: (f64, f64) = (0.0, 4.0);
    /// When the rate changes: these must be stop times.
    pub const SWITCH_TIMES: [f64; 3] = [1.0, 2.0, 3.0];
    /// The loss at [`P`](Self::P): 41 times the sum 2.
    pub const LOSS: f64 = 82.0;
    /// The gradient of the loss with respect to the parameters, as published: nine decimals.
    pub const GRADIENT: [f64; 4] = [37.607133322, 35.924588944, 19.601050931, 3.644304852];

    /// 0, 0.1, …, 4.
    pub fn save_times() -> [f64; 41] {
        core::array::from_fn(|i| i as f64 / 10.0)
    }

    /// The gradient of the loss with respect to the parameters, in closed form.
    ///
    /// Around the constant state the sensitivity obeys `δ' = (0 -1; 1 0) δ + (1, -1)` while its
    /// rate acts, and rotates afterwards. So after the time `t` the rate that acts from `i` to
    /// `i + 1` has moved `u₁ + u₂` by `∫ 2 sin(t - s) ds` from `i` to `min(t, i + 1)`.
    pub fn exact_gradient() -> [f64; 4] {
        core::array::from_fn(|i| {
            let start = i as f64;
            let moved = |t: f64| 2.0 * ((t - t.min(start + 1.0)).cos() - (t - start).cos());
            Self::save_times().into_iter().filter(|&t| t > start).map(moved).sum()
        })
    }

    /// The gradient of the loss with respect to the initial state, in closed form: the sum of
    /// `(cos t + sin t, cos t - sin t)`.
    pub fn exact_gradient_u0() -> [f64; 2] {
        let sum = |sign: f64| Self::save_times().iter().map(|t| t.cos() + sign * t.sin()).sum();
        [sum(1.0), sum(-1.0)]
    }

    /// The loss of states at the save times.
    pub fn loss<S: Scalar>(states: &[[S; 2]]) -> S {
        states.iter().map(|u| u[0] + u[1]).sum()
    }
}
