//! From plots to SVG: cells, margins, the order of drawing.

mod axes;
mod clip;
mod field;
mod legend;
mod marks;
mod scene;

use crate::layer::Layer;
use crate::number::px;
use crate::palette::{self, BOLD, SMALL, TITLE};
use crate::plot::{Legend, Plot};
use crate::text;
use clip::{Point, Rect};
use legend::Entry;
use scene::Scene;

const TITLE_LINE: f64 = 20.0;
const GUTTER: f64 = 22.0;
/// Least width and height of a frame.
const SMALLEST: f64 = 24.0;
/// Least width and height of a cell.
const CELL: (f64, f64) = (160.0, 120.0);

/// Space around a frame.
#[derive(Debug, Clone, Copy, Default)]
struct Margins {
    top: f64,
    right: f64,
    bottom: f64,
    left: f64,
}

impl Margins {
    fn frame(&self, cell: &Rect) -> Rect {
        // In a tiny cell the frame keeps some pixels, and the lower and left labels their place.
        let right = self.right.min(cell.width - self.left - SMALLEST).max(4.0);
        let left = self.left.min(cell.width - right - SMALLEST);
        let top = self.top.min(cell.height - self.bottom - SMALLEST);
        Rect {
            left: cell.left + left,
            top: cell.top + top,
            width: cell.width - left - right,
            height: cell.height - top - self.bottom,
        }
    }
}

/// All panels as one SVG document. With `styled` it carries its own styles and stands alone.
pub(crate) fn document(
    panels: &[&Plot],
    columns: usize,
    width: f64,
    height: f64,
    title: &str,
    styled: bool,
) -> String {
    let columns = columns.min(panels.len()).max(1);
    let rows = panels.len().div_ceil(columns);
    let (gutters_x, gutters_y) = (GUTTER * (columns - 1) as f64, GUTTER * (rows - 1) as f64);
    let width = if width.is_nan() { 860.0 } else { width.min(10_000.0) };
    let width = width.max(CELL.0 * columns as f64 + gutters_x);
    let height = if height.is_nan() { 400.0 } else { height.min(10_000.0) };
    let layers: Vec<&Layer> = panels.iter().flat_map(|p| &p.layers).collect();
    let mut colors = scene::colors(&layers).into_iter();
    let scenes: Vec<Scene<'_>> = panels
        .iter()
        .map(|p| Scene::new(p, colors.by_ref().take(p.layers.len()).collect()))
        .collect();

    let mut body = String::new();
    let mut top = 0.0;
    if !title.is_empty() {
        top += 4.0;
        for line in text::wrap(title, TITLE * BOLD, width - 16.0, 3) {
            top += TITLE_LINE;
            heading(&mut body, 8.0, top - 4.0, &line);
        }
    }
    let shared = if panels.len() > 1 && panels.iter().any(|p| p.legend != Legend::Hidden) {
        legend::entries(&scenes)
    } else {
        Vec::new()
    };
    if !shared.is_empty() {
        legend::draw_rows(&mut body, &shared, 8.0, top + 4.0, width - 16.0);
        top += legend::rows_height(&shared, width - 16.0) + 8.0;
    }
    let height = height.max(top + CELL.1 * rows as f64 + gutters_y);
    let cell_width = (width - gutters_x) / columns as f64;
    let cell_height = (height - top - gutters_y) / rows as f64;
    let cell = |i: usize| Rect {
        left: (i % columns) as f64 * (cell_width + GUTTER),
        top: top + (i / columns) as f64 * (cell_height + GUTTER),
        width: cell_width,
        height: cell_height,
    };
    // Panels of one column share left and right margins, panels of one row top and bottom.
    let laid: Vec<Layout> = scenes
        .iter()
        .enumerate()
        .map(|(i, scene)| Layout::new(scene, &cell(i), panels.len() == 1))
        .collect();
    let mut drawn = String::new();
    for (i, scene) in scenes.iter().enumerate() {
        let mut margins = Margins::default();
        for (j, other) in laid.iter().enumerate() {
            if j % columns == i % columns {
                margins.left = margins.left.max(other.margins.left);
                margins.right = margins.right.max(other.margins.right);
            }
            if j / columns == i / columns {
                margins.top = margins.top.max(other.margins.top);
                margins.bottom = margins.bottom.max(other.margins.bottom);
            }
        }
        panel(&mut drawn, scene, &cell(i), &margins, &laid[i]);
    }
    body.push_str(&drawn);
    wrap(&scenes, &body, width, height, title, styled)
}

