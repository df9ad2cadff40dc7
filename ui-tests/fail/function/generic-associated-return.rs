use cached_runtime::cached;

#[cached(key = "user:<id>", ttl = 300, skip(numbers))]
async fn user<I: Iterator>(id: u64, numbers: I) -> Option<I::Item> {
    let mut numbers = numbers;
    numbers.nth(id as usize)
}

fn main() {
    let _ = user(1, std::iter::once(1));
}
