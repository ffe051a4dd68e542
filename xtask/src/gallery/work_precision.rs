//! Error against time: one panel a problem, the best method of everybody.

use report::{Color, Figure, Line, LineStyle, Marker, Plot, Points, Scale};

use super::rows::Row;

/// Ourselves.
const OURS: &str = "sciml";

/// Errors at which the record names the best method of each; the first that it has counts.
const CHOSEN_AT: [&str; 3] = ["at error 1e-7", "at error 1e-5", "at error 1e-9"];

/// Everybody in the order of the legend, with the colour that they keep in every panel.
const COLORS: &[(&str, Color)] = &[
    (OURS, Color::Vermillion),
    ("differential-equations", Color::Blue),
    ("ode_solvers", Color::Green),
    ("diffsol", Color::Purple),
    ("sundials", Color::Orange),
    ("numba", Color::Sky),
    ("diffrax", Color::Ink),
    ("scipy", Color::Yellow),
];

/// Names for people.
const TITLES: &[(&str, &str)] = &[
    ("lotka_volterra", "Lotka–Volterra"),
    ("lorenz63_short", "Lorenz"),
    ("rigid_body", "Rigid body"),
    ("arenstorf", "Arenstorf orbit"),
    ("pleiades", "Pleiades, 28 states"),
    ("henon_heiles", "Hénon–Heiles"),
    ("brusselator_1d_n500", "Brusselator, 1000 states"),
    ("rober_1e5", "Robertson, to 1e5"),
    ("rober_1e11", "Robertson, to 1e11"),
    ("vdpol_mu1000", "Van der Pol, μ = 1000"),
    ("vdpol_scaled", "Van der Pol, ε = 1e-6"),
    ("hires", "HIRES, 8 states"),
    ("orego", "Oregonator"),
    ("pyrolysis_e5", "Pyrolysis (E5)"),
    ("pollution", "Pollution, 20 states"),
    ("ring_modulator", "Ring modulator, 15 states"),
    ("rober_dae", "Robertson, index 1"),
    ("chemakzo_dae", "Chemical Akzo Nobel, index 1"),
    ("transistor_amplifier", "Transistor amplifier, index 1"),
    ("beam", "Beam, 80 states"),
    ("medical_akzo", "Medical Akzo Nobel, 400 states"),
    ("brusselator_1d", "Brusselator in a tube, 1000 states"),
    ("brusselator_2d", "Brusselator on a torus, 2048 states"),
];

/// More problems than these are drawn in three columns.
const MANY: usize = 8;

/// The figure as SVG; `None` if there is no curve.
pub(super) fn draw(rows: &[Row]) -> Result<Option<String>, report::Error> {
    let mut problems: Vec<&str> = Vec::new();
    for row in rows.iter().filter(|row| row.number("rtol").is_some()) {
        if !problems.contains(&row.problem.as_str()) {
            problems.push(&row.problem);
        }
    }
    if problems.is_empty() {
        return Ok(None);
    }
    let columns = if problems.len() > MANY { 3 } else { 2 };
    let mut figure = Figure::new(columns).title("Error at the end against the time of one solve");
    for problem in &problems {
        figure = figure.panel(panel(rows, problem)?);
    }
    let height = 80.0 + 340.0 * problems.len().div_ceil(columns) as f64;
    Ok(Some(figure.to_svg(500.0 * columns as f64, height)))
}

fn panel(rows: &[Row], problem: &str) -> Result<Plot, report::Error> {
    let title = TITLES.iter().find(|(name, _)| *name == problem).map_or(problem, |pair| pair.1);
    let mut plot = Plot::new()
        .title(title)
        .x_label("time, µs")
        .y_label("scaled error")
        .x_scale(Scale::Log)
        .y_scale(Scale::Log);
    for (who, color) in COLORS {
        let Some(method) = best(rows, problem, who) else { continue };
        let own = |row: &&Row| row.problem == problem && row.who == *who && row.method == method;
        let own = rows.iter().filter(own).filter(|row| row.number("rtol").is_some());
        let (x, y): (Vec<f64>, Vec<f64>) = own.map(|row| (1e6 * row.seconds, row.error)).unzip();
        let style = if *who == OURS { LineStyle::Solid } else { LineStyle::Dashed };
        let width = if *who == OURS { 2.5 } else { 1.2 };
        let line = Line::new(&x, &y)?.label(who).color(*color).style(style).width(width);
        let points = Points::new(&x, &y)?.color(*color).marker(Marker::Circle);
        plot = plot.layer(line).layer(points);
    }
    Ok(plot)
}

/// The method that the record calls the best of somebody, or the only word about him.
fn best<'a>(rows: &'a [Row], problem: &str, who: &str) -> Option<&'a str> {
    let own = || rows.iter().filter(|row| row.problem == problem && row.who == who);
    let chosen = |at: &&str| own().find(|row| row.setting == **at);
    let row = CHOSEN_AT.iter().find_map(chosen).or_else(|| own().next())?;
    Some(&row.method)
}

/// A record with two curves of us and one of a peer.
#[cfg(test)]
pub(super) const SAMPLE: &str = r#"{"suite":"ode","who":"by hand","problem":"Lorenz, one step","method":"Dp5","setting":"[f64; 3]","error":0.0,"seconds":1e-8}
{"suite":"ode","who":"sciml","problem":"pleiades","method":"Dp5","setting":"rtol=1e-4","error":1e-3,"seconds":1e-4}
{"suite":"ode","who":"sciml","problem":"pleiades","method":"Vern7","setting":"rtol=1e-4","error":1e-4,"seconds":1e-4}
{"suite":"ode","who":"sciml","problem":"pleiades","method":"Vern7","setting":"rtol=1e-8","error":1e-8,"seconds":3e-4}
{"suite":"ode","who":"diffsol","problem":"pleiades","method":"tsit45","setting":"rtol=1e-4","error":1e-4,"seconds":2e-4}
{"suite":"ode","who":"diffsol","problem":"pleiades","method":"tsit45","setting":"rtol=1e-8","error":1e-7,"seconds":9e-4}
{"suite":"ode","who":"sciml","problem":"pleiades","method":"Vern7","setting":"at error 1e-7","error":1e-7,"seconds":2e-4}
"#;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gallery::rows::parse;

    #[test]
    fn the_best_method_is_that_of_the_record() {
        let rows = parse(SAMPLE).unwrap();
        assert_eq!(best(&rows, "pleiades", "sciml"), Some("Vern7"));
        assert_eq!(best(&rows, "pleiades", "diffsol"), Some("tsit45"));
        assert_eq!(best(&rows, "pleiades", "scipy"), None);
    }

    #[test]
    fn a_panel_a_problem() {
        let rows = parse(SAMPLE).unwrap();
        let svg = draw(&rows).unwrap().unwrap();
        assert!(svg.contains("Pleiades, 28 states") && !svg.contains("one step"));
        assert_eq!(draw(&rows[..1]).unwrap(), None);
    }
}
