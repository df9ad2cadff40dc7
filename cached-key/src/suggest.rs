//! Did you mean …?

/// The candidate that `wrong` was most likely meant to be.
///
/// A candidate is near when it differs in case only, when at most a third of its letters were mistyped, or when it
/// has the same words in another order, or all of them and more.
///
/// ```
/// use cached_key::nearest;
///
/// assert_eq!(nearest("usr_id", ["page", "user_id"]), Some("user_id"));
/// assert_eq!(nearest("id_user", ["page", "user_id"]), Some("user_id"));
/// assert_eq!(nearest("user", ["page", "user_id"]), Some("user_id"));
/// assert_eq!(nearest("tenant", ["page", "user_id"]), None);
/// ```
pub fn nearest<'a>(wrong: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    candidates
        .into_iter()
        .filter_map(|candidate| Some((rank(wrong, candidate)?, candidate)))
        .min_by_key(|(rank, _)| *rank)
        .map(|(_, candidate)| candidate)
}

/// How far from `wrong` a candidate is that is near.
pub(crate) fn rank(wrong: &str, candidate: &str) -> Option<usize> {
    let limit = wrong.chars().count().max(3) / 3;
    if wrong.to_lowercase() == candidate.to_lowercase() {
        return Some(0);
    }
    let distance = distance(wrong, candidate);
    if distance <= limit {
        return Some(distance);
    }
    let (wrong, right) = (words(wrong), words(candidate));
    if wrong == right {
        return Some(limit + 1);
    }
    // `user` where there is `user_id`.
    wrong
        .iter()
        .all(|word| right.contains(word))
        .then_some(limit + 2)
}

fn words(name: &str) -> Vec<&str> {
    let mut words: Vec<_> = name.split(|c: char| !c.is_alphanumeric()).collect();
    words.sort_unstable();
    words
}

/// Insertions, deletions, substitutions and swaps of neighbours that lead from one text to the other.
pub(crate) fn distance(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=to.len()).collect();
    let mut previous = None;

    for (row, a) in from.chars().enumerate() {
        let mut current = vec![row + 1];
        let mut left = row + 1;
        for (column, b) in to.iter().enumerate() {
            let at = |line: &[usize], index: usize| line.get(index).copied().unwrap_or(usize::MAX);
            let substituted = at(&last, column) + usize::from(a != *b);
            let mut cost = substituted.min(left + 1).min(at(&last, column + 1) + 1);
            if let Some(beside) = column.checked_sub(1)
                && previous == Some(*b)
                && to.get(beside) == Some(&a)
            {
                cost = cost.min(at(&before_last, beside) + 1);
            }
            current.push(cost);
            left = cost;
        }
        before_last = std::mem::replace(&mut last, current);
        previous = Some(a);
    }
    last.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distance_counts_edits() {
        for (from, to, edits) in [
            ("", "", 0),
            ("", "abc", 3),
            ("abc", "", 3),
            ("kitten", "sitting", 3),
            ("ab", "ba", 1),
            ("usr_id", "user_id", 1),
            ("ttl", "tll", 1),
        ] {
            assert_eq!(distance(from, to), edits, "{from} {to}");
        }
    }

    #[test]
    fn the_nearest_of_several_is_taken() {
        assert_eq!(
            nearest("conversatoins", ["conversation", "conversations"]),
            Some("conversations")
        );
        assert_eq!(nearest("Page", ["page", "rage"]), Some("page"));
        assert_eq!(nearest("", ["page"]), None);
        assert_eq!(nearest("id", []), None);
    }
}
