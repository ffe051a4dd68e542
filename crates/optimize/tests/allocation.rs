//! No allocation inside the iteration loop: more iterations, the same number of allocations.

mod problems;

use optimize::{Adam, Lbfgs, Minimizer, Stop, minimize};

fn allocations(minimizer: &dyn Minimizer, iterations: usize) -> u64 {
    let mut problem = problems::rosenbrock(10);
    let start = problem.start.clone();
    let stop =
        Stop { gradient_tol: 0.0, value_tol: 0.0, max_iterations: iterations, ..Stop::default() };
    let mut done = 0;
    let counted = allocation_counter::measure(|| {
        done = minimize(minimizer, &mut problem, &start, &stop).unwrap().iterations;
    });
    assert_eq!(done, iterations);
    counted.count_total
}

#[test]
fn lbfgs_allocates_nothing_per_iteration() {
    let method = Lbfgs { memory: 3, ..Lbfgs::default() };
    let few = allocations(&method, 2);
    assert!(few > 0);
    assert_eq!(few, allocations(&method, 20));
}

#[test]
fn adam_allocates_nothing_per_iteration() {
    let few = allocations(&Adam::default(), 10);
    assert!(few > 0);
    assert_eq!(few, allocations(&Adam::default(), 2000));
}
