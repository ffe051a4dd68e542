//! Every figure of this crate on one page: `cargo run -p report --example gallery`.
//!
//! Data: pelts of the Hudson's Bay Company, 1900–1920 (Odum 1953, after Elton and Nicholson 1942). The curve is the
//! Lotka–Volterra model with the posterior means of B. Carpenter, "Predator-Prey Population Dynamics" (Stan case
//! study, 2018). Bands, training history and inclusion probabilities are made up for show.

use report::*;

const HARE: [f64; 21] = [
    30.0, 47.2, 70.2, 77.4, 36.3, 20.6, 18.1, 21.4, 22.0, 25.4, 27.1, 40.3, 57.0, 76.6, 52.3, 19.5,
    11.2, 7.6, 14.6, 16.2, 24.7,
];
const LYNX: [f64; 21] = [
    4.0, 6.1, 9.8, 35.2, 59.4, 41.7, 19.0, 13.0, 8.3, 9.1, 7.4, 8.0, 12.3, 19.5, 45.7, 51.1, 29.7,
    15.8, 9.7, 10.1, 8.6,
];
const FORECAST: f64 = 1914.5;

/// Lotka–Volterra by classical Runge–Kutta, twenty steps a year: times, hare, lynx.
fn simulate(p: [f64; 4], u0: [f64; 2]) -> [Vec<f64>; 3] {
    let f = |u: [f64; 2]| [p[0] * u[0] - p[1] * u[0] * u[1], p[3] * u[0] * u[1] - p[2] * u[1]];
    let (dt, mut u) = (0.05, u0);
    let mut out = [vec![1900.0], vec![u[0]], vec![u[1]]];
    for i in 1..=400 {
        let at = |k: [f64; 2], h: f64| [u[0] + h * k[0], u[1] + h * k[1]];
        let k1 = f(u);
        let k2 = f(at(k1, dt / 2.0));
        let k3 = f(at(k2, dt / 2.0));
        let k4 = f(at(k3, dt));
        for j in 0..2 {
            u[j] += dt / 6.0 * (k1[j] + 2.0 * k2[j] + 2.0 * k3[j] + k4[j]);
        }
        for (row, value) in out.iter_mut().zip([1900.0 + dt * i as f64, u[0], u[1]]) {
            row.push(value);
        }
    }
    out
}