/// The outer element with title and description. Ids come from the content, so that equal input gives equal output
/// and different pictures on one page have different ids.
fn wrap(
    scenes: &[Scene<'_>],
    body: &str,
    width: f64,
    height: f64,
    title: &str,
    styled: bool,
) -> String {
    let titles: Vec<&str> =
        scenes.iter().map(|s| s.plot.title.as_str()).filter(|t| !t.is_empty()).collect();
    let title = match (title.is_empty(), titles.is_empty()) {
        (false, _) => title.to_owned(),
        (true, false) => titles.join("; "),
        (true, true) => "Plot".to_owned(),
    };
    let description: Vec<String> = scenes.iter().map(Scene::description).collect();
    let id = format!("p{:016x}", fnv1a(&[body, &title]));
    let style =
        if styled { format!("<style>{}</style>", palette::plot_css()) } else { String::new() };
    let (w, h) = (px(width), px(height));
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"rp\" width=\"{w}\" height=\"{h}\" \
         viewBox=\"0 0 {w} {h}\" role=\"img\" aria-labelledby=\"{id}t {id}d\">{style}\
         <title id=\"{id}t\">{}</title><desc id=\"{id}d\">{}</desc>\
         <rect class=\"bg\" width=\"{w}\" height=\"{h}\"/>{}</svg>",
        text::escape(&title),
        text::escape(&description.join(" ")),
        body.replace("CLIP-ID-", &id)
    )
}

/// FNV-1a hash (Fowler, Noll, Vo; RFC 9923), 64 bits.
fn fnv1a(texts: &[&str]) -> u64 {
    texts
        .iter()
        .flat_map(|t| t.bytes())
        .fold(0xcbf2_9ce4_8422_2325, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3))
}

fn heading(out: &mut String, x: f64, y: f64, content: &str) {
    out.push_str(&format!(
        "<text class=\"ti\" x=\"{}\" y=\"{}\">{}</text>",
        px(x),
        px(y),
        text::escape(content)
    ));
}

/// Margins of one panel and the place of its legend.
struct Layout {
    margins: Margins,
    entries: Vec<Entry>,
    legend: Legend,
    notes: f64,
}

impl Layout {
    fn new(scene: &Scene<'_>, cell: &Rect, own_legend: bool) -> Self {
        let plot = scene.plot;
        let entries =
            if own_legend { legend::entries(std::slice::from_ref(scene)) } else { Vec::new() };
        let widest_note = plot
            .layers
            .iter()
            .filter_map(scene::bars)
            .flat_map(|b| &b.notes)
            .map(|n| text::width(n, SMALL))
            .fold(0.0, f64::max);
        let notes =
            if widest_note > 0.0 { (widest_note + 14.0).min(cell.width * 0.3) } else { 0.0 };
        let labels = axes::y_labels_width(scene, cell.height, cell.width * 0.4);
        let mut margins = Margins {
            top: 8.0 + TITLE_LINE * title_lines(scene, cell).len() as f64,
            right: 16.0 + notes,
            bottom: 28.0 + if plot.x_label.is_empty() { 0.0 } else { 20.0 },
            left: 14.0 + labels + if plot.y_label.is_empty() { 0.0 } else { 20.0 },
        };
        let wide = margins.frame(cell);
        let x_ticks = axes::x_ticks(scene, wide.width);
        let last = x_ticks.major.last().map_or(0.0, |(_, l)| axes::label_width(l) / 2.0);
        margins.right = margins.right.max(last);
        if !scene.empty && plot.x_label.is_empty() && x_ticks.factor.is_some() {
            margins.bottom += 12.0;
        }
        margins.right += field::bar_width(scene, cell);
        let y_factor = !scene.categorical() && axes::y_ticks(scene, cell.height).factor.is_some();
        let header = axes::header_rows(scene, &margins.frame(cell), cell.height);
        let rows = header.max(usize::from(!scene.empty && y_factor));
        margins.top += 15.0 * rows as f64 + if rows > 0 { 4.0 } else { 0.0 };

        let frame = margins.frame(cell);
        let occupied = occupied(scene, &frame);
        let (legend, _) = legend::resolve(plot.legend, &entries, &frame, &occupied);
        match legend {
            Legend::Right => {
                margins.right += legend::column_size(&entries, frame.width * 0.4).0 + 18.0;
            }
            Legend::Above => margins.top += legend::rows_height(&entries, frame.width) + 6.0,
            Legend::Auto | Legend::Hidden => {}
        }
        // A legend that would leave no room for the data is left out; tooltips still name the layers.
        let frame_left = cell.height - margins.top - margins.bottom;
        let crowded = legend == Legend::Above && frame_left < 0.25 * cell.height;
        let legend = if crowded {
            margins.top -= legend::rows_height(&entries, frame.width) + 6.0;
            Legend::Hidden
        } else {
            legend
        };
        Self { margins, entries, legend, notes }
    }
}

fn title_lines(scene: &Scene<'_>, cell: &Rect) -> Vec<String> {
    let lines = if cell.height < 200.0 { 1 } else { 3 };
    text::wrap(&scene.plot.title, TITLE * BOLD, cell.width - 70.0, lines)
}

