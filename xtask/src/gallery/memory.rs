//! What larger systems cost: time and memory of one solve against the number of states, one line a method.

use report::{Color, Figure, Line, Marker, Plot, Points, Scale};

use super::rows::Row;

/// The methods in the order of the legend, and their names for people.
const METHODS: &[(&str, &str, Color)] = &[
    ("Ndf", "Ndf, sparse factors", Color::Blue),
    ("Ndf-GMRES", "Ndf, matrix-free GMRES", Color::Vermillion),
];

/// The figure as SVG; `None` if there is no curve. A method that stops before the others was too slow.
pub(super) fn draw(rows: &[Row]) -> Result<Option<String>, report::Error> {
    let states = rows.iter().filter_map(|row| row.number("states")).fold(0.0, f64::max);
    if states == 0.0 {
        return Ok(None);
    }
    let panel = |title: &str, unit: &str, value: &dyn Fn(&Row) -> Option<f64>| {
        let mut plot = Plot::new()
            .title(title)
            .x_label("states")
            .y_label(unit)
            .x_scale(Scale::Log)
            .y_scale(Scale::Log);
        for (method, name, color) in METHODS {
            let own = rows.iter().filter(|row| row.method == *method);
            let points = own.filter_map(|row| Some((row.number("states")?, value(row)?)));
            let (x, y): (Vec<f64>, Vec<f64>) = points.unzip();
            let Some(&last) = x.last() else { continue };
            let name = match last < states {
                true => format!("{name} (beyond {last}: more than a minute)"),
                false => (*name).to_owned(),
            };
            let line = Line::new(&x, &y)?.label(&name).width(2.0).color(*color);
            plot =
                plot.layer(line).layer(Points::new(&x, &y)?.color(*color).marker(Marker::Circle));
        }
        Ok::<_, report::Error>(plot)
    };
    let figure = Figure::new(2)
        .title("Brusselator on a torus of 16² to 128² cells, rtol 1e-4: one solve")
        .panel(panel("Time", "seconds", &|row| Some(row.seconds))?)
        .panel(panel("Most memory at once", "megabytes", &|row| {
            Some(1e-6 * row.number("bytes")?)
        })?);
    Ok(Some(figure.to_svg(1000.0, 420.0)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gallery::rows::parse;

    #[test]
    fn a_line_that_stops_early_says_why() {
        let line = |method: &str, states: u32| {
            format!(
                r#"{{"suite":"memory","who":"sciml","problem":"brusselator_2d","method":"{method}","setting":"states={states} bytes=1000000 steps=9","error":1e-6,"seconds":1.0}}"#
            )
        };
        let mut text = vec![line("Ndf", 512), line("Ndf-GMRES", 512), line("Ndf-GMRES", 2048)];
        let drawn = |text: &[String]| draw(&parse(&text.join("\n")).unwrap()).unwrap().unwrap();
        assert!(drawn(&text).contains("(beyond 512: more than a minute)"));
        text.push(line("Ndf", 2048));
        let svg = drawn(&text);
        assert!(svg.contains("sparse factors") && !svg.contains("beyond"), "{svg}");
        assert_eq!(draw(&[]).unwrap(), None);
    }
}
