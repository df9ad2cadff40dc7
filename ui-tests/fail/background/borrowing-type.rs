use cached_runtime::cached;

struct Row<'a>(&'a str);

#[cached(key = "user:<id>", ttl = 300, refresh_ahead = "80%", skip(row), background)]
async fn user<'a>(id: u64, row: Row<'a>) -> u64 {
    id + row.0.len() as u64
}

fn main() {}
