use crate::document::Ordered;
use crate::{Error, ErrorKind};
use serde::Deserialize;

/// How the lists of a generated model are written: once, with indices in braces.
///
/// `"indices": {"j": [1, 32], "i": [1, 32]}` repeats every text for each `j` and in it for each `i`;
/// `{i}` stands for the index, `{i-1}` and `{j+1}` for its neighbours, across the end to the other one
/// if `periodic` is set.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Ranges {
    indices: Ordered<[u16; 2]>,
    periodic: bool,
}

impl Ranges {
    /// All texts for the first values of the indices, then for the next ones: the last runs fastest.
    pub(crate) fn expand(&self, place: &str, texts: &[String]) -> Result<Vec<String>, Error> {
        let mut expanded = Vec::new();
        let mut at: Vec<i32> = self.indices.0.iter().map(|(_, [low, _])| (*low).into()).collect();
        loop {
            for text in texts {
                let text = self.replace(&at, text).ok_or_else(|| ErrorKind::Index {
                    place: place.to_string(),
                    text: text.clone(),
                })?;
                expanded.push(text);
            }
            // Count on, the last index first.
            let mut next = at.iter_mut().zip(&self.indices.0).rev();
            let moved = next.any(|(at, (_, [low, high]))| {
                let more = *at < i32::from(*high);
                *at = if more { *at + 1 } else { (*low).into() };
                more
            });
            if !moved {
                return Ok(expanded);
            }
        }
    }

    /// `None` if a brace does not hold an index with a distance.
    fn replace(&self, at: &[i32], text: &str) -> Option<String> {
        let (mut done, mut rest) = (String::new(), text);
        while let Some((before, after)) = rest.split_once('{') {
            let (inside, after) = after.split_once('}')?;
            let end = inside.find(['+', '-']).unwrap_or(inside.len());
            let (name, distance) = inside.split_at(end);
            let k = self.indices.0.iter().position(|(known, _)| known == name)?;
            let distance =
                if distance.is_empty() { 0 } else { distance.parse::<i16>().ok()?.into() };
            let [low, high] = self.indices.0[k].1.map(i32::from);
            let mut value = *at.get(k)? + distance;
            if self.periodic {
                value = low + (value - low).rem_euclid(high.checked_sub(low)?.max(0) + 1);
            }
            done.push_str(before);
            done.push_str(&value.to_string());
            rest = after;
        }
        done.push_str(rest);
        Some(done)
    }
}
