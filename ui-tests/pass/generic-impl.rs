//! The type parameter of an `impl` may reach the return type; those of the method may reach anything else.

use cached_runtime::cached;
use std::fmt::Display;

struct Repo<T> {
    rows: Vec<T>,
}

impl<T: Clone + Send + Sync + 'static> Repo<T> {
    #[cached(key = "rows:<name>:<index>", ttl = 300)]
    async fn row(&self, name: &'static str, index: usize) -> Option<T> {
        let _ = name;
        self.rows.get(index).cloned()
    }

    #[cached(key = "all:<name>", ttl = 300, skip(reader))]
    async fn all<N: Display + Clone, R, const LIMIT: usize>(
        &self,
        name: N,
        reader: R,
    ) -> Result<Vec<T>, String>
    where
        R: Fn(&T) -> bool,
    {
        let _ = name;
        Ok(self
            .rows
            .iter()
            .filter(|row| reader(row))
            .take(LIMIT)
            .cloned()
            .collect())
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let numbers = Repo {
        rows: vec![1, 2, 3],
    };
    let words = Repo {
        rows: vec!["one", "two"],
    };
    assert_eq!(numbers.row("numbers", 1).await, Some(2));
    assert_eq!(words.row("words", 1).await, Some("two"));
    // The same key, another type: a miss.
    assert_eq!(words.row("numbers", 1).await, Some("two"));
    assert_eq!(numbers.all::<_, _, 2>("a", |_| true).await, Ok(vec![1, 2]));
}
