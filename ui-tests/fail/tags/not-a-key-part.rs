use cached_runtime::cached;

struct Filter;

#[cached(key = "list:<user_id>", ttl = 300, tags("filter:<filter>"), skip(filter))]
async fn list(user_id: u64, filter: &Filter) -> u64 {
    let _ = filter;
    user_id
}

fn main() {
    let _ = list(1, &Filter);
}
