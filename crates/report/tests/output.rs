//! What comes out is well-formed, escaped, self-contained and inside the canvas, whatever goes in.

use proptest::prelude::*;
use report::*;
use roxmltree::{Document, Node, ParsingOptions};

fn parse(text: &str) -> Document<'_> {
    let options = ParsingOptions { allow_dtd: true, ..ParsingOptions::default() };
    Document::parse_with_options(text, options).expect("well-formed")
}

/// All pairs of coordinates of marks, paths, polygons and rectangles; every number must parse and be finite.
fn coordinates(svg: &str) -> Vec<(f64, f64)> {
    let document = parse(svg);
    let mut out = Vec::new();
    for node in document.descendants().filter(Node::is_element) {
        let n = |name: &str| -> Option<f64> {
            node.attribute(name).map(|v| v.parse().unwrap_or_else(|_| panic!("{name}={v}")))
        };
        match node.tag_name().name() {
            "circle" => out.extend(n("cx").zip(n("cy"))),
            "text" => out.extend(n("x").zip(n("y"))),
            "rect" => {
                let (x, y) = (n("x").unwrap_or(0.0), n("y").unwrap_or(0.0));
                let (w, h) = (n("width").unwrap(), n("height").unwrap());
                assert!(w >= 0.0 && h >= 0.0);
                out.extend([(x, y), (x + w, y + h)]);
            }
            "polygon" => {
                for pair in node.attribute("points").unwrap().split(' ') {
                    let (x, y) = pair.split_once(',').unwrap();
                    out.push((x.parse().unwrap(), y.parse().unwrap()));
                }
            }
            "path" => out.extend(path(node.attribute("d").unwrap())),
            _ => {}
        }
    }
    out
}

/// Points of a path made of M, L, H, V, h, v, Z.
fn path(d: &str) -> Vec<(f64, f64)> {
    let (mut out, mut at) = (Vec::new(), (0.0, 0.0));
    let starts: Vec<usize> =
        d.char_indices().filter(|(_, c)| c.is_ascii_alphabetic()).map(|(i, _)| i).collect();
    for (k, &start) in starts.iter().enumerate() {
        let end = starts.get(k + 1).copied().unwrap_or(d.len());
        let n: Vec<f64> = d[start + 1..end]
            .split_whitespace()
            .map(|v| v.parse().unwrap_or_else(|_| panic!("{v} in {d}")))
            .collect();
        at = match (&d[start..start + 1], n.as_slice()) {
            ("M" | "L", &[x, y]) => (x, y),
            ("H", &[x]) => (x, at.1),
            ("V", &[y]) => (at.0, y),
            ("h", &[x]) => (at.0 + x, at.1),
            ("v", &[y]) => (at.0, at.1 + y),
            ("Z", &[]) => at,
            other => panic!("{other:?} in {d}"),
        };
        out.push(at);
    }
    out
}

/// Width and height of the canvas.
fn size(svg: &str) -> (f64, f64) {
    let document = parse(svg);
    let size = |name| document.root_element().attribute(name).unwrap().parse::<f64>().unwrap();
    (size("width"), size("height"))
}

fn assert_inside(svg: &str, width: f64, height: f64) {
    for (x, y) in coordinates(svg) {
        assert!(
            (-0.01..=width + 0.01).contains(&x) && (-0.01..=height + 0.01).contains(&y),
            "({x}, {y}) outside of {width} x {height}:\n{svg}"
        );
    }
}

/// Any finite double, huge and tiny ones included.
fn finite() -> impl Strategy<Value = f64> {
    prop_oneof![
        -100.0..100.0,
        any::<f64>().prop_filter("finite", |v| v.is_finite()),
        Just(0.0),
        Just(f64::MAX),
        Just(f64::MIN),
        Just(5e-324),
    ]
}

fn layered(x: &[f64], y: &[f64], z: &[f64]) -> Result<Plot, Error> {
    Ok(Plot::new()
        .title("any data")
        .x_label("x")
        .y_label("y")
        .layer(Line::new(x, y)?.label("line"))
        .layer(Band::new(x, y, z)?.label("band"))
        .layer(Points::new(x, z)?.label("points").marker(Marker::Square))
        .layer(VLine::new(x.first().copied().unwrap_or(0.0)).label("mark"))
        .layer(Span::new(0.0, f64::INFINITY).label("span")))
}

/// The fields of a map in which two cells are equal, one differs, one is no number.
fn map(columns: usize, values: &[f64]) -> Plot {
    Plot::new()
        .title("a field")
        .x_label("x")
        .y_label("y")
        .layer(HeatMap::new(columns, values).unwrap().label("height / cm"))
}

