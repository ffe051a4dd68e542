//! Closed forms and invariants against the reference values, and against the right-hand sides.

use scalar::Dual;
use system::System;
use testset::models::*;
use testset::{ClosedFormSensitivity, EventReference, Problem, problems};

type D = Dual<f64, 1>;

/// The closed form hits every listed value to 1e-13 of its scale.
fn hits<F: System, const N: usize>(
    problem: &Problem<F, N>,
    exact: impl Fn(f64, [f64; N]) -> [f64; N],
) {
    let reference = &problem.reference;
    let run: Vec<_> = reference.points.iter().map(|at| exact(at.t, problem.u0)).collect();
    let error = reference.scaled_error(&run).unwrap();
    assert!(error < 1e-13, "{}: {error}", reference.name);
}

/// The closed form obeys the equation, from another initial state and with other parameters.
fn obeys<F: System, const N: usize, const P: usize>(
    model: &F,
    p: [f64; P],
    exact: impl Fn(D, [D; N], [D; P]) -> [D; N],
) {
    let u0: [f64; N] = core::array::from_fn(|i| 0.7 + 0.4 * i as f64);
    for t in [0.0, 0.1, 1.3] {
        let u = exact(D::variable(t, 0), u0.map(D::constant), p.map(D::constant));
        let mut du = [0.0; N];
        model.rhs(t, &u.map(|u| u.re), &p, &mut du);
        for i in 0..N {
            let size = du[i].abs().max(u[i].re.abs()).max(1.0);
            assert!((u[i].eps[0] - du[i]).abs() < 1e-11 * size, "{i} at {t}: {u:?} {du:?}");
            assert!(t != 0.0 || (u[i].re - u0[i]).abs() < 1e-14);
        }
    }
}

#[test]
fn closed_forms_hit_the_references() {
    hits(&problems::linear_decay_forced().unwrap(), |t, u| LinearDecayForced::exact(t, u, [0.5]));
    let oscillator = problems::linear_damped_oscillator().unwrap();
    hits(&oscillator, |t, u| LinearDampedOscillator::exact(t, u, [2.0, 0.05]));
    hits(&problems::linear_stiff_2x2().unwrap(), |t, u| LinearStiff2x2::exact(t, u, []));
    hits(&problems::linear_nonnormal_3x3().unwrap(), |t, u| LinearNonnormal3x3::exact(t, u, []));
    hits(&problems::time_varying_linear().unwrap(), |t, u| TimeVaryingLinear::exact(t, u, []));
    hits(&problems::prothero_robinson().unwrap(), |t, u| ProtheroRobinson::exact(t, u, [1e6]));
    hits(&problems::logistic().unwrap(), |t, u| Logistic::exact(t, u, [0.75, 2.0]));
    hits(&problems::kepler_e05().unwrap(), |t, _| Kepler::exact(t, 0.5));
}

#[test]
fn closed_forms_obey_the_equations() {
    obeys(&LinearDecayForced, [0.8], LinearDecayForced::exact);
    obeys(&LinearDampedOscillator, [1.7, 0.3], LinearDampedOscillator::exact);
    obeys(&LinearStiff2x2, [], LinearStiff2x2::exact);
    obeys(&LinearNonnormal3x3, [], LinearNonnormal3x3::exact);
    obeys(&TimeVaryingLinear, [], TimeVaryingLinear::exact);
    obeys(&ProtheroRobinson, [3.0], ProtheroRobinson::exact);
    obeys(&Logistic, [0.6, 1.9], Logistic::exact);
    obeys(&ExponentialDecay, [0.6], ExponentialDecay::exact);
    obeys(&HarmonicOscillator, [], HarmonicOscillator::exact);
    obeys(&Projectile, [9.81], Projectile::exact);
}

/// `dI/dt = ∇I · f = 0` at random-looking points, and I is constant along the reference.
fn conserved<F: System, const N: usize>(
    problem: &Problem<F, N>,
    tolerance: f64,
    invariant: impl Fn([D; N]) -> D,
) {
    let reference = &problem.reference;
    for k in 0..20 {
        let u: [f64; N] =
            core::array::from_fn(|i| 1.0 + 0.5 * (1.0 + 7.3 * (i + 5 * k) as f64).sin());
        let mut du = [0.0; N];
        problem.system.rhs(0.0, &u, &reference.p, &mut du);
        let rate = invariant(core::array::from_fn(|i| Dual { re: u[i], eps: [du[i]] })).eps[0];
        let size = du.iter().fold(1.0, |m: f64, x| m.max(x.abs()));
        assert!(rate.abs() < 1e-12 * size, "{}: {rate}", reference.name);
    }
    let value = |u: &[f64]| invariant(core::array::from_fn(|i| D::constant(u[i]))).re;
    let start = value(&problem.u0);
    for point in &reference.points {
        let drift = (value(&point.u) - start).abs();
        assert!(
            drift <= tolerance * start.abs().max(1.0),
            "{} at {}: {drift}",
            reference.name,
            point.t
        );
    }
}

