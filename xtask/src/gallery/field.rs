//! A field over the plane: one heat map a time, all in the same colours.

use report::{Figure, HeatMap, Plot};

use super::rows::Row;

const COLUMNS: usize = 3;

/// The figure as SVG; `None` if there is no field.
pub(super) fn draw(rows: &[Row]) -> Result<Option<String>, report::Error> {
    let fields: Vec<_> = rows.iter().filter_map(|row| Some((row, values(row)?))).collect();
    let Some((first, _)) = fields.first() else { return Ok(None) };
    let side = first.number("side").unwrap_or(f64::NAN);
    let alpha = first.number("alpha").unwrap_or(f64::NAN);
    let mut figure = Figure::new(COLUMNS).title(&format!(
        "Brusselator on a torus: u on {side} × {side} cells, diffusion {alpha}; a source in a disc from t = 1.1 on",
    ));
    for (k, (row, u)) in fields.iter().enumerate() {
        let Some([t, side, lo, hi]) = all(row, ["t", "side", "lo", "hi"]) else { continue };
        // Cells are around their points, of which the first is at 0 and the last at 1.
        let half = 0.5 / (side - 1.0);
        let map = HeatMap::new(side as usize, u)?
            .x_span(-half, 1.0 + half)?
            .y_span(-half, 1.0 + half)?
            .range(lo, hi)?
            .label("u");
        let is_last = (k + 1) % COLUMNS == 0 || k + 1 == fields.len();
        let map = if is_last { map } else { map.without_bar() };
        let plot = Plot::new().title(&format!("t = {t}")).x_label("x").y_label("y");
        figure = figure.panel(plot.equal_axes().layer(map));
    }
    let rows = fields.len().div_ceil(COLUMNS) as f64;
    Ok(Some(figure.to_svg(1080.0, 32.0 + 290.0 * rows)))
}

fn all<const N: usize>(row: &Row, keys: [&str; N]) -> Option<[f64; N]> {
    let mut out = [0.0; N];
    for (out, key) in out.iter_mut().zip(keys) {
        *out = row.number(key)?;
    }
    Some(out)
}

/// Three digits a value, between `lo` and `hi`; `None` where they are no square.
fn values(row: &Row) -> Option<Vec<f64>> {
    let [side, lo, hi] = all(row, ["side", "lo", "hi"])?;
    let digits = row.setting.split_whitespace().find_map(|word| word.strip_prefix("u="))?;
    let parts =
        digits.as_bytes().chunks(3).map(|part| std::str::from_utf8(part).ok()?.parse().ok());
    let values: Option<Vec<f64>> =
        parts.map(|part: Option<f64>| Some(lo + part? / 999.0 * (hi - lo))).collect();
    values.filter(|values| side >= 2.0 && values.len() as f64 == side * side)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gallery::rows::parse;

    fn line(t: f64, u: &str) -> String {
        format!(
            r#"{{"suite":"field","who":"sciml","problem":"brusselator_2d","method":"Ndf","setting":"t={t} alpha=0.002 side=2 lo=1 hi=3 u={u}","error":1e-6,"seconds":1.0}}"#
        )
    }

    #[test]
    fn fields_become_maps_of_one_range() {
        let rows = parse(&line(0.5, "000999333666")).unwrap();
        assert_eq!(values(&rows[0]).unwrap()[..2], [1.0, 3.0]);
        let text = [0.5, 2.0].map(|t| line(t, "000999333666")).join("\n");
        let svg = draw(&parse(&text).unwrap()).unwrap().unwrap();
        assert!(svg.contains("t = 0.5") && svg.contains("t = 2") && svg.contains("torus"));
        // One bar of 64 colours.
        assert_eq!(svg.matches("width=\"14\"").count(), 64);
    }

    #[test]
    fn what_is_no_square_is_not_drawn() {
        for u in ["000999333", "0009993x3666", ""] {
            assert_eq!(draw(&parse(&line(0.0, u)).unwrap()).unwrap(), None);
        }
        assert_eq!(draw(&[]).unwrap(), None);
    }
}
