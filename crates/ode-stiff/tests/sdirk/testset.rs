//! The stiff problems of the literature: values to the tolerance asked for, and the work they cost.

use ode_core::{OdeProblem, Options, Save, Solution, SolveError, Stats, solve};
use ode_stiff::{KenCarp3, KenCarp4, KenCarp5, Kvaerno3, Kvaerno4, Kvaerno5, TrBdf2};
use testset::{Erased, ErasedProblem};

const RTOL: f64 = 1e-6;

/// The work of a solve, and its error in units of the tolerance.
#[derive(Debug)]
struct Run {
    problem: String,
    error: f64,
    stats: Stats,
}

type Solve = fn(&OdeProblem<Erased<'static>>, &Options) -> Result<Solution, SolveError>;

fn run(solve: Solve, problem: ErasedProblem) -> Run {
    let ErasedProblem { model, reference, .. } = problem;
    // The second state of Robertson's problem is of the size of 1e-5 and smaller.
    let floor = if reference.name == "rober" { 1e-6 } else { 1e-2 };
    let (t0, p) = (reference.tspan.0, reference.p.clone());
    let points: Vec<_> = reference.points.iter().filter(|point| point.t > t0).collect();
    // Steps end at the points, so that the method is measured and not its interpolant.
    let stops: Vec<f64> = points.iter().map(|point| point.t).collect();
    let save = Save::At(stops.clone());
    let options = Options { rtol: RTOL, atol: RTOL * floor, save, stops, ..Options::default() };
    let ode = OdeProblem::new(model, reference.u0.clone(), p, reference.tspan).unwrap();
    let solution = solve(&ode, &options).unwrap();
    let mut error: f64 = 0.0;
    for point in points {
        let u = solution.at(point.t).unwrap();
        for (u, exact) in u.iter().zip(&point.u) {
            error = error.max((u - exact).abs() / (floor + exact.abs()));
        }
    }
    Run { problem: reference.name.clone(), error: error / RTOL, stats: solution.stats() }
}

/// Problem, bound of the error in units of the tolerance, and the work: steps, evaluations, Jacobians,
/// factorisations.
type Expected = (&'static str, f64, [usize; 4]);

fn check(method: &str, runs: &[Run], expected: &[Expected]) {
    assert_eq!(runs.len(), expected.len());
    for (run, &(problem, bound, work)) in runs.iter().zip(expected) {
        let Run { error, stats, .. } = run;
        assert_eq!(run.problem, problem);
        assert!(*error <= bound, "{method}, {problem}: {error} tolerances");
        let steps = stats.accepted + stats.rejected;
        let found = [steps, stats.evaluations, stats.jacobians, stats.factorizations];
        for (found, expected) in found.into_iter().zip(work) {
            // The last digits differ between builds for different CPUs.
            let most = 8.0 + 0.05 * expected as f64;
            let off = found.abs_diff(expected) as f64;
            assert!(off <= most, "{method}, {problem}: {found} where {expected} were, {stats}");
        }
        // Every factorisation and every stage is accounted for.
        assert!(stats.solves >= stats.evaluations - steps - 2);
        assert!(stats.nonlinear_failures <= stats.jacobians);
    }
}

macro_rules! pinned {
    ($test:ident, $method:ident, $expected:expr) => {
        #[test]
        fn $test() {
            let problems = ErasedProblem::stiff().unwrap().into_iter();
            let run = |problem| run(|ode, options| solve(ode, $method, options), problem);
            check(stringify!($method), &problems.map(run).collect::<Vec<_>>(), &$expected);
        }
    };
}

// Of second order: its error goes with the tolerance to the power 2/3.
pinned!(
    tr_bdf2,
    TrBdf2,
    [
        ("linear_stiff_2x2", 100.0, [564, 1356, 13, 109]),
        ("prothero_robinson", 10.0, [13, 36, 3, 12]),
        ("rober", 100.0, [1871, 5712, 186, 399]),
        ("vdpol_mu1000", 100.0, [3015, 9975, 345, 1081]),
        ("vdpol_scaled_eps1e-6", 100.0, [3609, 11697, 462, 1295]),
        ("hires", 1000.0, [589, 1782, 66, 152]),
        ("orego", 1000.0, [3888, 12969, 496, 1389]),
        ("brusselator_1d_n20", 100.0, [448, 1895, 10, 43]),
    ]
);

pinned!(
    kvaerno3,
    Kvaerno3,
    [
        ("linear_stiff_2x2", 10.0, [1044, 3611, 23, 75]),
        ("prothero_robinson", 10.0, [19, 75, 3, 16]),
        ("rober", 10.0, [3207, 12842, 228, 419]),
        ("vdpol_mu1000", 10.0, [4347, 19005, 459, 1181]),
        ("vdpol_scaled_eps1e-6", 10.0, [5306, 23039, 646, 1418]),
        ("hires", 10.0, [997, 4049, 93, 156]),
        ("orego", 10.0, [6049, 26108, 585, 1494]),
        ("brusselator_1d_n20", 10.0, [703, 3446, 16, 33]),
    ]
);

pinned!(
    ken_carp3,
    KenCarp3,
    [
        ("linear_stiff_2x2", 10.0, [439, 1541, 11, 65]),
        ("prothero_robinson", 10.0, [173, 611, 6, 79]),
        ("rober", 10.0, [1371, 5973, 152, 328]),
        ("vdpol_mu1000", 10.0, [1817, 9570, 227, 798]),
        ("vdpol_scaled_eps1e-6", 10.0, [2125, 11058, 270, 877]),
        ("hires", 10.0, [431, 1951, 53, 109]),
        ("orego", 100.0, [2477, 12741, 458, 1060]),
        ("brusselator_1d_n20", 10.0, [305, 1892, 8, 21]),
    ]
);

pinned!(
    kvaerno4,
    Kvaerno4,
    [
        ("linear_stiff_2x2", 10.0, [409, 1886, 10, 56]),
        ("prothero_robinson", 10.0, [16, 82, 3, 16]),
        ("rober", 10.0, [1273, 7866, 167, 322]),
        ("vdpol_mu1000", 10.0, [1671, 11406, 282, 771]),
        ("vdpol_scaled_eps1e-6", 10.0, [1958, 13208, 327, 856]),
        ("hires", 10.0, [451, 2563, 53, 104]),
        ("orego", 10.0, [2504, 16229, 627, 1133]),
        ("brusselator_1d_n20", 10.0, [288, 2219, 9, 26]),
    ]
);

pinned!(
    ken_carp4,
    KenCarp4,
    [
        ("linear_stiff_2x2", 10.0, [113, 668, 5, 41]),
        ("prothero_robinson", 10.0, [347, 2007, 9, 115]),
        ("rober", 10.0, [478, 3996, 190, 278]),
        ("vdpol_mu1000", 10.0, [568, 5872, 285, 437]),
        ("vdpol_scaled_eps1e-6", 10.0, [754, 7338, 418, 589]),
        ("hires", 10.0, [150, 1265, 62, 99]),
        ("orego", 100.0, [925, 8429, 555, 721]),
        ("brusselator_1d_n20", 10.0, [78, 904, 9, 22]),
    ]
);

pinned!(
    kvaerno5,
    Kvaerno5,
    [
        ("linear_stiff_2x2", 10.0, [102, 715, 4, 39]),
        ("prothero_robinson", 10.0, [22, 159, 3, 16]),
        ("rober", 10.0, [284, 3360, 142, 251]),
        ("vdpol_mu1000", 10.0, [486, 6747, 236, 377]),
        ("vdpol_scaled_eps1e-6", 10.0, [553, 7521, 267, 426]),
        ("hires", 10.0, [136, 1539, 57, 93]),
        ("orego", 10.0, [829, 9983, 553, 678]),
        ("brusselator_1d_n20", 10.0, [71, 1099, 9, 18]),
    ]
);

pinned!(
    ken_carp5,
    KenCarp5,
    [
        ("linear_stiff_2x2", 10.0, [50, 412, 4, 28]),
        ("prothero_robinson", 10.0, [320, 2590, 8, 97]),
        ("rober", 10.0, [486, 5065, 201, 314]),
        ("vdpol_mu1000", 100.0, [389, 6253, 198, 333]),
        ("vdpol_scaled_eps1e-6", 100.0, [515, 7472, 314, 431]),
        ("hires", 10.0, [93, 1237, 55, 82]),
        ("orego", 100.0, [613, 8780, 457, 563]),
        ("brusselator_1d_n20", 10.0, [43, 881, 12, 20]),
    ]
);
