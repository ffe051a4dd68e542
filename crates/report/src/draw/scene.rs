//! A plot made ready to draw: colours given out, ranges found, categories listed.

use super::clip::{Point, Rect};
use crate::layer::{Bars, HeatMap, Layer};
use crate::palette::Color;
use crate::plot::Plot;
use crate::scale::{Domain, Scale};

pub(crate) struct Scene<'a> {
    pub(crate) plot: &'a Plot,
    /// One colour per layer.
    pub(crate) colors: Vec<Color>,
    pub(crate) x: Domain,
    pub(crate) y: Domain,
    /// Names on the vertical axis if there are bars, from top to bottom.
    pub(crate) categories: Vec<&'a str>,
    /// Whether there is nothing to show.
    pub(crate) empty: bool,
    /// Values that cannot be shown: not finite, or not positive on a log scale.
    pub(crate) skipped: usize,
}

const X_PAD: f64 = 0.025;
const Y_PAD: f64 = 0.06;

impl<'a> Scene<'a> {
    pub(crate) fn new(plot: &'a Plot, colors: Vec<Color>) -> Self {
        let mut categories: Vec<&str> = Vec::new();
        for bars in plot.layers.iter().filter_map(bars) {
            for name in &bars.categories {
                if !categories.contains(&name.as_str()) {
                    categories.push(name);
                }
            }
        }
        let categorical = !categories.is_empty();
        let y_scale = if categorical { Scale::Linear } else { plot.y_scale };
        let (mut xs, mut ys, mut skipped) = (Vec::new(), Vec::new(), 0);
        for (x, y) in plot.layers.iter().flat_map(values) {
            if plot.x_scale.shows(x) && (categorical || y_scale.shows(y)) {
                xs.push(x);
                ys.push(y);
            } else {
                skipped += 1;
            }
        }
        for map in plot.layers.iter().filter_map(heat_map) {
            skipped += map.values.iter().filter(|value| !value.is_finite()).count();
        }
        let empty = xs.is_empty();
        for layer in &plot.layers {
            match layer {
                Layer::HLine(line) if !empty => ys.push(line.y),
                Layer::Bars(bars) => {
                    xs.push(0.0);
                    xs.extend(bars.intervals.iter().flat_map(|&(lo, hi)| [lo, hi]));
                }
                _ => {}
            }
        }
        let domain = |values: &[f64], scale, range: Option<(f64, f64)>, pad| match range {
            Some((lo, hi)) => Domain { scale, lo, hi },
            None => Domain::fit(values.iter().copied(), scale, pad).unwrap_or(Domain {
                scale,
                lo: if scale == Scale::Log { 0.1 } else { 0.0 },
                hi: 1.0,
            }),
        };
        // A heat map fills its frame.
        let fills = plot.layers.iter().any(|layer| heat_map(layer).is_some());
        let x_pad = if categorical { 0.06 } else { X_PAD };
        let (x_pad, y_pad) = if fills { (0.0, 0.0) } else { (x_pad, Y_PAD) };
        let x = domain(&xs, plot.x_scale, plot.x_range, x_pad);
        let y = if categorical {
            Domain { scale: Scale::Linear, lo: -0.5, hi: categories.len() as f64 - 0.5 }
        } else {
            domain(&ys, y_scale, plot.y_range, y_pad)
        };
        Self { plot, colors, x, y, categories, empty, skipped }
    }

    pub(crate) fn categorical(&self) -> bool {
        !self.categories.is_empty()
    }

    /// The frame, smaller where one unit of both axes is to be as long.
    pub(crate) fn shaped(&self, frame: Rect, smallest: f64) -> Rect {
        let is_linear = [self.x.scale, self.y.scale] == [Scale::Linear; 2] && !self.categorical();
        if !(self.plot.equal_axes && is_linear) {
            return frame;
        }
        let ratio = (self.y.hi * 0.5 - self.y.lo * 0.5) / (self.x.hi * 0.5 - self.x.lo * 0.5);
        let width = frame.width.min(frame.height / ratio).max(smallest);
        let height = frame.height.min(frame.width * ratio).max(smallest);
        if ratio.is_finite() && ratio > 0.0 { Rect { width, height, ..frame } } else { frame }
    }

    /// Pixel of `(x, y)` in `frame`; `None` if it cannot be shown. May lie outside of the frame.
    pub(crate) fn pixel(&self, frame: &Rect, x: f64, y: f64) -> Option<Point> {
        Some((self.pixel_x(frame, x)?, self.pixel_y(frame, y)?))
    }

    pub(crate) fn pixel_x(&self, frame: &Rect, x: f64) -> Option<f64> {
        self.x.unit(x).map(|u| frame.left + u * frame.width)
    }

    pub(crate) fn pixel_y(&self, frame: &Rect, y: f64) -> Option<f64> {
        self.y.unit(y).map(|u| frame.top + (1.0 - u) * frame.height)
    }

    /// Runs of consecutive points that can be shown.
    pub(crate) fn runs(&self, frame: &Rect, x: &[f64], y: &[f64]) -> Vec<Vec<Point>> {
        let mut runs = vec![Vec::new()];
        for (&x, &y) in x.iter().zip(y) {
            match (self.pixel(frame, x, y), runs.last_mut()) {
                (Some(p), Some(run)) => run.push(p),
                _ => runs.push(Vec::new()),
            }
        }
        runs.retain(|run| !run.is_empty());
        runs
    }

