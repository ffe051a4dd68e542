//! "Did you mean …?"

/// Longer names are compared by their start only, so that the cost stays small.
const LONGEST: usize = 64;

/// The known name nearest to `name` by edit distance, letter case ignored, if any is near: at most
/// two edits, or a third of its letters.
pub(super) fn nearest<'a>(name: &str, known: &'a [String]) -> Option<&'a str> {
    let wanted = letters(name);
    known
        .iter()
        .map(|candidate| (edit_distance(&wanted, &letters(candidate)), candidate.as_str()))
        .filter(|(distance, candidate)| {
            let length = wanted.len().max(candidate.chars().count());
            *distance < length && *distance <= (length / 3).max(2)
        })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

fn letters(name: &str) -> Vec<char> {
    name.chars().flat_map(char::to_lowercase).take(LONGEST).collect()
}

/// Levenshtein's distance: the fewest insertions, deletions and replacements that turn `a` into `b`.
fn edit_distance(a: &[char], b: &[char]) -> usize {
    // distances[j] is the distance of the letters of `a` so far from b[..j].
    let mut distances: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = i;
        distances[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(x != y);
            diagonal = distances[j + 1];
            distances[j + 1] = replaced.min(diagonal + 1).min(distances[j] + 1);
        }
    }
    distances[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_of_textbook_words() {
        for (a, b, distance) in [
            ("kitten", "sitting", 3),
            ("saturday", "sunday", 3),
            ("", "abc", 3),
            ("hare", "hare", 0),
        ] {
            assert_eq!(edit_distance(&letters(a), &letters(b)), distance);
            assert_eq!(edit_distance(&letters(b), &letters(a)), distance);
        }
    }

    #[test]
    fn near_names_are_found_and_far_ones_are_not() {
        let known = ["hare".to_string(), "lynx".to_string()];
        assert_eq!(nearest("hair", &known), Some("hare"));
        assert_eq!(nearest("LYNX", &known), Some("lynx"));
        assert_eq!(nearest("rabbit", &known), None);
        assert_eq!(nearest("", &known), None);
    }
}