fn main() -> Result<(), Error> {
    let years: Vec<f64> = (1900..=1920).map(f64::from).collect();
    let [t, hare, lynx] = simulate([0.55, 0.028, 0.80, 0.024], [33.9, 5.9]);
    let [_, hare2, lynx2] = simulate([0.50, 0.026, 0.86, 0.025], [31.0, 5.5]);
    let naive = |data: &[f64; 21]| -> Vec<f64> {
        years
            .iter()
            .enumerate()
            .map(|(i, _)| if i < 10 { f64::NAN } else { data[i - 10] })
            .collect()
    };
    let spread = |u: &[f64], sign: f64| -> Vec<f64> {
        let width = |t: &f64| 0.12 + 0.03 * (t - FORECAST).max(0.0);
        u.iter().zip(&t).map(|(u, t)| u * (sign * width(t)).exp()).collect()
    };
    let panel = |title, data: &[f64; 21], one: &[f64], two: &[f64], y_scale| {
        let (lower, upper) = (spread(one, -2.0), spread(one, 2.0));
        Timeseries {
            title,
            x_label: "year",
            y_label: "thousands of pelts",
            y_scale,
            data: &[Series::new("pelts", &years, data)],
            models: &[
                Series::new("universal ODE (95 % band)", &t, one).band(&lower, &upper),
                Series::new("mechanistic", &t, two),
                Series::new("ten years before", &years, &naive(data)),
            ],
            forecast_from: Some(FORECAST),
            ..Timeseries::default()
        }
        .plot()
    };
    let grid = Figure::new(2)
        .panel(panel("Hare", &HARE, &hare, &hare2, Scale::Linear)?)
        .panel(panel("Lynx", &LYNX, &lynx, &lynx2, Scale::Linear)?)
        .size(880.0, 380.0);
    let phase = PhasePortrait {
        x_label: "hare (thousands)",
        y_label: "lynx (thousands)",
        data: Some(Series::new("pelts", &HARE, &LYNX)),
        trajectories: &[
            Series::new("universal ODE", &hare, &lynx),
            Series::new("mechanistic", &hare2, &lynx2),
        ],
        ..PhasePortrait::default()
    };
    let residual = |u: &[f64]| -> Vec<f64> {
        HARE.iter().enumerate().map(|(i, d)| (d / u[20 * i]).ln()).collect()
    };
    let (first, second) = (residual(&hare), residual(&hare2));
    let residuals = Residuals {
        x_label: "year",
        y_label: "log(data / model)",
        residuals: &[
            Series::new("universal ODE", &years, &first),
            Series::new("mechanistic", &years, &second),
        ],
        forecast_from: Some(FORECAST),
        ..Residuals::default()
    };
    let losses: Vec<f64> = (0..900)
        .map(|i| {
            let stage = f64::from(i / 300);
            let s = f64::from(i % 300) / 60.0;
            let noise = 1.0 + 0.3 * f64::from(i * 7919 % 97) / 97.0;
            10f64.powf(1.0 - 1.2 * stage) * ((-s).exp() + 0.05) * noise
        })
        .collect();
    let loss = LossCurve {
        losses: &losses,
        stages: &[
            Stage { start: 0, name: "physics" },
            Stage { start: 300, name: "network" },
            Stage { start: 600, name: "all" },
        ],
        ..LossCurve::default()
    };
    let row = |term, value, half, inclusion| Coefficient {
        term,
        value,
        interval: Some((value - half, value + half)),
        inclusion: Some(inclusion),
    };
    let coefficients = Coefficients {
        x_label: "coefficient (per year, lynx in tens of thousands)",
        coefficients: &[
            row("hare", 0.55, 0.06, 1.0),
            row("hare · lynx", -0.28, 0.04, 0.98),
            row("hare²", -0.06, 0.09, 0.21),
            row("lynx", 0.02, 0.05, 0.08),
            row("1", 0.0, 0.03, 0.03),
        ],
        ..Coefficients::default()
    };
    let scores = Table::new(&["model", "fit", "forecast", "parameters"])
        .row(&["universal ODE".into(), 0.21.into(), 0.263.into(), 64.into()])?
        .row(&["mechanistic".into(), 0.25.into(), 0.31.into(), 6.into()])?
        .row(&["ten years before".into(), "–".into(), 0.48.into(), 0.into()])?
        .row(&["pure network".into(), 0.12.into(), f64::INFINITY.into(), 212.into()])?
        .best(1, Best::Min)?
        .best(2, Best::Min)?
        .caption("Root mean square error of log pelts. Lower is better; the best is marked.");
    let report = Report::new("Lynx and hare, 1900–1920")
        .subtitle("A gallery of the figures in this crate, with the pelt records of the Hudson's Bay Company.")
        .section("Data and forecasts")
        .paragraph("Models were fitted to the years before 1915. Discs are data that the fit has seen; rings are held out.")
        .figure(grid, "Pelts, three models, and the forecast region (shaded).")
        .figure(panel("", &HARE, &hare, &hare2, Scale::Log)?, "Hare on a log axis.")
        .section("Equations")
        .equations(&[
            Equation::latex(r"\dot{x} = 0.55\,x - 2.8e-2\,x\,y"),
            Equation::text("dy/dt = 0.024*x*y - 0.80*y + 1.5e-4*x^2"),
            Equation::latex(r"\mathrm{hare}(t) \approx \alpha_1 \cdot \exp(-\frac{t}{\tau})"),
        ])
        .section("Phase portrait")
        .figure(phase.plot()?, "Diamonds mark the start.")
        .section("Residuals and training")
        .figure(residuals.plot()?, "Hare residuals.")
        .figure(loss.plot()?, "Loss in three stages.")
        .section("Coefficients and scores")
        .figure(coefficients.plot()?, "Hare equation: values, 95 % intervals, share of resampled fits.")
        .table(scores)
        .section("Run")
        .key_values(&[("seed", "42"), ("fit", "1900–1914"), ("forecast", "1915–1920")])
        .code("cargo run -p report --example gallery")
        .footer("Bands, losses and scores on this page are made up for show.");
    report.write(concat!(env!("CARGO_MANIFEST_DIR"), "/../../target/gallery/report.html"))
}
