//! The tree of choices, branch by branch.

/// The choices of one run, and which run comes next: the last choice that has another option takes it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Path {
    taken: Vec<(usize, usize)>,
    at: usize,
}

impl Path {
    /// One of `options`: the one that this run is told to take, or else the first.
    pub(crate) fn choose(&mut self, options: usize) -> usize {
        if self.at == self.taken.len() {
            self.taken.push((0, options));
        }
        let (choice, known) = self.taken[self.at];
        assert_eq!(known, options, "the run does not repeat itself");
        self.at += 1;
        choice
    }

    /// Makes ready for the next run; false if there was none left.
    pub(crate) fn next(&mut self) -> bool {
        self.at = 0;
        while let Some((choice, options)) = self.taken.pop() {
            if choice + 1 < options {
                self.taken.push((choice + 1, options));
                return true;
            }
        }
        false
    }
}

#[test]
fn every_branch_is_taken_once() {
    let mut path = Path::default();
    let mut seen = Vec::new();
    loop {
        let first = path.choose(3);
        let second = if first == 1 { path.choose(2) } else { 9 };
        seen.push((first, second));
        if !path.next() {
            break;
        }
    }
    assert_eq!(seen, [(0, 9), (1, 0), (1, 1), (2, 9)]);
}
