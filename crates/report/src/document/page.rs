//! The report: blocks in order, numbered, as one HTML file.

use std::path::Path;

use super::equation::Equation;
use super::mathml;
use super::style::PAGE_CSS;
use super::table::Table;
use crate::error::{Error, ErrorKind};
use crate::figure::Drawing;
use crate::palette::plot_css;
use crate::text::escape;

#[derive(Debug, Clone, PartialEq)]
enum Block {
    Section(String),
    Paragraph(String),
    Figure(Drawing, String),
    Table(Table),
    Equations(Vec<Equation>),
    Code(String),
    KeyValues(Vec<(String, String)>),
}

/// More sections than this get a table of contents.
const CONTENTS_FROM: usize = 4;

/// A self-contained HTML page. All text is escaped; figures and tables are numbered in order.
///
/// # Examples
/// ```
/// use report::{Line, Plot, Report};
/// let t = [0.0, 1.0, 2.0];
/// let html = Report::new("Two species")
///     .subtitle("A fit to pelts")
///     .section("Data")
///     .paragraph("Twenty-one years.")
///     .figure(Plot::new().layer(Line::new(&t, &[1.0, 2.0, 1.5])?), "The series.")
///     .footer("Seed 42.")
///     .to_html();
/// assert!(html.contains("<b>Figure 1.</b> The series."));
/// # Ok::<(), report::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    title: String,
    subtitle: String,
    footer: String,
    blocks: Vec<Block>,
}

impl Report {
    /// An empty page.
    pub fn new(title: &str) -> Self {
        let (subtitle, footer) = Default::default();
        Self { title: title.into(), subtitle, footer, blocks: Vec::new() }
    }

    /// Text under the title.
    pub fn subtitle(mut self, text: &str) -> Self {
        self.subtitle = text.into();
        self
    }

    /// Text at the end of the page.
    pub fn footer(mut self, text: &str) -> Self {
        self.footer = text.into();
        self
    }

    /// Starts a section. With more than four of them the page has a table of contents.
    pub fn section(self, heading: &str) -> Self {
        self.block(Block::Section(heading.into()))
    }

    /// Adds a paragraph; an empty line in the text starts another.
    pub fn paragraph(self, text: &str) -> Self {
        self.block(Block::Paragraph(text.into()))
    }

    /// Adds a [`Plot`](crate::Plot) or [`Figure`](crate::Figure) with its caption, in its own size.
    pub fn figure(self, drawing: impl Into<Drawing>, caption: &str) -> Self {
        self.block(Block::Figure(drawing.into(), caption.into()))
    }

    /// Adds a table.
    pub fn table(self, table: Table) -> Self {
        self.block(Block::Table(table))
    }

    /// Adds equations, aligned at their first relation.
    pub fn equations(self, equations: &[Equation]) -> Self {
        self.block(Block::Equations(equations.to_vec()))
    }

    /// Adds text in a fixed-width font, line by line as it is.
    pub fn code(self, text: &str) -> Self {
        self.block(Block::Code(text.into()))
    }

    /// Adds a list of names and values.
    pub fn key_values<K: AsRef<str>, V: AsRef<str>>(self, pairs: &[(K, V)]) -> Self {
        let own = |(k, v): &(K, V)| (k.as_ref().to_owned(), v.as_ref().to_owned());
        self.block(Block::KeyValues(pairs.iter().map(own).collect()))
    }

    fn block(mut self, block: Block) -> Self {
        self.blocks.push(block);
        self
    }

    /// The page as text: HTML that is also well-formed XML.
    pub fn to_html(&self) -> String {
        let title = escape(&self.title);
        let mut out = format!(
            "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n\
             <meta http-equiv=\"Content-Security-Policy\" \
             content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\"/>\n\
             <link rel=\"icon\" href=\"data:,\"/>\n<title>{title}</title>\n\
             <style>{PAGE_CSS}{}</style>\n</head>\n<body>\n<main>\n<header>\n<h1>{title}</h1>\n",
            plot_css()
        );
        if !self.subtitle.is_empty() {
            out.push_str(&format!("<p class=\"subtitle\">{}</p>\n", escape(&self.subtitle)));
        }
        out.push_str("</header>\n");
        self.contents(&mut out);
        let (mut sections, mut figures, mut tables) = (0, 0, 0);
        for block in &self.blocks {
            match block {
                Block::Section(heading) => {
                    sections += 1;
                    out.push_str(&format!(
                        "<h2 id=\"section-{sections}\">{}</h2>\n",
                        escape(heading)
                    ));
                }
                Block::Figure(drawing, caption) => {
                    figures += 1;
                    out.push_str(&format!(
                        "<figure id=\"figure-{figures}\">{}\n<figcaption><b>Figure {figures}.</b> {}</figcaption></figure>\n",
                        drawing.fragment(),
                        escape(caption)
                    ));
                }
                Block::Table(table) => {
                    tables += 1;
                    out.push_str(&table.html(tables));
                }
                other => simple(&mut out, other),
            }
        }
        if !self.footer.is_empty() {
            out.push_str(&format!("<footer>{}</footer>\n", escape(&self.footer)));
        }
        out.push_str("</main>\n</body>\n</html>\n");
        out
    }

    fn contents(&self, out: &mut String) {
        let headings = || {
            self.blocks.iter().filter_map(|b| match b {
                Block::Section(heading) => Some(heading),
                _ => None,
            })
        };
        if headings().count() <= CONTENTS_FROM {
            return;
        }
        out.push_str("<nav aria-label=\"Contents\"><strong>Contents</strong><ol>");
        for (i, heading) in headings().enumerate() {
            let item = escape(heading);
            out.push_str(&format!("<li><a href=\"#section-{}\">{item}</a></li>", i + 1));
        }
        out.push_str("</ol></nav>\n");
    }

    /// Writes the page to `path`, creating the directories above it.
    ///
    /// Fails with [`ErrorKind::Write`] naming the directory or file, and the reason.
    pub fn write(&self, path: impl AsRef<Path>) -> Result<(), Error> {
        let path = path.as_ref();
        let failed = |path: &Path| {
            let path = path.to_owned();
            move |reason| Error::from(ErrorKind::Write { path, reason })
        };
        if let Some(parent) = path.parent().filter(|p| !p.as_os_str().is_empty()) {
            std::fs::create_dir_all(parent).map_err(failed(parent))?;
        }
        std::fs::write(path, self.to_html()).map_err(failed(path))
    }
}

/// Blocks without a number.
fn simple(out: &mut String, block: &Block) {
    match block {
        Block::Paragraph(text) => {
            for part in text.split("\n\n").map(str::trim).filter(|p| !p.is_empty()) {
                out.push_str(&format!("<p>{}</p>\n", escape(part)));
            }
        }
        Block::Equations(equations) => {
            out.push_str(&format!(
                "<div class=\"equations\">{}</div>\n",
                mathml::aligned(equations)
            ));
        }
        Block::Code(text) => out.push_str(&format!("<pre><code>{}</code></pre>\n", escape(text))),
        Block::KeyValues(pairs) => {
            out.push_str("<dl>");
            for (key, value) in pairs {
                out.push_str(&format!("<dt>{}</dt><dd>{}</dd>", escape(key), escape(value)));
            }
            out.push_str("</dl>\n");
        }
        Block::Section(_) | Block::Figure(..) | Block::Table(_) => {}
    }
}
