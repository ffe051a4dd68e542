//! Text: escaping for XML and HTML, estimated widths, fitting into a given width.

/// Escapes text for element content and attribute values alike.
///
/// Characters that XML 1.0 forbids (controls, U+FFFE, U+FFFF) become U+FFFD, so no input breaks the document.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\t' | '\n' | '\r' => out.push(c),
            c if c < ' ' || c == '\u{FFFE}' || c == '\u{FFFF}' => out.push('\u{FFFD}'),
            c => out.push(c),
        }
    }
    out
}

/// Advance widths of Helvetica for ASCII 32..=126 in thousandths of the font size (Adobe font metrics).
const HELVETICA: [u16; 95] = [
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556,
    556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667,
    611, 778, 722, 278, 500, 667, 556, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667,
    667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500,
    222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
];

/// Reserve over Helvetica: common system fonts run up to this much wider.
const SAFETY: f64 = 1.19;

/// Estimated width in pixels of `text` at font size `size`. An upper estimate for the usual sans-serif fonts.
pub(crate) fn width(text: &str, size: f64) -> f64 {
    let thousandths: f64 = text
        .chars()
        .map(|c| match c as u32 {
            code @ 32..=126 => f64::from(HELVETICA[code as usize - 32]),
            0x300..=0x36F | 0x200B..=0x200D => 0.0, // combining marks, zero-width characters
            0x2009 | 0x202F => 200.0,               // thin spaces
            0x1100..=0x11FF | 0x2E80..=0xFFEF | 0x1F000.. => 1000.0, // CJK, emoji
            _ => 620.0,
        })
        .sum();
    thousandths * 1e-3 * size * SAFETY
}

/// `text`, cut with an ellipsis so that it is at most `max` pixels wide.
pub(crate) fn fit(text: &str, size: f64, max: f64) -> String {
    if width(text, size) <= max {
        return text.to_owned();
    }
    let room = max - width("…", size);
    let mut used = 0.0;
    let mut out = String::new();
    for c in text.chars() {
        used += width(c.encode_utf8(&mut [0; 4]), size);
        if used > room {
            break;
        }
        out.push(c);
    }
    out.truncate(out.trim_end().len());
    out.push('…');
    out
}

/// `text` broken at spaces into at most `lines` lines of at most `max` pixels; the last one is cut if need be.
pub(crate) fn wrap(text: &str, size: f64, max: f64, lines: usize) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let mut current = String::new();
    for word in text.split_whitespace() {
        let longer = if current.is_empty() { word.to_owned() } else { format!("{current} {word}") };
        if current.is_empty() || out.len() + 1 >= lines || width(&longer, size) <= max {
            current = longer;
        } else {
            out.push(std::mem::replace(&mut current, word.to_owned()));
        }
    }
    if !current.is_empty() {
        out.push(current);
    }
    out.iter().map(|line| fit(line, size, max)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_markup_quotes_and_control_characters() {
        assert_eq!(
            escape("<script a=\"b\">'&\u{0}\u{FFFF}"),
            "&lt;script a=&quot;b&quot;&gt;&#39;&amp;\u{FFFD}\u{FFFD}"
        );
    }

    #[test]
    fn helvetica_width_of_a_word() {
        // H e l l o = 722 + 556 + 222 + 222 + 556 thousandths.
        assert!((width("Hello", 1000.0) - 2278.0 * SAFETY).abs() < 1e-9);
    }

    #[test]
    fn fitted_text_fits() {
        let long = "a very long label that goes on and on";
        let short = fit(long, 12.0, 80.0);
        assert!(width(&short, 12.0) <= 80.0 && short.ends_with('…'));
        assert_eq!(fit("short", 12.0, 80.0), "short");
    }

    #[test]
    fn wrapping_keeps_the_words_and_the_line_count() {
        assert_eq!(wrap("one two three", 10.0, 45.0, 3), ["one two", "three"]);
        assert_eq!(wrap("", 10.0, 45.0, 2), Vec::<String>::new());
        assert_eq!(wrap("one two three four five six", 10.0, 45.0, 2).len(), 2);
    }
}