#[test]
fn a_heat_map_tells_its_values() {
    let svg = map(2, &[1.0, 1.0, 3.0, f64::NAN]).to_svg(500.0, 400.0);
    let document = parse(&svg);
    let text = |name: &str| {
        let node = document.descendants().find(|node| node.has_tag_name(name)).unwrap();
        node.text().unwrap_or_default().to_owned()
    };
    assert_eq!(text("title"), "a field");
    let words = text("desc");
    assert!(words.contains("height / cm, from 1.00 to 3.00 on 2 × 2 cells"), "{words}");
    assert!(words.contains("1 value is not shown"), "{words}");
    // The lowest and the highest colour of viridis: the lower row in one piece, the upper left cell.
    let fills: Vec<_> = document
        .descendants()
        .filter(|node| node.has_tag_name("path"))
        .filter_map(|node| Some((node.attribute("fill")?, node.attribute("d")?)))
        .collect();
    assert_eq!(fills, [("#440457", "M0 1h2v1h-2Z"), ("#f8e624", "M0 0h1v1h-1Z")]);
    // The bar: all colours, and labels from 1 to 3.
    let bar = document.descendants().filter(|node| node.attribute("fill").is_some());
    assert_eq!(bar.filter(|node| node.has_tag_name("rect")).count(), 64);
    for label in [">1.0<", ">3.0<", ">height / cm<"] {
        assert!(svg.contains(label), "{label}");
    }
    assert_inside(&svg, 500.0, 400.0);
}

#[test]
fn heat_maps_refuse_what_is_no_grid() {
    let kind = |error: Error| format!("{:?}", error.kind());
    assert!(kind(HeatMap::new(3, &[0.0; 7]).unwrap_err()).contains("expected: 9, found: 7"));
    assert!(HeatMap::new(0, &[1.0]).is_err());
    let grid = HeatMap::new(2, &[0.0; 4]).unwrap();
    assert!(kind(grid.clone().range(1.0, 1.0).unwrap_err()).contains("color"));
    assert!(grid.clone().x_span(f64::NAN, 1.0).is_err() && grid.y_span(1.0, 0.0).is_err());
    for values in [&[][..], &[f64::NAN; 4]] {
        assert!(map(2, values).to_svg(300.0, 200.0).contains("no data"));
    }
}

#[test]
fn equal_axes_make_squares() {
    let wide: Vec<f64> = (0..8).map(f64::from).collect();
    let svg = map(4, &wide).equal_axes().to_svg(640.0, 600.0);
    let transform = svg.split("matrix(").nth(1).unwrap().split(')').next().unwrap();
    let n: Vec<f64> = transform.split(' ').map(|x| x.parse().unwrap()).collect();
    assert!((n[0] - n[3]).abs() < 1e-3 && n[0] > 50.0, "{transform}");
    let free = map(4, &wide).to_svg(640.0, 600.0);
    assert!(!free.contains(transform));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_finite_data_stay_inside(
        rows in prop::collection::vec((finite(), finite(), finite()), 0..12),
        log_x: bool, log_y: bool,
        width in 160.0..1200.0, height in 120.0..900.0,
    ) {
        let x: Vec<f64> = rows.iter().map(|r| r.0).collect();
        let y: Vec<f64> = rows.iter().map(|r| r.1).collect();
        let z: Vec<f64> = rows.iter().map(|r| r.2).collect();
        let scale = |log| if log { Scale::Log } else { Scale::Linear };
        let plot = layered(&x, &y, &z).unwrap().x_scale(scale(log_x)).y_scale(scale(log_y));
        let (width, height): (f64, f64) = (width, height);
        let svg = plot.to_svg(width, height);
        // Pixels are written to hundredths; the outer size may round by that much.
        assert_inside(&svg, width, height);
        prop_assert_eq!(svg, plot.to_svg(width, height));
        // A figure grows where its panels would not fit, so its own size counts.
        let figure = Figure::new(2).panel(plot.clone()).panel(plot).to_svg(width, height);
        let (w, h) = size(&figure);
        prop_assert!(w >= width - 0.01 && h >= height - 0.01);
        assert_inside(&figure, w, h);
    }

    #[test]
    fn any_field_stays_inside(
        values in prop::collection::vec(any::<f64>(), 12),
        columns in 0usize..4, equal: bool, log_x: bool,
        width in 160.0..900.0, height in 120.0..900.0,
    ) {
        let mut plot = map([1, 3, 4, 12][columns], &values);
        plot = if equal { plot.equal_axes() } else { plot };
        plot = if log_x { plot.x_scale(Scale::Log) } else { plot };
        let (width, height): (f64, f64) = (width, height);
        assert_inside(&plot.to_svg(width, height), width, height);
        let figure = Figure::new(2).panel(plot.clone()).panel(plot).to_svg(width, height);
        let (w, h) = size(&figure);
        assert_inside(&figure, w, h);
    }

    #[test]
    fn any_floats_and_ranges_stay_inside(
        rows in prop::collection::vec((any::<f64>(), any::<f64>(), any::<f64>()), 0..8),
        lo in -10.0..10.0, length in 0.1..10.0,
    ) {
        let x: Vec<f64> = rows.iter().map(|r| r.0).collect();
        let y: Vec<f64> = rows.iter().map(|r| r.1).collect();
        let z: Vec<f64> = rows.iter().map(|r| r.2).collect();
        let (lo, length): (f64, f64) = (lo, length);
        let plot = layered(&x, &y, &z).unwrap();
        let plot = plot.x_range(lo, lo + length).unwrap().y_range(lo, lo + length).unwrap();
        assert_inside(&plot.to_svg(500.0, 300.0), 500.0, 300.0);
    }

    #[test]
    fn any_bars_stay_inside(rows in prop::collection::vec((any::<f64>(), any::<f64>()), 0..9)) {
        let names: Vec<String> = (0..rows.len()).map(|i| format!("term {i}")).collect();
        let values: Vec<f64> = rows.iter().map(|r| r.0).collect();
        let errors: Vec<f64> = rows.iter().map(|r| r.1).collect();
        let bars = Bars::new(&names, &values).unwrap().errors(&errors).unwrap();
        let svg = Plot::new().layer(bars.notes(&names).unwrap()).to_svg(500.0, 300.0);
        assert_inside(&svg, 500.0, 300.0);
    }

    #[test]
    fn any_text_is_escaped_everywhere(text in any::<String>()) {
        let html = page(&text);
        let document = parse(&html);
        let scripts = document.descendants().filter(|n| n.has_tag_name("script")).count();
        prop_assert_eq!(scripts, 0);
    }
}

