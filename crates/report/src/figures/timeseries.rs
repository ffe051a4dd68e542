//! Data over time with the curves of several models.

use super::series::{Series, model_style};
use crate::error::Error;
use crate::layer::{Line, Marker, Points, Span};
use crate::palette::Color;
use crate::plot::{Legend, Plot};
use crate::scale::{Domain, Scale};

/// Measurements, the curves and bands of models, and the forecast region shaded.
///
/// Data up to `forecast_from` are discs, data after it (held out of the fit) are rings. A model that runs away is
/// cut at the frame: the vertical range is that of data and curves, but goes beyond the data by at most
/// `overshoot` times their own range.
///
/// # Examples
/// ```
/// use report::{Scale, Series, Timeseries};
/// let t = [1900.0, 1901.0, 1902.0];
/// let plot = Timeseries {
///     title: "Hare",
///     y_scale: Scale::Log,
///     data: &[Series::new("pelts", &t, &[30.0, 47.2, 70.2])],
///     models: &[Series::new("universal ODE", &t, &[31.0, 46.0, 71.0])
///         .band(&[28.0, 42.0, 60.0], &[34.0, 50.0, 83.0])],
///     forecast_from: Some(1901.5),
///     ..Timeseries::default()
/// }
/// .plot()?;
/// # Ok::<(), report::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Timeseries<'a> {
    /// Heading.
    pub title: &'a str,
    /// Name and unit of time.
    pub x_label: &'a str,
    /// Name and unit of the quantity.
    pub y_label: &'a str,
    /// Linear or log.
    pub y_scale: Scale,
    /// Measurements.
    pub data: &'a [Series<'a>],
    /// Curves of models, the most important first.
    pub models: &'a [Series<'a>],
    /// The last time that the fit saw; data after it were held out.
    pub forecast_from: Option<f64>,
    /// How far curves and bands may extend the vertical range beyond that of the data, as a multiple of it.
    pub overshoot: f64,
}

impl Default for Timeseries<'_> {
    fn default() -> Self {
        Self {
            title: "",
            x_label: "time",
            y_label: "",
            y_scale: Scale::Linear,
            data: &[],
            models: &[],
            forecast_from: None,
            overshoot: 0.5,
        }
    }
}

impl Timeseries<'_> {
    /// The plot. Slices of different lengths are an error.
    pub fn plot(&self) -> Result<Plot, Error> {
        let mut plot = Plot::new()
            .title(self.title)
            .x_label(self.x_label)
            .y_label(self.y_label)
            .y_scale(self.y_scale)
            .legend(Legend::Above);
        let start = self.forecast_from.filter(|s| s.is_finite());
        if let Some(start) = start {
            plot = plot.layer(Span::new(start, f64::INFINITY).label("forecast"));
        }
        for (i, model) in self.models.iter().enumerate() {
            if let Some(band) = model.band_layer()? {
                plot = plot.layer(band);
            }
            let (style, width) = model_style(i);
            let line = Line::new(model.x, model.y)?.label(model.name).style(style).width(width);
            plot = plot.layer(line);
        }
        for (i, series) in self.data.iter().enumerate() {
            Error::check_lengths("data: x and y", series.x.len(), series.y.len())?;
            let part = |held_out: bool| -> (Vec<f64>, Vec<f64>) {
                let pairs = series.x.iter().zip(series.y);
                pairs.filter(|(x, _)| start.is_some_and(|s| **x > s) == held_out).unzip()
            };
            // The first series has the colour of ink, further ones that of the cycle.
            let tint = |p: Points| if i == 0 { p.color(Color::Ink) } else { p };
            let (x, y) = part(false);
            let held_out = part(true);
            if !x.is_empty() || held_out.0.is_empty() {
                plot = plot.layer(tint(Points::new(&x, &y)?.label(series.name)));
            }
            if !held_out.0.is_empty() {
                let name = format!("{} (held out)", series.name);
                let points = Points::new(&held_out.0, &held_out.1)?.marker(Marker::Ring);
                plot = plot.layer(tint(points.label(&name)));
            }
        }
        match self.range() {
            Some((lo, hi)) => plot.y_range(lo, hi),
            None => Ok(plot),
        }
    }

    /// The range of data and models, limited around the data. `None` where the plot's own choice is as good.
    fn range(&self) -> Option<(f64, f64)> {
        let heights = |series: &[Series<'_>]| -> Vec<f64> {
            series.iter().flat_map(|s| s.heights().collect::<Vec<_>>()).collect()
        };
        let (data, models) = (heights(self.data), heights(self.models));
        let seen = Domain::fit(data.iter().copied(), self.y_scale, 0.06)?;
        let all = Domain::fit(data.into_iter().chain(models), self.y_scale, 0.06)?;
        let room = if self.overshoot >= 0.0 { self.overshoot } else { 0.0 };
        let (lo, hi) = match self.y_scale {
            Scale::Linear => {
                let room = room * (seen.hi - seen.lo);
                (all.lo.max(seen.lo - room), all.hi.min(seen.hi + room))
            }
            Scale::Log => {
                let room = (seen.hi / seen.lo).powf(room);
                (all.lo.max(seen.lo / room), all.hi.min(seen.hi * room))
            }
        };
        (lo < hi && lo.is_finite() && hi.is_finite()).then_some((lo, hi))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layer::Layer;

    #[test]
    fn a_runaway_model_does_not_squash_the_data() {
        let t = [0.0, 1.0, 2.0];
        let figure = Timeseries {
            data: &[Series::new("data", &t, &[1.0, 2.0, 3.0])],
            models: &[Series::new("bad", &t, &[1.0, 2.0, 1e9])],
            ..Timeseries::default()
        };
        let (lo, hi) = figure.range().unwrap();
        // Padded data range: [0.88, 3.12]; half of its width of 2.24 above.
        assert!((hi - (3.12 + 1.12)).abs() < 1e-12 && lo < 1.0);
    }

    #[test]
    fn data_after_the_last_one_seen_are_rings() {
        let t = [0.0, 1.0, 2.0];
        let figure = Timeseries {
            data: &[Series::new("data", &t, &[1.0, 2.0, 3.0])],
            forecast_from: Some(1.0),
            ..Timeseries::default()
        };
        let plot = figure.plot().unwrap();
        let rings: Vec<_> = plot
            .layers
            .iter()
            .filter_map(|l| match l {
                Layer::Points(p) if p.marker == Marker::Ring => Some(p.x.clone()),
                _ => None,
            })
            .collect();
        assert_eq!(rings, [vec![2.0]]);
    }

    #[test]
    fn uneven_slices_are_refused() {
        let figure = Timeseries { data: &[Series::new("d", &[0.0], &[])], ..Timeseries::default() };
        assert!(figure.plot().is_err());
        let figure =
            Timeseries { models: &[Series::new("m", &[0.0], &[])], ..Timeseries::default() };
        assert!(figure.plot().is_err());
    }
}