    /// A description in words.
    pub(crate) fn description(&self) -> String {
        let plot = self.plot;
        let mut text = if !plot.description.is_empty() {
            plot.description.clone()
        } else {
            let or =
                |s: &str, other: &str| if s.is_empty() { other.to_owned() } else { s.to_owned() };
            format!("{} against {}.", or(&plot.y_label, "y"), or(&plot.x_label, "x"))
        };
        if plot.description.is_empty() {
            plot.layers.iter().filter_map(heat_map).for_each(|map| {
                text.push_str(&super::field::description(map));
            });
        }
        if self.empty {
            text.push_str(" No data.");
        }
        if self.skipped > 0 {
            let s = if self.skipped == 1 { "value is" } else { "values are" };
            text.push_str(&format!(
                " {} {s} not shown (not finite, or not positive on a log scale).",
                self.skipped
            ));
        }
        text
    }
}

pub(crate) fn bars(layer: &Layer) -> Option<&Bars> {
    match layer {
        Layer::Bars(bars) => Some(bars),
        _ => None,
    }
}

pub(crate) fn heat_map(layer: &Layer) -> Option<&HeatMap> {
    match layer {
        Layer::HeatMap(map) => Some(map),
        _ => None,
    }
}

/// All data values of a layer; for bars `y` has no meaning.
fn values(layer: &Layer) -> Vec<(f64, f64)> {
    let pairs = |x: &[f64], y: &[f64]| x.iter().copied().zip(y.iter().copied()).collect::<Vec<_>>();
    match layer {
        Layer::Line(l) => pairs(&l.x, &l.y),
        Layer::Points(p) => pairs(&p.x, &p.y),
        Layer::Band(b) => [pairs(&b.x, &b.lower), pairs(&b.x, &b.upper)].concat(),
        Layer::Bars(b) => b.values.iter().map(|&v| (v, 0.0)).collect(),
        Layer::HeatMap(m) if m.values.iter().any(|value| value.is_finite()) => {
            vec![(m.x.0, m.y.0), (m.x.1, m.y.1)]
        }
        Layer::HeatMap(_) | Layer::VLine(_) | Layer::HLine(_) | Layer::Span(_) => Vec::new(),
    }
}

/// Label and wished colour of the layers that have a colour.
pub(crate) fn identity(layer: &Layer) -> Option<(&str, Option<Color>)> {
    match layer {
        Layer::Line(l) => Some((&l.label, l.color)),
        Layer::Points(l) => Some((&l.label, l.color)),
        Layer::Band(l) => Some((&l.label, l.color)),
        Layer::Bars(l) => Some((&l.label, l.color)),
        Layer::HeatMap(_) | Layer::VLine(_) | Layer::HLine(_) | Layer::Span(_) => None,
    }
}

/// Wished colours first; else that of the label; else the next of the cycle that nobody wished for.
/// Panels of one figure are passed as one list, so that a name keeps its colour.
pub(crate) fn colors(layers: &[&Layer]) -> Vec<Color> {
    let layers = layers.iter().copied();
    let wished: Vec<Color> =
        layers.clone().filter_map(identity).filter_map(|(_, color)| color).collect();
    let free: Vec<Color> = Color::CYCLE.into_iter().filter(|c| !wished.contains(c)).collect();
    let mut next = 0;
    let mut named: Vec<(&str, Color)> = layers
        .clone()
        .filter_map(identity)
        .filter_map(|(label, color)| Some((label, color?)))
        .filter(|(label, _)| !label.is_empty())
        .collect();
    let mut out = Vec::with_capacity(layers.len());
    for layer in layers {
        let Some((label, wish)) = identity(layer) else {
            out.push(Color::Ink);
            continue;
        };
        let known = named.iter().find(|(name, _)| *name == label).map(|(_, color)| *color);
        let color = wish.or(known).unwrap_or_else(|| {
            let color = if free.is_empty() { Color::cycle(next) } else { free[next % free.len()] };
            next += 1;
            color
        });
        if !label.is_empty() && known.is_none() {
            named.push((label, color));
        }
        out.push(color);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layer::{Line, Points};

    #[test]
    fn layers_of_one_label_share_a_colour() {
        let l = |name: &str| Line::new(&[0.0], &[1.0]).unwrap().label(name);
        let p = |name: &str| Points::new(&[0.0], &[1.0]).unwrap().label(name);
        let layers: Vec<Layer> = vec![
            l("a").into(),
            l("b").into(),
            p("a").into(),
            p("c").color(Color::Blue).into(),
            l("").into(),
        ];
        let c = colors(&layers.iter().collect::<Vec<_>>());
        assert_eq!(c[0], c[2]);
        assert_eq!(c[3], Color::Blue);
        assert!(c[0] != Color::Blue && c[0] != c[1] && c[4] != c[0] && c[4] != c[1]);
    }

    #[test]
    fn skipped_values_are_counted() {
        let plot = Plot::new()
            .y_scale(Scale::Log)
            .layer(Line::new(&[0.0, 1.0, 2.0], &[1.0, -1.0, f64::NAN]).unwrap());
        let scene = Scene::new(&plot, vec![Color::Ink]);
        assert_eq!(scene.skipped, 2);
        assert!(scene.description().contains("2 values are not shown"));
    }

    #[test]
    fn a_nan_splits_a_line_into_runs() {
        let y = [1.0, 2.0, f64::NAN, 3.0];
        let plot = Plot::new().layer(Line::new(&[0.0, 1.0, 2.0, 3.0], &y).unwrap());
        let frame = Rect { left: 0.0, top: 0.0, width: 100.0, height: 100.0 };
        let runs = Scene::new(&plot, vec![Color::Ink]).runs(&frame, &[0.0, 1.0, 2.0, 3.0], &y);
        assert_eq!(runs.iter().map(Vec::len).collect::<Vec<_>>(), [2, 1]);
    }
}