/// A page with `text` in every place that takes text.
fn page(text: &str) -> String {
    let t = [0.0, 1.0];
    let plot = Plot::new()
        .title(text)
        .description(text)
        .x_label(text)
        .y_label(text)
        .layer(Line::new(&t, &t).unwrap().label(text))
        .layer(Points::new(&t, &t).unwrap().label(text))
        .layer(VLine::new(0.5).label(text))
        .layer(Span::new(0.5, 1.0).label(text));
    let bars = Bars::new(&[text], &[1.0]).unwrap().notes(&[text]).unwrap();
    let table = Table::new(&[text]).row(&[text.into()]).unwrap().caption(text);
    Report::new(text)
        .subtitle(text)
        .footer(text)
        .section(text)
        .paragraph(text)
        .code(text)
        .key_values(&[(text, text)])
        .table(table)
        .equations(&[Equation::text(text), Equation::latex(text)])
        .figure(plot, text)
        .figure(Plot::new().layer(bars), text)
        .figure(Figure::new(1).title(text), text)
        .to_html()
}

#[test]
fn scripts_and_quotes_are_text() {
    let text = "</title><script>alert(\"x\")</script>'\" onload='y' &amp; ]]>";
    let html = page(text);
    let document = parse(&html);
    assert!(!document.descendants().any(|n| n.has_tag_name("script")));
    assert!(!document.descendants().any(|n| n.attribute("onload").is_some()));
    let heading = document.descendants().find(|n| n.tag_name().name() == "h1").unwrap();
    assert_eq!(heading.text(), Some(text));
}

#[test]
fn deep_and_broken_equations_neither_overflow_nor_break_the_page() {
    let deep = "{".repeat(100_000);
    let nested = r"\dot{".repeat(20_000);
    let powers = "x^".repeat(50_000);
    for source in
        [deep.as_str(), &nested, &powers, r"\frac", r"}}}{", "^", "_", "\\", r"\text{a", "'"]
    {
        for equation in [Equation::latex(source), Equation::text(source)] {
            parse(&equation.to_mathml());
        }
    }
}

#[test]
fn no_address_but_namespaces_and_no_script() {
    let html = page("plain");
    let rest = html
        .replace("http://www.w3.org/2000/svg", "")
        .replace("http://www.w3.org/1998/Math/MathML", "");
    for forbidden in ["http://", "https://", "<script", "@import", "url(//", "src=\""] {
        assert!(!rest.contains(forbidden), "{forbidden}");
    }
}