fn panel(out: &mut String, scene: &Scene<'_>, cell: &Rect, margins: &Margins, layout: &Layout) {
    let frame = scene.shaped(margins.frame(cell), SMALLEST);
    let clip =
        format!("CLIP-ID-{}-{}", px(frame.left).replace('.', "_"), px(frame.top).replace('.', "_"));
    out.push_str(&format!(
        "<clipPath id=\"{clip}\"><rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"/></clipPath>",
        px(frame.left),
        px(frame.top - 2.0),
        px(frame.width + 2.0),
        px(frame.height + 2.0)
    ));
    let mut below_title = cell.top + 4.0;
    for line in title_lines(scene, cell) {
        below_title += TITLE_LINE;
        heading(out, frame.left.min(cell.left + 60.0), below_title - 6.0, &line);
    }
    axes::draw(out, scene, cell, &frame);
    axes::draw_marked(out, scene, cell, &frame);
    marks::draw(out, scene, &frame, &clip);
    field::draw_bar(out, scene, cell, &frame);
    draw_notes(out, scene, &frame, layout.notes);
    if scene.empty {
        out.push_str(&format!(
            "<text class=\"la mu\" text-anchor=\"middle\" x=\"{}\" y=\"{}\">no data</text>",
            px(frame.left + frame.width / 2.0),
            px(frame.top + frame.height / 2.0)
        ));
    }
    match layout.legend {
        Legend::Auto => {
            let occupied = occupied(scene, &frame);
            if let Some(place) = legend::free_corner(&layout.entries, &frame, &occupied) {
                legend::draw_column(out, &layout.entries, &place);
            }
        }
        Legend::Right => {
            let max = cell.left + cell.width - frame.right() - layout.notes - 20.0;
            let place = Rect {
                left: frame.right() + layout.notes + 18.0,
                top: frame.top,
                width: max,
                height: frame.height,
            };
            legend::draw_column(out, &layout.entries, &place);
        }
        Legend::Above => {
            legend::draw_rows(out, &layout.entries, frame.left, below_title, frame.width);
        }
        Legend::Hidden => {}
    }
}

/// Texts at the right of bars.
fn draw_notes(out: &mut String, scene: &Scene<'_>, frame: &Rect, room: f64) {
    let groups = scene.plot.layers.iter().filter_map(scene::bars).count();
    for (group, bars) in scene.plot.layers.iter().filter_map(scene::bars).enumerate() {
        for (name, note) in bars.categories.iter().zip(&bars.notes) {
            let Some((middle, _)) = marks::bar_middle(scene, frame, name, (group, groups)) else {
                continue;
            };
            out.push_str(&format!(
                "<text class=\"sm mu\" x=\"{}\" y=\"{}\">{}</text>",
                px(frame.right() + 12.0),
                px(middle + 3.6),
                text::escape(&text::fit(note, SMALL, room))
            ));
        }
    }
}

/// Pixels where something is drawn, close enough together that no legend slips between.
fn occupied(scene: &Scene<'_>, frame: &Rect) -> Vec<Point> {
    let mut out = Vec::new();
    let mut trace = |x: &[f64], y: &[f64]| {
        for run in scene.runs(frame, x, y) {
            for piece in clip::polyline(&run, frame) {
                for pair in piece.windows(2) {
                    let (a, b) = (pair[0], pair[1]);
                    let steps = ((b.0 - a.0).hypot(b.1 - a.1) / 6.0).ceil().clamp(1.0, 4000.0);
                    for k in 0..=steps as usize {
                        let s = k as f64 / steps;
                        out.push((a.0 + s * (b.0 - a.0), a.1 + s * (b.1 - a.1)));
                    }
                }
                out.extend(piece.first());
            }
        }
    };
    for layer in &scene.plot.layers {
        match layer {
            Layer::Line(l) => trace(&l.x, &l.y),
            Layer::Points(p) => {
                for (&x, &y) in p.x.iter().zip(&p.y) {
                    trace(&[x], &[y]);
                }
            }
            Layer::Band(b) => {
                trace(&b.x, &b.lower);
                trace(&b.x, &b.upper);
                // Verticals fill the inside; a few hundred are dense enough.
                let stride = b.x.len() / 400 + 1;
                let bounds = b.x.iter().zip(&b.lower).zip(&b.upper);
                for ((&x, &lo), &hi) in bounds.step_by(stride) {
                    trace(&[x, x], &[lo, hi]);
                }
            }
            Layer::Bars(b) => {
                for (i, name) in b.categories.iter().enumerate() {
                    let Some(row) = scene.categories.iter().rev().position(|c| c == name) else {
                        continue;
                    };
                    let (lo, hi) = b.intervals.get(i).copied().unwrap_or((0.0, 0.0));
                    for y in [-0.3, 0.0, 0.3].map(|d| row as f64 + d) {
                        trace(&[0.0, b.values[i]], &[y, y]);
                        trace(&[lo, hi], &[y, y]);
                    }
                }
            }
            Layer::HeatMap(_) | Layer::VLine(_) | Layer::HLine(_) | Layer::Span(_) => {}
        }
    }
    out
}
