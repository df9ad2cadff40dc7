use cached_runtime::cached;

struct Row(u64);

#[cached(key = "user:<id>", ttl = 300, refresh_ahead = "80%", skip(row), background)]
async fn user(id: u64, row: Option<&Row>) -> u64 {
    id + row.map_or(0, |row| row.0)
}

fn main() {}
