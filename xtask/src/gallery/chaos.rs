//! The derivative of a chaotic average over growing times: exact and by differences, from several starts, and by shadowing.

use report::{Color, HLine, Line, Plot, Points, Scale};

use super::rows::Row;

/// The figure as SVG; `None` if there is no curve.
///
/// A row is a derivative: `duration=…` (the time averaged over), `value=…`, and `start=…` where it depends on that.
pub(super) fn draw(rows: &[Row]) -> Result<Option<String>, report::Error> {
    let of = |method: &str, start: Option<f64>| -> (Vec<f64>, Vec<f64>) {
        let own = rows.iter().filter(|row| row.method == method && row.number("start") == start);
        let point = |row: &Row| Some((row.number("duration")?, row.number("value")?.abs()));
        own.filter_map(point).filter(|(_, value)| *value > 0.0).unzip()
    };
    let mut starts: Vec<f64> = rows.iter().filter_map(|row| row.number("start")).collect();
    starts.sort_by(f64::total_cmp);
    starts.dedup();
    let shadowing = of("shadowing", None);
    if shadowing.0.is_empty() || starts.is_empty() {
        return Ok(None);
    }
    let mut plot = Plot::new()
        .title("Lorenz: how the mean height depends on the heating")
        .x_label("time averaged over")
        .y_label("|d⟨z⟩/dρ|")
        .x_scale(Scale::Log)
        .y_scale(Scale::Log)
        .layer(HLine::new(1.0));
    for (method, label, color) in [
        ("exact", "exact derivative of the finite average, several starts", Color::Vermillion),
        ("difference", "central differences of it", Color::Orange),
    ] {
        for (i, &start) in starts.iter().enumerate() {
            let (x, y) = of(method, Some(start));
            let line = Line::new(&x, &y)?.color(color).width(1.0);
            plot = plot.layer(if i == 0 { line.label(label) } else { line });
        }
    }
    let published = Points::new(&[20.0, 20.0], &[49_899.0, 472.0])?;
    let plot = plot
        .layer(Line::new(&shadowing.0, &shadowing.1)?.color(SHADOWING).width(2.5))
        .layer(Points::new(&shadowing.0, &shadowing.1)?.color(SHADOWING).label("shadowing"))
        .layer(published.color(Color::Ink).label("both, as published (2020)"));
    Ok(Some(plot.to_svg(1000.0, 520.0)))
}

const SHADOWING: Color = Color::Blue;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gallery::rows::parse;

    #[test]
    fn exact_and_shadowing() {
        let line = |method: &str, setting: &str| {
            format!(
                r#"{{"suite":"chaos","who":"sciml","problem":"Lorenz","method":"{method}","setting":"{setting}","error":1e-2,"seconds":1.0}}"#
            )
        };
        let text = [
            line("exact", "duration=2 start=0 value=-3 bar=0"),
            line("exact", "duration=40 start=0 value=1e9 bar=0"),
            line("shadowing", "duration=2 value=0.9 bar=0.1"),
            line("shadowing", "duration=40 value=1.0 bar=0.02"),
        ];
        let svg = draw(&parse(&text.join("\n")).unwrap()).unwrap().unwrap();
        assert!(svg.contains("shadowing") && svg.contains("several starts"), "{svg}");
        assert_eq!(draw(&[]).unwrap(), None);
        assert_eq!(draw(&parse(&text[0]).unwrap()).unwrap(), None);
    }
}