#[test]
fn invariants_are_conserved() {
    let p = [1.5, 1.0, 3.0, 1.0].map(D::constant);
    conserved(&problems::lotka_volterra().unwrap(), 1e-14, |u| LotkaVolterra::invariant(u, p));
    let kepler = problems::kepler_e05().unwrap();
    conserved(&kepler, 1e-14, Kepler::energy);
    conserved(&kepler, 1e-14, Kepler::angular_momentum);
    assert!((Kepler::energy(kepler.u0) + 0.5).abs() < 1e-15);
    conserved(&problems::rober().unwrap(), 1e-15, Robertson::mass);
    conserved(&problems::hires().unwrap(), 1e-17, Hires::enzyme);
    let arenstorf = problems::arenstorf().unwrap();
    let mu = [arenstorf.reference.p[0], arenstorf.reference.p[1]].map(D::constant);
    conserved(&arenstorf, 1e-12, |u| Arenstorf::jacobi(u, mu));
    let pleiades = problems::pleiades().unwrap();
    conserved(&pleiades, 1e-13, Pleiades::energy);
    conserved(&pleiades, 1e-13, Pleiades::angular_momentum);
    conserved(&pleiades, 1e-13, |u| Pleiades::momentum(u)[0]);
    conserved(&pleiades, 1e-13, |u| Pleiades::momentum(u)[1]);
    conserved(&problems::henon_heiles().unwrap(), 1e-15, HenonHeiles::energy);
    let body = problems::rigid_body().unwrap();
    let p = [1.0, -1.0, -0.51].map(D::constant);
    conserved(&body, 1e-15, |u| RigidBody::invariants(u, p)[0]);
    conserved(&body, 1e-15, |u| RigidBody::invariants(u, p)[1]);
}

fn close(got: f64, want: f64) {
    assert!((got - want).abs() <= 1e-13 * want.abs().max(1.0), "{got} {want}");
}

#[test]
fn derivatives_of_closed_forms_are_the_reference_sensitivities() {
    let reference = ClosedFormSensitivity::load("sens_exponential_decay").unwrap();
    type D2 = Dual<Dual<f64, 2>, 2>;
    let input = |x: f64, i| D2::variable(Dual::variable(x, i), i);
    let [y] = ExponentialDecay::exact(
        D2::constant(Dual::constant(3.0)),
        [input(2.0, 1)],
        [input(0.7, 0)],
    );
    let loss = y * y * D2::constant(Dual::constant(0.5));
    let scalar = |key: &str| reference.scalar(key).unwrap();
    close(y.re.re, scalar("y(T)"));
    close(y.re.eps[0], scalar("dy/dk"));
    close(y.re.eps[1], scalar("dy/dy0"));
    close(y.eps[0].eps[0], scalar("d2y/dk2"));
    close(y.eps[0].eps[1], scalar("d2y/dk dy0"));
    close(y.eps[1].eps[1], scalar("d2y/dy0^2"));
    close(loss.re.re, scalar("G = y(T)^2/2"));
    for i in 0..2 {
        close(loss.re.eps[i], reference.value("grad G").unwrap()[0][i]);
        for j in 0..2 {
            close(loss.eps[i].eps[j], reference.value("Hess G").unwrap()[i][j]);
        }
    }

    let reference = ClosedFormSensitivity::load("sens_damped_oscillator").unwrap();
    type D = Dual<f64, 2>;
    let (w, z) = (D::variable(2.0, 0), D::variable(0.05, 1));
    let u0 = [D::constant(1.0), D::constant(0.0)];
    let [x, _] = LinearDampedOscillator::exact(D::constant(5.0), u0, [w, z]);
    close(x.re, reference.scalar("x(5)").unwrap());
    close(x.eps[0], reference.scalar("dx/dw").unwrap());
    close(x.eps[1], reference.scalar("dx/dz").unwrap());

    let reference = ClosedFormSensitivity::load("adjoint_integral_cost").unwrap();
    let (k, y0) = (D::variable(0.7, 0), D::variable(2.0, 1));
    let cost = ExponentialDecay::integral_of_square(D::constant(3.0), [y0], [k]);
    close(cost.re, reference.scalar("G").unwrap());
    close(cost.eps[0], reference.scalar("dG/dk").unwrap());
    close(cost.eps[1], reference.scalar("dG/dy0").unwrap());
}

#[test]
fn event_times_follow_from_the_closed_forms() {
    let ball = EventReference::load("event_bouncing_ball").unwrap();
    for event in &ball.events {
        close(BouncingBall::bounce_time(event.k, 10.0, [9.81, 0.8]), event.t);
        close(event.v_after.unwrap(), -0.8 * event.v_before.unwrap());
    }
    let crossings = EventReference::load("event_oscillator_zero_crossings").unwrap();
    for event in &crossings.events {
        let [x, v] = HarmonicOscillator::exact(event.t, [1.0, 0.0], []);
        assert!(x.abs() < 1e-14 && v.signum() == f64::from(event.direction.unwrap()));
    }
    let stone = EventReference::load("event_projectile_terminal").unwrap();
    let landing = &stone.events[0];
    let state = Projectile::exact(landing.t, [0.0, 1.5, 12.0, 9.0], [9.81]);
    for (got, want) in state.iter().zip(landing.state.as_ref().unwrap()) {
        close(*got, *want);
    }
}

#[test]
fn the_time_switched_gradient_is_the_published_one() {
    use TimeSwitchedLotkaVolterra as Model;
    for (constant, exact) in Model::GRADIENT.iter().zip(Model::exact_gradient()) {
        assert!((constant - exact).abs() < 1e-9, "{constant} {exact}");
    }
    // The state stays put; its rate with respect to p_i is (1, -1) while p_i acts.
    for (i, t) in [0.0, 1.0, 2.999, 3.5].into_iter().enumerate() {
        let which = [0, 1, 2, 3][i];
        let p: [D; 4] = core::array::from_fn(|j| Dual { re: 1.0, eps: [f64::from(j == which)] });
        let mut du = [D::constant(0.0); 2];
        Model.rhs(D::constant(t), &[D::constant(1.0); 2], &p, &mut du);
        assert_eq!(du.map(|d| (d.re, d.eps[0])), [(0.0, 1.0), (0.0, -1.0)]);
    }
    assert_eq!(Model::loss(&[Model::U0; 41]), Model::LOSS);
}
