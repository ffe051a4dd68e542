//! The formulas by themselves: orders on steps of varying length, from an exact history.

use super::control;
use super::step::BdfCache;
use crate::Bdf;
use ode_core::{ErrorNorm, Options, Step};

system::system! {
    /// `u = 1 / √(1 + t)`.
    struct Root;
    state { u }
    params {}
    rhs(_t) { d(u) = -0.5 * u.powi(3); }
}

/// What happens to the order on the way.
#[derive(Clone, Copy, Debug)]
enum Change {
    Nothing,
    Raise,
    Lower,
}

/// The error at the end of cycles of unequal steps; high orders only bear small changes.
fn error(q: usize, h: f64, cycles: usize, change: Change) -> f64 {
    let options = Options { rtol: 1e-14, atol: 1e-14, ..Options::default() };
    let mut norm = ErrorNorm::new(&options, 1).unwrap();
    let mut u = [1.0];
    let most = if matches!(change, Change::Raise) { q + 1 } else { q };
    let method = Bdf { max_order: most, ..Bdf::default() };
    let mut cache = BdfCache::new(&method, &Root, &u);
    cache.begin(&Root, 0.0, &u, &[]).unwrap();
    // hʲ u⁽ʲ⁾ / j! = hʲ C(-1/2, j).
    let mut z = 1.0;
    for j in 0..=q {
        cache.z.column_mut(j)[0] = z;
        z *= h * (-0.5 - j as f64) / (j + 1) as f64;
    }
    (cache.h, cache.past, cache.steps) = (h, [h; 6], 1);
    (cache.q, cache.q_next, cache.wait) = (q, q, q + 1);
    let mut t = 0.0;
    for cycle in 0..cycles {
        if matches!(change, Change::Lower) && cycle == cycles / 2 {
            cache.q_next = q - 1;
            cache.most = q - 1;
        }
        for pattern in [0.0, 1.0, -0.5, 0.25, -0.75] {
            let dt = h * (1.0 + [0.4, 0.3, 0.2, 0.1, 0.05][most - 1] * pattern);
            let (mut u_next, mut scratch) = ([0.0], [0.0]);
            let mut step = Step {
                t,
                dt,
                t_first: t,
                t_last: t + dt,
                u: &u,
                p: &[],
                u_next: &mut u_next,
                error: &mut scratch,
            };
            cache.attempt(&method, &Root, &mut step, &mut norm).unwrap();
            // A rejected attempt leaves no trace.
            step.dt = 0.5 * dt;
            cache.attempt(&method, &Root, &mut step, &mut norm).unwrap();
            step.dt = dt;
            cache.attempt(&method, &Root, &mut step, &mut norm).unwrap();
            cache.accept(&method, &Root, &step).unwrap();
            (t, u) = (t + dt, u_next);
        }
    }
    (u[0] - 1.0 / (1.0 + t).sqrt()).abs()
}

fn observed(q: usize, change: Change) -> f64 {
    let h = [0.001, 0.005, 0.01, 0.02, 0.02][q - 1];
    let cycles = (1.0 / (5.0 * h)) as usize;
    (error(q, h, cycles, change) / error(q, 0.5 * h, 2 * cycles, change)).log2()
}

#[test]
fn steps_of_varying_length_keep_the_order() {
    for q in 1..=5 {
        let observed = observed(q, Change::Nothing);
        assert!((observed - q as f64).abs() < 0.3, "order {q}: {observed}");
    }
}

#[test]
fn a_raised_order_is_the_higher_one() {
    for q in 1..=4 {
        let observed = observed(q, Change::Raise);
        assert!(observed > q as f64 + 0.6, "order {q}: {observed}");
    }
}

#[test]
fn a_lowered_order_is_the_lower_one() {
    for q in 2..=5 {
        let observed = observed(q, Change::Lower);
        assert!((observed - (q - 1) as f64).abs() < 0.4, "order {q}: {observed}");
    }
}

#[test]
fn sizes_change_by_worthwhile_factors() {
    assert_eq!(control::limited(1.49, 10.0), 1.0);
    assert_eq!(control::limited(1.5, 10.0), 1.5);
    assert_eq!(control::limited(50.0, 10.0), 10.0);
}