#[test]
fn ids_are_unique_on_a_page() {
    let line = |y: f64| Line::new(&[0.0, 1.0], &[0.0, y]).unwrap();
    let plot = |y: f64| Plot::new().layer(line(y));
    let html = Report::new("ids")
        .figure(plot(1.0), "")
        .figure(plot(1.5), "")
        .figure(Figure::new(2).panel(plot(1.0)).panel(plot(1.0)), "")
        .to_html();
    let document = parse(&html);
    let mut ids: Vec<&str> = document.descendants().filter_map(|n| n.attribute("id")).collect();
    let all = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), all);
    // Every reference has its target.
    for reference in html.split("url(#").skip(1).filter_map(|s| s.split(')').next()) {
        assert!(ids.contains(&reference), "{reference}");
    }
}

#[test]
fn plots_without_data_say_so() {
    let nan = [f64::NAN, f64::INFINITY];
    for plot in [
        Plot::new(),
        Plot::new().layer(Line::new(&[], &[]).unwrap()),
        Plot::new().layer(Points::new(&nan, &nan).unwrap()),
        Plot::new().y_scale(Scale::Log).layer(Line::new(&[1.0], &[-1.0]).unwrap()),
        LossCurve::default().plot().unwrap(),
        Timeseries::default().plot().unwrap(),
        PhasePortrait::default().plot().unwrap(),
        Residuals::default().plot().unwrap(),
    ] {
        let svg = plot.to_svg(400.0, 300.0);
        assert!(svg.contains(">no data</text>") && svg.contains("No data."), "{svg}");
        assert_inside(&svg, 400.0, 300.0);
    }
}

#[test]
fn one_point_and_equal_values_are_drawn_in_the_middle() {
    let svg = Plot::new().layer(Points::new(&[3.0], &[7.0]).unwrap()).to_svg(400.0, 300.0);
    assert_eq!(
        parse(&svg)
            .descendants()
            .filter(|n| n.has_tag_name(("http://www.w3.org/2000/svg", "circle")))
            .count(),
        1
    );
    let flat = Plot::new().layer(Line::new(&[1.0, 2.0], &[5.0, 5.0]).unwrap()).to_svg(400.0, 300.0);
    assert_inside(&flat, 400.0, 300.0);
}

#[test]
fn sizes_that_are_none_are_replaced() {
    for (w, h) in [(f64::NAN, f64::NAN), (0.0, -5.0), (f64::INFINITY, 1.0)] {
        let svg = Plot::new().to_svg(w, h);
        let (width, height) = size(&svg);
        assert!((160.0..=10_000.0).contains(&width));
        assert!((120.0..=10_000.0).contains(&height));
    }
}

#[test]
fn wrong_input_is_a_typed_error() {
    assert!(matches!(
        Band::new(&[0.0], &[0.0], &[]).unwrap_err().kind(),
        ErrorKind::LengthMismatch { expected: 1, found: 0, .. }
    ));
    for (lo, hi) in [(1.0, 1.0), (2.0, 1.0), (f64::NAN, 1.0), (0.0, f64::INFINITY)] {
        let error = Plot::new().x_range(lo, hi).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::InvalidRange { axis: "x", .. }));
    }
    assert!(Plot::new().y_scale(Scale::Log).y_range(0.0, 1.0).is_err());
    assert!(matches!(
        Bars::new(&["a", "a"], &[1.0, 2.0]).unwrap_err().kind(),
        ErrorKind::DuplicateCategory { name } if name == "a"
    ));
}

#[test]
fn writing_creates_directories_and_names_the_path_that_fails() {
    let root = std::env::temp_dir().join(format!("report-test-{}", std::process::id()));
    let file = root.join("a/b/report.html");
    let report = Report::new("page");
    report.write(&file).unwrap();
    assert_eq!(std::fs::read_to_string(&file).unwrap(), report.to_html());
    // A file stands where a directory is needed.
    let error = report.write(file.join("below.html")).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Write { path, .. } if *path == file));
    assert!(
        error.to_string().contains("report.html") && std::error::Error::source(&error).is_some()
    );
    std::fs::remove_dir_all(&root).unwrap();
}

#[test]
fn contents_appear_from_five_sections_on() {
    let page =
        |n: usize| (0..n).fold(Report::new("r"), |r, i| r.section(&format!("s{i}"))).to_html();
    assert!(!page(4).contains("<nav"));
    assert_eq!(page(5).matches("href=\"#section-").count(), 5);
}
